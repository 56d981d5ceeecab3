"""Faults in what the two local ends of a queue elsewhere keep, repeat, prolong and give back."""

from __future__ import annotations

from tests.faults.fault import Fault

REMOTE = [
    Fault(
        "an item counts as stored though the engine did not take it",
        "_engine.py",
        "        except NotNow:",
        "        finally:",
    ),
    Fault(
        "leaving an outbox forgets what is not stored",
        "_outbox.py",
        "if items := self._ledger.unstored():",
        "if items := []:",
    ),
    Fault(
        "what is not stored hides the error of the block",
        "_outbox.py",
        "            if raised is None or isinstance(raised, GeneratorExit) or not is_failure(raised):",
        "            if True:",
    ),
    Fault(
        "a cancellation cuts the grace short",
        "_engine.py",
        "            interruption = cancellation",
        "            interruption, end = cancellation, 0",
    ),
    Fault(
        "a cancellation that comes in the grace is swallowed",
        "_outbox.py",
        "        if interruption is not None:\n            raise interruption\n",
        "",
    ),
    Fault(
        "what all tasks are cancelled with is not stored",
        "_outbox.py",
        "            if not self._task.cancelled() or time() >= end:\n",
        "            if True:\n",
    ),
    Fault(
        "flush waits for what a close discarded",
        "_outbox.py",
        "        self.appended -= 1",
        "        self.appended -= 0",
    ),
    Fault(
        "flush returns too early",
        "_outbox.py",
        "self._ledger.stored < min(goal,",
        "self._ledger.stored < min(goal - 1,",
    ),
    Fault("equal items have one identity", "_outbox.py", 'f"{self._token}-{next(self._numbers)}"', 'f"{item}"'),
    Fault("a delivery is entered twice", "_inbox.py", "        if self._entered:", "        if False:"),
    Fault(
        "an item is not known to be done when its block is left",
        "_inbox.py",
        "            await asyncio.wait(self._held.tasks)",
        "",
    ),
    Fault(
        "what raised is given out again at once",
        "_inbox.py",
        "partial(loan.give_back, RETRY_AFTER)",
        "partial(loan.give_back, 0.0)",
    ),
    Fault("poison is given out for ever", "_inbox.py", "        if loan.attempt > self.attempts:", "        if False:"),
    Fault("leases run out while items are used", "_inbox.py", "self._engine.lease / 3", "self._engine.lease * 3"),
    Fault(
        "an inbox holds more than it may",
        "_inbox.py",
        "len(self._held) >= self._prefetch",
        "len(self._held) > self._prefetch",
    ),
    Fault(
        "leaving an inbox gives back what is done",
        "_inbox.py",
        "self.decide(held, held.verdict or partial(held.loan.give_back, 0.0))",
        "self.decide(held, partial(held.loan.give_back, 0.0))",
    ),
    Fault("a receiver waits for ever after finish", "_inbox.py", "                    self.channel.close()\n", ""),
    Fault(
        "an inbox of a queue that is gone waits for ever",
        "_inbox.py",
        "            self.channel.close(cause=error)\n\n",
        "            del error\n\n",
    ),
]
