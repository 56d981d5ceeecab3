"""What is told of the tasks that wait: which, in what, on which channels, and where in the user's own code."""

from __future__ import annotations

import asyncio
import sys
import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

import pytest

from pychanasync import (
    Broadcast,
    BufferedChannel,
    Channel,
    UnbufferedChannel,
    chanselect,
    debugging,
    done_case,
    event_case,
    timeout_case,
)
from pychanasync.debugging import WaitingTask, format_waiting, waiting_tasks
from tests.support.helpers import WAITS, cancelled, forever, start, start_one, step

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator

    from pychanasync import RecvChannel
    from tests.support.helpers import Loosely

Item = TypeVar("Item")
OPERATIONS = {
    "pull": "pull",
    "pull_many": "pull_many",
    "push": "push",
    "select-pull": "select",
    "select-push": "select",
}


class Numbers(BufferedChannel[int]):
    """A channel of a user's own, which waits in its own ways."""

    async def pull(self) -> int:
        return await super().pull()

    async def pull_twice(self) -> int:
        return await self.pull() + await self.pull()


async def iterate(channel: RecvChannel[int]) -> None:
    async for _ in channel:
        pass


async def generate(channel: Channel[int]) -> AsyncGenerator[int, None]:
    item = await channel.pull()
    try:
        yield item
    finally:
        await channel.pull()


async def iterate_over_generator(channel: Channel[int]) -> None:
    async for _ in generate(channel):
        pass


async def take_next(channel: Channel[int]) -> None:
    await anext(channel)


async def take_next_with_default(channel: Channel[int]) -> None:
    await anext(channel, 0)


async def take_next_of_generator(channel: Channel[int]) -> None:
    await anext(generate(channel), 0)


async def close_generator(channel: Channel[int]) -> None:
    channel.push_nowait(1)
    generator = generate(channel)
    await anext(generator)
    await generator.aclose()


class Wrapped:
    """Something to await that is not a coroutine."""

    def __init__(self, channel: Channel[int]) -> None:
        self._channel = channel

    def __await__(self) -> Generator[object, None, int]:
        return self._channel.pull().__await__()


class WrappedTwice(Wrapped):
    """The same, by a generator."""

    def __await__(self) -> Generator[object, None, int]:
        return (yield from super().__await__())


async def await_object(channel: Channel[int]) -> None:
    await Wrapped(channel)


async def await_generator(channel: Channel[int]) -> None:
    await WrappedTwice(channel)


async def under_timeout(channel: Channel[int]) -> None:
    async with asyncio.timeout(60):
        await channel.pull()


@asynccontextmanager
async def opened(channel: Channel[int]) -> AsyncGenerator[int, None]:
    yield await channel.pull()


async def enter(channel: Channel[int]) -> None:
    async with opened(channel):
        pass


WAYS: dict[str, tuple[Callable[[Channel[int]], Coroutine[object, object, None]], list[str]]] = {
    "iteration": (iterate, ["iterate"]),
    "a generator": (iterate_over_generator, ["iterate_over_generator", "generate"]),
    "anext": (take_next, ["take_next"]),
    "anext with a default": (take_next_with_default, ["take_next_with_default"]),
    "anext of a generator": (take_next_of_generator, ["take_next_of_generator", "generate"]),
    "the close of a generator": (close_generator, ["close_generator", "generate"]),
    "an object": (await_object, ["await_object"]),
    "an object by a generator": (await_generator, ["await_generator", "__await__"]),
    "a timeout": (under_timeout, ["under_timeout"]),
    "a context manager": (enter, ["enter", "opened"]),
}


@pytest.mark.parametrize("operation", WAITS)
async def test_a_task_that_waits_is_listed_with_its_operation_and_its_channel(operation: str) -> None:
    channel = Channel[int]()
    task = await start_one(WAITS[operation](channel))
    (waiting,) = waiting_tasks()
    assert waiting.task is task
    assert waiting.operation == operation.partition("-")[0]
    assert channel in waiting.channels
    assert waiting.frames == ()  # Its coroutine is ours.
    await cancelled(task)


