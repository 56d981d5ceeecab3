"""The halves of a channel for other threads: they block the thread, never the event loop.

A task in the channel's event loop does what the thread asks for, and the thread waits for its answer. So the call is as
exact as any other operation: a timeout cancels the task, and the task knows whether the cancellation came in time.

Invariants: an operation is begun by the loop or withdrawn by its thread, never both, and one that was begun gets an
answer. When the loop ends, all calls that are still waiting get an answer. The loop never waits for a lock that a
thread holds, so an interruption such as Ctrl-C may stop a thread anywhere.
"""

from __future__ import annotations

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from math import inf
from threading import Lock
from time import monotonic
from types import TracebackType
from typing import Generic, Self, SupportsIndex, TypeVar
from weakref import ref

from ._arguments import as_duration
from .errors import ChannelClosed, is_failure
from .protocols import RecvChannel, SendChannel

__all__ = ["ThreadReceiver", "ThreadSender"]

Item_co = TypeVar("Item_co", covariant=True)
Item_contra = TypeVar("Item_contra", contravariant=True)
Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)

_LOOK = 0.5
"""Seconds after which a waiting thread checks whether the loop was closed; nothing else would tell it."""
_LAST_STEPS = {"shutdown_asyncgens", "shutdown_default_executor"}
"""What a runner lets its loop do after it has cancelled all tasks."""


