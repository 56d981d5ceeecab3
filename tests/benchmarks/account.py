"""The account of what a channel made of the items that were pushed into it, each of them once."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import asdict, astuple, dataclass, field
from itertools import accumulate
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NO_FAULTS = {"acknowledged", "asked"}
"""What is counted to compare the faults with."""


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


@dataclass
class Record:
    """What was noted in a run."""

    acknowledged: dict[int, Span] = field(default_factory=dict[int, Span])  # By item, the pushes that returned.
    refused: set[int] = field(default_factory=set[int])  # The items of the pushes that raised.
    returned: set[int] = field(
        default_factory=set[int]
    )  # The items that pulls returned, whether or not they were read.
    takes: list[Take] = field(default_factory=list[Take])  # What was read.
    failed: int = 0
    asked: int = 0
    missed: int = 0


@dataclass(frozen=True)
class Account:
    """What became of the items of some runs, in numbers."""

    hung: int = 0  # Runs that came to no end; nothing else of them is counted.
    acknowledged: int = 0  # Pushes that returned.
    lost: int = 0  # Items of these that no pull returned, and that were not left in the channel either.
    unread: int = 0  # Items of these that a pull returned, but to a task whose result nobody read.
    doubled: int = 0  # Deliveries of an item beyond its first.
    raised: int = 0  # Items that were delivered though their push raised.
    overtaken: int = 0  # Items that left after one that had entered after them: see `overtaken`.
    unserved: int = 0  # Items that left after one whose push began later: see `unserved`.
    failed: int = 0  # Operations that raised what is neither a cancellation nor a timeout.
    asked: int = 0  # Cancellations of tasks that had a long wait before them, after their operation.
    missed: int = 0  # Those of them that were never raised: the task came to the end of that wait.

    @classmethod
    def of(cls, record: Record) -> Account:
        """Settle a run."""
        taken = Counter(take.item for take in record.takes)
        gone = record.acknowledged.keys() - taken.keys()
        return cls(
            acknowledged=len(record.acknowledged),
            lost=len(gone - record.returned),
            unread=len(gone & record.returned),
            doubled=taken.total() - len(taken),
            raised=len(record.refused & taken.keys()),
            overtaken=overtaken(record.acknowledged, record.takes),
            unserved=unserved(record.acknowledged, record.takes),
            failed=record.failed,
            asked=record.asked,
            missed=record.missed,
        )

    def __add__(self, other: Account) -> Account:
        return Account(*map(sum, zip(astuple(self), astuple(other), strict=True)))

    def faults(self) -> dict[str, int]:
        """Return what went wrong, and how often."""
        return {name: number for name, number in asdict(self).items() if number and name not in NO_FAULTS}


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
    """Count the items that left after one whose push began later: whose push waited while a later arrival was served.

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
