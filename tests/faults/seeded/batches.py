"""Faults in what batches take, set aside, give back and wait for."""

from __future__ import annotations

from tests.faults.fault import Fault

LEAVE = "            if self._pulls.leave(waiter):\n                self._release_claim()\n"
OF_A_BATCH = "            raise\n        if outcome is None:"  # Rather than of a pull.
GIVE_BACK = "            for _ in range(claims):\n                self._release_claim()\n"
LOOK = "claims += self._claim_some(limit - claims)\n"

BATCHES = [
    Fault("a batch that is cancelled keeps what it has", "_receiving.py", GIVE_BACK, ""),
    Fault(
        "a batch that is cancelled takes with it what it has",
        "_receiving.py",
        GIVE_BACK,
        "            self._take_claimed(claims)\n",
    ),
    Fault(
        "a batch gives one item back, whatever it has",
        "_receiving.py",
        "            for _ in range(claims):\n",
        "            if claims:\n",
    ),
    Fault(
        "a batch keeps what it has where it is refused, or its coroutine closed",
        "_receiving.py",
        f"        except BaseException:\n{GIVE_BACK}",
        f"        except CancelledError:\n{GIVE_BACK}",
    ),
    Fault(
        "a woken batch that is cancelled keeps its claim",
        "_receiving.py",
        f"{LEAVE}{OF_A_BATCH}",
        f"            self._pulls.leave(waiter)\n{OF_A_BATCH}",
    ),
    Fault("a batch lets no push in", "_core.py", "self._let_in(self._bound + limit)", "self._let_in(self._bound)"),
    Fault(
        "a batch lets in a push for which it leaves no room",
        "_core.py",
        "self._let_in(self._bound + limit)",
        "self._let_in(self._bound + limit + 1)",
    ),
    Fault(
        "a batch takes all there is, whatever its limit",
        "_core.py",
        "claimed = unclaimed if unclaimed < limit else limit",
        "claimed = unclaimed",
    ),
    Fault(
        "a batch claims what a handler takes meanwhile",
        "_core.py",
        "        claimed = unclaimed if unclaimed < limit else limit  # noqa: FURB136  # min() is a call.\n"
        "        self._unclaimed = unclaimed - claimed\n",
        "        claimed = min(unclaimed, limit)\n        self._unclaimed -= claimed\n",
    ),
    Fault(
        "a batch does not look at what came with its first item",
        "_receiving.py",
        f"            {LOOK}            if within",
        "            if within",
    ),
    Fault(
        "a batch does not look at what came with a further item",
        "_receiving.py",
        f"                        claims += 1\n                        {LOOK}",
        "                        claims += 1\n",
    ),
    Fault(
        "a batch does not look at what came as its time ended",
        "_receiving.py",
        f"                    timer.stop()\n                {LOOK}",
        "                    timer.stop()\n",
    ),
    Fault(
        "a batch waits for more though it has no time",
        "_receiving.py",
        "            if within and claims",
        "            if claims",
    ),
    Fault(
        "a batch of a closed channel waits for more",
        "_receiving.py",
        " and not self._has_ended():\n                timer",
        ":\n                timer",
    ),
    Fault(
        "a batch that has some raises at a close",
        "_receiving.py",
        "        return outcome is self._pulls\n",
        "        if outcome not in {None, self._pulls}:\n"
        "            raise self._closed_to_pulls()\n"
        "        return outcome is self._pulls\n",
    ),
    Fault("a batch whose time is over waits on if it was woken", "_receiving.py", " and not timer.over", ""),
    Fault(
        "a batch whose time is over stays in its line",
        "_receiving.py",
        "        if outcome is None:  # The time is up.\n            self._pulls.leave(waiter)\n",
        "",
    ),
    Fault(
        "the timer of a batch runs on",
        "_receiving.py",
        "                    timer.stop()\n",
        "                    pass\n",
    ),
    Fault(
        "a batch that waits for more stands before all others",
        "_receiving.py",
        "            timer.waiter = waiter\n        try:\n            self._join_pulls(waiter)\n",
        "            timer.waiter = waiter\n        try:\n            self._join_pulls(waiter)\n"
        "            if timer is not None:\n                self._pulls.move_to_end(waiter, last=False)\n",
    ),
    Fault(
        "a timer complains where the wait is over already",
        "_waiting.py",
        "        with suppress(InvalidStateError):  # Its wait is over.\n            self.waiter.set_result",
        "        self.waiter.set_result",
    ),
    Fault("a limit of 0 is taken", "_arguments.py", "    if number < 1:", "    if number < 0:"),
    Fault(
        "True is taken for a number", "_arguments.py", "isinstance(number, (bool, float))", "isinstance(number, float)"
    ),
    Fault("NaN is taken for a time", "_arguments.py", "    if isnan(number):", "    if False:"),
    Fault("a time below 0 is taken", "_arguments.py", "    if number < 0:", "    if number < -1:"),
    Fault("True is taken for a time", "_arguments.py", "isinstance(seconds, bool) or ", ""),
]
