"""Producers and consumers whose operations are cancelled.

Every item is pushed once, by one producer. Invariant: whether a push or a pull returned or raised is noted in the
coroutine that awaits it, so that nothing around it can lose an item. The clock counts the turns of the loop, so that a
run depends on its seed, and never on how fast the machine is.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import count
from random import Random
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from tests.benchmarks.account import Account, Record, Span, Take
from tests.support.helpers import unheard

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from tests.benchmarks.pipe import Ends, Kind, Pipe

QUIET = 64  # Turns after which nothing is under way any more, where nobody pushes.
PATIENCE = 50  # Turns for each item, where others need about four: a run that takes longer hangs.
SOON = 6  # Before so many turns are over, whoever asks for a cancellation has asked.
UNDISTURBED = (0.2, 0.4, 0.6)  # Which share of its operations a run leaves alone.
LONG = 20  # Turns of a wait that nobody comes to the end of who was asked meanwhile, or before.

Result = TypeVar("Result")
Operation: TypeAlias = "Callable[[], Coroutine[object, object, Take | None]]"
Way: TypeAlias = "Callable[[Run, Operation], Coroutine[object, object, None]]"


class HangError(Exception):
    """What was waited for did not come."""


class TurnLoop(asyncio.SelectorEventLoop):
    """asyncio's own loop, with a clock that counts its turns."""

    turns = 0

    def time(self) -> float:
        return self.turns

    async def turn_until_done(self, tasks: Sequence[asyncio.Task[object]], limit: int) -> None:
        """Let the tasks run to their end, in so many turns at most."""
        for _ in range(limit):
            if all(task.done() for task in tasks):
                return
            self.turns += 1
            await asyncio.sleep(0)
        raise HangError

    async def end(self, tasks: Sequence[asyncio.Task[object]]) -> None:
        """Cancel tasks, and let them run to their end."""
        for task in tasks:
            task.cancel()
        await self.turn_until_done(tasks, QUIET)


async def by_timeout(run: Run, operation: Operation) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(run.delay()):
            run.read(await operation())


async def by_wait_for(run: Run, operation: Operation) -> None:
    with suppress(TimeoutError):
        run.read(await asyncio.wait_for(operation(), run.delay()))


async def by_cancel(run: Run, operation: Operation) -> None:
    task = run.start(operation)
    await asyncio.sleep(run.delay())
    task.cancel()
    with suppress(asyncio.CancelledError):
        run.read(await task)


async def by_wait(run: Run, operation: Operation) -> None:
    task = run.start(operation)
    _, pending = await asyncio.wait([task], timeout=run.delay())
    if pending:
        task.cancel()
        await asyncio.wait([task])
    if not task.cancelled():
        run.read(task.result())


async def by_cancel_unread(run: Run, operation: Operation) -> None:
    task = run.start(operation)
    await run.look_once(task, task.cancel)


async def by_wait_unread(run: Run, operation: Operation) -> None:
    task = run.start(operation)
    done, _ = await asyncio.wait([task], timeout=run.delay())
    if done:
        run.read(task.result())
    else:
        task.cancel()  # And nobody looks at what became of it.


async def awaited(run: Run, operation: Operation, depth: int) -> None:
    """Do an operation and read its result: here, in a task that is awaited here, or in a task that that one awaits."""
    if depth:
        await run.start(partial(awaited, run, operation, depth - 1))
    else:
        run.read(await operation())


async def by_timeout_going_on(run: Run, operation: Operation) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(run.delay()):
            await run.go_on(partial(awaited, run, operation, run.depth()))


async def by_cancel_going_on(run: Run, operation: Operation) -> None:
    task = run.start(partial(run.go_on, partial(awaited, run, operation, run.depth())))
    await asyncio.sleep(run.delay())
    task.cancel()
    await asyncio.wait([task])


TIMEOUTS, CANCELLED, UNREAD = "timeouts", "cancelled tasks", "cancelled tasks, unread"
GOING_ON = "cancelled, with a wait to come"
WORKLOADS: dict[str, Sequence[Way]] = {
    TIMEOUTS: (by_timeout, by_wait_for),
    CANCELLED: (by_cancel, by_wait),
    UNREAD: (by_cancel_unread, by_wait_unread),
    GOING_ON: (by_timeout_going_on, by_cancel_going_on),
}


@dataclass(frozen=True)
class Size:
    """How large a run is."""

    producers: int = 4
    consumers: int = 4
    items: int = 40  # Of each producer.


