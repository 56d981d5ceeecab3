"""BufferedChannel: the buffer.

Invariant: the bound is a whole number of at least 1, or infinite. A push waits only while the buffer is full, a pull
only while it is empty.
"""

from __future__ import annotations

from math import inf
from operator import index
from typing import TYPE_CHECKING, Self, SupportsIndex

from ._exchange import Item
from ._factory import built
from .channel import Channel, counted

if TYPE_CHECKING:
    from ._factory import Arguments


@built("with a buffer")
class BufferedChannel(Channel[Item]):
    """A channel with a buffer: a push waits only while it is full, a pull only while it is empty.

    What woken pulls have a claim to does not count as buffered. An item that a cancelled pull let go does, if need be
    above the bound; then pushes wait until the buffer is within its bound again.
    """

    __module__ = "pychanasync"
    __slots__ = ()

    if TYPE_CHECKING:
        # Tells checkers that the factory's overloads stop here: a subclass is built as itself, by its own __init__.
        def __new__(cls, *args: Arguments, **kwargs: Arguments) -> Self: ...  # noqa: D102

    def __init__(self, buffer: SupportsIndex | float) -> None:
        """Make a channel with a buffer.

        Args:
            buffer: How many items the buffer holds: a whole number of at least 1, or ``math.inf`` for no bound.

        Raises:
            TypeError: ``buffer`` is no whole number.
            ValueError: ``buffer`` is 0 or less.
        """
        self._bound = _checked(buffer)

    def csize(self) -> int:
        """Count the items in the buffer that no woken pull has a claim to."""
        return len(self._items) - self._claims

    def _fill(self) -> str:
        held = self.csize()
        if self._bound == inf:
            return f"{counted(held, 'item', 'items')}, no bound"
        return f"{held} of {counted(int(self._bound), 'item', 'items')}"


def _checked(buffer: object) -> float:
    if isinstance(buffer, float) and buffer == inf:
        return inf
    if isinstance(buffer, (bool, float)) or not isinstance(buffer, SupportsIndex):
        raise TypeError(f"buffer must be a whole number of at least 1, or math.inf for no bound, got {buffer!r}")
    bound = index(buffer)
    if bound < 1:
        raise ValueError(f"buffer must be at least 1, got {bound}: leave buffer out for an unbuffered channel")
    return bound
