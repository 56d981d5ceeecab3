"""What a channel costs beside the least that asyncio allows, and its peers: ``python -m tests.benchmarks.yardstick``.

Every figure comes from this one process: the contenders take turns in short rounds, and the medians are compared.
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from functools import partial
from statistics import median, quantiles
from time import perf_counter
from typing import TYPE_CHECKING

from pychanasync import Channel, chanselect
from tests.benchmarks import peers

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from tests.benchmarks.pipe import Kind, Pipe

ROUNDS = 15
ITEMS = 5_000


class TrivialPipe:
    """Two trivial coroutines over a deque: the floor of what need not wait."""

    def __init__(self) -> None:
        self.items: deque[int] = deque()

    async def push(self, item: int) -> None:
        self.items.append(item)

    async def pull(self) -> int:
        return self.items.popleft()


async def one_task(pipe: Pipe) -> None:
    """Push and pull by turns in one task: nothing waits."""
    push, pull = pipe.push, pipe.pull
    for item in range(ITEMS):
        await push(item)
        await pull()


async def two_tasks(pipe: Pipe) -> None:
    """Push in one task and pull in another."""

    async def produce() -> None:
        for item in range(ITEMS):
            await pipe.push(item)

    async def consume() -> None:
        for _ in range(ITEMS):
            await pipe.pull()

    await asyncio.gather(produce(), consume())


async def by_peer(kind: Kind, capacity: int) -> None:
    """Pass the items of two tasks through a peer."""
    await two_tasks(kind.make(capacity)())


def peers_of(capacity: int) -> dict[str, Callable[[], Coroutine[None, None, None]]]:
    """List the peers that have this capacity, and what passes items through them."""
    kinds = {name: kind for name, kind in peers.KINDS.items() if kind.capacities(capacity)}
    return {f"{name}({capacity})": partial(by_peer, kind, capacity) for name, kind in kinds.items()}


async def bare_futures() -> None:
    """Let two tasks meet over bare futures, one future and one wait a meeting, as at a rendezvous."""
    waiting: deque[asyncio.Future[None]] = deque()
    new_future = asyncio.get_running_loop().create_future

    async def meet() -> None:
        for _ in range(ITEMS):
            if waiting:
                waiting.popleft().set_result(None)
            else:
                future = new_future()
                waiting.append(future)
                await future

    await asyncio.gather(meet(), meet())


def stocked() -> Channel[int]:
    """Make a channel that holds all items from the start."""
    channel = Channel[int](buffer=ITEMS)
    for item in range(ITEMS):
        channel.push_nowait(item)
    return channel


async def by_pull(one: Channel[int], other: Channel[int]) -> None:
    """Take every item by a plain pull from the one channel."""
    del other
    for _ in range(ITEMS):
        await one.pull()


async def by_select(one: Channel[int], other: Channel[int]) -> None:
    """Take every item by a select over two channels."""
    for _ in range(ITEMS):
        await chanselect(other.pull_case(), one.pull_case())


async def by_tasks(one: Channel[int], other: Channel[int]) -> None:
    """Take every item by the idiom that loses none: a task for each channel, and `asyncio.wait`."""
    taken = 0
    while taken < ITEMS:
        pulls = [asyncio.ensure_future(channel.pull()) for channel in (other, one)]
        done, pending = await asyncio.wait(pulls, return_when=asyncio.FIRST_COMPLETED)
        for pull in pending:
            pull.cancel()
        if pending:
            await asyncio.wait(pending)
        taken += len(done)


async def ready(take: Callable[[Channel[int], Channel[int]], Coroutine[None, None, None]]) -> None:
    """Take what is there: nothing waits."""
    await take(stocked(), Channel[int]())


async def waiting(take: Callable[[Channel[int], Channel[int]], Coroutine[None, None, None]]) -> None:
    """Take one item after the other as another task pushes them: every take waits."""
    channel = Channel[int]()

    async def produce() -> None:
        for item in range(ITEMS):
            await channel.push(item)
            await asyncio.sleep(0)

    await asyncio.gather(take(channel, Channel[int]()), produce())


SCENARIOS: dict[str, dict[str, Callable[[], Coroutine[None, None, None]]]] = {
    "a push and a pull that need not wait": {
        "two trivial coroutines over a deque": lambda: one_task(TrivialPipe()),
        "Channel(buffer=10)": lambda: one_task(Channel[int](buffer=10)),
        "asyncio.Queue(10)": lambda: one_task(peers.asyncio_queue(10)()),
    },
    "a rendezvous": {
        "bare futures": bare_futures,
        "Channel()": lambda: two_tasks(Channel[int]()),
        "asyncio.Queue(1)": lambda: two_tasks(peers.asyncio_queue(1)()),
        **peers_of(0),
    },
    "taking what is ready": {
        "a pull": lambda: ready(by_pull),
        "a select over two channels": lambda: ready(by_select),
        "two tasks and asyncio.wait": lambda: ready(by_tasks),
    },
    "waiting for what comes": {
        "a pull": lambda: waiting(by_pull),
        "a select over two channels": lambda: waiting(by_select),
        "two tasks and asyncio.wait": lambda: waiting(by_tasks),
    },
    "a buffer of 1 between two tasks": {
        "Channel(buffer=1)": lambda: two_tasks(Channel[int](buffer=1)),
        **peers_of(1),
    },
    "a buffer of 100 between two tasks": {
        "Channel(buffer=100)": lambda: two_tasks(Channel[int](buffer=100)),
        **peers_of(100),
    },
}


async def seconds(scenario: Callable[[], Coroutine[None, None, None]]) -> float:
    """Time one round; what it makes, it makes in the running loop."""
    began = perf_counter()
    await scenario()
    return perf_counter() - began


def main() -> None:
    """Run all scenarios and print a table of each, in ratios to its first contender."""
    print(f"CPython {sys.version.split()[0]}, {ROUNDS} rounds of {ITEMS} items")
    print(", ".join(f"{name} {kind.version}" for name, kind in peers.KINDS.items()))
    for name in sorted(peers.MISSING):
        print(f"{name} is not installed and left out")
    for title, contenders in SCENARIOS.items():
        rounds: dict[str, list[float]] = {name: [] for name in contenders}
        for _ in range(ROUNDS):
            for name, scenario in contenders.items():
                rounds[name].append(asyncio.run(seconds(scenario)))
        print(f"\n{title}\n  {'ns an item':>46}{'ratio':>8}{'quartiles':>16}")
        floor = median(next(iter(rounds.values())))
        for name, times in rounds.items():
            low, middle, high = quantiles(times, n=4)
            nanoseconds, ratio = middle / ITEMS * 1e9, middle / floor
            print(f"  {name:36}{nanoseconds:10.0f}{ratio:8.2f}{low / floor:10.2f}{high / floor:6.2f}")


if __name__ == "__main__":
    main()
