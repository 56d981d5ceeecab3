"""pull_many: several items at once, those that are there, or those that come within a time."""

from __future__ import annotations

import asyncio
import sys
from enum import IntEnum
from fractions import Fraction
from itertools import product
from math import inf, nan
from typing import TYPE_CHECKING, Final
from weakref import ref

import pytest

from pychanasync import (
    Channel,
    ChannelClosed,
    ChannelEmpty,
    ChannelFailed,
    UnbufferedChannel,
    chanselect,
    chanselect_nowait,
)
from tests.support import virtual_time
from tests.support.counting import undisturbed
from tests.support.helpers import (
    Loosely,
    begin,
    cancelled,
    drain,
    fill,
    is_idle,
    push_every_second,
    start,
    start_one,
    step,
)
from tests.support.loops import QUICKEST

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from tests.support.clock import Clock


def at_once(operation: Coroutine[object, None, list[int]]) -> list[int]:
    """Run what need not wait, and return its result."""
    try:
        operation.send(None)
    except StopIteration as returned:
        result: list[int] = returned.value
        return result
    operation.close()
    raise AssertionError("it had to wait")


async def collecting(channel: Channel[int], limit: int, items: int, within: float = inf) -> asyncio.Task[list[int]]:
    """Start a batch that has so many items set aside and waits for more."""
    batch = await start_one(channel.pull_many(limit, within=within))
    for item in range(items):
        channel.push_nowait(item)
        await step()
    assert not batch.done()
    return batch


async def test_what_is_there_is_taken_at_once_in_order_up_to_the_limit(bounded: Channel[int]) -> None:
    held = fill(bounded)
    pushes = await start(*(bounded.push(item) for item in range(4)))
    there = [*held, 0, 1, 2, 3]
    assert at_once(bounded.pull_many(2)) == there[:2]
    assert at_once(bounded.pull_many(1)) == there[2:3]
    assert at_once(bounded.pull_many(sys.maxsize)) == there[3:]
    await asyncio.gather(*pushes)
    assert bounded.empty()
    assert is_idle(bounded)


class Prepared:
    """A channel with claims, items above its bound, items and waiting pushes, as many of each as it is told."""

    def __init__(self, capacity: int, claims: int, let_go: int, held: int, pushes: int) -> None:
        self.channel = Channel[int](capacity or None)
        self.waits: list[Coroutine[object, None, object]] = [self.channel.pull() for _ in range(claims + let_go)]
        for pull in self.waits:
            begin(pull)
        for item in range(claims + let_go):
            self.channel.push_nowait(item)
        for pull in self.waits[claims:]:
            pull.close()
        for item in range(10, 10 + held):
            if not self.channel.full():
                self.channel.push_nowait(item)
        self.waits += [self.channel.push(item) for item in range(20, 20 + pushes)]
        for push in self.waits[-pushes:] if pushes else []:
            begin(push)

    def close(self) -> None:
        for wait in self.waits:
            wait.close()


@pytest.mark.asyncio(loop_factories=[QUICKEST])
@pytest.mark.parametrize("capacity", [0, 1, 3])
async def test_what_is_there_is_what_one_pull_after_another_would_give(capacity: int) -> None:
    for limit, *state in product(range(1, 6), range(3), range(3), range(3), range(3)):
        one, other = Prepared(capacity, *state), Prepared(capacity, *state)
        singly = drain(other.channel, limit)
        if singly:
            assert at_once(one.channel.pull_many(limit)) == singly
        else:
            with pytest.raises(AssertionError):
                at_once(one.channel.pull_many(limit))
        assert one.channel.waiting == other.channel.waiting
        assert repr(one.channel) == repr(other.channel)
        assert drain(one.channel) == drain(other.channel)
        one.close()
        other.close()


async def test_it_does_not_suspend_where_it_need_not_wait(lossless: Channel[int], clock: Clock) -> None:
    pushes = await start(*(lossless.push(item) for item in range(3)))
    assert at_once(lossless.pull_many(3, within=inf)) == [0, 1, 2]
    await asyncio.gather(*pushes)
    push = await start_one(lossless.push(3))
    lossless.close()
    if push.done() and not push.exception():
        assert at_once(lossless.pull_many(2, within=inf)) == [3]
    with pytest.raises(ChannelClosed):
        lossless.pull_many(2, within=1).send(None)
    assert clock.running() == 0
    await asyncio.gather(push, return_exceptions=True)


