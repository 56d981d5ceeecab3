"""A cancelled pull_many took nothing: what was set aside for it goes on to the waiting pulls, or stays, in order."""

from __future__ import annotations

import asyncio
import gc
from contextlib import suppress
from itertools import permutations, product
from typing import TYPE_CHECKING

import pytest

from pychanasync import Channel, ChannelClosed, chanselect
from tests.support.helpers import (
    begin,
    cancelled,
    check_exactly_once,
    drain,
    fill,
    is_idle,
    start,
    start_one,
    step,
    unheard,
)
from tests.support.interrupting import WAYS, Attempt, Way, ended, interrupt_around
from tests.support.kinds import LOSSLESS
from tests.support.loops import LOOPS

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from tests.support.clock import Clock
    from tests.support.kinds import Make

TIME = 5.0


async def push_singly(channel: Channel[int], items: int) -> None:
    for item in range(items):
        channel.push_nowait(item)
        await step()


async def collecting(channel: Channel[int], items: int) -> asyncio.Task[list[int]]:
    """Start a batch that has so many items set aside and waits for more."""
    batch = await start_one(channel.pull_many(9, within=TIME))
    await push_singly(channel, items)
    assert not batch.done()
    return batch


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("ticks", range(6))
@pytest.mark.parametrize("push_first", [False, True])
async def test_a_batch_interrupted_at_any_tick_has_its_items_or_left_them(
    channel: Channel[int], clock: Clock, way: Way, ticks: int, *, push_first: bool
) -> None:
    attempt, pushes = Attempt(channel.pull_many(3, within=TIME)), list[asyncio.Task[None]]()

    def push() -> None:
        pushes.extend(asyncio.ensure_future(channel.push(item)) for item in range(3))

    task = await interrupt_around(way, attempt, push, ticks, act_first=push_first)
    taken = [item for batch in attempt.results for item in batch] + drain(channel)
    assert taken == sorted(taken)
    check_exactly_once(channel, range(3), taken)
    assert attempt.raised is not bool(attempt.results)
    assert clock.running() == 0
    await asyncio.gather(*pushes)
    await ended(task)
    assert is_idle(channel)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("items", [0, 2])
async def test_a_waiting_batch_interrupted_leaves_its_items_and_nothing_else(
    channel: Channel[int], clock: Clock, way: Way, items: int
) -> None:
    attempt = Attempt(channel.pull_many(9, within=TIME))
    task, interrupt = way(attempt)
    await step(2)
    await push_singly(channel, items)
    interrupt()
    await step(8)
    assert attempt.raised
    await ended(task)
    assert clock.running() == 0
    assert is_idle(channel)
    assert drain(channel) == [*range(items)]


@pytest.mark.parametrize("pulls", range(4))
async def test_what_was_set_aside_goes_to_the_waiting_pulls_in_order_and_the_rest_stays(
    channel: Channel[int], pulls: int
) -> None:
    batch = await collecting(channel, 2)
    waiting = await start(*(channel.pull() for _ in range(pulls)))
    batch.cancel()
    await step(2)
    assert [pull.result() for pull in waiting[:2]] == [0, 1][:pulls]
    assert drain(channel) == [0, 1][pulls:]
    for pull in waiting[2:]:
        await cancelled(pull)
    assert is_idle(channel)


async def test_what_was_set_aside_goes_to_selects_and_to_other_batches(channel: Channel[int]) -> None:
    batch = await collecting(channel, 3)
    select = await start_one(chanselect(channel.pull_case()))
    other = await start_one(channel.pull_many(2, within=TIME))
    await cancelled(batch)
    assert (await select).value == 0
    assert await other == [1, 2]


async def test_what_stays_may_lie_above_the_bound_and_keeps_later_pushes_waiting(bounded: Channel[int]) -> None:
    batch = await collecting(bounded, 5)
    batch.cancel()
    held = [*range(10, 10 + int(bounded.capacity))]
    for item in held:
        bounded.push_nowait(item)  # Before the batch gives its items back.
    push = await start_one(bounded.push(20))
    assert drain(bounded) == [0, 1, 2, 3, 4, *held, 20]
    await push


