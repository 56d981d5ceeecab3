"""A cancelled pull took nothing: the claim of a woken pull goes on, and no item is lost or out of order."""

from __future__ import annotations

import asyncio
import gc
from itertools import permutations
from math import inf
from typing import TYPE_CHECKING

import pytest

from pychanasync import Channel, ChannelClosed, ChannelEmpty, ChannelFull
from tests.support.helpers import cancelled, drain, dropped, fill, is_idle, start, start_one, step
from tests.support.interrupting import WAYS, Attempt, Way, ended, interrupt_around

if TYPE_CHECKING:
    from collections.abc import Coroutine

TICKS = range(6)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("ticks", TICKS)
@pytest.mark.parametrize("push_first", [False, True])
async def test_a_pull_interrupted_at_any_tick_has_its_item_or_left_it(
    channel: Channel[int], way: Way, ticks: int, *, push_first: bool
) -> None:
    attempt, pushes = Attempt(channel.pull()), list[asyncio.Task[None]]()
    task = await interrupt_around(
        way, attempt, lambda: pushes.append(asyncio.create_task(channel.push(1))), ticks, act_first=push_first
    )
    assert attempt.results + drain(channel) == [1]
    assert attempt.raised is not bool(attempt.results)
    await asyncio.gather(*pushes)
    await ended(task)
    assert is_idle(channel)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
async def test_a_waiting_pull_interrupted_leaves_nothing_behind(channel: Channel[int], way: Way) -> None:
    attempt = Attempt(channel.pull())
    task, interrupt = way(attempt)
    await step(2)
    assert not is_idle(channel)
    interrupt()
    await step(8)
    assert attempt.raised
    assert is_idle(channel)
    await ended(task)


async def test_a_push_case_finds_nobody_where_each_of_many_pulls_was_cancelled() -> None:
    channel = Channel[int]()
    tasks = await start(*(channel.pull() for _ in range(40)))
    for task in tasks:
        task.cancel()
    assert not channel.push_case(1).ready()
    assert channel.waiting == (0, 0)
    await asyncio.wait(tasks)
    assert all(task.cancelled() for task in tasks)


async def test_a_timed_out_pull_raises_timeout_error_and_takes_nothing(channel: Channel[int]) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(channel.pull(), timeout=0)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(channel.pull(), timeout=0.001)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await channel.pull()
    assert is_idle(channel)
    push = await start_one(channel.push(1))
    assert drain(channel) == [1]
    await push


async def test_a_claim_let_go_goes_to_the_next_waiting_pull(channel: Channel[int]) -> None:
    first, second, third = await start(channel.pull(), channel.pull(), channel.pull())
    channel.push_nowait(1)
    first.cancel()
    assert await second == 1
    assert first.cancelled()
    channel.push_nowait(2)
    assert await third == 2


async def test_a_claim_let_go_with_nobody_waiting_leaves_the_item_as_the_next(channel: Channel[int]) -> None:
    pull = await start_one(channel.pull())
    channel.push_nowait(-9)
    held = fill(channel)
    await cancelled(pull)
    assert not channel.empty()
    assert drain(channel) == [-9, *held]
    assert dropped(channel) == 0


async def test_an_item_let_go_may_stand_above_the_bound(channel: Channel[int]) -> None:
    pull = await start_one(channel.pull())
    channel.push_nowait(-9)
    held = fill(channel)
    await cancelled(pull)
    assert channel.csize() in {len(held) + 1, None}
    assert channel.full() is (channel.capacity != inf)
    assert drain(channel) == [-9, *held]


async def test_repr_shows_what_stands_above_the_bound() -> None:
    channel = Channel[int](buffer=2)
    pull = await start_one(channel.pull())
    for item in range(3):
        channel.push_nowait(item)
    await cancelled(pull)
    assert repr(channel) == "<BufferedChannel: 3 of 2 items>"