async def test_what_came_in_the_step_that_woke_it_is_taken_too() -> None:
    buffered, unbuffered = Channel[int](4), Channel[int]()
    batch = await start_one(buffered.pull_many(3))
    for item in range(4):
        buffered.push_nowait(item)
    assert await batch == [0, 1, 2]
    assert drain(buffered) == [3]
    batch = await start_one(unbuffered.pull_many(3))
    unbuffered.push_nowait(0)
    waiting = unbuffered.push(1)
    waiting.send(None)
    assert await batch == [0, 1]
    waiting.close()


async def test_pushes_that_wait_on_an_unbuffered_channel_are_all_served_up_to_the_limit() -> None:
    channel = Channel[int]()
    pushes = await start(*(channel.push(item) for item in range(5)))
    assert at_once(channel.pull_many(3)) == [0, 1, 2]
    await step()
    assert [push.done() for push in pushes] == [True, True, True, False, False]
    assert at_once(channel.pull_many(3)) == [3, 4]
    await asyncio.gather(*pushes)


async def test_above_the_bound_no_push_is_let_in_before_there_is_room() -> None:
    channel = Channel[int](1)
    pulls = await start(channel.pull(), channel.pull())
    for item in range(3):
        channel.push_nowait(item)
    await cancelled(*pulls)
    push = await start_one(channel.push(3))
    assert at_once(channel.pull_many(1)) == [0]
    await step()
    assert not push.done()
    assert at_once(channel.pull_many(5)) == [1, 2, 3]
    await push


async def test_a_batch_and_a_pull_are_served_in_turns_and_all_items_leave_in_order(channel: Channel[int]) -> None:
    batch, pull = await start(channel.pull_many(3, within=inf), channel.pull())
    for item in range(4):
        await channel.push(item)
        await step()
    assert await pull == 0
    assert await batch == [1, 2, 3]


async def test_other_pulls_batches_and_selects_get_their_turns(channel: Channel[int]) -> None:
    first, second = await start(channel.pull_many(3, within=inf), channel.pull_many(2, within=inf))
    pull = await start_one(channel.pull())
    select = await start_one(chanselect(channel.pull_case()))
    loosely: list[asyncio.Task[Loosely]] = [first, second, pull, select]
    ended: list[int] = []
    for task in loosely:
        task.add_done_callback(lambda task: ended.append(loosely.index(task)))
    for item in range(7):
        channel.push_nowait(item)
        await step(2)
    # The line, after each item: 1 2 p s, 2 p s 1, p s 1 2, s 1 2, 1 2, 2 1, 1.
    assert ended == [2, 3, 1, 0]
    assert [await pull, (await select).value] == [0, 1]
    assert await second == [2, 3]
    assert await first == [4, 5, 6]


async def test_what_is_set_aside_is_there_for_nobody_else_and_takes_no_room(channel: Channel[int]) -> None:
    batch = await collecting(channel, 6, 5)  # More than the bound, and not one push had to wait.
    assert channel.waiting == (0, 1)
    assert channel.empty()
    assert channel.csize() in {0, None}
    with pytest.raises(ChannelEmpty):
        channel.pull_nowait()
    assert chanselect_nowait(channel.pull_case()) is None
    channel.push_nowait(5)
    held: list[int] = []
    while channel.capacity < inf and not channel.full():
        held.append(10 + len(held))  # Behind what is set aside in any order.
        channel.push_nowait(held[-1])
    assert await batch == [*range(6)]
    assert drain(channel) == held


def test_without_a_time_it_does_not_wait_for_more(channel: Channel[int]) -> None:
    async def main() -> None:
        began = asyncio.get_running_loop().time()
        pushing = asyncio.create_task(push_every_second(channel, 3))
        assert [await channel.pull_many(3) for _ in range(3)] == [[0], [1], [2]]
        assert asyncio.get_running_loop().time() == began + 3
        await pushing

    virtual_time.run_on_each(main)


