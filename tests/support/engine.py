"""An engine in memory for the bridge: a bounded queue with leases, which can be away, lose answers, and be gone.

All time is that of the loop. With a random generator every call takes a few turns of it.
"""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pychanasync._bridge import RemoteQueue
from pychanasync._engine import NotNow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random


process: ContextVar[object] = ContextVar("process", default=None)
"""The process in which a task runs, if it is to be one that can be killed."""


class Killed(BaseException):
    """Leaves the blocks of a process that was killed."""


class Numbers:
    """A codec of integers; for it, other texts are poison, and 666 is a mistake of its own."""

    def encode(self, item: int, /) -> bytes:
        if item < 0:
            raise OverflowError(f"{item} is below 0")
        return b"%d" % item

    def decode(self, data: bytes, /) -> int:
        if data == b"666":
            raise KeyError(data)
        return int(data)


@dataclass(eq=False)
class Stored:
    """An item in the engine."""

    number: int
    data: bytes
    ready_at: float = 0.0
    attempt: int = 0
    lent: bool = False


@dataclass
class Faults:
    """How often the answer to a call is lost, and how often the call itself is."""

    random: Random
    calls: float = 0.0
    answers: float = 0.0
    fetched: float = 0.0


@dataclass
class MemoryEngine:
    """A queue in memory."""

    capacity: int = 100
    lease: float = 30.0
    attempts: int = 10
    faults: Faults | None = None
    away: bool = False
    gone: Exception | None = None
    gone_for: str = ""
    """What the calls that find it gone begin with."""
    finished: bool = False
    items: list[Stored] = field(default_factory=list[Stored])
    seen: set[str] = field(default_factory=set[str])
    appended: list[bytes] = field(default_factory=list[bytes])
    """All that was stored, in order."""
    done: list[bytes] = field(default_factory=list[bytes])
    dead: list[tuple[bytes, str]] = field(default_factory=list[tuple[bytes, str]])
    calls: list[str] = field(default_factory=list[str])
    killed: list[object] = field(default_factory=list[object])
    """The processes of which no call arrives any more."""
    late: int = 0
    """How many items reach a source only as it is left."""
    surplus: int = 0
    """How many items more than asked for a fetch brings."""

    def queue(self) -> RemoteQueue[int]:
        return RemoteQueue(self, Numbers(), "numbers")

    def kill(self) -> Killed:
        """Kill the process in which this runs; return what is to be raised there."""
        self.killed.append(process.get())
        return Killed()

    def come_back(self) -> None:
        """Be away no longer."""
        self.away = False

    def put(self, *data: bytes) -> None:
        """Store something as others do."""
        for each in data:
            self.appended.append(each)
            self.items.append(Stored(len(self.appended), each))

    async def begin(self, call: str) -> None:
        """Begin a call."""
        if process.get() in self.killed:
            raise LookupError("this process was killed")
        self.calls.append(call)
        await self._turn()
        if self.faults and self.faults.random.random() < self.faults.calls:
            raise NotNow("the call was lost")
        if self.gone is not None and call.startswith(self.gone_for):
            raise self.gone
        if self.away:
            raise NotNow("the engine is away")

    async def end(self) -> None:
        """End a call."""
        await self._turn()
        if self.faults and self.faults.random.random() < self.faults.answers:
            raise NotNow("the answer was lost")

    async def _turn(self) -> None:
        for _ in range(self.faults.random.randrange(3) if self.faults else 1):
            await asyncio.sleep(0)

    def check(self, identity: str, data: bytes) -> None:
        del identity
        if len(data) > 20:
            raise ValueError("too large")

    async def append(self, identity: str, data: bytes) -> None:
        await self.begin("append")
        if identity not in self.seen:
            if self.finished:
                raise RuntimeError("the queue was finished")
            if len(self.items) >= self.capacity:
                raise NotNow("the queue is full")
            self.seen.add(identity)
            self.put(data)
        await self.end()

    def source(self) -> MemorySource:
        return MemorySource(self)

    async def finish(self) -> None:
        await self.begin("finish")
        self.finished = True
        await self.end()

    async def drained(self) -> bool:
        await self.begin("drained")
        return self.finished and not self.items

    def borrow(self, limit: int) -> list[MemoryLoan]:
        now = asyncio.get_running_loop().time()
        ready = [item for item in self.items if item.ready_at <= now][:limit]
        for item in ready:
            item.attempt += 1
            item.lent = True
            item.ready_at = now + self.lease
        return [MemoryLoan(self, item, item.attempt) for item in ready]

    def end_loan(self, item: Stored, attempt: int, ready_at: float) -> None:
        """End a loan, unless the item is lent again meanwhile, or gone."""
        if item.attempt == attempt and item.lent:
            item.lent = False
            item.ready_at = ready_at


@dataclass
class MemorySource:
    """Where an inbox borrows from."""

    engine: MemoryEngine
    arrived: list[MemoryLoan] = field(default_factory=list["MemoryLoan"])

    async def fetch(self, limit: int) -> Sequence[MemoryLoan]:
        await self.engine.begin("fetch")
        until = asyncio.get_running_loop().time() + 1.0
        while True:
            loans = self.engine.borrow(limit + self.engine.surplus)
            if loans or asyncio.get_running_loop().time() >= until:
                break
            await asyncio.sleep(0.05)
        faults = self.engine.faults
        if faults and faults.random.random() < faults.fetched:
            raise NotNow("what was fetched was lost")
        return loans

    async def leave(self) -> None:
        await self.engine.begin("leave")
        self.arrived += self.engine.borrow(self.engine.late)


@dataclass(eq=False)
class MemoryLoan:
    """An item on loan."""

    engine: MemoryEngine
    item: Stored
    attempt: int

    @property
    def data(self) -> bytes:
        return self.item.data

    async def extend(self) -> None:
        await self.engine.begin("extend")
        if self.item.attempt == self.attempt and self.item.lent:
            self.item.ready_at = asyncio.get_running_loop().time() + self.engine.lease

    async def settle(self) -> None:
        await self.engine.begin("settle")
        if self.item in self.engine.items:
            self.engine.items.remove(self.item)
            self.engine.done.append(self.data)
        await self.engine.end()

    async def give_back(self, delay: float) -> None:
        await self.engine.begin(f"give back {delay:g}")
        self.engine.end_loan(self.item, self.attempt, asyncio.get_running_loop().time() + delay)
        await self.engine.end()

    async def bury(self, reason: str) -> None:
        await self.engine.begin("bury")
        if self.item in self.engine.items:
            self.engine.items.remove(self.item)
            self.engine.dead.append((self.data, reason))
        await self.engine.end()
