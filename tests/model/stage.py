"""The stage: actors play scripts on real channels, under the eyes of the judge.

Invariant: nothing happens on a stage but by a move: a ready callback runs, or an actor is interrupted. After each move
the judge looks.
"""

from __future__ import annotations

from asyncio import CancelledError
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING
from unittest.mock import patch

from pychanasync import ChannelClosed, _waiting
from pychanasync import select as select_module
from tests.model import hub_ledger, ledger
from tests.model.actors import ByHand, ByTask
from tests.model.channels import Channels
from tests.model.hub_reference import ReferenceWithHub
from tests.model.judge import Judge, Role
from tests.model.loop import SteppedLoop
from tests.model.operations import (
    ABANDONED,
    CANCELLED,
    DONE,
    REST,
    SUBSCRIPTIONS,
    Block,
    Coming,
    Fail,
    Forget,
    Leave,
    Offering,
    Outcome,
    Pull,
    Subscribe,
)
from tests.model.performing import error_of, perform, raised
from tests.model.reference import Ending
from tests.model.story import Event
from tests.support.endings import SenderError

if TYPE_CHECKING:
    from asyncio import Task
    from collections.abc import Callable, Generator, Mapping

    from tests.model.loop import Ready
    from tests.model.operations import Hub, Kind, Operation, Script, Step
    from tests.model.reference import Actor, Deferred, Tie

MOST_MOVES = 10_000  # Far more than any program takes, or any long run of the state machine.


