"""Causes that are none, and what a channel cannot be closed after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pychanasync import ChannelClosed, ChannelFailed, UnbufferedChannel, close_after

if TYPE_CHECKING:
    import asyncio

    from pychanasync import Channel, RecvChannel, SendChannel


async def compute() -> int:
    return 1


def causes(channel: Channel[int], half: SendChannel[int]) -> None:
    channel.close(cause=ValueError)  # refused: arg-type | reportArgumentType
    channel.close(cause="it broke")  # refused: arg-type | reportArgumentType
    half.close(cause=True)  # refused: arg-type | reportArgumentType
    channel.close(ValueError())  # refused: call-arg | reportCallIssue
    half.close(reason=ValueError())  # refused: call-arg | reportCallIssue


async def a_failure_taken_for_a_close(channel: Channel[int]) -> ChannelClosed | None:
    try:
        await channel.pull()
    except ChannelFailed as failed:
        return failed  # refused: return-value | reportReturnType
    return None


async def the_channel_of_a_failure(channel: Channel[int]) -> None:
    try:
        await channel.pull()
    except ChannelFailed as failed:
        failed.cause.add_note("late")  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
        await failed.channel.pull()  # refused: attr-defined | reportAttributeAccessIssue, reportOptionalMemberAccess, reportUnknownMemberType


async def after_no_tasks(channel: Channel[int], receiving: RecvChannel[int], task: asyncio.Task[None]) -> None:
    close_after(receiving, task)  # refused: arg-type | reportArgumentType
    close_after(channel, compute())  # refused: arg-type | reportArgumentType
    close_after(channel, [task])  # refused: arg-type | reportArgumentType
    close_after(task, channel)  # refused: arg-type | reportArgumentType
    close_after(channel, task, True)  # noqa: FBT003  # refused: arg-type | reportArgumentType
    close_after(channel, task, cause=ValueError())  # refused: call-arg | reportCallIssue
    await close_after(channel, task)  # refused: func-returns-value, misc | reportGeneralTypeIssues
    async with close_after(channel, task):  # refused: attr-defined, func-returns-value | reportGeneralTypeIssues
        pass


class Deaf(UnbufferedChannel[int]):
    """A channel whose close takes no cause."""

    def close(self, *, immediate: bool = False) -> None:  # refused: override | reportIncompatibleMethodOverride
        super().close(immediate=immediate)


def a_half(channel: Deaf) -> SendChannel[int]:
    return channel  # refused: return-value | reportReturnType
