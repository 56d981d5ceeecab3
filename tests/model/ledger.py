"""The ledger: exactly once and in order, from what the actors saw alone.

The reference knows the rules by which a channel works; a mistake in the rules themselves it would share with a library
that follows them. This knows none but which item a channel is to give first: who gave what, who took what, when each of
them began and ended, and how many items the channel says that it has dropped.

Invariant: an item is offered once in a program, so that it can be told who gave it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import inf
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from tests.model.operations import ABANDONED, DONE, Close, CloseAfter, Offering, Push, Strategy, urgency

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tests.model.operations import Kind
    from tests.model.story import Event

    Kinds: TypeAlias = Mapping[str, Kind]

Gifts: TypeAlias = "dict[tuple[str, int], Gift]"
"""By the channel and the item."""


@dataclass
class Gift:
    """An item that was given: between which moments, and whether that is sure."""

    begun: float
    ended: float
    sure: bool = True


class Taken(NamedTuple):
    """An item that a channel gave, and when."""

    channel: str
    item: int
    moment: float

    @property
    def key(self) -> tuple[str, int]:
        """Where to find who gave it."""
        return self.channel, self.item


def faults(
    events: Iterable[Event], kinds: Kinds, left: Mapping[str, Sequence[int]], dropped: Mapping[str, int]
) -> Iterator[str]:
    """Find what contradicts exactly once, and order.

    Args:
        events: What happened.
        kinds: The kinds of the channels.
        left: What was pulled from each channel when all was over.
        dropped: How many items each channel says that it has dropped.
    """
    held = [(name, item) for name, kind in kinds.items() for item in kind.held()]
    gifts = {(name, item): Gift(item, item) for name, item in held}  # Before moment 0.
    taken: list[Taken] = []
    emptied: set[str] = set()
    begun: dict[str, int] = {}
    for moment, event in enumerate(events):
        if event.operation and event.outcome is None:
            begun[event.actor] = moment
        elif isinstance(event.operation, Close | CloseAfter) and event.operation.immediate:
            emptied.add(event.operation.channel)
        elif isinstance(event.operation, Offering) and event.outcome:
            gifts |= given(event, event.operation, begun[event.actor], moment)
            taken += [Taken(event.outcome.channel, item, moment) for item in event.outcome.taken()]
    taken += [Taken(name, item, inf) for name, items in left.items() for item in items]
    taken = [one for one in taken if one.channel in kinds]  # What a hub gave is looked at elsewhere.
    yield from _not_given_once(gifts, taken)
    for name in kinds:
        yield from _not_accounted_for(name, gifts, taken, dropped[name], emptied=name in emptied)
    yield from _not_in_order(kinds, gifts, taken)


def given(event: Event, operation: Offering, begun: int, ended: int) -> Gifts:
    """List what an operation gave; all that it offered, if nobody knows."""
    assert event.outcome
    if event.outcome.how == ABANDONED:
        return {
            (case.channel, case.item): Gift(begun, inf, sure=False)
            for case in operation.cases
            if isinstance(case, Push)
        }
    case = operation.cases[event.outcome.chosen]
    if event.outcome.how == DONE and isinstance(case, Push):
        return {(case.channel, case.item): Gift(begun, ended)}
    return {}


def _not_given_once(gifts: Gifts, taken: list[Taken]) -> Iterator[str]:
    for number, (name, item, _) in enumerate(taken):
        if (name, item) in [other.key for other in taken[:number]]:
            yield f"{item} was taken from {name} twice"
        if (name, item) not in gifts:
            yield f"{item} was taken from {name}, though no push gave it"


def _not_accounted_for(name: str, gifts: Gifts, taken: list[Taken], dropped: int, *, emptied: bool) -> Iterator[str]:
    """Compare what was given to a channel and never taken with what the channel says that it has dropped."""
    gone = gifts.keys() - {one.key for one in taken}
    perhaps = [item for channel, item in gone if channel == name]
    surely = [item for item in perhaps if gifts[name, item].sure]
    if len(surely) > dropped and not emptied:
        yield f"{surely} were given to {name}, and are gone, of which {dropped} were dropped"
    if dropped > len(perhaps):
        yield f"{name} says that it has dropped {dropped}, and only {perhaps} are gone"


def _not_in_order(kinds: Kinds, gifts: Gifts, taken: list[Taken]) -> Iterator[str]:
    for first, second in combinations(taken, 2):
        if first.channel == second.channel and {first.key, second.key} <= gifts.keys():
            earlier, later = gifts[second.key], gifts[first.key]
            rank = urgency if kinds[first.channel].strategy is Strategy.PRIORITY else _equal
            if rank(second.item) < rank(first.item):
                wrong = earlier.ended < first.moment
            else:
                wrong = rank(second.item) == rank(first.item) and earlier.ended < later.begun
            if wrong:
                yield f"{first.item} left {first.channel} before {second.item}, which was before it"


def _equal(_: int) -> int:
    return 0
