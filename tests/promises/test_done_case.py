"""done_case: ready once a task or another future is done, however it ended. What all such cases do is in test_cases."""

from __future__ import annotations

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import pytest

from pychanasync import Channel, chanselect, chanselect_nowait, done_case
from tests.support.awaited import callbacks_of
from tests.support.helpers import Loosely, cancelled, is_idle, start_one, step, unheard
from tests.support.loops import LOOPS

if TYPE_CHECKING:
    from collections.abc import Callable

    Future = asyncio.Future[int]

loosely: Final[Loosely] = done_case

ENDS: dict[str, Callable[[Future], object]] = {
    "a result": lambda future: future.set_result(1),
    "an error": lambda future: future.set_exception(ZeroDivisionError()),
    "a cancellation": lambda future: future.cancel(),
}
each_end = pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)


def outcome_of(future: Future) -> str:
    """Tell how a future ended."""
    if future.cancelled():
        return "a cancellation"
    return "an error" if future.exception() else "a result"


@each_end
async def test_a_future_is_the_value_however_it_ended(channel: Channel[int], end: Callable[[Future], object]) -> None:
    ready: Future = asyncio.get_running_loop().create_future()
    end(ready)
    for selected in (
        await chanselect(channel.pull_case(), done_case(ready)),
        chanselect_nowait(channel.pull_case(), done_case(ready)),
    ):
        assert selected is not None
        assert selected.index == 1
        assert selected.value is selected.channel is ready
    later: Future = asyncio.get_running_loop().create_future()
    select = await start_one(chanselect(channel.pull_case(), done_case(later)))
    end(later)
    selected = await select
    assert selected.index == 1
    assert selected.value is selected.channel is later
    assert ENDS[outcome_of(ready)] is ENDS[outcome_of(later)] is end


@each_end
async def test_a_task_is_the_value_however_it_ended(channel: Channel[int], end: Callable[[Future], object]) -> None:
    future: Future = asyncio.get_running_loop().create_future()

    async def work() -> int:
        return await future

    task = await start_one(work())
    select = await start_one(chanselect(done_case(task), channel.pull_case()))
    end(future)
    selected = await select
    assert selected.index == 0
    assert selected.value is task
    assert ENDS[outcome_of(task)] is end
    assert is_idle(channel)


async def test_what_the_task_holds_is_raised_only_where_it_is_asked_for() -> None:
    async def fail() -> int:
        raise ZeroDivisionError

    selected = await chanselect(done_case(asyncio.create_task(fail())))
    with pytest.raises(ZeroDivisionError):
        selected.value.result()


async def test_an_error_that_nobody_asks_for_is_still_logged() -> None:
    loop, heard = asyncio.get_running_loop(), list[dict[str, object]]()
    loop.set_exception_handler(lambda _, context: heard.append(context))
    future: Future = loop.create_future()
    future.set_exception(ZeroDivisionError())
    await chanselect(done_case(future))
    del future
    gc.collect()
    assert [context["message"] for context in heard] == ["Future exception was never retrieved"]


async def test_a_task_is_not_cancelled_by_a_select_that_leaves_or_chooses_another_case(channel: Channel[int]) -> None:
    future: Future = asyncio.get_running_loop().create_future()

    async def work() -> int:
        return await future

    task = await start_one(work())
    await cancelled(await start_one(chanselect(channel.pull_case(), done_case(task))))
    select = await start_one(chanselect(channel.pull_case(), done_case(task)))
    channel.push_nowait(1)
    assert (await select).index == 0
    await step(2)
    assert not task.done()
    assert task.cancelling() == 0
    future.set_result(2)
    assert await task == 2


async def test_a_task_that_is_cancelled_is_no_cancellation_of_the_select(channel: Channel[int]) -> None:
    task = await start_one(Channel[int]().pull())
    select = await start_one(chanselect(done_case(task), channel.pull_case()))
    task.cancel()
    selected = await select
    assert selected.index == 0
    assert task.cancelled()
    assert select.cancelling() == 0


