"""Faults in what lies around a channel: other loops, cost, arguments, errors."""

from __future__ import annotations

from tests.faults.fault import Fault

SURROUNDINGS = [
    Fault(
        "a task of another loop is woken",
        "_waiting.py",
        "_check_resting(waiter.get_loop())",
        "pass",
    ),
    Fault(
        "a task may wait beside one of another loop",
        "_waiting.py",
        "if self:\n            self.first()\n        self[waiter]",
        "self[waiter]",
    ),
    Fault(
        "a task of a resting loop is woken under another",
        "_waiting.py",
        "_get_running_loop() is not None or loop",
        "loop",
    ),
    Fault(
        "a close wakes the pulls of another loop",
        "_exchange.py",
        "        self._pulls.first()  # Both",
        "        # Both",
    ),
    Fault(
        "a claim let go after its loop was closed raises",
        "_exchange.py",
        "with suppress(RuntimeError):",
        "with suppress():",
    ),
    Fault(
        "leaving a line takes time in its length",
        "_waiting.py",
        "self.pop(waiter, None)\n",
        "waiter in list(self) and self.pop(waiter)\n",
    ),
    Fault(
        "a buffer of 0 is taken",
        "buffered.py",
        "if bound < 1:",
        "if bound < 0:",
    ),
    Fault(
        "a copied error takes its channel along",
        "errors.py",
        '{**vars(self), "channel": None}',
        "vars(self)",
    ),
]
