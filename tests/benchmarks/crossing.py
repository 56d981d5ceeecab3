"""Scenarios in which items pass between a thread and a task.

Time is what has passed, not the processor's: the two wait for each other, and how soon they are woken is part of it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, TypeAlias

import aiologic
import culsans
import janus

from pychanasync import Channel
from pychanasync.threads import ThreadReceiver, ThreadSender
from tests.benchmarks import names
from tests.benchmarks.turns import Scenario

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

MakeCrossing: TypeAlias = "Callable[[int], Crossing]"  # With room for so many items.

ROOM = 100
BATCH = 100


@dataclass(frozen=True)
class Crossing:
    """What carries items between a thread and a task, either way."""

    push: Callable[[int], Awaitable[object]]
    pull: Callable[[], Awaitable[int]]
    push_in_thread: Callable[[int], object]
    pull_in_thread: Callable[[], object]


def ours(room: int) -> Crossing:
    channel = Channel[int](room)
    return Crossing(channel.push, channel.pull, ThreadSender(channel).push, ThreadReceiver(channel).pull)


def by_hand(room: int) -> Crossing:
    """Make what one writes by hand: a queue, and a task for each operation of the thread."""
    queue, loop = asyncio.Queue[int](room), asyncio.get_running_loop()

    def put(item: int) -> None:
        asyncio.run_coroutine_threadsafe(queue.put(item), loop).result()

    def get() -> int:
        return asyncio.run_coroutine_threadsafe(queue.get(), loop).result()

    return Crossing(queue.put, queue.get, put, get)


def janus_queue(room: int) -> Crossing:
    queue = janus.Queue[int](room)
    return Crossing(queue.async_q.put, queue.async_q.get, queue.sync_q.put, queue.sync_q.get)


def culsans_queue(room: int) -> Crossing:
    queue = culsans.Queue[int](room)
    return Crossing(queue.async_q.put, queue.async_q.get, queue.sync_q.put, queue.sync_q.get)


def aiologic_queue(room: int) -> Crossing:
    queue = aiologic.Queue[int](room)
    return Crossing(queue.async_put, queue.async_get, queue.green_put, queue.green_get)


async def push_in_thread(make: MakeCrossing, number: int) -> float:
    """Push in a thread, pull in a task."""
    ends = make(ROOM)

    def push_all() -> None:
        for item in range(number):
            ends.push_in_thread(item)

    began = perf_counter()
    pushing = asyncio.get_running_loop().run_in_executor(None, push_all)
    for _ in range(number):
        await ends.pull()
    await pushing
    return perf_counter() - began


async def pull_in_thread(make: MakeCrossing, number: int) -> float:
    """Push in a task, pull in a thread."""
    ends = make(ROOM)

    def pull_all() -> None:
        for _ in range(number):
            ends.pull_in_thread()

    began = perf_counter()
    pulling = asyncio.get_running_loop().run_in_executor(None, pull_all)
    for item in range(number):
        await ends.push(item)
    await pulling
    return perf_counter() - began


async def pull_batches_in_thread(number: int) -> float:
    """Push in a task, pull what is there in a thread."""
    channel = Channel[int](ROOM)
    receiver = ThreadReceiver(channel)

    def pull_all() -> None:
        left = number
        while left:
            left -= len(receiver.pull_many(BATCH))

    began = perf_counter()
    pulling = asyncio.get_running_loop().run_in_executor(None, pull_all)
    for item in range(number):
        await channel.push(item)
    await pulling
    return perf_counter() - began


CROSSINGS: dict[str, MakeCrossing] = {
    names.BY_HAND: by_hand,
    names.OURS: ours,
    "janus": janus_queue,
    "culsans": culsans_queue,
    "aiologic": aiologic_queue,
}
HOW = "The other libraries do the work in the calling thread. Ours asks the event loop for each operation."

SCENARIOS = {
    "push in a thread": Scenario(
        f"A thread pushes and a task pulls, over a buffer of {ROOM}, in wall-clock time. {HOW}",
        "an item",
        {name: partial(push_in_thread, make) for name, make in CROSSINGS.items()},
    ),
    "pull in a thread": Scenario(
        f"A task pushes and a thread pulls, over a buffer of {ROOM}, in wall-clock time. {HOW}",
        "an item",
        {
            **{name: partial(pull_in_thread, make) for name, make in CROSSINGS.items()},
            names.IN_BATCHES: pull_batches_in_thread,
        },
    ),
}
