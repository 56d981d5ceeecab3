"""The judge: holds what the actors do on real channels against the reference.

Invariant: the reference is told of each thing at the moment at which it happens, and never of what the library says of
itself; what the library says is what is judged.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from pychanasync.strategy import Waiting
from tests.model import reference
from tests.model.channels import dropped
from tests.model.hub_reference import ReferenceWithHub
from tests.model.operations import HUB

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from tests.model.actors import Actor
    from tests.model.channels import Channels
    from tests.model.operations import Hub, Kind, Leave, Outcome, Script, Step


class Violation(AssertionError):  # noqa: N818  # A broken promise, rather than an error in the code.
    """What happened is none of what the reference allows."""


class Doing(NamedTuple):
    """An operation under way."""

    operation: Step | Leave
    outcome: Outcome | None
    """How it must end at once; ``None`` if it must wait."""
    move: int
    """In which it began."""


@dataclass(eq=False)
class Role:
    """An actor with its script, and as the reference sees it."""

    name: str
    script: Script
    actor: Actor = field(init=False)
    seen: reference.Actor = field(default_factory=reference.Actor)
    doing: Doing | None = None
    messages: set[str] = field(default_factory=set[str])
    """What its cancellations said, and those of the tasks that it awaits, or that await it."""
    error: Exception | None = None
    """By which it is to end."""


class Judge:
    """The judge of one run. ``choose`` makes the choices of selects: of so many, one."""

    def __init__(self, kinds: Mapping[str, Kind], hub: Hub | None, channels: Channels) -> None:
        self.reference = ReferenceWithHub(kinds, hub) if hub else reference.Reference(kinds)
        self.choose: Callable[[int], int]
        self._channels = channels
        self._drawn: list[float] = []
        self._violation: Violation | None = None

    def fail(self, why: str) -> NoReturn:
        """Break off, from within a task too, whose exceptions get no further than the task."""
        self._violation = self._violation or Violation(why)
        raise self._violation

    def begin(self, role: Role, operation: Step | Leave, move: int) -> None:
        """Hear that an operation is about to begin."""
        if role.seen.struck:
            self.fail(f"{role.name} begins {operation}, though it was cancelled")
        role.doing = Doing(operation, self.reference.begin(role.seen, operation, self._prepare), move)

    def end(self, role: Role, outcome: Outcome, move: int) -> None:
        """Judge how an operation ended: at once, in the move in which it began, or after a wait."""
        doing, role.doing = role.doing, None
        assert doing
        if self._drawn:
            self.fail(f"{role.name} had a choice in {doing.operation}, and did not draw")
        expected = doing.outcome
        if expected is None:
            if doing.move == move:
                self.fail(f"{role.name}: {doing.operation} {outcome}, where it has to wait")
            expected = self.reference.resume(role.seen)
        if outcome != expected:
            must = f"where it {expected} by rights" if expected else "though nothing had ended its wait"
            self.fail(f"{role.name}: {doing.operation} {outcome}, {must}")

    def draw(self) -> float:
        """Draw for a select, from 0 to 1, what leads to the choice that was made for it."""
        if not self._drawn:
            self.fail("a select drew, though it had no choice")
        return self._drawn.pop(0)

    def look(self, roles: Sequence[Role], timed: Collection[Role]) -> None:
        """Compare everything that can be seen from outside after a move."""
        if self._violation:
            raise self._violation
        for role in roles:
            self._look_at(role)
            timers = sum(other is role for other in timed)
            if timers != (role.seen.wait is not None and role.seen.wait.timed()):
                self.fail(f"{timers} timers of {role.name} run")
        for name, channel in self._channels.plain.items():
            expected = self.reference.channels[name]
            assert expected.sound()
            unclaimed = expected.unclaimed()
            seen = channel.closed, channel.csize(), channel.empty(), channel.full(), dropped(channel)
            held = unclaimed if expected.bound else None
            full = unclaimed >= expected.bound
            if seen != (expected.closed, held, not unclaimed, full, expected.dropped):
                self.fail(f"{name} is {channel!r}, and by rights {expected}")
            if channel.closed and channel.pull_case().ready() != (expected.ended or unclaimed > 0):
                self.fail(f"{name} is {channel!r}, and by rights {expected}")

        if isinstance(self.reference, ReferenceWithHub):
            self._look_at_hub(self.reference)

    def _look_at_hub(self, reference: ReferenceWithHub) -> None:
        hub, expected = self._channels.hub, reference.hub
        assert hub
        assert expected.sound()
        seen = hub.closed, hub.full()
        if seen != (expected.closed, expected.full()):
            self.fail(f"{HUB} is {hub!r}, and by rights {expected}")
        counts = hub.subscribers, hub.csize()
        # What a pull is woken with by a close refers to its subscription for a while.
        if not self._channels.kept() and counts != (len(expected.subscriptions), expected.size()):
            self.fail(f"{HUB} is {hub!r}, and by rights {expected}")
        there = reference.subscriptions()
        assert there.keys() == self._channels.subscriptions.keys()
        for name, subscription in self._channels.subscriptions.items():
            one = there[name]
            assert one.sound()
            held = one.unclaimed()
            looks = subscription.closed, subscription.csize(), subscription.empty(), subscription.dropped
            ready = subscription.pull_case().ready()
            if (*looks, ready) != (one.closed, held, not held, one.dropped, one.ended or held > 0):
                self.fail(f"{name} is {subscription!r}, and by rights {one}")

    def _look_at(self, role: Role) -> None:
        if role.doing and role.doing.outcome:
            self.fail(f"{role.name} waits in {role.doing.operation}, which {role.doing.outcome} at once by rights")
        if role.actor.requests() != role.seen.requests:
            self.fail(f"{role.name} counts {role.actor.requests()} cancellations, and by rights {role.seen.requests}")
        if role.actor.done() and role.actor.error() is not role.error:
            self.fail(f"{role.name} ended with {role.actor.error()!r}, and by rights with {role.error!r}")

    def rest(self, unfinished: Iterable[Role]) -> None:
        """See that whoever waits when nothing is left to run has nothing to go on with, and that nobody else waits."""
        for role in unfinished:
            if not self.reference.rests(role.seen):
                self.fail(f"{role.name} is left waiting in {role.doing and role.doing.operation}")
        for name, expected in self.reference.channels.items():
            if expected.closed and not expected.ended:
                self.fail(f"receivers of {name} never hear of its end")
            channel = self._channels.sender(name) if name == HUB else self._channels.receiver(name)
            lines = Waiting(len(expected.pushes), len(expected.pulls))
            if channel.waiting != lines:
                self.fail(f"{name} is {channel!r}, where by rights {lines} wait")
        if isinstance(self.reference, ReferenceWithHub) and self.reference.hub.late:
            self.fail(f"pushes to {HUB} never hear that a subscription is gone")
        if self._channels.kept():
            self.fail(f"{HUB} keeps a subscription to which nobody else refers")

    def left(self, name: str, items: Sequence[int]) -> None:
        """See that a channel held what it ought to."""
        if [*items] != self.reference.channels[name].items:
            self.fail(f"{name} held {items} in the end, and by rights {self.reference.channels[name].items}")

    def _prepare(self, options: int) -> int:
        """Choose for a select, and keep the draw that leads to it: each option has an equal part from 0 to 1."""
        choice = self.choose(options)
        self._drawn.append((choice + 0.5) / options)
        return choice
