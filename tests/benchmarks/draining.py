"""Scenarios in which what a channel holds is taken: by `async for` on a closed one, and in batches."""

from __future__ import annotations

import asyncio
from functools import partial
from time import process_time
from typing import TYPE_CHECKING

import aiochannel
import anyio
import trio

from pychanasync import Channel
from tests.benchmarks import names
from tests.benchmarks.floors import TrivialIterator
from tests.benchmarks.turns import Scenario

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable

BATCH = 100


def our_items(number: int) -> Channel[int]:
    channel = Channel[int](buffer=number)
    for _ in range(number):
        channel.push_nowait(0)
    channel.close()
    return channel


def anyio_items(number: int) -> AsyncIterable[int]:
    sending, receiving = anyio.create_memory_object_stream[int](number)
    for _ in range(number):
        sending.send_nowait(0)
    sending.close()
    return receiving


def aiochannel_items(number: int) -> AsyncIterable[int]:
    channel = aiochannel.Channel[int](number)
    for _ in range(number):
        channel.put_nowait(0)
    channel.close()
    return channel


def trio_items(number: int) -> AsyncIterable[int]:
    sending, receiving = trio.open_memory_channel[int](number)
    for _ in range(number):
        sending.send_nowait(0)
    sending.close()
    return receiving


async def drain(make: Callable[[int], AsyncIterable[int]], number: int) -> float:
    """Iterate over so many items that are there; then the channel is closed, and the iteration ends."""
    items = make(number)
    taken = 0
    began = process_time()
    async for _ in items:
        taken += 1
    seconds = process_time() - began
    assert taken == number
    return seconds


async def take_batches(number: int) -> float:
    """Take so many items in batches."""
    channel, left = our_items(number), number
    began = process_time()
    while left:
        left -= len(await channel.pull_many(BATCH))
    return process_time() - began


async def take_one_by_one(number: int) -> float:
    """Put batches together of items that are taken one by one, as long as there are any."""
    channel, left = our_items(number), number
    began = process_time()
    while left:
        batch = [await channel.pull()]
        while len(batch) < BATCH and not channel.empty():
            batch.append(channel.pull_nowait())
        left -= len(batch)
    return process_time() - began


async def get_one_by_one(number: int) -> float:
    """Do the same over a queue."""
    queue, left = asyncio.Queue[int](), number
    for _ in range(number):
        queue.put_nowait(0)
    began = process_time()
    while left:
        batch = [await queue.get()]
        while len(batch) < BATCH and not queue.empty():
            batch.append(queue.get_nowait())
        left -= len(batch)
    return process_time() - began


SCENARIOS = {
    "async for": Scenario(
        "`async for` over items that are there, on a channel that is closed.",
        "an item",
        {
            names.ITERATOR: partial(drain, TrivialIterator),
            names.OURS: partial(drain, our_items),
            "anyio": partial(drain, anyio_items),
            "aiochannel": partial(drain, aiochannel_items),
        },
        {names.TRIO: partial(drain, trio_items)},
    ),
    "batches of 100": Scenario(
        "Items that are there, in lists of 100: by `pull_many`, or by a loop that takes one after the other.",
        "an item",
        {names.OURS: take_batches, names.ONE_BY_ONE: take_one_by_one, names.QUEUE: get_one_by_one},
    ),
}
