"""The reference: what channels promise, as a machine of lists, written for being read.

There is one list of items and one line each of pushes and pulls a channel, and nothing else: no event loop, no futures.
The reference is told of each operation as it begins and as its wait ends, of each cancellation as it is asked for, and
says what must come of it. It allows exactly one outcome each time: where a select chooses at random, it is told the
choice. A push, a pull and a step of an iteration are selects of one case here, so that each promise stands once.

Invariant: who stands in a line waits. Whoever is served, closed, cancelled or abandoned leaves every line at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from tests.model.operations import (
    CANCELLED,
    CLOSED,
    DONE,
    EMPTY,
    EXHAUSTED,
    FAILED,
    FAILS,
    FULL,
    NONE_READY,
    Await,
    Batch,
    Close,
    CloseAfter,
    Elapse,
    Forget,
    Iterate,
    Leave,
    Offering,
    Outcome,
    Pause,
    Pull,
    Push,
    Select,
    Single,
    Strategy,
    Subscribe,
    TakeBack,
    Unsubscribe,
    Within,
    refused,
    unwelcome,
    urgency,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.model.operations import Case, Coming, Kind, Step

    Doable: TypeAlias = Close | Leave | CloseAfter | TakeBack | Coming


@dataclass
class Wait:
    """An actor's wait: for the first of its cases, or elsewhere, where it has none."""

    operation: Offering | Pause | Await
    requests: int
    """How many cancellations its actor had been asked for when it began."""
    awaited: Actor | None = None
    """The task for whose end it waits."""
    served: int | None = None
    """The case that was served."""
    refused: bool = False
    """Whether the channel then did not take the item of that case."""
    closed: Outcome | None = None
    """How it ends, because a channel was closed under it."""
    has: int = 0
    """How many items are set aside for a batch."""
    over: bool = False
    """Whether the time of a batch, or of a select, has ended."""
    outcome: Outcome | None = None
    """How a batch ends."""

    def timed(self) -> bool:
        """Return whether a timer runs: of a batch that has something, or of a select, until it resumes."""
        match self.operation:
            case Batch(within=Within.TIME):
                return self.has > 0 and not self.over
            case Select(cases=cases):
                return any(isinstance(case, Elapse) for case in cases) and not self.over
            case _:
                return False

    def case_in(self, channel: str, side: type[Case]) -> tuple[int, Case]:
        """Find the case that waits on one side of a channel: of several the one written first."""
        cases = () if isinstance(self.operation, Pause | Await) else self.operation.cases
        return next((i, case) for i, case in enumerate(cases) if isinstance(case, side) and case.channel == channel)


@dataclass
class ReferenceChannel:
    """A list of items and two lines. The first items, as many as there are claims, are spoken for."""

    bound: float
    strategy: Strategy
    items: list[int]
    claims: int = 0
    closed: bool = False
    cause: str = ""
    """Why it was closed, if because of an error."""
    ended: bool = False
    """Whether receivers may know that it is closed."""
    ending: Ending | None = None
    """How they are to hear of it, if an error has left a block."""
    dropped: int = 0
    pushes: list[Wait] = field(default_factory=list[Wait])
    pulls: list[Wait] = field(default_factory=list[Wait])

    def unclaimed(self) -> int:
        return len(self.items) - self.claims

    def full(self) -> bool:
        return self.unclaimed() >= self.bound

    def add(self, item: int) -> bool:
        """Put an item in its place; return whether it was taken."""
        if self.strategy is Strategy.REFUSING and unwelcome(item):
            return False
        self.items.append(item)
        if self.strategy is Strategy.PRIORITY:
            self.items.sort(key=urgency)  # What is equally urgent keeps its order.
        return True

    def overflow(self, item: int) -> bool:
        """Do what the strategy does with a push for which there is no room; return whether the item was dropped."""
        if self.strategy is Strategy.SLIDING:
            while self.full():
                del self.items[self.claims]
                self.dropped += 1
        elif self.strategy is Strategy.DROPPING or (self.strategy is Strategy.THINNING and unwelcome(item)):
            self.dropped += 1
            return True
        return False

    def sound(self) -> bool:
        """Tell whether nobody waits for what is there: the facts that follow from the rules, if the rules are right."""
        met = [wait for wait in self.pushes for other in self.pulls if other is not wait]
        return (
            0 <= self.claims <= len(self.items)
            and not (self.ended and not self.closed)
            and not (self.closed and self.pushes)
            and not (self.ended and self.pulls)
            and not (self.pulls and self.unclaimed())
            and not (self.pushes and not self.full())
            and not (self.pushes and self.strategy in {Strategy.SLIDING, Strategy.DROPPING})
            and not met
        )


