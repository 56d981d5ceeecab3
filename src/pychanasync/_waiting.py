"""The waiting line: who waits, in what order, who has won, how one leaves.

This is the one place that sets asyncio's futures and asks for cancellations. A task that must wait makes one future,
its waiter, and stands with it in a line; in several lines at once, if it waits for the first of several operations. The
invariant is that a waiter is set once, by the counterpart whose operation completes it: to the line in which it was
served (the commit), or to the channel that dismissed the line (the close). Whoever finds a waiter done finds a task
that no longer waits, in whichever line it still stands.

A cancellation can arrive after the commit and before the task resumes. `Line.withdraw` tells that case; what has been
committed and cannot be undone stands, and `hand_on` lets the cancellation strike later. One that a signal handler, as
that of Ctrl-C, lets strike between the look and the commit counts as one that came after the commit.
"""

from __future__ import annotations

from asyncio import (
    CancelledError,
    Future,
    InvalidStateError,
    _get_running_loop,  # pyright: ignore[reportPrivateUsage]  # In asyncio's __all__; None where no loop runs.
    current_task,
    get_running_loop,
)
from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias, TypeVar
from weakref import ref

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Task

Offer = TypeVar("Offer")
Waiter: TypeAlias = Future[object]


class AnyLine(Protocol):
    """A line, whatever its waiters offer: all that a select asks of the line of a case."""

    __module__: str = "pychanasync.strategy"
    __slots__ = ()

    def withdraw(self, waiter: Waiter) -> bool:
        """Leave the line, and tell whether that came too late: the waiter had been served in it."""
        ...


class Line(OrderedDict[Waiter, Offer]):
    """The tasks that wait on one side of a channel, the longest waiting first, each with what it offers.

    An `OrderedDict` leaves from the front, and from the middle, in constant time and at once: no entry
    outlives its wait. All who wait in one line wait on one event loop.
    """

    __module__ = "pychanasync.strategy"

    def enrol(self, waiter: Waiter, offer: Offer) -> None:
        """Stand at the end of the line. A waiter stands in a line once.

        Raises:
            RuntimeError: A task of another loop waits here.
        """
        if self:
            self.first()
        self[waiter] = offer

    def first(self) -> Waiter | None:
        """Find who has waited longest; those whose wait is over leave on the way.

        Raises:
            RuntimeError: The task cannot be woken from here, since another loop or thread runs it.
        """
        while self:
            waiter = next(iter(self))
            if not waiter.done():
                if waiter.get_loop() is not _get_running_loop():
                    _check_resting(waiter.get_loop())
                return waiter
            del self[waiter]
        return None

    def commit(self, waiter: Waiter) -> Offer:
        """Serve a waiter: it leaves the line and its task resumes; return what it offered.

        This is for the waiter that `first` has just found, and cannot be taken back. Who must look at the offer before
        finds it as ``line[waiter]``.
        """
        offer = self.pop(waiter)
        try:
            waiter.set_result(self)
        except InvalidStateError:  # Cancelled since `first` found it.
            _struck[waiter] = self
        return offer

    def dismiss(self, channel: object) -> None:
        """End every wait in this line unserved: each task gets `ChannelClosed` about the channel.

        This does not ask whether the tasks can be woken from here. Ask both lines of a channel for their `first` before
        anything is changed.
        """
        while self:
            waiter, _ = self.popitem(last=False)
            with suppress(InvalidStateError):  # Its wait is over.
                waiter.set_result(channel)

    def withdraw(self, waiter: Waiter) -> bool:
        """Leave the line, and tell whether that came too late: the waiter had been served in it."""
        self.pop(waiter, None)
        if _struck and _struck.get(waiter) is self:
            del _struck[waiter]
            return True
        return waiter.done() and not waiter.cancelled() and waiter.result() is self


_struck: dict[Waiter, AnyLine] = {}
"""Who was served in which line though a cancellation had just struck, until its task resumes and withdraws."""


def new_waiter() -> Waiter:
    """Make what the current task stands in lines with, and awaits.

    Raises:
        RuntimeError: No loop runs.
        CancelledError: The task is owed a cancellation; it does not wait before it got it.
    """
    loop = get_running_loop()
    if _debts:
        _settle()
    return loop.create_future()


def _check_resting(loop: AbstractEventLoop) -> None:
    """Refuse to wake a task whose loop is not this thread's, unless that loop just rests and none runs here."""
    if _get_running_loop() is not None or loop.is_running() or loop.is_closed():
        raise RuntimeError(
            "a task of another event loop, or of another thread, waits on this channel: a channel serves one event "
            "loop at a time; use it from that loop, or let nobody wait on it before another takes it over"
        )


class _Debt(NamedTuple):
    """A cancellation that arrived when it could no longer undo what it struck."""

    requests: int
    """How many cancellations the task had been asked for when its wait began."""
    message: object
    """What the cancellation said; some libraries know their own by it."""


# Keyed by weak references, so that a task whose loop was closed before the debt fell due is not kept alive; a plain
# dictionary, since every wait asks whether it is empty, which costs a WeakKeyDictionary 50 ns more.
_debts: dict[ref[Task[object]], _Debt] = {}


def hand_on(task: Task[object] | None, before: int, cancellation: CancelledError) -> None:
    """Let a cancellation that came after the commit strike at the task's next wait.

    It strikes in the loop's next iteration, wherever the task then waits, or as soon as the task comes to wait on
    a channel: else a busy partner that commits in every iteration could outrun it for ever.

    Args:
        task: The task that was cancelled; a coroutine driven by hand has none, and nobody to strike.
        before: Its ``cancelling()`` when the wait began.
        cancellation: What arrived.
    """
    if task is None:
        return
    debt = _Debt(before, cancellation.args[0] if cancellation.args else None)
    _debts[ref(task, _forget)] = debt
    task.get_loop().call_soon(_strike, task, debt)


def _forget(key: ref[Task[object]]) -> None:
    _debts.pop(key, None)


def _stands(task: Task[object], debt: _Debt) -> bool:
    """Tell whether the cancellation is still wanted: whoever asked may have taken it back, as a time-out does."""
    return task.cancelling() > debt.requests


def _strike(task: Task[object], debt: _Debt) -> None:
    key = ref(task)
    if _debts.get(key) is not debt:
        return
    del _debts[key]
    if _stands(task, debt) and task.cancel(debt.message):
        # The request was counted when it was made; counted twice, a time-out would not know its own again.
        task.uncancel()


def _settle() -> None:
    """Raise what the current task is owed, if anything."""
    task = current_task()
    if task is None:
        return
    debt = _debts.pop(ref(task), None)
    if debt is not None and _stands(task, debt):
        raise CancelledError(*([] if debt.message is None else [debt.message]))
