"""Actors come, run, are interrupted and close channels in any order that hypothesis can think of.

By default it tries the same examples every time, so that a red run is the change's doing and repeats on every machine.
A proof tries new ones, many and longer, to find what nobody has thought of; its seed repeats what it finds.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from itertools import count
from string import ascii_uppercase
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.model.judge import Violation
from tests.model.machine.strategies import (
    anything,
    awaiting,
    awaits,
    batches,
    blocks,
    chains,
    closes,
    comings,
    failing,
    hubs,
    kinds,
    levels,
    names,
    numbered,
    on_hub,
    scripts_of,
    selects,
    singles,
    some,
    taking_back,
)
from tests.model.operations import Script
from tests.model.stage import Stage
from tests.model.story import tell
from tests.support import proof

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from tests.model.operations import Hub, Kind, Name, Operation

MOST_ACTORS = 8  # At a time: more only wait for each other.

LAST = 99  # Where there are fewer than are asked for, the last is meant: an example that shrinks stays the same.

anyone = st.integers(0, MOST_ACTORS - 1)

AS_FOUND = bool(os.environ.get("AS_FOUND"))
"""Whether a run that breaks a promise is to be told as it was found, since to make it shorter takes minutes."""


class Moves(RuleBasedStateMachine):
    """One stage, on which any move may be next."""

    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        self.lights = ExitStack()
        self.numbers = count(1)
        self.names = (f"{letter}{round_ or ''}" for round_ in count() for letter in ascii_uppercase)
        self.choice = 0
        self.closes = 0
        self.broken = False

    def begin(self, kinds: Mapping[str, Kind], hub: Hub | None = None) -> None:
        self.stage = Stage(kinds, lambda options: min(self.choice, options - 1), hub)
        self.lights.enter_context(self.stage.lit())

    def meant(self, script: Script) -> Script:
        """Return what is meant by a script that was drawn."""
        return script

    @contextmanager
    def telling(self) -> Generator[None]:
        """Tell the story of what breaks a promise."""
        try:
            yield
        except Violation as violation:
            self.broken = True
            violation.add_note(tell(self.stage.events))
            raise

    def enter(self, script: Script, choice: int, *, at_once: bool) -> None:
        """Let an actor start when its turn comes, or run to its first wait at once, as an eager task does."""
        if len(self.stage.unfinished()) < MOST_ACTORS:
            self.stage.enter(next(self.names), numbered(self.meant(script), self.numbers))
            if at_once:
                self.run(LAST, 1, choice)

    @rule(script=scripts_of(singles), choice=anyone, at_once=st.booleans())
    def push_or_pull(self, script: Script, choice: int, *, at_once: bool) -> None:
        self.enter(script, choice, at_once=at_once)

    @rule(script=scripts_of(selects), choice=anyone, at_once=st.booleans())
    def select(self, script: Script, choice: int, *, at_once: bool) -> None:
        self.enter(script, choice, at_once=at_once)

    @rule(script=scripts_of(batches), choice=anyone, at_once=st.booleans())
    def pull_many(self, script: Script, choice: int, *, at_once: bool) -> None:
        self.enter(script, choice, at_once=at_once)

    @rule(script=scripts_of(anything), choice=anyone, at_once=st.booleans())
    def do_anything(self, script: Script, choice: int, *, at_once: bool) -> None:
        self.enter(script, choice, at_once=at_once)

    @rule(
        script=st.builds(taking_back, singles | selects | awaits, singles, older=st.booleans()),
        choice=anyone,
        at_once=st.booleans(),
    )
    def take_back(self, script: Script, choice: int, *, at_once: bool) -> None:
        self.enter(script, choice, at_once=at_once)

    @rule(script=scripts_of(awaits | chains | singles), choice=anyone, at_once=st.booleans())
    def await_another(self, script: Script, choice: int, *, at_once: bool) -> None:
        self.enter(script, choice, at_once=at_once)

    @rule(name=names, levels=levels, stubborn=st.booleans(), number=anyone, more=st.sampled_from([0, 0, 1, 2]))
    def cancel_too_late(
        self, name: Name, levels: list[list[Operation]], number: int, more: int, *, stubborn: bool
    ) -> None:
        """Serve a push for which others wait, and cancel one of them before it resumes, perhaps another one too."""
        self.enter(awaiting(name.push(0), levels, stubborn=stubborn), 0, at_once=True)
        self.run(LAST, len(levels), 0)
        self.enter(Script((name.pull_nowait(),)), 0, at_once=True)
        for _ in range(1 + more):
            self.interrupt(number)

    def is_to_close(self) -> bool:
        """Return whether a channel is to be closed, which is seldom: a closed one is a dull one."""
        self.closes += 1
        return self.closes % 4 == 0

    @rule(close=closes)
    def close(self, close: Operation) -> None:
        if self.is_to_close():
            self.enter(Script((close,)), 0, at_once=True)

    @rule(block=blocks, afterwards=some, stubborn=st.booleans(), choice=anyone)
    def leave_a_block(self, block: Operation, afterwards: list[Operation], choice: int, *, stubborn: bool) -> None:
        if self.is_to_close():
            self.enter(Script((block, *afterwards), stubborn), choice, at_once=True)

    @rule(
        operations=some,
        end=failing,
        name=names,
        others=st.lists(anyone, max_size=2),
        immediate=st.booleans(),
    )
    def close_after(
        self, operations: list[Operation], end: list[Operation], name: Name, others: list[int], *, immediate: bool
    ) -> None:
        """Close a channel after a new task, and perhaps after others, which may have ended."""
        if self.is_to_close():
            self.enter(Script((*operations, *end)), 0, at_once=True)
            tasks = [role.name for role in reversed(self.stage.roles) if not role.script.by_hand]
            chosen = [tasks[min(number, len(tasks) - 1)] for number in [0, *others] if tasks]
            if chosen:
                self.enter(Script((name.close_after(*chosen, immediate=immediate),)), 0, at_once=True)

    @rule(choice=anyone)
    def run_next(self, choice: int) -> None:
        """Run the ready callback that is the next in asyncio's own order."""
        self.run(0, 1, choice)

    @rule(position=anyone, steps=st.sampled_from([1, 1, 2, 5]), choice=anyone)
    def run(self, position: int, steps: int, choice: int) -> None:
        """Run any of what is ready, and more after it."""
        self.choice = choice
        for _ in range(min(steps, len(self.stage.loop.turns()))):
            with self.telling():
                self.stage.run(min(position, len(self.stage.loop.turns()) - 1))

    @rule(number=anyone)
    def end_time(self, number: int) -> None:
        """Let somebody's timer end."""
        timed = self.stage.timed()
        if timed:
            with self.telling():
                self.stage.end_time(timed[min(number, len(timed) - 1)])

    @rule(number=anyone)
    def interrupt(self, number: int) -> None:
        """Cancel or abandon one who waits; rather one whose wait has just been ended, where there is such a one."""
        waiting = self.stage.woken() or self.stage.waiting()
        if waiting:
            with self.telling():
                self.stage.interrupt(waiting[min(number, len(waiting) - 1)])

    @invariant()
    def rest(self) -> None:
        """Let nobody wait in vain when nothing is left to run."""
        if not self.stage.loop.ready:
            with self.telling():
                self.stage.rest()

    def teardown(self) -> None:
        with self.lights:
            if not self.broken:
                while self.stage.loop.ready:
                    self.run(0, 1, 0)
                with self.telling():
                    self.stage.finish()


