"""The waiting line: which tasks wait, in what order, which was served, how a task leaves.

This is the only place that sets asyncio's futures, besides the core, where a push wakes a pull. A task that must wait
makes one future, its waiter, and joins a line with it; several lines at once if it waits for the first of several
operations.

Invariants: a waiter is set once: to the line in which it was served (the commit), or to the error to raise (the close).
If a waiter is done, its task no longer waits, whichever lines still hold it. A waiter leaves the line before it is
served.

A signal handler or a finaliser may run after any call here, and when a loop jumps back, which a ``while`` does after it
has tested its condition. It may cancel a task, and use the same channel. So loops test inside their body; a waiter that
was taken out of its line cannot be found by anyone else; and the commit itself, not a check before it, shows whether a
wait was already over.
"""

from __future__ import annotations

import asyncio
from asyncio import InvalidStateError
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from math import inf
from typing import NamedTuple, Protocol, TypeAlias, TypeVar

from ._cancelling import pending, raise_pending
from .errors import ChannelClosed, ChannelFailed

Offer = TypeVar("Offer")
Waiter: TypeAlias = asyncio.Future[object]

refused: dict[Waiter, BaseException] = {}
"""The waiters that were served although their offer could then not be taken, each with the error to raise."""

_ABSENT = object()
_SHORT = 32  # A line of this many waiters takes less than 2 kB.


class AnyLine(Protocol):
    """A line, whatever its waiters offer. It has all that a select needs from the line of a case."""

    __module__: str = "pychanasync.strategy"
    __slots__ = ()

    def leave(self, waiter: Waiter) -> bool:
        """Leave the line. Return whether that came too late: the waiter had already been served in it."""
        ...


class Closed(NamedTuple):
    """What a waiter is set to if its channel was closed before it was served."""

    line: AnyLine
    """The line in which it was waiting."""
    error: Callable[[], ChannelClosed | ChannelFailed]
    """Makes the error that its task raises."""


class Line(OrderedDict[Waiter, Offer]):
    """The tasks that are waiting on one side of a channel, the longest waiting first, each with what it offers.

    An `OrderedDict` can remove its oldest entry, or any given one, at once and in constant time, so no entry outlives
    its wait. All tasks in one line belong to the same event loop. A line that was long releases its memory when nobody
    is left in it; a short one keeps it.
    """

    __module__ = "pychanasync.strategy"
    __slots__ = ("_was_long",)

    _was_long: bool

    def __init__(self) -> None:
        self._was_long = False  # An empty OrderedDict needs no super().__init__().

    def join(self, waiter: Waiter, offer: Offer) -> None:
        """Join the line at its end. A waiter joins a line only once.

        Raises:
            RuntimeError: A task of another event loop is waiting here.
        """
        if self:
            self.first()
            if len(self) > _SHORT:
                self._was_long = True
        self[waiter] = offer

    def first(self) -> Waiter | None:
        """Return the waiter that has waited longest, and remove those whose wait is over or whose loop was closed.

        Raises:
            RuntimeError: The task cannot be woken from here, because another loop or thread runs it.
        """
        while self:
            # In one step; next(iter(self)) takes two, and a handler may run between them.
            for waiter in self:  # pragma: no branch  # There is one.
                if waiter.get_loop() is asyncio._get_running_loop():  # noqa: SLF001  # The usual case, inlined.
                    if not waiter.done():
                        return waiter
                elif _can_resume(waiter):
                    return waiter
                self.pop(waiter, None)
                if self._was_long and not self:
                    self._shrink()
                break
        return None

    def take(self) -> tuple[Waiter, Offer] | None:
        """Take the waiter that has waited longest out of the line; only the caller can then serve it.

        Returns:
            The waiter and its offer; ``None`` if nobody is waiting.

        Raises:
            RuntimeError: The task cannot be woken from here, because another loop or thread runs it.
        """
        while True:
            try:
                entry = waiter, _ = self.popitem(False)  # noqa: FBT003  # As a keyword it would add a tenth to this call.
            except KeyError:
                return None
            if self._was_long and not self:
                self._shrink()
            if waiter.get_loop() is not asyncio._get_running_loop() and not self._is_in_reach(entry):  # noqa: SLF001
                continue
            if not waiter.done():
                return entry

    def commit(self) -> tuple[Waiter, Offer] | None:
        """Serve the waiter that has waited longest: it leaves the line, and its task resumes. This cannot be undone.

        Returns:
            The waiter and its offer; ``None`` if nobody is waiting.

        Raises:
            RuntimeError: The task cannot be woken from here, because another loop or thread runs it.
        """
        while True:
            try:
                entry = waiter, _ = self.popitem(False)  # noqa: FBT003  # The same.
            except KeyError:
                return None
            if self._was_long and not self:
                self._shrink()
            if waiter.get_loop() is not asyncio._get_running_loop() and not self._is_in_reach(entry):  # noqa: SLF001
                continue
            try:
                waiter.set_result(self)
            except InvalidStateError:  # Its wait is over.
                continue
            return entry

    def wake_closed(self, error: Callable[[], ChannelClosed | ChannelFailed]) -> None:
        """End every wait in this line with an error.

        This does not check whether the tasks can be woken from here. Call `first` on both lines of a channel before you
        change anything.

        Args:
            error: Makes the error that each task raises.
        """
        closed = Closed(self, error)
        while True:
            if not self:
                break
            waiter, _ = self.popitem(False)  # noqa: FBT003  # The same.
            try:
                waiter.set_result(closed)
            except InvalidStateError:  # Its wait is over.
                continue
        if self._was_long:
            self._shrink()

    def leave(self, waiter: Waiter) -> bool:
        """Leave the line. Return whether that came too late: the waiter had already been served in it."""
        if self.pop(waiter, _ABSENT) is not _ABSENT:
            if self._was_long and not self:
                self._shrink()
            return False  # A waiter leaves the line before it is served.
        if not waiter.done() and not waiter.get_loop().is_closed():
            waiter.cancel()  # A call that this one interrupts took it out to serve it.
        served = was_served(waiter, self)
        if served and refused:  # In this line; a select calls this for its other lines too.
            return refused.pop(waiter, None) is None
        return served

    def call_its_loop(self, callback: Callable[[], object]) -> None:
        """Have the loop of the waiting tasks call something, in its own thread, unless it was closed."""
        for waiter in self:  # pragma: no branch  # There is one, unless a handler took it.
            with suppress(RuntimeError):
                waiter.get_loop().call_soon_threadsafe(callback)
            return

    def _is_in_reach(self, entry: tuple[Waiter, Offer]) -> bool:
        """Return whether a waiter that was taken out can be woken; if that raises, put it back."""
        try:
            return _can_resume(entry[0])
        except RuntimeError:
            self.put_back(*entry)
            raise

    def put_back(self, waiter: Waiter, offer: Offer) -> None:
        """Put a waiter that was taken out back at the head of the line."""
        self[waiter] = offer
        self.move_to_end(waiter, last=False)
        if waiter.done():  # Its wait has ended in the meantime.
            self.pop(waiter, None)

    def _shrink(self) -> None:
        """Release the memory of a line that was long, if it is still empty."""
        if not self:
            self._was_long = False
            self.clear()

    def count(self) -> int:
        """Return how many tasks are waiting. A woken task does not count; a cancelled one does until it resumes."""
        return sum(not waiter.done() or waiter.cancelled() for waiter in [*self])


