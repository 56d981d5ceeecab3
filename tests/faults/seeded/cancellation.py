"""Faults in what becomes of a wait that is broken off: before the commit, and after it."""

from __future__ import annotations

from tests.faults.fault import Fault

CANCELLATION = [
    Fault(
        "a wait that is over is served",
        "_waiting.py",
        "except InvalidStateError:  # Its wait is over.\n                continue\n",
        "except InvalidStateError:  # Its wait is over.\n                pass\n",
    ),
    Fault(
        "a wait that is over stays in its line",
        "_waiting.py",
        "        self.pop(waiter, None)\n        return",
        "        return",
    ),
    Fault(
        "a pull that is closed while it waits leaves its entry, or its claim",
        "channel.py",
        "except BaseException:\n            if self._pulls",
        "except CancelledError:\n            if self._pulls",
    ),
    Fault(
        "a push that is closed while it waits leaves its entry",
        "channel.py",
        "except BaseException:\n            self._pushes",
        "except Exception:\n            self._pushes",
    ),
    Fault(
        "a cancelled pull keeps its dead claim",
        "channel.py",
        "if self._pulls.withdraw(waiter):\n                self._let_go()",
        "self._pulls.withdraw(waiter)",
    ),
    Fault(
        "a cancelled pull takes its item with it",
        "channel.py",
        "self._let_go()",
        "self._redeem()",
    ),
    Fault(
        "a claim that is let go is not passed on",
        "_exchange.py",
        "            if self._pulls.commit() is not None:\n                return\n",
        "            pass\n",
    ),
    Fault(
        "a push raises though its item was taken",
        "channel.py",
        "if not self._pushes.withdraw(waiter):\n                raise\n",
        "self._pushes.withdraw(waiter)\n            raise\n",
    ),
    Fault(
        "a push whose item was taken takes it back if it still finds it",
        "channel.py",
        "            hand_on(task, before, cancellation)",
        "            if item in self._items:\n"
        "                self._items.remove(item)\n"
        "                raise\n"
        "            hand_on(task, before, cancellation)",
    ),
    Fault(
        "a cancellation after the commit is dropped",
        "channel.py",
        "            hand_on(task, before, cancellation)",
        "           ",
    ),
    Fault(
        "a cancellation after the commit strikes at the next wait on a channel only",
        "_waiting.py",
        "    task.get_loop().call_soon(_strike, task, debt)\n",
        "",
    ),
    Fault(
        "a cancellation after the commit does not strike at the next wait at once",
        "_waiting.py",
        "    if _debts:\n        _settle()\n",
        "",
    ),
    Fault(
        "a cancellation is handed on though whoever asked took it back",
        "_waiting.py",
        "return task.cancelling() > debt.requests",
        "return True",
    ),
    Fault(
        "a cancellation that was taken back strikes where the task carries an older request",
        "channel.py",
        "before = task.cancelling() if task is not None else 0",
        "before = 0",
    ),
    Fault(
        "a cancellation of a select that was taken back strikes where the task carries an older request",
        "select.py",
        "before = task.cancelling() if task is not None else 0",
        "before = 0",
    ),
    Fault(
        "a cancellation that was handed on is counted twice",
        "_waiting.py",
        "        task.uncancel()\n",
        "        pass\n",
    ),
    Fault(
        "a cancellation that was handed on loses its message",
        "_waiting.py",
        "task.cancel(debt.message)",
        "task.cancel()",
    ),
    Fault(
        "a cancellation that was raised at the next wait loses its message",
        "_waiting.py",
        "raise CancelledError(*([] if debt.message is None else [debt.message]))",
        "raise CancelledError",
    ),
    Fault(
        "a cancellation that was raised at the next wait strikes again",
        "_waiting.py",
        "debt = _debts.pop(ref(task), None)",
        "debt = _debts.get(ref(task))",
    ),
    Fault(
        "what is owed to a task of a closed loop is kept for ever",
        "_waiting.py",
        "_debts[ref(task, _forget)] = debt",
        "_debts[ref(task)] = debt",
    ),
]
