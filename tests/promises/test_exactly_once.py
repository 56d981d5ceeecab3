"""Seeded random runs: each item delivered once, or dropped and counted; none by a push that raised; order kept."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from math import inf
from random import Random
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

import pytest

from pychanasync import Broadcast, Channel, ChannelClosed, ChannelEmpty, ChannelFull, chanselect
from tests.support.helpers import check_exactly_once, drain, dropped, is_idle
from tests.support.kinds import BOUNDED, KINDS, LOSSLESS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Generator

    from pychanasync import Subscription
    from tests.support.kinds import Make

    AnyRun = TypeVar("AnyRun", bound="Run")

Item: TypeAlias = tuple[int, int]

PRODUCERS = 4
CONSUMERS = 4
ITEMS = 40
OVERFLOWS: list[Literal["drop_oldest", "drop_newest", "fail"] | None] = [
    *(None, None, None),
    *("drop_oldest", "drop_newest", "fail"),
]


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
        with suppress(Channel.Closed, Channel.Failed):
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
        except* (Channel.Closed, Channel.Failed):
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


class Reader:
    """One subscriber, who takes part in a run from some moment on."""

    def __init__(self, since: int, *, lossless: bool) -> None:
        self.since = since
        self.lossless = lossless
        self.taken: list[Item] = []
        self.dropped = 0

    async def pull(self, subscription: Subscription[Item]) -> None:
        self.taken.append(await subscription.pull())
        self.dropped = subscription.dropped

    async def pull_many(self, subscription: Subscription[Item]) -> None:
        self.taken += await subscription.pull_many(3, within=1e-9)


class BroadcastRun(Run):
    """The same with a hub, to which consumers subscribe again and again: they unsubscribe, or go without a word."""

    def __init__(self, make: Make, seed: int) -> None:
        super().__init__(make, seed)
        self.replay = self.random.choice([0, 0, 2])
        self.hub = Broadcast[Item](self.random.choice([1, 2, 8]), replay=self.replay)
        self.all = self.hub.subscribe(buffer=inf)
        self.other = Channel[Item]()
        self.begun: dict[Item, int] = {}
        self.ended: dict[Item, int] = {}
        self.readers: list[Reader] = []

    async def push(self, item: Item) -> None:
        self.begun[item] = next(self.numbers)
        with self.offering(item):
            if self.random.random() < 0.3:
                await chanselect(self.other.pull_case(), self.hub.push_case(item))
            else:
                await self.hub.push(item)
        self.give(item)

    def push_nowait(self, item: Item) -> None:
        self.begun[item] = next(self.numbers)
        try:
            self.hub.push_nowait(item)
        except (ChannelFull, ChannelClosed):
            self.refused.append(item)
        else:
            self.give(item)

    def give(self, item: Item) -> None:
        self.given.append(item)
        self.ended[item] = next(self.numbers)

    async def consume(self) -> None:
        while not self.hub.closed:
            overflow = self.random.choice(OVERFLOWS)
            reader = Reader(next(self.numbers), lossless=overflow in (None, "fail"))
            self.readers.append(reader)
            await self.read(reader, self.hub.subscribe(overflow=overflow))
            await self.survive(self.yield_sometimes)

    async def read(self, reader: Reader, subscription: Subscription[Item]) -> None:
        """Pull for a while, and go; who goes without a word has left no task behind that refers to the subscription."""
        quietly = self.random.random() < 0.3
        for _ in range(self.random.randrange(12)):
            operation = partial(self.random.choice([reader.pull, reader.pull, reader.pull_many]), subscription)
            if not await self.survive(operation if quietly else partial(self.attempt, operation)):
                break
            await self.survive(self.yield_sometimes)
        if not quietly:
            subscription.unsubscribe()

    def close(self) -> None:
        self.hub.close()

    def finish(self) -> None:
        self.taken = drain(self.all)

    def check(self) -> None:
        self.check_items()
        self.check_order(self.taken)
        assert is_idle(self.hub)
        assert self.hub.subscribers == 1
        places = {item: place for place, item in enumerate(self.taken)}
        for reader in self.readers:
            self.check_reader(reader, places)

    def check_reader(self, reader: Reader, places: dict[Item, int]) -> None:
        """See that a reader has got what everybody got, from when it came to when it went."""
        seen = [places[item] for item in reader.taken]
        if not seen:
            return
        first, last = seen[0], seen[-1]
        assert seen == sorted({*seen})
        if reader.lossless:
            assert seen == [*range(first, last + 1)]
            assert not [item for item in self.taken[:first] if self.begun[item] > reader.since]
        before = [item for item in self.taken[first:] if self.ended.get(item, inf) < reader.since]
        assert len(before) <= self.replay


async def played(run: AnyRun, seed: int) -> AnyRun:
    """Play a run, and check it."""
    await run.play()
    try:
        run.check()
    except AssertionError as failure:
        failure.add_note(f"seed {seed}")
        raise
    return run


@pytest.mark.long(30, 200)
@pytest.mark.heavy
@pytest.mark.parametrize("play", [Run, SelectingRun, BatchRun])
@pytest.mark.parametrize("kind", KINDS)
async def test_every_operation_happens_once_or_not_at_all(kind: str, play: type[Run], size: int) -> None:
    delivered = interrupted = lost = 0
    for seed in range(size):
        run = await played(play(KINDS[kind], seed), seed)
        delivered += len(run.taken)
        interrupted += len(run.refused)
        lost += dropped(run.channel)
    assert delivered > size * PRODUCERS
    assert interrupted > size / 10 or kind not in BOUNDED
    assert lost > size or kind in LOSSLESS


@pytest.mark.long(30, 200)
@pytest.mark.heavy
async def test_each_item_goes_to_all_who_have_subscribed_or_to_none(size: int) -> None:
    delivered = interrupted = readers = lost = 0
    for seed in range(size):
        run = await played(BroadcastRun(Channel, seed), seed)
        delivered += sum(len(reader.taken) for reader in run.readers)
        interrupted += len(run.refused)
        readers += len(run.readers)
        lost += sum(reader.dropped for reader in run.readers)
    assert delivered > size * PRODUCERS
    assert interrupted > size / 10
    assert readers > size * CONSUMERS
    assert lost > size
