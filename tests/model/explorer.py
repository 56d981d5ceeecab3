"""The explorer: every schedule of a program, by a depth-first search that plays each from its beginning.

A schedule is the list of choices that were made while it was played: which order of starts, which ready callback runs
next, whom to cancel or whose time ends, which ready case a select does. The next schedule makes the last choice that
has an option left differently and is the same up to there.

Invariant: a schedule that is played again meets the same options; a program whose run depends on anything else than its
choices is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from math import inf
from random import Random
from string import ascii_uppercase
from typing import TYPE_CHECKING

from tests.model.judge import Violation
from tests.model.stage import Stage
from tests.model.story import tell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.model.judge import Role
    from tests.model.operations import Hub, Kind, Script
    from tests.model.story import Event

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Order(Enum):
    """Which of the ready callbacks may run next."""

    FIFO = "first in, first out"  # As on asyncio's loops; then the tasks are started in every order.
    ANY = "any order"


@dataclass(frozen=True)
class Trial:
    """What is explored: scripts, channels for them, and how far the schedules may go."""

    title: str
    kinds: Mapping[str, Kind]
    scripts: Sequence[Script]
    order: Order
    interruptions: int
    """At most so many cancellations."""
    hub: Hub | None = None

    def named(self) -> list[tuple[str, Script]]:
        """List the scripts with the names of their actors."""
        return [*zip(ascii_uppercase, self.scripts, strict=False)]

    def __str__(self) -> str:
        kinds = ", ".join(f"{name}={kind}" for name, kind in self.kinds.items())
        if self.hub:
            kinds = ", ".join(filter(None, [f"h=({self.hub})", kinds]))
        return f"{self.title} [{kinds}] {self.order.name.lower()} {self.interruptions}"


@dataclass
class Choices:
    """The choices of one schedule: those given, and from there on the first or any."""

    given: Sequence[tuple[int, int]] = ()
    """The choices to repeat, each with the number of its options; 0 where that is not known."""
    made: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    random: Random | None = None
    """Makes the choices that are not given; else each of them is the first."""

    def choose(self, options: int) -> int:
        """Choose one of so many."""
        if options == 1:
            return 0
        choice = 0
        if len(self.made) < len(self.given):
            choice, known = self.given[len(self.made)]
            if choice >= options or known not in (0, options):
                raise ValueError(f"choice {len(self.made)} has {options} options now, and had others before")
        elif self.random:
            choice = self.random.randrange(options)
        self.made.append((choice, options))
        return choice

    def following(self) -> list[tuple[int, int]] | None:
        """Find the schedule that comes next in the search, ``None`` after the last."""
        following = self.made[:]
        while following:
            choice, options = following.pop()
            if choice + 1 < options:
                return [*following, (choice + 1, options)]
        return None

    @property
    def number(self) -> str:
        """The schedule as a number: a digit a choice, without the zeros at its end."""
        return "".join(DIGITS[choice] for choice, _ in self.made).rstrip("0") or "0"

    @classmethod
    def numbered(cls, number: str) -> Choices:
        """Make the schedule of a number."""
        return cls([(int(digit, 36), 0) for digit in number])


@dataclass
class Run:
    """A schedule that was played, or broken off."""

    trial: Trial
    number: str
    moves: int
    events: Sequence[Event]
    violation: str = ""

    def __str__(self) -> str:
        """Tell the story."""
        scripts = (f"    {name}: {script}" for name, script in self.trial.named())
        again = f'(to play it again: python -m tests.model "{self.trial}" {self.number})'
        return "\n".join(
            [str(self.trial), *scripts, f"schedule {self.number}:", tell(self.events), self.violation, again]
        )


def explore(trial: Trial, most: float = inf) -> tuple[int, Run | None]:
    """Play every schedule; return how many there are, and the shortest of those that broke a promise.

    With `most`, play only so many, drawn at random: the same ones each time.
    """
    schedules, shortest = 0, None
    for choices in _all() if most == inf else _some(int(most)):
        run = play(trial, choices, shortest.moves - 1 if shortest else inf)
        if run.violation and (shortest is None or run.moves < shortest.moves):
            shortest = run
        schedules += 1
    return schedules, shortest


def _all() -> Iterator[Choices]:
    """Make the choices of one schedule after another; each follows from what was made of the one before."""
    following: Sequence[tuple[int, int]] | None = ()
    while following is not None:
        choices = Choices(following)
        yield choices
        following = choices.following()


def _some(many: int) -> Iterator[Choices]:
    """Make the choices of so many schedules at random."""
    for seed in range(many):
        yield Choices(random=Random(seed))  # noqa: S311  # Repeatable, not secret.


def play(trial: Trial, choices: Choices, most_moves: float = inf) -> Run:
    """Play one schedule; break it off after so many moves, if they are not enough."""
    stage = Stage(trial.kinds, choices.choose, trial.hub)
    violation = ""
    with stage.lit():
        try:
            for name, script in _in_some_order(trial, choices):
                stage.enter(name, script)
            _move(trial, stage, choices, most_moves)
        except Violation as broken:
            violation = str(broken)
    return Run(trial, choices.number, stage.moves, stage.events, violation)


def _in_some_order(trial: Trial, choices: Choices) -> Iterator[tuple[str, Script]]:
    """List the scripts in the order in which they start; where any callback may run next, that says it."""
    scripts = trial.named()
    while scripts:
        yield scripts.pop(choices.choose(len(scripts)) if trial.order is Order.FIFO else 0)


def _move(trial: Trial, stage: Stage, choices: Choices, most_moves: float) -> None:
    """Run callbacks and interrupt actors until nothing is left to run, then finish."""
    interruptions = 0
    while stage.moves < most_moves:
        ready = len(stage.loop.turns())
        if not ready:
            stage.rest()
        victims: list[Role] = []
        if interruptions < trial.interruptions:
            # Who is interrupted before it has begun never does begin, whenever that was: to try it once is enough.
            victims = stage.unfinished() if stage.moves == interruptions else stage.waiting()
        runs, timed = 1 if trial.order is Order.FIFO or not ready else ready, stage.timed()
        choice = choices.choose(runs + len(victims) + len(timed))
        if choice >= runs + len(victims):
            stage.end_time(timed[choice - runs - len(victims)])
        elif choice >= runs:
            stage.interrupt(victims[choice - runs])
            interruptions += 1
        elif ready:
            stage.run(choice)
        else:
            stage.finish()
            return