class ThreadSender(Generic[Item_contra]):
    """The sending half of a channel, for threads other than the one that runs the event loop.

    Any number of threads can share one. The items of each thread stay in order.

    ``with sender:`` closes the channel when the block ends. If an error leaves the block, it becomes the cause of the
    close: after the last item, receivers get `ChannelFailed`. As with ``async with``, only an `Exception` counts as an
    error here, and a `ChannelClosed` does not.

    Example::

        from pychanasync.threads import ThreadSender


        def count(numbers: ThreadSender[int]) -> None:
            with numbers:
                for number in range(3):
                    numbers.push(number)


        channel = Channel[int]()
        counting = asyncio.create_task(asyncio.to_thread(count, ThreadSender(channel)))
        print([number async for number in channel])  # prints [0, 1, 2]
        await counting
    """

    def __init__(self, channel: SendChannel[Item_contra], *, loop: AbstractEventLoop | None = None) -> None:
        """Make the sending half of a channel usable in other threads.

        Args:
            channel: A channel, or any other sending half.
            loop: The event loop in which the channel is used; by default the running one.

        Raises:
            RuntimeError: ``loop`` is not given and no loop is running in this thread, or ``loop`` was closed.
        """
        self._channel = channel
        self._loop = asyncio.get_running_loop() if loop is None else loop
        self._calls = _calls_to(self._loop)

    def push(self, item: Item_contra, timeout: float | None = None) -> None:
        """Send an item; block the thread until the channel can take it.

        Args:
            item: The item to send. It can be any object, even ``None``.
            timeout: How long to wait, in seconds; by default forever. With 0, the push does not wait for any other
                task, only for the event loop to run it.

        Raises:
            TimeoutError: The timeout has passed, and the item was not sent. This may come late if the loop is busy.
            ChannelClosed: The channel was closed before it took the item. The item is not delivered.
            RuntimeError: The loop was closed or is closing, or it runs in this thread.
            ValueError: ``timeout`` is negative or NaN.
            TypeError: ``timeout`` is not a number.
        """
        self._calls.make(self._loop, lambda: self._channel.push(item), timeout)

    def close(self, *, cause: BaseException | None = None, immediate: bool = False) -> None:
        """Close the channel: no more items will come. See `SendChannel.close`.

        Args:
            cause: The error that is the reason for the close, if there is one.
            immediate: Also discard the items that are in the channel.

        Raises:
            TypeError: ``cause`` is not an exception instance. The channel stays open.
            RuntimeError: The loop was closed or is closing, or it runs in this thread.
        """

        async def close() -> None:
            self._channel.close(cause=cause, immediate=immediate)

        self._calls.make(self._loop, close, None)

    def __enter__(self) -> Self:
        """Return the sender itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        """Close the channel. If an error leaves the block, it becomes the cause of the close and propagates unchanged.

        Raises:
            RuntimeError: The loop was closed or is closing, or it runs in this thread. If an error leaves the
                block, that error gets a note instead.
        """
        cause = error if isinstance(error, Exception) and is_failure(error) else None
        try:
            self.close(cause=cause)
        except Exception as refusal:
            if error is None:
                raise
            error.add_note(f"{self._channel!r} was not closed: {refusal}")


class ThreadReceiver(Generic[Item_co]):
    """The receiving half of a channel, for threads other than the one that runs the event loop.

    Any number of threads can share one; each item goes to exactly one of them. ``for item in receiver`` pulls until the
    channel is closed and no items are left.

    Example::

        from pychanasync.threads import ThreadReceiver


        def total(numbers: ThreadReceiver[int]) -> int:
            return sum(numbers)


        channel = Channel[int](buffer=3)
        for number in range(3):
            channel.push_nowait(number)
        channel.close()
        print(await asyncio.to_thread(total, ThreadReceiver(channel)))  # prints 3
    """

    def __init__(self, channel: RecvChannel[Item_co], *, loop: AbstractEventLoop | None = None) -> None:
        """Make the receiving half of a channel usable in other threads.

        Args:
            channel: A channel, or any other receiving half.
            loop: The event loop in which the channel is used; by default the running one.

        Raises:
            RuntimeError: ``loop`` is not given and no loop is running in this thread, or ``loop`` was closed.
        """
        self._channel = channel
        self._loop = asyncio.get_running_loop() if loop is None else loop
        self._calls = _calls_to(self._loop)

    def pull(self, timeout: float | None = None) -> Item_co:
        """Take the oldest item; block the thread until there is one.

        If Ctrl-C interrupts the thread just when the item is taken, the item is lost.

        Args:
            timeout: How long to wait, in seconds; by default forever. With 0, the pull does not wait for any other
                task, only for the event loop to run it.

        Returns:
            The item. No other thread or task gets it.

        Raises:
            TimeoutError: The timeout has passed, and nothing was taken. This may come late if the loop is busy.
            ChannelClosed: The channel is closed and no items are left, or it is closed while the pull waits for one.
            ChannelFailed: The same, but the channel was closed because of an error, which is the ``__cause__``.
            RuntimeError: The loop was closed or is closing, or it runs in this thread.
            ValueError: ``timeout`` is negative or NaN.
            TypeError: ``timeout`` is not a number.
        """
        return self._calls.make(self._loop, self._channel.pull, timeout)

    def pull_many(
        self, limit: SupportsIndex, *, within: float = 0.0, timeout: float | None = None
    ) -> Sequence[Item_co]:
        """Take a batch of up to ``limit`` items; block the thread until there is at least one.

        With ``within``, the call then waits for more items if there are fewer than ``limit``. If Ctrl-C interrupts the
        thread just when the items are taken, they are lost.

        Args:
            limit: The most items to take. Use ``sys.maxsize`` to take everything there is.
            within: How long to wait for more items, in seconds after the first one; by default not at all.
            timeout: How long the whole call may wait, in seconds, including ``within``; by default forever. With 0, it
                takes only items that are in the channel already.

        Returns:
            The items, at least one, in order.

        Raises:
            TimeoutError: The timeout has passed, and nothing was taken. This may come late if the loop is busy.
            ChannelClosed: The channel is closed and no items are left, or it is closed while the call waits for the
                first item.
            ChannelFailed: The same, but the channel was closed because of an error, which is the ``__cause__``.
            RuntimeError: The loop was closed or is closing, or it runs in this thread.
            ValueError: ``limit`` is 0 or less, or ``within`` or ``timeout`` is negative or NaN.
            TypeError: ``limit`` is not an integer, or ``within`` or ``timeout`` is not a number.
        """
        seconds = as_duration("within", within)
        if timeout == 0:
            seconds = 0.0
        return self._calls.make(self._loop, lambda: self._channel.pull_many(limit, within=seconds), timeout)

    def __iter__(self) -> Iterator[Item_co]:
        """Pull items until the channel is closed and no items are left."""
        return self

    def __next__(self) -> Item_co:
        """Pull the next item. `ChannelClosed` ends the iteration; `ChannelFailed` is raised."""
        try:
            return self.pull()
        except ChannelClosed:
            raise StopIteration from None


class _Call(Generic[Result_co]):
    """One operation, and the thread that waits for it.

    Nothing ever waits long for its locks: one is a flag that is tested and set in one step, the other wakes the thread.
    """

    def __init__(self, operation: Callable[[], Awaitable[Result_co]], *, at_once: bool) -> None:
        self.answered = False
        self.task: asyncio.Task[None] | None = None
        self._operation = operation
        self._at_once = at_once
        self._timed_out = False
        self._decided = Lock()
        self._waking = Lock()
        self._waking.acquire()
        self._results: list[Result_co] = []
        self._error: BaseException | None = None

    def withdraw(self) -> bool:
        """Prevent the operation from beginning. Return whether that came in time."""
        return self._decided.acquire(blocking=False)

    def begin(self, loop: AbstractEventLoop) -> None:
        """Begin, in the loop's thread, unless the operation was withdrawn."""
        if not self.withdraw():  # From here on its thread cannot withdraw it.
            return
        running = self._run()
        try:
            self.task = loop.create_task(running)
        except BaseException as error:  # From a user's own task factory.
            running.close()
            self.answer(error)
            if not isinstance(error, Exception):
                raise
        else:
            self.task.add_done_callback(self._end)

    def time_out(self) -> None:
        """Cancel the operation, in the loop's thread, unless it is done."""
        if self.task is not None:
            self._timed_out = True
            self.task.cancel()

    def answer(self, error: BaseException | None) -> None:
        """Give the thread its answer and wake it, unless it has one."""
        if not self.answered:
            self._error = None if self._results else error  # If the operation was done, a later error does not matter.
            self.answered = True
            self._waking.release()

    def wait(self, seconds: float) -> bool:
        """Block the thread until there is an answer or the time is up. Return whether there is one."""
        return self.answered or self._waking.acquire(timeout=seconds)

    def result(self) -> Result_co:
        """Return what the operation returned, or raise what it raised."""
        error, self._error = self._error, None
        try:
            if error is not None:
                raise error
        finally:
            del error  # Otherwise the error and this frame would keep each other alive.
        return self._results.pop()

    async def _run(self) -> None:
        if self._at_once:
            self.task = asyncio.current_task()  # An eager task begins before create_task() returns it.
            self.time_out()  # The cancellation is raised when it begins to wait, if it does.
        self._results.append(await self._operation())

    def _end(self, task: asyncio.Task[None]) -> None:
        self.task = None  # The task keeps its error alive.
        if not task.cancelled():
            self.answer(task.exception())
        elif self._timed_out:
            self.answer(TimeoutError("timed out, and nothing was done"))
        else:
            self.answer(_ended())