@dataclass(eq=False)
class Deferred:
    """A cancellation that came when the item of a push had been taken, as one of the tasks that it reached owes it.

    Those are the task that pushed, the task that awaits that one, and so on up. It is raised in the first of them that
    comes to wait again; where a task ends before, it goes to the one above.
    """

    actor: Actor
    older: int
    """How many cancellations the task had been asked for before those that are deferred."""
    below: Actor | None = None
    """The task from which it comes up, when that has ended; ``None`` for the one that pushed."""
    above: Deferred | None = None
    """The same, as the task that awaits this one will owe it."""

    def stands(self) -> bool:
        """Return whether it is still wanted: nobody has taken back all that is deferred."""
        return self.actor.requests > self.older


@dataclass(eq=False)
class Ending:
    """The end of a channel whose block an error has left, until receivers hear of it."""

    channel: str
    actor: Actor
    """Who has left the block."""
    heard: bool = False


@dataclass(eq=False)
class Tie:
    """A channel that is to be closed after tasks."""

    channel: str
    left: int
    """How many of the tasks have yet to end."""
    immediate: bool
    cause: str = ""
    """The first failure among them."""


@dataclass(eq=False)
class Actor:
    """One task, or coroutine driven by hand, as the reference sees it."""

    awaited_by: Actor | None = None
    by_hand: bool = False

    requests: int = 0
    """How many cancellations it has been asked for and nobody has taken back: its ``cancelling()``."""
    struck: bool = False
    """A cancellation is to be raised where it waits now."""
    deferred: list[Deferred] = field(default_factory=list[Deferred])
    """What is to be raised at its next wait, if it is still wanted then."""
    wait: Wait | None = None
    ended: Outcome | None = None
    """How it ended."""
    at_end: list[Ending | Tie] = field(default_factory=list["Ending | Tie"])
    """What is to happen in the loop's iteration after its end, one after the other."""

    def pending(self) -> bool:
        """Return whether a cancellation is deferred, and still wanted."""
        return any(deferred.stands() for deferred in self.deferred)