async def test_above_the_bound_a_push_waits_and_a_pull_takes_the_head_and_lets_no_push_in(
    bounded: Channel[int],
) -> None:
    pull = await start_one(bounded.pull())
    bounded.push_nowait(-9)
    held = fill(bounded)
    pull.cancel()
    push = await start_one(bounded.push(0))
    assert pull.cancelled()
    with pytest.raises(ChannelFull):
        bounded.push_nowait(1)
    assert bounded.pull_nowait() == -9
    await step(2)
    assert bounded.csize() in {len(held), None}
    assert not push.done()
    first = bounded.pull_nowait()
    await push
    assert [first, *drain(bounded)] == [*held, 0]


async def test_an_item_let_go_on_an_unbuffered_channel_is_taken_before_a_push_is_let_in() -> None:
    channel: Channel[int] = Channel()
    pull = await start_one(channel.pull())
    channel.push_nowait(1)
    pull.cancel()
    push = await start_one(channel.push(2))
    assert pull.cancelled()
    assert repr(channel) == "<UnbufferedChannel: unbuffered, 1 item, 1 push waiting>"
    assert not channel.empty()
    assert channel.full()
    assert channel.csize() is None
    assert await channel.pull() == 1
    await step(2)
    assert not push.done()
    assert channel.empty()
    assert await channel.pull() == 2
    await push


async def test_an_item_let_go_on_an_unbuffered_channel_stands_in_no_pushs_way() -> None:
    channel = Channel[int]()
    pull = await start_one(channel.pull())
    channel.push_nowait(1)
    await cancelled(pull)
    with pytest.raises(ChannelFull):
        channel.push_nowait(2)
    push = await start_one(channel.push(2))
    assert not push.done()
    assert [await channel.pull(), await channel.pull()] == [1, 2]
    await push


@pytest.mark.parametrize("immediate", [False, True])
async def test_an_item_let_go_after_the_close_is_the_next_to_be_pulled(
    channel: Channel[int], *, immediate: bool
) -> None:
    pull = await start_one(channel.pull())
    channel.push_nowait(1)
    channel.close(immediate=immediate)
    with pytest.raises(ChannelClosed):
        channel.pull_nowait()
    await cancelled(pull)
    assert channel.pull_nowait() == 1
    with pytest.raises(ChannelClosed):
        await channel.pull()


async def test_an_item_let_go_is_thrown_away_by_an_immediate_close(channel: Channel[int]) -> None:
    pull = await start_one(channel.pull())
    channel.push_nowait(1)
    channel.close()
    await cancelled(pull)
    channel.close(immediate=True)
    assert channel.empty()
    with pytest.raises(ChannelClosed):
        await channel.pull()


@pytest.mark.parametrize("order", [*permutations(range(3))])
async def test_claims_let_go_in_any_order_keep_the_items_in_order(
    channel: Channel[int], order: tuple[int, ...]
) -> None:
    pulls = await start(*(channel.pull() for _ in range(3)))
    for item in range(3):
        channel.push_nowait(item)
    for number in order:
        pulls[number].cancel()
    await step(2)
    assert all(pull.cancelled() for pull in pulls)
    assert drain(channel) == [0, 1, 2]


@pytest.mark.parametrize("number", range(3))
async def test_one_claim_of_several_let_go_keeps_the_items_in_order(channel: Channel[int], number: int) -> None:
    pulls = await start(*(channel.pull() for _ in range(4)))
    for item in range(3):
        channel.push_nowait(item)
    pulls[number].cancel()
    await step(3)
    assert [pull.result() for pull in pulls if not pull.cancelled()] == [0, 1, 2]


async def test_a_claim_passed_on_can_be_released_again(channel: Channel[int]) -> None:
    pulls = await start(*(channel.pull() for _ in range(3)))
    channel.push_nowait(1)
    for pull in pulls:
        pull.cancel()
        await step()
    assert all(pull.cancelled() for pull in pulls)
    assert drain(channel) == [1]


