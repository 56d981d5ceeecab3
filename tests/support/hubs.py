"""A hub and its subscribers, driven by hand, and the account of them: each item to all who are there, or to nobody."""

from __future__ import annotations

import gc
from contextlib import contextmanager, suppress
from math import inf
from typing import TYPE_CHECKING, Literal, TypeAlias

from pychanasync import (
    Broadcast,
    ChannelClosed,
    ChannelEmpty,
    ChannelFailed,
    ChannelFull,
    Subscription,
    chanselect,
    chanselect_nowait,
)
from tests.support.endings import SenderError, leave
from tests.support.helpers import drain, step
from tests.support.scenes import Acts, Wait

if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator

Policy: TypeAlias = Literal["wait", "drop_oldest", "drop_newest", "fail"]

HUB_SCENES: dict[str, tuple[str, ...]] = {
    "nobody": (),
    "full": ("push_nowait",),
    "pushes": ("push_nowait", "push", "push"),
    "pushes-the-first-cancelled": ("push_nowait", "push", "push", "cancel_first"),
    "a-push-that-waits-for-one-of-two": ("push_nowait", "pull_nowait", "push"),
    "a-select-that-pushes-and-a-push": ("push_nowait", "select_push", "push"),
    "a-select-on-both-ends": ("push_nowait", "pull_nowait", "select_both"),
    "pulls": ("pull", "pull", "pull_other"),
    "a-select-that-pulls-and-a-pull": ("select_pull", "pull"),
    "a-woken-pull": ("pull", "push_nowait"),
    "a-woken-pull-and-a-waiting-one": ("pull", "pull", "push_nowait"),
    "a-woken-pull-and-waiting-pushes": ("pull", "push_nowait", "pull_nowait_other", "push_nowait", "push", "push"),
    "a-woken-push-and-a-waiting-one": ("push_nowait", "push", "push", "pull_nowait", "pull_nowait_other"),
    "an-item-let-go-and-waiting-pushes": (
        *("pull", "push_nowait", "pull_nowait_other", "push_nowait", "push", "push"),
        "collect",
    ),
    "a-batch-that-has-one": ("pull_many_within", "push_nowait", "resume"),
    "closed-with-an-item": ("push_nowait", "close"),
    "closed-with-a-woken-pull": ("pull", "push_nowait", "close"),
    "left-by-an-error-with-a-waiting-pull": ("pull", "close_by_error"),
}
HUB_CALLS = [
    "push_nowait",
    "select_push_nowait",
    "push",
    "select_push",
    "select_both",
    "pull_nowait",
    "select_pull_nowait",
    "pull",
    "pull_many",
    "pull_many_within",
    "select_pull",
    "subscribe",
    "unsubscribe",
    "forget",
    "close",
    "close_at_once",
    "collect",
    "resume",
]
HUB_MEANWHILE = [
    "push_nowait",
    "push_until_full",
    "pull_nowait",
    "pull_nowait_other",
    "subscribe",
    "unsubscribe",
    "unsubscribe_and_collect",
    "forget",
    "close",
    "close_at_once",
    "close_with_cause",
    "cancel_first",
    "collect",
]


class Reader:
    """One subscriber, and what it has seen."""

    def __init__(self, subscription: Subscription[int], policy: Policy) -> None:
        self.subscription = subscription
        self.policy = policy
        self.waits: list[Wait] = []
        self.calls = 0  # How many are under way.
        self.taken: list[int] = []
        self.ends: list[ChannelClosed | ChannelFailed] = []
        self.left = False
        self.from_the_beginning = True
        self.in_order = True  # Whether no pull was interrupted by another, which may be heard of first.

    @contextmanager
    def pulling(self) -> Generator[None]:
        """Note how the subscription has ended, if it has."""
        try:
            yield
        except ChannelEmpty:
            pass
        except (ChannelClosed, ChannelFailed) as end:
            self.ends.append(end)

    @contextmanager
    def in_use(self) -> Generator[None]:
        """Count a call under way, whose frames refer to the subscription."""
        self.calls += 1
        try:
            yield
        finally:
            self.calls -= 1

    def drain(self) -> list[int]:
        """Pull what is there."""
        before = len(self.taken)
        with self.pulling():
            self.taken.extend(iter(self.subscription.pull_nowait, None))
        return self.taken[before:]


