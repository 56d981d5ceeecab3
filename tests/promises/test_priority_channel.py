"""docs/examples/priority_channel.py: a strategy made of the public surface keeps every promise of the built-in ones."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import weakref
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Generic, TypeVar

import pytest

from docs.examples.priority_channel import Job, PriorityChannel
from pychanasync import (
    Channel,
    ChannelClosed,
    ChannelEmpty,
    ChannelFull,
    RecvChannel,
    SelectCase,
    SendChannel,
    chanselect,
    chanselect_nowait,
)
from tests.promises.test_growth import NOISE, time_out
from tests.promises.test_loops import REFUSAL, run_elsewhere
from tests.support.helpers import Loosely, blocks_gained, cancelled, forever, start, start_one, step, unheard
from tests.support.interrupting import WAYS, Attempt, Way, ended, interrupt_around
from tests.support.loops import QUICKEST

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from pychanasync.strategy import AnyLine, Waiter

PROGRAM = Path(__file__).resolve().parents[2] / "docs" / "examples" / "priority_channel.py"
OUTPUT = """\
note: the shop is open
urgency 1: put out the fire
urgency 2: bake
urgency 2: sell
urgency 3: sweep
urgency 3: count the till
"""
BOUNDS = [1, 3]
TICKS = range(6)

Value = TypeVar("Value")


@pytest.fixture(params=BOUNDS)
def priority(request: pytest.FixtureRequest) -> PriorityChannel[int]:
    bound: int = request.param
    return PriorityChannel(bound)


def fill(channel: PriorityChannel[int]) -> list[int]:
    """Push without waiting until the channel is full; return what went in, smallest first: ..., 30, 40."""
    held = [10 * place for place in range(2, 2 + int(channel.capacity))]
    for item in reversed(held):
        channel.push_nowait(item)
    assert channel.full()
    return held


def drain(channel: RecvChannel[Value]) -> list[Value]:
    items: list[Value] = []
    with suppress(ChannelEmpty, ChannelClosed):
        while True:
            items.append(channel.pull_nowait())
    return items


def is_idle(channel: object) -> bool:
    return "0 pushes and 0 pulls waiting" in repr(channel)


def test_the_program_prints_what_it_should() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", str(PROGRAM)], capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, OUTPUT, "")


def test_a_priority_channel_is_both_halves() -> None:
    channel = PriorityChannel[int](2)
    sender: SendChannel[int] = channel
    receiver: RecvChannel[int] = channel
    sender.push_nowait(1)
    assert receiver.pull_nowait() == 1


# What can be done at once, and the order.


def test_the_smallest_item_comes_first() -> None:
    channel = PriorityChannel[int](5)
    for item in (3, 1, 5, 2, 4):
        channel.push_nowait(item)
    assert drain(channel) == [1, 2, 3, 4, 5]


def test_equal_items_come_in_the_order_of_their_arrival() -> None:
    channel = PriorityChannel[Job](100)
    random = Random(1)  # noqa: S311  # Repeatable, not secret.
    jobs = [Job(random.randrange(3), str(number)) for number in range(100)]
    for job in jobs:
        channel.push_nowait(job)
    expected = sorted(jobs, key=lambda job: job.urgency)
    assert [job.name for job in drain(channel)] == [job.name for job in expected]


def test_the_nowait_calls_refuse_where_they_would_wait(priority: PriorityChannel[int]) -> None:
    with pytest.raises(ChannelEmpty) as empty:
        priority.pull_nowait()
    held = fill(priority)
    with pytest.raises(ChannelFull) as full:
        priority.push_nowait(0)
    assert empty.value.channel is full.value.channel is priority
    assert drain(priority) == held


def test_the_bound_is_at_least_one() -> None:
    with pytest.raises(ValueError, match="at least 1, got 0"):
        PriorityChannel[int](0)


def test_what_either_half_may_ask(priority: PriorityChannel[int]) -> None:
    assert priority.empty()
    assert not priority.full()
    held = fill(priority)
    assert priority.csize() == priority.capacity == len(held)
    assert not priority.empty()
    assert repr(priority) == f"<PriorityChannel: {len(held)} of {len(held)}, 0 pushes and 0 pulls waiting>"
    priority.close()
    assert repr(priority).endswith("waiting, closed>")


async def test_what_need_not_wait_does_not_suspend(priority: PriorityChannel[int]) -> None:
    switched: list[bool] = []
    asyncio.get_running_loop().call_soon(switched.append, True)  # noqa: FBT003
    await priority.push(1)
    assert await priority.pull() == 1
    await chanselect(priority.push_case(2), ordered=True)
    assert not switched


async def test_a_waiting_push_is_let_in_before_the_smallest_is_taken(priority: PriorityChannel[int]) -> None:
    held = fill(priority)
    first, second = await start(priority.push(5), priority.push(1))
    assert priority.pull_nowait() == 5
    await step()
    assert first.done()
    assert not second.done()
    assert await priority.pull() == 1
    assert drain(priority) == held
    await second


async def test_waiting_tasks_are_served_first_come_first_served(priority: PriorityChannel[int]) -> None:
    served: list[int] = []

    async def pull(number: int) -> None:
        await (priority.pull() if number % 2 else chanselect(Channel[int]().pull_case(), priority.pull_case()))
        served.append(number)

    tasks = await start(*(pull(number) for number in range(6)))
    for item in range(6):
        priority.push_nowait(item)
    await asyncio.wait(tasks)
    assert served == [*range(6)]


async def test_waiting_pushes_are_let_in_first_come_first_served(priority: PriorityChannel[int]) -> None:
    fill(priority)
    pushes = await start(*(priority.push(-number) for number in range(6)))
    for number, push in enumerate(pushes):
        assert not push.done()
        assert priority.pull_nowait() == -number
        await push


async def test_no_newcomer_overtakes_a_waiting_push(priority: PriorityChannel[int]) -> None:
    fill(priority)
    push = await start_one(priority.push(5))
    priority.pull_nowait()
    with pytest.raises(ChannelFull):
        priority.push_nowait(1)
    await push


async def test_an_item_that_does_not_compare_is_refused_and_changes_nothing() -> None:
    channel = PriorityChannel[Loosely](4)
    for item in (3, 1, 2):
        channel.push_nowait(item)
    with pytest.raises(TypeError):
        channel.push_nowait("one")
    with pytest.raises(TypeError):
        await channel.push("one")
    assert drain(channel) == [1, 2, 3]


async def test_an_item_that_does_not_compare_wakes_no_pull(priority: PriorityChannel[Loosely]) -> None:
    pulls = await start(priority.pull(), priority.pull())
    priority.push_nowait(1)
    with pytest.raises(TypeError):
        priority.push_nowait("one")
    await step(2)
    assert [pull.done() for pull in pulls] == [True, False]
    priority.push_nowait(2)
    assert [await pull for pull in pulls] == [1, 2]


async def test_a_waiting_item_that_does_not_compare_is_not_let_in_and_nothing_is_lost(
    priority: PriorityChannel[Loosely],
) -> None:
    held = fill(priority)
    push = await start_one(priority.push("one"))
    with pytest.raises(TypeError):
        priority.pull_nowait()
    await cancelled(push)
    assert drain(priority) == held


# Claims.


async def test_a_woken_pull_takes_the_smallest_when_it_resumes() -> None:
    channel = PriorityChannel[int](3)
    pull = await start_one(channel.pull())
    for item in (3, 1, 2):
        channel.push_nowait(item)
    assert await pull == 1
    assert drain(channel) == [2, 3]


async def test_claimed_items_do_not_count_against_the_bound(priority: PriorityChannel[int]) -> None:
    pulls = await start(priority.pull(), priority.pull())
    priority.push_nowait(2)
    priority.push_nowait(1)
    assert priority.empty()
    assert priority.csize() == 0
    held = fill(priority)
    with pytest.raises(ChannelFull):
        priority.push_nowait(0)
    assert [await pull for pull in pulls] == [1, 2]
    assert drain(priority) == held


async def test_a_newcomer_takes_the_smallest_of_what_stands_beyond_the_claims_by_count() -> None:
    channel = PriorityChannel[int](3)
    pull = await start_one(channel.pull())
    channel.push_nowait(1)
    with pytest.raises(ChannelEmpty):
        channel.pull_nowait()
    channel.push_nowait(2)
    assert channel.pull_nowait() == 1
    with pytest.raises(ChannelEmpty):
        channel.pull_nowait()
    assert await pull == 2


async def test_a_claim_let_go_goes_to_the_next_waiting_pull(priority: PriorityChannel[int]) -> None:
    first, second, third = await start(priority.pull(), priority.pull(), priority.pull())
    priority.push_nowait(1)
    first.cancel()
    assert await second == 1
    assert first.cancelled()
    priority.push_nowait(2)
    assert await third == 2


async def test_a_claim_handed_on_can_be_let_go_again(priority: PriorityChannel[int]) -> None:
    pulls = await start(*(priority.pull() for _ in range(3)))
    priority.push_nowait(1)
    for pull in pulls:
        pull.cancel()
        await step()
    assert all(pull.cancelled() for pull in pulls)
    assert drain(priority) == [1]


async def test_an_item_let_go_may_stand_above_the_bound_and_then_lets_no_push_in(
    priority: PriorityChannel[int],
) -> None:
    pull = await start_one(priority.pull())
    priority.push_nowait(100)
    held = fill(priority)
    pull.cancel()
    push = await start_one(priority.push(1))
    assert pull.cancelled()
    assert priority.csize() == priority.capacity + 1
    assert priority.full()
    assert await priority.pull() == held[0]
    await step(2)
    assert not push.done()
    assert await priority.pull() == 1
    await push
    assert drain(priority) == [*held[1:], 100]


async def test_a_newcomer_does_not_take_the_item_of_a_pull_that_is_about_to_let_go(
    priority: PriorityChannel[int],
) -> None:
    pull = await start_one(priority.pull())
    priority.push_nowait(1)
    pull.cancel()
    with pytest.raises(ChannelEmpty):
        priority.pull_nowait()
    assert chanselect_nowait(priority.pull_case()) is None
    assert await priority.pull() == 1
    assert pull.cancelled()


# Cancellation.


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("ticks", TICKS)
@pytest.mark.parametrize("push_first", [False, True])
@pytest.mark.parametrize("by_select", [False, True])
async def test_a_pull_interrupted_at_any_tick_has_its_item_or_left_it(
    priority: PriorityChannel[int], way: Way, ticks: int, *, push_first: bool, by_select: bool
) -> None:
    async def select() -> int:
        return (await chanselect(Channel[int]().pull_case(), priority.pull_case())).value

    attempt = Attempt(select() if by_select else priority.pull())
    pushes: list[asyncio.Task[None]] = []
    task = await interrupt_around(
        way, attempt, lambda: pushes.append(asyncio.create_task(priority.push(1))), ticks, act_first=push_first
    )
    assert attempt.results + drain(priority) == [1]
    assert attempt.raised is not bool(attempt.results)
    await asyncio.gather(*pushes)
    await ended(task)
    assert is_idle(priority)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("ticks", TICKS)
@pytest.mark.parametrize("pull_first", [False, True])
@pytest.mark.parametrize("by_select", [False, True])
async def test_a_push_interrupted_at_any_tick_delivered_or_raised(
    priority: PriorityChannel[int], way: Way, ticks: int, *, pull_first: bool, by_select: bool
) -> None:
    async def select() -> None:
        await chanselect(Channel[int]().pull_case(), priority.push_case(25))

    held = fill(priority)
    attempt = Attempt(select() if by_select else priority.push(25))
    taken: list[int] = []
    task = await interrupt_around(way, attempt, lambda: taken.extend(drain(priority)), ticks, act_first=pull_first)
    assert taken + drain(priority) == (sorted([*held, 25]) if attempt.results else held)
    assert attempt.raised is not bool(attempt.results)
    await ended(task)
    assert is_idle(priority)


class Load: ...


@dataclass(order=True)
class Weighed:
    weight: int
    load: Load = field(compare=False)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
async def test_a_waiting_push_interrupted_leaves_nothing_behind(way: Way) -> None:
    channel = PriorityChannel[Weighed](1)
    channel.push_nowait(Weighed(0, Load()))
    load = Load()
    trace = weakref.ref(load)
    attempt = Attempt(channel.push(Weighed(1, load)))
    task, interrupt = way(attempt)
    del load
    await step(2)
    assert not is_idle(channel)
    interrupt()
    await step(8)
    assert attempt.raised
    assert is_idle(channel)
    await ended(task)
    del task, interrupt, attempt
    gc.collect()
    assert trace() is None


async def test_a_push_that_was_taken_stands_and_its_cancellation_strikes_at_the_next_wait(
    priority: PriorityChannel[int],
) -> None:
    reached: list[str] = []

    async def push_and_wait() -> None:
        await priority.push(1)
        reached.append("pushed")
        await priority.pull()  # Could proceed at once, and does.
        await PriorityChannel[int](1).pull()
        reached.append("waited")

    held = fill(priority)
    task = await start_one(push_and_wait())
    assert priority.pull_nowait() == 1
    task.cancel("for a reason")
    with pytest.raises(asyncio.CancelledError, match="for a reason"):
        await task
    assert reached == ["pushed"]
    assert drain(priority) == held[1:]


async def test_a_timeout_that_expired_after_the_push_was_taken_has_no_effect(priority: PriorityChannel[int]) -> None:
    scope = asyncio.timeout(None)

    async def push() -> None:
        async with scope:
            await priority.push(1)
        task = asyncio.current_task()
        assert task
        assert task.cancelling() == 0
        await step(3)

    fill(priority)
    task = await start_one(push())
    scope.reschedule(asyncio.get_running_loop().time())
    assert priority.pull_nowait() == 1
    await task
    assert scope.expired()


async def test_timed_out_operations_raise_timeout_error_and_do_nothing(priority: PriorityChannel[int]) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await priority.pull()
    held = fill(priority)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(priority.push(1), timeout=0.001)
    assert is_idle(priority)
    assert drain(priority) == held


def driven(operation: Coroutine[object, None, Value]) -> Coroutine[object, None, Value]:
    """Run a coroutine by hand to its first wait."""
    operation.send(None)
    return operation


@pytest.mark.parametrize("collected", [False, True])
@pytest.mark.parametrize("woken", [False, True])
async def test_a_pull_that_is_closed_or_collected_leaves_its_item(
    priority: PriorityChannel[int], *, woken: bool, collected: bool
) -> None:
    pull = driven(priority.pull())
    if woken:
        priority.push_nowait(1)
        assert priority.empty()
    if collected:
        del pull
        gc.collect()
    else:
        pull.close()
    assert is_idle(priority)
    assert drain(priority) == ([1] if woken else [])


@pytest.mark.parametrize("collected", [False, True])
@pytest.mark.parametrize("taken", [False, True])
async def test_a_push_that_is_closed_or_collected_delivered_if_it_was_taken(
    priority: PriorityChannel[int], *, taken: bool, collected: bool
) -> None:
    held = fill(priority)
    push = driven(priority.push(1))
    items = drain(priority) if taken else []
    if collected:
        del push
        gc.collect()
    else:
        push.close()
    assert is_idle(priority)
    assert items + drain(priority) == ([1, *held] if taken else held)


# Closing.


async def test_after_the_close_pushes_raise_and_pulls_take_what_is_left(priority: PriorityChannel[int]) -> None:
    held = fill(priority)
    pushes = await start(priority.push(1), priority.push(2))
    priority.close()
    priority.close()
    assert priority.closed
    for push in [*pushes, priority.push(3)]:
        with pytest.raises(ChannelClosed) as caught:
            await push
        assert caught.value.channel is priority
    with pytest.raises(ChannelClosed):
        priority.push_nowait(4)
    assert [item async for item in priority] == held
    with pytest.raises(ChannelClosed):
        priority.pull_nowait()


async def test_waiting_tasks_get_the_close_in_the_order_in_which_they_began_to_wait(
    priority: PriorityChannel[int],
) -> None:
    told: list[int] = []

    async def pull(number: int) -> None:
        with pytest.raises(ChannelClosed) as caught:
            await priority.pull()
        assert caught.value.channel is priority
        told.append(number)

    pulls = await start(*(pull(number) for number in range(5)))
    priority.close()
    await asyncio.wait(pulls)
    assert told == [*range(5)]
    assert is_idle(priority)


@pytest.mark.parametrize("immediate", [False, True])
async def test_a_pull_that_was_woken_before_the_close_still_gets_its_item(
    priority: PriorityChannel[int], *, immediate: bool
) -> None:
    pulls = await start(priority.pull(), priority.pull())
    for item in (3, 2, 1):
        priority.push_nowait(item)
    priority.close(immediate=immediate)
    assert priority.csize() == (0 if immediate else 1)
    assert [await pull for pull in pulls] == [1, 2]
    assert drain(priority) == ([] if immediate else [3])


async def test_closing_at_once_throws_away_also_on_a_channel_already_closed(priority: PriorityChannel[int]) -> None:
    fill(priority)
    priority.close()
    assert not priority.empty()
    priority.close(immediate=True)
    assert priority.empty()
    with pytest.raises(ChannelClosed):
        await priority.pull()


@pytest.mark.parametrize("immediate", [False, True])
async def test_an_item_let_go_after_the_close_is_the_next_to_be_pulled(
    priority: PriorityChannel[int], *, immediate: bool
) -> None:
    pulls = await start(priority.pull(), priority.pull())
    priority.push_nowait(1)
    priority.close(immediate=immediate)  # The second pull gets the close.
    with pytest.raises(ChannelClosed):
        priority.pull_nowait()
    pulls[0].cancel()
    await step(2)
    assert pulls[0].cancelled()
    assert isinstance(pulls[1].exception(), ChannelClosed)
    assert [item async for item in priority] == [1]


@pytest.mark.parametrize("close_first", [False, True])
@pytest.mark.parametrize("pushing", [False, True])
async def test_a_wait_closed_and_cancelled_in_one_tick_is_cancelled(
    priority: PriorityChannel[int], *, close_first: bool, pushing: bool
) -> None:
    held = fill(priority) if pushing else []
    operation: Coroutine[object, object, object] = priority.push(1) if pushing else priority.pull()
    task = await start_one(operation)
    if close_first:
        priority.close()
    task.cancel()
    if not close_first:
        priority.close()
    await step(2)
    assert task.cancelled()
    assert drain(priority) == held


async def test_async_with_closes_on_the_way_out_also_on_cancellation(priority: PriorityChannel[int]) -> None:
    async def send() -> None:
        async with priority as entered:
            assert entered is priority
            await forever()

    await cancelled(await start_one(send()))
    assert priority.closed


class Meddler:
    """An item that uses its channel when it is thrown away."""

    def __init__(self, channel: PriorityChannel[Meddler], found: list[str]) -> None:
        self.channel = channel
        self.found = found

    def __lt__(self, other: Meddler) -> bool:
        return id(self) < id(other)

    def __del__(self) -> None:
        self.found.append(repr(self.channel))


def test_an_item_thrown_away_finds_its_channel_in_order() -> None:
    channel = PriorityChannel[Meddler](3)
    found: list[str] = []
    for _ in range(3):
        channel.push_nowait(Meddler(channel, found))
    channel.close(immediate=True)
    assert found == ["<PriorityChannel: 0 of 3, 0 pushes and 0 pulls waiting, closed>"] * 3


# Select.


async def test_a_select_over_both_strategies_does_exactly_one_case(priority: PriorityChannel[int]) -> None:
    plain = Channel[str](buffer=1)
    plain.push_nowait("plain")
    priority.push_nowait(1)
    seen: list[object] = []
    for _ in range(2):
        channel, value = await chanselect(priority.pull_case(), plain.pull_case())
        assert channel is (priority if value == 1 else plain)
        seen.append(value)
    assert Counter(seen) == {"plain": 1, 1: 1}
    assert chanselect_nowait(priority.pull_case(), plain.pull_case()) is None


async def test_a_waiting_select_is_served_by_whichever_comes_first(priority: PriorityChannel[int]) -> None:
    plain = Channel[int]()
    for channel, index in ((priority, 0), (plain, 1)):
        select = await start_one(chanselect(priority.pull_case(), plain.pull_case()))
        await channel.push(7)
        selected = await select
        assert (selected.channel, selected.value, selected.index) == (channel, 7, index)
        assert is_idle(priority)


async def test_two_channels_that_become_ready_in_one_tick_give_the_select_one_item(
    priority: PriorityChannel[int],
) -> None:
    plain = Channel[int](1)
    select = await start_one(chanselect(plain.pull_case(), priority.pull_case()))
    priority.push_nowait(1)
    plain.push_nowait(2)
    assert (await select).value == 1
    assert drain(plain) == [2]
    assert drain(priority) == []


async def test_a_waiting_select_can_push_into_it_and_pull_from_it(priority: PriorityChannel[int]) -> None:
    plain = Channel[int]()
    held = fill(priority)
    select = await start_one(chanselect(plain.pull_case(), priority.push_case(1)))
    assert priority.pull_nowait() == 1
    assert (await select).index == 1
    assert drain(priority) == held
    meeting = await start(chanselect(plain.pull_case(), priority.pull_case()), chanselect(plain.push_case(5)))
    assert [(await select).value for select in meeting] == [5, None]
    assert is_idle(priority)


async def test_a_select_of_both_sides_of_one_channel_never_meets_itself(priority: PriorityChannel[int]) -> None:
    for value in (None, 1):
        selected = await chanselect(priority.pull_case(), priority.push_case(1), ordered=True)
        assert selected.value == value
    held = fill(priority)
    assert (await chanselect(priority.push_case(1), priority.pull_case())).value == held[0]


async def test_a_select_cancelled_in_the_tick_in_which_it_was_won_hands_its_claim_on(
    priority: PriorityChannel[int],
) -> None:
    plain = Channel[int]()
    select = await start_one(chanselect(plain.pull_case(), priority.pull_case()))
    pull = await start_one(priority.pull())
    priority.push_nowait(1)
    select.cancel()
    assert await pull == 1
    assert select.cancelled()
    assert is_idle(priority)


@pytest.mark.parametrize("waits", [False, True])
async def test_a_select_on_a_closed_channel_raises_with_that_channel(
    priority: PriorityChannel[int], *, waits: bool
) -> None:
    plain = Channel[int]()
    if not waits:
        priority.close()
    select = await start_one(chanselect(plain.pull_case(), priority.pull_case()))
    priority.close()
    with pytest.raises(ChannelClosed) as caught:
        await select
    assert caught.value.channel is priority


async def test_a_case_can_be_used_again_and_in_several_selects_at_once(priority: PriorityChannel[int]) -> None:
    case = priority.pull_case()
    selects = await start(chanselect(case), chanselect(case), chanselect(case, case))
    for item in range(3):
        priority.push_nowait(item)
    assert [(await select).value for select in selects] == [0, 1, 2]


# Loops, threads and growth.


async def test_another_loop_or_thread_can_neither_wake_a_task_nor_wait_beside_it(
    priority: PriorityChannel[int],
) -> None:
    async def select() -> None:
        await chanselect(priority.push_case(1), Channel[int]().pull_case())

    pull = await start_one(priority.pull())
    before = repr(priority)
    calls: list[Callable[[], object]] = [priority.close, lambda: priority.push_nowait(1)]
    operations: list[Coroutine[object, object, object]] = [priority.push(1), priority.pull(), select()]
    for operation in operations:
        with pytest.raises(RuntimeError, match=REFUSAL):
            run_elsewhere(operation)
    for call in calls:
        with ThreadPoolExecutor(1) as pool, pytest.raises(RuntimeError, match=REFUSAL):
            pool.submit(call).result()
    assert not priority.closed
    assert repr(priority) == before
    priority.push_nowait(2)
    assert await pull == 2


async def test_another_loop_or_thread_cannot_let_a_waiting_push_in(priority: PriorityChannel[int]) -> None:
    held = fill(priority)
    push = await start_one(priority.push(1))
    before = repr(priority)
    calls: list[Callable[[], object]] = [lambda: priority.close(immediate=True), priority.pull_nowait]
    operations: list[Coroutine[object, object, object]] = [priority.push(2), priority.pull()]
    for operation in operations:
        with pytest.raises(RuntimeError, match=REFUSAL):
            run_elsewhere(operation)
    for call in calls:
        with ThreadPoolExecutor(1) as pool, pytest.raises(RuntimeError, match=REFUSAL):
            pool.submit(call).result()
    assert repr(priority) == before
    assert drain(priority) == [1, *held]
    await push


def test_with_nobody_waiting_one_loop_may_use_the_channel_after_another(priority: PriorityChannel[int]) -> None:
    async def meet() -> int:
        pull = await start_one(priority.pull())
        await priority.push(1)
        await cancelled(await start_one(priority.pull()))
        return await pull

    for _ in range(3):
        assert asyncio.run(meet()) == 1


def test_a_claim_let_go_after_its_loop_was_closed_raises_nothing(priority: PriorityChannel[int]) -> None:
    async def wait_and_wake() -> list[Coroutine[object, None, int]]:
        pulls = [driven(priority.pull()), driven(priority.pull())]
        priority.push_nowait(1)
        return pulls

    loop = asyncio.new_event_loop()
    loop.set_exception_handler(unheard)
    first, second = loop.run_until_complete(wait_and_wake())
    loop.close()
    first.close()  # Its claim cannot go to the second, whose loop is closed.
    second.close()
    assert drain(priority) == [1]


@pytest.mark.long(2_000, 10_000)
@pytest.mark.asyncio(loop_factories=[QUICKEST])
async def test_what_was_withdrawn_again_and_again_leaves_no_memory(priority: PriorityChannel[int], size: int) -> None:
    plain = Channel[int]()

    async def let_go() -> None:
        pull = await start_one(priority.pull())
        priority.push_nowait(1)
        await cancelled(pull)
        assert priority.pull_nowait() == 1

    assert await blocks_gained(lambda: time_out(priority.pull()), size) < NOISE
    assert await blocks_gained(lambda: time_out(chanselect(plain.pull_case(), priority.pull_case())), size) < NOISE
    assert await blocks_gained(let_go, size) < NOISE
    fill(priority)
    assert await blocks_gained(lambda: time_out(priority.push(1)), size) < NOISE
    assert is_idle(priority)


# Random runs.


class Witness(PriorityChannel[int]):
    """A priority channel that sees what goes in and out, and that each pull gets the smallest there is."""

    def __init__(self, buffer: int) -> None:
        super().__init__(buffer)
        self.inside: Counter[int] = Counter()
        self.offers: list[tuple[Waiter, AnyLine, int]] = []

    def push_case(self, item: int) -> SelectCase[None]:
        return WitnessedPush(self, super().push_case(item), item)

    def pull_case(self) -> SelectCase[int]:
        return WitnessedPull(self, super().pull_case())

    def sees_taken(self, taken: int) -> int:
        """Count the waiting pushes that were let in; then check a pull."""
        for waiter, line, item in self.offers:
            if waiter.done() and not waiter.cancelled() and waiter.result() is line:
                self.inside[item] += 1
        self.offers = [offer for offer in self.offers if not offer[0].done()]
        assert taken == min(self.inside.elements())
        self.inside[taken] -= 1
        return taken


class Witnessed(Generic[Value]):
    """A case that wraps one of the priority channel's, and tells the witness what it did."""

    def __init__(self, witness: Witness, case: SelectCase[Value]) -> None:
        self.witness = witness
        self.case = case
        self.channel = witness
        self.line = case.line
        self.ready = case.ready
        self.abandon = case.abandon


