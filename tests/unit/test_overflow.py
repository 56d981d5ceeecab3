"""What becomes of a push to a full channel that drops items: what is dropped, and what is counted."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeAlias

import pytest

from pychanasync import Channel, DroppingChannel, SlidingChannel, chanselect, chanselect_nowait
from tests.support.helpers import cancelled, drain, start, start_one

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    Dropper: TypeAlias = SlidingChannel[int] | DroppingChannel[int]
    Make: TypeAlias = Callable[[int], Dropper]
    Way: TypeAlias = Callable[[Dropper, int], Coroutine[object, object, object]]


async def push_nowait(channel: Dropper, item: int) -> None:
    channel.push_nowait(item)


async def select_nowait(channel: Dropper, item: int) -> None:
    assert chanselect_nowait(channel.push_case(item)) is not None


WAYS: dict[str, Way] = {
    "push": lambda channel, item: channel.push(item),
    "push_nowait": push_nowait,
    "select": lambda channel, item: chanselect(channel.push_case(item), Channel[int]().pull_case()),
    "select_nowait": select_nowait,
}
EACH = pytest.mark.parametrize("make", [SlidingChannel[int], DroppingChannel[int]], ids=["sliding", "dropping"])


def one_or_other(make: Make, sliding: list[int], dropping: list[int]) -> list[int]:
    """Say what is left in the one kind and in the other."""
    return sliding if isinstance(make(1), SlidingChannel) else dropping


@EACH
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_a_full_channel_keeps_the_newest_or_the_oldest_items_and_counts_the_others(make: Make, way: Way) -> None:
    channel = make(2)
    for number in range(5):
        assert channel.dropped == max(0, number - 2)
        await way(channel, number)
        assert channel.csize() == min(2, number + 1)
    assert channel.dropped == 3
    assert drain(channel) == one_or_other(make, [3, 4], [0, 1])


@EACH
async def test_what_is_set_aside_for_pulls_is_not_dropped(make: Make) -> None:
    channel = make(2)
    pulls = await start(channel.pull(), channel.pull())
    for number in range(6):
        channel.push_nowait(number)
    assert (channel.csize(), channel.dropped) == (2, 2)
    assert [await pull for pull in pulls] == [0, 1]
    assert drain(channel) == one_or_other(make, [4, 5], [2, 3])


@EACH
async def test_a_push_leaves_no_more_than_the_bound_where_a_cancelled_pull_left_more(make: Make) -> None:
    channel = make(1)
    pulls = await start(channel.pull(), channel.pull())
    for number in range(3):
        channel.push_nowait(number)
    await cancelled(*pulls)
    assert (channel.csize(), channel.dropped) == (3, 0)
    channel.push_nowait(3)
    assert channel.dropped == one_or_other(make, [3], [1])[0]
    assert drain(channel) == one_or_other(make, [3], [0, 1, 2])


@EACH
async def test_what_a_close_discards_and_what_is_pushed_after_it_is_not_counted(make: Make) -> None:
    channel = make(1)
    pull = await start_one(channel.pull())
    for number in range(3):
        channel.push_nowait(number)
    channel.close(immediate=True)
    for way in WAYS.values():
        with pytest.raises(Channel.Closed):
            await way(channel, 4)
    assert channel.dropped == 1
    assert await pull == 0
    assert channel.empty()


@EACH
async def test_a_push_for_a_waiting_pull_drops_nothing(make: Make) -> None:
    channel = make(1)
    pull = await start_one(channel.pull())
    await channel.push(1)
    assert (await pull, channel.dropped) == (1, 0)


class Refusing(deque[int]):
    def append(self, item: int, /) -> None:
        if item < 0:
            raise ArithmeticError
        super().append(item)


class Strict(SlidingChannel[int]):
    """Refuses what is negative."""

    def _make_buffer(self) -> Refusing:
        return Refusing()


@pytest.mark.parametrize("left", [0, 1, 2])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_nothing_is_dropped_for_what_the_buffer_refuses(way: Way, left: int) -> None:
    channel = Strict(2)
    pulls = await start(*(channel.pull() for _ in range(left)))
    held = [*range(2 + left)]
    for number in held:
        channel.push_nowait(number)
    if pulls:
        await cancelled(*pulls)
    with pytest.raises(ArithmeticError):
        await way(channel, -1)
    assert (channel.csize(), channel.dropped) == (len(held), 0)
    await way(channel, 9)
    assert channel.dropped == len(held) - 1
    assert drain(channel) == [held[-1], 9]


async def test_nothing_moves_behind_what_is_set_aside_where_the_buffer_refuses_an_item() -> None:
    channel = Strict(2)
    pull = await start_one(channel.pull())
    for number in range(3):
        channel.push_nowait(number)
    with pytest.raises(ArithmeticError):
        channel.push_nowait(-1)
    assert await pull == 0
    assert drain(channel) == [1, 2]


class Last:
    """Takes all that a channel holds, when nobody uses this any more."""

    def __init__(self, channel: SlidingChannel[object], taken: list[object]) -> None:
        self.channel = channel
        self.taken = taken

    def __del__(self) -> None:
        self.taken += drain(self.channel)


def test_the_finaliser_of_what_is_dropped_finds_the_channel_in_order() -> None:
    channel, taken = SlidingChannel[object](2), list[object]()
    channel.push_nowait(Last(channel, taken))
    channel.push_nowait(1)
    channel.push_nowait(2)
    assert taken == [1, 2]
    assert (channel.csize(), channel.dropped) == (0, 1)