@pytest.mark.parametrize("immediate", [False, True])
async def test_a_close_before_the_cancellation_changes_nothing_for_what_it_has(
    channel: Channel[int], *, immediate: bool
) -> None:
    batch = await collecting(channel, 2)
    channel.close(immediate=immediate)
    await cancelled(batch)
    assert [channel.pull_nowait(), channel.pull_nowait()] == [0, 1]
    with pytest.raises(ChannelClosed):
        await channel.pull_many(2)


async def test_a_close_after_the_cancellation_may_throw_away_what_it_let_go(channel: Channel[int]) -> None:
    batch = await collecting(channel, 2)
    await cancelled(batch)
    channel.close(immediate=True)
    with pytest.raises(ChannelClosed):
        await channel.pull_many(2)


@pytest.mark.parametrize("make", LOSSLESS.values(), ids=LOSSLESS)
@pytest.mark.parametrize("order", [*permutations(["cancel", "push", "time", "close"])], ids="-".join)
async def test_where_a_cancellation_an_item_the_time_and_a_close_come_together_nothing_is_lost(
    make: Make, clock: Clock, order: tuple[str, ...]
) -> None:
    for steps, items in product(product(range(2), repeat=3), (0, 1, 2)):
        own: Channel[int] = make()
        batch, push = await start_one(own.pull_many(3, within=TIME)), own.push(items)
        await push_singly(own, items)
        outcomes: list[str] = []

        def give(push: Coroutine[object, None, None] = push, outcomes: list[str] = outcomes) -> None:
            try:
                outcomes.append("done" if begin(push) else "waits")
            except ChannelClosed:
                outcomes.append("closed")

        acts: dict[str, Callable[[], object]] = {
            "cancel": batch.cancel,
            "push": give,
            "time": lambda: clock.advance(TIME),
            "close": own.close,
        }
        for name, pause in zip(order, [*steps, 0], strict=True):
            acts[name]()
            await step(pause)
        await asyncio.wait([batch])
        taken = [] if batch.cancelled() or batch.exception() else batch.result()
        left = drain(own)
        if outcomes == ["waits"]:
            give()
        assert taken + left == [*range(items + (outcomes[-1] == "done"))]
        assert clock.running() == 0
        assert is_idle(own)


@pytest.mark.parametrize("end", ["closed", "collected", "thrown into"])
@pytest.mark.parametrize("woken", [False, True])
async def test_a_batch_that_ends_by_hand_gives_its_items_back(
    channel: Channel[int], clock: Clock, end: str, *, woken: bool
) -> None:
    batch = channel.pull_many(9, within=TIME)
    batch.send(None)
    channel.push_nowait(0)
    with suppress(StopIteration):
        batch.send(None)  # It has one, and waits on.
    if woken:
        channel.push_nowait(1)
    waiting = await start_one(channel.pull())
    assert clock.running() == 1
    if end == "closed":
        batch.close()
    elif end == "thrown into":
        with pytest.raises(ZeroDivisionError):
            batch.throw(ZeroDivisionError())
    del batch
    gc.collect()
    assert await waiting == 0
    assert drain(channel) == [1][: int(woken)]
    assert clock.running() == 0
    assert is_idle(channel)


