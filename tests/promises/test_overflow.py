"""What drops items when it is full: a push never waits, and each item is delivered, or dropped and counted."""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, TypeAlias
from weakref import ref

import pytest

from pychanasync import Channel, ChannelClosed, DroppingChannel, SlidingChannel, chanselect, chanselect_nowait
from tests.promises.test_growth import NOISE
from tests.promises.test_loops import REFUSAL
from tests.promises.test_select import chi_square
from tests.support.counting import undisturbed
from tests.support.helpers import blocks_gained, cancelled, check_exactly_once, drain, start, start_one, step
from tests.support.interrupting import WAYS, Attempt, Way, ended, interrupt_around
from tests.support.loops import QUICKEST
from tests.support.moments import Moments

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from tests.support.helpers import Loosely

Kind: TypeAlias = "type[SlidingChannel[int] | DroppingChannel[int]]"

each_kind = pytest.mark.parametrize("kind", [SlidingChannel, DroppingChannel])
each_bound = pytest.mark.parametrize("bound", [1, 2, 5])


def at_once(operation: Coroutine[object, None, object]) -> object:
    """Run a coroutine that need not wait, outside any task; return what it returns."""
    with pytest.raises(StopIteration) as done:
        operation.send(None)
    result: object = done.value.value
    return result


PUSHES: dict[str, Callable[[Channel[int], int], object]] = {
    "push": lambda channel, item: at_once(channel.push(item)),
    "push_nowait": lambda channel, item: channel.push_nowait(item),
    "select": lambda channel, item: at_once(chanselect(Channel[int]().pull_case(), channel.push_case(item))),
    "select_nowait": lambda channel, item: chanselect_nowait(channel.push_case(item)),
}
each_push = pytest.mark.parametrize("push", PUSHES.values(), ids=PUSHES)


def kept(kind: Kind, bound: int, items: list[int]) -> list[int]:
    """Say which of the items that nobody pulls remain."""
    return items[-bound:] if kind is SlidingChannel else items[:bound]


# What is dropped, and what remains.


@each_kind
@each_bound
@each_push
def test_a_push_never_waits_and_drops_one_item_when_the_channel_is_full(
    kind: Kind, bound: int, push: Callable[[Channel[int], int], object]
) -> None:
    channel = kind(bound)
    for item in range(2 * bound + 3):
        push(channel, item)
        assert channel.csize() == min(item + 1, bound)
        assert channel.dropped == max(item + 1 - bound, 0)
    assert drain(channel) == kept(kind, bound, [*range(2 * bound + 3)])


@each_kind
@each_bound
def test_full_tells_whether_the_next_push_drops_an_item(kind: Kind, bound: int) -> None:
    channel = kind(bound)
    for item in range(2 * bound):
        full, before = channel.full(), channel.dropped
        channel.push_nowait(item)
        assert channel.dropped - before == full
        assert not channel.empty()
    assert channel.full()
    assert channel.capacity == bound


@each_kind
async def test_no_task_is_ever_counted_as_waiting_to_push(kind: Kind) -> None:
    channel = kind(1)
    pushes = await start(*(channel.push(item) for item in range(5)))
    assert all(push.done() for push in pushes)
    assert channel.waiting == (0, 0)


@each_kind
@each_push
async def test_a_waiting_pull_gets_what_is_pushed_and_nothing_is_dropped(
    kind: Kind, push: Callable[[Channel[int], int], object]
) -> None:
    channel = kind(1)
    pulls = await start(channel.pull(), channel.pull(), channel.pull())
    for item in range(4):
        push(channel, item)
    assert channel.dropped == 0
    assert channel.full()
    assert await asyncio.gather(*pulls) == [0, 1, 2]
    assert drain(channel) == [3]


@each_kind
@each_bound
async def test_what_is_set_aside_for_a_pull_is_not_dropped_and_takes_no_room(kind: Kind, bound: int) -> None:
    channel = kind(bound)
    pulls = await start(channel.pull(), channel.pull())
    items = [*range(2 * bound + 5)]
    for item in items:
        channel.push_nowait(item)
    assert channel.csize() == bound
    assert channel.dropped == len(items) - 2 - bound
    assert await asyncio.gather(*pulls) == [0, 1]
    assert drain(channel) == kept(kind, bound, items[2:])


