"""docs/examples/permits.py: a case that derives from nothing of the package keeps what a select promises."""

from __future__ import annotations

import asyncio
import gc
from contextlib import closing
from random import Random
from typing import TYPE_CHECKING, Literal, assert_type

import pytest

from docs.examples.permits import Permits
from pychanasync import Channel, ChannelEmpty, Selected, chanselect, chanselect_nowait
from tests.promises.test_loops import REFUSAL, leave_waiting, run_elsewhere
from tests.support.helpers import cancelled, start, start_one, step
from tests.support.interrupting import WAYS, Attempt, Way, ended, interrupt_around

if TYPE_CHECKING:
    from collections.abc import Coroutine

TICKS = range(6)


def waiting(permits: Permits) -> int:
    """Count the tasks that wait for a permit."""
    line = permits.line
    assert isinstance(line, dict)
    return len(line)


async def acquired_by_select(permits: Permits) -> None:
    await chanselect(Channel[int]().pull_case(), permits)


async def test_a_permit_that_is_free_is_acquired_without_suspending() -> None:
    permits = Permits(2)
    switched: list[bool] = []
    asyncio.get_running_loop().call_soon(switched.append, True)  # noqa: FBT003
    await permits.acquire()
    await acquired_by_select(permits)
    assert permits.free == 0
    assert chanselect_nowait(permits) is None
    assert not switched


async def test_tasks_get_permits_in_the_order_in_which_they_began_to_wait_and_nobody_overtakes() -> None:
    permits = Permits(0)
    served: list[int] = []

    async def acquire(number: int) -> None:
        await (permits.acquire() if number % 2 else acquired_by_select(permits))
        served.append(number)

    tasks = await start(*(acquire(number) for number in range(6)))
    for _ in range(6):
        permits.release()
        assert chanselect_nowait(permits) is None
    await asyncio.wait(tasks)
    assert served == [*range(6)]
    assert (permits.free, waiting(permits)) == (0, 0)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("ticks", TICKS)
@pytest.mark.parametrize("release_first", [False, True])
@pytest.mark.parametrize("by_select", [False, True])
async def test_an_acquisition_interrupted_at_any_tick_has_the_permit_or_left_it(
    way: Way, ticks: int, *, release_first: bool, by_select: bool
) -> None:
    permits = Permits(0)
    attempt = Attempt(acquired_by_select(permits) if by_select else permits.acquire())
    task = await interrupt_around(way, attempt, permits.release, ticks, act_first=release_first)
    assert len(attempt.results) + permits.free == 1
    assert attempt.raised is not bool(attempt.results)
    assert waiting(permits) == 0
    await ended(task)


async def test_a_permit_whose_task_is_cancelled_before_it_runs_goes_to_the_next() -> None:
    permits = Permits(0)
    first, second, third = await start(permits.acquire(), acquired_by_select(permits), permits.acquire())
    permits.release()
    await cancelled(first)
    await second
    assert (permits.free, waiting(permits)) == (0, 1)
    permits.release()
    await third


@pytest.mark.parametrize("served", [False, True])
async def test_an_acquisition_that_is_collected_leaves_its_permit(*, served: bool) -> None:
    permits = Permits(0)
    acquisition: Coroutine[object, None, None] = permits.acquire()
    acquisition.send(None)
    if served:
        permits.release()
    del acquisition
    gc.collect()
    assert (permits.free, waiting(permits)) == (int(served), 0)


async def test_a_select_over_permits_and_channels_does_exactly_one_case() -> None:
    permits, others, items = Permits(0), Permits(0), Channel[int](1)
    select = await start_one(chanselect(items.pull_case(), permits, others))
    others.release()
    permits.release()
    items.push_nowait(1)
    assert await select == Selected(others, None, 2)
    assert (permits.free, others.free, items.csize()) == (1, 0, 1)


async def test_one_permit_serves_one_of_two_selects() -> None:
    permits, items = Permits(0), Channel[int]()
    first, second = await start(*(chanselect(permits, items.pull_case()) for _ in range(2)))
    permits.release()
    await items.push(1)
    assert await first == Selected(permits, None, 0)
    assert await second == Selected(items, 1, 1)
    assert (permits.free, waiting(permits)) == (0, 0)


