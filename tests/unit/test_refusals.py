"""What a strategy's buffer refuses: the push raises that error, and nothing else has happened."""

from __future__ import annotations

import asyncio
import gc
from collections import deque
from typing import TYPE_CHECKING, TypeAlias
from weakref import ref

import pytest

from pychanasync import BufferedChannel, Channel, chanselect, chanselect_nowait
from tests.support.helpers import cancelled, drain, start, start_one, step

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from pychanasync.strategy import Buffer

    Way: TypeAlias = Callable[[Channel[int], int], Coroutine[object, object, object]]


class NegativeError(Exception):
    """What the buffer of a `Strict` channel raises."""


class Strict(BufferedChannel[int]):
    """Refuses what is negative, after a method of its own that does nothing here."""

    def _make_buffer(self) -> Buffer[int]:
        return Refusing(self)

    def meddle(self) -> None:
        """Come between a push and the refusal of its item, as a signal handler may."""


class Refusing(deque[int]):
    def __init__(self, channel: Strict) -> None:
        super().__init__()
        self.channel = channel

    def append(self, item: int, /) -> None:
        if item < 0:
            self.channel.meddle()
            raise NegativeError(item)
        super().append(item)


async def push_nowait(channel: Channel[int], item: int) -> None:
    channel.push_nowait(item)


async def select_nowait(channel: Channel[int], item: int) -> None:
    chanselect_nowait(channel.push_case(item))


WAITING: dict[str, Way] = {
    "push": lambda channel, item: channel.push(item),
    "select": lambda channel, item: chanselect(channel.push_case(item)),
    "select of more": lambda channel, item: chanselect(Channel[int]().pull_case(), channel.push_case(item)),
    "select of both sides": lambda channel, item: chanselect(
        Channel[int]().pull_case(), channel.push_case(item), Channel[int]().push_case(0)
    ),
}
ALL: dict[str, Way] = {**WAITING, "push_nowait": push_nowait, "select_nowait": select_nowait}


@pytest.mark.parametrize("way", ALL.values(), ids=ALL)
@pytest.mark.parametrize("held", [[], [1]], ids=["empty", "not empty"])
async def test_a_push_raises_what_the_buffer_raises_and_the_channel_is_as_it_was(held: list[int], way: Way) -> None:
    channel = Strict(2)
    for item in held:
        channel.push_nowait(item)
    with pytest.raises(NegativeError, match="-1"):
        await way(channel, -1)
    assert channel.csize() == len(held)
    while not channel.full():
        channel.push_nowait(7)
    assert drain(channel) == [*held, 7, 7][:2]


@pytest.mark.parametrize("way", ALL.values(), ids=ALL)
async def test_pulls_wait_on_in_their_order_for_whom_an_item_was_refused(way: Way) -> None:
    channel = Strict(1)
    pulls = await start(channel.pull(), channel.pull())
    with pytest.raises(NegativeError):
        await way(channel, -1)
    await step()
    assert channel.waiting == (0, 2)
    channel.push_nowait(1)
    channel.push_nowait(2)
    assert await asyncio.gather(*pulls) == [1, 2]


@pytest.mark.parametrize("way", WAITING.values(), ids=WAITING)
async def test_a_waiting_push_raises_when_it_resumes_and_the_next_has_its_place(way: Way) -> None:
    channel = Strict(1)
    channel.push_nowait(1)
    refused, taken = await start(way(channel, -1), channel.push(2))
    assert channel.pull_nowait() == 1
    assert channel.waiting == (0, 0)
    assert drain(channel) == [2]
    with pytest.raises(NegativeError):
        await refused
    assert await taken is None


@pytest.mark.parametrize("way", WAITING.values(), ids=WAITING)
async def test_a_push_that_is_cancelled_before_it_raises_that_it_was_refused_is_cancelled(way: Way) -> None:
    channel = Strict(1)
    channel.push_nowait(1)
    task = await start_one(way(channel, -1))
    assert drain(channel) == [1]
    await cancelled(task)
    assert channel.empty()


async def test_a_select_that_is_cancelled_after_a_refusal_is_cancelled_though_another_line_has_passed_it_over() -> None:
    channel, other = Strict(1), Channel[int](1)
    channel.push_nowait(1)
    task = await start_one(chanselect(other.pull_case(), channel.push_case(-1)))
    assert drain(channel) == [1]
    other.push_nowait(2)
    await cancelled(task)
    assert drain(other) == [2]


@pytest.mark.parametrize("way", WAITING.values(), ids=WAITING)
async def test_the_error_of_a_refusal_is_kept_by_nobody(way: Way) -> None:
    channel = Strict(1)
    channel.push_nowait(1)
    task = await start_one(way(channel, -1))
    drain(channel)
    await asyncio.wait([task])
    trace = ref(task.exception())
    gc.disable()
    try:
        del task
        assert trace() is None
    finally:
        gc.enable()


async def test_a_pull_gets_what_was_pushed_while_an_item_for_it_was_refused() -> None:
    class Meddling(Strict):
        def meddle(self) -> None:
            self.push_nowait(5)

    channel = Meddling(1)
    pull = await start_one(channel.pull())
    with pytest.raises(NegativeError):
        channel.push_nowait(-1)
    await step()
    assert pull.done()
    assert pull.result() == 5


async def test_a_pull_gets_the_next_push_though_others_came_and_went_while_an_item_for_it_was_refused() -> None:
    class Meddling(Strict):
        def meddle(self) -> None:
            self.push_nowait(5)
            assert self.pull_nowait() == 5

    channel = Meddling(1)
    pull = await start_one(channel.pull())
    with pytest.raises(NegativeError):
        channel.push_nowait(-1)
    channel.push_nowait(6)
    await step()
    assert pull.done()
    assert pull.result() == 6


async def test_a_push_counts_what_was_pushed_while_its_item_was_refused() -> None:
    class Meddling(Strict):
        def meddle(self) -> None:
            self.push_nowait(5)

    channel = Meddling(3)
    for push in ALL.values():
        with pytest.raises(NegativeError):
            await push(channel, -1)
        assert drain(channel) == [5]