def test_it_waits_for_more_within_a_time_from_the_first_item_on(channel: Channel[int]) -> None:
    async def main() -> None:
        now = asyncio.get_running_loop().time
        began = now()
        pushing = asyncio.create_task(push_every_second(channel, 9))
        assert await channel.pull_many(10, within=2.5) == [0, 1, 2]
        assert now() == began + 3.5
        assert await channel.pull_many(2, within=100) == [3, 4]
        assert now() == began + 5
        assert await channel.pull_many(4, within=inf) == [5, 6, 7, 8]
        assert now() == began + 9
        await pushing

    virtual_time.run_on_each(main)


@pytest.mark.parametrize("within", [1e-9, 1, 10**9, Fraction(1, 3)])
async def test_when_its_time_is_over_it_returns_what_it_has(channel: Channel[int], clock: Clock, within: float) -> None:
    batch = await collecting(channel, 5, 2, within)
    assert clock.running() == 1
    clock.advance(float(within))
    assert await batch == [0, 1]
    assert clock.running() == 0
    assert is_idle(channel)


async def test_its_time_begins_with_the_first_item_and_not_with_the_wait_for_it(
    channel: Channel[int], clock: Clock
) -> None:
    batch = await start_one(channel.pull_many(5, within=1))
    assert clock.running() == 0
    clock.advance(100)
    await step(2)
    channel.push_nowait(0)
    await step()
    clock.advance(0.5)
    channel.push_nowait(1)  # It does not begin anew with the next one.
    await step()
    assert not batch.done()
    clock.advance(0.5)
    assert await batch == [0, 1]


async def test_without_an_end_no_timer_is_started(channel: Channel[int], clock: Clock) -> None:
    batch = await collecting(channel, 3, 2, inf)
    assert clock.running() == 0
    channel.push_nowait(2)
    assert await batch == [0, 1, 2]


@pytest.mark.parametrize("steps", range(4))
@pytest.mark.parametrize("push_first", [False, True])
async def test_an_item_that_comes_as_its_time_ends_is_taken_or_stays_the_next(
    channel: Channel[int], clock: Clock, steps: int, *, push_first: bool
) -> None:
    for limit in (2, 3, 4):
        batch, push = await collecting(channel, limit, 1, 1), channel.push(1)
        acts: list[Callable[[], object]] = [lambda: clock.advance(1), lambda: asyncio.ensure_future(push)]  # noqa: B023  # Of this round.
        for act in acts[:: -1 if push_first else 1]:
            act()
            await step(steps)
        taken = await batch
        assert taken in ([0], [0, 1])
        rest = [await channel.pull()] if taken == [0] else []
        assert taken + rest == [0, 1]
        assert clock.running() == 0
        assert is_idle(channel)


async def test_an_item_that_comes_after_its_time_and_before_it_resumes_is_taken(
    bounded: Channel[int], clock: Clock
) -> None:
    batch = await collecting(bounded, 3, 1, 1)
    push = bounded.push(1)
    clock.advance(1)
    asyncio.get_running_loop().call_soon(begin, push)  # Behind the timer, in the same iteration of the loop.
    assert await batch == [0, 1]
    push.close()
    assert is_idle(bounded)