class Reference:
    """The channels and actors of one run."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self.channels = {name: ReferenceChannel(kind.bound, kind.strategy, kind.held()) for name, kind in kinds.items()}
        self.actors: dict[str, Actor] = {}
        """By their names."""
        self.soon: list[tuple[Ending | Tie, Actor]] = []
        """What is to happen in the loop's next iteration, until somebody has taken note of it."""

    def begin(self, actor: Actor, operation: Step | Leave, choose: Callable[[int], int]) -> Outcome | None:
        """Let an actor begin an operation; say how it ends at once, or ``None`` where it has to wait."""
        match operation:
            case Close() | Leave() | CloseAfter() | TakeBack() | Subscribe() | Unsubscribe() | Forget():
                self._do(actor, operation)
                return Outcome(DONE)
            case Pause():
                actor.wait = Wait(operation, actor.requests)
                return None
            case Await():
                actor.wait = Wait(operation, actor.requests, awaited=Actor(awaited_by=actor))
                return None
            case Batch():
                return self._collect(actor, operation)
            case _:
                return self._look(operation, choose) or self._wait(actor, operation)

    def run(self, actor: Actor) -> None:
        """Let an actor run. A batch for which something has come may wait for more, and then has not ended."""
        wait = actor.wait
        if not wait or not isinstance(wait.operation, Batch) or self.rests(actor):
            return
        has = wait.has + (wait.served is not None)
        if actor.struck:
            self._let_go(wait.operation.case, has)
            wait.outcome = Outcome(CANCELLED)
        elif wait.closed and not has:  # As a pull: it does not look whether a claim was let go since.
            wait.outcome = wait.closed
        else:
            wait.outcome = self._collect(actor, wait.operation, has, over=wait.over)
        if wait.outcome:
            actor.wait = wait

    def end_time(self, actor: Actor) -> None:
        """Let the time of a batch or of a select end: if nothing else has ended the wait, that has."""
        wait = actor.wait
        assert wait
        if isinstance(wait.operation, Select) and self.rests(actor):
            wait.served = next(i for i, case in enumerate(wait.operation.cases) if isinstance(case, Elapse))
        wait.over = True
        self._leave(wait)

    def resume(self, actor: Actor) -> Outcome | None:
        """Let an actor go on after its wait; say how the operation ends, ``None`` where nothing has ended the wait."""
        wait, actor.wait = actor.wait, None
        struck, actor.struck = actor.struck, False
        assert wait
        if isinstance(wait.operation, Batch):
            return wait.outcome
        if isinstance(wait.operation, Pause):
            return Outcome(CANCELLED if struck else DONE) if struck or not wait.operation.endless else None
        if wait.awaited:
            return Outcome(CANCELLED) if struck else wait.awaited.ended
        if wait.served is not None:
            return self._conclude(actor, wait, wait.served, struck=struck)
        return Outcome(CANCELLED) if struck else wait.closed

    def cancel(self, actor: Actor) -> list[Actor]:
        """Ask for the cancellation of an actor that waits, or has not begun; return whom it reaches."""
        actor.requests += 1
        return self._strike(actor)

    def deliver(self, deferred: Deferred) -> list[Actor]:
        """Cancel a task by what is deferred, in the loop's next iteration; return whom that reaches."""
        actor = deferred.actor
        if deferred not in actor.deferred:
            return []
        actor.deferred.remove(deferred)
        return self._strike(actor) if deferred.stands() and not actor.ended else []

    def end(self, actor: Actor, outcome: Outcome) -> None:
        """Let a task end. What is deferred in it still goes up; a cancellation with which it ends goes up by itself."""
        actor.ended = outcome
        for deferred in actor.deferred:
            if deferred.above and deferred.stands() and outcome.how != CANCELLED:
                deferred.above.actor.deferred.append(deferred.above)

    def hand_up(self, ended: Actor) -> list[Actor]:
        """Deliver what comes up from a task that has ended, when the one that awaited it has gone on to its next wait.

        Nobody else has had a turn since then: a partner that is always ready cannot outrun it.
        """
        above = ended.awaited_by
        coming = [deferred for deferred in above.deferred if deferred.below is ended] if above else []
        return [reached for deferred in coming for reached in self.deliver(deferred)]

    def go_on(self, ending: Ending) -> Ending | None:
        """Return the end if receivers hear of it in the next iteration, since the task goes on that left the block."""
        return None if ending.heard or ending.actor.ended else ending

    def follow(self, ended: Actor) -> Ending | None:
        """Do the next of what is to happen after the end of a task; return of which end receivers hear thereafter."""
        event = ended.at_end.pop(0)
        if isinstance(event, Tie):
            self.count(event, ended)
            return None
        return None if event.heard else event

    def hear(self, ending: Ending) -> None:
        """Let receivers hear of an end, if they have not yet."""
        if not ending.heard:
            self._end(ending.channel)

    def count(self, tie: Tie, ended: Actor) -> None:
        """Count a task that has ended; after the last, close the channel, because of the first failure if any."""
        assert ended.ended
        tie.left -= 1
        if ended.ended.how == FAILS and not tie.cause:
            tie.cause = ended.ended.cause
        if not tie.left:
            self._close(tie.channel, tie.cause, immediate=tie.immediate)

    def abandon(self, actor: Actor) -> None:
        """Let a coroutine driven by hand be closed. A claim is let go; a push that was taken stands."""
        wait, actor.wait = actor.wait, None
        if wait and isinstance(wait.operation, Offering):
            self._leave(wait)
            if wait.served is not None:
                self._let_go(wait.operation.cases[wait.served])
            if isinstance(wait.operation, Batch):
                self._let_go(wait.operation.case, wait.has)

    def rests(self, actor: Actor) -> bool:
        """Tell whether nothing has happened yet that lets an actor go on."""
        wait = actor.wait
        if wait is None or actor.struck:
            return False
        if wait.awaited:
            return not wait.awaited.ended
        if isinstance(wait.operation, Pause):
            return wait.operation.endless
        return wait.served is None and not wait.closed and not wait.over

    def _do(self, actor: Actor, operation: Doable) -> None:
        match operation:
            case Close():
                self._close(operation.channel, operation.cause, immediate=operation.immediate)
            case Leave():
                self._leave_block(actor, operation)
            case CloseAfter():
                self._tie(operation)
            case TakeBack():
                actor.requests = max(0, actor.requests - 1)
            case _:
                raise AssertionError("there is no hub")

    def _look(self, operation: Offering, choose: Callable[[int], int]) -> Outcome | None:
        """Do one of the cases that are ready, if any is; one that could not be done after all is ready no more."""
        failed: list[int] = []
        while ready := [
            index for index, case in enumerate(operation.cases) if case and index not in failed and self._ready(case)
        ]:
            chance = isinstance(operation, Select) and not operation.ordered and len(ready) > 1
            index = ready[choose(len(ready)) if chance else 0]
            outcome = self._try(operation, index)
            if outcome:
                return outcome
            failed.append(index)
        return None if operation.waits else _not_ready(operation)

    def _ready(self, case: Case) -> bool:
        if isinstance(case, Elapse):
            return False
        channel = self.channels[case.channel]
        if isinstance(case, Push):
            return channel.closed or bool(channel.pulls) or not channel.full() or channel.strategy.drops()
        return channel.ended or bool(channel.pushes) or channel.unclaimed() > 0

    def _try(self, operation: Offering, index: int) -> Outcome | None:
        """Do a case that is ready; ``None`` where its item has to wait, or the items it would take were all refused."""
        case = operation.cases[index]
        assert case
        channel = self.channels[case.channel]
        if channel.closed if isinstance(case, Push) else channel.ended and not channel.unclaimed():
            return self._refusal(operation, case.channel, type(case))
        if isinstance(case, Push):
            return self._take_in(channel, case, index)
        item = self._take_out(case.channel, channel)
        return None if item is None else Outcome(DONE, case.channel, item, index)

    def _take_in(self, channel: ReferenceChannel, push: Push, index: int) -> Outcome | None:
        """Put the item of a push in its place, and wake the pull that has waited longest with a claim."""
        done = Outcome(DONE, push.channel, chosen=index)
        if channel.full() and not channel.pulls:
            if channel.overflow(push.item):
                return done
            if channel.full():
                return None
        if not channel.add(push.item):
            return refused(push.item)
        if channel.pulls:
            channel.claims += 1
            self._serve(push.channel, channel.pulls[0], Pull)
        return done

    def _take_out(self, name: str, channel: ReferenceChannel) -> int | None:
        """Take the head, if anything is there."""
        return channel.items.pop(0) if self._has_one(name, channel) else None

    def _has_one(self, name: str, channel: ReferenceChannel) -> bool:
        """Let the push that has waited longest in, if that leaves the channel within its bound when one is taken.

        A push whose item is refused leaves its place to the next. Return whether there is one to take.
        """
        while channel.pushes and channel.unclaimed() <= channel.bound:
            wait = channel.pushes[0]
            push = self._serve(name, wait, Push)
            assert isinstance(push, Push)
            wait.refused = not channel.add(push.item)
        return channel.unclaimed() > 0

    def _collect(self, actor: Actor, batch: Batch, has: int = 0, *, over: bool = False) -> Outcome | None:
        """Set aside for a batch what one pull after another would take; take it all, or wait for more.

        Args:
            actor: Whose batch it is.
            batch: What it is to take.
            has: How many items are set aside for it already.
            over: Whether its time has ended.
        """
        name = batch.case.channel
        channel = self.channels[name]
        while has < batch.limit and self._has_one(name, channel):
            channel.claims += 1
            has += 1
        if not has and channel.ended:
            return self._refusal(batch, name, Pull)
        if has and (has == batch.limit or batch.within is Within.NOW or over or channel.ended):
            channel.claims -= has
            return Outcome(DONE, name, items=tuple(channel.items.pop(0) for _ in range(has)))
        outcome = self._wait(actor, batch)
        if outcome:
            self._let_go(batch.case, has)
        else:
            assert actor.wait
            actor.wait.has = has
        return outcome

    def _serve(self, name: str, wait: Wait, side: type[Case]) -> Case:
        """End a wait by doing its case on one side of a channel, and that alone."""
        self._leave(wait)
        wait.served, case = wait.case_in(name, side)
        return case

    def _leave(self, wait: Wait) -> None:
        for channel in self.channels.values():
            channel.pushes = [other for other in channel.pushes if other is not wait]
            channel.pulls = [other for other in channel.pulls if other is not wait]

    def _wait(self, actor: Actor, operation: Offering) -> Outcome | None:
        """Stand at the end of each line, once in each; or be cancelled at once, if that is pending."""
        own = [deferred for deferred in actor.deferred if not deferred.below]
        actor.deferred = [deferred for deferred in actor.deferred if deferred.below]
        if any(deferred.stands() for deferred in own):
            return Outcome(CANCELLED)
        actor.wait = Wait(operation, actor.requests)
        for case in operation.cases:
            if isinstance(case, Push | Pull):
                self._join(actor.wait, case)
        return None

    def _join(self, wait: Wait, case: Push | Pull) -> None:
        channel = self.channels[case.channel]
        line = channel.pushes if isinstance(case, Push) else channel.pulls
        if not any(other is wait for other in line):
            line.append(wait)

    def _conclude(self, actor: Actor, wait: Wait, served: int, *, struck: bool) -> Outcome:
        """Finish the case that was served: a pull takes its item, unless it is struck; a push stands, or is refused."""
        assert isinstance(wait.operation, Offering)
        case = wait.operation.cases[served]
        assert case
        if isinstance(case, Push):
            if wait.refused:
                return Outcome(CANCELLED) if struck else refused(case.item)
            if struck:
                actor.deferred.append(_deferred(actor, wait.requests))
            return Outcome(DONE, case.channel, chosen=served)
        if struck:
            self._let_go(case)
            return Outcome(CANCELLED)
        if isinstance(case, Elapse):
            return Outcome(DONE, chosen=served)
        channel = self.channels[case.channel]
        channel.claims -= 1
        return Outcome(DONE, case.channel, channel.items.pop(0), served)

    def _let_go(self, case: Case | None, claims: int = 1) -> None:
        """Give each claim of a pull to the next that waits, or leave the item to whoever comes."""
        for _ in range(claims if isinstance(case, Pull) else 0):
            assert case
            channel = self.channels[case.channel]
            channel.claims -= 1
            if channel.pulls:
                channel.claims += 1
                self._serve(case.channel, channel.pulls[0], Pull)

    def _strike(self, actor: Actor) -> list[Actor]:
        """Cancel where an actor waits; return whom that reaches.

        If the wait was not served or closed yet, it leaves every line. Who awaits a task is not cancelled itself:
        asyncio passes the request on to that task, and relies on it to end with a cancellation.
        """
        if actor.wait:
            if actor.wait.awaited and not actor.wait.awaited.ended:
                return [actor, *self.cancel(actor.wait.awaited)]
            self._leave(actor.wait)
        actor.struck = True
        return [actor]

    def _close(self, name: str, cause: str, *, immediate: bool = False, ending: Ending | None = None) -> None:
        """Close a channel; receivers hear of it at once, or at the ending."""
        channel = self.channels[name]
        if not channel.closed:
            channel.closed, channel.cause, channel.ending = True, cause, ending
        if not ending:
            self._end(name)
        self._wake(name, channel.pushes, Push)
        if immediate:
            del channel.items[channel.claims :]

    def _end(self, name: str) -> None:
        """Let receivers know that a channel is closed."""
        channel = self.channels[name]
        channel.ended = True
        if channel.ending and not channel.ending.heard:
            channel.ending.heard = True
            if not channel.ending.actor.ended:
                channel.ending.actor.at_end.remove(channel.ending)
        self._wake(name, channel.pulls, Pull)

    def _wake(self, name: str, line: list[Wait], side: type[Case]) -> None:
        """End every wait in a line of a channel, since it is closed."""
        for wait in line:
            self._leave(wait)
            assert isinstance(wait.operation, Offering)
            wait.closed = self._refusal(wait.operation, name, side)

    def _refusal(self, operation: Offering, name: str, side: type[Case]) -> Outcome:
        """Tell how an operation ends that meets the close of a channel."""
        cause = self.channels[name].cause
        if side is Pull and cause:
            return Outcome(FAILED, name, cause=cause)
        return Outcome(EXHAUSTED) if isinstance(operation, Iterate) else Outcome(CLOSED, name, cause=cause)

    def _leave_block(self, actor: Actor, leave: Leave) -> None:
        """Close a channel, since one of its blocks is left.

        Receivers hear of an error later: in the second iteration of the loop, or after the end of the task. While they
        have not heard of one, another block does not let them.
        """
        channel = self.channels[leave.channel]
        if channel.closed and not channel.ended:
            return
        ending = None
        if leave.cause and not actor.by_hand:  # Of who is driven by hand, the loop does not know when it goes on.
            ending = Ending(leave.channel, actor, heard=channel.closed)
            self.soon.append((ending, actor))
        if ending and not channel.closed:
            actor.at_end.append(ending)
        self._close(leave.channel, leave.cause, ending=ending)

    def _tie(self, operation: CloseAfter) -> None:
        """Let a channel be closed after tasks; one that has ended counts in the next iteration of the loop."""
        tie = Tie(operation.channel, len(operation.tasks), operation.immediate)
        for task in map(self.actors.__getitem__, operation.tasks):
            if task.ended:
                self.soon.append((tie, task))
            else:
                task.at_end.append(tie)


def _deferred(actor: Actor, older: int, below: Actor | None = None) -> Deferred:
    """Defer in a task what it was asked for since, and in the tasks above as much of it as came down from there.

    Whether a request came from above cannot be seen: as many count there as came, if there are so many.
    """
    above = actor.awaited_by
    came = actor.requests - older
    if above is None or not min(came, above.requests):  # Nothing came from there.
        return Deferred(actor, older, below)
    return Deferred(actor, older, below, _deferred(above, max(0, above.requests - came), below=actor))


def _not_ready(operation: Offering) -> Outcome:
    if isinstance(operation, Single):
        return Outcome(FULL if isinstance(operation.case, Push) else EMPTY, operation.case.channel)
    return Outcome(NONE_READY)
