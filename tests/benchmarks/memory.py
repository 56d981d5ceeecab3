"""What a channel weighs: counted in bytes by `tracemalloc`, so that it is the same in every run."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from typing import TYPE_CHECKING

from pychanasync import Broadcast, Channel, chanselect
from tests.benchmarks import names
from tests.benchmarks.making import MAKERS

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

MANY = 10_000


def weight_of(make: Callable[[], object]) -> float:
    """Weigh one of many that are made and kept."""
    make()  # What is made only once, is not what is weighed.
    kept: list[object] = [None] * MANY
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for place in range(MANY):
        kept[place] = make()
    weight = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return weight / MANY


def weight_of_a_wait(operate: Callable[[], Coroutine[object, object, object]]) -> float:
    """Weigh what comes to be when one of many coroutines begins to wait; the coroutine itself was there before."""
    coroutines = [operate() for _ in range(1 + MANY)]
    beginning = iter(coroutines)
    try:
        return weight_of(lambda: next(beginning).send(None))
    finally:
        for coroutine in coroutines:
            coroutine.close()


async def bare_future() -> None:
    await asyncio.get_running_loop().create_future()


def weights_of_waits() -> dict[str, float]:
    """Weigh what a wait costs beyond its future and what awaits that."""
    full, empty = Channel[int](buffer=1), Channel[int](buffer=1)
    queue = asyncio.Queue[int]()
    full.push_nowait(0)
    waits: dict[str, Callable[[], Coroutine[object, object, object]]] = {
        "pychanasync, a pull": empty.pull,
        "pychanasync, a push": lambda: full.push(0),
        "pychanasync, a select over 2": lambda: chanselect(empty.pull_case(), full.push_case(0)),
        "asyncio.Queue, a get": queue.get,
    }
    floor = weight_of_a_wait(bare_future)
    return {name: weight_of_a_wait(operate) - floor for name, operate in waits.items()}


def weights_of_hubs() -> dict[str, float]:
    """Weigh a hub without subscribers, and what each subscriber takes that has received nothing yet."""
    hub, queues = Broadcast[int](), set[asyncio.Queue[int]]()
    makers: dict[str, Callable[[], object]] = {
        "pychanasync, a hub": Broadcast[int],
        "pychanasync, a subscriber": hub.subscribe,
        "asyncio.Queue, in a set": lambda: queues.add(asyncio.Queue(16)),
    }
    return {name: weight_of(make) for name, make in makers.items()}


async def weights() -> dict[str, dict[str, float]]:
    """Weigh everything, in the running loop."""
    return {
        names.IDLE: {name: weight_of(make) for name, make in MAKERS.items()},
        names.IDLE_HUB: weights_of_hubs(),
        names.WAITING: weights_of_waits(),
    }
