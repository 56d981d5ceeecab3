"""Callbacks that use a channel: of tasks, of futures, of weak references, and of items that go away."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import TYPE_CHECKING

import pytest

from pychanasync import Channel, ChannelClosed
from tests.support.helpers import cancelled, drain, is_idle, start, start_one, step

if TYPE_CHECKING:
    from collections.abc import Callable


class Item:
    """Something that a weak reference can point to."""


class Closing:
    """An item that closes a channel as it goes away."""

    def __init__(self, channel: Channel[object]) -> None:
        self.channel = channel

    def __del__(self) -> None:
        self.channel.close()


USES: dict[str, Callable[[Channel[int]], None]] = {
    "push_nowait": lambda channel: channel.push_nowait(7),
    "close": lambda channel: channel.close(),
    "close-at-once": lambda channel: channel.close(immediate=True),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
async def test_a_done_callback_of_the_task_that_was_served_may_use_the_channel(
    use: Callable[[Channel[int]], None],
) -> None:
    channel = Channel[int](buffer=3)
    pulls = await start(channel.pull(), channel.pull())
    pulls[0].add_done_callback(lambda _: use(channel))
    channel.push_nowait(1)
    assert await pulls[0] == 1
    await step(2)
    assert pulls[1].done()
    if channel.closed:
        assert isinstance(pulls[1].exception(), ChannelClosed)
    else:
        assert pulls[1].result() == 7
    assert is_idle(channel)


async def test_a_done_callback_of_a_cancelled_task_finds_the_channel_without_it() -> None:
    channel = Channel[int]()
    pulls = await start(channel.pull(), channel.pull())
    pulls[0].add_done_callback(lambda _: channel.push_nowait(1))
    await cancelled(pulls[0])
    assert await pulls[1] == 1


async def test_a_weak_reference_to_a_thrown_away_item_may_push_another() -> None:
    channel, other = Channel[object](buffer=1), Channel[int](buffer=1)
    pull = await start_one(other.pull())
    item = Item()
    weakref.finalize(item, other.push_nowait, 1)
    channel.push_nowait(item)
    del item
    channel.close(immediate=True)
    assert await pull == 1


async def test_a_weak_reference_to_a_pulled_item_may_use_its_own_channel() -> None:
    channel = Channel[object](buffer=1)
    item = Item()
    weakref.finalize(item, channel.push_nowait, "the last of it")
    await channel.push(item)
    del item
    await channel.pull()
    assert drain(channel) == ["the last of it"]


@pytest.mark.parametrize("many", [1, 3])
async def test_an_item_thrown_away_may_close_the_channel_that_others_wait_on(many: int) -> None:
    waited_on, channel = Channel[object](), Channel[object](buffer=many)
    pulls = await start(waited_on.pull(), waited_on.pull())
    for _ in range(many):
        channel.push_nowait(Closing(waited_on))
    channel.close(immediate=True)
    await asyncio.wait(pulls)
    assert all(isinstance(pull.exception(), ChannelClosed) for pull in pulls)


async def test_the_item_of_a_cancelled_push_may_close_its_own_channel_as_it_goes_away() -> None:
    channel = Channel[object]()
    push = await start_one(channel.push(Closing(channel)))
    other = await start_one(channel.push("another"))
    push.cancel()
    await asyncio.wait([push])
    del push
    gc.collect()  # The error of the push knows its frames, and those know the item.
    with pytest.raises(ChannelClosed):
        await other
    assert is_idle(channel)