class _Calls:
    """The calls of threads to one event loop, until its end."""

    def __init__(self) -> None:
        self._due: set[_Call[object]] = set()
        self._ended = False
        self._watch: AsyncGenerator[None] | None = None

    def make(
        self, loop: AbstractEventLoop, operation: Callable[[], Awaitable[Result]], timeout: float | None
    ) -> Result:
        """Let the loop do an operation, and block the thread until it is done."""
        seconds = inf if timeout is None else as_duration("timeout", timeout)
        if asyncio._get_running_loop() is loop:  # noqa: SLF001  # In asyncio's __all__; None where no loop runs.
            raise RuntimeError("this thread runs the event loop, and would wait for itself: await the channel instead")
        call = _Call(operation, at_once=seconds == 0)
        try:
            self._due.add(call)
            _tell(loop, partial(self._begin, loop, call))
            if not _wait(loop, call, seconds or inf):
                _give_up(loop, call)
        except BaseException:  # Such as KeyboardInterrupt.
            if not call.withdraw():
                with suppress(RuntimeError):
                    _tell(loop, call.time_out)
            raise
        finally:
            self._due.discard(call)
        return call.result()

    def watch(self, loop: AbstractEventLoop) -> None:
        """Begin to wait for the end of the loop, in its thread.

        A runner cancels all tasks, then closes asynchronous generators, then waits for the threads of the default
        executor. So an asynchronous generator that is started now learns of the end before the runner waits for a
        thread that in turn waits for the loop.
        """
        if self._watch is not None or self._ended:
            return
        if any(getattr(task.get_coro(), "__name__", None) in _LAST_STEPS for task in asyncio.all_tasks(loop)):
            self._ended = True  # A generator started this late would never be closed.
            return
        self._watch = self._until_the_end()
        with suppress(StopIteration):  # It has reached its yield.
            self._watch.asend(None).send(None)

    def _begin(self, loop: AbstractEventLoop, call: _Call[object]) -> None:
        if self._ended:
            call.answer(_ended())
        else:
            call.begin(loop)

    async def _until_the_end(self) -> AsyncGenerator[None]:
        try:
            yield
        finally:
            self._ended = True
            self._watch = None  # The generator keeps the loop alive.
            await self._end([*self._due])

    async def _end(self, calls: list[_Call[object]]) -> None:
        tasks = [call.task for call in calls if call.task is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)  # Each of them gives its answer as it ends.
        for call in calls:
            call.answer(_ended())