class OnChannels(Moves):
    """Three channels of any kinds."""

    @initialize(kinds=kinds)
    def open(self, kinds: Mapping[str, Kind]) -> None:
        self.begin(kinds)


class OnHub(Moves):
    """A hub, two subscriptions that come and go, and a channel."""

    @initialize(kinds=kinds, hub=hubs)
    def open(self, kinds: Mapping[str, Kind], hub: Hub) -> None:
        self.begin({"a": kinds["a"]}, hub)

    def meant(self, script: Script) -> Script:
        return on_hub(script)

    @rule(operations=comings, by_hand=st.booleans())
    def come_or_go(self, operations: tuple[Operation, ...], *, by_hand: bool) -> None:
        self.enter(Script(operations, by_hand=by_hand), 0, at_once=True)


@pytest.mark.long(25, 130)
@pytest.mark.parametrize(
    ("machine", "part"),
    [
        # One after the other they would keep one core busy for minutes.
        *((OnChannels, part) for part in range(4)),
        (OnHub, 0),
    ],
)
def test_no_run_breaks_a_promise(machine: type[Moves], part: int, size: int) -> None:
    steps = 150 if proof.SEED else 60
    run_state_machine_as_test(
        seed(4 * proof.SEED + part)(machine),
        settings=settings(
            deadline=None,
            database=None,
            phases=[Phase.generate] if AS_FOUND else [Phase.generate, Phase.shrink],
            max_examples=size,
            stateful_step_count=steps,
            suppress_health_check=[HealthCheck.too_slow],  # Beside other load anything may be.
        ),
    )
