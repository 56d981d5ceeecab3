"""Random runs over the engine in memory: timeouts, cancellations, errors, kills and lost answers, counted at the end.

A run is repeated by its seed, which a failure shows.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING

import pytest

from pychanasync import RecvChannel, chanselect, event_case
from tests.support.engine import Faults, Killed, MemoryEngine, process
from tests.support.proof import SEED
from tests.support.virtual_time import run

if TYPE_CHECKING:
    from pychanasync._bridge import RemoteQueue
    from pychanasync._inbox import Delivery
    from pychanasync._outbox import Outbox

ITEMS = 40  # Of each producer.
PRODUCERS, CONSUMERS = 2, 3


class Run:
    """Producers and consumers over one engine, and what became of each item."""

    def __init__(self, seed: int, *, kills: bool) -> None:
        self.random = Random(f"{SEED} {seed}")  # noqa: S311  # To be repeated.
        self.kills = kills
        self.engine = MemoryEngine(
            capacity=self.random.choice([1, 3, 20]),
            lease=self.random.choice([0.3, 2.0]) if kills else 1e6,
            attempts=1_000,
            faults=Faults(self.random, calls=0.1, answers=0.1, fetched=0.05 if kills else 0.0),
        )
        self.queue: RemoteQueue[int] = self.engine.queue()
        self.pushed: list[int] = []
        self.flushed: set[int] = set()
        self.lost: set[int] = set()
        self.used: Counter[int] = Counter()
        self.killed = 0

    async def turns(self) -> None:
        for _ in range(self.random.randrange(4)):
            await asyncio.sleep(0)

    async def produce(self, number: int) -> None:
        """Send items, some under a timeout that comes in the middle; now and then flush, and die."""
        item, end = number * ITEMS, (number + 1) * ITEMS
        while item < end:
            ours: list[int] = []
            process.set(object())
            with suppress(Killed):
                async with self.queue.outbox(ahead=self.random.choice([1, 4]), grace=1e6) as out:
                    for item in range(item, end):  # noqa: B020  # It goes on where it died.
                        if await self.push(out, item):
                            ours.append(item)
                        if self.random.random() < 0.2 and await self.flush(out):
                            self.flushed.update(ours)
                            ours.clear()
                        if self.kills and self.random.random() < 0.05:
                            raise self.engine.kill()
                ours.clear()
            self.lost.update(ours)  # That is, what may be.
            item += 1

    async def push(self, out: Outbox[int], item: int) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(self.random.choice([0, 0.0002, 0.01, 100])):
                if self.random.random() < 0.3:
                    await chanselect(event_case(asyncio.Event()), out.push_case(item))
                else:
                    await out.push(item)
            self.pushed.append(item)
            return True
        return False

    async def flush(self, out: Outbox[int]) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(self.random.choice([0, 0.0003, 100])):
                await out.flush()
            return True
        return False

    async def consume(self) -> None:
        """Receive items with several tasks, under timeouts; fail now and then, and die."""
        ended = False
        while not ended:
            process.set(object())
            with suppress(TimeoutError, Killed):
                async with asyncio.timeout(self.random.choice([0.0005, 0.05, 3, 100])):
                    async with self.queue.inbox(prefetch=self.random.choice([1, 3])) as inbox:
                        workers = [asyncio.create_task(self.work(inbox)) for _ in range(2)]
                        try:
                            await asyncio.gather(*workers)
                            ended = True
                        except Killed:
                            self.killed += 1
                            raise
                        finally:
                            for worker in workers:
                                worker.cancel()
                            await asyncio.wait(workers)

    async def work(self, inbox: RecvChannel[Delivery[int]]) -> None:
        async for delivery in inbox:
            with suppress(ZeroDivisionError):
                async with delivery as item:
                    await self.turns()
                    if self.random.random() < 0.1:
                        raise ZeroDivisionError
                    if self.kills and self.random.random() < 0.03:
                        raise self.engine.kill()
                    if self.random.random() < 0.1:
                        await asyncio.sleep(self.random.choice([0.001, 1]))
                    self.used[item] += 1

    async def whole(self) -> None:
        async with asyncio.timeout(1e6), asyncio.TaskGroup() as consumers:
            for _ in range(CONSUMERS):
                consumers.create_task(self.consume())
            async with asyncio.TaskGroup() as producers:
                for number in range(PRODUCERS):
                    producers.create_task(self.produce(number))
            await self.queue.finish()


def numbers(data: list[bytes]) -> list[int]:
    return [int(each) for each in data]


def in_order(items: list[int]) -> bool:
    """Return whether the items of each producer are in the order in which it pushed them."""
    return all(
        [item for item in items if item // ITEMS == producer]
        == sorted(item for item in items if item // ITEMS == producer)
        for producer in range(PRODUCERS)
    )


@pytest.mark.long(15, 250)
def test_where_nobody_dies_what_was_pushed_is_stored_once_in_order_and_done_once(size: int) -> None:
    for seed in range(size):
        played = Run(seed, kills=False)
        run(played.whole())
        engine = played.engine
        assert sorted(numbers(engine.appended)) == sorted(played.pushed), seed
        assert in_order(numbers(engine.appended)), seed
        assert sorted(numbers(engine.done)) == sorted(played.pushed), seed
        assert not engine.items
        assert not engine.dead
        assert {*played.used} == {*played.pushed}, seed


@pytest.mark.long(15, 250)
def test_whoever_dies_what_was_flushed_is_done_at_least_once_and_nothing_is_stored_twice(size: int) -> None:
    deaths = 0
    for seed in range(size):
        played = Run(seed, kills=True)
        run(played.whole())
        deaths += played.killed
        stored = numbers(played.engine.appended)
        assert len({*stored}) == len(stored), seed
        assert {*stored} <= {*played.pushed}, seed
        assert played.flushed <= {*stored}, seed
        assert {*played.pushed} - {*stored} <= played.lost, seed
        assert in_order(stored), seed
        assert sorted(numbers(played.engine.done)) == sorted(stored), seed
        assert not played.engine.items
        assert {*played.used} >= {*stored}, seed
    assert deaths > 0
