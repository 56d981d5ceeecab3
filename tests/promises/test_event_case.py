"""event_case: ready while an event is set, or for who waited when it was. What all such cases do is in test_cases."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Final, Literal

import pytest

from pychanasync import Channel, chanselect, chanselect_nowait, event_case
from tests.support.awaited import waiters_of
from tests.support.helpers import Loosely, cancelled, is_idle, start, start_one, step, unheard
from tests.support.loops import LOOPS

if TYPE_CHECKING:
    from collections.abc import Callable

loosely: Final[Loosely] = event_case


async def test_a_select_that_waited_when_the_event_was_set_is_chosen_though_it_was_cleared(
    channel: Channel[int],
) -> None:
    event = asyncio.Event()
    selects = await start(*(chanselect(channel.pull_case(), event_case(event)) for _ in range(3)))
    event.set()
    event.clear()
    assert [(await select).index for select in selects] == [1, 1, 1]
    assert waiters_of(event) == 0
    assert chanselect_nowait(event_case(event)) is None


async def test_a_select_that_came_after_the_event_was_cleared_is_not_chosen(channel: Channel[int]) -> None:
    event, resumed = asyncio.Event(), list[str]()
    early = await start_one(chanselect(channel.pull_case(), event_case(event)))
    event.set()
    event.clear()
    late = chanselect(channel.pull_case(), event_case(event))  # In the step in which it was set.
    late.send(None)
    assert (await early).index == 1
    resumed.append("early")
    await step(3)
    assert waiters_of(event) == 1
    event.set()
    await step(2)
    with pytest.raises(StopIteration) as returned:
        late.send(None)
    assert returned.value.value.index == 1
    assert waiters_of(event) == 0
    assert is_idle(channel)


async def test_an_event_can_be_set_and_cleared_again_and_again(channel: Channel[int]) -> None:
    event = asyncio.Event()
    for _ in range(3):
        select = await start_one(chanselect(event_case(event), channel.pull_case()))
        event.set()
        event.clear()
        again = await start_one(chanselect(event_case(event), channel.pull_case()))
        assert (await select).index == 0
        assert not again.done()
        await cancelled(again)
    assert waiters_of(event) == 0


async def test_the_last_select_may_leave_in_the_step_in_which_the_event_is_set(channel: Channel[int]) -> None:
    event = asyncio.Event()
    acts: list[Callable[[], None]] = [lambda: channel.push_nowait(1), channel.close]
    for act in acts:
        select = await start_one(chanselect(event_case(event), channel.pull_case()))
        act()
        event.set()
        event.clear()
        later = await start_one(chanselect(event_case(event)))
        await asyncio.wait([select])
        assert select.exception() or select.result().index == 1
        await step(3)
        assert not later.done()
        await cancelled(later)
    assert waiters_of(event) == 0


async def test_who_waits_for_the_event_by_itself_is_woken_as_ever() -> None:
    event = asyncio.Event()
    waits = await start(event.wait(), event.wait())
    select = await start_one(chanselect(event_case(event)))
    assert waiters_of(event) == 3
    await cancelled(waits[0], select)
    assert waiters_of(event) == 1
    event.set()
    assert await waits[1] is True


def bound_to(loop: asyncio.AbstractEventLoop) -> asyncio.Event:
    """Make an event that a task has waited for in a loop, which is what binds it."""
    event = asyncio.Event()

    async def wait() -> None:
        await cancelled(await start_one(event.wait()))

    loop.run_until_complete(wait())
    return event


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("factory", LOOPS.values(), ids=LOOPS)
def test_to_wait_for_an_event_of_another_loop_is_refused_and_leaves_nothing_behind(
    channel: Channel[int], factory: Callable[[], asyncio.AbstractEventLoop], *, first: bool
) -> None:
    other = factory()
    event = bound_to(other)

    async def select() -> None:
        pull, case = channel.pull_case(), event_case(event)
        for _ in range(2):
            with pytest.raises(RuntimeError, match="is bound to a different event loop"):
                await chanselect(pull if first else None, case, None if first else pull)
            assert is_idle(channel)
            assert waiters_of(event) == 0

    async def when_set() -> int:
        return (await chanselect(channel.pull_case(), event_case(event))).index

    asyncio.run(select())
    event.set()
    assert asyncio.run(when_set()) == 1
    other.close()


@pytest.mark.parametrize("factory", LOOPS.values(), ids=LOOPS)
def test_an_event_that_a_select_of_another_loop_waits_for_is_refused(
    channel: Channel[int], factory: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    event, other = asyncio.Event(), factory()
    waiting = other.create_task(chanselect(event_case(event)))
    other.run_until_complete(asyncio.sleep(0))

    async def select() -> None:
        with pytest.raises(RuntimeError, match=r"Event object .* belongs to another event loop: wait for it there"):
            await chanselect(channel.pull_case(), event_case(event))
        assert is_idle(channel)
        assert waiters_of(event) == 1

    asyncio.run(select())
    event.set()
    assert other.run_until_complete(waiting).index == 0
    other.close()


@pytest.mark.parametrize("factory", LOOPS.values(), ids=LOOPS)
def test_an_event_is_refused_that_a_select_of_a_closed_loop_still_waits_for(
    channel: Channel[int], factory: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    event, closed = asyncio.Event(), factory()
    closed.set_exception_handler(unheard)
    left = chanselect(event_case(event), channel.pull_case())
    task = closed.create_task(left)
    closed.run_until_complete(asyncio.sleep(0))
    closed.close()

    async def select() -> None:
        with pytest.raises(RuntimeError, match="belongs to another event loop"):
            await chanselect(event_case(event), Channel[int]().pull_case())

    asyncio.run(select())
    left.close()  # As the garbage collector does when the task and the event are gone.
    del task
    assert waiters_of(event) == 0
    assert is_idle(channel)


class Logged(asyncio.Event):
    """An event that notes who asks, and waits in steps of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.waited = 0
        self.ended = 0

    async def wait(self) -> Literal[True]:
        """Wait, with steps before and after."""
        self.waited += 1
        try:
            await step()
            await super().wait()
            await step()
        finally:
            self.ended += 1
        return True


