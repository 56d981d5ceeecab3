"""SlidingChannel: keeps the newest items.

Invariant: the bound is an integer of at least 1. If there is no room for a push, the oldest unclaimed items are dropped
and counted until there is room. So no push ever waits.
"""

# Annotations are evaluated here: code that reads them later would look in `pychanasync`, which lacks these names.
from collections import deque
from typing import TYPE_CHECKING, Literal, Self, SupportsIndex

from ._core import Item
from ._lossy import Lossy
from .channel import Channel

if TYPE_CHECKING:
    from .channel import Arguments


class SlidingChannel(Lossy[Item], Channel[Item]):
    """A channel that keeps the newest items: when the buffer is full, a push drops the oldest item.

    ``Channel[int](buffer=10, overflow="drop_oldest")`` makes one. A push never waits, and never raises `ChannelFull`.
    `full` returns whether the next push will drop an item. An item that is set aside for a waiting pull takes no room
    in the buffer, and is not dropped. In a `chanselect`, a push to this channel is always ready.

    Example::

        temperatures = SlidingChannel[float](1)
        for reading in 20.1, 20.4, 20.9:
            await temperatures.push(reading)
        print(await temperatures.pull(), temperatures.dropped)  # prints 20.9 2
    """

    __module__ = "pychanasync"
    __slots__ = ()

    _items: deque[Item]  # type: ignore[mutable-override]  # pyright: ignore[reportIncompatibleVariableOverride]  # The type that it makes.

    if TYPE_CHECKING:
        # Tells type checkers that the factory's overloads end here: a subclass is created by its own __init__.
        def __new__(cls, *args: Arguments, **kwargs: Arguments) -> Self: ...  # noqa: D102

    def __init__(
        self, buffer: SupportsIndex, *, overflow: Literal["drop_oldest"] = "drop_oldest", name: str | None = None
    ) -> None:
        """Make a channel that drops the oldest item when its buffer is full.

        Args:
            buffer: How many items the buffer can hold: an integer of at least 1.
            overflow: Only ``"drop_oldest"``. ``Channel(...)`` passes this.
            name: A name for the channel, shown by its `repr` and its errors.

        Raises:
            TypeError: ``buffer`` is not an integer, or ``name`` is not a str.
            ValueError: ``buffer`` is 0 or less, infinite or ``None``, or ``overflow`` is another word.
        """
        self._begin(buffer, overflow, "drop_oldest", "SlidingChannel", name)

    def _make_buffer(self) -> deque[Item]:
        return deque()

    def _overflow(self, item: Item) -> bool:
        return self._drop_oldest(self._items, item)