@each_bound
@pytest.mark.parametrize("let_go", [1, 2, 3])
async def test_sliding_drops_as_many_as_it_takes_where_cancelled_pulls_left_more_than_there_is_room_for(
    bound: int, let_go: int
) -> None:
    channel = SlidingChannel[int](bound)
    pulls = await start(*(channel.pull() for _ in range(4)))
    items = [*range(4 + bound)]
    for item in items:
        channel.push_nowait(item)
    await cancelled(*pulls[:let_go])
    assert channel.csize() == bound + let_go
    assert channel.dropped == 0
    channel.push_nowait(99)
    assert channel.csize() == bound
    assert channel.dropped == let_go + 1
    assert [await pull for pull in pulls[let_go:]] == items[: 4 - let_go]  # The oldest are still theirs.
    assert drain(channel) == [*items[5:], 99]


async def test_sliding_drops_very_many_at_once_where_very_many_cancelled_pulls_left_their_items() -> None:
    channel, many = SlidingChannel[int](1), 2_000
    pulls = [channel.pull() for _ in range(many)]
    for pull in pulls:
        pull.send(None)
    for item in range(many):
        channel.push_nowait(item)
    for pull in pulls:
        pull.close()
    assert channel.csize() == many
    channel.push_nowait(many)
    assert channel.dropped == many
    assert drain(channel) == [many]


@each_bound
async def test_dropping_drops_the_new_item_alone_where_cancelled_pulls_left_more_than_there_is_room_for(
    bound: int,
) -> None:
    channel = DroppingChannel[int](bound)
    pulls = await start(*(channel.pull() for _ in range(2)))
    items = [*range(2 + bound)]
    for item in items:
        channel.push_nowait(item)
    await cancelled(*pulls)
    for number in range(1, bound + 3):
        channel.push_nowait(99)
        assert channel.dropped == number
    assert channel.csize() == bound + 2
    assert drain(channel) == items


async def test_the_newest_are_kept_though_a_cancelled_pull_has_left_one_too_many() -> None:
    # Where who writes `if channel.full(): channel.pull_nowait()` by hand finds the channel full still.
    channel = SlidingChannel[int](buffer=3)
    pull = await start_one(channel.pull())
    for item in range(4):
        channel.push_nowait(item)
    await cancelled(pull)
    assert channel.csize() == 4
    channel.push_nowait(4)
    assert drain(channel) == [2, 3, 4]
    assert channel.dropped == 2


@each_kind
@pytest.mark.parametrize("immediate", [False, True])
async def test_neither_what_a_close_discards_nor_what_is_pushed_after_it_counts_as_dropped(
    kind: Kind, *, immediate: bool
) -> None:
    channel = kind(2)
    for item in range(3):
        channel.push_nowait(item)
    channel.close(immediate=immediate)
    for push in PUSHES.values():
        with pytest.raises(ChannelClosed) as caught:
            push(channel, 9)
        assert caught.value.channel is channel
    assert channel.dropped == 1
    assert drain(channel) == ([] if immediate else kept(kind, 2, [0, 1, 2]))
    channel.close(immediate=True)
    assert channel.dropped == 1


# Select.


@each_kind
@pytest.mark.parametrize("full", [False, True])
async def test_a_push_case_is_always_ready_and_chosen_as_often_as_any_other(kind: Kind, *, full: bool) -> None:
    random.seed(1)
    channel, other = kind(1), Channel[int](1)
    if full:
        channel.push_nowait(0)
    other.push_nowait(0)
    chosen: list[int] = []
    for number in range(2_000):
        cases = channel.push_case(1), other.pull_case(), Channel[int]().pull_case()
        selected = await chanselect(*cases) if number % 2 else chanselect_nowait(*cases)
        assert selected
        chosen.append(selected.index)
        if selected.index:
            other.push_nowait(0)
        elif not full:
            channel.pull_nowait()
    assert {*chosen} == {0, 1}
    assert chi_square(Counter[object](chosen), 2) < 10.8
    assert channel.dropped == (chosen.count(0) if full else 0)


@each_kind
async def test_an_ordered_select_does_the_push_to_a_full_channel_where_that_comes_first(kind: Kind) -> None:
    channel, other = kind(1), Channel[int](1)
    for item in range(2):
        channel.push_nowait(item)
    other.push_nowait(7)
    push, pull = channel.push_case(2), other.pull_case()
    assert (await chanselect(push, pull, ordered=True)).index == 0
    assert (await chanselect(pull, push, ordered=True)).index == 0
    assert (await chanselect(pull, push, ordered=True)).index == 1
    assert channel.dropped == 3
    assert drain(channel) == kept(kind, 1, [0, 1, 2, 2])


