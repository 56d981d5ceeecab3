"""Faults that show where a signal handler or a finaliser uses the channel in the middle of a call."""

from __future__ import annotations

from tests.faults.fault import Fault

INTERRUPTED = [
    Fault(
        "a push looks for a waiting pull before the jump back to its loop only",
        "_waiting.py",
        "while True:\n"
        "            try:\n"
        "                entry = waiter, _ = self.popitem(False)  # noqa: FBT003  "
        "# As a keyword it would add a tenth to this call.\n"
        "            except KeyError:\n"
        "                return None\n",
        "while self:\n            entry = waiter, _ = self.popitem(False)\n",
    ),
    Fault(
        "a close looks who waits before the jump back to its loop only",
        "_waiting.py",
        "while True:\n            if not self:\n                break\n            waiter, _",
        "while self:\n            waiter, _",
    ),
    Fault(
        "an immediate close looks what is left before the jump back to its loop only",
        "_core.py",
        "while True:\n"
        "            if not self._unclaimed:\n"
        "                break\n"
        "            self._unclaimed -= 1\n            dropped",
        "while self._unclaimed:\n            self._unclaimed -= 1\n            dropped",
    ),
    Fault(
        "a pull finds an item before it is out of its line",
        "_core.py",
        "        if self._pulls and not self._closed and (pull := self._pulls.take()) is not None:\n"
        "            try:\n"
        "                self._items.append(item)  # Claimed",
        "        pull = None\n"
        "        if self._pulls and not self._closed:\n"
        "            self._items.append(item)\n"
        "            try:\n"
        "                pull = self._pulls.take()\n"
        "            finally:\n"
        "                if pull is None:\n"
        "                    self._items.pop()\n"
        "        if pull is not None:\n"
        "            try:\n"
        "                pass  # Claimed",
    ),
    Fault(
        "a push for which there is room counts its item after it has entered",
        "_sending.py",
        "            self._unclaimed = unclaimed + 1\n"
        "            try:\n"
        "                self._items.append(item)\n"
        "            except BaseException:\n"
        "                self._unclaimed -= 1\n"
        "                raise\n"
        "            return\n",
        "            self._items.append(item)\n            self._unclaimed = unclaimed + 1\n            return\n",
    ),
    Fault(
        "a push without waiting counts its item after it has entered",
        "_sending.py",
        "            self._unclaimed = unclaimed + 1\n"
        "            try:\n"
        "                self._items.append(item)\n"
        "            except BaseException:\n"
        "                self._unclaimed -= 1\n"
        "                raise\n"
        "        elif",
        "            self._items.append(item)\n            self._unclaimed = unclaimed + 1\n        elif",
    ),
    Fault(
        "a push that looked closer counts its item after it has entered",
        "_core.py",
        "            self._unclaimed += 1\n"
        "            try:\n"
        "                self._items.append(item)\n"
        "            except BaseException:\n"
        "                self._unclaimed -= 1\n"
        "                raise\n",
        "            self._items.append(item)\n            self._unclaimed += 1\n",
    ),
    Fault(
        "a pull counts its item after it has left",
        "_receiving.py",
        "            self._unclaimed = unclaimed - 1\n            return self._items.popleft()\n        if (self",
        "            item = self._items.popleft()\n"
        "            self._unclaimed = unclaimed - 1\n"
        "            return item\n"
        "        if (self",
    ),
    Fault(
        "an iteration counts its item after it has left",
        "_receiving.py",
        "            self._unclaimed = unclaimed - 1\n            return self._items.popleft()\n        try:",
        "            item = self._items.popleft()\n"
        "            self._unclaimed = unclaimed - 1\n"
        "            return item\n"
        "        try:",
    ),
    Fault(
        "a push lets its item be lost whose pull was cancelled meanwhile",
        "_core.py",
        "except InvalidStateError:  # Its wait has ended in the meantime.\n                self._release_claim()\n",
        "except InvalidStateError:  # Its wait has ended in the meantime.\n                pass\n",
    ),
    Fault(
        "what comes between the look of a pull and its wait goes unseen",
        "_core.py",
        "        if self._closed or self._unclaimed:\n            self._serve_latecomers()\n",
        "",
    ),
    Fault(
        "what comes between the look of a push and its wait goes unseen",
        "_core.py",
        "        if self._closed or self._unclaimed < self._bound:\n            self._serve_latecomers()\n",
        "",
    ),
    Fault(
        "a push that comes to wait as the channel is closed waits for ever",
        "_core.py",
        "        if self._closed:\n            self._pushes.wake_closed(self._closed_to_pushes)\n        self._let_in",
        "        self._let_in",
    ),
    Fault(
        "a pull that comes to wait as the channel is closed waits for ever",
        "_core.py",
        "                break\n        self._wake_ended_pulls()\n",
        "                break\n",
    ),
    Fault(
        "who has just let a push in waits if its item is gone",
        "_core.py",
        "while self._pushes and self._unclaimed < limit:",
        "if self._pushes and self._unclaimed < limit:",
    ),
    Fault(
        "an item that enters while the buffer is begun is lost",
        "_core.py",
        "if self._items is NO_BUFFER:  # Otherwise a handler has made it.",
        "if True:",
    ),
    Fault(
        "who comes as the first pull begins to wait waits in a line of its own",
        "_core.py",
        "if self._pulls is NO_LINE:  # Otherwise a handler has made it.",
        "if True:",
    ),
    Fault(
        "who comes as the first push begins to wait waits in a line of its own",
        "_core.py",
        "if self._pushes is NO_LINE:  # The same.",
        "if True:",
    ),
    Fault(
        "who comes as the last of many leaves is forgotten",
        "_waiting.py",
        "        if not self:\n            self._was_long = False\n",
        "        if True:\n            self._was_long = False\n",
    ),
    Fault(
        "a select gives up if the case that it chose is not ready any more",
        "select.py",
        "return _attempt([None if at == position else case for at, case in enumerate(cases)], ordered)",
        "return None",
    ),
    Fault(
        "a pull is served though its coroutine was closed meanwhile",
        "_waiting.py",
        "            waiter.cancel()  # A call that",
        "            pass  # A call that",
    ),
]
