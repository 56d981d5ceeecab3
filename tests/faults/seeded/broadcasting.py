"""Faults in what a hub gives to its subscribers, in how they come and go, and in what becomes of slow ones."""

from __future__ import annotations

from tests.faults.fault import Fault

FILE = "broadcast.py"

GIVING = [
    Fault(
        "a push reaches the first subscriber alone",
        FILE,
        "        for key in keys:\n",
        "        for key in keys[:1]:\n",
    ),
    Fault(
        "a push waits for the first subscriber alone",
        FILE,
        "        for key in [*self._subscribers]:\n",
        "        for key in [*self._subscribers][:1]:\n",
    ),
    Fault(
        "a subscriber holds one item too many before pushes wait for it",
        FILE,
        "        return self._unclaimed + due >= self._limit\n",
        "        return self._unclaimed + due > self._limit\n",
    ),
    Fault(
        "a push overtakes those that have not heard yet that they need not wait any more",
        FILE,
        "(self._pushes and self._pushes.first() is not None) or self._must_wait(",
        "self._must_wait(",
    ),
    Fault(
        "a pull lets no push in that waited for room",
        FILE,
        "            self._serve_pushes()\n        return claimed\n",
        "        return claimed\n",
    ),
    Fault(
        "a pull that meets its item only when it is in line lets no push in",
        FILE,
        "        self._serve_pushes()  # If a pull got an item, there is room for another.\n",
        "",
    ),
    Fault(
        "a pull lets one push in where there is room for two",
        FILE,
        "                self._give(push[1])\n",
        "                self._give(push[1])\n                break\n",
    ),
    Fault(
        "a pull lets pushes in though they wait for another subscriber too",
        FILE,
        "                if self._must_wait():\n                    break\n",
        "                pass\n",
    ),
    Fault(
        "a hub without subscribers makes pushes wait",
        FILE,
        "        return bool(self._full)\n",
        "        return bool(self._full) or not self._subscribers\n",
    ),
    Fault(
        "a closed hub says that a push would have to wait",
        FILE,
        "return not self._closed and any(",
        "return any(",
    ),
    Fault(
        "the size of a hub counts what those hold that make nobody wait",
        FILE,
        'in self._all() if some._policy == "wait"]',
        "in self._all()]",
    ),
]

COMING_AND_GOING = [
    Fault(
        "a hub keeps a subscription alive",
        FILE,
        "self._subscribers[key] = None",
        "self._subscribers[key] = subscription",
    ),
    Fault(
        "a push waits on for a subscription that was collected",
        FILE,
        "        self._full.discard(key)\n        if self._pushes:\n",
        "        self._full.discard(key)\n        if False:\n",
    ),
    Fault(
        "a push waits on for who has unsubscribed",
        FILE,
        "        self._subscribers.pop(key, None)\n        self._make_way(key)\n",
        "        self._subscribers.pop(key, None)\n",
    ),
    Fault(
        "who has unsubscribed still counts",
        FILE,
        "        self._subscribers.pop(key, None)\n        self._make_way(key)\n",
        "        self._make_way(key)\n",
    ),
    Fault(
        "what a subscriber has not pulled can be pulled after it has unsubscribed",
        FILE,
        "        self._discard()\n\n    async def __aenter__",
        "\n    async def __aenter__",
    ),
    Fault(
        "to unsubscribe throws away what a woken pull has a claim to",
        FILE,
        "        self._discard()\n\n    async def __aenter__",
        "        self._discard()\n        self._items.clear()\n\n    async def __aenter__",
    ),
    Fault(
        "a pull waits on after its subscriber has unsubscribed",
        FILE,
        "        self._wake_ended_pulls()\n        self._hub._forget",
        "        self._hub._forget",
    ),
    Fault(
        "pulls of who has unsubscribed from a hub that failed still raise ChannelFailed",
        FILE,
        "        self._closed = True\n        self._failure = None\n",
        "        self._closed = True\n",
    ),
    Fault(
        "the end of its block does not unsubscribe",
        FILE,
        "        try:\n            self.unsubscribe()\n",
        "        try:\n            pass\n",
    ),
    Fault(
        "one item too many is replayed",
        FILE,
        'maxlen=as_count("replay", replay))',
        'maxlen=as_count("replay", replay) + (replay != 0))',
    ),
    Fault(
        "a push that could not be done is replayed",
        FILE,
        "            return False\n        self._in_turn(",
        "            self._recent.append(item)\n            return False\n        self._in_turn(",
    ),
    Fault(
        "what is replayed is cut to the buffer of who makes pushes wait",
        FILE,
        'in ("drop_oldest", "drop_newest") else len(recent)\n',
        'in ("drop_oldest", "drop_newest") else int(min(self._bound, len(recent)))\n',
    ),
    Fault(
        "of what is replayed the newest items do not come to who drops the oldest",
        FILE,
        'if self._policy == "drop_newest" else recent[-most:]',
        "if most else recent[-most:]",
    ),
    Fault(
        "a replay drops items where each fits",
        FILE,
        "        most = int(self._bound) if",
        "        most = int(self._bound) - 1 if",
    ),
]

