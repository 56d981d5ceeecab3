"""Scenarios of one item for every subscriber: a push to few and to many of them, and who comes and goes.

Invariant: whatever a push leaves to a task of the peer's own is done within the turn, since every subscriber has pulled
every item by its end. Where nothing is pulled, only those whose push gives the item itself are measured.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from functools import partial
from time import process_time
from typing import TYPE_CHECKING, TypeAlias

import aiochan
import asyncio_channel

from pychanasync import Broadcast
from tests.benchmarks import names, peers
from tests.benchmarks.turns import Scenario

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping

Pull: TypeAlias = "Callable[[], Awaitable[int]]"
MakeHub: TypeAlias = "Callable[[int], Hub]"  # With room for so many items in the buffer of each subscriber.
HubPlay: TypeAlias = (
    "Callable[[MakeHub, int, int], Coroutine[object, object, float]]"  # Of so many subscribers and items.
)
Visits: TypeAlias = (
    "tuple[Callable[[], object], object]"  # To subscribe and leave once; and what keeps the others there.
)

ITEMS = 20_000  # That are pulled in a turn, or could be, by all subscribers together.
SUBSCRIBERS = (1, 10, 100, 1_000)
READING = (1, 100)  # Subscribers that are tasks.
ROOM = 16  # For items, in the buffer of a subscriber.
STAYING = 100  # Subscribers that stay while others come and go.


@dataclass(frozen=True)
class Hub:
    """What gives each item to every subscriber; whoever subscribes gets a method that pulls."""

    push: Callable[[int], Awaitable[object]]
    subscribe: Callable[[], Pull]


class TrivialHub:
    """A trivial coroutine over a list of deques: the floor."""

    def __init__(self) -> None:
        self.held: list[deque[int]] = []

    async def push(self, item: int) -> None:
        for items in self.held:
            items.append(item)

    def subscribe(self) -> Pull:
        items = deque[int]()

        async def pull() -> int:
            return items.popleft()

        self.held.append(items)
        return pull


class Queues:
    """What one writes by hand: a queue for each subscriber, and a loop over them."""

    def __init__(self) -> None:
        self.queues: list[asyncio.Queue[int]] = []

    async def push(self, item: int) -> None:
        for queue in self.queues:
            queue.put_nowait(item)

    def subscribe(self) -> Pull:
        queue = asyncio.Queue[int]()
        self.queues.append(queue)
        return queue.get


def trivial(_: int) -> Hub:
    hub = TrivialHub()
    return Hub(hub.push, hub.subscribe)


def ours(room: int) -> Hub:
    hub = Broadcast[int](room)
    return Hub(hub.push, lambda: hub.subscribe().pull)


def by_hand(_: int) -> Hub:
    queues = Queues()
    return Hub(queues.push, queues.subscribe)


def frequenz_broadcast(room: int) -> Hub:
    assert peers.FREQUENZ is not None
    sender, first = peers.FREQUENZ.BroadcastChannel[int]("peer", limit=ROOM)
    first.close()
    return Hub(sender.send, lambda: sender.subscribe(limit=room).receive)


def aiochan_dup(room: int) -> Hub:
    source = aiochan.Chan(ROOM)
    dup = source.dup()
    return Hub(source.put, lambda: dup.tap(aiochan.Chan(room)).get)


def asyncio_channel_multiple(room: int) -> Hub:
    source = asyncio_channel.create_channel(ROOM)
    multiple = asyncio_channel.create_multiple(source)

    def subscribe() -> Pull:
        out = asyncio_channel.create_channel(room)
        multiple.add_output(out)
        return out.take

    return Hub(source.put, subscribe)


async def begun(make: MakeHub, subscribers: int, room: int) -> tuple[Hub, list[Pull]]:
    """Make a hub with so many subscribers, each of which has pulled an item: the first is not what is measured."""
    hub = make(room)
    pulls = [hub.subscribe() for _ in range(subscribers)]
    await hub.push(0)
    for pull in pulls:
        await pull()
    return hub, pulls


async def push_only(make: MakeHub, subscribers: int, number: int) -> float:
    """Push to subscribers with room for all that comes, who pull nothing."""
    hub, pulls = await begun(make, subscribers, ITEMS)
    push = hub.push
    began = process_time()
    for item in range(number // subscribers):
        await push(item)
    seconds = process_time() - began
    del pulls  # They keep the subscribers there.
    return seconds


async def push_and_pull(make: MakeHub, subscribers: int, number: int) -> float:
    """Push and let each subscriber pull, by turns in one task."""
    hub, pulls = await begun(make, subscribers, ROOM)
    push = hub.push
    began = process_time()
    for item in range(number // subscribers):
        await push(item)
        for pull in pulls:
            await pull()
    return process_time() - began


async def push_to_readers(make: MakeHub, subscribers: int, number: int) -> float:
    """Push to subscribers that are tasks of their own, and wait for each item."""
    hub, pulls = await begun(make, subscribers, ITEMS)
    items = number // subscribers

    async def read(pull: Pull) -> None:
        for _ in range(items):
            await pull()

    readers = [asyncio.create_task(read(pull)) for pull in pulls]
    await asyncio.sleep(0)
    began = process_time()
    for item in range(items):
        await hub.push(item)
        await asyncio.sleep(0)
    await asyncio.gather(*readers)
    return process_time() - began


def our_visits() -> Visits:
    hub = Broadcast[int]()

    def visit() -> None:
        hub.subscribe().unsubscribe()

    return visit, [hub.subscribe() for _ in range(STAYING)]


def visits_by_hand() -> Visits:
    queues = {asyncio.Queue[int](ROOM) for _ in range(STAYING)}

    def visit() -> None:
        queue = asyncio.Queue[int](ROOM)
        queues.add(queue)
        queues.remove(queue)

    return visit, queues


def frequenz_visits() -> Visits:
    assert peers.FREQUENZ is not None
    sender, first = peers.FREQUENZ.BroadcastChannel[int]("peer")

    def visit() -> None:
        sender.subscribe(limit=ROOM).close()

    return visit, [first, *(sender.subscribe(limit=ROOM) for _ in range(STAYING - 1))]


def aiochan_visits() -> Visits:
    dup = aiochan.Chan(ROOM).dup()

    def visit() -> None:
        dup.untap(dup.tap(aiochan.Chan(ROOM)))

    return visit, [dup.tap(aiochan.Chan(ROOM)) for _ in range(STAYING)]


def asyncio_channel_visits() -> Visits:
    multiple = asyncio_channel.create_multiple(asyncio_channel.create_channel(ROOM))
    for _ in range(STAYING):
        multiple.add_output(asyncio_channel.create_channel(ROOM))

    def visit() -> None:
        out = asyncio_channel.create_channel(ROOM)
        multiple.add_output(out)
        multiple.remove_output(out)

    return visit, multiple


async def subscribe_and_leave(make: Callable[[], Visits], number: int) -> float:
    """Subscribe and leave, one after the other, beside those who stay."""
    visit, staying = make()
    began = process_time()
    for _ in range(number):
        visit()
    seconds = process_time() - began
    del staying
    return seconds


GIVING: dict[str, MakeHub] = {
    names.TRIVIAL_HUB: trivial,
    names.OURS: ours,
    names.QUEUES: by_hand,
}
FORWARDING: dict[str, MakeHub] = {
    "asyncio-channel": asyncio_channel_multiple,
    "aiochan": aiochan_dup,
}
VISITING: dict[str, Callable[[], Visits]] = {
    names.OURS: our_visits,
    names.QUEUES: visits_by_hand,
    "asyncio-channel": asyncio_channel_visits,
    "aiochan": aiochan_visits,
}
if peers.FREQUENZ is not None:
    GIVING["frequenz-channels"] = frequenz_broadcast
    VISITING["frequenz-channels"] = frequenz_visits
ALL = {**GIVING, **FORWARDING}
READ = {name: make for name, make in ALL.items() if name != names.TRIVIAL_HUB}


def scenario(about: str, play: HubPlay, hubs: Mapping[str, MakeHub], subscribers: int) -> Scenario:
    return Scenario(
        about.format("one subscriber" if subscribers == 1 else f"{subscribers:,} subscribers"),
        "an item for a subscriber",
        {name: partial(play, make, subscribers) for name, make in hubs.items()},
        number=ITEMS,
    )


PUSHES_ONLY = (
    "Push to {}, with room for all that comes, who pull nothing. The asyncio.Queues are one for each subscriber, and a "
    "loop that puts the item into each."
)
BY_TURNS = "Push to {}, who pull the item, by turns in one task. Two of the peers have a task that passes items on."
TO_READERS = "Push to {}, each a task that waits for the next item."

SCENARIOS = {
    **{
        f"broadcast to {number:,}, pushes only": scenario(PUSHES_ONLY, push_only, GIVING, number)
        for number in SUBSCRIBERS
    },
    **{f"broadcast to {number:,}": scenario(BY_TURNS, push_and_pull, ALL, number) for number in SUBSCRIBERS},
    **{f"broadcast to {number:,} that wait": scenario(TO_READERS, push_to_readers, READ, number) for number in READING},
    "subscribe and leave": Scenario(
        f"Subscribe and leave, beside {STAYING} subscribers that stay. The asyncio.Queue is made, put into a set, and "
        "taken out of it.",
        "a subscription",
        {name: partial(subscribe_and_leave, make) for name, make in VISITING.items()},
    ),
}
