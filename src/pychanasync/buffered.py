"""BufferedChannel: a channel with a buffer.

Invariant: the bound is an integer of at least 1, or infinite. A push waits only while the buffer is full, a pull only
while there are no items to pull.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self, SupportsIndex

from ._arguments import as_bound, check_overflow
from ._core import NO_LINE, Item
from .channel import Channel

if TYPE_CHECKING:
    from .channel import Arguments


class BufferedChannel(Channel[Item]):
    """A channel with a buffer: a push waits only while the buffer is full, a pull only while it is empty.

    An item that is set aside for a waiting pull takes no room in the buffer. If that pull is cancelled before it takes
    the item, and no other pull is waiting, the item counts again and is pulled next. The buffer may then hold more
    items than its size; pushes wait until there is room.
    """

    __module__ = "pychanasync"
    __slots__ = ()

    _has_buffer = True

    if TYPE_CHECKING:
        # Tells type checkers that the factory's overloads end here: a subclass is created by its own __init__.
        def __new__(cls, *args: Arguments, **kwargs: Arguments) -> Self: ...  # noqa: D102

    def __init__(
        self, buffer: SupportsIndex | float, *, overflow: Literal["wait"] = "wait", name: str | None = None
    ) -> None:
        """Make a channel with a buffer.

        Args:
            buffer: How many items the buffer can hold: an integer of at least 1, or ``math.inf`` for no limit.
            overflow: Only ``"wait"``: a push waits while the buffer is full. ``Channel(...)`` may pass this.
            name: A name for the channel, shown by its `repr` and its errors.

        Raises:
            TypeError: ``buffer`` is neither an integer nor ``math.inf``, or ``name`` is not a str.
            ValueError: ``buffer`` is 0 or less, or ``overflow`` is another word.
        """
        if overflow != "wait":
            check_overflow(overflow, "wait", "BufferedChannel")  # type: ignore[unreachable]  # Reached if no checker is used.
        if type(buffer) is not int or buffer < 1:
            buffer = as_bound(buffer)
        if name is not None:
            self._call(name)
        self._bound = buffer
        self._pulls = self._pushes = NO_LINE

    def csize(self) -> int:
        """Return how many items in the buffer can be pulled."""
        return self._unclaimed
