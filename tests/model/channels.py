"""The kinds as real channels: the package's own, the priority channel of the documents, and two made for the model.

Invariant: an item is a number that compares by its urgency, on whatever channel, so that any program plays on any kind.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeAlias

from docs.examples.priority_channel import PriorityChannel
from pychanasync import BufferedChannel, Channel, DroppingChannel, SlidingChannel, UnbufferedChannel
from tests.model.operations import Strategy, unwelcome, urgency

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pychanasync.strategy import Buffer
    from tests.model.operations import Kind

    AnyChannel: TypeAlias = Channel["Item"]


class Item(int):
    """A number that compares by its urgency, and is equal to itself alone."""

    __slots__ = ()

    def __lt__(self, other: int, /) -> bool:
        return urgency(self) < urgency(other)


class UnwelcomeError(Exception):
    """A refusing channel has been given an item that it does not take."""


class _Refusing(deque[Item]):
    def append(self, item: Item, /) -> None:
        if unwelcome(item):
            raise UnwelcomeError(int(item))
        super().append(item)


class RefusingRendezvous(UnbufferedChannel[Item]):
    """An unbuffered channel that does not take every item."""

    def _make_buffer(self) -> Buffer[Item]:
        return _Refusing()


class RefusingChannel(BufferedChannel[Item]):
    """A buffered channel that does not take every item."""

    def _make_buffer(self) -> Buffer[Item]:
        return _Refusing()


class ThinningChannel(BufferedChannel[Item]):
    """A buffered channel that drops some items while it is full, and lets the others wait."""

    dropped = 0

    def _overflow(self, item: Item) -> bool:
        self.dropped += unwelcome(item)
        return unwelcome(item)


MAKERS: Mapping[Strategy, Callable[[int], AnyChannel]] = {
    Strategy.SLIDING: SlidingChannel[Item],
    Strategy.DROPPING: DroppingChannel[Item],
    Strategy.PRIORITY: PriorityChannel[Item],
    Strategy.REFUSING: lambda bound: RefusingChannel(bound) if bound else RefusingRendezvous(),
    Strategy.THINNING: ThinningChannel,
}


def make(kind: Kind) -> AnyChannel:
    """Make a channel of a kind."""
    if kind.strategy is Strategy.PLAIN:
        return Channel(kind.bound or None)
    return MAKERS[kind.strategy](int(kind.bound))


def dropped(channel: AnyChannel) -> int:
    """Return how many items a channel says that it has dropped."""
    return channel.dropped if isinstance(channel, SlidingChannel | DroppingChannel | ThinningChannel) else 0
