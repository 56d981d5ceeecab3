"""BufferedChannel: the buffer.

Invariant: the bound is an integer of at least 1, or infinite. A push waits only while the buffer is full, a pull only
while there is nothing to pull.
"""

from __future__ import annotations

from math import inf
from operator import index
from typing import TYPE_CHECKING, Self, SupportsIndex

from ._core import Item
from .channel import Channel, counted

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

    def __init__(self, buffer: SupportsIndex | float, *, name: str | None = None) -> None:
        """Make a channel with a buffer.

        Args:
            buffer: How many items the buffer can hold: an integer of at least 1, or ``math.inf`` for no limit.
            name: A name for the channel, shown by its `repr` and its errors.

        Raises:
            TypeError: ``buffer`` is not an integer, or ``name`` is not a str.
            ValueError: ``buffer`` is 0 or less.
        """
        # Most callers give an int, and to ask for SupportsIndex takes Python 3.11 longer than all the rest.
        bound = buffer if type(buffer) is int else _as_bound(buffer)
        if bound < 1:
            raise ValueError(f"buffer must be at least 1, got {bound}: leave buffer out for an unbuffered channel")
        if name is not None:
            self._call(name)
        self._make_ready(bound)

    def csize(self) -> int:
        """Count the items in the buffer that are there to pull."""
        return self._unclaimed

    def _fill(self) -> str:
        if self._bound == inf:
            return f"{counted(self._unclaimed, 'item', 'items')}, no bound"
        return f"{self._unclaimed} of {counted(int(self._bound), 'item', 'items')}"


def _as_bound(buffer: SupportsIndex | float) -> float:
    if isinstance(buffer, float) and buffer == inf:
        return inf
    try:
        if not isinstance(buffer, (bool, float)):
            return index(buffer)
    except TypeError:
        pass
    raise TypeError(f"buffer must be an integer of at least 1, or math.inf for no bound, got {buffer!r}")
