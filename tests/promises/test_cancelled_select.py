"""A select that raised did none of its cases, one that returned did exactly one, and neither leaves a trace."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import TYPE_CHECKING

import pytest

from pychanasync import Channel, ChannelClosed, Selected, chanselect
from tests.support.helpers import cancelled, drain, fill, is_idle, start, start_one, step
from tests.support.interrupting import WAYS, Attempt, Way, ended, interrupt_around

if TYPE_CHECKING:
    from collections.abc import Coroutine


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("ticks", range(6))
@pytest.mark.parametrize("push_first", [False, True])
async def test_a_select_interrupted_at_any_tick_has_its_item_or_left_it(
    channel: Channel[int], way: Way, ticks: int, *, push_first: bool
) -> None:
    other = Channel[int]()
    attempt = Attempt(chanselect(other.pull_case(), channel.pull_case(), other.push_case(9)))
    pushes: list[asyncio.Task[None]] = []
    task = await interrupt_around(
        way, attempt, lambda: pushes.append(asyncio.create_task(channel.push(1))), ticks, act_first=push_first
    )
    assert [selected.value for selected in attempt.results] + drain(channel) == [1]
    assert attempt.raised is not bool(attempt.results)
    await asyncio.gather(*pushes)
    await ended(task)
    assert is_idle(channel)
    assert is_idle(other)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("ticks", range(6))
@pytest.mark.parametrize("pull_first", [False, True])
async def test_a_select_interrupted_at_any_tick_delivered_or_raised(
    bounded: Channel[int], way: Way, ticks: int, *, pull_first: bool
) -> None:
    held = fill(bounded)
    other = Channel[int]()
    attempt, taken = Attempt(chanselect(other.pull_case(), bounded.push_case(0), other.push_case(9))), list[int]()
    task = await interrupt_around(way, attempt, lambda: taken.extend(drain(bounded)), ticks, act_first=pull_first)
    assert taken + drain(bounded) == ([*held, 0] if attempt.results else held)
    assert [selected.index for selected in attempt.results] == ([] if attempt.raised else [1])
    await ended(task)
    assert is_idle(bounded)
    assert is_idle(other)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
async def test_a_waiting_select_interrupted_leaves_nothing_behind(bounded: Channel[object], way: Way) -> None:
    class Item: ...

    for _ in range(int(bounded.capacity)):
        bounded.push_nowait("filling")
    other = Channel[object]()
    item = Item()
    trace = weakref.ref(item)
    attempt = Attempt(chanselect(bounded.push_case(item), other.pull_case(), other.push_case(item)))
    task, interrupt = way(attempt)
    del item
    await step(2)
    assert not is_idle(bounded)
    assert not is_idle(other)
    interrupt()
    await step(8)
    assert attempt.raised
    assert is_idle(bounded)
    assert is_idle(other)
    await ended(task)
    del task, interrupt, attempt
    gc.collect()
    assert trace() is None


async def test_a_select_cancelled_in_the_tick_in_which_a_pull_was_won_lets_the_item_go_to_the_next(
    channel: Channel[int],
) -> None:
    other = Channel[int]()
    select = await start_one(chanselect(other.pull_case(), channel.pull_case()))
    late = await start_one(chanselect(channel.pull_case(), other.pull_case()))
    channel.push_nowait(1)
    select.cancel()
    assert (await late).value == 1
    assert select.cancelled()
    assert is_idle(channel)
    assert is_idle(other)


async def test_a_select_cancelled_in_the_tick_in_which_a_push_was_won_returns_and_hands_on(
    bounded: Channel[int],
) -> None:
    held = fill(bounded)
    other = Channel[int]()
    results: list[Selected[int, int | None]] = []

    async def select_and_go_on() -> None:
        results.append(await chanselect(other.pull_case(), bounded.push_case(0)))
        await asyncio.get_running_loop().create_future()

    task = await start_one(select_and_go_on())
    taken = drain(bounded)
    task.cancel("for a reason")
    with pytest.raises(asyncio.CancelledError, match="for a reason"):
        await task
    assert taken == [*held, 0]
    assert [result.index for result in results] == [1]
    assert task.cancelling() == 1


async def test_a_timeout_that_came_too_late_for_a_select_is_taken_back_beside_an_older_request(
    bounded: Channel[int],
) -> None:
    held = fill(bounded)
    other = Channel[int]()
    scope = asyncio.timeout(None)

    async def select_and_go_on() -> None:
        task = asyncio.current_task()
        assert task
        with pytest.raises(asyncio.CancelledError):
            await other.pull()  # The older request, never taken back.
        async with scope:
            await chanselect(other.pull_case(), bounded.push_case(0))
            assert task.cancelling() == 2
        await step(5)
        assert task.cancelling() == 1

    task = await start_one(select_and_go_on())
    task.cancel()
    await step(2)
    scope.reschedule(asyncio.get_running_loop().time())  # It expires after the commit, and before the task resumes.
    assert drain(bounded) == [*held, 0]
    await task


async def test_a_select_that_is_owed_a_cancellation_does_not_wait() -> None:
    channel, other = Channel[int](), Channel[int]()

    async def push_and_select() -> None:
        await channel.push(1)
        await chanselect(channel.pull_case(), other.pull_case())

    task = await start_one(push_and_select())
    assert channel.pull_nowait() == 1
    task.cancel()
    await step()
    assert task.cancelled()
    assert is_idle(channel)
    assert is_idle(other)


async def test_a_select_closed_and_cancelled_in_one_tick_is_cancelled(channel: Channel[int]) -> None:
    other = Channel[int]()
    selects = await start(
        chanselect(channel.pull_case(), other.pull_case()), chanselect(other.pull_case(), channel.pull_case())
    )
    channel.close()
    selects[0].cancel()
    await step(2)
    assert selects[0].cancelled()
    assert isinstance(selects[1].exception(), ChannelClosed)
    assert is_idle(other)


async def test_a_timed_out_select_did_nothing(channel: Channel[int]) -> None:
    other = Channel[int]()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await chanselect(channel.pull_case(), other.push_case(1))
    assert is_idle(channel)
    assert is_idle(other)


async def test_selects_cancelled_and_their_results_ignored_lose_nothing(channel: Channel[int]) -> None:
    other = Channel[int]()
    seen: list[int] = []
    for item in range(50):
        select = asyncio.ensure_future(chanselect(channel.pull_case(), other.pull_case()))
        await step()
        push = asyncio.ensure_future(channel.push(item))
        done, _ = await asyncio.wait([select, push], return_when=asyncio.FIRST_COMPLETED)
        if select in done:
            seen.append(select.result().value)
        select.cancel()
        await step()
        seen += drain(channel)
        await push
    assert seen == [*range(50)]
    assert is_idle(other)


async def test_claims_of_selects_let_go_in_any_order_keep_the_items_in_order(channel: Channel[int]) -> None:
    other = Channel[int]()
    selects = await start(*(chanselect(other.pull_case(), channel.pull_case()) for _ in range(3)))
    for item in range(3):
        channel.push_nowait(item)
    await cancelled(selects[1], selects[0], selects[2])
    assert drain(channel) == [0, 1, 2]


def driven(select: Coroutine[object, None, object]) -> Coroutine[object, None, object]:
    """Run a select by hand to its wait."""
    select.send(None)
    return select


@pytest.mark.parametrize("collect", [False, True])
async def test_a_select_closed_or_collected_while_it_waits_leaves_every_line(
    channel: Channel[int], *, collect: bool
) -> None:
    other = Channel[int]()
    select = driven(chanselect(other.push_case(1), channel.pull_case()))
    assert not is_idle(other)
    if not collect:
        select.close()
    del select
    gc.collect()
    assert is_idle(channel)
    assert is_idle(other)


@pytest.mark.parametrize("collect", [False, True])
async def test_a_select_closed_or_collected_after_its_pull_was_won_lets_the_item_go(
    channel: Channel[int], *, collect: bool
) -> None:
    other = Channel[int]()
    select = driven(chanselect(other.push_case(1), channel.pull_case()))
    channel.push_nowait(2)
    if not collect:
        select.close()
    del select
    gc.collect()
    assert drain(channel) == [2]
    assert is_idle(other)


async def test_a_select_closed_after_its_push_was_won_just_ends(bounded: Channel[int]) -> None:
    held = fill(bounded)
    other = Channel[int]()
    select = driven(chanselect(other.pull_case(), bounded.push_case(0)))
    taken = drain(bounded)
    select.close()
    assert taken == [*held, 0]
    assert is_idle(other)


async def test_a_cancellation_thrown_by_hand_into_a_select_that_was_served_has_no_task_to_cancel() -> None:
    channel, other = Channel[int](), Channel[int]()
    ended: list[Selected[int, object]] = []

    def drive() -> None:  # Outside any task.
        select = driven(chanselect(channel.push_case(1), other.pull_case()))
        assert drain(channel) == [1]
        with pytest.raises(StopIteration) as caught:
            select.throw(asyncio.CancelledError())
        ended.append(caught.value.value)

    asyncio.get_running_loop().call_soon(drive)
    await step(2)
    (selected,) = ended
    assert (selected.index, selected.channel, selected.value) == (0, channel, None)
    assert is_idle(other)


async def test_another_error_thrown_by_hand_into_a_select_whose_push_was_won_goes_on(bounded: Channel[int]) -> None:
    held = fill(bounded)
    other = Channel[int]()
    select = driven(chanselect(other.pull_case(), bounded.push_case(0)))
    assert drain(bounded) == [*held, 0]
    with pytest.raises(ZeroDivisionError):
        select.throw(ZeroDivisionError())
    assert is_idle(other)
