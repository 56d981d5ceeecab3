"""Deferred cancellations: what happens to a cancellation that comes after a push was done.

Such a push returns, because its item may be in use already. The cancellation is deferred: it is raised at the task's
next wait on a channel, or in the loop's next iteration wherever the task is waiting then, whichever comes first.
Whoever requested it may withdraw it before that, as ``asyncio.timeout`` does.

It is not lost if the task ends. When a task that awaits another task is cancelled, asyncio passes the cancellation on
to that other task and relies on it to raise. If the other task ends first, the cancellation goes to the task that
awaits it, and so on up.

Invariant: a deferred cancellation is delivered once, unless it was withdrawn. Nothing of it is left on a task that
lives on, and nothing here keeps a task alive.
"""

from __future__ import annotations

import asyncio
from asyncio import CancelledError
from functools import partial
from typing import NamedTuple, TypeAlias
from weakref import ref

Task: TypeAlias = asyncio.Task[object]


class _Deferred:
    """A cancellation that is still to be delivered.

    Attributes:
        before: The task's ``cancelling()`` when its wait began.
        message: The message of the cancellation; some libraries recognise their own by it.
        raised: Whether it was raised at the task's next wait on a channel.
    """

    __slots__ = ("before", "message", "raised")

    def __init__(self, before: int, message: object) -> None:
        self.before = before
        self.message = message
        self.raised = False

    def cancel(self, task: Task) -> None:
        """Cancel a task that is not done, without counting the request again."""
        task.cancel(self.message)
        task.uncancel()


class _Awaiting(NamedTuple):
    """A task that awaits another task, as it was when the push of the innermost one turned out to be done."""

    task: Task
    before: int
    """Its ``cancelling()`` minus the requests that it passed on since the innermost wait began."""
    above: list[_Awaiting]


# The keys are weak references, so that a task whose loop was closed before the delivery is not kept alive. A plain
# dictionary, because every wait checks whether it is empty, and a WeakKeyDictionary does that in slow Python code.
pending: dict[ref[Task], _Deferred] = {}


def defer(cancellation: CancelledError, before: int) -> None:
    """Defer a cancellation that came after the current task's push was done to the task's next wait.

    A coroutine that is driven by hand may have no task, so there is nothing to cancel.

    Args:
        cancellation: The cancellation that arrived.
        before: The task's ``cancelling()`` when the wait began.
    """
    if asyncio._get_running_loop() is None:  # noqa: SLF001  # In asyncio's __all__.
        return
    task = asyncio.current_task()
    if task is not None:
        _defer(task, before, cancellation.args[0] if cancellation.args else None)


def raise_pending() -> None:
    """Raise the cancellation that was deferred for the current task, if there is one.

    Otherwise a receiver that completes a push in every iteration could delay the delivery forever.
    """
    task = asyncio.current_task()
    deferred = None if task is None else pending.pop(ref(task), None)
    if task is None or deferred is None or task.cancelling() <= deferred.before:
        return
    deferred.raised = True
    del task  # Otherwise the error, this frame and the task would keep each other alive.
    raise CancelledError(*([] if deferred.message is None else [deferred.message]))


def _defer(task: Task, before: int, message: object) -> None:
    """Have a task cancelled in the loop's next iteration, or at its next wait on a channel if that is sooner."""
    deferred = _Deferred(before, message)
    pending[ref(task, _forget)] = deferred
    # The tasks that await this one may end in the same iteration, and then no longer know who awaits them.
    above = _awaiting(task, before)
    at_end = partial(_pass_up, deferred, before, above)
    if above:
        task.add_done_callback(at_end)  # Behind the wakeup of the task above, which has then run to its next wait.
    task.get_loop().call_soon(_deliver, task, deferred, at_end)


def _forget(key: ref[Task]) -> None:
    pending.pop(key, None)


def _deliver(task: Task, deferred: _Deferred, at_end: partial[None]) -> None:
    """Cancel the task, one iteration after its push."""
    key = ref(task)
    here = pending.get(key) is deferred
    if here:
        del pending[key]
    if task.done():  # The callback at its end passes the cancellation up.
        return
    task.remove_done_callback(at_end)
    if here and task.cancelling() > deferred.before:
        deferred.cancel(task)


def _awaiting(task: Task, before: int) -> list[_Awaiting]:
    """List the tasks that passed a request on to this one by awaiting it directly, each with those that await it.

    Each of them has its wakeup among the callbacks of the task; asyncio has no public way to find out.
    """
    found: list[_Awaiting] = []
    unseen = [(task, before, found)]
    while unseen:
        below, its_before, above = unseen.pop()
        passed_on = below.cancelling() - its_before
        for callback, _ in getattr(below, "_callbacks", None) or ():
            owner: Task | None = getattr(callback, "__self__", None)
            if owner is None or getattr(owner, "_fut_waiter", None) is not below:
                continue
            own = max(0, owner.cancelling() - passed_on)
            if owner.cancelling() > own:
                above.append(_Awaiting(owner, own, []))
                unseen.append((owner, own, above[-1].above))
    return found


def _pass_up(deferred: _Deferred, before: int, above: list[_Awaiting], ended: Task) -> None:
    """Cancel the tasks that awaited a task which ended without raising the cancellation they passed on to it."""
    if deferred.raised or ended.cancelled() or ended.cancelling() <= before:
        return
    for task, own, further in above:
        if task.cancelling() <= own:
            continue
        waiter: asyncio.Future[object] | None = getattr(task, "_fut_waiter", None)
        if task.done():  # It ended in this very iteration: the task that awaits it resumes in the next.
            task.add_done_callback(partial(_pass_up, deferred, own, further))
        elif waiter is not None and waiter.done():  # Its next wait is over too, ended by another task.
            _defer(task, own, deferred.message)
        else:
            deferred.cancel(task)
