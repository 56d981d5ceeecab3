"""Scenarios of many tasks that wait on one channel, until they are released, dismissed or cancelled."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from random import Random
from time import process_time
from typing import TYPE_CHECKING

import aiochannel
import anyio

from pychanasync import Channel
from tests.benchmarks import names, peers
from tests.benchmarks.turns import Scenario

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

PARKED = 10_000
TURNS = 3  # Of the loop, until all wait: anyio gives way to others before it begins to.


@dataclass(frozen=True)
class Lot:
    """What tasks can be parked at, and released from."""

    push: Callable[[int], Awaitable[object]]
    pull: Callable[[], Awaitable[object]]
    close: Callable[[], object] | None


def ours(number: int) -> Lot:
    channel = Channel[int](buffer=number)
    return Lot(channel.push, channel.pull, channel.close)


def ours_unbuffered(_: int) -> Lot:
    channel = Channel[int]()
    return Lot(channel.push, channel.pull, channel.close)


def asyncio_queue(number: int) -> Lot:
    queue = asyncio.Queue[int](number)
    if sys.version_info >= (3, 13):
        return Lot(queue.put, queue.get, queue.shutdown)
    return Lot(queue.put, queue.get, None)


def anyio_streams(number: int) -> Lot:
    sending, receiving = anyio.create_memory_object_stream[int](number)
    return Lot(sending.send, receiving.receive, sending.close)


def aiochannel_channel(number: int) -> Lot:
    channel = aiochannel.Channel[int](number)
    return Lot(channel.put, channel.get, channel.close)


def namesake(number: int) -> Lot:
    assert peers.NAMESAKE is not None
    channel = peers.NAMESAKE.Channel(number)
    return Lot(channel.push, channel.pull, channel.close)


def bare_futures(_: int) -> Lot:
    """Keep the futures in a list: the floor."""
    waiting: list[asyncio.Future[object]] = []
    positions = iter(waiting)

    async def push(item: int) -> None:
        next(positions).set_result(item)

    def pull() -> Awaitable[object]:
        waiting.append(asyncio.get_running_loop().create_future())
        return waiting[-1]

    def close() -> None:
        for future in waiting:
            future.set_result(None)

    return Lot(push, pull, close)


LOTS: dict[str, Callable[[int], Lot]] = {
    names.LISTED_FUTURES: bare_futures,
    names.OURS: ours,
    "pychanasync, unbuffered": ours_unbuffered,
    names.QUEUE: asyncio_queue,
    "anyio": anyio_streams,
    "aiochannel": aiochannel_channel,
}
if peers.NAMESAKE is not None:
    LOTS[names.NAMESAKE] = namesake
CLOSING = {name: make for name, make in LOTS.items() if name != names.QUEUE or sys.version_info >= (3, 13)}


async def wait_at(lot: Lot) -> None:
    with suppress(Exception):  # Each tells in its own way that it was closed.
        await lot.pull()


async def park(lot: Lot, number: int) -> list[asyncio.Task[None]]:
    """Let so many tasks wait."""
    tasks = [asyncio.create_task(wait_at(lot)) for _ in range(number)]
    for _ in range(TURNS):
        await asyncio.sleep(0)
    return tasks


async def released(make: Callable[[int], Lot], number: int) -> float:
    lot = make(number)
    tasks = await park(lot, number)
    began = process_time()
    for item in range(number):
        await lot.push(item)
    await asyncio.wait(tasks)
    return process_time() - began


async def closed(make: Callable[[int], Lot], number: int) -> float:
    lot = make(number)
    tasks = await park(lot, number)
    assert lot.close is not None
    began = process_time()
    lot.close()
    await asyncio.wait(tasks)
    return process_time() - began


async def cancelled(make: Callable[[int], Lot], number: int) -> float:
    tasks = await park(make(number), number)
    Random(0).shuffle(tasks)  # noqa: S311  # Repeatable, not secret.
    began = process_time()
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    return process_time() - began


SCENARIOS = {
    "parked, then released": Scenario(
        f"{PARKED:,} tasks wait for an item, and get one each.",
        "a task",
        {name: partial(released, make) for name, make in LOTS.items()},
        number=PARKED,
    ),
    "parked, then closed": Scenario(
        f"{PARKED:,} tasks wait for an item, and the channel is closed.",
        "a task",
        {name: partial(closed, make) for name, make in CLOSING.items()},
        number=PARKED,
    ),
    "parked, then cancelled": Scenario(
        f"{PARKED:,} tasks wait for an item, and are cancelled in random order.",
        "a task",
        {name: partial(cancelled, make) for name, make in LOTS.items()},
        number=PARKED,
    ),
}