@pytest.mark.parametrize("way", WAYS)
async def test_the_frames_are_the_users_own_from_the_outermost_down_to_the_call(way: str) -> None:
    function, names = WAYS[way]
    channel = Channel[int](buffer=1)
    task = await start_one(function(channel))
    (waiting,) = waiting_tasks()
    assert (waiting.task, waiting.operation, waiting.channels) == (task, "pull", (channel,))
    assert [frame.name for frame in waiting.frames] == names
    assert {frame.filename for frame in waiting.frames} == {__file__}
    await cancelled(task)


async def test_a_frame_tells_the_line_of_the_call() -> None:
    task = await start_one(under_timeout(Channel[int]()))
    (waiting,) = waiting_tasks()
    assert [frame.line for frame in waiting.frames] == ["await channel.pull()"]
    await cancelled(task)


async def test_a_task_that_waits_in_an_overridden_call_waits_on_the_channel() -> None:
    numbers = Numbers(1)
    task = await start_one(numbers.pull_twice())
    (waiting,) = waiting_tasks()
    assert (waiting.operation, waiting.channels) == ("pull", (numbers,))
    assert [frame.name for frame in waiting.frames] == ["pull_twice", "pull"]
    await cancelled(task)


async def test_a_broadcast_and_its_subscriptions_are_channels_too() -> None:
    hub = Broadcast[int](buffer=1, name="news")
    slow, idle = hub.subscribe(), hub.subscribe(overflow="drop_newest")
    await hub.push(1)
    await idle.pull()
    tasks = [
        asyncio.create_task(hub.push(2), name="push"),
        asyncio.create_task(idle.pull(), name="pull"),
        asyncio.create_task(iterate(idle), name="pull iterating"),
        asyncio.create_task(idle.pull_many(2), name="pull_many"),
        asyncio.create_task(chanselect(hub.push_case(2), idle.pull_case()), name="select"),
    ]
    await step()
    found = {each.task.get_name(): (each.operation, each.channels) for each in waiting_tasks()}
    assert found == {
        "push": ("push", (hub,)),
        "pull": ("pull", (idle,)),
        "pull iterating": ("pull", (idle,)),
        "pull_many": ("pull_many", (idle,)),
        "select": ("select", (hub, idle)),
    }
    assert "push waits in push on <Broadcast 'news': " in format_waiting()
    await cancelled(*tasks)
    slow.unsubscribe()


async def test_a_batch_that_waits_for_more_waits_in_pull_many() -> None:
    channel = Channel[int](buffer=2)
    channel.push_nowait(1)
    task = await start_one(channel.pull_many(2, within=60))
    assert [(each.operation, each.channels) for each in waiting_tasks()] == [("pull_many", (channel,))]
    await cancelled(task)


async def test_a_select_waits_on_the_channels_of_its_cases_each_once_and_on_nothing_else() -> None:
    one, other, event = Channel[int](), Channel[int](), asyncio.Event()
    future = asyncio.get_running_loop().create_future()
    others = done_case(future), event_case(event), timeout_case(60)
    task = await start_one(chanselect(one.pull_case(), None, other.push_case(1), one.pull_case(), *others))
    assert [each.channels for each in waiting_tasks()] == [(one, other)]
    await cancelled(task)


async def test_a_select_that_waits_on_no_channel_is_only_told_of() -> None:
    event = asyncio.Event()
    task = await start_one(chanselect(event_case(event)))
    task.set_name("idler")
    assert waiting_tasks() == []
    assert format_waiting() == f"idler waits in select on\n  event_case({event!r})"
    await cancelled(task)


async def test_who_was_woken_or_cancelled_does_not_wait_any_more() -> None:
    channel = Channel[int]()
    woken, stopped = await start(channel.pull(), channel.pull())
    channel.push_nowait(1)
    stopped.cancel()
    assert waiting_tasks() == []
    assert format_waiting() == "no task waits"
    await asyncio.wait([woken, stopped])


