"""Faults in what tells strategies from each other: what overflows, what holds the items, and what it refuses."""

from __future__ import annotations

from tests.faults.fault import Fault

OVERFLOWING = [
    Fault(
        "an overflow drops the oldest item, claimed or not",
        "_lossy.py",
        "        oldest = items[-unclaimed]  # One item for another, with no call between the check and the append.\n"
        "        del items[-unclaimed]\n",
        "        oldest = items.popleft()\n",
    ),
    Fault(
        "a sliding channel drops the newest item",
        "_lossy.py",
        "        oldest = items[-unclaimed]  # One item for another, with no call between the check and the append.\n"
        "        del items[-unclaimed]\n",
        "        oldest = items.pop()\n",
    ),
    Fault(
        "a sliding channel drops what is pushed",
        "_lossy.py",
        "        oldest = items[-unclaimed]  #",
        "        self._dropped += 1\n        return True\n        oldest = items[-unclaimed]  #",
    ),
    Fault(
        "a sliding channel drops one item alone where a claim that was let go left two too many",
        "_lossy.py",
        "            if self._unclaimed <= self._bound:\n                return True\n",
        "            return True\n",
    ),
    Fault(
        "an item that a sliding channel drops is not counted",
        "_lossy.py",
        "        del items[-unclaimed]\n        self._dropped += 1\n",
        "        del items[-unclaimed]\n",
    ),
    Fault(
        "an item that a sliding channel drops is counted twice",
        "_lossy.py",
        "        del items[-unclaimed]\n        self._dropped += 1\n",
        "        del items[-unclaimed]\n        self._dropped += 2\n",
    ),
    Fault(
        "of several items that a sliding channel drops at once only the first is counted",
        "_lossy.py",
        "            self._dropped += 1\n",
        "",
    ),
    Fault(
        "a sliding channel drops an item for one that its buffer refuses",
        "_lossy.py",
        "            items.insert(len(items) - unclaimed + 1, oldest)\n            self._dropped -= 1\n",
        "            self._unclaimed -= 1\n",
    ),
    Fault(
        "a sliding channel counts an item that it has not dropped, since its buffer refuses the other",
        "_lossy.py",
        "            self._dropped -= 1\n",
        "",
    ),
    Fault(
        "the oldest item of a sliding channel leaves its place when its buffer refuses another",
        "_lossy.py",
        "items.insert(len(items) - unclaimed + 1, oldest)",
        "items.insert(0, oldest)",
    ),
    Fault(
        "the finaliser of an item that a sliding channel drops finds it counted still",
        "_lossy.py",
        "        oldest = items[-unclaimed]  # One item for another, with no call between the check and the append.\n",
        "        oldest = None\n",
    ),
    Fault(
        "the size of a channel that drops items counts claimed items",
        "_lossy.py",
        'items in the buffer can be pulled."""\n        return self._unclaimed',
        'that are there to pull."""\n        return len(self._items)',
    ),
    Fault(
        "a dropping channel drops the newest item that it holds",
        "dropping.py",
        "        del item\n",
        "        self._items.pop()\n        self._items.append(item)\n",
    ),
    Fault(
        "an item that a dropping channel drops is not counted",
        "dropping.py",
        "        self._dropped += 1\n        return True\n",
        "        return True\n",
    ),
    Fault(
        "an item that a dropping channel drops is counted twice",
        "dropping.py",
        "        self._dropped += 1\n        return True\n",
        "        self._dropped += 2\n        return True\n",
    ),
    Fault(
        "a push to a full dropping channel waits",
        "dropping.py",
        "        self._dropped += 1\n        return True",
        "        self._dropped += 1\n        return False",
    ),
    Fault(
        "what an immediate close throws away counts as dropped",
        "_core.py",
        "            dropped.append(self._items.pop())\n",
        "            dropped.append(self._items.pop())\n"
        '            if hasattr(self, "_dropped"):\n'
        "                self._dropped += 1\n",
    ),
    Fault(
        "a closed channel drops what is pushed",
        "_core.py",
        "        if self._closed:\n            raise self._closed_to_pushes()\n",
        "        if self._closed and not (self._overflows and self._overflow(item)):\n"
        "            raise self._closed_to_pushes()\n",
    ),
    Fault(
        "a strategy is not asked what becomes of a push for which there is no room",
        "_core.py",
        "return self._overflows and self._overflow(item)",
        "return False",
    ),
    Fault(
        "a push that its strategy lets wait is done",
        "_core.py",
        "return self._overflows and self._overflow(item)",
        "return self._overflows and self._overflow(item) is not None",
    ),
    Fault(
        "a select does not see that its push would drop an item",
        "_core.py",
        "            or self._overflows\n",
        "",
    ),
    Fault(
        "a strategy is not asked for its buffer",
        "_core.py",
        "buffer = self._make_buffer()",
        "buffer: Buffer[Item] = deque()",
    ),
    Fault(
        "a strategy may begin with a buffer that is not empty",
        "_core.py",
        "    if len(buffer):",
        "    if False:",
    ),
    Fault(
        "a strategy may make anything for a buffer",
        "_core.py",
        "if not isinstance(buffer, Buffer):",
        "if False:",
    ),
]

