"""What the strategies that drop items share: a buffer with a limit, and the count of what was dropped.

Invariant: the bound is an integer of at least 1. Which item is dropped where there is no room, the strategies say.
"""

from __future__ import annotations

from ._arguments import as_finite_bound, check_overflow
from ._core import NO_LINE, Item
from .channel import Channel


class LossyChannel(Channel[Item]):
    """A channel to which a push never waits."""

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
