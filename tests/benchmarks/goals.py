"""The goals: how fast a channel is to be, as ratios that one run shows, and whether it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.benchmarks import names
from tests.benchmarks.names import NAMESAKE, OURS, QUEUE, closed_on, one_of
from tests.benchmarks.results import Spread, ratios

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.results import Results


@dataclass(frozen=True)
class Goal:
    """That a ratio is at most, or at least, so much."""

    text: str
    limit: float
    scenario: str
    ours: str
    other: str
    faster: bool = False  # At least so many times as fast; else at most so many times the time.
    beside: str | None = None  # The scenario of the other, if that is another one.

    def spread(self, results: Results, loop: str) -> Spread | None:
        """Find the ratio in what was measured on a loop, if it was measured there."""
        times = results["times"].get(loop, {})
        ours = times.get(self.scenario, {}).get(self.ours)
        other = times.get(self.beside or self.scenario, {}).get(self.other)
        if ours is None or other is None:
            return None
        return Spread.of(ratios(other, ours) if self.faster else ratios(ours, other))

    def reached(self, ratio: float) -> bool:
        """Compare as what is shown, so that the page cannot contradict itself."""
        return round(ratio, 2) >= self.limit if self.faster else round(ratio, 2) <= self.limit

    def bound(self) -> str:
        return f"{'at least' if self.faster else 'at most'} {self.limit:g}"


@dataclass(frozen=True)
class Weight(Goal):
    """That what is weighed weighs at most so much: as a ratio or, with no other, in bytes."""

    def spread(self, results: Results, loop: str) -> Spread | None:
        del loop  # It weighs the same on each.
        weights = results["weights"][self.scenario]
        weight = weights[self.ours] / (weights[self.other] if self.other else 1)
        return Spread(weight, weight, weight)


def of_passing() -> Iterator[Goal]:
    yield Goal("a push and a pull: time, in trivial coroutines", 1.35, "uncontended", OURS, names.TWO_COROUTINES)
    for text, limit, scenario in (
        ("a push and a pull", 2.3, "uncontended"),
        ("producer and consumer, buffer 100", 1.9, "buffer 100"),
        ("producer and consumer, buffer 1", 2.4, "buffer 1"),
    ):
        yield Goal(f"{text}: speed, in asyncio.Queues", limit, scenario, OURS, QUEUE, faster=True)
    yield Goal("unbuffered: speed, in asyncio.Queues of 1", 1.7, "unbuffered", OURS, names.QUEUE_OF_ONE, faster=True)
    for kind in ("unbuffered", "buffer 1"):
        text = f"ping-pong, {kind}: time, in bare futures"
        yield Goal(text, 1.45, "ping-pong", f"{OURS}, {kind}", names.FUTURES)
    yield Goal("`async for`: time, in trivial iterators", 1.25, "async for", OURS, names.ITERATOR)


def of_making() -> Iterator[Goal]:
    # At most 0.65 of what the first version took, which no run has any more. It took 2.7 times as long as an
    # asyncio.Queue, in the same rounds.
    yield Goal("make a channel of 10 and drop it: time, in asyncio.Queues", 1.75, "create and drop", OURS, QUEUE)


def of_selecting() -> Iterator[Goal]:
    ready, waits = "select_rx of 2", "select that waits on 2"
    yield Goal("select with a ready case of 2: time, in pulls", 9, ready, OURS, names.A_PULL)
    yield Goal("select that waits on 2: time, in waiting pulls", 1.65, waits, OURS, names.A_PULL)
    for kind in ("select_rx of", "select_both of", "select that waits on"):
        text = f"{kind} 16: time, in those of 2"
        yield Goal(text, 8, f"{kind} 16", OURS, OURS, beside=f"{kind} 2")


def of_the_namesake() -> Iterator[Goal]:
    """Compare with the other pychanasync where it does what it says: not where waits are cancelled."""
    scenarios = ("uncontended", "buffer 100", "buffer 1", "unbuffered", "many to many", "fan-in", "create and drop")
    for scenario in (*scenarios, "parked, then released", "parked, then closed"):
        yield Goal(f"{scenario}: speed, in those of the other", 0.95, scenario, OURS, NAMESAKE, faster=True)
    for kind in ("unbuffered", "buffer 1"):
        text = f"ping-pong, {kind}: speed, in those of the other"
        yield Goal(text, 0.95, "ping-pong", f"{OURS}, {kind}", f"{NAMESAKE}, {kind}", faster=True)
    for scenario in ("select_rx of 2", "select_rx of 16", "select that waits on 2", "select that waits on 16"):
        yield Goal(f"{scenario}: speed, in those of the other", 10, scenario, OURS, NAMESAKE, faster=True)


def of_growth() -> Iterator[Goal]:
    few, many = names.CANCELLED_OF_FEW, names.CANCELLED_OF_MANY
    text = f"cancel one of {many:,}: time, in those of {few}"
    yield Goal(text, 2, "cancel one of many", one_of(OURS, many), one_of(OURS, few))
    few, many = names.CLOSED_FEW, names.CLOSED_MANY
    text = f"close on {many:,}: time a task, in those on {few:,}"
    yield Goal(text, 2, "close on many", closed_on(OURS, many), closed_on(OURS, few))


def of_memory() -> Iterator[Goal]:
    for kind, ours in (("buffer 10", OURS), ("unbuffered", f"{OURS}, unbuffered")):
        yield Weight(f"an idle channel, {kind}: memory, in idle asyncio.Queues", 0.25, names.IDLE, ours, QUEUE)
    for operation in ("a pull", "a push"):
        text = f"{operation} that waits: bytes beyond its future"
        yield Weight(text, 200, names.WAITING, f"{OURS}, {operation}", "")


GOALS = [*of_passing(), *of_making(), *of_selecting(), *of_growth(), *of_memory(), *of_the_namesake()]
