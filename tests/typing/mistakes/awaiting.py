"""A forgotten ``await``, and one too many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pychanasync import chanselect, chanselect_nowait

if TYPE_CHECKING:
    from pychanasync import Channel, RecvChannel, SendChannel


async def forgotten(channel: Channel[int], sending: SendChannel[int], receiving: RecvChannel[int]) -> None:
    channel.push(1)  # refused: unused-coroutine | reportUnusedCoroutine
    sending.push(1)  # refused: unused-coroutine | reportUnusedCoroutine
    channel.pull()  # refused: unused-coroutine | reportUnusedCoroutine
    number: int = channel.pull()  # refused: assignment | reportAssignmentType
    number = receiving.pull()  # refused: assignment | reportAssignmentType
    chanselect(channel.pull_case())  # refused: unused-coroutine | reportUnusedCoroutine
    _ = chanselect(channel.pull_case()).index  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType
    del number
    with channel:  # refused: attr-defined | reportGeneralTypeIssues
        pass


async def too_many(channel: Channel[int]) -> None:
    await channel.push_nowait(1)  # refused: func-returns-value, misc | reportGeneralTypeIssues
    await channel.pull_nowait()  # refused: misc | reportGeneralTypeIssues
    await channel.close()  # refused: func-returns-value, misc | reportGeneralTypeIssues
    await channel.pull_case()  # refused: misc | reportGeneralTypeIssues
    await chanselect_nowait(channel.pull_case())  # refused: misc | reportGeneralTypeIssues
    await channel  # refused: misc | reportGeneralTypeIssues
