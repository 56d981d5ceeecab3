"""What a select leaves with a task, an event or the loop when it is over: nothing, however it ended."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import ref

import pytest

import pychanasync
from pychanasync import Channel, chanselect
from tests.support.awaited import AWAITED, waiting_on, watched
from tests.support.counting import CAN_COUNT, counting, undisturbed
from tests.support.helpers import blocks_gained, cancelled, is_idle, start, start_one, step
from tests.support.loops import QUICKEST

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.awaited import Awaited
    from tests.support.clock import Clock

    WayOut = Callable[["Awaited", Channel[int], asyncio.Task[object]], object]

PACKAGE = str(Path(pychanasync.__file__).parent)
ROUNDS = 1_000

each_shared = pytest.mark.parametrize("make", [make for make in AWAITED.values() if make.shared])


@pytest.mark.heavy
async def test_selects_leave_nothing_behind_however_they_end(awaited: Awaited) -> None:
    make, channel, before, tasks = type(awaited), Channel[int](), watched(), asyncio.all_tasks()

    async def chose_another() -> None:
        select = await start_one(waiting_on(awaited, channel))
        channel.push_nowait(1)
        assert (await select).index == 0

    async def was_cancelled() -> None:
        await cancelled(await start_one(waiting_on(awaited, channel)))

    async def never_began() -> None:
        waiting_on(awaited, channel).close()

    async def chose_it() -> None:
        once = make(awaited.clock)
        select = await start_one(waiting_on(once, channel))
        once.happen()
        assert (await select).index == 1
        assert once.traces() == 0

    for end in (chose_another, was_cancelled, never_began, chose_it):
        for _ in range(ROUNDS):
            await end()
        assert awaited.traces() == 0
        assert watched() == before
        assert asyncio.all_tasks() == tasks
        assert is_idle(channel)


@pytest.mark.heavy
@pytest.mark.asyncio(loop_factories=[QUICKEST])
@pytest.mark.parametrize("others", [0, 1])
async def test_selects_leave_no_memory(awaited: Awaited, others: int) -> None:
    channel, case = Channel[int](), awaited.case()
    beside = await start(*(chanselect(case) for _ in range(others)))

    async def chose_another() -> None:
        select = await start_one(waiting_on(awaited, channel))
        channel.push_nowait(1)
        await select
        assert awaited.traces() == others  # Here the clock forgets the timers that were stopped.

    async def was_cancelled() -> None:
        await cancelled(await start_one(waiting_on(awaited, channel)))
        assert awaited.traces() == others

    assert await blocks_gained(chose_another, 4_000) < 100
    assert await blocks_gained(was_cancelled, 4_000) < 100
    awaited.happen()
    await asyncio.gather(*beside)


@each_shared
async def test_all_selects_that_wait_for_one_thing_leave_one_trace_on_it(make: type[Awaited], clock: Clock) -> None:
    awaited = make(clock)
    selects = [chanselect(awaited.case()) for _ in range(ROUNDS)]
    for select in selects:
        select.send(None)
        assert awaited.traces() == 1
    for select in selects[1:]:
        select.close()
        assert awaited.traces() == 1
    selects[0].close()
    assert awaited.traces() == 0


@pytest.mark.skipif(not CAN_COUNT, reason="Python 3.12 is the first that tells of instructions")
async def test_leaving_takes_as_many_calls_however_many_others_wait_for_the_same(awaited: Awaited) -> None:
    def calls_beside(others: int) -> int:
        beside = [chanselect(awaited.case()) for _ in range(others)]
        for select in beside:
            select.send(None)
        leaver = waiting_on(awaited, Channel())
        leaver.send(None)
        with counting(PACKAGE) as executed:
            leaver.close()
        for select in beside:
            select.close()
        return executed.calls.total()

    assert calls_beside(ROUNDS) == calls_beside(1) > 0


def chosen_and_cancelled(awaited: Awaited, _: Channel[int], task: asyncio.Task[object]) -> None:
    awaited.happen()
    task.cancel()


def both_the_item_first(awaited: Awaited, channel: Channel[int], _: asyncio.Task[object]) -> None:
    channel.push_nowait(1)
    awaited.happen()


def both_the_item_last(awaited: Awaited, channel: Channel[int], _: asyncio.Task[object]) -> None:
    awaited.happen()
    channel.push_nowait(1)


WAYS_OUT: dict[str, WayOut] = {
    "cancelled": lambda _, __, task: task.cancel(),
    "chosen": lambda awaited, _, __: awaited.happen(),
    "chosen and cancelled": chosen_and_cancelled,
    "another chosen": lambda _, channel, __: channel.push_nowait(1),
    "closed": lambda _, channel, __: channel.close(),
    "both, the item first": both_the_item_first,
    "both, the item last": both_the_item_last,
}


@pytest.mark.parametrize("way_out", WAYS_OUT.values(), ids=WAYS_OUT)
async def test_what_a_select_held_is_free_as_soon_as_its_task_is_gone(awaited: Awaited, way_out: WayOut) -> None:
    make, clock = type(awaited), awaited.clock
    del awaited  # The fixture has it.
    with undisturbed():
        waits, channel = make(clock), Channel[int]()
        task: asyncio.Task[object] = await start_one(waiting_on(waits, channel))
        traces: list[ref[object]] = [ref(channel), ref(task)]
        if waits.channel is not None:
            traces.append(ref(waits.channel))
        way_out(waits, channel, task)
        await asyncio.wait([task])
        if not task.cancelled():
            task.exception()
        await step(2)
        clock.running()
        del task, channel, waits
        assert [trace() for trace in traces if trace() is not None] == []


@each_shared
async def test_what_was_waited_for_is_free_with_the_last_case_for_it(make: type[Awaited], clock: Clock) -> None:
    with undisturbed():
        awaited = make(clock)
        trace = ref(awaited.channel)
        await cancelled(await start_one(waiting_on(awaited, Channel())))
        case = awaited.case()
        del awaited
        assert trace() is not None
        del case
        assert trace() is None


@each_shared
async def test_no_more_futures_and_events_are_known_than_have_cases(make: type[Awaited], clock: Clock) -> None:
    before, awaited = watched(), make(clock)
    case, other = awaited.case(), awaited.case()
    assert watched() == before + 1
    del case
    assert watched() == before + 1
    await cancelled(await start_one(chanselect(other)))
    assert watched() == before + 1
    del other
    assert watched() == before


@pytest.mark.parametrize("end", ["closed", "collected", "thrown into"])
async def test_a_select_that_ends_by_hand_while_it_waits_leaves_nothing_behind(awaited: Awaited, end: str) -> None:
    channel = Channel[int]()
    select = waiting_on(awaited, channel)
    select.send(None)
    assert awaited.traces() == 1
    if end == "closed":
        select.close()
    elif end == "thrown into":
        with pytest.raises(ZeroDivisionError):
            select.throw(ZeroDivisionError())
    del select
    assert awaited.traces() == 0
    assert is_idle(channel)
