"""A channel strategy of your own, the most urgent item first: ``python docs/examples/priority_channel.py``.

How to write one:

1. Keep what the channel holds, and two `Line`s: of the pushes that wait and of the pulls. Say when either may wait.
2. Write a push and a pull, as far as they go without waiting, as two classes of cases: see `SelectCase`. Two rules keep
   every promise. Ask a line for its `first` before you change anything, since that raises where a task of another event
   loop waits; `commit` last. Hand a waiting pull no item but a claim to one, a count: it takes an item when it resumes.
   Cancelled before that, it has nothing to give back but the claim.
3. All else is `chanselect`: a push that waits is a select of one case.
"""

import asyncio
from bisect import bisect, insort
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from pychanasync import (
    Channel,
    ChannelClosed,
    ChannelEmpty,
    ChannelFull,
    RecvChannel,
    SelectCase,
    SendChannel,
    chanselect,
    chanselect_nowait,
)
from pychanasync.strategy import Line, Waiter, Waiting


class Ordered(Protocol):
    def __lt__(self, other: Self, /) -> bool: ...


Item = TypeVar("Item", bound=Ordered)


class Store(Generic[Item]):
    """What a channel holds, and who waits for it.

    A pull waits => no item is unclaimed. A push waits => at least as many as the bound are. Closed => nobody waits.
    """

    def __init__(self, bound: int) -> None:
        self.bound = bound
        self.items: list[Item] = []  # Sorted: unlike a heap's, an `insort` that fails to compare changes nothing.
        self.claims = 0  # Of pulls that were woken and have not resumed; never more than items.
        self.closed = False
        self.pushes: Line[Item] = Line()
        self.pulls: Line[None] = Line()

    def unclaimed(self) -> int:
        return len(self.items) - self.claims

    def grant(self) -> None:
        if self.pulls.commit() is not None:
            self.claims += 1


@dataclass(frozen=True)
class PushCase(Generic[Item]):
    channel: object
    store: Store[Item]
    item: Item

    def ready(self) -> bool:
        return self.store.closed or self.store.unclaimed() < self.store.bound  # So too where a pull waits.

    def proceed(self) -> None:
        if self.store.closed:
            raise ChannelClosed(self.channel, "push")
        self.store.pulls.first()
        insort(self.store.items, self.item)
        self.store.grant()

    @property
    def line(self) -> Line[Item]:
        return self.store.pushes

    def enrol(self, waiter: Waiter) -> None:
        self.store.pushes.join(waiter, self.item)

    def finish(self) -> None:
        """The pull that let this push in has taken its item over."""

    def abandon(self) -> bool:
        return False  # The item may be in use: the push is done.


@dataclass(frozen=True)
class PullCase(Generic[Item]):
    channel: object
    store: Store[Item]

    def ready(self) -> bool:
        return self.store.closed or self.store.unclaimed() > 0  # So too where a push waits.

    def proceed(self) -> Item:
        if not self.store.unclaimed():
            raise ChannelClosed(self.channel, "pull")
        if self.store.unclaimed() <= self.store.bound:  # Above it, where a pull let its claim go, no push is let in.
            first = self.store.pushes.first()
            if first is not None:
                # Where its item cannot be compared, the push goes on waiting.
                bisect(self.store.items, self.store.pushes[first])
                push = self.store.pushes.commit()
                if push is not None:
                    insort(self.store.items, push[1])
        return self.store.items.pop(0)

    @property
    def line(self) -> Line[None]:
        return self.store.pulls

    def enrol(self, waiter: Waiter) -> None:
        self.store.pulls.join(waiter, None)

    def finish(self) -> Item:
        self.store.claims -= 1
        return self.store.items.pop(0)

    def abandon(self) -> bool:
        self.store.claims -= 1
        with suppress(RuntimeError):  # Where the next pull cannot be reached from here, the item stays for another.
            self.store.grant()
        return True


class PriorityChannel(SendChannel[Item], RecvChannel[Item]):
    """A channel with a buffer that gives the smallest item first, and equal ones in the order in which they came."""

    def __init__(self, buffer: int) -> None:
        if buffer < 1:
            raise ValueError(f"buffer must be at least 1, got {buffer}")
        self._store = Store[Item](buffer)

    def push_case(self, item: Item) -> SelectCase[None]:
        return PushCase(self, self._store, item)

    async def push(self, item: Item) -> None:
        await chanselect(self.push_case(item))

    def push_nowait(self, item: Item) -> None:
        if chanselect_nowait(self.push_case(item)) is None:
            raise ChannelFull(self)

    def pull_case(self) -> SelectCase[Item]:
        return PullCase(self, self._store)

    async def pull(self) -> Item:
        return (await chanselect(self.pull_case())).value

    def pull_nowait(self) -> Item:
        selected = chanselect_nowait(self.pull_case())
        if selected is None:
            raise ChannelEmpty(self)
        return selected.value

    def close(self, *, immediate: bool = False) -> None:
        if not self._store.closed:
            self._store.pulls.first()
            self._store.pushes.first()
            self._store.closed = True
            self._store.pulls.wake_closed(partial(ChannelClosed, self, "pull"))
            self._store.pushes.wake_closed(partial(ChannelClosed, self, "push"))
        if immediate:
            del self._store.items[self._store.claims :]

    @property
    def closed(self) -> bool:
        return self._store.closed

    @property
    def capacity(self) -> float:
        return self._store.bound

    @property
    def waiting(self) -> Waiting:
        return Waiting(self._store.pushes.count(), self._store.pulls.count())

    def csize(self) -> int:
        return self._store.unclaimed()

    def empty(self) -> bool:
        return self.csize() == 0

    def full(self) -> bool:
        return self.csize() >= self.capacity

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Item:
        try:
            return await self.pull()
        except ChannelClosed:
            raise StopAsyncIteration from None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        waiting = "{} pushes and {} pulls waiting".format(*self.waiting)
        return f"<PriorityChannel: {self.csize()} of {self.capacity}, {waiting}{', closed' * self.closed}>"


@dataclass(order=True)
class Job:
    urgency: int
    name: str = field(compare=False)


async def work(jobs: RecvChannel[Job], notes: RecvChannel[str]) -> None:
    while True:
        selected = await chanselect(jobs.pull_case(), notes.pull_case(), ordered=True)  # Jobs before notes.
        if selected.index == 0:
            print(f"urgency {selected.value.urgency}: {selected.value.name}")
        elif selected.value == "stop":
            return
        else:
            print(f"note: {selected.value}")


async def main() -> None:
    jobs, notes = PriorityChannel[Job](buffer=3), Channel[str](buffer=2)
    async with asyncio.TaskGroup() as group:
        group.create_task(work(jobs, notes))
        await asyncio.sleep(0)  # The worker waits.
        await notes.push("the shop is open")
        for urgency, name in (3, "sweep"), (2, "bake"), (1, "put out the fire"), (2, "sell"), (3, "count the till"):
            await jobs.push(Job(urgency, name))  # Waits from the fourth on.
        await notes.push("stop")


if __name__ == "__main__":
    asyncio.run(main())
