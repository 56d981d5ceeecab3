"""Scenarios in which items pass from task to task, in the names of crossbeam's benchmarks where they match."""

from __future__ import annotations

import asyncio
from functools import partial
from time import process_time
from typing import TYPE_CHECKING, Protocol, TypeAlias

import trio

from tests.benchmarks import floors, names, peers
from tests.benchmarks.pipe import OURS, shared
from tests.benchmarks.turns import Scenario

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping

    from tests.benchmarks.pipe import Ends, Kind
    from tests.benchmarks.turns import Play

    Job: TypeAlias = "Callable[[], Coroutine[object, object, None]]"
    Course: TypeAlias = "Callable[[Callable[[], Ends], Together, int], Coroutine[object, object, float]]"

FAN_IN = 8
MANY = 10


class Together(Protocol):
    """Runs jobs side by side until all are done."""

    def __call__(self, *jobs: Job) -> Awaitable[None]: ...


async def on_asyncio(*jobs: Job) -> None:
    await asyncio.gather(*(job() for job in jobs))


async def on_trio(*jobs: Job) -> None:
    async with trio.open_nursery() as nursery:
        for job in jobs:
            nursery.start_soon(job)


def trio_channel(capacity: int) -> Ends:
    sending, receiving = trio.open_memory_channel[int](capacity)
    return shared(sending.send, receiving.receive)


async def push_all(ends: Ends, number: int) -> None:
    push = ends().push
    for item in range(number):
        await push(item)


async def pull_all(ends: Ends, number: int) -> None:
    pull = ends().pull
    for _ in range(number):
        await pull()


async def forward(source: Ends, target: Ends, number: int) -> None:
    pull, push = source().pull, target().push
    for _ in range(number):
        await push(await pull())


async def seq(make: Callable[[], Ends], _: Together, number: int) -> float:
    """Push and pull by turns in one task."""
    pipe = make()()
    push, pull = pipe.push, pipe.pull
    began = process_time()
    for item in range(number):
        await push(item)
        await pull()
    return process_time() - began


async def spsc(make: Callable[[], Ends], together: Together, number: int) -> float:
    """Push in one task, pull in another."""
    ends = make()
    began = process_time()
    await together(partial(push_all, ends, number), partial(pull_all, ends, number))
    return process_time() - began


async def mpmc(make: Callable[[], Ends], together: Together, number: int) -> float:
    """Push in ten tasks, pull in ten."""
    ends, share = make(), number // MANY
    began = process_time()
    await together(*[partial(push_all, ends, share)] * MANY, *[partial(pull_all, ends, share)] * MANY)
    return process_time() - began


async def ping_pong(make: Callable[[], Ends], together: Together, number: int) -> float:
    """Send an item to and fro, over two channels."""
    ping, pong = make(), make()

    async def ask() -> None:
        push, pull = ping().push, pong().pull
        for item in range(number):
            await push(item)
            await pull()

    began = process_time()
    await together(partial(forward, ping, pong, number), ask)
    return process_time() - began


async def fan_in(make: Callable[[], Ends], together: Together, number: int) -> float:
    """Forward what eight channels bring, each in a task, into one."""
    sources, target, share = [make() for _ in range(FAN_IN)], make(), number // FAN_IN
    began = process_time()
    await together(
        *(partial(push_all, source, share) for source in sources),
        *(partial(forward, source, target, share) for source in sources),
        partial(pull_all, target, number),
    )
    return process_time() - began


def play(course: Course, make: Callable[[int], Ends], capacity: int, together: Together = on_asyncio) -> Play:
    return partial(course, partial(make, capacity), together)


def every(course: Course, *capacities: int) -> dict[str, Play]:
    """Let ours and every peer run a course, in each capacity that it has."""
    kinds: Mapping[str, Kind] = {names.OURS: OURS, **peers.KINDS}
    return {
        name if len(capacities) == 1 else f"{name}, {named(capacity)}": play(course, kind.make, capacity)
        for name, kind in kinds.items()
        for capacity in kind.capacities(*capacities)
    }


def trios(course: Course, *capacities: int) -> dict[str, Play]:
    return {
        names.TRIO if len(capacities) == 1 else f"{names.TRIO}, {named(capacity)}": play(
            course, trio_channel, capacity, on_trio
        )
        for capacity in capacities
    }


def named(capacity: int) -> str:
    return f"buffer {capacity}" if capacity else "unbuffered"


SCENARIOS = {
    "uncontended": Scenario(
        "One task pushes and pulls in turn, with a buffer of 10: nothing waits.",
        "a push and a pull",
        {names.TWO_COROUTINES: play(seq, floors.trivial_ends, 10), **every(seq, 10)},
        trios(seq, 10),
    ),
    "buffer 100": Scenario(
        "A producer and a consumer over a buffer of 100.", "an item", every(spsc, 100), trios(spsc, 100)
    ),
    "buffer 1": Scenario("A producer and a consumer over a buffer of 1.", "an item", every(spsc, 1), trios(spsc, 1)),
    "unbuffered": Scenario(
        "A producer and a consumer without a buffer: they meet for each item.",
        "an item",
        {
            names.FUTURES: floors.rendezvous_over_futures,
            **every(spsc, 0),
            "asyncio.Queue, buffer 1": play(spsc, peers.asyncio_queue, 1),
        },
        trios(spsc, 0),
    ),
    "ping-pong": Scenario(
        "An item goes to and fro between two tasks, over two channels.",
        "a round trip",
        {names.FUTURES: floors.round_trips_over_futures, names.SWITCHES: floors.switches, **every(ping_pong, 0, 1)},
        trios(ping_pong, 0, 1),
    ),
    "many to many": Scenario(
        "Ten producers and ten consumers over a buffer of 16.", "an item", every(mpmc, 16), trios(mpmc, 16)
    ),
    "fan-in": Scenario(
        "Eight producers, each with a channel of its own, and eight tasks that forward into one channel for one "
        "consumer; every buffer 16.",
        "an item",
        every(fan_in, 16),
        trios(fan_in, 16),
    ),
}