class Run:
    """One run on one channel."""

    def __init__(self, loop: TurnLoop, ends: Ends, ways: Sequence[Way], size: Size, seed: int) -> None:
        self.loop = loop
        self.ways = ways
        self.size = size
        self.senders = [ends() for _ in range(size.producers)]
        self.receivers = [ends() for _ in range(size.consumers)]
        self.random = Random(seed)  # noqa: S311  # Repeatable, not secret.
        self.undisturbed = self.random.choice(UNDISTURBED)
        self.pace = self.random.choice([2, 3, 6])
        self.moments = count()
        self.over = False
        self.started: list[asyncio.Task[object]] = []
        self.record = Record()

    async def push(self, pipe: Pipe, item: int) -> None:
        began = next(self.moments)
        try:
            await pipe.push(item)
        except asyncio.CancelledError:
            self.record.refused.add(item)
            raise
        except Exception:  # noqa: BLE001  # Whatever it is, it is counted.
            self.record.refused.add(item)
            self.record.failed += 1
        else:
            self.record.acknowledged[item] = Span(began, next(self.moments))

    async def pull(self, pipe: Pipe) -> Take | None:
        began = next(self.moments)
        try:
            item = await pipe.pull()
        except Exception:  # noqa: BLE001  # Whatever it is, it is counted.
            self.record.failed += 1
            return None
        self.record.returned.add(item)
        return Take(item, Span(began, next(self.moments)))

    def read(self, take: Take | None) -> None:
        """Look at what an operation returned."""
        if take is not None:
            self.record.takes.append(take)

    def start(self, operation: Callable[[], Coroutine[object, object, Result]]) -> asyncio.Task[Result]:
        task = asyncio.create_task(operation())
        self.started.append(task)
        return task

    def delay(self) -> int:
        return self.random.randrange(SOON)

    async def look_once(self, task: asyncio.Task[Take | None], cancel: Callable[[], object]) -> None:
        """Read a task if it is done after some turns; else cancel it, and never look at it again."""
        await asyncio.sleep(self.delay())
        if task.done():
            self.read(task.result())
        else:
            cancel()

    def depth(self) -> int:
        return self.random.randrange(3)

    async def go_on(self, operate: Callable[[], Coroutine[object, object, None]]) -> None:
        """Operate, and then wait; whoever calls this cancels it, in the one or in the other."""
        self.record.asked += 1
        await operate()
        await asyncio.sleep(LONG)
        self.record.missed += 1

    async def attempt(self, operation: Operation) -> None:
        if self.random.random() < self.undisturbed:
            self.read(await operation())
        else:
            await self.random.choice(self.ways)(self, operation)
        await asyncio.sleep(self.random.randrange(self.pace))

    async def produce(self, producer: int, pipe: Pipe) -> None:
        for number in range(self.size.items):
            await self.attempt(partial(self.push, pipe, producer * self.size.items + number))

    async def consume(self, pipe: Pipe) -> None:
        while not self.over:
            await self.attempt(partial(self.pull, pipe))

    async def play(self) -> None:
        """Run until every item is pushed and nothing moves any more; then take what is left."""
        producing = [asyncio.create_task(self.produce(*sender)) for sender in enumerate(self.senders)]
        consuming = [asyncio.create_task(self.consume(pipe)) for pipe in self.receivers]
        await self.loop.turn_until_done(producing, PATIENCE * self.size.producers * self.size.items)
        self.over = True
        with suppress(HangError):  # Undisturbed pulls go on waiting.
            await self.loop.turn_until_done([*consuming, *self.started], QUIET)
        self.record.failed += sum(task.cancelled() for task in [*producing, *consuming])  # Nobody has cancelled these.
        await self.loop.end([*consuming, *self.started])
        for pipe in dict.fromkeys(self.receivers):
            await self.drain(pipe)

    async def drain(self, pipe: Pipe) -> None:
        """Pull until a pull waits though nothing else is under way."""
        while True:
            pull = self.start(partial(self.pull, pipe))
            with suppress(HangError):
                await self.loop.turn_until_done([pull], QUIET)
            if not pull.done():
                return await self.loop.end([pull])
            take = pull.result()
            if take is None:
                return None
            self.read(take)

    def account(self) -> Account:
        return Account.of(self.record)


def account_of(kind: Kind, capacity: int, ways: Sequence[Way], size: Size, seed: int) -> Account:
    """Play a run on a loop of its own."""

    async def play() -> Account:
        run = Run(loop, kind.make(capacity), ways, size, seed)
        await run.play()
        return run.account()

    loop = TurnLoop()
    loop.set_exception_handler(unheard)  # A run that hung leaves tasks behind.
    try:
        return loop.run_until_complete(play())
    except HangError:
        return Account(hung=1)
    finally:
        loop.close()