async def test_a_future_that_is_done_needs_no_loop(channel: Channel[int]) -> None:
    future: Future = asyncio.get_running_loop().create_future()

    def elsewhere() -> int | None:
        selected = chanselect_nowait(channel.pull_case(), done_case(future))
        return selected and selected.index

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(elsewhere).result() is None
        future.set_result(1)
        assert pool.submit(elsewhere).result() == 1


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("factory", LOOPS.values(), ids=LOOPS)
def test_to_wait_for_a_future_of_another_loop_is_refused_and_leaves_nothing_behind(
    channel: Channel[int], factory: Callable[[], asyncio.AbstractEventLoop], *, first: bool
) -> None:
    other = factory()
    future: Future = other.create_future()

    async def select() -> None:
        pull, case = channel.pull_case(), done_case(future)
        for _ in range(2):
            with pytest.raises(RuntimeError, match=r"^<.*Future pending.*> belongs to another event loop: wait for it"):
                await chanselect(pull if first else None, case, None if first else pull)
            assert is_idle(channel)
        other = Channel[int](1)
        other.push_nowait(7)
        assert (await chanselect(case, other.pull_case())).value == 7

    asyncio.run(select())
    assert callbacks_of(future) == 0
    future.set_result(1)
    asyncio.run(wait_for_it(future))
    other.close()


async def wait_for_it(future: Future) -> None:
    assert (await chanselect(done_case(future))).value.result() == 1


@pytest.mark.parametrize("factory", LOOPS.values(), ids=LOOPS)
def test_a_future_is_refused_that_a_select_of_a_closed_loop_still_waits_for(
    channel: Channel[int], factory: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    closed = factory()
    closed.set_exception_handler(unheard)
    future: Future = closed.create_future()
    left = chanselect(done_case(future), channel.pull_case())
    task = closed.create_task(left)
    closed.run_until_complete(asyncio.sleep(0))
    closed.close()

    async def select() -> None:
        with pytest.raises(RuntimeError, match="belongs to another event loop"):
            await chanselect(done_case(future), Channel[int]().pull_case())
        assert callbacks_of(future) == 1  # That of the closed loop.

    asyncio.run(select())
    left.close()  # As the garbage collector does when the task and the future are gone.
    del task
    assert callbacks_of(future) == 0
    assert is_idle(channel)


class Equal(asyncio.Future[int]):
    """A future that equals every other of its kind, and cannot be a key."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Equal)

    __hash__ = None  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]  # That is what it is about.


async def test_a_future_is_told_from_another_by_what_it_is_and_not_by_what_it_equals() -> None:
    one, other = Equal(), Equal()
    selects = await asyncio.gather(start_one(chanselect(done_case(one))), start_one(chanselect(done_case(other))))
    other.set_result(2)
    await step(3)
    assert [select.done() for select in selects] == [False, True]
    one.set_result(1)
    assert [(await select).value is future for select, future in zip(selects, (one, other), strict=True)] == [True] * 2


async def test_what_else_waits_for_the_future_is_called_as_ever(channel: Channel[int]) -> None:
    future: Future = asyncio.get_running_loop().create_future()
    called: list[str] = []
    future.add_done_callback(lambda _: called.append("before"))
    select = await start_one(chanselect(done_case(future), channel.pull_case()))
    future.add_done_callback(lambda _: called.append("after"))
    other = await start_one(chanselect(done_case(future), channel.pull_case()))
    await cancelled(select, other)
    assert callbacks_of(future) == 2
    future.set_result(1)
    await step(2)
    assert called == ["before", "after"]


async def test_a_loop_over_tasks_takes_each_as_it_is_done() -> None:
    async def work(number: int) -> int:
        await step(5 * number)  # A select learns of it in two iterations of the loop.
        return number

    tasks: dict[int, asyncio.Task[int]] = {number: asyncio.create_task(work(number)) for number in (3, 1, 2)}
    ended: list[int] = []
    while tasks:
        selected = await chanselect(*[done_case(task) for task in tasks.values()], ordered=True)
        ended.append(selected.value.result())
        del tasks[ended[-1]]
    assert ended == [1, 2, 3]


@pytest.mark.parametrize(
    "wrong",
    [None, 3, step, Channel[int](), asyncio.Event()],
    ids=["nothing", "a number", "a function", "a channel", "an event"],
)
def test_what_is_not_a_future_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError, match=r"done_case\(\) takes a task or another future, got "):
        loosely(wrong)


def test_a_future_of_threads_is_refused() -> None:
    with ThreadPoolExecutor(1) as pool, pytest.raises(TypeError, match="takes a task or another future"):
        loosely(pool.submit(print, end=""))


def test_a_coroutine_is_refused_with_the_way_to_a_task() -> None:
    coroutine: Any = asyncio.sleep(0)  # type: ignore[explicit-any]  # What is at issue.
    with pytest.raises(TypeError, match=r": make it a task with asyncio\.create_task\(\)$"):
        loosely(coroutine)
    coroutine.close()


def test_its_argument_has_no_name() -> None:
    with pytest.raises(TypeError, match="positional-only"):
        loosely(future=None)
