"""Faults in what enters, what leaves, in which order, and what need not wait."""

from __future__ import annotations

from tests.faults.fault import Fault

ORDER = [
    Fault(
        "the youngest waiter is served first",
        "_waiting.py",
        "entry = waiter, offer = self.popitem(False)",
        "entry = waiter, offer = self.popitem()",
    ),
    Fault(
        "an item that is let in overtakes the buffer",
        "_exchange.py",
        "if push is not None:\n                self._items.append(push[1])",
        "if push is not None:\n                self._items.appendleft(push[1])",
    ),
    Fault(
        "a woken pull takes the newest item",
        "_exchange.py",
        "self._pull_above -= 1\n        return self._items.popleft()",
        "self._pull_above -= 1\n        return self._items.pop()",
    ),
    Fault(
        "a woken pull leaves its item for another",
        "_exchange.py",
        "self._pull_above -= 1\n        return self._items.popleft()",
        "self._pull_above -= 1\n        return self._items[0]",
    ),
    Fault(
        "a newcomer takes a claimed item",
        "_exchange.py",
        "if len(self._items) > self._claims:\n            return True",
        "if self._items:\n            return True",
    ),
    Fault(
        "an iteration takes a claimed item",
        "channel.py",
        "if len(self._items) > self._pull_above:\n",
        "if self._items:\n",
    ),
    Fault(
        "the short way of a pull does not learn of a claim",
        "_exchange.py",
        "self._pull_above += 1\n            self._items.append(item)",
        "self._items.append(item)",
    ),
    Fault(
        "the short way of a push passes waiting pulls by",
        "channel.py",
        "        self._push_below = 0\n",
        "",
    ),
    Fault(
        "the short way of a pull lets no waiting push in",
        "channel.py",
        "        self._pull_above = inf\n",
        "",
    ),
    Fault(
        "a pull lets a push in above the bound",
        "_exchange.py",
        "len(self._items) - self._claims <= self._bound:  #",
        "len(self._items) - self._claims <= self._bound + 1:  #",
    ),
    Fault(
        "a push enters above the bound",
        "_exchange.py",
        "if len(self._items) - self._claims < self._bound:\n",
        "if len(self._items) - self._claims <= self._bound:\n",
    ),
    Fault(
        "claimed items count against the bound",
        "_exchange.py",
        "if len(self._items) - self._claims < self._bound:\n",
        "if len(self._items) < self._bound:\n",
    ),
    Fault(
        "the size counts claimed items",
        "buffered.py",
        "return len(self._items) - self._claims",
        "return len(self._items)",
    ),
    Fault(
        "a push that need not wait gives up its turn",
        "channel.py",
        "if self._offer(item):\n            return\n",
        "if self._offer(item):\n"
        "            waiter = self._pulls.stand(None)\n"
        "            self._pulls.commit()\n"
        "            await waiter\n"
        "            return\n",
    ),
    Fault(
        "two channels share a line",
        "_exchange.py",
        "self._pulls = Line()",
        'self._pulls = globals().setdefault("shared", Line())',
    ),
]