REFUSED = [
    Fault(
        "a push whose item was refused counts it",
        "_core.py",
        "            except BaseException:\n                self._unclaimed -= 1\n                raise\n",
        "            except BaseException:\n                raise\n",
    ),
    Fault(
        "a push without waiting whose item was refused counts it",
        "_sending.py",
        "                self._unclaimed -= 1\n                raise\n        elif",
        "                raise\n        elif",
    ),
    Fault(
        "a push that looked closer and whose item was refused counts it",
        "_core.py",
        "                self._unclaimed -= 1\n                raise\n            return True\n",
        "                raise\n            return True\n",
    ),
    Fault(
        "a waiting push whose item was refused counts it",
        "_core.py",
        "                    self._unclaimed -= 1\n                    refuse(",
        "                    refuse(",
    ),
    Fault(
        "a pull is woken though its item was refused",
        "_core.py",
        "                self._pulls.put_back(*pull)\n",
        "                pull[0].set_result(self._pulls)\n",
    ),
    Fault(
        "a pull whose item was refused is forgotten",
        "_core.py",
        "                self._pulls.put_back(*pull)\n",
        "",
    ),
    Fault(
        "a pull whose item was refused goes to the end of its line",
        "_core.py",
        "self._pulls.put_back(*pull)",
        "self._pulls.join(*pull)",
    ),
    Fault(
        "a push goes to the buffer although a pull whose item was refused waits",
        "_core.py",
        "                self._push_limit = 0\n                self._serve_latecomers()\n                raise\n",
        "                self._serve_latecomers()\n                raise\n",
    ),
    Fault(
        "what comes while the item for a pull is refused goes unseen",
        "_core.py",
        "                self._push_limit = 0\n                self._serve_latecomers()\n                raise\n",
        "                self._push_limit = 0\n                raise\n",
    ),
    Fault(
        "a push that waited returns though its item was refused",
        "_sending.py",
        "            if refused:\n                raise_refusal(waiter)\n",
        "",
    ),
    Fault(
        "a select that waited returns though the item of its push was refused",
        "select.py",
        "        if refused:\n            raise_refusal(waiter)\n",
        "",
    ),
    Fault(
        "a pull gets the error of the push that it lets in",
        "_core.py",
        "                    refuse(push[0], error)\n",
        "                    refuse(push[0], error)\n                    raise\n",
    ),
    Fault(
        "the place of a push whose item was refused is not given to the next",
        "_core.py",
        "                    refuse(push[0], error)\n",
        "                    refuse(push[0], error)\n                    return\n",
    ),
    Fault(
        "a cancelled push whose item was refused returns",
        "_waiting.py",
        "if served and refused:  # In",
        "if False:  # In",
    ),
    Fault(
        "a cancelled select whose item was refused in a later line of its returns",
        "_waiting.py",
        "        if served and refused:  # In this line; a select calls this for its other lines too.\n"
        "            return refused.pop(waiter, None) is None\n"
        "        return served",
        "        return not (refused and refused.pop(waiter, None) is not None) and served",
    ),
    Fault(
        "a select takes the cancellation that it was refused with for one that came after",
        "_waiting.py",
        "    error = refused.get(waiter)\n",
        "    error = refused.pop(waiter, None)\n",
    ),
    Fault(
        "what a push was refused with is kept for ever",
        "_waiting.py",
        "            return refused.pop(waiter, None) is None\n",
        "            return waiter not in refused\n",
    ),
    Fault(
        "a push keeps what it was refused with in a reference cycle",
        "_waiting.py",
        "        del error  # Otherwise",
        "        pass  # Else",
    ),
]
