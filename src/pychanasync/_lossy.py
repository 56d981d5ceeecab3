"""What channels that drop items have in common: the count of dropped items, and how the oldest is dropped.

Invariant: the buffer has a limit, an integer of at least 1.
"""

from __future__ import annotations

from collections import deque

from ._arguments import as_finite_bound, check_overflow
from ._core import NO_LINE, ChannelCore, Item


class Lossy(ChannelCore[Item]):
    """A core that counts what it drops."""

    __slots__ = ("_dropped",)

    _has_buffer = True

    _dropped: int

    @property
    def dropped(self) -> int:
        """How many items were dropped so far.

        Items that ``close(immediate=True)`` discards do not count, nor do items whose push raised `ChannelClosed`.
        """
        bool(self._pulls)  # Raises if the channel was not initialised.
        return self._dropped

    def csize(self) -> int:
        """Return how many items in the buffer can be pulled."""
        return self._unclaimed

    def _begin(self, buffer: object, overflow: str, own: str, kind: str, name: str | None) -> None:
        """Check and store the arguments of a strategy. ``own`` is the only ``overflow`` that it takes."""
        check_overflow(overflow, own, kind)
        bound = as_finite_bound(buffer, overflow)
        if name is not None:
            self._call(name)
        self._dropped = 0
        self._bound = bound
        self._pulls = self._pushes = NO_LINE

    def _fill(self) -> str:
        fill = super()._fill()
        return f"{fill}, {self._dropped} dropped" if self._bound else fill  # Before __init__ there is no count.

    def _drop_oldest(self, items: deque[Item], item: Item) -> bool:
        """Drop the oldest unclaimed items until there is room; the claimed ones stand before them.

        Nothing is dropped if the buffer's ``append`` raises. The dropped items are released last, when the channel is
        consistent again, because releasing them may run arbitrary code.
        """
        unclaimed = self._unclaimed
        if self._closed or unclaimed < self._bound:  # A handler ran since the check.
            return self._try_push(item)
        oldest = items[-unclaimed]  # One item for another, with no call between the check and the append.
        del items[-unclaimed]
        self._dropped += 1
        try:
            items.append(item)
        except BaseException:
            items.insert(len(items) - unclaimed + 1, oldest)
            self._dropped -= 1
            raise
        more: list[Item] = []  # After cancelled pulls, there may be several items too many.
        while True:
            if self._unclaimed <= self._bound:
                return True
            another = items[-self._unclaimed]
            del items[-self._unclaimed]
            self._unclaimed -= 1
            self._dropped += 1
            more.append(another)
