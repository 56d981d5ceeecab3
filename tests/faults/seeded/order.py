"""Faults in what enters, what leaves, in which order, and what need not wait."""

from __future__ import annotations

from tests.faults.fault import Fault

ORDER = [
    Fault(
        "the pull that began to wait last is served first",
        "_waiting.py",
        "self.popitem(False)  # noqa: FBT003  # As a keyword",
        "self.popitem()  # noqa: FBT003  # As a keyword",
    ),
    Fault(
        "the push that began to wait last is served first",
        "_waiting.py",
        "entry = waiter, _ = self.popitem(False)  # noqa: FBT003  # The same",
        "entry = waiter, _ = self.popitem()  # noqa: FBT003  # The same",
    ),
    Fault(
        "an item that is let in overtakes the buffer",
        "_core.py",
        "self._items.append(push[1])",
        "self._items.appendleft(push[1])",
    ),
    Fault(
        "a woken pull takes the newest item",
        "_receiving.py",
        "raise self._closed_to_pulls()\n        return self._items.popleft()",
        "raise self._closed_to_pulls()\n        return self._items.pop()",
    ),
    Fault(
        "a woken pull leaves its item for another",
        "_receiving.py",
        "raise self._closed_to_pulls()\n        return self._items.popleft()",
        "raise self._closed_to_pulls()\n        return self._items[0]",
    ),
    Fault(
        "a later arrival takes a claimed item",
        "_core.py",
        "if self._unclaimed:\n            self._unclaimed -= 1\n            return True",
        "if self._items:\n            self._unclaimed -= 1\n            return True",
    ),
    Fault(
        "a pull that need not wait takes a claimed item",
        "_receiving.py",
        "        if (unclaimed := self._unclaimed) and not self._pushes:\n"
        "            self._unclaimed = unclaimed - 1\n"
        "            return self._items.popleft()\n"
        "        if (self._pushes or self._closed) and",
        "        if self._items and not self._pushes:\n"
        "            self._unclaimed -= 1\n"
        "            return self._items.popleft()\n"
        "        if (self._pushes or self._closed) and",
    ),
    Fault(
        "an iteration takes a claimed item",
        "_receiving.py",
        "        if (unclaimed := self._unclaimed) and not self._pushes:\n"
        "            self._unclaimed = unclaimed - 1\n"
        "            return self._items.popleft()\n"
        "        try:",
        "        if self._items and not self._pushes:\n"
        "            self._unclaimed -= 1\n"
        "            return self._items.popleft()\n"
        "        try:",
    ),
    Fault(
        "a push goes to the buffer although a pull waits",
        "_core.py",
        "        self._push_limit = 0\n        if self._closed or",
        "        if self._closed or",
    ),
    Fault(
        "a pull that need not wait lets no waiting push in",
        "_receiving.py",
        "        if (unclaimed := self._unclaimed) and not self._pushes:\n"
        "            self._unclaimed = unclaimed - 1\n"
        "            return self._items.popleft()\n"
        "        if (self._pushes or self._closed) and",
        "        if unclaimed := self._unclaimed:\n"
        "            self._unclaimed = unclaimed - 1\n"
        "            return self._items.popleft()\n"
        "        if (self._pushes or self._closed) and",
    ),
    Fault(
        "a pull without waiting lets no waiting push in",
        "_receiving.py",
        "if (unclaimed := self._unclaimed) and not self._pushes:\n"
        "            self._unclaimed = unclaimed - 1\n        elif",
        "if unclaimed := self._unclaimed:\n            self._unclaimed = unclaimed - 1\n        elif",
    ),
    Fault(
        "an iteration lets no waiting push in",
        "_receiving.py",
        "        if (unclaimed := self._unclaimed) and not self._pushes:\n"
        "            self._unclaimed = unclaimed - 1\n"
        "            return self._items.popleft()\n"
        "        try:",
        "        if unclaimed := self._unclaimed:\n"
        "            self._unclaimed = unclaimed - 1\n"
        "            return self._items.popleft()\n"
        "        try:",
    ),
    Fault(
        "a pull lets a push in above the bound",
        "_core.py",
        "self._let_in(self._bound + 1)",
        "self._let_in(self._bound + 2)",
    ),
    Fault(
        "a push enters above the bound",
        "_core.py",
        "if self._unclaimed < self._bound:\n            self._unclaimed += 1",
        "if self._unclaimed <= self._bound:\n            self._unclaimed += 1",
    ),
    Fault(
        "claimed items count against the bound",
        "_core.py",
        "if self._unclaimed < self._bound:\n            self._unclaimed += 1",
        "if len(self._items) < self._bound:\n            self._unclaimed += 1",
    ),
    Fault(
        "the size counts claimed items",
        "buffered.py",
        'items in the buffer can be pulled."""\n        return self._unclaimed',
        'that are there to pull."""\n        return len(self._items)',
    ),
    Fault(
        "a channel with nothing but claimed items is not empty",
        "_receiving.py",
        "return not self._unclaimed",
        "return not self._items",
    ),
    Fault(
        "a channel is full of claimed items",
        "_sending.py",
        "return self._unclaimed >= self.capacity",
        "return len(self._items) >= self.capacity",
    ),
    Fault(
        "a push that need not wait suspends",
        "_sending.py",
        "if self._try_push(item):\n            return\n",
        "if self._try_push(item):\n            await asyncio.sleep(0)\n            return\n",
    ),
    Fault(
        "a pull that need not wait suspends",
        "_receiving.py",
        "and self._try_claim():\n            return",
        "and self._try_claim():\n            await asyncio.sleep(0)\n            return",
    ),
    Fault(
        "two channels share a waiting line",
        "_core.py",
        "line: Line[None] = Line()  # Line",
        'line = globals().setdefault("shared", Line())  # As',
    ),
]
