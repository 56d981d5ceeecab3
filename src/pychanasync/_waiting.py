"""The waiting line: who waits, in what order, who has won, how one leaves.

This is the one place that sets asyncio's futures and asks for cancellations. A task that must wait makes one future,
its waiter, and stands with it in a line; in several lines at once, if it waits for the first of several operations. The
invariant is that a waiter is set once, by the counterpart whose operation completes it: to the line in which it was
served (the commit), or to the channel that dismissed the line (the close). Whoever finds a waiter done finds a task
that no longer waits, in whichever line it still stands.

A cancellation can arrive after the commit and before the task resumes. `Line.withdraw` tells that case; what has been
committed and cannot be undone stands, and `hand_on` lets the cancellation strike later.

A signal handler, as that of Ctrl-C, and a finaliser that the garbage collector runs, may come between any two lines
here, cancel a task, and use the same channel. So who is served leaves the line first, where nobody else finds it then;
and that its wait is over is learnt from the commit itself, not from a look before.
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
    from asyncio import Task

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

    An `OrderedDict` gives up its oldest entry, or one that is named, in constant time and at once: no entry outlives
    its wait. All who wait in one line wait on one event loop.
    """

    __module__ = "pychanasync.strategy"

    def stand(self, offer: Offer) -> Waiter:
        """Make a waiter for the current task, and enrol it.

        Raises:
            RuntimeError: No loop runs, or a task of another loop waits here.
            CancelledError: The task is owed a cancellation; it does not wait before it got it.
        """
        waiter: Waiter
        if self or _debts:
            waiter = new_waiter()
            self.enrol(waiter, offer)
        else:  # The same in one call for three, which takes 100 ns less of a meeting of about 1,400.
            get_running_loop()
            waiter = Future()
            self[waiter] = offer
        return waiter

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
            # In one step; between those of next(iter(self)) somebody may come.
            for waiter in self:  # pragma: no branch  # There is one.
                if not waiter.done():
                    _check_loop(waiter)
                    return waiter
                self.pop(waiter, None)
                break
        return None

    def commit(self) -> tuple[Waiter, Offer] | None:
        """Serve who has waited longest: it leaves the line and its task resumes. This cannot be taken back.

        Returns:
            The waiter, and what it offered; ``None`` where nobody waits.

        Raises:
            RuntimeError: The task cannot be woken from here, since another loop or thread runs it.
        """
        while self:
            entry = waiter, offer = self.popitem(False)  # noqa: FBT003  # Naming it takes 60 ns of the 1,400.
            if waiter.get_loop() is not _get_running_loop() and not waiter.done():
                try:
                    _check_loop(waiter)
                except RuntimeError:
                    self[waiter] = offer
                    self.move_to_end(waiter, last=False)
                    raise
            try:
                waiter.set_result(self)
            except InvalidStateError:  # Its wait is over.
                continue
            return entry
        return None

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
        return waiter.done() and not waiter.cancelled() and waiter.result() is self


def new_waiter() -> Waiter:
    """Make what the current task stands in lines with, and awaits.

    Raises:
        RuntimeError: No loop runs.
        CancelledError: The task is owed a cancellation; it does not wait before it got it.
    """
    get_running_loop()
    if _debts:
        _settle()
    return Future()  # Of the running loop. To ask that for it takes 180 ns more, of a meeting of about 1,400.


def _check_loop(waiter: Waiter) -> None:
    """Refuse to wake a task whose loop is not this thread's, unless that loop just rests and none runs here."""
    loop, running = waiter.get_loop(), _get_running_loop()
    if loop is not running and (running is not None or loop.is_running() or loop.is_closed()):
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