_all_calls: dict[ref[AbstractEventLoop], _Calls] = {}


def _calls_to(loop: AbstractEventLoop) -> _Calls:
    """Find the calls to a loop, and begin to wait for its end.

    Raises:
        RuntimeError: The loop was closed.
    """
    for key in [*_all_calls]:
        other = key()
        if other is not None and other.is_closed():  # Without a runner: _until_the_end keeps it alive.
            _all_calls.pop(key, None)
    calls = _all_calls.setdefault(ref(loop, _forget), _Calls())
    if asyncio._get_running_loop() is loop:  # noqa: SLF001  # In asyncio's __all__; None where no loop runs.
        calls.watch(loop)
    else:
        _tell(loop, partial(calls.watch, loop))
    return calls


def _forget(key: ref[AbstractEventLoop]) -> None:
    _all_calls.pop(key, None)


def _tell(loop: AbstractEventLoop, callback: Callable[[], object]) -> None:
    """Have a callback called in the loop's thread.

    Raises:
        RuntimeError: The loop was closed.
    """
    try:
        loop.call_soon_threadsafe(callback)
    except RuntimeError:
        raise _ended() from None


def _wait(loop: AbstractEventLoop, call: _Call[object], seconds: float) -> bool:
    """Block the thread until there is an answer or the time is up. Return whether there is one.

    Raises:
        RuntimeError: The loop was closed without an answer.
    """
    end = monotonic() + seconds
    while not call.wait(min(_LOOK, max(0.0, end - monotonic()))):
        if loop.is_closed() and not call.answered:  # In this order: an answer may come until the loop is closed.
            raise _ended()
        if monotonic() >= end:
            return False
    return True


def _give_up(loop: AbstractEventLoop, call: _Call[object]) -> None:
    """End an operation because its time is up, unless it is done first.

    Raises:
        TimeoutError: It has not begun. If it has, its answer tells whether it was done.
        RuntimeError: The loop was closed without an answer.
    """
    if call.withdraw():
        raise TimeoutError("timed out, and nothing was done")
    with suppress(RuntimeError):  # The loop was closed; the answer may have come before.
        _tell(loop, call.time_out)
    _wait(loop, call, inf)


def _ended() -> RuntimeError:
    return RuntimeError("the channel's event loop is closed or closing: it takes no more calls from threads")
