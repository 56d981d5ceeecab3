"""The receiving end of a remote queue: a channel of deliveries, each of an item that is on loan to this process.

Invariant: an inbox holds an item, and extends its lease, until the engine has confirmed the item's outcome. The outcome
is decided once: by the user of the delivery, by the inbox if the item is unusable, or when the inbox is left.
"""

from __future__ import annotations

import asyncio
from asyncio import CancelledError
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from types import TracebackType
from typing import Final, Generic, TypeAlias, TypeVar

from ._engine import Engine, Loan, Task, cancel, insist, outlast, runs_here
from .buffered import BufferedChannel
from .protocols import RecvChannel

Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)
Decode: TypeAlias = Callable[[bytes], Item]
Verdict: TypeAlias = Callable[[], Awaitable[None]]

RETRY_AFTER: Final = 1.0  # Seconds until an item whose block raised an error is given out again.
LEAVING: Final = 5.0  # The most seconds spent giving back what an inbox holds; the other leases run out.


class _Held:
    """An item on loan, its outcome once that is decided, and the tasks that report it to the engine."""

    __slots__ = ("loan", "tasks", "verdict")

    loan: Loan
    verdict: Verdict | None
    tasks: list[Task]

    def __init__(self, loan: Loan) -> None:
        self.loan = loan
        self.verdict = None
        self.tasks = []


class Delivery(Generic[Item_co]):
    """An item on loan to this process: ``async with delivery as item:`` uses it and settles it.

    If the block ends without an error, the item is done and removed from the queue; leaving the block waits until the
    server has confirmed that. If the block raises an error, the item is given out again after a second. If it is
    cancelled, the item is given out again at once.

    The lease is extended until the item is settled. If the process is killed, or its event loop is blocked for too
    long, the lease runs out, and the item is given out again. So an item may be processed more than once.
    """

    __module__ = "pychanasync.nats"
    __slots__ = ("_entered", "_held", "_inbox", "_item")

    def __init__(self, item: Item_co, held: _Held, inbox: Inbox[Item_co]) -> None:
        """Make a delivery. Only an inbox does."""
        self._item = item
        self._held = held
        self._inbox = inbox
        self._entered = False

    @property
    def attempt(self) -> int:
        """How many times the item has been given out, including this one."""
        return self._held.loan.attempt

    async def __aenter__(self) -> Item_co:
        """Return the item.

        Raises:
            RuntimeError: The delivery was entered before, or its inbox was left and has given the item back.
        """
        if self._entered:
            raise RuntimeError("this delivery was entered before: each is used once")
        if self._held.verdict is not None:
            raise RuntimeError("the inbox of this delivery was left, and has given the item back")
        self._entered = True
        return self._item

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        """Settle the item.

        Cancellation:
            An item that is done is removed even if the wait for the confirmation is cancelled.
        """
        if self._held.verdict is not None:  # The inbox was left meanwhile.
            return
        loan = self._held.loan
        if error is None:
            self._inbox.decide(self._held, loan.settle)
            await asyncio.wait(self._held.tasks)
        elif not isinstance(error, Exception):
            if self._inbox.runs_here():  # Else leaving the inbox gives it back, or the lease runs out.
                self._inbox.decide(self._held, partial(loan.give_back, 0.0))
        elif loan.attempt >= self._inbox.attempts:
            self._inbox.decide(self._held, partial(loan.bury, f"the last attempt raised {_shown(error)}"))
        else:
            self._inbox.decide(self._held, partial(loan.give_back, RETRY_AFTER))

    def __repr__(self) -> str:
        """Return the item and the attempt."""
        return f"<Delivery of {self._item!r}, attempt {self.attempt}>"


