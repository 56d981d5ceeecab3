"""The stage: actors play scripts on real channels, under the eyes of the judge.

Invariant: nothing happens on a stage but by a move: a ready callback runs, or an actor is interrupted. After each move
the judge looks.
"""

from __future__ import annotations

from asyncio import CancelledError
from contextlib import contextmanager
from typing import TYPE_CHECKING
from unittest.mock import patch

from pychanasync import Channel
from pychanasync import select as select_module
from tests.model import ledger
from tests.model.actors import ByHand, ByTask
from tests.model.judge import Judge, Role
from tests.model.loop import SteppedLoop
from tests.model.operations import ABANDONED, CANCELLED, REST, Outcome
from tests.model.performing import perform
from tests.model.story import Event
from tests.support.helpers import drain

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from tests.model.loop import Ready
    from tests.model.operations import Kind, Operation, Script
    from tests.model.reference import Wait

MOST_MOVES = 500  # Far more than any program takes.


class Stage:
    """One run. ``choose`` makes the choices of selects: of so many, one."""

    def __init__(self, kinds: Mapping[str, Kind], choose: Callable[[int], int]) -> None:
        self.loop = SteppedLoop()  # type: ignore[abstract]  # What it lacks, nothing here asks for.
        self.roles: list[Role] = []
        self.events: list[Event] = []
        self.moves = 0
        self._held = {name: kind.held() for name, kind in kinds.items()}
        self._channels = {name: Channel[int](kind.bound or None) for name, kind in kinds.items()}
        self._judge = Judge(kinds, self._channels)
        self._judge.choose = choose
        self._handed_on: dict[object, tuple[Role, Wait]] = {}
        """What is owed, by the callback that strikes."""
        self._striking: Role | None = None
        for name, channel in self._channels.items():
            for item in self._held[name]:
                channel.push_nowait(item)

    @contextmanager
    def lit(self) -> Generator[None]:
        """Be the running loop, and the chance by which selects choose; drop everything in the end."""
        with self.loop.running(), patch.object(select_module, "random", self._judge.draw):
            try:
                yield
            finally:
                for role in self.roles:
                    role.actor.discard()

    # The moves.

    def enter(self, name: str, script: Script) -> None:
        """Let an actor start when its callback runs."""
        role = Role(name, script)
        play = self._play(role)
        role.actor = ByHand(self.loop, play) if script.by_hand else ByTask(self.loop, play, lambda: self._struck(role))
        self.roles.append(role)

    def run(self, position: int = 0) -> None:
        """Run a ready callback; the one at 0 is the next in asyncio's own order."""
        ready = self.loop.ready[position]
        if ready in self._handed_on:
            role, debt = self._handed_on.pop(ready)
            self._strike(role, debt)
        else:
            role = self._owner(ready)
            self._move(role, "runs")
        self.loop.run(position)
        if self._striking:
            self._judge.fail(f"{role.name} was not cancelled by what it was owed")
        self._look(role)

    def interrupt(self, role: Role) -> None:
        """Cancel a task; abandon what is driven by hand."""
        if role.script.by_hand:
            self._move(role, "is abandoned")
            self._judge.reference.abandon(role.seen)
            if role.doing:
                self.events.append(Event(self.moves, role.name, role.doing.operation, Outcome(ABANDONED)))
                role.doing = None
        else:
            self._move(role, "is cancelled")
            self._judge.reference.cancel(role.seen)
        message = f"in move {self.moves}"
        role.messages.add(message)
        role.actor.interrupt(message)
        self._look(role)

    def unfinished(self) -> list[Role]:
        """List who has not ended."""
        return [role for role in self.roles if not role.actor.done()]

    def waiting(self) -> list[Role]:
        """List who has begun and waits."""
        return [role for role in self.roles if role.doing]

    def woken(self) -> list[Role]:
        """List who waits, and will run without anything further."""
        owners = {ready.owner for ready in self.loop.ready}
        return [role for role in self.waiting() if role.actor.owner in owners]

    def rest(self) -> None:
        """Let the judge see who still waits, now that nothing is left to run."""
        self._judge.rest(self.unfinished())

    def finish(self) -> None:
        """End whoever still waits; see that nothing is left, nothing lost, nothing doubled, nothing out of order."""
        self._judge.choose = lambda _: 0
        self._tell("", "nothing is left to run; now whoever waits is ended")
        while unfinished := self.unfinished():
            for role in unfinished:
                self.interrupt(role)
            while self.loop.ready:
                self.run()
            self.rest()
        left = {name: drain(channel) for name, channel in self._channels.items()}
        for name, items in left.items():
            self._judge.left(name, items)
        for fault in ledger.faults(self.events, self._held, left):
            self._judge.fail(fault)

    def _owner(self, ready: Ready) -> Role:
        owner = next((role for role in self.roles if role.actor.owner is ready.owner), None)
        return owner or self._judge.fail(f"the library asked the loop for {ready!r}")

    def _move(self, role: Role, what: str) -> None:
        self._tell(role.name, f"{role.name} {what}")
        if self.moves > MOST_MOVES:
            self._judge.fail("this never ends")

    def _tell(self, name: str, what: str) -> None:
        self.moves += 1
        self.events.append(Event(self.moves, name, what=what))

    def _look(self, role: Role) -> None:
        self._judge.look(role)
        if self.loop.errors:
            self._judge.fail(f"the loop was told of {self.loop.errors}")

    # What the actors do.

    async def _play(self, role: Role) -> None:
        for operation in role.script.operations:
            await self._attempt(role, operation)
        if role.seen.owed():
            await self._attempt(role, REST)  # To see what it is owed strike.

    async def _attempt(self, role: Role, operation: Operation) -> None:
        def between(outcome: Outcome) -> None:
            self._end(role, operation, outcome)
            self._begin(role, operation)

        self._begin(role, operation)
        try:
            outcome = await perform(self._channels, operation, between)
        except CancelledError as cancellation:
            self._end(role, operation, Outcome(CANCELLED))
            if cancellation.args not in {(message,) for message in role.messages}:
                self._judge.fail(f"{role.name} was cancelled with {cancellation.args}, which nobody said")
            if not role.script.stubborn:
                raise
        else:
            self._end(role, operation, outcome)

    def _begin(self, role: Role, operation: Operation) -> None:
        self.events.append(Event(self.moves, role.name, operation))
        self._judge.begin(role, operation, self.moves)

    def _end(self, role: Role, operation: Operation, outcome: Outcome) -> None:
        self.events.append(Event(self.moves, role.name, operation, outcome))
        before = role.seen.debt
        self._judge.end(role, outcome, self.moves)
        if role.seen.debt and role.seen.debt is not before:
            self._expect(role, role.seen.debt)

    # What is handed on.

    def _expect(self, role: Role, debt: Wait) -> None:
        """Expect a callback in the loop's next iteration that cancels an actor again."""
        newest = self.loop.ready[-1:]
        if not newest or newest[0].owner is not None:
            self._judge.fail(f"{role.name} was cancelled after its push had been taken, and that is not handed on")
        self._handed_on[newest[0]] = role, debt

    def _strike(self, role: Role, debt: Wait) -> None:
        owed = self._judge.reference.strike(role.seen, debt) and not role.actor.done()
        self._striking = role if owed else None
        self._move(role, "gets what it was owed" if owed else "is owed nothing any longer")

    def _struck(self, role: Role) -> None:
        if role is not self._striking and not role.actor.done():
            self._judge.fail(f"{role.name} was cancelled by the library, though nothing was to strike")
        self._striking = None
