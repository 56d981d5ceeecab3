"""A channel that is closed after tasks: when, with which cause, and what is left of the call."""

from __future__ import annotations

import asyncio
import gc
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Self
from weakref import ref

import anyio
import pytest

from pychanasync import Channel, ChannelClosed, ChannelError, ChannelFailed, SendChannel, close_after
from tests.support.endings import SenderError, iterate, leave, let_go
from tests.support.helpers import cancelled, drain, fill, forever, start, start_one, step, unheard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from pychanasync import RecvChannel, SelectCase
    from pychanasync.strategy import Waiting
    from tests.support.helpers import Loosely


async def succeed() -> None:
    """Do nothing."""


async def fail(error: BaseException) -> None:
    await step()
    raise error


async def end(channel: RecvChannel[object]) -> ChannelError:
    """Wait for the end of a channel without items, and return what it is."""
    with pytest.raises((ChannelClosed, ChannelFailed)) as caught:
        await channel.pull()
    return caught.value


def callbacks(future: asyncio.Future[None]) -> list[object]:
    """List what is to be called when a future is done."""
    return [callback for callback, _ in getattr(future, "_callbacks", None) or ()]


def later() -> asyncio.Future[None]:
    return asyncio.get_running_loop().create_future()


# When.


async def test_the_channel_is_closed_once_the_last_task_is_done(channel: Channel[int]) -> None:
    futures = [later(), later(), later()]
    close_after(channel, *futures)
    closed: list[bool] = []
    for future in futures:
        future.set_result(None)
        closed.append(channel.closed)
        await step()
        closed.append(channel.closed)
    assert closed == [False, False, False, False, False, True]
    assert isinstance(await end(channel), ChannelClosed)


async def test_after_tasks_that_are_done_already_the_channel_is_closed_in_the_next_iteration(
    channel: Channel[int],
) -> None:
    error = SenderError()
    done, failed = later(), later()
    done.set_result(None)
    failed.set_exception(error)
    close_after(channel, done, failed)
    at_once = channel.closed
    await step()
    assert (at_once, channel.closed) == (False, True)
    assert (await end(channel)).__cause__ is error


async def test_one_task_that_is_done_already_does_not_close_before_the_others(channel: Channel[int]) -> None:
    done, pending = later(), later()
    done.set_result(None)
    close_after(channel, done, pending)
    await step(2)
    assert not channel.closed
    pending.cancel()
    await step()
    assert channel.closed


async def test_items_that_are_left_come_before_the_end(channel: Channel[int]) -> None:
    error = SenderError()
    let_go(channel, 1)
    close_after(channel, asyncio.create_task(fail(error)))
    assert await channel.pull() == 1
    assert (await end(channel)).__cause__ is error


async def test_pushes_are_refused_from_the_cause(channel: Channel[int]) -> None:
    future = later()
    close_after(channel, future)
    future.set_exception(SenderError())
    await step()
    with pytest.raises(ChannelClosed) as caught:
        await channel.push(1)
    assert caught.value.__cause__ is future.exception()


async def test_a_call_changes_nothing_at_once_and_returns_nothing(channel: Channel[int]) -> None:
    loosely: Loosely = close_after
    future = later()
    assert loosely(channel, future) is None
    pull = await start_one(channel.pull())
    await channel.push(1)
    assert await pull == 1
    future.set_result(None)


# However they end.


@pytest.mark.parametrize("how", ["returns", "is cancelled", "never starts", "was done"])
async def test_a_task_that_does_not_fail_closes_plainly(channel: Channel[int], how: str) -> None:
    # By the class itself: an eager factory would let it start at once.
    task = asyncio.Task(forever() if how == "is cancelled" else succeed())
    if how == "was done":
        await task
    close_after(channel, task)
    if how == "is cancelled":
        await step()
    if how in {"is cancelled", "never starts"}:
        task.cancel()
    pull = await start_one(channel.pull())
    assert isinstance(await end(channel), ChannelClosed)
    with pytest.raises(ChannelClosed) as caught:
        await pull
    assert caught.value.__cause__ is None
    assert task.cancelled() == (how in {"is cancelled", "never starts"})


