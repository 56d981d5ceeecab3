"""Faults in who learns of a close, and what becomes of the items."""

from __future__ import annotations

from tests.faults.fault import Fault

CLOSING = [
    Fault(
        "a closed channel takes a push in",
        "_exchange.py",
        "if self._closed:\n            raise ChannelClosed(self)\n        if self._items is",
        "if self._items is",
    ),
    Fault(
        "a closed channel takes a push in the short way",
        "_exchange.py",
        "self._push_below = 0\n        self._pulls.dismiss",
        "self._pulls.dismiss",
    ),
    Fault(
        "a pull waits on a closed channel",
        "_exchange.py",
        "if self._closed:\n            raise ChannelClosed(self)\n        return False",
        "return False",
    ),
    Fault(
        "a select does not see that its pull is on a closed channel",
        "_exchange.py",
        "len(exchange._items) > exchange._claims\n            or exchange._closed\n",
        "len(exchange._items) > exchange._claims\n",
    ),
    Fault(
        "a select does not see that its push is on a closed channel",
        "_exchange.py",
        "exchange._claims < exchange._bound\n            or exchange._closed\n",
        "exchange._claims < exchange._bound\n",
    ),
    Fault(
        "a close drops what the buffer holds",
        "_exchange.py",
        "if immediate:",
        "if True:",
    ),
    Fault(
        "an immediate close throws claimed items away",
        "_exchange.py",
        "while len(self._items) > self._claims:\n",
        "while self._items:\n",
    ),
    Fault(
        "an immediate close throws the oldest items away, claimed or not",
        "_exchange.py",
        "unclaimed.append(self._items.pop())",
        "unclaimed.append(self._items.popleft())",
    ),
    Fault(
        "an immediate close of a closed channel does nothing",
        "_exchange.py",
        "        self._pulls.first()  # Both",
        "        if self._closed:\n            return\n        self._pulls.first()  # Both",
    ),
    Fault(
        "a close leaves pushes waiting",
        "_exchange.py",
        "        self._pushes.dismiss(self)\n        if immediate",
        "        if immediate",
    ),
    Fault(
        "a push that waited returns at the close",
        "channel.py",
        "if outcome is self:\n            raise ChannelClosed(self)\n\n    async def pull",
        "\n    async def pull",
    ),
    Fault(
        "a close answers the youngest first",
        "_waiting.py",
        "waiter, _ = self.popitem(last=False)",
        "waiter, _ = self.popitem()",
    ),
    Fault(
        "a close answers who has an answer already",
        "_waiting.py",
        "with suppress(InvalidStateError):  # Its wait is over.\n                waiter.set_result(channel)",
        "waiter.set_result(channel)",
    ),
    Fault(
        "a cancelled wait takes the close for its commit",
        "_waiting.py",
        "waiter.done() and not waiter.cancelled() and waiter.result() is self",
        "waiter.done() and not waiter.cancelled()",
    ),
    Fault(
        "an iteration ends with an error",
        "channel.py",
        "raise StopAsyncIteration from None",
        "raise",
    ),
    Fault(
        "leaving async with does not close",
        "channel.py",
        "        self.close()\n",
        "",
    ),
]
