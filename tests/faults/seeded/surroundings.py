"""Faults in what lies around a channel: other loops, cost, arguments, errors."""

from __future__ import annotations

from tests.faults.fault import Fault

SURROUNDINGS = [
    Fault(
        "a task of another loop is woken",
        "_waiting.py",
        "if loop is not running and (running is not None or loop.is_running() or loop.is_closed()):",
        "if False:",
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
        "(running is not None or loop",
        "(loop",
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
        "self.pop(waiter, None)\n        return",
        "waiter in list(self) and self.pop(waiter)\n        return",
    ),
    Fault(
        "a task of another loop that could not be woken loses its turn",
        "_waiting.py",
        "                    self.move_to_end(waiter, last=False)\n",
        "",
    ),
    Fault(
        "what comes between the look of a pull and its wait goes unseen",
        "channel.py",
        "            if self._closed or len(self._items) > self._claims:\n                self._catch_up()\n",
        "",
    ),
    Fault(
        "what comes between the look of a push and its wait goes unseen",
        "channel.py",
        "if self._closed or len(self._items) - self._claims < self._bound:\n                self._catch_up()\n",
        "\n",
    ),
    Fault(
        "who has just let a push in waits if its item is gone",
        "_exchange.py",
        "while self._pushes and len",
        "if self._pushes and len",
    ),
    Fault(
        "an item that enters while the row is begun is lost",
        "_exchange.py",
        "if self._items is _UNUSED:  # Else somebody came between who has begun it.",
        "if True:",
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
