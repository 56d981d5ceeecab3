"""The channels of a run: the package's own, the priority channel of the documents, and two made for the model.

Invariant: an item is a number that compares by its urgency, on whatever channel, so that any program plays on any kind.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeAlias
from weakref import ref

from docs.examples.priority_channel import PriorityChannel
from pychanasync import Broadcast, BufferedChannel, Channel, DroppingChannel, SlidingChannel, UnbufferedChannel
from tests.model.operations import HUB, Strategy, unwelcome, urgency
from tests.support.helpers import drain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pychanasync import RecvChannel, SendChannel, Subscription
    from pychanasync.strategy import Buffer
    from tests.model.operations import Hub, Kind

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


class Channels:
    """What there is in a run, by its names: channels, and perhaps a hub with its subscriptions, which come and go."""

    def __init__(self, kinds: Mapping[str, Kind], hub: Hub | None = None) -> None:
        self.plain = {name: make(kind) for name, kind in kinds.items()}
        self.hub: Broadcast[Item] | None = None
        self.subscriptions: dict[str, Subscription[Item]] = {}
        self._forgotten: list[ref[Subscription[Item]]] = []
        for name, kind in kinds.items():
            for item in kind.held():
                self.plain[name].push_nowait(Item(item))
        if hub:
            self._kind = hub
            self.hub = Broadcast(hub.s.bound, overflow=hub.s.overflow, replay=hub.replay)
            for name in hub.begun:
                self.subscribe(name)
            for item in hub.held():
                self.hub.push_nowait(Item(item))

    def sender(self, name: str) -> SendChannel[Item]:
        """Find what can be pushed to."""
        return self.hub if self.hub and name == HUB else self.plain[name]

    def receiver(self, name: str) -> RecvChannel[Item]:
        """Find what can be pulled from."""
        return self.subscriptions[name] if name in self.subscriptions else self.plain[name]

    def subscribe(self, name: str) -> None:
        """Subscribe as the hub says, or otherwise."""
        assert self.hub
        buffer = self._kind.buffer(name)
        own = buffer != self._kind.s
        self.subscriptions[name] = (
            self.hub.subscribe(buffer=buffer.bound, overflow=buffer.overflow) if own else self.hub.subscribe()
        )

    def forget(self, name: str) -> None:
        """Drop a subscription."""
        self._forgotten.append(ref(self.subscriptions.pop(name)))

    def kept(self) -> int:
        """Count the subscriptions that somebody keeps, though they were dropped."""
        return sum(forgotten() is not None for forgotten in self._forgotten)

    def name_of(self, channel: object) -> str:
        """Find the name of a channel; that of a time, or of an actor's own error, has none."""
        if channel is None:
            return ""
        known = {**self.plain, **self.subscriptions, HUB: self.hub}
        return next((name for name, each in known.items() if each is channel), f"{channel!r}, which is not the one")

    def left(self) -> dict[str, list[Item]]:
        """Pull whatever is left in each."""
        receivers: dict[str, RecvChannel[Item]] = {**self.plain, **self.subscriptions}
        return {name: drain(receiver) for name, receiver in receivers.items()}

    def dropped(self) -> dict[str, int]:
        """Return how many items each says that it has dropped."""
        plain = {name: dropped(channel) for name, channel in self.plain.items()}
        return plain | {name: each.dropped for name, each in self.subscriptions.items()}
