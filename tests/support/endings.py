"""What tests of the end of a channel share: each way to pull and to push, and blocks that an error leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pychanasync import chanselect, chanselect_nowait

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from pychanasync import Channel, RecvChannel, SendChannel

    Operation = Callable[[Channel[int]], Coroutine[object, object, object]]


class SenderError(Exception):
    """What goes wrong in a sender."""


async def iterate(channel: RecvChannel[int]) -> list[int]:
    return [item async for item in channel]


async def pull_nowait(channel: RecvChannel[int]) -> int:
    return channel.pull_nowait()


async def push_nowait(channel: SendChannel[int]) -> None:
    channel.push_nowait(1)


async def select_pull_nowait(channel: RecvChannel[int]) -> object:
    return chanselect_nowait(channel.pull_case())


async def select_push_nowait(channel: SendChannel[int]) -> object:
    return chanselect_nowait(channel.push_case(1))


WAITING_PULLS: dict[str, Operation] = {
    "pull": lambda channel: channel.pull(),
    "async for": iterate,
    "select a pull": lambda channel: chanselect(None, channel.pull_case()),
}
PULLS: dict[str, Operation] = {
    **WAITING_PULLS,
    "pull_nowait": pull_nowait,
    "select a pull, nowait": select_pull_nowait,
}
WAITING_PUSHES: dict[str, Operation] = {
    "push": lambda channel: channel.push(1),
    "select a push": lambda channel: chanselect(channel.push_case(1)),
}
PUSHES: dict[str, Operation] = {
    **WAITING_PUSHES,
    "push_nowait": push_nowait,
    "select a push, nowait": select_push_nowait,
}


async def leave(channel: SendChannel[int], error: BaseException) -> None:
    """Leave the block of a channel by an error."""
    async with channel:
        raise error


def let_go(channel: Channel[int], item: int) -> None:
    """Put an item into a channel of any kind, though nobody pulls it: the pull that it was for is collected."""
    pull = channel.pull()
    pull.send(None)
    channel.push_nowait(item)
    pull.close()
    assert not channel.empty()
