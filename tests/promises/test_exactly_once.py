"""Seeded random runs: each item delivered once, or dropped and counted; none by a push that raised; order kept."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from math import inf
from random import Random
from typing import TYPE_CHECKING, TypeAlias

import pytest

from pychanasync import Channel, ChannelClosed, ChannelEmpty, ChannelFull, chanselect
from tests.support.helpers import check_exactly_once, drain, dropped, is_idle
from tests.support.kinds import BOUNDED, KINDS, LOSSLESS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Generator

    from tests.support.kinds import Make

Item: TypeAlias = tuple[int, int]

PRODUCERS = 4
CONSUMERS = 4
ITEMS = 40


class Run:
    """One run: producers and consumers under timeouts, cancellations and tasks whose results nobody reads."""

    def __init__(self, make: Make, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311  # Repeatable, not secret.
        self.channel: Channel[Item] = make()
        self.numbers = count()
        self.closing = self.random.choice([0, 0, 0, 0.01])
        self.pace = self.random.choice([2, 3, 6])
        self.given: list[Item] = []
        self.refused: list[Item] = []
        self.abandoned: list[Item] = []  # By pushes whose coroutine was closed: delivered or not, but at most once.
        self.taken: list[Item] = []

    @contextmanager
    def offering(self, item: Item) -> Generator[None]:
        """Note what became of an item whose push did not return."""
        try:
            yield
        except GeneratorExit:
            self.abandoned.append(item)
            raise
        except BaseException:
            self.refused.append(item)
            raise

    async def push(self, item: Item) -> None:
        with self.offering(item):
            await self.channel.push(item)
        self.given.append(item)

    async def pull(self) -> None:
        self.taken.append(await self.channel.pull())

    async def iterate(self) -> None:
        async for item in self.channel:
            self.taken.append(item)
            if self.random.random() < 0.3:
                break

    def push_nowait(self, item: Item) -> None:
        try:
            self.channel.push_nowait(item)
        except (ChannelFull, ChannelClosed):
            self.refused.append(item)
        else:
            self.given.append(item)

    def pull_nowait(self) -> None:
        with suppress(ChannelEmpty, ChannelClosed):
            self.taken.append(self.channel.pull_nowait())

    async def attempt(self, operation: Callable[[], Awaitable[None]]) -> None:
        """Do an operation in one of the ways in which programs do."""
        match self.random.randrange(7):
            case 0 | 1:
                await operation()
            case 2:
                await self.time_out(operation, self.random.randrange(self.pace))
            case 3:
                await asyncio.wait_for(operation(), 1e-9)  # Over in the next iteration of the loop.
            case 4:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self.wrapped(operation))
                    group.create_task(self.fail_sometimes())
            case 5:
                await self.abandon(self.wrapped(operation))
            case _:
                task = asyncio.ensure_future(self.wrapped(operation))
                await self.yield_sometimes()
                task.cancel()  # And nobody looks at what became of it.

    async def time_out(self, operation: Callable[[], Awaitable[None]], steps: int) -> None:
        """Do an operation under a timeout that expires after some steps of the loop, however fast the machine is."""
        async with asyncio.timeout(None) as scope:
            expiring = asyncio.ensure_future(self.expire(scope, steps))
            try:
                await operation()
            finally:
                expiring.cancel()

    async def expire(self, scope: asyncio.Timeout, steps: int) -> None:
        for _ in range(steps):
            await asyncio.sleep(0)
        scope.reschedule(asyncio.get_running_loop().time())

    async def wrapped(self, operation: Callable[[], Awaitable[None]]) -> None:
        with suppress(Channel.Closed):
            await operation()

    async def abandon(self, operation: Coroutine[object, None, None]) -> None:
        """Run a coroutine by hand to its wait, and close it later or leave that to its collection."""
        try:
            operation.send(None)
        except StopIteration:
            return
        try:
            await self.yield_sometimes()
        finally:
            if self.random.random() < 0.5:
                operation.close()
            del operation  # Collected at once, if it was not closed: no traceback holds it any longer.

    async def fail_sometimes(self) -> None:
        await self.yield_sometimes()
        if self.random.random() < 0.3:
            raise ArithmeticError

    async def yield_sometimes(self) -> None:
        for _ in range(self.random.randrange(self.pace)):
            await asyncio.sleep(0)

    async def survive(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Do a piece of work; swallow what interrupts it; tell whether the channel is still open."""
        still_open = True
        try:
            await work()
        except* Channel.Closed:
            still_open = False
        except* (TimeoutError, ArithmeticError):
            pass
        except* asyncio.CancelledError:
            task = asyncio.current_task()
            assert task
            while task.cancelling():
                task.uncancel()
        return still_open

    async def produce(self, producer: int) -> None:
        for number in range(ITEMS):
            if self.random.random() < 0.1:
                self.push_nowait((producer, number))
            else:
                await self.survive(partial(self.attempt, partial(self.push, (producer, number))))
            await self.survive(self.yield_sometimes)

    async def consume(self) -> None:
        while True:
            if self.random.random() < 0.1 and not self.channel.closed:
                self.pull_nowait()
            operation = self.random.choice([self.pull, self.pull, self.iterate])
            if not await self.survive(partial(self.attempt, operation)):
                return
            if self.channel.closed and self.channel.empty():
                return
            await self.survive(self.yield_sometimes)

    async def play(self) -> None:
        producers = [asyncio.ensure_future(self.produce(number)) for number in range(PRODUCERS)]
        consumers = [asyncio.ensure_future(self.consume()) for _ in range(CONSUMERS)]
        while not all(producer.done() for producer in producers):
            await asyncio.sleep(0)
            for task in self.random.sample(producers + consumers, self.random.randrange(3)):
                task.cancel()
            if self.random.random() < self.closing:
                self.close()
        self.close()
        await asyncio.wait(consumers)
        await asyncio.sleep(0)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        if left:
            await asyncio.wait(left)
        self.finish()

    def close(self) -> None:
        self.channel.close()

    def finish(self) -> None:
        self.taken += drain(self.channel)

    def check_items(self) -> None:
        of_pushes_that_returned = [item for item in self.taken if item not in set(self.abandoned)]
        check_exactly_once(self.channel, self.given, of_pushes_that_returned)
        assert len(set(self.taken)) == len(self.taken)
        assert not set(self.taken) & set(self.refused)

    def check_order(self, items: list[Item]) -> None:
        for producer in range(PRODUCERS):
            numbers = [number for source, number in items if source == producer]
            assert numbers == sorted(numbers)

    def check(self) -> None:
        self.check_items()
        assert is_idle(self.channel)
        self.check_order(self.taken)


