"""BufferedChannel: the buffer.

Invariant: the bound is an integer of at least 1, or infinite. A push waits only while the buffer is full, a pull only
while there is nothing to pull.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self, SupportsIndex

from ._arguments import as_bound, check_overflow
from ._core import NO_LINE, Item
from .channel import Channel

if TYPE_CHECKING:
    from .channel import Arguments


class BufferedChannel(Channel[Item]):
    """A channel with a buffer: a push waits only while it is full, a pull only while there is nothing to pull.

    An item that is set aside for a waiting pull does not count as buffered. If that pull is cancelled before it takes
    the item, and no other pull waits, the item counts again. Then there may be more items than the buffer's size, and
    pushes wait until there is room.
    """

    __module__ = "pychanasync"
    __slots__ = ()

    _has_buffer = True

    if TYPE_CHECKING:
        # Tells checkers that the factory's overloads stop here: a subclass is built as itself, by its own __init__.
        def __new__(cls, *args: Arguments, **kwargs: Arguments) -> Self: ...  # noqa: D102

    def __init__(
        self, buffer: SupportsIndex | float, *, overflow: Literal["wait"] = "wait", name: str | None = None
    ) -> None:
        """Make a channel with a buffer.

        Args:
            buffer: How many items the buffer can hold: an integer of at least 1, or ``math.inf`` for no limit.
            overflow: Only ``"wait"``, which the factory may pass: a push waits while the buffer is full.
            name: A name for the channel, shown by its `repr` and its errors.

        Raises:
            TypeError: ``buffer`` is not an integer, or ``name`` is not a str.
            ValueError: ``buffer`` is 0 or less, or ``overflow`` another word.
        """
        if overflow != "wait":
            check_overflow(overflow, "wait", "BufferedChannel")  # type: ignore[unreachable]  # Not for whoever asks no checker.
        if type(buffer) is not int or buffer < 1:
            buffer = as_bound(buffer)
        if name is not None:
            self._call(name)
        self._bound = buffer
        self._pulls = self._pushes = NO_LINE

    def csize(self) -> int:
        """Count the items in the buffer that are there to pull."""
        return self._unclaimed
