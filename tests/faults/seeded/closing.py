"""Faults in who learns of a close, what it says, and what becomes of the items."""

from __future__ import annotations

from tests.faults.fault import Fault

CLOSING = [
    Fault(
        "a closed channel takes a push in",
        "_core.py",
        "        if self._closed:\n            raise self._closed_to_pushes()\n",
        "",
    ),
    Fault(
        "a closed channel takes a push for which there is room",
        "_sending.py",
        "        self._push_limit = 0\n        self._wake_ended_pulls",
        "        self._wake_ended_pulls",
    ),
    Fault(
        "a pull waits on a closed channel",
        "_core.py",
        "        if self._has_ended():\n            raise self._closed_to_pulls()\n",
        "",
    ),
    Fault(
        "a pull that finds nothing left suspends",
        "_receiving.py",
        "if (self._pushes or self._closed) and",
        "if self._closed:\n            await asyncio.sleep(0)\n        if (self._pushes or self._closed) and",
    ),
    Fault(
        "a select does not see that its pull is on a closed channel",
        "_core.py",
        "            or (self._closed and self._has_ended())\n",
        "",
    ),
    Fault(
        "a select does not see that its push is on a closed channel",
        "_core.py",
        "            or self._closed\n            or (bool(self._pulls)",
        "            or (bool(self._pulls)",
    ),
    Fault(
        "a close drops what the buffer holds",
        "_sending.py",
        "if immediate:",
        "if True:",
    ),
    Fault(
        "an immediate close throws claimed items away",
        "_core.py",
        "if not self._unclaimed:\n                break\n            self._unclaimed -= 1\n            dropped",
        "if not self._items:\n                break\n            self._unclaimed = 0\n            dropped",
    ),
    Fault(
        "an immediate close throws the oldest items away, claimed or not",
        "_core.py",
        "dropped.append(self._items.pop())",
        "dropped.append(self._items.popleft())",
    ),
    Fault(
        "an immediate close of a closed channel does nothing",
        "_sending.py",
        "        self._ask_lines()\n",
        "        if self._closed:\n            return\n",
    ),
    Fault(
        "a close leaves pushes waiting",
        "_sending.py",
        "        self._pushes.wake_closed(self._closed_to_pushes)\n        if immediate",
        "        if immediate",
    ),
    Fault(
        "a close leaves pulls waiting",
        "_sending.py",
        "        self._wake_ended_pulls()\n        self._pushes",
        "        self._pushes",
    ),
    Fault(
        "a push that waited returns at the close",
        "_sending.py",
        "        if outcome is not self._pushes:\n            raise self._closed_to_pushes()\n",
        "",
    ),
    Fault(
        "a close wakes who waits in the wrong order",
        "_waiting.py",
        "break\n            waiter, _ = self.popitem(False)",
        "break\n            waiter, _ = self.popitem()",
    ),
    Fault(
        "a close fails where a wait is over already",
        "_waiting.py",
        "            try:\n"
        "                waiter.set_result(closed)\n"
        "            except InvalidStateError:  # Its wait is over.\n"
        "                continue\n",
        "            waiter.set_result(closed)\n",
    ),
    Fault(
        "a cancelled wait takes the close for its commit",
        "_waiting.py",
        "waiter.done() and not waiter.cancelled() and waiter.result() is line",
        "waiter.done() and not waiter.cancelled()",
    ),
    Fault(
        "an iteration ends with an error",
        "_receiving.py",
        "raise StopAsyncIteration from None",
        "raise",
    ),
    Fault(
        "leaving async with does not close",
        "_sending.py",
        "            self.close()\n",
        "            pass\n",
    ),
    Fault(
        "the close of an async with hides the error of its body",
        "_sending.py",
        "            if error is None:\n                raise\n            error.add_note",
        "            if True:\n                raise\n            error.add_note",
    ),
    Fault(
        "an async with does not say that its channel could not be closed",
        "_sending.py",
        "            if error is None:\n                raise\n",
        "            if error is None:\n                return\n",
    ),
    Fault(
        "an error goes on without a note that the channel could not be closed",
        "_sending.py",
        'error.add_note(f"{self!r} was not closed: {refusal}")',
        "del refusal",
    ),
    Fault(
        "a push that meets the close says that nothing is left",
        "_core.py",
        'ChannelClosed(self, "push")',
        'ChannelClosed(self, "pull")',
    ),
    Fault(
        "a pull that finds nothing left says that it cannot push",
        "_core.py",
        'ChannelClosed(self, "pull")',
        'ChannelClosed(self, "push")',
    ),
    Fault(
        "a select does not say which case met the close that it found",
        "select.py",
        "        closed.index = position\n",
        "",
    ),
    Fault(
        "a select counts the case that met the close among the ready ones only",
        "select.py",
        "closed.index = position",
        "closed.index = 0",
    ),
    Fault(
        "a select does not say which case met the close that ended its wait",
        "select.py",
        "    error.index, _, _ = enrolled[id(outcome.line)]\n",
        "",
    ),
    Fault(
        "a select says that its first case met the close that ended its wait",
        "select.py",
        "enrolled[id(outcome.line)]",
        "next(iter(enrolled.values()))",
    ),
]