class SelectingRun(Run):
    """The same with selects on both sides, over two channels and a third on which consumers also push."""

    def __init__(self, make: Make, seed: int) -> None:
        super().__init__(make, seed)
        self.other = Channel[Item](self.random.choice([None, 1, 8]))
        self.tokens = Channel[Item](self.random.choice([None, 1]))
        self.order: dict[object, list[Item]] = {self.channel: [], self.other: []}

    async def push(self, item: Item) -> None:
        cases = [self.channel.push_case(item), self.other.push_case(item)]
        self.random.shuffle(cases)
        with self.offering(item):
            await chanselect(*cases)
        self.given.append(item)

    async def pull(self) -> None:
        token = (PRODUCERS, next(self.numbers))
        with self.offering(token):
            selected = await chanselect(self.channel.pull_case(), self.tokens.push_case(token), self.other.pull_case())
        if selected.value is None:
            self.given.append(token)
        else:
            self.refused.append(token)
            self.taken.append(selected.value)
            self.order[selected.channel].append(selected.value)

    async def iterate(self) -> None:
        self.taken.append(await self.tokens.pull())

    def close(self) -> None:
        super().close()
        self.other.close()
        self.tokens.close()

    def finish(self) -> None:
        super().finish()
        self.taken += drain(self.other) + drain(self.tokens)

    def check(self) -> None:
        self.check_items()
        for channel in (self.channel, self.other, self.tokens):
            assert is_idle(channel)
        for items in self.order.values():
            self.check_order(items)


class BatchRun(Run):
    """The same with batches: of what is there, of what comes by the next iteration, and of all that comes."""

    async def iterate(self) -> None:
        limit, within = self.random.randrange(1, 6), self.random.choice([0, 0, 1e-9, inf])
        self.taken += await self.channel.pull_many(limit, within=within)


@pytest.mark.long(30, 300)
@pytest.mark.heavy
@pytest.mark.parametrize("play", [Run, SelectingRun, BatchRun])
@pytest.mark.parametrize("kind", KINDS)
async def test_every_operation_happens_once_or_not_at_all(kind: str, play: type[Run], size: int) -> None:
    delivered = interrupted = lost = 0
    for seed in range(size):
        run = play(KINDS[kind], seed)
        await run.play()
        try:
            run.check()
        except AssertionError as failure:
            failure.add_note(f"seed {seed}")
            raise
        delivered += len(run.taken)
        interrupted += len(run.refused)
        lost += dropped(run.channel)
    assert delivered > size * PRODUCERS
    assert interrupted > size / 10 or kind not in BOUNDED
    assert lost > size or kind in LOSSLESS