@each_kind
async def test_a_select_of_both_sides_of_one_full_channel_does_either(kind: Kind) -> None:
    channel = kind(1)
    channel.push_nowait(0)
    assert (await chanselect(channel.push_case(1), channel.pull_case(), ordered=True)).index == 0
    selected = await chanselect(channel.pull_case(), channel.push_case(2), ordered=True)
    assert [selected.value] == kept(kind, 1, [0, 1])
    assert channel.dropped == 1


# What is let go of.


class Item:
    """Something that a weak reference can point to."""


@pytest.mark.usefixtures("_without_the_collector")
def test_the_oldest_item_is_gone_as_soon_as_sliding_has_dropped_it() -> None:
    channel = SlidingChannel[Item](2)
    traces: list[ref[Item]] = []
    for number in range(5):
        item = Item()
        traces.append(ref(item))
        at_once(channel.push(item))
        del item
        assert [trace() is None for trace in traces] == [gone < number - 1 for gone in range(number + 1)]


@pytest.mark.usefixtures("_without_the_collector")
def test_the_new_item_is_gone_as_soon_as_dropping_has_dropped_it() -> None:
    channel = DroppingChannel[Item](1)
    channel.push_nowait(Item())
    item = Item()
    trace = ref(item)
    at_once(channel.push(item))
    at_once(chanselect(channel.push_case(item)))
    del item
    assert trace() is None
    assert channel.dropped == 2


class LastWill:
    """An item that uses its channel as it goes away."""

    def __init__(self, channel: Channel[object], found: list[object], use: Callable[[Channel[object]], object]) -> None:
        self.channel = channel
        self.found = found
        self.use = use

    def __del__(self) -> None:
        self.found.append(self.channel.csize())
        self.use(self.channel)


USES: dict[str, Callable[[Channel[object]], object]] = {
    "look": repr,
    "push": lambda channel: channel.push_nowait("a last word"),
    "pull": lambda channel: channel.pull_nowait(),
    "close": lambda channel: channel.close(),
    "close at once": lambda channel: channel.close(immediate=True),
}
LEFT: dict[str, list[object]] = {  # Of a channel of two, in which 1 and 2 are when the item goes away.
    "look": [1, 2],
    "push": [2, "a last word"],
    "pull": [2],
    "close": [1, 2],
    "close at once": [],
}


@pytest.mark.parametrize("use", USES)
def test_an_item_that_sliding_drops_finds_the_channel_in_order_and_may_use_it(use: str) -> None:
    channel, found = SlidingChannel[object](2), list[object]()
    channel.push_nowait(LastWill(channel, found, USES[use]))
    channel.push_nowait(1)
    channel.push_nowait(2)
    assert found == [2]  # There was room for the new one again, and it was in.
    assert drain(channel) == LEFT[use]
    assert channel.dropped == (2 if use == "push" else 1)


def test_an_item_that_dropping_drops_finds_the_channel_in_order_and_may_use_it() -> None:
    channel, found = DroppingChannel[object](1), list[object]()
    channel.push_nowait("the first")
    for number in range(1, 4):
        channel.push_nowait(LastWill(channel, found, lambda channel: channel.push_nowait("a last word")))
        assert channel.dropped == 2 * number
    assert found == [1, 1, 1]
    assert drain(channel) == ["the first"]


# Cancellation, and handlers.


@each_kind
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("ticks", range(6))
@pytest.mark.parametrize("pull_first", [False, True])
async def test_a_sender_interrupted_at_any_tick_has_pushed_what_returned(
    kind: Kind, way: Way, ticks: int, *, pull_first: bool
) -> None:
    channel, given, taken = kind(2), list[int](), list[int]()

    async def send() -> None:
        for item in range(8):
            await channel.push(item)
            given.append(item)
            await step()

    attempt = Attempt(send())
    task = await interrupt_around(way, attempt, lambda: taken.extend(drain(channel)), ticks, act_first=pull_first)
    taken += drain(channel)
    check_exactly_once(channel, given, taken)
    assert taken == sorted(taken)
    await ended(task)


@each_kind
async def test_a_push_of_a_task_that_has_been_cancelled_is_done_as_it_need_not_wait(kind: Kind) -> None:
    channel, reached = kind(1), list[int]()

    async def push() -> None:
        task = asyncio.current_task()
        assert task
        task.cancel()
        for item in range(3):
            await channel.push(item)
            reached.append(item)
        await step()
        reached.append(99)

    task = await start_one(push())
    await asyncio.wait([task])
    assert task.cancelled()
    assert reached == [0, 1, 2]
    assert channel.dropped == 2


