"""Scenarios of the strategies that drop items or give them in another order, beside what comes next to each."""

from __future__ import annotations

import asyncio
from collections import deque
from functools import partial
from math import inf
from time import process_time
from typing import TYPE_CHECKING

from docs.examples.priority_channel import PriorityChannel
from pychanasync import BufferedChannel, DroppingChannel, SlidingChannel
from tests.benchmarks import names
from tests.benchmarks.pipe import Pair
from tests.benchmarks.turns import Scenario

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.benchmarks.pipe import Pipe

FULL = 100
HELD = 16  # Of the items that are put in order.


class KeepingLast:
    """A trivial coroutine over a deque that drops its oldest item: the floor."""

    def __init__(self) -> None:
        self.items: deque[int] = deque(maxlen=FULL)

    async def push(self, item: int) -> None:
        self.items.append(item)

    async def pull(self) -> int:
        return self.items.popleft()


def asyncio_priority_queue() -> Pipe:
    queue = asyncio.PriorityQueue[int](2 * HELD)
    return Pair(queue.put, queue.get)


async def push_only(make: Callable[[], Pipe], number: int) -> float:
    """Push into a channel that was full before, and that nobody pulls from."""
    push = make().push
    for item in range(FULL):
        await push(item)
    began = process_time()
    for item in range(number):
        await push(item)
    return process_time() - began


async def push_and_pull(make: Callable[[], Pipe], number: int) -> float:
    """Push and pull by turns, one that comes before half of those that are there."""
    pipe = make()
    push, pull = pipe.push, pipe.pull
    for item in range(HELD):
        await push(item)
    began = process_time()
    for item in range(number):
        await push(item + HELD // 2)
        await pull()
    return process_time() - began


OVERFLOWING: dict[str, Callable[[], Pipe]] = {
    names.KEEPING_LAST: KeepingLast,
    "a push of pychanasync": lambda: BufferedChannel[int](inf),
    "pychanasync, drop_oldest": lambda: SlidingChannel[int](FULL),
    "pychanasync, drop_newest": lambda: DroppingChannel[int](FULL),
}
ORDERING: dict[str, Callable[[], Pipe]] = {
    names.OLDEST_FIRST: lambda: BufferedChannel[int](2 * HELD),
    "pychanasync, PriorityChannel": lambda: PriorityChannel[int](2 * HELD),
    "asyncio.PriorityQueue": asyncio_priority_queue,
}
SCENARIOS = {
    "overflow": Scenario(
        f"Push into a buffer of {FULL} that is full: each push drops an item. A push to a buffer without a limit "
        "stands beside it.",
        "a push",
        {name: partial(push_only, make) for name, make in OVERFLOWING.items()},
    ),
    "by priority": Scenario(
        f"Push and pull by turns in one task, with {HELD} items there, the smallest first. A channel that gives the "
        "oldest first stands beside it.",
        "a push and a pull",
        {name: partial(push_and_pull, make) for name, make in ORDERING.items()},
    ),
}
