"""The floors: the least that an operation can cost in asyncio, whatever a channel does."""

from __future__ import annotations

import asyncio
from collections import deque
from time import process_time
from typing import TYPE_CHECKING, Self

from tests.benchmarks.pipe import shared

if TYPE_CHECKING:
    from tests.benchmarks.pipe import Ends


class TrivialPipe:
    """Two trivial coroutines over a deque: the floor of what need not wait."""

    def __init__(self) -> None:
        self.items: deque[int] = deque()

    async def push(self, item: int) -> None:
        self.items.append(item)

    async def pull(self) -> int:
        return self.items.popleft()


class TrivialIterator:
    """A trivial asynchronous iterator over a deque: the floor of `async for`."""

    def __init__(self, number: int) -> None:
        self.items = deque([0] * number)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> int:
        if self.items:
            return self.items.popleft()
        raise StopAsyncIteration


def trivial_ends(_: int) -> Ends:
    pipe = TrivialPipe()
    return shared(pipe.push, pipe.pull)


async def rendezvous_over_futures(number: int) -> float:
    """Let two tasks meet over bare futures, one future and one wait a meeting."""
    waiting: deque[asyncio.Future[None]] = deque()
    new_future = asyncio.get_running_loop().create_future

    async def meet() -> None:
        for _ in range(number):
            if waiting:
                waiting.popleft().set_result(None)
            else:
                future = new_future()
                waiting.append(future)
                await future

    began = process_time()
    await asyncio.gather(meet(), meet())
    return process_time() - began


async def round_trips_over_futures(number: int) -> float:
    """Let two tasks answer each other over bare futures, two futures and two waits a round trip."""
    new_future = asyncio.get_running_loop().create_future
    ping, pong = new_future(), new_future()

    async def answer() -> None:
        nonlocal ping
        for item in range(number):
            await ping
            ping = new_future()
            pong.set_result(item)

    async def ask() -> None:
        nonlocal pong
        for item in range(number):
            pong = new_future()
            ping.set_result(item)
            await pong

    began = process_time()
    await asyncio.gather(answer(), ask())
    return process_time() - began


async def switches(number: int) -> float:
    """Let two tasks give way to each other, two switches a round trip."""

    async def give_way() -> None:
        for _ in range(number):
            await asyncio.sleep(0)

    began = process_time()
    await asyncio.gather(give_way(), give_way())
    return process_time() - began