SLOW = [
    Fault(
        "pushes wait for a subscriber that is to fail",
        FILE,
        'self._limit = bound if overflow == "wait" else inf',
        'self._limit = bound if overflow in ("wait", "fail") else inf',
    ),
    Fault(
        "who fell behind still counts",
        FILE,
        "            self._end_with(Failure(fell_behind(self._hub)))\n"
        "            self._hub._forget(self._key)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]\n",
        "            self._end_with(Failure(fell_behind(self._hub)))\n",
    ),
    Fault(
        "who fell behind takes what it has got for all there was",
        FILE,
        "            self._end_with(Failure(fell_behind(self._hub)))\n",
        "            self._end_with(None)\n",
    ),
    Fault(
        "who fell behind loses what it held",
        FILE,
        "            self._end_with(Failure(fell_behind(self._hub)))\n",
        "            self._end_with(Failure(fell_behind(self._hub)))\n            self._discard()\n",
    ),
    Fault(
        "a subscriber that is to drop what is pushed does not count it",
        FILE,
        '        if self._policy == "drop_newest":\n            self._dropped += 1\n',
        '        if self._policy == "drop_newest":\n            pass\n',
    ),
    Fault(
        "a subscriber that is to drop its oldest item drops what is pushed",
        FILE,
        "            return self._drop_oldest(self._items, item)\n",
        "            self._dropped += 1\n            return True\n",
    ),
    Fault(
        "a subscription has the overflow of its hub though it asked for another",
        FILE,
        "policy = self._policy if overflow is None else overflow\n",
        "policy = self._policy\n",
    ),
]

ENDING = [
    Fault(
        "pulls wait on after the hub was closed",
        FILE,
        "        self._in_turn(self._end_all)\n",
        "        pass\n",
    ),
    Fault(
        "who subscribes to a closed hub waits for ever",
        FILE,
        "            self._in_turn(partial(self._end_one, subscription))\n",
        "            pass\n",
    ),
    Fault(
        "an immediate close of a hub leaves what its subscribers hold",
        FILE,
        "            some._discard()  # noqa: SLF001\n",
        "            some.closed\n",
    ),
    Fault(
        "subscribers do not hear for which cause the hub was closed",
        FILE,
        "some._end_with(self._failure)",
        "some._end_with(None)",
    ),
    Fault(
        "what a handler pushes in the middle of a push overtakes it for some subscribers",
        FILE,
        "        if busy:\n            self._due.append(act)\n",
        "        if busy and not is_push:\n            self._due.append(act)\n",
    ),
    Fault(
        "a push in the middle of another does not count the items that come before its own",
        FILE,
        "self._must_wait(len(self._due))",
        "self._must_wait()",
    ),
    Fault(
        "a push in the middle of another is done though the hub was closed meanwhile",
        FILE,
        "if is_push and self._closed:",
        "if is_push and not act:",
    ),
    Fault(
        "a pull of who has left asks the pushes of another loop",
        FILE,
        "        self._limit = inf\n        self._pushes = NO_LINE\n",
        "        self._limit = inf\n",
    ),
]

BROADCASTING = [*GIVING, *COMING_AND_GOING, *SLOW, *ENDING]