async def test_the_tasks_that_another_task_gathers_count_and_that_one_does_not() -> None:
    channel = Channel[int]()

    async def gather() -> None:
        await asyncio.gather(channel.pull(), channel.pull())

    task = await start_one(gather())
    await step()
    assert len(waiting_tasks()) == 2
    assert task not in {each.task for each in waiting_tasks()}
    await cancelled(task)
    await step()


async def test_a_wait_within_wait_for_is_found() -> None:
    channel = Channel[int]()
    task = await start_one(asyncio.wait_for(channel.pull(), 60))
    await step()
    assert [(each.operation, each.channels) for each in waiting_tasks()] == [("pull", (channel,))]
    await cancelled(task)


async def test_tasks_are_listed_by_name_in_which_numbers_count() -> None:
    channel = Channel[int]()
    names = ["job-9", "job-10", "reader", "job-100"]
    tasks = [asyncio.create_task(channel.pull(), name=name) for name in names]
    await step()
    assert [each.task.get_name() for each in waiting_tasks()] == ["job-9", "job-10", "job-100", "reader"]
    await cancelled(*tasks)


async def test_a_task_begun_eagerly_counts_as_any_other() -> None:
    channel = Channel[int]()
    tasks: list[asyncio.Task[int]] = []

    async def begin() -> None:
        tasks.append(asyncio.create_task(channel.pull(), name="inner"))
        if sys.version_info < (3, 12) or asyncio.get_running_loop().get_task_factory() is None:
            await step()
        assert [each.task.get_name() for each in waiting_tasks()] == ["inner"]  # And not the one that runs.

    await asyncio.create_task(begin())
    await cancelled(*tasks)


def test_the_loop_of_another_thread_can_be_looked_at() -> None:
    channel, waits = Channel[int](name="far"), threading.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def main() -> None:
        loops.append(asyncio.get_running_loop())
        loops[0].call_soon(loops[0].call_soon, waits.set)
        await channel.pull()

    thread = threading.Thread(target=asyncio.run, args=(main(),))
    thread.start()
    assert waits.wait(60)
    (waiting,) = waiting_tasks(loops[0])
    assert waiting.channels == (channel,)
    assert [frame.name for frame in waiting.frames] == ["main"]
    assert "waits in pull on <UnbufferedChannel 'far': unbuffered, 1 pull waiting>" in format_waiting(loops[0])
    loops[0].call_soon_threadsafe(channel.push_nowait, 1)
    thread.join()


@pytest.mark.parametrize("call", [waiting_tasks, format_waiting])
def test_without_a_loop_there_is_nothing_to_look_at(call: Callable[[], object]) -> None:
    with pytest.raises(RuntimeError, match="no running event loop"):
        call()


async def test_the_report_has_a_paragraph_for_each_task_with_what_it_waits_on_and_where() -> None:
    jobs = Channel[int](buffer=2, name="jobs")

    async def work() -> None:
        await jobs.pull()

    tasks = [asyncio.create_task(work(), name="worker")]
    await step()
    line = work.__code__.co_firstlineno + 1
    assert format_waiting() == (
        "worker waits in pull on <BufferedChannel 'jobs': 0 of 2 items, 1 pull waiting>\n"
        f'  File "{__file__}", line {line}, in work\n'
        "    await jobs.pull()"
    )
    await cancelled(*tasks)


async def test_the_report_names_who_else_waits_on_a_channel() -> None:
    jobs = Channel[int](name="jobs")
    other = Channel[int](name="other")
    tasks = [
        asyncio.create_task(jobs.pull(), name="one"),
        asyncio.create_task(chanselect(jobs.pull_case(), other.pull_case()), name="two"),
    ]
    await step()
    one, two = format_waiting().split("\n\n")
    assert (
        one
        == "one waits in pull on <UnbufferedChannel 'jobs': unbuffered, 2 pulls waiting>; also waiting: two (select)"
    )
    assert two == (
        "two waits in select on\n"
        "  <UnbufferedChannel 'jobs': unbuffered, 2 pulls waiting>.pull_case(); also waiting: one (pull)\n"
        "  <UnbufferedChannel 'other': unbuffered, 1 pull waiting>.pull_case()"
    )
    await cancelled(*tasks)


