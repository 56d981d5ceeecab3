"""The account of what a channel made of the items that were pushed into it, each of them once."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import asdict, astuple, dataclass
from itertools import accumulate
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet


@dataclass(frozen=True)
class Span:
    """Between which moments an operation took place."""

    began: int
    returned: int


@dataclass(frozen=True)
class Take:
    """A pull that returned."""

    item: int
    span: Span


@dataclass(frozen=True)
class Account:
    """What became of the items of some runs, in numbers."""

    hung: int = 0  # Runs that came to no end; nothing else of them is counted.
    acknowledged: int = 0  # Pushes that returned.
    lost: int = 0  # Items of these that no pull brought, and that were not left in the channel either.
    doubled: int = 0  # Deliveries of an item beyond its first.
    raised: int = 0  # Items that were delivered though their push raised.
    overtaken: int = 0  # Items that left after one that had entered after them: see `overtaken`.
    unserved: int = 0  # Items that left after one whose push began later: see `unserved`.
    failed: int = 0  # Operations that raised what is neither a cancellation nor a time-out.

    @classmethod
    def of(
        cls, acknowledged: Mapping[int, Span], refused: AbstractSet[int], takes: Sequence[Take], failed: int
    ) -> Account:
        """Settle a run: by item, the pushes that returned; the items of those that raised; what was taken."""
        taken = Counter(take.item for take in takes)
        return cls(
            acknowledged=len(acknowledged),
            lost=len(acknowledged.keys() - taken.keys()),
            doubled=taken.total() - len(taken),
            raised=len(refused & taken.keys()),
            overtaken=overtaken(acknowledged, takes),
            unserved=unserved(acknowledged, takes),
            failed=failed,
        )

    def __add__(self, other: Account) -> Account:
        return Account(*map(sum, zip(astuple(self), astuple(other), strict=True)))

    def faults(self) -> dict[str, int]:
        """Tell what went wrong, and how often."""
        return {name: number for name, number in asdict(self).items() if number and name != "acknowledged"}


def overtaken(pushes: Mapping[int, Span], takes: Sequence[Take]) -> int:
    """Count the items that left after one that had entered after them.

    What counts is what no scheduling of the tasks can feign. An item entered after another if its push began when the
    other's had returned, and left before it if its pull had returned when the other's began. Where two pushes overlap,
    or two pulls, either order is right.
    """
    pulls = first_takes(pushes, takes)
    entries = sorted((pushes[item].began, pull.returned) for item, pull in pulls.items())
    soonest = soonest_from_each(entries)
    following = [bisect_right(entries, (pushes[item].returned, inf)) for item in pulls]
    return sum(soonest[place] < pull.began for place, pull in zip(following, pulls.values(), strict=True))


def unserved(pushes: Mapping[int, Span], takes: Sequence[Take]) -> int:
    """Count the items that left after one whose push began later: whose push waited while a newcomer was served.

    A push that returned began to wait, or was served, in the step in which it began. So where who comes first is served
    first, the items leave in the order in which their pushes began.
    """
    pulls = first_takes(pushes, takes)
    entries = sorted((pushes[item].began, pull.returned) for item, pull in pulls.items())
    return sum(soonest < left for (_, left), soonest in zip(entries, soonest_from_each(entries)[1:], strict=True))


def first_takes(pushes: Mapping[int, Span], takes: Sequence[Take]) -> dict[int, Span]:
    """Find the first take of each item whose push returned."""
    return {take.item: take.span for take in reversed(takes) if take.item in pushes}


def soonest_from_each(entries: Sequence[tuple[int, int]]) -> list[float]:
    """Tell for each entry, and for the end, when the first of it and those after it left."""
    return [inf, *accumulate((left for _, left in reversed(entries)), min)][::-1]
