"""Program: what is played, on what channels, and how far its schedules go.

Invariant: an item is offered once in a program, so that the ledger can tell who gave it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import inf
from typing import TYPE_CHECKING

from tests.model.explorer import Order, Trial
from tests.model.operations import Await, Kind, Name, Script, Strategy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.model.operations import Hub, Operation

UNBUFFERED, BUFFER, FULL = Kind(0), Kind(1), Kind(1, full=True)
WIDER, FULL_WIDER, NO_BOUND = Kind(2), Kind(2, full=True), Kind(inf)
SLIDING, DROPPING = Kind(1, full=True, strategy=Strategy.SLIDING), Kind(1, full=True, strategy=Strategy.DROPPING)
PRIORITY, THINNING = Kind(2, full=True, strategy=Strategy.PRIORITY), Kind(1, full=True, strategy=Strategy.THINNING)
REFUSING, FULL_REFUSING = Kind(0, strategy=Strategy.REFUSING), Kind(1, full=True, strategy=Strategy.REFUSING)
EACH = UNBUFFERED, BUFFER, FULL, SLIDING, DROPPING, PRIORITY, THINNING, REFUSING, FULL_REFUSING
WAITING = UNBUFFERED, FULL  # Where a push waits.
MIXED = [(SLIDING, UNBUFFERED), (UNBUFFERED, DROPPING), (REFUSING, PRIORITY), (THINNING, FULL_REFUSING)]


@dataclass(frozen=True)
class Program:
    """Scripts, and the channels on which to play them: of each kind, or each combination of kinds."""

    title: str
    scripts: Sequence[Script]
    kinds: Sequence[Sequence[Kind]]
    """The kinds of the channels a, b, c."""
    hubs: Sequence[Hub | None] = (None,)
    """The kinds of the hub h, if there is one, and of its subscriptions s and t."""

    def trials(self) -> Iterator[Trial]:
        """List what is to be explored of it.

        There are two cancellations at most; one, where three actors or more run in any order, which would take minutes.
        So would any order of two awaited tasks or more: they run first in, first out alone, as on asyncio's loops.
        """
        actors = sum(len([*script.family()]) for script in self.scripts)
        orders = Order if actors <= len(self.scripts) + 1 else [Order.FIFO]
        for hub, kinds, order in product(self.hubs, self.kinds, orders):
            cancellations = 1 if order is Order.ANY and actors > 2 else 2
            channels = dict(zip("abc", kinds, strict=False))
            yield Trial(self.title, channels, self.scripts, order, cancellations, hub)


def task(*operations: Operation) -> Script:
    return Script(operations)


def stubborn(*operations: Operation) -> Script:
    return Script(operations, stubborn=True)


def by_hand(*operations: Operation) -> Script:
    return Script(operations, by_hand=True)


def awaited(*operations: Operation, stubborn: bool = False) -> Await:
    """Make a task that the script in which this stands awaits."""
    return Await(Script(operations, stubborn))


def alone(title: str, *scripts: Script, on: Sequence[Kind] = EACH) -> Program:
    """Make a program of one channel."""
    return Program(title, scripts, [(kind,) for kind in on])


def pair(title: str, *scripts: Script, on: Sequence[Kind] = (UNBUFFERED, BUFFER)) -> Program:
    """Make a program of two channels, each of any of these kinds; and on channels that differ in more than a number."""
    return Program(title, scripts, [*product(on, repeat=2), *MIXED])


def hub(title: str, *scripts: Script, on: Sequence[Hub], beside: Sequence[Kind] = ()) -> Program:
    """Make a program of a hub, and perhaps of channels beside it."""
    return Program(title, scripts, [beside], on)


a, b, c = Name("a"), Name("b"), Name("c")
h, s, t = Name("h"), Name("s"), Name("t")
