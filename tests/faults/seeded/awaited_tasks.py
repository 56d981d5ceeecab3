"""Faults in where a deferred cancellation goes if its task ends first: to the task that awaits it, and so on up."""

from __future__ import annotations

from tests.faults.fault import Fault

AWAITED_TASKS = [
    Fault(
        "a deferred cancellation dies with its task",
        "_cancelling.py",
        "        task.add_done_callback(at_end)  # Behind",
        "        pass  # Behind",
    ),
    Fault(
        "a deferred cancellation comes to the awaiting task an iteration late",
        "_cancelling.py",
        "        else:\n            deferred.cancel(task)\n",
        "        else:\n            task.get_loop().call_soon(deferred.cancel, task)\n",
    ),
    Fault(
        "only one of the requests that a task has passed on counts as passed on",
        "_cancelling.py",
        "own = max(0, owner.cancelling() - passed_on)",
        "own = max(0, owner.cancelling() - 1)",
    ),
    Fault(
        "a task is cancelled for awaiting one that somebody else cancelled",
        "_cancelling.py",
        "own = max(0, owner.cancelling() - passed_on)",
        "own = owner.cancelling() - passed_on",
    ),
    Fault(
        "older requests of the task that ended count as passed on to it",
        "_cancelling.py",
        "passed_on = below.cancelling() - its_before",
        "passed_on = below.cancelling()",
    ),
    Fault(
        "a deferred cancellation that was taken back in the awaiting task is delivered there",
        "_cancelling.py",
        "        if task.cancelling() <= own:\n            continue\n",
        "",
    ),
    Fault(
        "a deferred cancellation that was taken back in the task that ended goes to the awaiting task",
        "_cancelling.py",
        "if deferred.raised or ended.cancelled() or ended.cancelling() <= before:",
        "if deferred.raised or ended.cancelled():",
    ),
    Fault(
        "a deferred cancellation that its task has caught goes to the awaiting task",
        "_cancelling.py",
        "if deferred.raised or ended.cancelled()",
        "if ended.cancelled()",
    ),
    Fault(
        "a task is cancelled again that awaits one which ended cancelled",
        "_cancelling.py",
        "if deferred.raised or ended.cancelled() or ended",
        "if deferred.raised or ended",
    ),
    Fault(
        "a deferred cancellation is lost where the awaiting task ends in the same iteration",
        "_cancelling.py",
        "            task.add_done_callback(partial(_pass_up, deferred, own, further))",
        "            pass",
    ),
    Fault(
        "only the task that awaits the innermost one is known",
        "_cancelling.py",
        "                unseen.append((owner, own, above[-1].above))\n",
        "",
    ),
    Fault(
        "a callback that is not a wakeup makes its task one that awaits",
        "_cancelling.py",
        'owner is None or getattr(owner, "_fut_waiter", None) is not below',
        "not isinstance(owner, asyncio.Task)",
    ),
    Fault(
        "a callback is left on a task that lives on",
        "_cancelling.py",
        "    task.remove_done_callback(at_end)\n",
        "",
    ),
    Fault(
        "a task class that does not show its callbacks is refused",
        "_cancelling.py",
        'getattr(below, "_callbacks", None) or ()',
        "below._callbacks",
    ),
    Fault(
        "a deferred cancellation is lost where the next wait of the awaiting task is over too",
        "_cancelling.py",
        "            _defer(task, own, deferred.message)\n",
        "            deferred.cancel(task)\n",
    ),
]
