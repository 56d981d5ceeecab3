"""What runs on asyncio and on trio alike: operations in tasks of their own, and some that are cancelled at random."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from itertools import count
from random import Random
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel

from tests.benchmarks.account import Account, Record, Span, Take

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine

    from anyio.abc import TaskGroup

SETTLED = 30  # Turns of the loop after which nothing moves any more.
SOON = 6  # Before so many turns are over, an operation that is to be cancelled has been.


async def settle() -> None:
    """Let all tasks go on until they wait."""
    for _ in range(SETTLED):
        await anyio.lowlevel.checkpoint()


class Operation:
    """An operation in a task of its own."""

    def __init__(self, group: TaskGroup, call: Callable[[], Awaitable[object]]) -> None:
        self.results: list[object] = []
        self.error: Exception | None = None
        self.call = call
        group.start_soon(self.run)

    async def run(self) -> None:
        try:
            self.results.append(await self.call())
        except Exception as error:  # noqa: BLE001  # Whatever it is.
            self.error = error

    def waits(self) -> bool:
        return not self.results and self.error is None


@asynccontextmanager
async def tasks() -> AsyncGenerator[TaskGroup]:
    """Run tasks beside a block, let them go on until they wait, and end those that are left."""
    async with anyio.create_task_group() as group:
        yield group
        await settle()
        group.cancel_scope.cancel()


class Scopes:
    """A run in which operations are cancelled by the scopes around them."""

    def __init__(self, push: Callable[[int], Awaitable[object]], pull: Callable[[], Awaitable[int]], seed: int) -> None:
        self.push_item, self.pull_item = push, pull
        self.random = Random(seed)  # noqa: S311  # Repeatable, not secret.
        self.record = Record()
        self.moments = count()

    async def push(self, item: int) -> None:
        began = next(self.moments)
        try:
            await self.push_item(item)
        except BaseException:
            self.record.refused.add(item)
            raise
        self.record.acknowledged[item] = Span(began, next(self.moments))

    async def pull(self) -> None:
        began = next(self.moments)
        item = await self.pull_item()
        self.record.returned.add(item)
        self.record.takes.append(Take(item, Span(began, next(self.moments))))

    async def attempt(self, operation: Callable[[], Coroutine[object, object, None]]) -> None:
        """Do an operation, and perhaps cancel it after some turns."""
        async with anyio.create_task_group() as group:
            group.start_soon(operation)
            if self.random.random() < 0.7:
                for _ in range(self.random.randrange(SOON)):
                    await anyio.lowlevel.checkpoint()
                group.cancel_scope.cancel()

    async def produce(self, first: int, number: int) -> None:
        for item in range(first, first + number):
            await self.attempt(partial(self.push, item))

    async def consume(self) -> None:
        while True:
            await self.attempt(self.pull)

    async def drain(self) -> None:
        """Pull what is left."""
        while True:
            await self.pull()

    async def account(self, number: int = 20) -> Account:
        """Let three tasks push so many items each and three tasks pull, and settle the account."""
        async with anyio.create_task_group() as consumers:
            for _ in range(3):
                consumers.start_soon(self.consume)
            async with anyio.create_task_group() as producers:
                for producer in range(3):
                    producers.start_soon(self.produce, producer * number, number)
            await settle()
            consumers.cancel_scope.cancel()
        async with tasks() as draining:
            draining.start_soon(self.drain)
        return Account.of(self.record)