class WitnessedPush(Witnessed[None]):
    def __init__(self, witness: Witness, case: SelectCase[None], item: int) -> None:
        super().__init__(witness, case)
        self.item = item
        self.finish = case.finish

    def proceed(self) -> None:
        self.case.proceed()
        self.witness.inside[self.item] += 1

    def enrol(self, waiter: Waiter) -> None:
        self.case.enrol(waiter)
        self.witness.offers.append((waiter, self.line, self.item))


class WitnessedPull(Witnessed[int]):
    def __init__(self, witness: Witness, case: SelectCase[int]) -> None:
        super().__init__(witness, case)
        self.enrol = case.enrol

    def proceed(self) -> int:
        return self.witness.sees_taken(self.case.proceed())

    def finish(self) -> int:
        return self.witness.sees_taken(self.case.finish())


class Run:
    """One run: producers and consumers on a priority channel and a plain one, each interrupted at random."""

    def __init__(self, bound: int, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311  # Repeatable, not secret.
        self.priority = Witness(bound)
        self.plain = Channel[int](self.random.choice([None, 1, 3]))
        self.pace = self.random.choice([3, 6, 12])
        self.risk = self.random.choice([0, 0, 0.01])  # Of an early close.
        self.given: list[int] = []
        self.refused: list[int] = []
        self.taken: list[int] = []

    async def push_by_select(self, item: int) -> None:
        await chanselect(self.plain.push_case(item), self.priority.push_case(item))

    async def pull_by_select(self) -> int:
        return (await chanselect(self.priority.pull_case(), self.plain.pull_case())).value

    async def iterate(self) -> int:
        async for item in self.priority:
            return item
        raise ChannelClosed(self.priority)

    async def interrupted(self, operation: Coroutine[object, object, Value]) -> Attempt[Value]:
        attempt = Attempt(operation)
        task, interrupt = self.random.choice([*WAYS.values()])(attempt)
        await step(2 + self.random.randrange(self.pace))
        interrupt()
        await asyncio.wait([task])
        _ = task.cancelled() or task.exception()  # Else asyncio tells that nobody looked.
        assert attempt.raised is not bool(attempt.results)
        return attempt

    async def produce(self, numbers: range) -> None:
        for item in numbers:
            if self.random.random() < self.risk:
                self.priority.close()
            if self.priority.closed:
                return
            operation = self.random.choice([self.priority.push, self.priority.push, self.push_by_select])
            attempt = await self.interrupted(operation(item))
            (self.given if attempt.results else self.refused).append(item)

    async def consume(self) -> None:
        while not self.priority.closed:
            operation = self.random.choice([self.priority.pull, self.pull_by_select, self.iterate])
            self.taken += (await self.interrupted(operation())).results

    async def play(self) -> None:
        numbers = [range(first, 120, 3) for first in range(3)]
        consumers = [asyncio.ensure_future(self.consume()) for _ in range(2)]
        await asyncio.gather(*(self.produce(part) for part in numbers))
        self.priority.close()
        self.plain.close()
        await asyncio.gather(*consumers)
        self.taken += drain(self.priority) + drain(self.plain)

    def check(self) -> None:
        assert sorted(self.taken) == sorted(self.given)
        assert is_idle(self.priority)
        assert "waiting" not in repr(self.plain)
        assert not self.priority.inside.total()


@pytest.mark.long(5, 50)
@pytest.mark.heavy
@pytest.mark.parametrize("bound", BOUNDS)
async def test_every_operation_happens_once_or_not_at_all_and_each_pull_gets_the_smallest(
    bound: int, size: int
) -> None:
    delivered = refused = 0
    for seed in range(size):
        run = Run(bound, seed)
        try:
            await run.play()
            run.check()
        except AssertionError as failure:
            failure.add_note(f"seed {seed}")
            raise
        delivered += len(run.taken)
        refused += len(run.refused)
    assert delivered > 20 * size
    assert refused > 20 * size