@each_kind
async def test_a_push_to_a_full_channel_is_done_though_a_cancellation_is_deferred(kind: Kind) -> None:
    channel, meeting = kind(1), Channel[int]()

    async def push() -> None:
        await meeting.push(1)
        for item in range(3):
            await channel.push(item)
        await channel.pull()
        await meeting.pull()

    task = await start_one(push())
    assert meeting.pull_nowait() == 1
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert channel.empty()
    assert channel.dropped == 2


@pytest.mark.asyncio(loop_factories=[QUICKEST])
@pytest.mark.parametrize("claimed", [0, 1, 2])
@pytest.mark.parametrize("let_go", [0, 1, 2])
@each_push
async def test_a_push_in_the_middle_of_one_that_drops_leaves_the_newest_in_order(
    claimed: int, let_go: int, push: Callable[[Channel[int], int], object]
) -> None:
    number, came = 0, True
    while came:
        channel = SlidingChannel[int](2)
        pulls = [channel.pull() for _ in range(claimed + let_go)]
        for pull in pulls:
            pull.send(None)
        for item in range(claimed + let_go + 2):
            channel.push_nowait(item)
        for pull in pulls[claimed:]:
            pull.close()  # What it leaves is above the bound.
        moments = Moments((number, partial(channel.push_nowait, 99)))
        with moments:
            push(channel, 50)
        came = moments.came
        number += 1
        assert channel.csize() == 2
        assert channel.dropped == let_go + 1 + came
        assert [at_once(pull) for pull in pulls[:claimed]] == [*range(claimed)]
        last = drain(channel)
        assert last in ([[50, 99], [99, 50]] if came else [[claimed + let_go + 1, 50]])


# Loops and threads.


@each_kind
@each_push
async def test_a_push_that_would_wake_a_task_of_another_loop_is_refused_and_drops_nothing(
    kind: Kind, push: Callable[[Channel[int], int], object]
) -> None:
    channel = kind(1)
    for item in range(2):
        channel.push_nowait(item)
    channel.pull_nowait()
    pull = await start_one(channel.pull())
    before = repr(channel)
    with ThreadPoolExecutor(1) as pool, pytest.raises(RuntimeError, match=REFUSAL):
        pool.submit(push, channel, 1).result()
    assert repr(channel) == before
    assert channel.dropped == 1
    push(channel, 2)
    assert await pull == 2


@each_kind
@each_push
def test_with_nobody_waiting_a_full_channel_takes_pushes_under_any_loop_and_under_none(
    kind: Kind, push: Callable[[Channel[int], int], object]
) -> None:
    channel = kind(1)

    async def push_under_a_loop() -> None:
        push(channel, 1)

    push(channel, 0)
    asyncio.run(push_under_a_loop())
    with ThreadPoolExecutor(1) as pool:
        pool.submit(push, channel, 2).result()
    assert drain(channel) == kept(kind, 1, [0, 1, 2])
    assert channel.dropped == 2


# Cost.


def calls_of_a_push(kind: Kind, bound: int, before: int, selects: int) -> int:
    """Count the calls, of Python and of C, of a push to a full channel that has dropped so many items before.

    So many selects have waited to pull from it, and were served elsewhere.
    """
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    channel, other = kind(bound), Channel[int](selects + 1)
    waiting = [chanselect(channel.pull_case(), other.pull_case()) for _ in range(selects)]

    async def run() -> None:
        for select in waiting:
            select.send(None)
            other.push_nowait(0)
        channel.push_nowait(0)  # Passes by those who wait no more.
        for item in range(bound + before - 1):
            channel.push_nowait(item)
        assert channel.dropped == before
        sys.setprofile(count)
        try:
            channel.push_nowait(1)
        finally:
            sys.setprofile(None)

    with undisturbed():
        asyncio.run(run())
    for select in waiting:
        select.close()
    return calls


@each_kind
def test_a_push_that_drops_costs_the_same_whatever_the_channel_holds_has_dropped_and_has_seen_waiting(
    kind: Kind,
) -> None:
    least = calls_of_a_push(kind, 1, 1, 0)
    assert calls_of_a_push(kind, 1_000, 1, 0) == least
    assert calls_of_a_push(kind, 1, 1_000, 0) == least
    assert calls_of_a_push(kind, 1, 1, 1_000) == least


@pytest.mark.heavy
@pytest.mark.asyncio(loop_factories=[QUICKEST])
@each_kind
async def test_what_is_dropped_again_and_again_leaves_no_memory(kind: Kind) -> None:
    channel: Loosely = kind(3)

    async def drop() -> None:
        await channel.push(object())
        channel.push_nowait(object())
        await chanselect(channel.push_case(object()))

    assert await blocks_gained(drop, 10_000) < NOISE
