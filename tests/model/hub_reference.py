"""The reference of a hub: one line of pushes, and subscriptions with items and a line of pulls each.

It is the reference of channels, in which a hub is a channel that holds nothing and a subscription one to which nobody
pushes; here stands what is different about them.

Invariant: nothing is given to some of the subscriptions that there are and not to others; what a subscription does with
an item for which it has no room is its own affair.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.model.operations import (
    DONE,
    FELL_BEHIND,
    HUB,
    Forget,
    Offering,
    Outcome,
    Pull,
    Push,
    Strategy,
    Subscribe,
    Unsubscribe,
)
from tests.model.reference import Reference, ReferenceChannel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.model.operations import Case, Hub, Kind, Policy
    from tests.model.reference import Actor, Doable, Ending, Wait


@dataclass
class ReferenceSubscription(ReferenceChannel):
    """A list of items and a line of pulls, as a channel has them, and what a push does when it is full."""

    name: str = ""
    policy: Policy = "wait"

    def makes_wait(self) -> bool:
        return self.policy == "wait" and self.full()


@dataclass
class ReferenceHub(ReferenceChannel):
    """A line of pushes; the subscriptions to which their items go, in the order in which they came."""

    subscriptions: list[ReferenceSubscription] = field(default_factory=list[ReferenceSubscription])
    recent: list[int] = field(default_factory=list[int])
    """What was pushed last, as much of it as is replayed."""
    late: bool = False
    """Whether a subscription was forgotten for which pushes may have waited: the loop lets them in, if nobody else."""

    def full(self) -> bool:
        return not self.closed and any(subscription.makes_wait() for subscription in self.subscriptions)

    def size(self) -> int:
        return max((each.unclaimed() for each in self.subscriptions if each.policy == "wait"), default=0)

    def sound(self) -> bool:
        return (
            not (self.ended and not self.closed)
            and not (self.closed and self.pushes)
            and not (self.pushes and not self.late and not self.full())
        )


class ReferenceWithHub(Reference):
    """The channels, the hub and the actors of one run."""

    def __init__(self, kinds: Mapping[str, Kind], hub: Hub) -> None:
        super().__init__(kinds)
        self.kind = hub
        self.hub = ReferenceHub(0, Strategy.PLAIN, [])
        self.channels[HUB] = self.hub
        for name in hub.begun:
            self._subscribe(name)
        for item in hub.held():
            self._give(item)

    def subscriptions(self) -> dict[str, ReferenceSubscription]:
        """List those that somebody can use, by their names; some of them have ended."""
        return {name: each for name, each in self.channels.items() if isinstance(each, ReferenceSubscription)}

    def serve_late(self) -> None:
        """Let the loop serve the pushes that need not wait for a subscription any more that was forgotten."""
        self.hub.late = False
        self._let_in()

    def _do(self, actor: Actor, operation: Doable) -> None:
        match operation:
            case Subscribe(channel=name):
                self._subscribe(name)
            case Unsubscribe(channel=name):
                self._unsubscribe(name)
            case Forget(channel=name):
                self._leave_hub(self.subscriptions()[name])
                del self.channels[name]
                self.hub.late = bool(self.hub.pushes)
            case _:
                super()._do(actor, operation)

    def _subscribe(self, name: str) -> None:
        """Begin with what is replayed: all of it, or as much as fits where the rest is to be dropped."""
        bound, policy = self.kind.buffer(name)
        replayed = self.hub.recent[:]
        while policy in ("drop_oldest", "drop_newest") and len(replayed) > bound:
            replayed.pop(0 if policy == "drop_oldest" else -1)
        subscription = ReferenceSubscription(bound, Strategy.PLAIN, replayed, name=name, policy=policy)
        subscription.closed, subscription.cause, subscription.ended = self.hub.closed, self.hub.cause, self.hub.ended
        self.channels[name] = subscription
        self.hub.subscriptions.append(subscription)

    def _unsubscribe(self, name: str) -> None:
        """End a subscription plainly, whatever it may have heard before; what is set aside is still taken."""
        subscription = self.subscriptions()[name]
        subscription.closed, subscription.cause = True, ""
        del subscription.items[subscription.claims :]
        for actor in self.actors.values():  # Who has heard of the close of the hub, and has not resumed, is told anew.
            wait = actor.wait
            if wait and wait.closed and wait.closed.channel == name and isinstance(wait.operation, Offering):
                wait.closed = self._refusal(wait.operation, name, Pull)
        self._end(name)
        self._leave_hub(subscription)
        self._let_in()

    def _leave_hub(self, subscription: ReferenceSubscription) -> None:
        self.hub.subscriptions = [other for other in self.hub.subscriptions if other is not subscription]

    def _give(self, item: int) -> None:
        """Give an item to every subscription, and remember it."""
        self.hub.recent.append(item)
        del self.hub.recent[: len(self.hub.recent) - self.kind.replay]
        for subscription in self.hub.subscriptions[:]:
            self._give_to(subscription, item)

    def _give_to(self, subscription: ReferenceSubscription, item: int) -> None:
        if subscription.pulls:
            subscription.items.append(item)
            subscription.claims += 1
            self._serve(subscription.name, subscription.pulls[0], Pull)
        elif not subscription.full():
            subscription.items.append(item)
        else:
            self._overflow(subscription, item)

    def _overflow(self, subscription: ReferenceSubscription, item: int) -> None:
        match subscription.policy:
            case "drop_oldest":
                while subscription.full():
                    del subscription.items[subscription.claims]
                    subscription.dropped += 1
                subscription.items.append(item)
            case "drop_newest":
                subscription.dropped += 1
            case "fail":
                subscription.closed, subscription.cause = True, FELL_BEHIND
                self._end(subscription.name)
                self._leave_hub(subscription)
            case "wait":
                raise AssertionError("an item was given to a subscription that makes pushes wait")

    def _let_in(self) -> None:
        """Give the items of the pushes that have waited longest, as long as no subscription makes them wait."""
        while self.hub.pushes and not self.hub.full():
            push = self._serve(HUB, self.hub.pushes[0], Push)
            assert isinstance(push, Push)
            self._give(push.item)

    def _ready(self, case: Case) -> bool:
        if case.channel == HUB:
            return self.hub.closed or not (self.hub.pushes or self.hub.full())
        return super()._ready(case)

    def _take_in(self, channel: ReferenceChannel, push: Push, index: int) -> Outcome | None:
        if channel is not self.hub:
            return super()._take_in(channel, push, index)
        self._give(push.item)
        return Outcome(DONE, HUB, chosen=index)

    def _has_one(self, name: str, channel: ReferenceChannel) -> bool:
        """Let pushes in, where taking one makes way for them. Return whether there is one to take."""
        if not isinstance(channel, ReferenceSubscription):
            return super()._has_one(name, channel)
        if not channel.unclaimed():
            return False
        channel.claims += 1  # The one that is to be taken is none of those that make pushes wait.
        self._let_in()
        channel.claims -= 1
        return True

    def _wait(self, actor: Actor, operation: Offering) -> Outcome | None:
        """Wait, unless what the actor waits for comes while it joins the lines."""
        outcome = super()._wait(actor, operation)
        if outcome is None and actor.wait and actor.wait.served is not None:
            return self.resume(actor)
        return outcome

    def _join(self, wait: Wait, case: Push | Pull) -> None:
        """Join a line; a push that comes while others need not wait any more lets them in, and itself.

        So a pull of the same select may find an item, though there was none when it looked.
        """
        if wait.served is not None:
            return
        super()._join(wait, case)
        channel = self.channels[case.channel]
        if isinstance(channel, ReferenceSubscription) and channel.unclaimed():
            channel.claims += 1
            self._serve(channel.name, wait, Pull)
            self._let_in()
        elif channel is self.hub:
            self._let_in()

    def _close(self, name: str, cause: str, *, immediate: bool = False, ending: Ending | None = None) -> None:
        """Close a channel; if it is the hub, all its subscriptions with it."""
        if name == HUB:
            for subscription in self.hub.subscriptions:
                if not self.hub.closed:
                    subscription.closed, subscription.cause = True, cause
                if immediate:
                    del subscription.items[subscription.claims :]
        super()._close(name, cause, immediate=immediate, ending=ending)

    def _end(self, name: str) -> None:
        """Let receivers know that a channel is closed; if it is the hub, those of all its subscriptions."""
        super()._end(name)
        if name == HUB:
            for subscription in self.hub.subscriptions:
                super()._end(subscription.name)
