"""Scenario of a closed channel that `async for` drains."""

from __future__ import annotations

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
}