class HubScene(Acts):
    """One hub and what is done to it. Two witnesses, one before and one behind all others, get everything."""

    def __init__(self, policies: tuple[Policy, ...], replay: int, *before: str) -> None:
        super().__init__()
        self.hub = Broadcast[int](1, replay=replay)
        self.forgotten = False
        self.witness = self.hub.subscribe(buffer=inf)
        self.readers = [Reader(self.hub.subscribe(overflow=policy), policy) for policy in policies]
        self.other_witness = self.hub.subscribe(buffer=inf)
        for name in before:
            self.do(name)

    @property
    def closed(self) -> bool:
        return self.hub.closed

    def push_nowait(self) -> None:
        with self.offering() as item:
            self.hub.push_nowait(item)

    def push_until_full(self) -> None:
        """Push as long as there is room, unless there is no end to that."""
        before, readers = len(self.refused), [*self.readers]
        for _ in range(5):
            self.push_nowait()
            if len(self.refused) > before:
                return
        assert all(reader.subscription.closed or reader.policy != "wait" for reader in readers)

    def select_push_nowait(self) -> None:
        with self.offering() as item:
            if chanselect_nowait(self.hub.push_case(item)) is None:
                raise ChannelFull

    def push(self) -> None:
        async def push() -> None:
            with self.offering() as item:
                await self.hub.push(item)

        self.waits.append(Wait(push(), "push"))

    def select_push(self) -> None:
        async def push() -> None:
            with self.offering() as item:
                await chanselect(self.hub.push_case(item))

        self.waits.append(Wait(push(), "push"))

    def select_both(self) -> None:
        for reader in self.readers[:1]:

            async def push_or_pull(reader: Reader = reader) -> None:
                with self.offering() as item:
                    try:
                        selected = await chanselect(self.hub.push_case(item), reader.subscription.pull_case())
                    except (ChannelClosed, ChannelFailed) as end:
                        if end.channel is reader.subscription:
                            reader.ends.append(end)
                        raise
                    if selected.index == 1:
                        reader.taken.append(selected.value)
                        raise ChannelFull  # The item was not offered to anybody.

            self.begin_pull(reader, push_or_pull(), "push", "pull")

    def pull_nowait(self) -> None:
        self.pull_at_once(0)

    def pull_nowait_other(self) -> None:
        self.pull_at_once(1)

    def pull_at_once(self, number: int) -> None:
        for reader in self.readers[number : number + 1]:
            reader.in_order &= self.under_way < 2
            with reader.in_use(), reader.pulling():
                reader.taken.append(reader.subscription.pull_nowait())

    def select_pull_nowait(self) -> None:
        for reader in self.readers[:1]:
            with reader.in_use(), reader.pulling():
                selected = chanselect_nowait(reader.subscription.pull_case())
                if selected is not None:
                    reader.taken.append(selected.value)

    def begin_pull(
        self, reader: Reader, operation: Coroutine[object, None, object], *sides: str, aside: int = 0
    ) -> None:
        with reader.in_use():
            wait = Wait(operation, *sides, aside=aside)
        self.waits.append(wait)
        reader.waits.append(wait)

    def pull(self) -> None:
        self.pull_one(0)

    def pull_other(self) -> None:
        self.pull_one(1)

    def pull_one(self, number: int) -> None:
        for reader in self.readers[number : number + 1]:

            async def pull(reader: Reader = reader) -> None:
                with reader.pulling():
                    reader.taken.append(await reader.subscription.pull())

            self.begin_pull(reader, pull(), "pull")

    def pull_many(self) -> None:
        for reader in self.readers[:1]:

            async def pull(reader: Reader = reader) -> None:
                with reader.pulling():
                    reader.taken += await reader.subscription.pull_many(2)

            self.begin_pull(reader, pull(), "pull")

    def pull_many_within(self) -> None:
        for reader in self.readers[:1]:

            async def pull(reader: Reader = reader) -> None:
                with reader.pulling():
                    reader.taken += await reader.subscription.pull_many(3, within=inf)

            self.begin_pull(reader, pull(), "pull", aside=2)

    def select_pull(self) -> None:
        for reader in self.readers[:1]:

            async def pull(reader: Reader = reader) -> None:
                with reader.pulling():
                    reader.taken.append((await chanselect(reader.subscription.pull_case())).value)

            self.begin_pull(reader, pull(), "pull")

    def subscribe(self) -> None:
        reader = Reader(self.hub.subscribe(), "wait")
        reader.from_the_beginning = False
        self.readers.append(reader)

    def unsubscribe(self) -> None:
        for reader in self.readers[:1]:
            reader.left = True
            reader.subscription.unsubscribe()

    def unsubscribe_and_collect(self) -> None:
        self.unsubscribe()
        self.collect()

    def forget(self) -> None:
        """Let the last reader go away, without a word."""
        if not self.readers or self.readers[-1].calls or any(wait.future for wait in self.readers[-1].waits):
            return
        self.readers.pop()
        self.forgotten = True

    def close(self) -> None:
        self.hub.close()
        self.left_by_error = False

    def close_at_once(self) -> None:
        self.thrown_away = True
        self.hub.close(immediate=True)
        self.left_by_error = False

    def close_with_cause(self) -> None:
        self.hub.close(cause=SenderError())
        self.left_by_error = False

    def close_by_error(self) -> None:
        """Let an error leave the block of the hub; the end for pulls comes with a close, since no loop goes on."""
        if not self.closed:
            self.left_by_error = True
        with suppress(SenderError):
            leave(self.hub, SenderError()).send(None)

    async def check(self) -> None:
        """See that who waits has to, that the hub goes on working, and that the account is right."""
        if self.errors:
            raise self.errors[0]
        if self.forgotten and not self.closed:
            if self.hub.subscribers != self.there():
                gc.collect()  # The frames of interrupted calls may be in cycles.
            await step()  # That is when the loop lets those go on that waited for it.
        self.come_to_rest()
        self.check_counts()
        if not self.closed:
            self.check_waiting()
            self.check_room()
        self.close()
        self.come_to_rest()
        assert not self.waiting()
        assert self.hub.waiting == (0, 0)
        self.check_account()

    def pushes(self) -> list[Wait]:
        return [wait for wait in self.waiting() if "push" in wait.sides]

    def there(self) -> int:
        """Count the subscribers of an open hub: those that are closed have left, or failed."""
        return 2 + sum(not reader.subscription.closed for reader in self.readers)

    def check_counts(self) -> None:
        """See that hub and subscriptions say of themselves what the account says of them, and that who waits has to."""
        assert self.hub.waiting == (len(self.pushes()), 0)
        assert not self.pushes() or self.hub.full()
        assert self.hub.full() <= (not self.closed)
        assert self.closed or self.hub.subscribers == self.there()
        for reader in self.readers:
            pulls = [wait for wait in reader.waits if wait.future and "pull" in wait.sides]
            assert reader.subscription.waiting == (0, len(pulls))
            assert not pulls or reader.subscription.empty()
            assert not pulls or not reader.subscription.closed or self.left_by_error
            assert reader.subscription.empty() == (reader.subscription.csize() == 0)

    def check_waiting(self) -> None:
        """See that all who wait are served as soon as there is room and there are items."""
        for _ in range(4 + 2 * len(self.waiting())):
            for reader in self.readers:
                reader.drain()
            self.come_to_rest()
        assert not self.pushes()
        for _ in range(3 * len(self.waiting())):
            self.push_nowait()
            self.come_to_rest()
            for reader in self.readers:
                if not reader.subscription.waiting.pulls:
                    reader.drain()
        assert not self.waiting()

    def check_room(self) -> None:
        """See that nothing is claimed, and that there is as much room as there should be."""
        for reader in self.readers:
            reader.drain()
            assert reader.subscription.empty()
        assert not self.hub.full()
        self.push_nowait()
        makes_wait = any(reader.policy == "wait" and not reader.left for reader in self.readers)
        assert self.hub.full() == makes_wait
        assert self.hub.csize() == self.witness.csize()
        for reader in self.readers:
            assert len(reader.drain()) == (not reader.subscription.closed)

    def check_account(self) -> None:
        """See that all got what was given, in one order, and nothing of a push that raised."""
        log, same = (drain(witness) for witness in (self.witness, self.other_witness))
        assert log == same
        assert len({*log}) == len(log)
        if not self.thrown_away:
            assert self.given <= {*log}
        assert {*log} <= self.given | self.undecided
        for reader in self.readers:
            self.check_reader(reader, log)

    def check_reader(self, reader: Reader, log: list[int]) -> None:
        reader.drain()
        assert reader.ends
        assert all(end.channel is reader.subscription for end in reader.ends)
        if reader.left:
            assert isinstance(reader.ends[-1], ChannelClosed)
        if self.thrown_away:
            return
        assert {*reader.taken} <= {*log}
        places = sorted(map(log.index, reader.taken))
        assert len({*places}) == len(places)
        if reader.in_order:
            assert places == [*map(log.index, reader.taken)]
        if reader.policy in {"wait", "fail"} and places:
            assert places == [*range(places[0], places[-1] + 1)]
        behind = isinstance(reader.ends[-1].__cause__, ChannelFull)
        if not reader.left and not behind and reader.policy in {"wait", "fail"}:
            assert not log or not places or places[-1] == len(log) - 1
        if reader.from_the_beginning and not reader.left and not behind:
            assert len(places) + reader.subscription.dropped == len(log)
