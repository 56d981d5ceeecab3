"""What a select may wait for that is not a channel: a task, an event, a delay, a point in time."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from functools import partial
from itertools import permutations, product
from typing import TYPE_CHECKING

import pytest

from pychanasync import Channel, ChannelClosed, chanselect, chanselect_nowait
from tests.support.awaited import waiting_on
from tests.support.helpers import begin, cancelled, drain, is_idle, start, start_one, step
from tests.support.interrupting import WAYS, Attempt, Way, ended, interrupt_around

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.awaited import Awaited

ROUNDS = 1_000


async def test_what_is_ready_is_chosen_at_once(awaited: Awaited, channel: Channel[int]) -> None:
    case = awaited.ready_case()
    ran: list[str] = []
    await step(2)
    asyncio.get_running_loop().call_soon(ran.append, "another callback")
    selected = await chanselect(channel.pull_case(), case)
    assert ran == []
    assert (selected.index, selected.channel, selected.value) == (1, awaited.channel, awaited.value)
    assert is_idle(channel)
    assert awaited.traces() == 0


async def test_what_is_ready_is_chosen_without_waiting(awaited: Awaited, channel: Channel[int]) -> None:
    assert chanselect_nowait(channel.pull_case(), awaited.case()) is None
    assert awaited.traces() == 0
    selected = chanselect_nowait(channel.pull_case(), awaited.ready_case())
    assert selected
    assert (selected.index, selected.channel, selected.value) == (1, awaited.channel, awaited.value)


async def test_a_select_waits_until_it_happens(awaited: Awaited, channel: Channel[int]) -> None:
    select = await start_one(waiting_on(awaited, channel))
    await step(3)
    assert not select.done()
    assert awaited.traces() == 1
    awaited.happen()
    selected = await select
    assert (selected.index, selected.channel, selected.value) == (1, awaited.channel, awaited.value)
    assert is_idle(channel)
    assert awaited.traces() == 0


async def test_it_can_be_waited_for_alone(awaited: Awaited) -> None:
    select = await start_one(chanselect(awaited.case()))
    await step(3)
    assert not select.done()
    awaited.happen()
    assert (await select).index == 0


async def test_an_item_that_comes_first_is_taken_and_nothing_is_left_behind(
    awaited: Awaited, channel: Channel[int]
) -> None:
    select = await start_one(waiting_on(awaited, channel))
    channel.push_nowait(7)
    assert (await select).value == 7
    assert awaited.traces() == 0
    assert chanselect_nowait(awaited.case()) is None


async def test_a_close_that_comes_first_is_raised_and_nothing_is_left_behind(
    awaited: Awaited, channel: Channel[int]
) -> None:
    select = await start_one(waiting_on(awaited, channel))
    channel.close()
    with pytest.raises(ChannelClosed) as caught:
        await select
    assert caught.value.index == 0
    assert awaited.traces() == 0


async def test_a_push_that_waits_is_withdrawn_when_it_happens(awaited: Awaited) -> None:
    channel = Channel[int]()
    select = await start_one(chanselect(awaited.case(), channel.push_case(1)))
    awaited.happen()
    assert (await select).index == 0
    assert drain(channel) == []


async def test_where_the_order_counts_the_first_written_of_those_ready_is_chosen(
    awaited: Awaited, channel: Channel[int]
) -> None:
    push = await start_one(channel.push(1))
    case = awaited.ready_case()
    assert (await chanselect(case, channel.pull_case(), ordered=True)).value is awaited.value
    assert (await chanselect(channel.pull_case(), case, ordered=True)).value == 1
    await push


async def test_what_is_ready_is_chosen_as_often_as_an_item(awaited: Awaited) -> None:
    random.seed(1)
    channel, case = Channel[int](ROUNDS), awaited.ready_case()
    for item in range(ROUNDS):
        channel.push_nowait(item)
    chosen = Counter([(await chanselect(channel.pull_case(), case)).index for _ in range(ROUNDS)])
    assert chosen.keys() == {0, 1}
    assert abs(chosen[0] - ROUNDS / 2) < ROUNDS / 10


async def test_a_case_is_inert_and_serves_many_selects_one_after_another_and_at_once(
    awaited: Awaited, channel: Channel[int]
) -> None:
    case = awaited.case()
    assert awaited.traces() == 0
    for _ in range(3):
        select = await start_one(chanselect(case, channel.pull_case()))
        channel.push_nowait(1)
        assert (await select).index == 1
    selects = await start(*(chanselect(case, channel.pull_case()) for _ in range(3)))
    assert awaited.traces() == (1 if awaited.shared else 3)
    awaited.happen()
    assert [(await select).index for select in selects] == [0, 0, 0]
    assert awaited.traces() == 0
    assert is_idle(channel)


@pytest.mark.parametrize("one", [False, True])
async def test_in_one_select_twice_the_first_written_is_served(
    awaited: Awaited, channel: Channel[int], *, one: bool
) -> None:
    case = awaited.case()
    select = await start_one(chanselect(None, channel.pull_case(), case, case if one else awaited.case()))
    awaited.happen()
    assert (await select).index == 2
    assert awaited.traces() == 0


async def test_all_that_wait_are_woken_in_the_order_in_which_they_came(awaited: Awaited) -> None:
    resumed: list[int] = []

    async def wait(number: int) -> None:
        await chanselect(awaited.case())
        resumed.append(number)

    waits = await start(*(wait(number) for number in range(5)))
    awaited.happen()
    await asyncio.gather(*waits)
    assert resumed == [*range(5)]


async def test_one_that_leaves_takes_nothing_from_the_others(awaited: Awaited, channel: Channel[int]) -> None:
    selects = await start(*(waiting_on(awaited, channel) for _ in range(3)))
    await cancelled(selects[0])
    channel.push_nowait(1)
    assert (await selects[1]).value == 1
    assert awaited.traces() == 1
    awaited.happen()
    assert (await selects[2]).index == 1
    assert awaited.traces() == 0


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("ticks", range(6))
@pytest.mark.parametrize("happens_first", [False, True])
async def test_a_select_interrupted_at_any_tick_was_chosen_or_raised_and_leaves_nothing_behind(
    awaited: Awaited, way: Way, ticks: int, *, happens_first: bool
) -> None:
    channel = Channel[int]()
    attempt = Attempt(waiting_on(awaited, channel))
    task = await interrupt_around(way, attempt, awaited.happen, ticks, act_first=happens_first)
    assert [selected.index for selected in attempt.results] == ([] if attempt.raised else [1])
    assert awaited.traces() == 0
    assert is_idle(channel)
    await ended(task)


async def test_a_select_cancelled_after_it_was_chosen_raises(awaited: Awaited, channel: Channel[int]) -> None:
    select = await start_one(waiting_on(awaited, channel))
    awaited.happen()
    await asyncio.sleep(0)  # The loop tells the select, which has yet to resume.
    await cancelled(select)
    assert awaited.traces() == 0
    assert is_idle(channel)


@pytest.mark.parametrize("order", [*permutations(["happen", "push", "cancel"])], ids="-".join)
async def test_where_it_an_item_and_a_cancellation_come_together_nothing_is_lost(
    awaited: Awaited, channel: Channel[int], order: tuple[str, ...]
) -> None:
    make = type(awaited)
    for steps in product(range(3), repeat=2):
        awaited = make(awaited.clock)
        select, push = await start_one(waiting_on(awaited, channel)), channel.push(1)
        acts: dict[str, Callable[[], object]] = {
            "happen": awaited.happen,
            "push": partial(begin, push),
            "cancel": select.cancel,
        }
        for name, pause in zip(order, [*steps, 0], strict=True):
            acts[name]()
            await step(pause)
        await asyncio.wait([select])
        taken = [] if select.cancelled() else [select.result().value]
        assert taken in ([], [awaited.value], [1])
        assert taken.count(1) + drain(channel).count(1) == 1
        push.close()  # Its item was taken.
        assert awaited.traces() == 0
        assert is_idle(channel)