@pytest.mark.parametrize("eagerly", [False, True])
async def test_a_task_that_fails_is_the_cause(channel: Channel[int], *, eagerly: bool) -> None:
    error = SenderError()

    async def fail_at_once() -> None:
        raise error

    task = asyncio.create_task(fail_at_once() if eagerly else fail(error))  # On eager tasks the former is done by now.
    close_after(channel, task)
    pulls = await start(channel.pull(), channel.pull())
    await asyncio.wait(pulls)
    failures = {pull.exception() for pull in pulls}
    assert len(failures) == 2
    for failure in failures:
        assert isinstance(failure, ChannelFailed)
        assert failure.__cause__ is error


async def test_the_first_that_fails_in_the_order_of_their_ending_is_the_cause(channel: Channel[int]) -> None:
    futures = [later() for _ in range(4)]
    close_after(channel, *futures)
    futures[3].set_result(None)
    futures[2].set_exception(SenderError("first"))
    futures[0].set_exception(SenderError("second"))
    futures[1].cancel()
    assert (await end(channel)).__cause__ is futures[2].exception()
    assert str(futures[0].exception()) == "second"


NO_FAILURES: dict[str, BaseException] = {
    "a closed channel": ChannelClosed(),
    "a group of closed channels": ExceptionGroup("", [ChannelClosed(), ExceptionGroup("", [ChannelClosed()])]),
}
FAILURES: dict[str, BaseException] = {
    "an error": SenderError(),
    "a failed channel": ChannelFailed(),
    "a mixed group": ExceptionGroup("", [ChannelClosed(), ExceptionGroup("", [SenderError()])]),
    "Ctrl-C": KeyboardInterrupt(),
}


@pytest.mark.parametrize("error", NO_FAILURES.values(), ids=NO_FAILURES)
async def test_who_met_a_closed_channel_has_not_failed(error: BaseException) -> None:
    channel, future = Channel[int](), later()
    close_after(channel, future)
    future.set_exception(error)
    assert isinstance(await end(channel), ChannelClosed)


@pytest.mark.parametrize("other", NO_FAILURES.values(), ids=NO_FAILURES)
@pytest.mark.parametrize("error", FAILURES.values(), ids=FAILURES)
async def test_a_failure_after_a_closed_channel_is_the_cause(error: BaseException, other: BaseException) -> None:
    channel, first, second = Channel[int](), later(), later()
    close_after(channel, first, second)
    first.set_exception(other)
    await step()
    second.set_exception(error)
    failure = await end(channel)
    assert isinstance(failure, ChannelFailed)
    assert failure.__cause__ is error


# What asyncio logs.


async def logged_after(channel: Channel[int], *errors: BaseException) -> list[object]:
    """Close a channel after tasks that fail in this order, and list what asyncio logs of them."""
    loop, logged = asyncio.get_running_loop(), list[object]()
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda _, context: logged.append(context["exception"]))
    try:
        futures = [later() for _ in errors]
        close_after(channel, *futures)
        for error in errors:
            futures.pop(0).set_exception(error)
            await step()
        gc.collect()
    finally:
        loop.set_exception_handler(before)
    assert channel.closed
    return logged


async def test_the_error_that_is_the_cause_counts_as_seen(channel: Channel[int]) -> None:
    assert await logged_after(channel, SenderError()) == []


async def test_the_errors_of_the_others_do_not_count_as_seen(channel: Channel[int]) -> None:
    second, third = SenderError("second"), SenderError("third")
    assert {*await logged_after(channel, SenderError("first"), second, third)} == {second, third}


# What is refused.


def refused(channel: Channel[int], *tasks: object) -> str:
    loosely: Loosely = close_after
    with pytest.raises((TypeError, RuntimeError)) as caught:
        loosely(channel, *tasks)
    return f"{type(caught.value).__name__}: {caught.value}"


async def test_no_task_is_refused(channel: Channel[int]) -> None:
    assert refused(channel) == "TypeError: close_after() needs at least one task to wait for"


async def test_a_coroutine_is_refused_with_a_hint(channel: Channel[int]) -> None:
    future, coroutine = later(), succeed()
    assert refused(channel, future, coroutine) == (
        f"TypeError: close_after() takes tasks or other futures, got {coroutine!r}: "
        "make it a task with asyncio.create_task()"
    )
    coroutine.close()
    assert callbacks(future) == []
    future.set_result(None)
    await step()
    assert not channel.closed


@pytest.mark.parametrize("what", [None, 3, Future[None]()], ids=["None", "3", "of a thread"])
async def test_what_is_no_future_is_refused(what: object) -> None:
    channel, future = Channel[int](), later()
    assert refused(channel, future, what) == f"TypeError: close_after() takes tasks or other futures, got {what!r}"
    assert callbacks(future) == []
    future.cancel()
    await step()
    assert not channel.closed