async def test_a_later_arrival_does_not_take_the_item_of_a_pull_that_is_about_to_let_go(channel: Channel[int]) -> None:
    pull = await start_one(channel.pull())
    channel.push_nowait(1)
    pull.cancel()
    with pytest.raises(ChannelEmpty):
        channel.pull_nowait()
    assert await channel.pull() == 1
    assert pull.cancelled()


async def test_items_of_cancelled_pulls_whose_results_nobody_reads_are_not_lost(channel: Channel[int]) -> None:
    seen: list[int] = []
    for item in range(50):
        pull = asyncio.ensure_future(channel.pull())
        await step()
        push = asyncio.ensure_future(channel.push(item))
        done, pending = await asyncio.wait([pull, push], return_when=asyncio.FIRST_COMPLETED)
        assert push in done
        if pull in done:
            seen.append(pull.result())
        for task in pending:
            task.cancel()  # The idiom at issue: nobody looks at what became of it.
        await step()
        seen += drain(channel)
    assert seen == [*range(50)]


async def test_the_wait_idiom_over_two_channels_loses_nothing(channel: Channel[int]) -> None:
    other = Channel[int]()
    seen: list[int] = []
    for item in range(0, 100, 2):
        pulls = await start(channel.pull(), other.pull())
        channel.push_nowait(item)
        other.push_nowait(item + 1)
        _, pending = await asyncio.wait(pulls, return_when=asyncio.FIRST_COMPLETED)
        for pull in pending:
            pull.cancel()
        await step()
        seen += [pull.result() for pull in pulls if pull.done() and not pull.cancelled()]
        seen += drain(channel) + drain(other)
    assert sorted(seen) == [*range(100)]


def driven(operation: Coroutine[object, None, int]) -> Coroutine[object, None, int]:
    """Run a coroutine by hand to its first wait."""
    operation.send(None)
    return operation


async def test_a_pull_closed_while_it_waits_leaves_the_line(channel: Channel[int]) -> None:
    pull = driven(channel.pull())
    assert not is_idle(channel)
    pull.close()
    assert is_idle(channel)


async def test_a_pull_collected_while_it_waits_leaves_the_line(channel: Channel[int]) -> None:
    pull = driven(channel.pull())
    del pull
    gc.collect()
    assert is_idle(channel)


async def test_a_pull_closed_after_it_was_woken_lets_its_claim_go(channel: Channel[int]) -> None:
    pull = driven(channel.pull())
    channel.push_nowait(1)
    assert channel.empty()
    pull.close()
    assert drain(channel) == [1]


async def test_a_pull_collected_after_it_was_woken_lets_its_claim_go_to_the_next(channel: Channel[int]) -> None:
    pull = driven(channel.pull())
    late = await start_one(channel.pull())
    channel.push_nowait(1)
    del pull
    gc.collect()
    assert await late == 1


async def test_an_error_thrown_into_a_woken_pull_lets_its_claim_go(channel: Channel[int]) -> None:
    pull = driven(channel.pull())
    channel.push_nowait(1)
    with pytest.raises(ZeroDivisionError):
        pull.throw(ZeroDivisionError())
    assert drain(channel) == [1]


async def test_a_pull_that_is_cancelled_before_it_starts_does_nothing(channel: Channel[int]) -> None:
    held = [] if channel.capacity == 0 else [1]
    for item in held:
        channel.push_nowait(item)
    pull = asyncio.Task(channel.pull(), loop=asyncio.get_running_loop())  # Never eager.
    pull.cancel()
    await asyncio.wait([pull])
    assert pull.cancelled()
    assert drain(channel) == held


async def test_a_cancelled_pull_lets_no_push_overtake(bounded: Channel[int]) -> None:
    pull = await start_one(bounded.pull())
    pull.cancel()
    held = fill(bounded)  # On an unbuffered channel nothing: the pull that was there counts no longer.
    push = await start_one(bounded.push(0))
    assert pull.cancelled()
    assert drain(bounded) == [*held, 0]
    await push
