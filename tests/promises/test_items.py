"""Items of every sort: a channel passes each on as it is, by every way, and asks it nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from pychanasync import Channel, chanselect, chanselect_nowait
from tests.support.helpers import is_idle, start_one

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class Touchy:
    """It raises whatever is asked of it."""

    def refuse(self, *_: object) -> bool:
        raise AssertionError("an item is none of the channel's business")

    __bool__ = __len__ = __call__ = __await__ = __iter__ = __aiter__ = refuse
    __eq__ = __hash__ = __repr__ = __str__ = refuse  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]  # Object has others.


async def finished() -> None:
    """Be a coroutine that nobody awaits."""


def failed() -> asyncio.Future[object]:
    """Make a future whose error was looked at."""
    future = asyncio.get_running_loop().create_future()
    future.set_exception(ValueError("an item"))
    future.exception()
    return future


MAKE: dict[str, Callable[[], object]] = {
    "touchy": Touchy,
    "none": lambda: None,
    "not-implemented": lambda: NotImplemented,
    "stop-iteration": StopIteration,
    "stop-async-iteration": StopAsyncIteration,
    "cancellation": asyncio.CancelledError,
    "class-of-cancellation": lambda: asyncio.CancelledError,
    "closed-error": lambda: Channel.Closed(None),
    "coroutine": finished,
    "future": lambda: asyncio.get_running_loop().create_future(),
    "failed-future": failed,
}


async def by_a_waiting_push(channel: Channel[object], item: object) -> object:
    push = await start_one(channel.push(item))
    taken = await channel.pull()
    await push
    return taken


async def by_a_waiting_pull(channel: Channel[object], item: object) -> object:
    pull = await start_one(wrapped(channel.pull()))
    await channel.push(item)
    (taken,) = await pull
    return taken


async def without_waiting(channel: Channel[object], item: object) -> object:
    pull = await start_one(wrapped(channel.pull()))
    channel.push_nowait(item)
    (taken,) = await pull
    push = await start_one(channel.push(taken))
    taken = channel.pull_nowait()
    await push
    return taken


async def by_iteration(channel: Channel[object], item: object) -> object:
    push = await start_one(channel.push(item))
    taken: list[object] = []
    async for taken_one in channel:
        taken.append(taken_one)
        channel.close()
    await push
    return taken[0]


async def by_waiting_selects(channel: Channel[object], item: object) -> object:
    pull = await start_one(chanselect(channel.pull_case(), Channel[int]().pull_case()))
    await chanselect(Channel[int]().pull_case(), channel.push_case(item))
    return (await pull).value


async def by_selects_without_waiting(channel: Channel[object], item: object) -> object:
    pull = await start_one(chanselect(channel.pull_case()))
    assert chanselect_nowait(channel.push_case(item)) is not None
    push = await start_one(channel.push((await pull).value))
    selected = chanselect_nowait(channel.pull_case())
    assert selected is not None
    await push
    return selected.value


async def let_go_by_a_cancelled_pull(channel: Channel[object], item: object) -> object:
    pull = await start_one(wrapped(channel.pull()))
    channel.push_nowait(item)
    pull.cancel()
    await asyncio.wait([pull])
    repr(channel)
    return channel.pull_nowait()


async def wrapped(pull: Awaitable[object]) -> list[object]:
    """Put what a pull brings into a list, since a task cannot return every item, a StopIteration for one."""
    return [await pull]


WAYS = [
    by_a_waiting_push,
    by_a_waiting_pull,
    without_waiting,
    by_iteration,
    by_waiting_selects,
    by_selects_without_waiting,
    let_go_by_a_cancelled_pull,
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)
async def test_an_item_comes_out_as_it_went_in(
    channel: Channel[object], make: Callable[[], object], way: Callable[[Channel[object], object], Awaitable[object]]
) -> None:
    item = make()
    assert (await way(channel, item)) is item
    assert is_idle(channel)
    if asyncio.iscoroutine(item):
        item.close()


@pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)
async def test_an_item_is_thrown_away_without_a_word(make: Callable[[], object]) -> None:
    channel, item = Channel[object](buffer=2), make()
    channel.push_nowait(item)
    channel.push_nowait(item)
    channel.close(immediate=True)
    assert channel.empty()
    if asyncio.iscoroutine(item):
        item.close()


async def test_a_channel_passes_itself_on() -> None:
    channel = Channel[object](buffer=1)
    await channel.push(channel)
    assert await channel.pull() is channel
    selected = await chanselect(channel.push_case(channel), Channel[int]().pull_case())
    assert "1 of 1 item" in repr(selected)
    assert channel.pull_nowait() is channel