class Stage:
    """One run. ``choose`` makes the choices of selects: of so many, one."""

    def __init__(self, kinds: Mapping[str, Kind], choose: Callable[[int], int], hub: Hub | None = None) -> None:
        self.loop = SteppedLoop()  # type: ignore[abstract]  # What it lacks, nothing here asks for.
        self.roles: list[Role] = []
        self.events: list[Event] = []
        self.moves = 0
        self._kinds = kinds
        self._hub = hub
        self._channels = Channels(kinds, hub)
        self._judge = Judge(kinds, hub, self._channels)
        self._judge.choose = choose
        self._expected: dict[Ready, Callable[[], Ending | None]] = {}
        """Callbacks of the library, with what the reference is to hear of each; another may come of it, for an end."""
        self._over = False
        self._asked_before = 0
        """How many callbacks were ready when the last operation began."""
        self._to_reach: list[Actor] = []
        """Whom the library has yet to cancel in this move, or asyncio, when it passes a cancellation on."""

    @contextmanager
    def lit(self) -> Generator[None]:
        """Be the running loop, and the chance by which selects choose; drop everything in the end."""
        with self.loop.running(), patch.object(select_module, "random", self._judge.draw):
            try:
                yield
            finally:
                self._over = True
                for role in self.roles:
                    role.actor.discard()
                _waiting.refused.clear()  # Where a fault has left something, the next run is not to find it.

    # The moves.

    def enter(self, name: str, script: Script) -> None:
        """Let an actor start when its callback runs."""
        role = Role(name, script)
        role.seen.by_hand = script.by_hand
        if script.by_hand:
            role.actor = ByHand(self.loop, self._play(role))
            self._add(role)
        else:
            _ = self._start(role)  # It ends or is discarded with its run.

    def run(self, choice: int = 0) -> None:
        """Run what is ready; the turn at 0 is the next in asyncio's own order."""
        self._run_turn(self.loop.turns()[choice])
        self._look()

    def _run_turn(self, turn: list[Ready]) -> None:
        ended = None if turn[0] in self._expected else self._role_of(turn[0].ended)
        for ready in turn:
            self._run(ready)
        if ended:
            if ended.seen.at_end:
                self._judge.fail(f"the library has not asked to be told of the end of {ended.name}")
            self._to_reach += self._judge.reference.hand_up(ended.seen)  # If no callback of the library came for it.

    def timed(self) -> list[Role]:
        """List who has a timer that runs."""
        roles = [self._role_of(timer.owner) for timer in self.loop.timers()]
        return [role for role in roles if role]

    def end_time(self, role: Role) -> None:
        """Let somebody's timer end."""
        self._move(role.name, f"the time of {role.name} is over")
        self._judge.reference.end_time(role.seen)
        self.loop.ring(next(timer for timer in self.loop.timers() if timer.owner is role.actor.owner))
        self._look()

    def interrupt(self, role: Role) -> None:
        """Cancel a task; abandon what is driven by hand."""
        if role.script.by_hand:
            self._move(role.name, f"{role.name} is abandoned")
            self._judge.reference.abandon(role.seen)
            if role.doing:
                self.events.append(Event(self.moves, role.name, role.doing.operation, Outcome(ABANDONED)))
                role.doing = None
        else:
            self._move(role.name, f"{role.name} is cancelled")
            _, *self._to_reach = self._judge.reference.cancel(role.seen)
        message = f"in move {self.moves}"
        role.messages.add(message)
        role.actor.interrupt(message)
        self._look()

    def unfinished(self) -> list[Role]:
        """List who has not ended."""
        return [role for role in self.roles if not role.actor.done()]

    def waiting(self) -> list[Role]:
        """List who has begun and waits."""
        return [role for role in self.roles if role.doing]

    def woken(self) -> list[Role]:
        """List who waits, and will run without anything further; and who awaits such a one."""
        owners = {ready.owner for ready in self.loop.ready}
        woken: set[Actor | None] = {role.seen for role in self.waiting() if role.actor.owner in owners}
        for role in reversed(self.roles):  # Who is awaited stands behind who awaits it.
            if role.seen in woken:
                woken.add(role.seen.awaited_by)
        return [role for role in self.waiting() if role.seen in woken]

    def rest(self) -> None:
        """Let the judge see who still waits, now that nothing is left to run."""
        for role in self.roles:
            role.actor.let_go()
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
        left = self._channels.left()
        for name, items in left.items():
            self._judge.left(name, items)
        counted = self._channels.dropped()
        for fault in ledger.faults(self.events, self._kinds, left, counted):
            self._judge.fail(fault)
        if self._hub:
            for fault in hub_ledger.faults(self.events, self._hub, left, counted):
                self._judge.fail(fault)
        if _waiting.refused:
            self._judge.fail(f"what pushes were refused with is left behind: {_waiting.refused}")

    def _start(self, role: Role) -> Task[None]:
        actor = role.actor = ByTask(self.loop, self._play(role), lambda: self._reached(role))
        self._add(role)
        return actor.owner

    def _add(self, role: Role) -> None:
        self.roles.append(role)
        self._judge.reference.actors[role.name] = role.seen

    def _run(self, ready: Ready) -> None:
        role, ended = self._role_of(ready.owner), self._role_of(ready.ended)
        coming: Ending | None = None
        if ready in self._expected:
            coming = self._expected.pop(ready)()
        elif role:
            self._move(role.name, f"{role.name} runs")
        elif ended and ready.owner is None:
            self._hand_up(ended)
        elif ready.owner and ready.owner is self._channels.hub:
            self._serve_late()
        elif ended and ended.seen.at_end:
            self._move(ended.name, f"the end of {ended.name} is heard")
            coming = self._judge.reference.follow(ended.seen)
        else:
            self._judge.fail(f"the library asked the loop for {ready!r}")
        if role:
            self._judge.reference.run(role.seen)
        self.loop.run(ready)
        if coming:
            self._expect(partial(self._hear, coming), f"receivers of {coming.channel} are to hear of its end")
        if role and role.actor.done():
            self._judge.reference.end(role.seen, self._outcome(role))

    def _outcome(self, role: Role) -> Outcome:
        """Return how an actor ended."""
        error = role.actor.error()
        return raised(self._channels, error) if error else Outcome(CANCELLED if role.actor.cancelled() else DONE)

    def _role_of(self, owner: object) -> Role | None:
        return next((role for role in self.roles if role.actor.owner is owner), None)

    def _task(self, name: str) -> Task[None]:
        """Find the task of an actor."""
        (actor,) = [role.actor for role in self.roles if role.name == name]
        assert isinstance(actor, ByTask)
        return actor.owner

    def _name(self, actor: Actor) -> str:
        return next(role.name for role in self.roles if role.seen is actor)

    def _move(self, name: str, what: str) -> None:
        self._tell(name, what)
        if self.moves > MOST_MOVES:
            self._judge.fail("this never ends")

    def _tell(self, name: str, what: str) -> None:
        self.moves += 1
        self.events.append(Event(self.moves, name, what=what))

    def _look(self) -> None:
        if self._to_reach:
            self._judge.fail(f"{self._name(self._to_reach[0])} was not cancelled, though that was pending")
        self._judge.look(self.roles, self.timed())
        if self.loop.errors:
            self._judge.fail(f"the loop was told of {self.loop.errors}")

    # What the actors do.

    async def _play(self, role: Role) -> None:
        for operation in role.script.operations:
            await self._go(role, operation)
        if role.seen.pending() and not role.seen.awaited_by:
            await self._go(role, REST)  # To see it cancelled; who is awaited ends, to see it go up.

    async def _go(self, role: Role, operation: Operation) -> None:
        """Go one operation further, unless something else than a cancellation or a failure stops a stubborn actor."""
        try:
            await self._attempt(role, operation)
        except (CancelledError, SenderError, ChannelClosed) as error:
            if not role.script.stubborn:
                role.error = error if isinstance(error, Exception) else None
                raise
            error.__traceback__ = None  # A channel may keep it as its cause.

    async def _attempt(self, role: Role, operation: Operation) -> None:
        if isinstance(operation, Block):
            await self._block(role, operation)
        elif self._cannot_be(operation):
            self.events.append(Event(self.moves, role.name, what=f"no {operation}"))
        elif isinstance(operation, Fail):
            self.events.append(Event(self.moves, role.name, what=str(operation)))
            raise error_of(operation)
        else:
            await self._perform(role, operation)

    def _cannot_be(self, operation: Step | Fail) -> bool:
        """Return whether an operation is left out: a subscription is not there, or is there, or is being used."""
        there = self._channels.subscriptions
        if isinstance(operation, Coming):
            used = isinstance(operation, Forget) and any(
                role.doing and operation.channel in _pulled(role.doing.operation) for role in self.roles
            )
            return used or (operation.channel in there) == isinstance(operation, Subscribe)
        return any(name in SUBSCRIPTIONS and name not in there for name in _pulled(operation))

    async def _block(self, role: Role, block: Block) -> None:
        """Let everything happen in a block, and the reference know when it is left."""
        leave = Leave(block.channel)
        try:
            async with self._channels.sender(block.channel):
                try:
                    for operation in block.operations:
                        await self._attempt(role, operation)
                except SenderError as error:
                    leave = Leave(block.channel, str(error))
                    raise
                finally:
                    self._begin(role, leave)
        finally:
            self._end(role, leave, Outcome(DONE))

    async def _perform(self, role: Role, operation: Step) -> None:
        def between(outcome: Outcome) -> None:
            self._end(role, operation, outcome)
            self._begin(role, operation)

        def tasks(of: Script | str) -> Task[None]:
            return self._task(of) if isinstance(of, str) else start(of)

        def start(script: Script) -> Task[None]:
            number = sum(other.seen.awaited_by is role.seen for other in self.roles) + 1
            seen = role.seen.wait and role.seen.wait.awaited
            assert seen
            return self._start(Role(f"{role.name}.{number}", script, seen, messages=role.messages))

        self._begin(role, operation)
        try:
            outcome = await perform(self._channels, operation, between, tasks)
        except CancelledError as cancellation:
            self._end(role, operation, Outcome(CANCELLED))
            if cancellation.args not in {(message,) for message in role.messages}:
                self._judge.fail(f"{role.name} was cancelled with {cancellation.args}, which nobody said")
            raise cancellation.with_traceback(None) from None  # Its frames refer to what was to be pulled from.
        else:
            self._end(role, operation, outcome)

    def _begin(self, role: Role, operation: Step | Leave) -> None:
        if self._over:  # A block is left because its actor is discarded.
            return
        self._asked_before = len(self.loop.ready)
        self.events.append(Event(self.moves, role.name, operation))
        self._judge.begin(role, operation, self.moves)

    def _end(self, role: Role, operation: Step | Leave, outcome: Outcome) -> None:
        if self._over:
            return
        self.events.append(Event(self.moves, role.name, operation, outcome))
        before = len(role.seen.deferred)
        self._judge.end(role, outcome, self.moves)
        for deferred in role.seen.deferred[before:]:
            what = f"{role.name} was cancelled after its push had been taken, which is to be deferred"
            self._expect(partial(self._deliver, deferred), what)
        soon, self._judge.reference.soon = self._judge.reference.soon, []
        for number, (event, actor) in enumerate(soon):
            then = partial(self._go_on, event) if isinstance(event, Ending) else partial(self._count, event, actor)
            self._expect(then, f"{operation} is to go on", self._asked_before + number)

    # What the library asks the loop for.

    def _expect(self, then: Callable[[], Ending | None], why: str, position: int = -1) -> None:
        """Expect a callback in the loop's next iteration: by default the one that was asked for last."""
        asked = self.loop.ready[position:][:1]
        if not asked or asked[0] in self._expected or self._role_of(asked[0].owner):
            self._judge.fail(f"{why}, and the library has not asked the loop")
        self._expected[asked[0]] = then

    def _go_on(self, ending: Ending) -> Ending | None:
        self._move("", f"{self._name(ending.actor)} has gone on after the block of {ending.channel}, or has ended")
        return self._judge.reference.go_on(ending)

    def _hear(self, ending: Ending) -> None:
        self._move("", f"receivers of {ending.channel} hear of its end")
        self._judge.reference.hear(ending)

    def _count(self, tie: Tie, actor: Actor) -> None:
        name = self._name(actor)
        self._move(name, f"the end of {name} is heard")
        self._judge.reference.count(tie, actor)

    def _deliver(self, deferred: Deferred) -> None:
        self._to_reach = self._judge.reference.deliver(deferred)
        name = self._name(deferred.actor)
        self._move(name, f"{name} {'gets what was deferred' if self._to_reach else 'no longer gets what was deferred'}")

    def _hand_up(self, ended: Role) -> None:
        self._to_reach += self._judge.reference.hand_up(ended.seen)
        gets = f"{self._name(self._to_reach[0])} gets" if self._to_reach else "nobody gets"
        self._move(ended.name, f"{gets} what was deferred in {ended.name}")

    def _serve_late(self) -> None:
        assert isinstance(self._judge.reference, ReferenceWithHub)
        self._move("", "pushes are let in, if they waited for a subscription that is gone")
        self._judge.reference.serve_late()

    def _reached(self, role: Role) -> None:
        if role.actor.done():
            return
        if role.seen not in self._to_reach:
            self._judge.fail(f"{role.name} was cancelled by the library, though nothing was pending")
        self._to_reach.remove(role.seen)


def _pulled(operation: object) -> list[str]:
    """List the names of what an operation pulls from."""
    cases = operation.cases if isinstance(operation, Offering) else ()
    return [case.channel for case in cases if isinstance(case, Pull)]