async def test_a_subclass_may_wait_in_its_own_way(channel: Channel[int]) -> None:
    event = Logged()
    selects = await start(*(chanselect(channel.pull_case(), event_case(event)) for _ in range(2)))
    await step(3)
    assert (event.waited, event.ended, waiters_of(event)) == (1, 0, 1)
    event.set()
    assert [(await select).index for select in selects] == [1, 1]
    assert (event.waited, event.ended, waiters_of(event)) == (1, 1, 0)


@pytest.mark.parametrize("steps", range(4))
async def test_the_wait_of_a_subclass_is_ended_at_whichever_of_its_steps_the_last_select_leaves(
    channel: Channel[int], steps: int
) -> None:
    event = Logged()
    select = await start_one(chanselect(channel.pull_case(), event_case(event)))
    await step(steps)
    event.set()
    await step(steps)
    if not select.done():
        await cancelled(select)
    await step(2)
    assert (event.waited, event.ended, waiters_of(event)) == (1, 1, 0)


async def test_the_last_select_may_leave_while_the_wait_of_a_subclass_runs() -> None:
    class Leaving(asyncio.Event):
        async def wait(self) -> Literal[True]:
            await step()
            select.close()  # As the garbage collector might, here.
            return await super().wait()

    event = Leaving()
    select = chanselect(event_case(event))
    select.send(None)
    await step(3)
    assert waiters_of(event) == 0
    again = await start_one(chanselect(event_case(event)))
    await step(2)
    assert waiters_of(event) == 1
    event.set()
    assert (await again).index == 0


@pytest.mark.parametrize(
    "wrong",
    [None, asyncio.Event, threading.Event(), asyncio.Condition(), Channel[int]()],
    ids=["nothing", "the class", "an event of threading", "a condition", "a channel"],
)
def test_what_is_not_an_event_of_asyncio_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError, match=r"event_case\(\) takes an asyncio\.Event, got "):
        loosely(wrong)


def test_its_argument_has_no_name() -> None:
    with pytest.raises(TypeError, match="positional-only"):
        loosely(event=asyncio.Event())