async def test_a_batch_whose_time_is_over_leaves_nothing_in_its_line(
    channel: Channel[int], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[ref[asyncio.Future[object]]] = []
    make = asyncio.Future[object]

    def noted() -> asyncio.Future[object]:
        future = make()
        made.append(ref(future))
        return future

    with undisturbed():
        monkeypatch.setattr("asyncio.Future", noted)
        batch = await collecting(channel, 5, 2, 1)
        clock.advance(1)
        assert await batch == [0, 1]
        clock.running()
        del batch
        assert [waiter() for waiter in made] == [None, None, None]


async def test_the_limit_ends_the_waiting_and_the_timer(channel: Channel[int], clock: Clock) -> None:
    batch = await collecting(channel, 3, 2, 1)
    channel.push_nowait(2)
    assert await batch == [0, 1, 2]
    assert clock.running() == 0
    assert is_idle(channel)


@pytest.mark.parametrize("immediate", [False, True])
async def test_a_close_ends_the_waiting_and_what_it_has_is_returned(
    channel: Channel[int], clock: Clock, *, immediate: bool
) -> None:
    batch = await collecting(channel, 5, 3, 1)
    channel.close(immediate=immediate)
    assert await batch == [0, 1, 2]
    assert clock.running() == 0
    with pytest.raises(ChannelClosed):
        await channel.pull_many(5, within=1)
    assert clock.running() == 0


async def test_a_close_before_the_first_item_is_raised(channel: Channel[int], clock: Clock) -> None:
    batch = await start_one(channel.pull_many(5, within=1))
    channel.close()
    with pytest.raises(ChannelClosed) as caught:
        await batch
    assert caught.value.channel is channel
    assert caught.value.side == "pull"
    assert clock.running() == 0


async def test_of_a_closed_channel_it_takes_what_is_left_without_waiting_for_more(clock: Clock) -> None:
    channel = Channel[int](3)
    held = fill(channel)
    channel.close()
    assert at_once(channel.pull_many(2, within=inf)) == held[:2]
    assert at_once(channel.pull_many(2, within=inf)) == held[2:]
    with pytest.raises(ChannelClosed):
        channel.pull_many(2, within=inf).send(None)
    assert clock.running() == 0


async def test_an_immediate_close_throws_away_only_what_it_has_not(channel: Channel[int]) -> None:
    batch = await collecting(channel, 3, 2)
    channel.push_nowait(2)  # It is woken for this one, and has the limit.
    held = [*range(3, 3 + int(min(channel.capacity, 2)))]
    for item in held:
        channel.push_nowait(item)
    channel.close(immediate=True)
    assert await batch == [0, 1, 2]
    assert channel.empty()


async def test_the_cause_of_a_close_is_raised_after_what_it_has(channel: Channel[int]) -> None:
    cause = ZeroDivisionError()
    batch, empty = await collecting(channel, 3, 2), await start_one(Channel[int]().pull_many(1))
    channel.close(cause=cause)
    assert await batch == [0, 1]
    with pytest.raises(ChannelFailed) as caught:
        await channel.pull_many(3)
    assert caught.value.__cause__ is cause
    await cancelled(empty)


async def test_the_cause_of_a_close_is_raised_by_who_waits_for_a_first_item(channel: Channel[int]) -> None:
    cause = ZeroDivisionError()
    batch = await start_one(channel.pull_many(3, within=1))
    channel.close(cause=cause)
    with pytest.raises(ChannelFailed) as caught:
        await batch
    assert caught.value.__cause__ is cause


@pytest.mark.parametrize("items", [0, 2])
async def test_it_learns_of_the_error_of_a_block_as_late_as_a_pull(channel: Channel[int], items: int) -> None:
    batch = await start_one(channel.pull_many(3, within=inf))
    for item in range(items):
        channel.push_nowait(item)
        await step()
    pull = await start_one(channel.pull())
    ended: list[str] = []
    batch.add_done_callback(lambda _: ended.append("batch"))
    pull.add_done_callback(lambda _: ended.append("pull"))
    with pytest.raises(ZeroDivisionError):
        async with channel:
            raise ZeroDivisionError
    assert channel.closed
    later = await start_one(channel.pull_many(3, within=inf))  # This one waits until it may know.
    await asyncio.wait([batch, pull, later])
    assert ended == ["batch", "pull"]
    assert isinstance(pull.exception(), ChannelFailed)
    assert isinstance(later.exception(), ChannelFailed)
    if items:
        assert batch.result() == [0, 1]
    else:
        assert isinstance(batch.exception(), ChannelFailed)


async def test_in_a_group_that_fails_it_is_cancelled_and_its_items_stay(channel: Channel[int]) -> None:
    async def send() -> None:
        async with channel:
            for item in range(2):
                await channel.push(item)
                await step()
            raise ZeroDivisionError

    batches: list[asyncio.Task[list[int]]] = []
    with pytest.raises(ExceptionGroup) as caught:
        async with asyncio.TaskGroup() as group:
            batches.append(group.create_task(channel.pull_many(3, within=inf)))
            group.create_task(send())
    assert [type(error) for error in caught.value.exceptions] == [ZeroDivisionError]
    assert batches[0].cancelled()
    assert [channel.pull_nowait(), channel.pull_nowait()] == [0, 1]
    with pytest.raises(ChannelFailed):
        channel.pull_nowait()


async def test_a_push_that_is_refused_as_it_is_let_in_is_passed_over() -> None:
    class OfPositives(list[int]):
        def append(self, item: int) -> None:
            if item < 0:
                raise ValueError(item)
            super().append(item)

        def popleft(self) -> int:
            return self.pop(0)

    class Picky(UnbufferedChannel[int]):
        __slots__ = ()

        def _make_buffer(self) -> OfPositives:
            return OfPositives()

    channel = Picky()
    pushes = await start(*(channel.push(item) for item in (0, -1, 2)))
    assert at_once(channel.pull_many(3)) == [0, 2]
    await asyncio.wait(pushes)
    assert [type(push.exception()) for push in pushes] == [type(None), ValueError, type(None)]


async def test_no_operation_calls_another_one() -> None:
    class Other(UnbufferedChannel[int]):
        __slots__ = ()

        async def pull(self) -> int:
            raise NotImplementedError

    channel = Other()
    push = await start_one(channel.push(1))
    assert await channel.pull_many(3) == [1]
    await push


class Few(IntEnum):
    """A number by its name."""

    TWO = 2


class Index:
    """What stands for an integer."""

    def __index__(self) -> int:
        """Return the integer."""
        return 2


@pytest.mark.parametrize("limit", [2, Few.TWO, Index()], ids=["int", "enum", "index"])
async def test_its_limit_is_what_is_an_integer(limit: int) -> None:
    channel = Channel[int](3)
    held = fill(channel)
    assert await channel.pull_many(limit) == held[:2]


REFUSED: dict[str, tuple[type[Exception], object, object]] = {
    "no limit": (TypeError, None, 0),
    "a float": (TypeError, 2.0, 0),
    "infinity": (TypeError, inf, 0),
    "a bool": (TypeError, True, 0),
    "a str": (TypeError, "2", 0),
    "0": (ValueError, 0, 0),
    "below 0": (ValueError, -1, 0),
    "within None": (TypeError, 2, None),
    "within a bool": (TypeError, 2, True),
    "within a str": (TypeError, 2, "1"),
    "within a complex number": (TypeError, 2, 1j),
    "within less than 0": (ValueError, 2, -0.1),
    "within -infinity": (ValueError, 2, -inf),
    "within NaN": (ValueError, 2, nan),
}


@pytest.mark.parametrize(("error", "limit", "within"), REFUSED.values(), ids=REFUSED)
async def test_what_is_no_limit_or_no_time_is_refused_and_the_channel_stays_as_it_was(
    channel: Channel[int], error: type[Exception], limit: object, within: object
) -> None:
    loosely: Final[Loosely] = channel.pull_many
    push = await start_one(channel.push(1))
    before = repr(channel)
    with pytest.raises(error):
        await loosely(limit, within=within)
    assert repr(channel) == before
    assert channel.pull_nowait() == 1
    await push
    with pytest.raises(error):  # And without waiting where there is nothing.
        loosely(limit, within=within).send(None)


async def test_its_time_is_given_by_name(channel: Channel[int]) -> None:
    loosely: Final[Loosely] = channel.pull_many
    with pytest.raises(TypeError):
        loosely(3, 1)


def test_what_need_not_wait_needs_no_loop() -> None:
    channel = Channel[int](3)
    held = fill(channel)
    assert at_once(channel.pull_many(2)) == held[:2]
    channel.close()
    assert at_once(channel.pull_many(2)) == held[2:]


def test_to_wait_for_more_without_a_loop_is_refused_and_nothing_is_taken() -> None:
    channel = Channel[int](3)
    held = fill(channel)
    for within in (1, inf):
        with pytest.raises(RuntimeError, match="no running event loop"):
            channel.pull_many(5, within=within).send(None)
        assert channel.csize() == 3
    assert drain(channel) == held
