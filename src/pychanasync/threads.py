"""The halves of a channel for other threads: they block the thread, never the event loop.

What a thread asks for is done by a task of the loop in which the channel is used, and the thread waits for the answer.
So it is as exact as any other operation: a timeout cancels the task, and the task knows whether that came in time.

Invariants: an operation is begun by the loop or withdrawn by its thread, never both, and one that was begun gets an
answer. The end of a loop answers all that are still due. The loop never waits for a lock that a thread holds, so an
interruption, such as that of Ctrl-C, may break a thread off anywhere.
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
"""After how many seconds a waiting thread looks whether the loop was closed: nothing else tells it."""
_LAST_STEPS = {"shutdown_asyncgens", "shutdown_default_executor"}
"""What a runner lets its loop do once it has cancelled all tasks."""


class ThreadSender(Generic[Item_contra]):
    """The sending half of a channel, for threads other than that of the event loop.

    Any number of threads may share one. The items of each thread stay in order.

    ``with sender:`` closes the channel on the way out. If an error leaves the block, it is the cause of the close:
    after the last item, receivers get `ChannelFailed`. As with ``async with``, only an `Exception` counts as an error
    here, and a `ChannelClosed` does not.

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
            channel: Any sending half.
            loop: The event loop in which the channel is used; the running one if left out.

        Raises:
            RuntimeError: No loop is given and none runs here, or the one that is given was closed.
        """
        self._channel = channel
        self._loop = asyncio.get_running_loop() if loop is None else loop
        self._calls = _calls_to(self._loop)

    def push(self, item: Item_contra, timeout: float | None = None) -> None:
        """Send an item; block the thread while the channel cannot take it.

        Args:
            item: What to send. It may be anything, even ``None``.
            timeout: How many seconds to wait at most; ``None``: forever. With 0, the push waits for no other task, only
                for a turn of the loop.

        Raises:
            TimeoutError: The timeout has passed, and the item was not sent. While the loop is busy, this may come late.
            ChannelClosed: The channel was closed before it took the item. Nobody gets it.
            RuntimeError: The loop was closed or is closing, or this is the thread that runs it.
            ValueError: ``timeout`` is negative or NaN.
            TypeError: ``timeout`` is not a number.
        """
        self._calls.make(self._loop, lambda: self._channel.push(item), timeout)

    def close(self, *, cause: BaseException | None = None, immediate: bool = False) -> None:
        """Say that no more items will come. See `SendChannel.close`.

        Args:
            cause: An error, if it is because of this error that no more items will come.
            immediate: Also discard the items that are there to pull.

        Raises:
            TypeError: ``cause`` is not an instance of an exception. The channel stays open.
            RuntimeError: The loop was closed or is closing, or this is the thread that runs it.
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
        """Close the channel; if an error leaves the block, it is the cause of the close, and goes on as it is.

        Raises:
            RuntimeError: The loop was closed or is closing, or this is the thread that runs it. If the block raised,
                its error gets a note instead.
        """
        cause = error if isinstance(error, Exception) and is_failure(error) else None
        try:
            self.close(cause=cause)
        except Exception as refusal:
            if error is None:
                raise
            error.add_note(f"{self._channel!r} was not closed: {refusal}")


class ThreadReceiver(Generic[Item_co]):
    """The receiving half of a channel, for threads other than that of the event loop.

    Any number of threads may share one; each item goes to one of them. ``for item in receiver`` pulls until the channel
    is closed and nothing is left.

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
            channel: Any receiving half.
            loop: The event loop in which the channel is used; the running one if left out.

        Raises:
            RuntimeError: No loop is given and none runs here, or the one that is given was closed.
        """
        self._channel = channel
        self._loop = asyncio.get_running_loop() if loop is None else loop
        self._calls = _calls_to(self._loop)

    def pull(self, timeout: float | None = None) -> Item_co:
        """Take the oldest item; block the thread while there is none.

        If Ctrl-C interrupts the thread just as the pull is done, the item is lost.

        Args:
            timeout: How many seconds to wait at most; ``None``: forever. With 0, the pull waits for no other task, only
                for a turn of the loop.

        Returns:
            The item. Nobody else gets it.

        Raises:
            TimeoutError: The timeout has passed, and nothing was taken. While the loop is busy, this may come late.
            ChannelClosed: The channel is closed and nothing is left, now or when the wait ends.
            ChannelFailed: The same, but the channel was closed because of an error, which is the ``__cause__``.
            RuntimeError: The loop was closed or is closing, or this is the thread that runs it.
            ValueError: ``timeout`` is negative or NaN.
            TypeError: ``timeout`` is not a number.
        """
        return self._calls.make(self._loop, self._channel.pull, timeout)

    def pull_many(
        self, limit: SupportsIndex, *, within: float = 0.0, timeout: float | None = None
    ) -> Sequence[Item_co]:
        """Take up to ``limit`` items: block the thread while there is none, and then, if ``within`` is given, for more.

        If Ctrl-C interrupts the thread just as the items are taken, they are lost.

        Args:
            limit: How many items to take at most. To take all there is, say ``sys.maxsize``.
            within: How long to wait for more, in seconds from the first item.
            timeout: How many seconds the whole call may wait, ``within`` included; ``None``: forever. With 0, it takes
                what is there.

        Returns:
            The items, at least one, in order.

        Raises:
            TimeoutError: The timeout has passed, and nothing was taken. While the loop is busy, this may come late.
            ChannelClosed: The channel is closed and nothing is left, now or when the wait for the first item ends.
            ChannelFailed: The same, but the channel was closed because of an error, which is the ``__cause__``.
            RuntimeError: The loop was closed or is closing, or this is the thread that runs it.
            ValueError: ``limit`` is 0 or less, or ``within`` or ``timeout`` is negative or NaN.
            TypeError: ``limit`` is not an integer, or ``within`` or ``timeout`` is not a number.
        """
        seconds = as_duration("within", within)
        if timeout == 0:
            seconds = 0.0
        return self._calls.make(self._loop, lambda: self._channel.pull_many(limit, within=seconds), timeout)

    def __iter__(self) -> Iterator[Item_co]:
        """Pull items until the channel is closed and nothing is left."""
        return self

    def __next__(self) -> Item_co:
        """Pull the next item; end the iteration where a pull would raise `ChannelClosed`, but not `ChannelFailed`."""
        try:
            return self.pull()
        except ChannelClosed:
            raise StopIteration from None


