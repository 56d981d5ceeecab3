"""The sending end of a remote queue: a channel whose buffer is a ledger of what is not stored yet.

Invariant: an entry is in the ledger from the push until the engine has confirmed that it is stored. Only an immediate
close discards it. What is left at the end is in `NotStored`. Entries are stored one by one, the oldest first.
"""

from __future__ import annotations

import asyncio
from asyncio import CancelledError
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any, Generic, Protocol, TypeAlias, runtime_checkable
from uuid import uuid4

from typing_extensions import TypeVar

from ._engine import Engine, NotNow, Task, cancel, insist, outlast, runs_here
from .buffered import BufferedChannel
from .errors import ChannelClosed, ChannelFailed, is_failure
from .protocols import Buffer, SendChannel

Item = TypeVar("Item")
Item_contra = TypeVar("Item_contra", contravariant=True)
Pushed = TypeVar("Pushed", default=Any)  # type: ignore[explicit-any]  # An "except" clause cannot give a type argument.
Encode: TypeAlias = Callable[[Item], bytes]
Identify: TypeAlias = Callable[[Item], str]


class NotStored(Exception, Generic[Pushed]):  # noqa: N818  # A state, as the channel errors.
    """Items that were pushed to an outbox could not be stored in time, or cannot be stored at all.

    If the queue was finished or deleted, or the server kept failing, that error is the ``__cause__``. The first of the
    items may have been stored nevertheless, if the server's answer was lost.

    Attributes:
        items: The items, in the order of their pushes.
    """

    __module__ = "pychanasync.nats"

    items: list[Pushed]  # type: ignore[explicit-any]  # As the default of Pushed.

    def __init__(self, items: list[Pushed]) -> None:  # type: ignore[explicit-any]  # As above.
        """Make an error about items that were pushed."""
        super().__init__(items)
        self.items = items

    def __str__(self) -> str:  # type: ignore[explicit-any]  # As above.
        """Return how many items there are, and why they are not stored."""
        many = len(self.items)
        because = "" if self.__cause__ is None else f": {self.__cause__}"
        return f"{many} {'item that was' if many == 1 else 'items that were'} pushed could not be stored{because}"


@runtime_checkable
class Outbox(SendChannel[Item_contra], Protocol[Item_contra]):
    """The sending half of a queue. A push hands the item to this process, which soon stores it, in order."""

    __module__: str = "pychanasync.nats"

    async def flush(self) -> None:
        """Wait until everything that was pushed before this call is stored.

        Raises:
            NotStored: The queue was finished or deleted, or the outbox was left.

        Cancellation:
            Cancelling this does not affect the items: they are still stored.
        """
        ...


@dataclass
class _Entry(Generic[Item]):
    item: Item
    identity: str
    data: bytes


class _Ledger(Generic[Item]):
    """The buffer of an outbox. It encodes what is appended, and keeps what is taken until it is stored."""

    def __init__(self, enter: Callable[[Item], _Entry[Item]]) -> None:
        self._enter = enter
        self._waiting: deque[_Entry[Item]] = deque()
        self.taken: deque[_Entry[Item]] = deque()
        self.appended = self.stored = 0
        self.changed = asyncio.Event()

    def append(self, item: Item, /) -> None:
        self._waiting.append(self._enter(item))
        self.appended += 1

    def popleft(self) -> Item:
        entry = self._waiting.popleft()
        self.taken.append(entry)
        return entry.item

    def pop(self) -> Item:
        self.appended -= 1  # An immediate close discards it.
        return self._waiting.pop().item

    def __len__(self) -> int:
        return len(self._waiting)

    def note_stored(self) -> None:
        """Note that the oldest entry is stored."""
        self.taken.popleft()
        self.stored += 1
        self.wake()

    def wake(self) -> None:
        """Let every flush check again."""
        changed, self.changed = self.changed, asyncio.Event()
        changed.set()

    def unstored(self) -> list[Item]:
        """List what is not known to be stored, in order."""
        return [entry.item for entry in (*self.taken, *self._waiting)]


