"""The ledger of a hub: each item to all who were there or to none, and in one order, from what the actors saw alone.

Invariant: an item is offered once in a program, so that it can be told who gave it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from math import inf
from typing import TYPE_CHECKING

from tests.model.ledger import Gift, given
from tests.model.operations import (
    HUB,
    Batch,
    Close,
    CloseAfter,
    Forget,
    Iterate,
    Select,
    Single,
    Subscribe,
    Unsubscribe,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tests.model.operations import Hub, Offering, Policy
    from tests.model.story import Event


@dataclass
class Reader:
    """A subscription, and what was taken from it."""

    name: str
    policy: Policy
    since: float
    ended: bool = False
    """Whether it was told to keep nothing more, or was forgotten."""
    taken: list[tuple[int, float]] = field(default_factory=list[tuple[int, float]])
    """Items, each with the moment."""

    def items(self) -> list[int]:
        return [item for item, _ in self.taken]


class _Ledger:
    """What is known of a run from its events."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.gifts = {item: Gift(item, item) for item in hub.held()}  # Before moment 0.
        self.readers: list[Reader] = []
        self.current: dict[str, Reader] = {}
        """Those that have a name now."""
        self.emptied = False
        """Whether what they hold is thrown away, now or when some tasks have ended."""
        self._begun: dict[str, int] = {}
        for name in hub.begun:
            self.subscribe(name, -inf)

    def subscribe(self, name: str, moment: float) -> None:
        self.current[name] = Reader(name, self.hub.buffer(name).overflow, moment)
        self.readers.append(self.current[name])

    def hear(self, moment: int, event: Event) -> None:
        match event.operation:
            case Close(channel=name, immediate=True) | CloseAfter(channel=name, immediate=True) if name == HUB:
                self.emptied = True
            case Subscribe(channel=name) if event.outcome:
                self.subscribe(name, moment)
            case Unsubscribe(channel=name) | Forget(channel=name):
                self.current[name].ended = True
            case Single() | Iterate() | Select() | Batch():
                self.exchange(moment, event, event.operation)
            case _:
                pass

    def exchange(self, moment: int, event: Event, operation: Offering) -> None:
        if event.outcome is None:
            self._begun[event.actor] = moment
            return
        gifts = given(event, operation, self._begun[event.actor], moment)
        self.gifts |= {item: gift for (name, item), gift in gifts.items() if name == HUB}
        if event.outcome.channel in self.current:
            self.current[event.outcome.channel].taken += [(item, moment) for item in event.outcome.taken()]


def faults(
    events: Iterable[Event], hub: Hub, left: Mapping[str, Sequence[int]], dropped: Mapping[str, int]
) -> Iterator[str]:
    """Find what contradicts all or none, and order.

    Args:
        events: What happened.
        hub: The kind of the hub.
        left: What was pulled from each subscription when all was over.
        dropped: How many items each subscription says that it has dropped.
    """
    ledger = _Ledger(hub)
    for moment, event in enumerate(events):
        ledger.hear(moment, event)
    for name, reader in ledger.current.items():
        reader.taken += [(item, inf) for item in left.get(name, ())]
    for reader in ledger.readers:
        yield from _not_given(ledger.gifts, reader)
        if not ledger.emptied:
            yield from _missed(ledger.gifts, reader, dropped.get(reader.name, 0))
    for one, other in combinations(ledger.readers, 2):
        yield from _parted(one, other)


def _not_given(gifts: Mapping[int, Gift], reader: Reader) -> Iterator[str]:
    """Find what no push gave, what was taken twice, and what left before an item that had been pushed before it."""
    items = reader.items()
    for item in items:
        if item not in gifts:
            yield f"{item} was taken from {reader.name}, though no push gave it"
        if items.count(item) > 1:
            yield f"{item} was taken from {reader.name} twice"
    for first, second in combinations([item for item in items if item in gifts], 2):
        if gifts[second].ended < gifts[first].begun:
            yield f"{first} left {reader.name} before {second}, which was before it"


def _missed(gifts: Mapping[int, Gift], reader: Reader, dropped: int) -> Iterator[str]:
    """Find what was surely pushed while a subscription lasted, and never came to it."""
    if reader.ended or reader.policy == "fail":
        return
    missed = [
        item for item, gift in gifts.items() if gift.sure and gift.begun > reader.since and item not in reader.items()
    ]
    if len(missed) > dropped:
        yield f"{reader.name} has missed {missed}, of which {dropped} were dropped"


def _parted(one: Reader, other: Reader) -> Iterator[str]:
    """Find what two saw in different orders."""
    both = {*one.items()} & {*other.items()}
    orders = [[item for item in reader.items() if item in both] for reader in (one, other)]
    if orders[0] != orders[1]:
        yield f"{one.name} saw {orders[0]}, and {other.name} {orders[1]}"
