"""Causes, failed channels, and channels that are closed after tasks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, assert_type

from pychanasync import (
    Channel,
    ChannelClosed,
    ChannelError,
    ChannelFailed,
    SendChannel,
    UnbufferedChannel,
    chanselect,
    close_after,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pychanasync import RecvChannel


async def compute() -> int:
    return 1


def causes(
    channel: Channel[int], half: SendChannel[str], error: Exception | None, interrupt: KeyboardInterrupt
) -> None:
    assert_type(channel.close(cause=error), None)
    half.close(cause=interrupt, immediate=True)
    half.close(cause=ValueError("no such job"))


async def failures(channel: RecvChannel[int]) -> BaseException | None:
    try:
        await channel.pull()
    except ChannelFailed as failed:
        assert_type(failed.channel, object | None)
        assert_type(failed.index, int | None)
        assert_type(failed.__cause__, BaseException | None)
        error: ChannelError = failed
        return error.__cause__
    except ChannelClosed:
        return None
    return None


async def by_the_class(channel: Channel[int]) -> str:
    try:
        await chanselect(channel.pull_case())
    except channel.Failed as failed:
        assert_type(failed, ChannelFailed)
        return str(failed)
    except Channel.Closed:
        return "closed"
    return "pulled"


async def after_tasks(numbers: Channel[int], words: SendChannel[str], unbuffered: UnbufferedChannel[bytes]) -> None:
    task = asyncio.create_task(compute())
    future = asyncio.get_running_loop().create_future()
    assert_type(close_after(numbers, task), None)
    close_after(words, task, future, asyncio.gather(task), immediate=True)
    close_after(unbuffered, future)
    async with asyncio.TaskGroup() as group:
        close_after(numbers, *[group.create_task(compute()) for _ in range(3)])


def after_any_of_them(channel: SendChannel[int], tasks: Iterable[asyncio.Task[None]]) -> None:
    close_after(channel, *tasks)


class Noting(UnbufferedChannel[int]):
    """A channel that notes how it is closed."""

    cause: BaseException | None = None

    def close(self, *, cause: BaseException | None = None, immediate: bool = False) -> None:
        self.cause = cause
        super().close(cause=cause, immediate=immediate)


def a_half(channel: Noting) -> SendChannel[int]:
    close_after(channel, asyncio.ensure_future(compute()))
    return channel
