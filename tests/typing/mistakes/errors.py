"""Errors taken for what they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pychanasync import ChannelClosed

if TYPE_CHECKING:
    from pychanasync import Channel


async def the_channel_of_an_error(channel: Channel[int]) -> None:
    try:
        await channel.pull()
    except ChannelClosed as closed:
        await closed.channel.pull()  # refused: attr-defined | reportAttributeAccessIssue, reportOptionalMemberAccess, reportUnknownMemberType
        again: Channel[int] = closed.channel  # refused: assignment | reportAssignmentType
        del again
    except channel:  # refused: misc | reportGeneralTypeIssues
        raise


def raised(channel: Channel[int]) -> None:
    raise channel  # refused: misc | reportGeneralTypeIssues