class OutboxChannel(BufferedChannel[Item]):
    """A channel whose own task pulls the items and stores them."""

    def __init__(
        self, engine: Engine, encode: Encode[Item], ahead: int, identity: Identify[Item] | None, name: str
    ) -> None:
        super().__init__(ahead, name=name)
        self._engine = engine
        self._encode = encode
        self._identity = identity
        self._token, self._numbers = uuid4().hex, count()
        self._ledger = _Ledger(self._enter)
        self._obstacle: Exception | None = None
        self._task: Task

    def _make_buffer(self) -> Buffer[Item]:
        return self._ledger

    def _enter(self, item: Item) -> _Entry[Item]:
        if self._identity is None:
            identity = f"{self._token}-{next(self._numbers)}"
        else:
            identity = self._identity(item)
            _check_identity(identity)
        data = self._encode(item)
        _check_data(data)
        self._engine.check(identity, data)
        return _Entry(item, identity, data)

    async def flush(self) -> None:
        goal = self._ledger.appended
        while self._ledger.stored < min(goal, self._ledger.appended):
            if self._task.done():
                raise NotStored(self._ledger.unstored()) from self._obstacle
            await self._ledger.changed.wait()

    def begin(self) -> None:
        """Start storing what is pushed."""
        self._task = asyncio.create_task(self._store())
        self._task.add_done_callback(self._note_end)

    def runs_here(self) -> bool:
        """Return whether the loop of the outbox runs here."""
        return runs_here(self._task)

    def abort(self) -> None:
        """Stop without waiting, if still running: what is not stored is lost."""
        cancel([self._task])

    async def leave(self, grace: float, error: BaseException | None) -> None:
        """Store what is left, for at most ``grace`` seconds; then raise, taking the error of the block into account.

        The storing task may have been cancelled along with all others, as `asyncio.run` does at its end. Then a new
        one does the rest.
        """
        self.close()
        interruption: CancelledError | None = None
        time = asyncio.get_running_loop().time
        end = time() + grace
        while True:
            interruption = await outlast([self._task], end - time()) or interruption
            if not self._task.cancelled() or time() >= end:
                break
            self.begin()
        raised = interruption or error
        if items := self._ledger.unstored():
            missing = NotStored(items)
            missing.__cause__ = self._obstacle
            if raised is None or isinstance(raised, GeneratorExit) or not is_failure(raised):
                raise missing
            raised.add_note(f"{missing}; not stored: {items!r}")
        if interruption is not None:
            raise interruption

    async def _store(self) -> None:
        try:
            while True:
                if not self._ledger.taken:
                    await self.pull()
                await insist(self._append)
                self._ledger.note_stored()
        except (ChannelClosed, ChannelFailed):  # The channel is closed, and everything is stored.
            pass
        except Exception as error:  # noqa: BLE001  # Pushing, flushing and leaving report it.
            self._obstacle = error
            self.close(cause=error)

    def _note_end(self, task: Task) -> None:
        if task.cancelled():
            self.close(cause=CancelledError("the task that stores was cancelled"))
        self._ledger.wake()

    async def _append(self) -> None:
        entry = self._ledger.taken[0]
        try:
            await self._engine.append(entry.identity, entry.data)
        except NotNow as obstacle:
            self._obstacle = obstacle
            raise
        self._obstacle = None


@asynccontextmanager
async def lend_outbox(out: OutboxChannel[Item], grace: float) -> AsyncGenerator[Outbox[Item], None]:
    out.begin()
    try:
        yield out
    except BaseException as error:
        if out.runs_here():
            await out.leave(grace, error)
        raise
    else:
        await out.leave(grace, None)
    finally:
        out.abort()  # A coroutine cannot wait while it is closed; an asynchronous generator can.


def _check_data(data: object) -> None:
    if not isinstance(data, bytes):
        raise TypeError(f"encode must return bytes, got {data!r}")


def _check_identity(identity: object) -> None:
    if not isinstance(identity, str):
        raise TypeError(f"identity must return a str, got {identity!r}")
    if not identity:
        raise ValueError("identity must not return an empty str: that names no item")
