"""Seeded random runs of threads and tasks on one channel: each item goes over once, or its push raised.

The seed says what each of them tries. How they meet is up to the machine, and is another time each time.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from random import Random
from typing import TYPE_CHECKING, TypeAlias

import pytest

from pychanasync import Channel, ChannelClosed
from pychanasync.threads import ThreadReceiver, ThreadSender
from tests.support.helpers import check_exactly_once, drain, is_idle
from tests.support.kinds import BOUNDED

if TYPE_CHECKING:
    from tests.support.kinds import Make

Item: TypeAlias = tuple[int, int]

THREADS = 3
"""On each side, at most. As many tasks."""
ITEMS = 30
"""Of each who pushes."""
PACE = 5e-5
"""Seconds in which a thread meets another, more or less."""


class Run:
    """Threads and tasks that push and pull under timeouts which are over as the other side comes."""

    def __init__(self, make: Make, seed: int, pool: ThreadPoolExecutor) -> None:
        self.seed = seed
        self.pool = pool
        self.channel: Channel[Item] = make()
        self.sender, self.receiver = ThreadSender(self.channel), ThreadReceiver(self.channel)
        self.given: list[Item] = []
        self.refused: list[Item] = []
        self.taken: list[list[Item]] = []  # By each who pulls, in order.
        random = self.random(-1)
        self.ends_early = random.random() < 0.2
        self.producers, self.consumers = (random.randrange(1, THREADS + 1) for _ in range(2))

    def random(self, number: int) -> Random:
        """Make what one of them draws from."""
        return Random(f"{self.seed}, {number}")  # noqa: S311  # Repeatable, not secret.

    def push(self, random: Random, item: Item) -> None:
        self.sender.push(item, random.choice([None, 0, random.uniform(0, PACE), random.uniform(0, PACE)]))

    def pull(self, random: Random) -> list[Item]:
        seconds = random.choice([None, 0, random.uniform(0, PACE), random.uniform(0, PACE)])
        match random.randrange(4):
            case 0:
                return [next(self.receiver)]
            case 1:
                within = random.choice([0, random.uniform(0, PACE)])
                return [*self.receiver.pull_many(random.randrange(1, 4), within=within, timeout=seconds)]
            case _:
                return [self.receiver.pull(seconds)]

    def produce(self, number: int) -> None:
        random = self.random(number)
        for item in range(ITEMS):
            try:
                self.push(random, (number, item))
            except (TimeoutError, ChannelClosed):
                self.refused.append((number, item))
            else:
                self.given.append((number, item))
        if self.ends_early:
            self.sender.close()

    def consume(self, number: int) -> None:
        random, taken = self.random(number), list[Item]()
        self.taken.append(taken)
        while True:
            try:
                taken += self.pull(random)
            except TimeoutError:
                continue
            except (ChannelClosed, StopIteration):
                return

    async def produce_in_task(self, number: int) -> None:
        random = self.random(number)
        for item in range(ITEMS):
            try:
                async with asyncio.timeout(random.choice([None, random.uniform(0, PACE)])):
                    await self.channel.push((number, item))
            except (TimeoutError, ChannelClosed):
                self.refused.append((number, item))
            else:
                self.given.append((number, item))
            await asyncio.sleep(0)

    async def consume_in_task(self, number: int) -> None:
        random, taken = self.random(number), list[Item]()
        self.taken.append(taken)
        while True:
            try:
                async with asyncio.timeout(random.choice([None, random.uniform(0, PACE)])):
                    taken.append(await self.channel.pull())
            except TimeoutError:
                await asyncio.sleep(0)
            except ChannelClosed:
                return

    async def play(self) -> None:
        in_thread = partial(asyncio.get_running_loop().run_in_executor, self.pool)
        consumers = [in_thread(self.consume, number) for number in range(self.consumers)]
        consumers += [asyncio.ensure_future(self.consume_in_task(THREADS + number)) for number in range(self.consumers)]
        producers = [in_thread(self.produce, number) for number in range(self.producers)]
        producers += [asyncio.ensure_future(self.produce_in_task(THREADS + number)) for number in range(self.producers)]
        await asyncio.gather(*producers)
        await in_thread(self.sender.close)
        await asyncio.gather(*consumers)
        self.taken.append(drain(self.channel))

    def check(self, *, in_order: bool) -> None:
        check_exactly_once(self.channel, self.given, [item for taken in self.taken for item in taken])
        assert not {*self.given} & {*self.refused}
        assert is_idle(self.channel)
        for taken in self.taken if in_order else []:
            for producer in range(2 * THREADS):
                numbers = [number for source, number in taken if source == producer]
                assert numbers == sorted(numbers)


@pytest.mark.long(6, 200)
@pytest.mark.heavy
@pytest.mark.parametrize("kind", BOUNDED)
async def test_what_threads_do_under_timeouts_happens_once_or_not_at_all(kind: str, size: int) -> None:
    given = refused = 0
    with ThreadPoolExecutor(2 * THREADS) as pool:
        for seed in range(size):
            run = Run(BOUNDED[kind], seed, pool)
            await run.play()
            try:
                run.check(in_order=kind != "priority")
            except AssertionError as failure:
                failure.add_note(f"seed {seed}")
                raise
            given += len(run.given)
            refused += len(run.refused)
    assert given > size
    assert refused
