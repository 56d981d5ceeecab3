"""What drops items where there is no room for them: the count, and the dropping of the oldest.

Invariant: what drops items has a buffer with a limit, an integer of at least 1.
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

        Items that an immediate close discards do not count. Neither do items whose push raised because of a close.
        """
        bool(self._pulls)  # Refuses a channel that was not initialised.
        return self._dropped

    def csize(self) -> int:
        """Count the items in the buffer that are there to pull."""
        return self._unclaimed

    def _begin(self, buffer: object, overflow: str, own: str, kind: str, name: str | None) -> None:
        """Take the arguments of a strategy, whose own word for its overflow, and whose name, are given."""
        check_overflow(overflow, own, kind)
        bound = as_finite_bound(buffer, overflow)
        if name is not None:
            self._call(name)
        self._dropped = 0
        self._bound = bound
        self._pulls = self._pushes = NO_LINE

    def _fill(self) -> str:
        fill = super()._fill()
        return f"{fill}, {self._dropped} dropped" if self._bound else fill  # Not initialised, it counts nothing.

    def _drop_oldest(self, items: deque[Item], item: Item) -> bool:
        """Drop the oldest of the buffered items until there is room; what is claimed stands before them.

        Nothing is dropped if the buffer refuses the new item. What is dropped is let go of last, when the channel is in
        order again: that may run code of its own.
        """
        unclaimed = self._unclaimed
        if self._closed or unclaimed < self._bound:  # Somebody came between the look and this.
            return self._try_push(item)
        oldest = items[-unclaimed]  # One item for another, and no call between the look and the append.
        del items[-unclaimed]
        self._dropped += 1
        try:
            items.append(item)
        except BaseException:
            items.insert(len(items) - unclaimed + 1, oldest)
            self._dropped -= 1
            raise
        more: list[Item] = []  # Where cancelled pulls have left their items, there is more than one too many.
        while True:
            if self._unclaimed <= self._bound:
                return True
            another = items[-self._unclaimed]
            del items[-self._unclaimed]
            self._unclaimed -= 1
            self._dropped += 1
            more.append(another)