@pytest.mark.parametrize("factory", LOOPS.values(), ids=LOOPS)
def test_what_a_batch_of_a_closed_loop_had_comes_back_when_its_coroutine_is_collected(
    channel: Channel[int], factory: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    loop = factory()
    loop.set_exception_handler(unheard)

    async def main() -> list[asyncio.Task[list[int]]]:
        return [await collecting(channel, 2)]

    batches = loop.run_until_complete(main())
    loop.close()
    with pytest.raises(Channel.Empty):
        channel.pull_nowait()
    held = [] if channel.full() else [2]
    with suppress(Channel.Full):
        channel.push_nowait(2)  # It meets the batch, which so leaves the line.
    assert is_idle(channel)
    del batches
    gc.collect()
    assert drain(channel) == [0, 1, *held]


@pytest.mark.parametrize("factory", LOOPS.values(), ids=LOOPS)
def test_what_a_batch_of_a_closed_loop_had_goes_to_a_pull_that_waits_elsewhere(
    channel: Channel[int], factory: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    loop = factory()
    loop.set_exception_handler(unheard)

    async def main() -> list[asyncio.Task[list[int]]]:
        return [await collecting(channel, 2)]

    batches = loop.run_until_complete(main())
    loop.close()

    async def elsewhere() -> None:
        pull = await start_one(channel.pull())
        assert not pull.done()
        batches.clear()
        gc.collect()
        assert await pull == 0
        assert await channel.pull_many(2) == [1]

    asyncio.run(elsewhere())


@pytest.mark.parametrize("factory", LOOPS.values(), ids=LOOPS)
@pytest.mark.parametrize("within", [0, TIME])
def test_a_batch_that_would_have_to_wake_a_push_of_another_loop_is_refused_and_gives_its_items_back(
    factory: Callable[[], asyncio.AbstractEventLoop], within: float
) -> None:
    channel, one, other = Channel[int](), factory(), factory()
    batch = one.create_task(channel.pull_many(3, within=within))
    one.run_until_complete(asyncio.sleep(0))
    channel.push_nowait(1)  # With no loop running; the batch is woken, and has yet to resume.
    push = other.create_task(channel.push(2))
    other.run_until_complete(asyncio.sleep(0))
    with pytest.raises(RuntimeError, match="another event loop"):
        one.run_until_complete(batch)
    assert channel.waiting == (1, 0)
    assert other.run_until_complete(channel.pull_many(3)) == [1, 2]
    other.run_until_complete(push)
    one.close()
    other.close()


@pytest.mark.parametrize("factory", LOOPS.values(), ids=LOOPS)
def test_a_batch_that_cannot_wait_on_beside_a_pull_of_another_loop_is_refused_and_gives_its_items_back(
    factory: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    channel, one, other = Channel[int](1), factory(), factory()
    batch = one.create_task(channel.pull_many(3, within=TIME))
    one.run_until_complete(asyncio.sleep(0))
    channel.push_nowait(1)
    pull = other.create_task(channel.pull())
    other.run_until_complete(asyncio.sleep(0))
    with pytest.raises(RuntimeError, match="another event loop"):
        one.run_until_complete(batch)
    assert other.run_until_complete(pull) == 1  # Its loop was told of the item.
    one.close()
    other.close()


@pytest.mark.parametrize("items", [0, 1])
async def test_a_deferred_cancellation_is_raised_by_a_batch_that_would_wait_and_its_items_stay(
    channel: Channel[int], items: int
) -> None:
    first = Channel[int]()
    for item in range(items):
        prepared = await start_one(channel.pull())
        channel.push_nowait(item)
        await cancelled(prepared)  # So the item lies there, in a channel of any kind.

    async def push_and_pull_many() -> None:
        await first.push(1)  # It is done, and its task cancelled.
        await channel.pull_many(2, within=TIME)

    task = await start_one(push_and_pull_many())
    assert first.pull_nowait() == 1
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert task.cancelling() == 1
    assert drain(channel) == [*range(items)]
    assert is_idle(channel)


@pytest.mark.parametrize("limit", [2, 3])
async def test_a_deferred_cancellation_lets_a_batch_be_taken_that_need_not_wait(limit: int) -> None:
    first, channel = Channel[int](), Channel[int](2)
    held = fill(channel)
    channel.close()
    taken: list[int] = []

    async def push_and_pull_many() -> None:
        await first.push(1)
        taken.extend(await channel.pull_many(limit, within=TIME))
        await step(3)

    task = await start_one(push_and_pull_many())
    assert first.pull_nowait() == 1
    await cancelled(task)
    assert taken == held
