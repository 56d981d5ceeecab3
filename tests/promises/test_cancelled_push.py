"""A push that raised did not deliver; one that had been taken stands, and hands its cancellation on."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import TYPE_CHECKING

import anyio
import pytest

from pychanasync import Channel, chanselect
from tests.support.helpers import cancelled, drain, fill, forever, is_idle, owe_beyond_the_loop, start, start_one, step
from tests.support.interrupting import WAYS, Attempt, InterruptionError, Way, ended, interrupt_around

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine


def take_all(channel: Channel[int], held: list[int]) -> None:
    """Let exactly one waiting push in, and take out what stood before it."""
    for item in held:
        assert channel.pull_nowait() == item


def take_all_as_time_runs_out(channel: Channel[int], held: list[int], scope: asyncio.Timeout) -> None:
    """Let one waiting push in, and have its time-out expire after that commit and before the task resumes."""
    scope.reschedule(asyncio.get_running_loop().time())
    take_all(channel, held)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("ticks", range(6))
@pytest.mark.parametrize("pull_first", [False, True])
async def test_a_push_interrupted_at_any_tick_delivered_or_raised(
    bounded: Channel[int], way: Way, ticks: int, *, pull_first: bool
) -> None:
    held = fill(bounded)
    attempt, taken = Attempt(bounded.push(0)), list[int]()
    task = await interrupt_around(way, attempt, lambda: taken.extend(drain(bounded)), ticks, act_first=pull_first)
    assert taken + drain(bounded) == ([*held, 0] if attempt.results else held)
    assert attempt.raised is not bool(attempt.results)
    await ended(task)
    assert is_idle(bounded)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
async def test_a_waiting_push_interrupted_leaves_nothing_behind(bounded: Channel[object], way: Way) -> None:
    class Item: ...

    for _ in range(int(bounded.capacity)):
        bounded.push_nowait("filling")
    item = Item()
    trace = weakref.ref(item)
    attempt = Attempt(bounded.push(item))
    task, interrupt = way(attempt)
    del item
    await step(2)
    assert not is_idle(bounded)
    interrupt()
    await step(8)
    assert attempt.raised
    assert is_idle(bounded)
    await ended(task)
    del task, interrupt, attempt
    gc.collect()
    assert trace() is None


async def test_a_timed_out_push_raises_timeout_error_and_delivers_nothing(bounded: Channel[int]) -> None:
    held = fill(bounded)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(bounded.push(1), timeout=0)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(bounded.push(2), timeout=0.001)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await bounded.push(3)
    assert is_idle(bounded)
    assert drain(bounded) == held


async def test_a_push_cancelled_before_it_starts_does_nothing(channel: Channel[int]) -> None:
    push = asyncio.Task(channel.push(1), loop=asyncio.get_running_loop())  # Never eager.
    push.cancel()
    await asyncio.wait([push])
    assert push.cancelled()
    assert drain(channel) == []


async def test_a_push_that_was_taken_returns_though_cancelled(bounded: Channel[int]) -> None:
    held = fill(bounded)
    push = await start_one(bounded.push(0))
    taken = bounded.pull_nowait()
    push.cancel()
    await push
    assert [taken, *drain(bounded)] == [*held, 0]


class Pusher:
    """A task that pushes, is cancelled after the push was taken, and then does something else."""

    def __init__(self, channel: Channel[int], afterwards: Callable[[], Awaitable[object]]) -> None:
        self.channel = channel
        self.afterwards = afterwards
        self.cancelling: list[int] = []

    async def run(self) -> None:
        self.note()
        await self.channel.push(0)
        self.note()
        try:
            await self.afterwards()
        finally:
            self.note()

    def note(self) -> None:
        task = asyncio.current_task()
        assert task
        self.cancelling.append(task.cancelling())

    async def start(self) -> asyncio.Task[None]:
        """Start the task, take its push, and return before it resumes."""
        held = fill(self.channel)
        task = await start_one(self.run())
        take_all(self.channel, held or [0])
        return task


async def test_a_deferred_cancellation_is_raised_at_the_next_wait(bounded: Channel[int]) -> None:
    pusher = Pusher(bounded, forever)
    task = await pusher.start()
    task.cancel()
    await step(3)
    assert task.cancelled()
    assert pusher.cancelling == [0, 1, 1]  # Asked for once, counted once.


@pytest.mark.parametrize("steps", [1, 2, 5])
async def test_a_deferred_cancellation_is_raised_in_a_task_that_only_yields(bounded: Channel[int], steps: int) -> None:
    pusher = Pusher(bounded, lambda: step(steps))
    task = await pusher.start()
    task.cancel()
    await step(steps + 2)
    assert task.cancelled()
    assert pusher.cancelling == [0, 1, 1]


async def test_a_deferred_cancellation_keeps_its_message(bounded: Channel[int]) -> None:
    task = await Pusher(bounded, forever).start()
    task.cancel("for a reason")
    with pytest.raises(asyncio.CancelledError, match="for a reason"):
        await task


async def test_a_cancellation_without_a_message_is_deferred_without_one(bounded: Channel[int]) -> None:
    seen: list[tuple[object, ...]] = []

    async def note() -> None:
        try:
            await forever()
        except asyncio.CancelledError as cancellation:
            seen.append(cancellation.args)
            raise

    task = await Pusher(bounded, note).start()
    task.cancel()
    await asyncio.wait([task])
    assert seen == [()]


@pytest.mark.parametrize("message", [None, "for a reason"])
async def test_the_next_wait_on_any_channel_raises_at_once(bounded: Channel[int], message: str | None) -> None:
    other = Channel[int]()
    seen: list[tuple[object, ...]] = []

    async def pull_from_another() -> None:
        try:
            await other.pull()
        except asyncio.CancelledError as cancellation:
            seen.append(cancellation.args)
            assert is_idle(other)
            raise

    pusher = Pusher(bounded, pull_from_another)
    task = await pusher.start()
    task.cancel(message)
    await step()
    assert task.cancelled()
    assert seen == [() if message is None else (message,)]
    assert pusher.cancelling == [0, 1, 1]
    await step(3)


async def test_a_cancellation_that_was_raised_at_the_next_wait_is_raised_only_once(bounded: Channel[int]) -> None:
    other = Channel[int]()

    async def survive() -> None:
        with pytest.raises(asyncio.CancelledError):
            await other.push(1)
        await step(5)

    pusher = Pusher(bounded, survive)
    task = await pusher.start()
    task.cancel()
    await task
    assert pusher.cancelling == [0, 1, 1]


async def test_an_operation_that_need_not_wait_proceeds_though_a_cancellation_is_owed(bounded: Channel[int]) -> None:
    other = Channel[int](buffer=2)

    async def push_and_pull() -> None:
        await other.push(1)
        await other.push(2)
        assert await other.pull() == 1
        await forever()

    task = await Pusher(bounded, push_and_pull).start()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert drain(other) == [2]


async def test_a_busy_partner_cannot_outrun_a_cancellation(bounded: Channel[int]) -> None:
    fill(bounded)

    async def send() -> None:
        while True:
            await bounded.push(0)

    sender = await start_one(send())
    drain(bounded)
    sender.cancel()
    for _ in range(5):
        await step()
        drain(bounded)
    assert sender.cancelled()


async def test_a_timeout_that_expired_after_the_push_was_taken_has_no_effect(bounded: Channel[int]) -> None:
    held = fill(bounded)
    notes: list[int] = []

    async def push() -> None:
        task = asyncio.current_task()
        assert task
        async with scope:
            await bounded.push(0)
            notes.append(task.cancelling())
        notes.append(task.cancelling())
        await asyncio.ensure_future(step(5))  # A future: a strike, uncancelled to 0, passes by a task that only yields.

    scope = asyncio.timeout(None)
    task = await start_one(push())
    take_all_as_time_runs_out(bounded, held or [0], scope)
    await task
    assert scope.expired()
    assert notes == [1, 0]


async def test_a_timeout_that_expired_after_the_push_was_taken_ends_the_rest_of_its_block(
    bounded: Channel[int],
) -> None:
    held = fill(bounded)

    async def push() -> None:
        with pytest.raises(TimeoutError):
            async with scope:
                await bounded.push(0)
                await forever()
        task = asyncio.current_task()
        assert task
        assert task.cancelling() == 0
        await step(5)

    scope = asyncio.timeout(None)
    task = await start_one(push())
    take_all_as_time_runs_out(bounded, held or [0], scope)
    await task


async def test_a_timeout_is_taken_back_also_in_a_task_that_carries_an_older_request(bounded: Channel[int]) -> None:
    held = fill(bounded)

    async def push() -> None:
        task = asyncio.current_task()
        assert task
        with pytest.raises(asyncio.CancelledError):
            await forever()  # The older request, never taken back.
        async with scope:
            await bounded.push(0)
            assert task.cancelling() == 2
        assert task.cancelling() == 1
        await step(5)
        assert task.cancelling() == 1

    scope = asyncio.timeout(None)
    task = await start_one(push())
    task.cancel()
    await step(2)
    take_all_as_time_runs_out(bounded, held or [0], scope)
    await task


@pytest.mark.parametrize("cancel_first", [False, True])
async def test_a_cancellation_that_came_with_a_timeout_is_delivered(
    bounded: Channel[int], *, cancel_first: bool
) -> None:
    held = fill(bounded)
    notes: list[int] = []

    async def push() -> None:
        task = asyncio.current_task()
        assert task
        async with scope:
            await bounded.push(0)
            notes.append(task.cancelling())
        notes.append(task.cancelling())
        try:
            await forever()
        finally:
            notes.append(task.cancelling())

    scope = asyncio.timeout(None)
    task = await start_one(push())
    loop = asyncio.get_running_loop()
    if cancel_first:
        loop.call_soon(task.cancel)
    scope.reschedule(loop.time())
    if not cancel_first:
        loop.call_soon(task.cancel)
    take_all(bounded, held or [0])  # The commit; both requests come before the task resumes.
    await asyncio.wait([task])
    assert task.cancelled()
    assert notes == [2, 1, 1]


async def test_a_request_taken_back_by_hand_is_not_raised(bounded: Channel[int]) -> None:
    async def take_back() -> None:
        task = asyncio.current_task()
        assert task
        assert task.uncancel() == 0
        await asyncio.ensure_future(step(5))

    pusher = Pusher(bounded, take_back)
    task = await pusher.start()
    task.cancel()
    await task
    assert pusher.cancelling == [0, 1, 0]


async def test_a_request_taken_back_by_hand_is_not_raised_at_a_channel_either(bounded: Channel[int]) -> None:
    other = Channel[int]()

    async def take_back() -> None:
        task = asyncio.current_task()
        assert task
        task.uncancel()
        assert await other.pull() == 1

    task = await Pusher(bounded, take_back).start()
    task.cancel()
    await step(2)
    other.push_nowait(1)
    await task


async def test_a_task_that_waits_no_more_ends_as_if_it_had_not_been_cancelled(bounded: Channel[int]) -> None:
    async def nothing() -> None: ...

    task = await Pusher(bounded, nothing).start()
    task.cancel()
    await task
    await step(3)


async def test_several_cancellations_are_raised_as_one(bounded: Channel[int]) -> None:
    async def survive() -> None:
        with pytest.raises(asyncio.CancelledError):
            await forever()
        await step(5)

    pusher = Pusher(bounded, survive)
    task = await pusher.start()
    task.cancel()
    task.cancel()
    await task
    assert pusher.cancelling == [0, 2, 2]


async def test_each_of_two_cancellations_deferred_in_a_row_is_raised() -> None:
    channel = Channel[int]()
    strikes: list[int] = []

    async def survive() -> None:
        for item in range(2):
            await channel.push(item)
            with pytest.raises(asyncio.CancelledError):
                await forever()
            strikes.append(item)

    task = await start_one(survive())
    for item in range(2):
        assert channel.pull_nowait() == item
        task.cancel()
        await step(3)
    assert strikes == [0, 1]
    await task


async def test_a_task_group_that_fails_while_its_body_pushes_takes_its_cancellation_back(bounded: Channel[int]) -> None:
    held = fill(bounded)
    release = asyncio.Event()

    async def fail() -> None:
        await release.wait()
        raise InterruptionError

    async def run() -> None:
        task = asyncio.current_task()
        assert task
        with pytest.raises(ExceptionGroup):
            async with asyncio.TaskGroup() as group:
                group.create_task(fail())
                await bounded.push(0)
                assert task.cancelling() == 1
        await step(5)
        assert task.cancelling() == 0

    task = await start_one(run())
    await step()
    release.set()
    await step()
    take_all(bounded, held or [0])  # The commit, before the group hears of the failure and cancels its body.
    await task


async def test_an_anyio_scope_ends_its_block_after_a_push_that_stands(bounded: Channel[int]) -> None:
    held = fill(bounded)
    reached: list[str] = []

    async def push() -> None:
        with anyio.move_on_after(60) as scope:
            scopes.append(scope)
            await bounded.push(0)
            reached.append("pushed")
            await forever()
            reached.append("slept")
        reached.append("after")
        task = asyncio.current_task()
        assert task
        assert task.cancelling() == 0
        await step(3)

    scopes: list[anyio.CancelScope] = []
    task = await start_one(push())
    take_all(bounded, held or [0])
    scopes[0].cancel()
    await task
    assert scopes[0].cancelled_caught
    assert reached == ["pushed", "after"]


async def test_a_native_cancellation_that_was_deferred_passes_through_an_anyio_scope(bounded: Channel[int]) -> None:
    held = fill(bounded)

    async def push() -> None:
        with anyio.move_on_after(60):
            await bounded.push(0)
            await forever()

    task = await start_one(push())
    take_all(bounded, held or [0])
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


async def test_an_anyio_cancellation_that_was_deferred_is_known_by_its_scope(bounded: Channel[int]) -> None:
    held = fill(bounded)

    async def push() -> None:
        with anyio.CancelScope() as scope:
            scopes.append(scope)
            await bounded.push(0)
            await forever()
        assert scope.cancelled_caught
        await step(3)

    scopes: list[anyio.CancelScope] = []
    task = await start_one(push())
    scopes[0].cancel()  # Before the commit: the push raises, and its item is not delivered.
    assert drain(bounded) == held
    await task


def driven(operation: Coroutine[object, None, None]) -> Coroutine[object, None, None]:
    """Run a coroutine by hand to its first wait."""
    operation.send(None)
    return operation


async def test_a_push_closed_while_it_waits_leaves_the_line(bounded: Channel[int]) -> None:
    held = fill(bounded)
    push = driven(bounded.push(0))
    push.close()
    assert is_idle(bounded)
    assert drain(bounded) == held


async def test_a_push_collected_while_it_waits_leaves_the_line(bounded: Channel[int]) -> None:
    held = fill(bounded)
    push = driven(bounded.push(0))
    del push
    gc.collect()
    assert is_idle(bounded)
    assert drain(bounded) == held


async def test_a_push_closed_after_it_was_taken_just_ends(bounded: Channel[int]) -> None:
    held = fill(bounded)
    push = driven(bounded.push(0))
    taken = drain(bounded)
    push.close()
    assert taken == [*held, 0]


async def test_a_cancellation_thrown_by_hand_into_a_push_that_was_taken_has_no_task_to_cancel() -> None:
    channel = Channel[int]()
    ended: list[bool] = []

    def drive() -> None:  # Outside any task.
        push = driven(channel.push(1))
        assert drain(channel) == [1]
        with pytest.raises(StopIteration):
            push.throw(asyncio.CancelledError())
        ended.append(True)

    asyncio.get_running_loop().call_soon(drive)
    await step(2)
    assert ended


async def test_a_coroutine_driven_by_hand_waits_while_a_task_is_owed_a_cancellation() -> None:
    channel, other = Channel[int](), Channel[int]()
    push = await start_one(channel.push(1))
    assert channel.pull_nowait() == 1
    push.cancel()

    def drive() -> None:  # Outside any task, in the iteration that hands the cancellation on.
        waiting = driven(other.push(2))
        assert not is_idle(other)
        waiting.close()
        driven_on.append(True)

    driven_on: list[bool] = []
    asyncio.get_running_loop().call_soon(drive)
    await push
    assert driven_on


async def test_a_task_that_is_owed_nothing_waits_while_another_is_owed_a_cancellation() -> None:
    channel, other = Channel[int](), Channel[int]()
    push = await start_one(channel.push(1))
    assert channel.pull_nowait() == 1
    push.cancel()
    pull = await start_one(other.pull())  # It comes to wait right after the push handed its cancellation on.
    other.push_nowait(2)
    assert await pull == 2
    await push


async def test_pushes_cancelled_in_any_place_of_the_line_leave_the_others_in_order(bounded: Channel[int]) -> None:
    held = fill(bounded)
    pushes = await start(*(bounded.push(item) for item in range(6)))
    await cancelled(pushes[1], pushes[5], pushes[0], pushes[3])
    assert drain(bounded) == [*held, 2, 4]
    await asyncio.gather(pushes[2], pushes[4])


def test_a_debt_does_not_keep_the_task_of_a_closed_loop() -> None:
    trace = owe_beyond_the_loop()
    gc.collect()
    assert trace() is None


@pytest.mark.parametrize("by_select", [False, True])
def test_a_cancellation_thrown_by_hand_where_no_loop_runs_changes_nothing_after_the_push_was_taken(
    *, by_select: bool
) -> None:
    channel = Channel[int]()
    push: Coroutine[object, object, object] = chanselect(channel.push_case(1)) if by_select else channel.push(1)

    async def begin() -> None:
        push.send(None)
        assert channel.pull_nowait() == 1

    asyncio.run(begin())
    with pytest.raises(StopIteration):
        push.throw(asyncio.CancelledError())