async def test_tasks_without_their_channel_are_refused_and_left_alone() -> None:
    loosely: Loosely = close_after
    first, second = later(), later()
    for what in (None, first):
        with pytest.raises(TypeError) as caught:
            loosely(what, second)
        assert str(caught.value) == f"close_after() takes the channel first, got {what!r}"
    assert callbacks(second) == []


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Make a loop that rests between the calls of a test."""
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(unheard)
    yield loop
    loop.close()


async def test_a_task_of_another_loop_is_refused(channel: Channel[int], loop: asyncio.AbstractEventLoop) -> None:
    own, other = later(), loop.create_future()
    for tasks in ([own, other], [other, own], [other]):
        assert "belongs to another event loop" in refused(channel, *tasks)
    other.set_result(None)
    assert "belongs to another event loop" in refused(channel, own, other)
    assert callbacks(own) == callbacks(other) == []
    own.set_result(None)
    await step()
    assert not channel.closed


def test_with_no_loop_running_tasks_of_two_loops_are_refused(
    channel: Channel[int], loop: asyncio.AbstractEventLoop
) -> None:
    another = asyncio.new_event_loop()
    futures = [loop.create_future(), another.create_future()]
    assert "belongs to another event loop" in refused(channel, *futures)
    assert callbacks(futures[0]) == callbacks(futures[1]) == []
    another.close()


@pytest.mark.parametrize("done_first", [False, True])
def test_tasks_of_a_closed_loop_are_refused(
    channel: Channel[int], loop: asyncio.AbstractEventLoop, *, done_first: bool
) -> None:
    pending, done = loop.create_future(), loop.create_future()
    done.set_result(None)
    loop.close()
    assert "was closed" in refused(channel, *([done, pending] if done_first else [pending, done]))
    assert callbacks(pending) == []


async def test_a_call_from_another_thread_is_refused(channel: Channel[int]) -> None:
    future = later()
    with ThreadPoolExecutor(1) as pool:
        assert "another thread" in pool.submit(refused, channel, future).result()
    assert callbacks(future) == []


async def test_a_call_under_another_threads_loop_is_refused(channel: Channel[int]) -> None:
    future = later()

    async def call() -> str:
        return refused(channel, future)

    with ThreadPoolExecutor(1) as pool:
        assert "another event loop" in pool.submit(lambda: asyncio.run(call())).result()
    assert callbacks(future) == []


@pytest.mark.parametrize("done", [False, True])
def test_a_call_with_no_loop_running_closes_when_the_loop_of_the_tasks_goes_on(
    channel: Channel[int], loop: asyncio.AbstractEventLoop, *, done: bool
) -> None:
    error, future = SenderError(), loop.create_future()
    if done:
        future.set_exception(error)
    close_after(channel, future)
    if not done:
        future.set_exception(error)
    assert channel.closed is False
    loop.run_until_complete(asyncio.sleep(0))
    with pytest.raises(ChannelFailed) as caught:
        channel.pull_nowait()
    assert caught.value.__cause__ is error


async def test_a_close_that_is_refused_is_told_to_the_loop_and_the_channel_stays_open(
    channel: Channel[int], loop: asyncio.AbstractEventLoop
) -> None:
    def wait_under_another_loop() -> asyncio.Task[int]:
        pull = loop.create_task(channel.pull())
        loop.run_until_complete(asyncio.sleep(0))
        return pull

    told: list[object] = []
    here, future = asyncio.get_running_loop(), later()
    before = here.get_exception_handler()
    here.set_exception_handler(lambda _, context: told.append(context["exception"]))
    with ThreadPoolExecutor(1) as pool:
        pull = pool.submit(wait_under_another_loop).result()
        close_after(channel, future)
        future.set_result(None)
        await step()
        assert [type(error) for error in told] == [RuntimeError]
        assert not channel.closed
        pool.submit(loop.run_until_complete, give(channel, pull)).result()
    here.set_exception_handler(before)


async def give(channel: SendChannel[int], pull: asyncio.Task[int]) -> None:
    channel.push_nowait(1)
    assert await pull == 1


# One task twice, several calls, any sending half.


async def test_a_task_may_be_named_twice(channel: Channel[int]) -> None:
    first, second = later(), later()
    close_after(channel, first, first, second)
    first.set_result(None)
    await step()
    assert not channel.closed
    second.set_exception(SenderError())
    assert (await end(channel)).__cause__ is second.exception()


async def test_of_several_calls_the_first_whose_tasks_are_done_decides(channel: Channel[int]) -> None:
    late, failing, last = later(), later(), later()
    close_after(channel, late, failing)
    close_after(channel, failing)
    close_after(channel, last)
    failing.set_exception(SenderError("first"))
    await step()
    assert channel.closed
    late.set_result(None)
    last.set_exception(SenderError("second"))
    await step()
    assert (await end(channel)).__cause__ is failing.exception()
    assert last.exception()


async def test_one_task_may_close_several_channels() -> None:
    first, second, future = Channel[int](), Channel[str](1), later()
    close_after(first, future)
    close_after(second, future)
    future.set_exception(SenderError())
    for channel in (first, second):
        assert (await end(channel)).__cause__ is future.exception()


async def test_a_channel_that_is_closed_before_stays_as_it_is(channel: Channel[int]) -> None:
    future = later()
    close_after(channel, future)
    channel.close()
    future.set_exception(SenderError())
    await step()
    assert isinstance(await end(channel), ChannelClosed)


async def test_it_brings_the_end_where_an_error_has_left_the_block_and_the_task_goes_on(channel: Channel[int]) -> None:
    error, future = SenderError(), later()
    close_after(channel, future)
    pull = await start_one(channel.pull())
    future.set_result(None)
    with suppress(SenderError):
        await leave(channel, error)
    assert channel.waiting == (0, 1)
    await step()
    assert channel.waiting == (0, 0)
    with pytest.raises(ChannelFailed) as caught:
        await pull
    assert caught.value.__cause__ is error


class Logged(SendChannel[int]):
    """A sending half of somebody's own, around a channel."""

    def __init__(self, inner: SendChannel[int]) -> None:
        self.inner = inner
        self.closes: list[tuple[BaseException | None, bool]] = []

    async def push(self, item: int) -> None:
        await self.inner.push(item)

    def push_nowait(self, item: int) -> None:
        self.inner.push_nowait(item)

    def push_case(self, item: int) -> SelectCase[None]:
        return self.inner.push_case(item)

    def close(self, *, cause: BaseException | None = None, immediate: bool = False) -> None:
        self.closes.append((cause, immediate))
        self.inner.close(cause=cause, immediate=immediate)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        self.close(cause=error)

    @property
    def closed(self) -> bool:
        return self.inner.closed

    @property
    def capacity(self) -> float:
        return self.inner.capacity

    @property
    def waiting(self) -> Waiting:
        return self.inner.waiting

    def full(self) -> bool:
        return self.inner.full()

    def csize(self) -> int | None:
        return self.inner.csize()


