"""Scenarios of a channel's life: it is made, drained by `async for`, and dropped."""

from __future__ import annotations

import asyncio
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

import aiochannel
import anyio
import trio

from pychanasync import Channel
from tests.benchmarks import peers
from tests.benchmarks.floors import TrivialIterator
from tests.benchmarks.turns import Play, Scenario

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable


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
    began = perf_counter()
    async for _ in items:
        taken += 1
    seconds = perf_counter() - began
    assert taken == number
    return seconds


async def create_and_drop(make: Callable[[], object], number: int) -> float:
    """Make one after the other; the reference to it is dropped before the next."""
    began = perf_counter()
    for _ in range(number):
        make()
    return perf_counter() - began


def makers() -> dict[str, Play]:
    created: dict[str, Callable[[], object]] = {
        "pychanasync": lambda: Channel(buffer=10),
        "pychanasync, Channel[int](buffer=10)": lambda: Channel[int](buffer=10),
        "asyncio.Queue": lambda: asyncio.Queue(10),
        "aiochannel": lambda: aiochannel.Channel(10),
    }
    if peers.pychanasync_1_0 is not None:
        created["other pychanasync"] = partial(peers.pychanasync_1_0.Channel, 10)
    return {name: partial(create_and_drop, make) for name, make in created.items()}


ITERATOR = "floor: a trivial asynchronous iterator"

SCENARIOS = {
    "async for": Scenario(
        "`async for` over items that are there, on a channel that is closed.",
        "an item",
        {
            ITERATOR: partial(drain, TrivialIterator),
            "pychanasync": partial(drain, our_items),
            "anyio": partial(drain, anyio_items),
            "aiochannel": partial(drain, aiochannel_items),
        },
        {"trio, on its own loop": partial(drain, trio_items)},
    ),
    "create and drop": Scenario(
        "Make a channel, `Channel(buffer=10)` or the like, and drop it.", "a channel", makers()
    ),
}
