"""DroppingChannel: keeps the oldest items.

Invariant: the bound is an integer of at least 1. If there is no room for a push, its item is dropped and counted. So no
push ever waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self, SupportsIndex

from ._core import Item
from ._lossy import Lossy
from .channel import Channel

if TYPE_CHECKING:
    from .channel import Arguments


class DroppingChannel(Lossy[Item], Channel[Item]):
    """A channel that keeps the oldest items: when the buffer is full, a push drops its own item.

    ``Channel[int](buffer=10, overflow="drop_newest")`` makes one. A push never waits, and never raises `ChannelFull`.
    `full` returns whether the next push will drop its item. An item that is set aside for a waiting pull takes no room
    in the buffer. In a `chanselect`, a push to this channel is always ready.

    Example::

        requests = DroppingChannel[str](2)
        for request in "first", "second", "third":
            await requests.push(request)
        print(await requests.pull(), requests.dropped)  # prints first 1
    """

    __module__ = "pychanasync"
    __slots__ = ()

    if TYPE_CHECKING:
        # Tells type checkers that the factory's overloads end here: a subclass is created by its own __init__.
        def __new__(cls, *args: Arguments, **kwargs: Arguments) -> Self: ...  # noqa: D102

    def __init__(
        self, buffer: SupportsIndex, *, overflow: Literal["drop_newest"] = "drop_newest", name: str | None = None
    ) -> None:
        """Make a channel that drops new items when its buffer is full.

        Args:
            buffer: How many items the buffer can hold: an integer of at least 1.
            overflow: Only ``"drop_newest"``. ``Channel(...)`` passes this.
            name: A name for the channel, shown by its `repr` and its errors.

        Raises:
            TypeError: ``buffer`` is not an integer, or ``name`` is not a str.
            ValueError: ``buffer`` is 0 or less, infinite or ``None``, or ``overflow`` is another word.
        """
        self._begin(buffer, overflow, "drop_newest", "DroppingChannel", name)

    def _overflow(self, item: Item) -> bool:
        """Drop the item of the push."""
        del item
        self._dropped += 1
        return True