@pytest.mark.parametrize("immediate", [False, True])
async def test_it_closes_any_sending_half(channel: Channel[int], *, immediate: bool) -> None:
    logged, future, error = Logged(channel), later(), SenderError()
    close_after(logged, future, immediate=immediate)
    future.set_exception(error)
    await step()
    assert logged.closes == [(error, immediate)]
    assert (await end(channel)).__cause__ is error


# Consumers.


@pytest.mark.parametrize("immediate", [False, True])
async def test_only_an_immediate_close_throws_away_what_is_left(channel: Channel[int], *, immediate: bool) -> None:
    let_go(channel, 1)
    close_after(channel, asyncio.create_task(succeed()), immediate=immediate)
    await step(3)
    assert channel.closed
    assert channel.empty() == immediate


async def test_after_consumers_it_tells_senders_that_nobody_will_pull_any_more(bounded: Channel[int]) -> None:
    consumers = [later(), later()]
    close_after(bounded, *consumers, immediate=True)
    fill(bounded)
    push = await start_one(bounded.push(1))
    consumers[0].cancel()
    await step(2)
    assert not push.done()
    consumers[1].set_exception(SenderError())
    with pytest.raises(ChannelClosed) as caught:
        await push
    assert caught.value.__cause__ is consumers[1].exception()
    assert bounded.empty()


# Task groups.


async def fail_after(ticks: int, error: Exception) -> None:
    await step(ticks)
    raise error