async def test_of_many_who_wait_the_report_names_three_and_counts_the_rest() -> None:
    jobs = Channel[int]()
    tasks = [asyncio.create_task(jobs.pull(), name=f"w{number}") for number in range(6)]
    await step()
    first = format_waiting().split("\n\n")[0]
    assert first.endswith("; also waiting: w1 (pull), w2 (pull), w3 (pull), 2 more")
    await cancelled(*tasks)


async def test_the_report_cuts_short_what_is_shown_at_length() -> None:
    task = await start_one(chanselect(Channel[str]().push_case("x" * 1000)))
    _, case = format_waiting().split("\n")
    assert len(case) < 320
    assert case.endswith("xxx...")
    await cancelled(task)


class CountedShows(UnbufferedChannel[int]):
    """A channel that counts how often it is shown."""

    shows = 0

    def __repr__(self) -> str:
        self.shows += 1
        return super().__repr__()


async def test_a_channel_is_shown_once_in_each_way_however_many_wait_on_it() -> None:
    jobs = CountedShows()
    tasks = await start(*(jobs.pull() for _ in range(9)), *(chanselect(jobs.pull_case()) for _ in range(9)))
    report = format_waiting()
    assert report.count("18 pulls waiting>; also waiting") == 9
    assert report.count("18 pulls waiting>.pull_case(); also waiting") == 9
    assert jobs.shows == 2
    await cancelled(*tasks)


class Unshown(UnbufferedChannel[int]):
    """A channel that cannot be shown."""

    def __repr__(self) -> str:
        raise ValueError


async def test_what_cannot_be_shown_does_not_spoil_the_report() -> None:
    tasks = await start(Unshown().pull(), Channel[int]().pull())
    report = format_waiting()
    assert "Unshown object at" in report
    assert "<UnbufferedChannel: unbuffered, 1 pull waiting>" in report
    await cancelled(*tasks)


async def wait_for_task(task: asyncio.Task[Item]) -> Item:
    return await task


async def wait_for_event(event: asyncio.Event) -> None:
    await event.wait()


async def wait_for_future(future: Awaitable[None]) -> None:
    await future


async def test_the_report_goes_on_with_a_paragraph_for_each_other_task() -> None:
    future = asyncio.get_running_loop().create_future()
    inner = asyncio.create_task(forever(), name="inner")
    tasks = [
        asyncio.create_task(wait_for_task(inner), name="a"),
        asyncio.create_task(wait_for_event(asyncio.Event()), name="b"),
        asyncio.create_task(wait_for_future(future), name="c"),
        asyncio.create_task(Channel[int]().pull(), name="z"),
    ]
    await step()
    on_channel, *others = [paragraph.splitlines() for paragraph in format_waiting().split("\n\n")]
    assert on_channel[0].startswith("z waits in pull on ")
    first = [lines[0] for lines in others]
    assert first[:2] == ["a waits for the task inner", "b waits in Event.wait"]
    assert first[2].startswith("c waits for <Future pending")
    assert first[3].startswith("inner waits for <")
    assert [lines[-1].strip() for lines in others[:3]] == ["return await task", "await event.wait()", "await future"]
    await cancelled(*tasks[1:])
    await cancelled(tasks[0])


def test_the_public_names_are_shown_as_of_their_module() -> None:
    assert debugging.__all__ == ["Deadlock", "DeadlockLoop", "WaitingTask", "format_waiting", "waiting_tasks"]
    public: list[Loosely] = [getattr(debugging, name) for name in debugging.__all__]
    assert {each.__module__ for each in public} == {"pychanasync.debugging"}


def test_a_waiting_task_cannot_be_changed() -> None:
    waiting = WaitingTask.__new__(WaitingTask)
    with pytest.raises(AttributeError):
        waiting.operation = "push"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