def new_waiter() -> Waiter:
    """Make a waiter, with which the current task joins lines and which it awaits.

    Raises:
        RuntimeError: No loop is running.
        CancelledError: A cancellation was deferred for the task: it is raised before the task may wait again.
    """
    asyncio.get_running_loop()
    if pending:
        raise_pending()
    return asyncio.Future()  # Of the running loop; loop.create_future() takes half as long again.


def was_served(waiter: Waiter, line: AnyLine) -> bool:
    """Return whether a waiter was served in a line."""
    return waiter.done() and not waiter.cancelled() and waiter.result() is line


class Timer:
    """Ends a wait when its time comes.

    Attributes:
        over: Whether its time has come.
        waiter: The waiter whose wait it ends, if it is not over. Set it before the loop goes on, and for each new wait.
    """

    __slots__ = ("_handle", "_outcome", "over", "waiter")

    waiter: Waiter

    def __init__(self, when: float, outcome: object = None) -> None:
        """Start the timer.

        Args:
            when: The time in seconds, by the clock of the running loop; ``math.inf`` means never.
            outcome: What the waiter is set to.
        """
        self.over = False
        self._outcome = outcome
        self._handle = asyncio.get_running_loop().call_at(when, self._ring) if when < inf else None

    def stop(self) -> None:
        """Stop the timer, and leave nothing behind in the loop."""
        if self._handle is not None:
            self._handle.cancel()

    def _ring(self) -> None:
        self.over = True
        with suppress(InvalidStateError):  # Its wait is over.
            self.waiter.set_result(self._outcome)


def refuse(waiter: Waiter, error: BaseException) -> None:
    """Let a committed waiter raise after all, because its offer could not be taken."""
    refused[waiter] = error


def raise_refusal(waiter: Waiter) -> None:
    """Raise the error that a waiter was refused with, if it was; the error is forgotten when it leaves the line."""
    error = refused.get(waiter)
    try:
        if error is not None:
            raise error
    finally:
        del error  # Otherwise the error and this frame would keep each other alive.


def _can_resume(waiter: Waiter) -> bool:
    """Return whether a task that waits on a loop which is not running here can still be woken.

    Raises:
        RuntimeError: It cannot be woken from here: its loop is running elsewhere, or another loop is running here.
    """
    loop = waiter.get_loop()
    if waiter.done() or loop.is_closed():
        return False
    if loop.is_running() or asyncio._get_running_loop() is not None:  # noqa: SLF001  # In asyncio's __all__.
        raise RuntimeError(
            "a task of another event loop or thread is waiting on this channel: a channel serves one event loop at a "
            "time. Use it in that loop, or from other threads through pychanasync.threads"
        )
    return True