class Inbox(Generic[Item_co]):
    """A channel of deliveries, the task that fills it, and the task that extends their leases."""

    def __init__(self, engine: Engine, decode: Decode[Item_co], prefetch: int, name: str) -> None:
        self.channel: BufferedChannel[Delivery[Item_co]] = BufferedChannel(prefetch, name=name)
        self._decode = decode
        self._engine = engine
        self._source = engine.source()
        self._prefetch = prefetch
        self._held: dict[_Held, None] = {}
        self._decided = asyncio.Event()
        self._tasks: list[Task] = []

    @property
    def attempts(self) -> int:
        return self._engine.attempts

    def begin(self) -> None:
        """Start borrowing."""
        self._tasks = [asyncio.create_task(self._receive()), asyncio.create_task(self._prolong())]
        self._tasks[0].add_done_callback(self._note_end)

    def runs_here(self) -> bool:
        """Return whether the loop of the inbox runs here."""
        return runs_here(self._tasks[0])

    def decide(self, held: _Held, verdict: Verdict) -> None:
        """Decide the outcome of an item, and start reporting it to the engine."""
        held.verdict = verdict
        held.tasks.append(asyncio.create_task(self._carry_out(held, verdict)))

    def abort(self) -> None:
        """Stop without waiting, if still running: the leases run out."""
        cancel(self._tasks)

    async def leave(self) -> None:
        """Give back what is on loan, and wait until the engine has confirmed every outcome."""
        self.channel.close(immediate=True)
        receiving, prolonging = self._tasks
        interruption = await outlast([receiving], 0.0)
        time = asyncio.get_running_loop().time
        end = time() + LEAVING
        leaving = asyncio.create_task(self._leave_source())
        while True:
            for held in list(self._held):
                if all(task.done() for task in held.tasks):  # None yet, or cancelled along with all others.
                    self.decide(held, held.verdict or partial(held.loan.give_back, 0.0))
            last = [leaving, *(task for held in self._held for task in held.tasks)]
            interruption = await outlast(last, end - time()) or interruption
            if not self._held or time() >= end:
                break
        interruption = await outlast([prolonging], 0.0) or interruption
        if interruption is not None:
            raise interruption

    async def _leave_source(self) -> None:
        with suppress(Exception):
            await self._source.leave()
        for loan in self._source.arrived:
            with suppress(Exception):  # What is not given back is given out again when its lease runs out.
                await loan.give_back(0.0)

    async def _receive(self) -> None:
        try:
            while True:
                while len(self._held) >= self._prefetch:
                    self._decided.clear()
                    await self._decided.wait()
                loans = await insist(partial(self._source.fetch, self._prefetch - len(self._held)))
                new = [_Held(loan) for loan in loans]
                self._held.update(dict.fromkeys(new))  # All at once: admitting one may wait.
                for held in new:
                    await self._admit(held)
                if not new and await insist(self._engine.drained):
                    self.channel.close()
                    return
        except Exception as error:  # noqa: BLE001  # Pulls raise it.
            self.channel.close(cause=error)

    def _note_end(self, task: Task) -> None:
        if task.cancelled():
            self.channel.close(cause=CancelledError("the task that receives was cancelled"))

    async def _admit(self, held: _Held) -> None:
        """Put an item into the channel, or bury it if it must not be given out again."""
        loan = held.loan
        if loan.attempt > self.attempts:
            self.decide(held, partial(loan.bury, f"given out {self.attempts} times and not done"))
            return
        try:
            item = self._decode(loan.data)
        except ValueError as error:
            self.decide(held, partial(loan.bury, f"cannot be decoded: {error}"))
        else:
            await self.channel.push(Delivery(item, held, self))

    async def _carry_out(self, held: _Held, verdict: Verdict) -> None:
        try:
            await insist(verdict)
        except Exception as error:  # noqa: BLE001  # The queue is gone: pulls raise it.
            self.channel.close(cause=error)
            cancel(self._tasks[:1])  # Else it would keep borrowing.
        del self._held[held]
        self._decided.set()

    async def _prolong(self) -> None:
        while True:
            await asyncio.sleep(self._engine.lease / 3)
            for loan in [*(held.loan for held in self._held), *self._source.arrived]:
                with suppress(Exception):  # If the queue is gone, the next other call reports it.
                    await loan.extend()


@asynccontextmanager
async def lend_inbox(inbox: Inbox[Item]) -> AsyncGenerator[RecvChannel[Delivery[Item]], None]:
    inbox.begin()
    try:
        yield inbox.channel
    except BaseException:
        if inbox.runs_here():
            await inbox.leave()
        raise
    else:
        await inbox.leave()
    finally:
        inbox.abort()  # A coroutine cannot wait while it is closed; an asynchronous generator can.


def _shown(error: Exception) -> str:
    try:
        return repr(error)
    except Exception:  # noqa: BLE001  # A broken repr must not keep the item on loan.
        return type(error).__name__
