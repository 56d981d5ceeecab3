"""Taking turns: how long operations take, measured so that the figures of a scenario can be compared.

Invariant: the contenders of a scenario are measured in one process and in short rounds, in each of which every one of
them has its turn, in an order drawn anew. So what disturbs the machine for a while strikes all of them, and a ratio is
taken within each round. Nothing that is measured sleeps, so that time is the processor's, which other programs do not
use up. The collector of cycles rests during a turn, as it does in `timeit`.
"""

from __future__ import annotations

import asyncio
import gc
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, TypeAlias

import trio

try:
    import uvloop
except ImportError:  # It has no wheels for every platform and for the newest Python.
    uvloop = None  # type: ignore[assignment]  # So that one name tells whether it is there.

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

Play: TypeAlias = "Callable[[int], Coroutine[object, object, float]]"  # So many operations: the seconds they took.
Times: TypeAlias = dict[str, list[float]]  # By contender, the nanoseconds of an operation in each round.

GRAIN = 80  # Numbers of operations are multiples of it, so that the tasks of a scenario can share them out.

LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"stock": asyncio.new_event_loop}
if uvloop is not None:
    LOOPS["uvloop"] = uvloop.new_event_loop


@dataclass(frozen=True)
class Scenario:
    """What is measured, and on whom."""

    about: str  # A sentence for the page.
    operation: str  # What the time of a figure is for.
    contenders: Mapping[str, Play]
    on_trio: Mapping[str, Play] = field(default_factory=dict[str, Play])  # These on trio's loop.
    number: int | None = None  # Of operations in a turn, where it is part of the scenario.


@dataclass(frozen=True)
class Pace:
    """How long it all takes."""

    rounds: int = 9
    turn: float = 0.015  # Seconds, about.


class Match:
    """The contenders of a scenario on a loop."""

    def __init__(self, scenario: Scenario, loop: str, pace: Pace) -> None:
        self.scenario = scenario
        self.loop = loop
        self.pace = pace
        self.names = [*scenario.contenders, *(scenario.on_trio if loop == "stock" else ())]

    def times(self) -> Times:
        """Let the contenders take turns."""
        numbers = {name: self.scenario.number or self.fitting_number(name) for name in self.names}
        times: Times = {name: [] for name in self.names}
        draw = Random(0)  # noqa: S311  # Repeatable, not secret.
        for _ in range(self.pace.rounds):
            for name in draw.sample(self.names, len(self.names)):
                nanoseconds = self.seconds(name, numbers[name]) * 1e9 / numbers[name]
                times[name].append(round(nanoseconds, 2))
        return times

    def fitting_number(self, name: str) -> int:
        """Find how many operations fill a turn."""
        number, seconds = GRAIN, 0.0
        while seconds < self.pace.turn / 8:
            number *= 4 if seconds else 1
            seconds = self.seconds(name, number)
        return GRAIN * max(1, round(number * self.pace.turn / seconds / GRAIN))

    def seconds(self, name: str, number: int) -> float:
        """Play a turn, on a loop of its own."""
        gc.collect()
        gc.disable()
        try:
            if name in self.scenario.on_trio:
                return trio.run(self.scenario.on_trio[name], number)
            with asyncio.Runner(loop_factory=LOOPS[self.loop]) as runner:
                return runner.run(self.scenario.contenders[name](number))
        finally:
            gc.enable()