class _Call(Generic[Result_co]):
    """One operation, and the thread that waits for it.

    Its locks hold nobody up: one is a flag that is looked at and set in one step, the other wakes the thread.
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
        """Return whether the operation has not begun, and never will."""
        return self._decided.acquire(blocking=False)

    def begin(self, loop: AbstractEventLoop) -> None:
        """Begin, in the loop's thread, unless the operation was withdrawn."""
        if not self.withdraw():  # So that its thread cannot any more.
            return
        running = self._run()
        try:
            self.task = loop.create_task(running)
        except BaseException as error:  # Of a task factory of the user's own.
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
        """Wake the thread, unless it has an answer."""
        if not self.answered:
            self._error = None if self._results else error  # What is done is done, whatever came after it.
            self.answered = True
            self._waking.release()

    def wait(self, seconds: float) -> bool:
        """Block the thread until there is an answer, or the time is over. Return whether there is one."""
        return self.answered or self._waking.acquire(timeout=seconds)

    def result(self) -> Result_co:
        """Return what the operation returned, or raise what it raised."""
        error, self._error = self._error, None
        try:
            if error is not None:
                raise error
        finally:
            del error  # Else it keeps this frame, and the frame it.
        return self._results.pop()

    async def _run(self) -> None:
        if self._at_once:
            self.task = asyncio.current_task()  # An eager one begins before it is known.
            self.time_out()  # It is cancelled where it begins to wait, if it does.
        self._results.append(await self._operation())

    def _end(self, task: asyncio.Task[None]) -> None:
        self.task = None  # It keeps its error.
        if not task.cancelled():
            self.answer(task.exception())
        elif self._timed_out:
            self.answer(TimeoutError("timed out, and nothing was done"))
        else:
            self.answer(_ended())


class _Calls:
    """What threads ask of one event loop, until its end."""

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
        executor. So one that begins now learns of the end before a thread is waited for that waits for the loop.
        """
        if self._watch is not None or self._ended:
            return
        if any(getattr(task.get_coro(), "__name__", None) in _LAST_STEPS for task in asyncio.all_tasks(loop)):
            self._ended = True  # A generator that begins only now would never be closed.
            return
        self._watch = self._until_the_end()
        with suppress(StopIteration):  # It has come to its yield.
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
            self._watch = None  # It keeps the loop.
            await self._end([*self._due])

    async def _end(self, calls: list[_Call[object]]) -> None:
        tasks = [call.task for call in calls if call.task is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)  # Each answers as it ends.
        for call in calls:
            call.answer(_ended())


_all_calls: dict[ref[AbstractEventLoop], _Calls] = {}


def _calls_to(loop: AbstractEventLoop) -> _Calls:
    """Find the calls to a loop; begin to wait for its end.

    Raises:
        RuntimeError: It was closed.
    """
    for key in [*_all_calls]:
        other = key()
        if other is not None and other.is_closed():  # Without a runner: what waits for its end keeps it.
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
    """Let something be called in the loop's thread.

    Raises:
        RuntimeError: The loop was closed.
    """
    try:
        loop.call_soon_threadsafe(callback)
    except RuntimeError:
        raise _ended() from None


def _wait(loop: AbstractEventLoop, call: _Call[object], seconds: float) -> bool:
    """Block the thread until there is an answer, or the time is over. Return whether there is one.

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
    """End an operation, since its time is over; unless it is done before that.

    Raises:
        TimeoutError: It has not begun. Else the answer tells.
        RuntimeError: The loop was closed without an answer.
    """
    if call.withdraw():
        raise TimeoutError("timed out, and nothing was done")
    with suppress(RuntimeError):  # The loop was closed; the answer may have come before.
        _tell(loop, call.time_out)
    _wait(loop, call, inf)


def _ended() -> RuntimeError:
    return RuntimeError("the event loop of the channel was closed, or is closing: it does nothing more for threads")