@pytest.mark.parametrize("ticks", [0, 2])
@pytest.mark.parametrize("sender_first", [False, True])
async def test_a_group_that_aborts_cancels_a_member_that_waits_before_it_hears_of_the_failure(
    channel: Channel[int], ticks: int, *, sender_first: bool
) -> None:
    error, readers = SenderError(), list[asyncio.Task[list[int]]]()
    with pytest.raises(ExceptionGroup) as caught:
        async with asyncio.TaskGroup() as group:
            if not sender_first:
                readers.append(group.create_task(iterate(channel)))
            senders = [group.create_task(forever()), group.create_task(fail_after(ticks, error))]
            close_after(channel, *senders)
            if sender_first and not senders[1].done():  # Else an eager one has failed, and the group takes no more.
                readers.append(group.create_task(iterate(channel)))
            await step()
    assert caught.value.exceptions == (error,)
    assert all(reader.cancelled() for reader in readers)
    assert (await end(channel)).__cause__ is error


@pytest.mark.parametrize("ticks", [0, 2])
@pytest.mark.parametrize("sender_first", [False, True])
async def test_so_does_a_group_of_anyio(channel: Channel[int], ticks: int, *, sender_first: bool) -> None:
    error, ended = SenderError(), list[str]()

    async def send() -> None:
        task = asyncio.current_task()
        assert task
        close_after(channel, task)
        await fail_after(ticks, error)

    async def receive() -> None:
        try:
            await iterate(channel)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    with pytest.raises(ExceptionGroup) as caught:
        async with anyio.create_task_group() as group:
            if not sender_first:
                group.start_soon(receive)
                await step()
            group.start_soon(send)
            if sender_first:
                group.start_soon(receive)
            await step()
    assert caught.value.exceptions == (error,)
    if not sender_first:  # Else it may have been cancelled before its first step.
        assert ended == ["cancelled"]
    assert (await end(channel)).__cause__ is error


@pytest.mark.parametrize("to_the_outer", [False, True])
async def test_a_reader_in_an_outer_group_gets_both_unless_the_channel_is_tied_to_the_task_of_the_inner_group(
    channel: Channel[int], *, to_the_outer: bool
) -> None:
    error, readers = SenderError(), list[asyncio.Task[list[int]]]()

    async def hold() -> None:
        async with asyncio.TaskGroup() as inner:
            sender = inner.create_task(fail_after(2, error))
            if not to_the_outer:
                close_after(channel, sender)

    with pytest.raises(ExceptionGroup) as caught:
        async with asyncio.TaskGroup() as outer:
            readers.append(outer.create_task(iterate(channel)))
            holder = outer.create_task(hold())
            if to_the_outer:
                close_after(channel, holder)
    assert [reader.cancelled() for reader in readers] == [to_the_outer]
    kinds = {type(each) for each in caught.value.exceptions}
    assert kinds == ({ExceptionGroup} if to_the_outer else {ExceptionGroup, ChannelFailed})
    cause = (await end(channel)).__cause__
    assert isinstance(cause, ExceptionGroup) if to_the_outer else cause is error


# What is left.


async def test_nothing_is_left_on_the_tasks(channel: Channel[int]) -> None:
    future = later()
    task = await start_one(forever())
    close_after(channel, future, task)
    close_after(channel, task)
    assert len(callbacks(task)) == 2
    future.set_result(None)
    await cancelled(task)
    await step()
    assert callbacks(future) == callbacks(task) == []


@pytest.mark.parametrize("ends", ["returns", "is cancelled", "fails"])
async def test_a_call_keeps_nothing_in_a_reference_cycle(ends: str) -> None:
    channel, futures = Channel[int](1), [later(), later()]
    gc.collect()
    gc.disable()
    try:
        close_after(channel, *futures)
        futures[0].set_result(None)
        if ends == "returns":
            futures[1].set_result(None)
        elif ends == "is cancelled":
            futures[1].cancel()
        else:
            futures[1].set_exception(SenderError())
        await step()
        assert channel.closed
        traces: list[ref[object]] = [ref(channel), ref(futures[0]), ref(futures[1])]
        del channel
        futures.clear()
        assert not any(trace() for trace in traces)
    finally:
        gc.enable()


async def test_a_pending_call_keeps_its_channel_until_its_tasks_are_done_and_no_longer() -> None:
    channel, future = Channel[int](), later()
    trace = ref(channel)
    close_after(channel, future)
    del channel
    assert trace()
    future.set_result(None)
    await step()
    assert trace() is None


async def test_what_is_left_to_pull_after_the_close_is_all_that_was_pushed(bounded: Channel[int]) -> None:
    held = fill(bounded)
    close_after(bounded, asyncio.create_task(succeed()))
    await step(3)
    assert drain(bounded) == held
