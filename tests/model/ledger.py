"""The ledger: exactly once and in order, from what the actors saw alone.

The reference knows the rules by which a channel works; a mistake in the rules themselves it would share with a library
that follows them. This knows none: who gave what, who took what, and when each of them began and ended.

Invariant: an item is offered once in a program, so that it can be told who gave it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import inf
from typing import TYPE_CHECKING, TypeAlias

from tests.model.operations import ABANDONED, DONE, Close, Offering, Push

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tests.model.story import Event

Taken: TypeAlias = tuple[str, int]  # A channel and the item that it gave.
Items: TypeAlias = "Mapping[str, list[int]]"


@dataclass
class Gift:
    """An item that was given: between which moments, and whether that is sure."""

    begun: float
    ended: float
    sure: bool = True


def faults(events: Iterable[Event], held: Items, left: Items) -> Iterator[str]:
    """Find what contradicts exactly once, and order.

    Args:
        events: What happened.
        held: What each channel held before.
        left: What was pulled from each channel when all was over.
    """
    gifts = {(name, item): Gift(item, item) for name, items in held.items() for item in items}  # Before moment 0.
    taken: list[Taken] = []
    emptied: set[str] = set()
    begun: dict[str, int] = {}
    for moment, event in enumerate(events):
        if event.operation and event.outcome is None:
            begun[event.actor] = moment
        elif isinstance(event.operation, Close) and event.operation.immediate:
            emptied.add(event.operation.channel)
        elif isinstance(event.operation, Offering) and event.outcome:
            gifts |= _given(event, event.operation, begun[event.actor], moment)
            if event.outcome.item is not None:
                taken.append((event.outcome.channel, event.outcome.item))
    taken += [(name, item) for name, items in left.items() for item in items]
    yield from _not_once(gifts, taken, emptied)
    yield from _not_in_order(gifts, taken)


def _given(event: Event, operation: Offering, begun: int, ended: int) -> dict[Taken, Gift]:
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


def _not_once(gifts: dict[Taken, Gift], taken: list[Taken], emptied: set[str]) -> Iterator[str]:
    for number, (name, item) in enumerate(taken):
        if (name, item) in taken[:number]:
            yield f"{item} was taken from {name} twice"
        if (name, item) not in gifts:
            yield f"{item} was taken from {name}, though no push gave it"
    for (name, item), gift in gifts.items():
        if gift.sure and (name, item) not in taken and name not in emptied:
            yield f"{item} was given to {name}, and is lost"


def _not_in_order(gifts: dict[Taken, Gift], taken: list[Taken]) -> Iterator[str]:
    for (name, first), (other, second) in combinations(taken, 2):
        if name == other and {(name, first), (name, second)} <= gifts.keys():
            earlier, later = gifts[name, second], gifts[name, first]
            if earlier.ended < later.begun:
                yield f"{first} left {name} before {second}, which had entered before it"
