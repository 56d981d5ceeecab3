"""Faults in what becomes of a wait that is cancelled, or whose coroutine is closed: before the commit, and after it."""

from __future__ import annotations

from tests.faults.fault import Fault

PULL_RAISES = (
    "        except BaseException:\n"
    "            if self._pulls.leave(waiter):\n"
    "                self._release_claim()\n"
    "            raise\n"
    "        if outcome is not self._pulls:\n"  # Without this, it stands in a batch too.
)

CANCELLATION = [
    Fault(
        "a push is let in whose wait is over",
        "_waiting.py",
        "except InvalidStateError:  # Its wait is over.\n                continue\n            return entry",
        "except InvalidStateError:  # Its wait is over.\n                pass\n            return entry",
    ),
    Fault(
        "a push meets a pull whose wait is over",
        "_waiting.py",
        "            if not waiter.done():\n                return entry\n",
        "            return entry\n",
    ),
    Fault(
        "a wait that is over stays in its line",
        "_waiting.py",
        "if self.pop(waiter, _ABSENT) is not _ABSENT:",
        "if self.get(waiter, _ABSENT) is not _ABSENT:",
    ),
    Fault(
        "a pull whose coroutine is closed leaves its entry, or its claim",
        "_receiving.py",
        PULL_RAISES,
        PULL_RAISES.replace("BaseException", "CancelledError"),
    ),
    Fault(
        "a push whose coroutine is closed leaves its entry",
        "_sending.py",
        "except BaseException:\n            self._pushes",
        "except Exception:\n            self._pushes",
    ),
    Fault(
        "a cancelled pull keeps its claim",
        "_receiving.py",
        PULL_RAISES,
        PULL_RAISES.replace(
            "if self._pulls.leave(waiter):\n                self._release_claim()", "self._pulls.leave(waiter)"
        ),
    ),
    Fault(
        "a cancelled pull takes its item with it",
        "_receiving.py",
        PULL_RAISES,
        PULL_RAISES.replace("self._release_claim()", "self._items.popleft()"),
    ),
    Fault(
        "a released claim does not go to the next pull",
        "_core.py",
        "            if self._pulls.commit() is not None:\n                return True\n",
        "            pass\n",
    ),
    Fault(
        "a push raises though its item was taken",
        "_sending.py",
        "if not self._pushes.leave(waiter):\n                raise\n",
        "self._pushes.leave(waiter)\n            raise\n",
    ),
    Fault(
        "a push whose item was taken takes it back if it still finds it",
        "_sending.py",
        "            defer(cancellation, before)",
        "            if item in self._items:\n"
        "                self._items.remove(item)\n"
        "                raise\n"
        "            defer(cancellation, before)",
    ),
    Fault(
        "a cancellation that comes after the push was done is lost",
        "_sending.py",
        "            defer(cancellation, before)",
        "           ",
    ),
    Fault(
        "a cancellation that comes after the push of a select was done is lost",
        "select.py",
        "        defer(error, before)",
        "        pass",
    ),
    Fault(
        "a deferred cancellation is raised at the next wait on a channel only",
        "_cancelling.py",
        "    task.get_loop().call_soon(_deliver, task, deferred, at_end)\n",
        "",
    ),
    Fault(
        "a deferred cancellation is not raised at the next wait on a channel",
        "_waiting.py",
        "    if pending:\n        raise_pending()\n",
        "",
    ),
    Fault(
        "a deferred cancellation that was taken back is delivered",
        "_cancelling.py",
        "if here and task.cancelling() > deferred.before:",
        "if here:",
    ),
    Fault(
        "a deferred cancellation that was taken back is raised at the next wait on a channel",
        "_cancelling.py",
        "if task is None or deferred is None or task.cancelling() <= deferred.before:",
        "if task is None or deferred is None:",
    ),
    Fault(
        "a deferred cancellation of a push that was taken back is delivered beside an older request",
        "_sending.py",
        "before = task.cancelling() if task is not None else 0",
        "before = 0",
    ),
    Fault(
        "a deferred cancellation of a select that was taken back is delivered beside an older request",
        "select.py",
        "before = task.cancelling() if task is not None else 0",
        "before = 0",
    ),
    Fault(
        "a deferred cancellation is counted twice",
        "_cancelling.py",
        "        task.uncancel()\n",
        "",
    ),
    Fault(
        "a deferred cancellation loses its message",
        "_cancelling.py",
        "task.cancel(self.message)",
        "task.cancel()",
    ),
    Fault(
        "a deferred cancellation loses its message at the next wait on a channel",
        "_cancelling.py",
        "raise CancelledError(*([] if deferred.message is None else [deferred.message]))",
        "raise CancelledError",
    ),
    Fault(
        "a deferred cancellation that was raised at the next wait on a channel is raised again",
        "_cancelling.py",
        "else pending.pop(ref(task), None)",
        "else pending.get(ref(task))",
    ),
    Fault(
        "a deferred cancellation that was delivered is raised again at the next wait on a channel",
        "_cancelling.py",
        "    if here:\n        del pending[key]\n",
        "",
    ),
    Fault(
        "a deferred cancellation of a task whose loop was closed is kept for ever",
        "_cancelling.py",
        "pending[ref(task, _forget)] = deferred",
        "pending[ref(task)] = deferred",
    ),
    Fault(
        "a push keeps its task in a reference cycle",
        "_sending.py",
        "        del task  # Otherwise",
        "        # Else",
    ),
    Fault(
        "a select keeps its task in a reference cycle",
        "select.py",
        "    del task  # Otherwise",
        "    # Else",
    ),
]
