"""The waiting line: who waits, in what order, who was served, how one leaves.

Besides the core, where a push wakes the pull that it met, this is the one place that sets asyncio's futures. A task
that must wait makes one future, its waiter, and joins a line with it; several lines at once, if it waits for the first
of several operations.

Invariants: a waiter is set once, to the line in which it was served (the commit), or to what it is to raise (the
close). Whoever finds a waiter done finds a task that no longer waits, in whichever line it is still found. Who is
served leaves the line first.

A signal handler or a finaliser may run after any call here, and as a loop jumps back, which a ``while`` does after it
has looked. It may cancel a task, and use the same channel. So a loop looks within its body; a waiter that was taken out
of its line is there for nobody else; and that its wait is over is learnt from the commit, not from a look before.
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
"""Those who were served although their offer could then not be taken, each with what it is to raise."""

_ABSENT = object()
_SHORT = 32  # So many who wait take less than 2 kB.


class AnyLine(Protocol):
    """A line, whatever its waiters offer: all that a select asks of the line of a case."""

    __module__: str = "pychanasync.strategy"
    __slots__ = ()

    def leave(self, waiter: Waiter) -> bool:
        """Leave the line. Return whether that came too late: the waiter had been served in it."""
        ...


class Closed(NamedTuple):
    """What a waiter is set to that was not served, because its channel was closed."""

    line: AnyLine
    """Where the close met it."""
    error: Callable[[], ChannelClosed | ChannelFailed]
    """Makes what its task raises."""


class Line(OrderedDict[Waiter, Offer]):
    """The tasks that wait on one side of a channel, the longest waiting first, each with what it offers.

    An `OrderedDict` gives up its oldest entry, or one that is named, in constant time and at once: no entry outlives
    its wait. All who wait in one line wait on one event loop. A line that was long gives its memory back once nobody
    waits in it; a short one keeps it for the next.
    """

    __module__ = "pychanasync.strategy"
    __slots__ = ("_was_long",)

    _was_long: bool

    def __init__(self) -> None:
        self._was_long = False  # An empty OrderedDict needs no more.

    def join(self, waiter: Waiter, offer: Offer) -> None:
        """Join the line at its end. A waiter joins a line once.

        Raises:
            RuntimeError: A task of another loop waits here.
        """
        if self:
            self.first()
            if len(self) > _SHORT:
                self._was_long = True
        self[waiter] = offer

    def first(self) -> Waiter | None:
        """Find who has waited longest. Those whose wait is over leave on the way, and those whose loop was closed.

        Raises:
            RuntimeError: The task cannot be woken from here, since another loop or thread runs it.
        """
        while self:
            # In one step; between those of next(iter(self)) somebody may come.
            for waiter in self:  # pragma: no branch  # There is one.
                if waiter.get_loop() is asyncio._get_running_loop():  # noqa: SLF001  # The usual case, in short.
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
        """Take who has waited longest out of the line, to be served by the caller alone.

        Returns:
            The waiter, and what it offered; ``None`` where nobody waits.

        Raises:
            RuntimeError: The task cannot be woken from here, since another loop or thread runs it.
        """
        while True:
            try:
                entry = waiter, _ = self.popitem(False)  # noqa: FBT003  # By name it takes a tenth of this call.
            except KeyError:
                return None
            if self._was_long and not self:
                self._shrink()
            if waiter.get_loop() is not asyncio._get_running_loop() and not self._is_in_reach(entry):  # noqa: SLF001
                continue
            if not waiter.done():
                return entry

    def commit(self) -> tuple[Waiter, Offer] | None:
        """Serve who has waited longest: it leaves the line and its task resumes. This cannot be taken back.

        Returns:
            The waiter, and what it offered; ``None`` where nobody waits.

        Raises:
            RuntimeError: The task cannot be woken from here, since another loop or thread runs it.
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
        """End every wait in this line unserved.

        This does not ask whether the tasks can be woken from here. Ask both lines of a channel for their `first` before
        anything is changed.

        Args:
            error: Makes what each of the tasks raises.
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
        """Leave the line. Return whether that came too late: the waiter had been served in it."""
        if self.pop(waiter, _ABSENT) is not _ABSENT:
            if self._was_long and not self:
                self._shrink()
            return False  # Who is served leaves the line first.
        if not waiter.done() and not waiter.get_loop().is_closed():
            waiter.cancel()  # It was taken out to be served, by a call that this one interrupts.
        served = was_served(waiter, self)
        if served and refused:  # In this line; a select asks its others too.
            return refused.pop(waiter, None) is None
        return served

    def call_its_loop(self, callback: Callable[[], object]) -> None:
        """Let the loop of who has waited longest call something, in its own thread; unless it was closed."""
        for waiter in self:  # pragma: no branch  # There is one, unless a handler has come between.
            with suppress(RuntimeError):
                waiter.get_loop().call_soon_threadsafe(callback)
            return

    def _is_in_reach(self, entry: tuple[Waiter, Offer]) -> bool:
        """Return whether who was taken out can be woken; put it back where that is refused."""
        try:
            return _can_resume(entry[0])
        except RuntimeError:
            self.put_back(*entry)
            raise

    def put_back(self, waiter: Waiter, offer: Offer) -> None:
        """Put who was taken out back in its place, at the head of the line."""
        self[waiter] = offer
        self.move_to_end(waiter, last=False)
        if waiter.done():  # Its wait has ended meanwhile.
            self.pop(waiter, None)

    def _shrink(self) -> None:
        """Give the memory of a long line back, if it is still empty."""
        if not self:
            self._was_long = False
            self.clear()

    def count(self) -> int:
        """Count the tasks that wait: who was woken does not count, who was cancelled does until it resumes."""
        return sum(not waiter.done() or waiter.cancelled() for waiter in [*self])


def new_waiter() -> Waiter:
    """Make what the current task joins lines with, and awaits.

    Raises:
        RuntimeError: No loop runs.
        CancelledError: A cancellation was deferred for the task; it does not wait before it was raised.
    """
    asyncio.get_running_loop()
    if pending:
        raise_pending()
    return asyncio.Future()  # Of the running loop; to ask that for it takes half as long again.


def was_served(waiter: Waiter, line: AnyLine) -> bool:
    """Return whether a waiter was served in a line."""
    return waiter.done() and not waiter.cancelled() and waiter.result() is line


class Timer:
    """Ends a wait when its time comes.

    Attributes:
        over: Whether its time has come.
        waiter: Whose wait it ends, if it still lasts then. Set it before the loop goes on, and anew for another wait.
    """

    __slots__ = ("_handle", "_outcome", "over", "waiter")

    waiter: Waiter

    def __init__(self, when: float, outcome: object = None) -> None:
        """Begin to count the time.

        Args:
            when: By the clock of the running loop, in seconds; ``math.inf`` never comes.
            outcome: What the waiter is set to.
        """
        self.over = False
        self._outcome = outcome
        self._handle = asyncio.get_running_loop().call_at(when, self._ring) if when < inf else None

    def stop(self) -> None:
        """End no wait any more, and leave nothing with the loop."""
        if self._handle is not None:
            self._handle.cancel()

    def _ring(self) -> None:
        self.over = True
        with suppress(InvalidStateError):  # Its wait is over.
            self.waiter.set_result(self._outcome)


def refuse(waiter: Waiter, error: BaseException) -> None:
    """Let who was committed raise after all, since what it offered could not be taken."""
    refused[waiter] = error


def raise_refusal(waiter: Waiter) -> None:
    """Raise what the waiter was refused with, if it was; it is forgotten when the waiter leaves the line."""
    error = refused.get(waiter)
    try:
        if error is not None:
            raise error
    finally:
        del error  # Else it keeps this frame, and the frame it.


def _can_resume(waiter: Waiter) -> bool:
    """Return whether a task that waits, on a loop that does not run here, can still be woken.

    Raises:
        RuntimeError: Not from here: its loop is neither closed nor at rest while none runs here.
    """
    loop = waiter.get_loop()
    if waiter.done() or loop.is_closed():
        return False
    if loop.is_running() or asyncio._get_running_loop() is not None:  # noqa: SLF001  # In asyncio's __all__.
        raise RuntimeError(
            "a task of another event loop, or of another thread, waits on this channel: a channel serves one event "
            "loop at a time; use it from that loop, or let nobody wait on it before another takes it over"
        )
    return True