async def test_a_checker_knows_what_a_select_with_permits_returns() -> None:
    permits, words = Permits(1), Channel[str]()
    selected = await chanselect(permits, words.pull_case())
    assert_type(selected, Selected[Literal[0], None] | Selected[Literal[1], str])
    assert selected.channel is permits


async def test_another_loop_can_neither_give_a_permit_to_a_waiting_task_nor_wait_beside_it() -> None:
    permits = Permits(0)
    acquisition = await start_one(permits.acquire())

    async def release() -> None:
        permits.release()

    for elsewhere in (release(), permits.acquire()):
        with pytest.raises(RuntimeError, match=REFUSAL):
            run_elsewhere(elsewhere)
    assert (permits.free, waiting(permits)) == (0, 1)
    permits.release()
    await acquisition


def test_a_permit_that_the_next_task_cannot_be_given_from_here_is_free_again() -> None:
    permits = Permits(0)

    async def start_and_serve() -> asyncio.Task[None]:
        task = await start_one(permits.acquire())
        permits.release()
        asyncio.get_running_loop().stop()  # Before it resumes.
        return task

    with closing(asyncio.new_event_loop()) as first, closing(asyncio.new_event_loop()) as second:
        starting = first.create_task(start_and_serve())
        first.run_forever()
        served = starting.result()
        next_one = second.run_until_complete(start_one(permits.acquire()))
        served.cancel()
        first.run_until_complete(asyncio.wait([served]))
        assert served.cancelled()
        assert permits.free == 1
        another = second.run_until_complete(start_one(permits.acquire()))
        second.run_until_complete(cancelled(next_one))
        assert another.done()
    assert (permits.free, waiting(permits)) == (0, 0)


def test_a_waiting_task_of_a_closed_loop_is_given_nothing() -> None:
    permits = Permits(0)
    acquisition = permits.acquire()
    task = leave_waiting(acquisition, asyncio.new_event_loop())
    permits.release()
    assert (permits.free, waiting(permits)) == (1, 0)
    acquisition.close()
    del task
    assert permits.free == 1


async def test_a_permit_that_a_handler_takes_after_the_look_is_not_given_twice() -> None:
    class TakenMeanwhile(Permits):
        def ready(self) -> bool:
            ready = super().ready()
            if ready:
                self.free -= 1
            return ready

    permits = TakenMeanwhile(1)
    with pytest.raises(ChannelEmpty):
        TakenMeanwhile(0).proceed()
    acquisition = await start_one(permits.acquire())
    assert permits.free == 0
    permits.release()
    await acquisition


async def test_a_permit_that_a_handler_gives_back_before_the_wait_is_not_missed() -> None:
    class GivenMeanwhile(Permits):
        def ready(self) -> bool:
            ready = super().ready()
            self.release()
            return ready

    permits = GivenMeanwhile(0)
    await asyncio.wait_for(permits.acquire(), timeout=60)
    assert (permits.free, waiting(permits)) == (0, 0)


@pytest.mark.parametrize("seed", range(20))
async def test_no_permit_is_lost_or_doubled_however_tasks_are_cancelled(seed: int) -> None:
    random = Random(seed)  # noqa: S311  # Repeatable, not secret.
    permits, items = Permits(2), Channel[int](1)
    held = most = 0

    async def use() -> None:
        nonlocal held, most
        selected = await chanselect(permits, items.pull_case())
        if selected.index == 0:
            held += 1
            most = max(most, held)
            try:
                await step(random.randrange(3))
            finally:
                held -= 1
                permits.release()

    tasks: list[asyncio.Task[None]] = []
    for _ in range(60):
        tasks.append(asyncio.create_task(use()))
        await step(random.randrange(2))
        if random.random() < 0.4:
            random.choice(tasks).cancel()
        if random.random() < 0.2 and not items.full():
            items.push_nowait(0)
    await asyncio.wait(tasks)
    assert most == 2
    assert (held, permits.free, waiting(permits)) == (0, 2, 0)
