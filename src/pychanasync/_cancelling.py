"""Deferred cancellations: what becomes of a cancellation that came after a push had been done.

Such a push returns, since its item may be in use already. The cancellation is deferred: it is raised at the task's next
wait on a channel, or in the loop's next iteration wherever the task waits then, whichever comes first. Whoever asked
for it may take it back before that, as ``asyncio.timeout`` does.

It is not lost with the task. asyncio passes the cancellation of a task that awaits another task on to that one, and
relies on it to raise. If the other one ends first, the cancellation goes to the task that awaits it, and so on up.

Invariant: a deferred cancellation is delivered once, or found to be taken back. Nothing of it is left on a task that
lives on, and nothing keeps a task alive that nobody else does.
"""

from __future__ import annotations

import asyncio
from asyncio import CancelledError
from functools import partial
from typing import NamedTuple, TypeAlias
from weakref import ref

Task: TypeAlias = asyncio.Task[object]


class _Deferred:
    """One cancellation that waits to be delivered.

    Attributes:
        before: The task's ``cancelling()`` when its wait began.
        message: What the cancellation said; some libraries know their own by it.
        raised: Whether it was raised at the task's next wait on a channel.
    """

    __slots__ = ("before", "message", "raised")

    def __init__(self, before: int, message: object) -> None:
        self.before = before
        self.message = message
        self.raised = False

    def cancel(self, task: Task) -> None:
        """Cancel a task where it waits, without counting the request again."""
        task.cancel(self.message)
        task.uncancel()


class _Awaiting(NamedTuple):
    """A task that awaits another one, as it was when the push of the innermost one was found to be done."""

    task: Task
    before: int
    """Its ``cancelling()`` without the requests that it has passed on since the innermost wait began."""
    above: list[_Awaiting]


# Keyed by weak references, so that a task whose loop was closed before the delivery is not kept alive; a plain
# dictionary, since every wait asks whether it is empty, and a WeakKeyDictionary answers that in Python.
pending: dict[ref[Task], _Deferred] = {}


def defer(cancellation: CancelledError, before: int) -> None:
    """Let a cancellation that came after the current task's push was done be raised at its next wait.

    A coroutine that is driven by hand has no task, and so nobody to cancel.

    Args:
        cancellation: What arrived.
        before: The task's ``cancelling()`` when the wait began.
    """
    task = asyncio.current_task()
    if task is None:
        return
    deferred = _Deferred(before, cancellation.args[0] if cancellation.args else None)
    pending[ref(task, _forget)] = deferred
    # The tasks that await this one may end in the same iteration, and then no longer tell who awaits them.
    above = _awaiting(task, before)
    at_end = partial(_pass_up, deferred, before, above)
    if above:
        task.add_done_callback(at_end)  # Behind the wakeup of who awaits it: that one has just run to its next wait.
    task.get_loop().call_soon(_deliver, task, deferred, at_end)


def raise_pending() -> None:
    """Raise what was deferred for the current task, if anything.

    Else a partner that completes a push in every iteration could put the delivery off for ever.
    """
    task = asyncio.current_task()
    if task is None:
        return
    deferred = pending.pop(ref(task), None)
    if deferred is not None and task.cancelling() > deferred.before:
        deferred.raised = True
        raise CancelledError(*([] if deferred.message is None else [deferred.message]))


def _forget(key: ref[Task]) -> None:
    pending.pop(key, None)


def _deliver(task: Task, deferred: _Deferred, at_end: partial[None]) -> None:
    """Cancel the task, an iteration after its push."""
    key = ref(task)
    here = pending.get(key) is deferred
    if here:
        del pending[key]
    if task.done():  # Its end passes the cancellation up.
        return
    task.remove_done_callback(at_end)
    if here and task.cancelling() > deferred.before:
        deferred.cancel(task)


def _awaiting(task: Task, before: int) -> list[_Awaiting]:
    """List the tasks that await this one directly, each with those that await it.

    Each of them has left its wakeup among the callbacks of the task; asyncio has no public way to ask.
    """
    passed_on = task.cancelling() - before
    found: list[_Awaiting] = []
    for callback, _ in getattr(task, "_callbacks", None) or ():
        above: Task | None = getattr(callback, "__self__", None)
        if above is not None and getattr(above, "_fut_waiter", None) is task:
            own = max(0, above.cancelling() - passed_on)
            found.append(_Awaiting(above, own, _awaiting(above, own)))
    return found


def _pass_up(deferred: _Deferred, before: int, above: list[_Awaiting], ended: Task) -> None:
    """Cancel the tasks that awaited one which has ended without raising the cancellation that they passed on to it."""
    if deferred.raised or ended.cancelled() or ended.cancelling() <= before:
        return
    for task, own, further in above:
        if task.cancelling() <= own:
            continue
        if task.done():  # It ended in this very iteration: who awaits it resumes in the next.
            task.add_done_callback(partial(_pass_up, deferred, own, further))
        else:
            deferred.cancel(task)
