"""What the bridge asks of an engine that keeps a queue, and how: until it is known to be done, or to be in vain.

It asks for six things: append an item with an identity, lend some with a lease, extend a lease, settle a loan, give it
back, and bury an item that nobody is to get any more.
"""

from __future__ import annotations

import asyncio
from asyncio import CancelledError
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final, Protocol, TypeAlias, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Task: TypeAlias = asyncio.Task[None]

PAUSES: Final = 0.001, 0.1  # Seconds between two tries, the first and the longest: each is twice the one before.


class NotNow(Exception):  # noqa: N818  # It says what is so, and is raised to nobody but the bridge.
    """The engine has no room, or cannot be reached, or did not answer: what was asked of it is asked again."""


class Loan(Protocol):
    """An item that the engine has lent to this process until its lease runs out.

    Every method may raise `NotNow`, and any other error to say that the queue is gone for good. To call it again does
    no harm.
    """

    @property
    def data(self) -> bytes:
        """The item, encoded."""
        ...

    @property
    def attempt(self) -> int:
        """How often the item has been lent, this time included."""
        ...

    async def extend(self) -> None:
        """Let the lease begin anew. It need not be confirmed."""
        ...

    async def settle(self) -> None:
        """Remove the item: it is done."""
        ...

    async def give_back(self, delay: float) -> None:
        """End the loan; let the item be lent again after so many seconds."""
        ...

    async def bury(self, reason: str) -> None:
        """Move the item to where nobody gets it any more, with the reason beside it."""
        ...


class Source(Protocol):
    """Where one inbox gets its loans from."""

    @property
    def arrived(self) -> Sequence[Loan]:
        """What has come and has not been fetched yet."""
        ...

    async def fetch(self, limit: int) -> Sequence[Loan]:
        """Wait a while for items, and borrow what comes, about as many as the limit. A call that raised has none."""
        ...

    async def leave(self) -> Sequence[Loan]:
        """Borrow no more; return what came too late for a `fetch`."""
        ...


class Engine(Protocol):
    """What keeps a queue.

    As for a loan, `NotNow` says that a call is to be repeated, and any other error that it would be in vain.
    """

    @property
    def lease(self) -> float:
        """How many seconds a loan lasts."""
        ...

    @property
    def attempts(self) -> int:
        """How often an item may be lent."""
        ...

    def check(self, identity: str, data: bytes) -> None:
        """Raise `ValueError` if this can never be stored."""
        ...

    async def append(self, identity: str, data: bytes) -> None:
        """Store an item, unless one with this identity was stored a short time ago."""
        ...

    def source(self) -> Source:
        """Make what an inbox borrows from."""
        ...

    async def finish(self) -> None:
        """Refuse whatever is appended from now on."""
        ...

    async def drained(self) -> bool:
        """Return whether `finish` was called and every item is gone."""
        ...


class Codec(Protocol[Item]):
    """How the items of a queue become bytes, and bytes become items.

    The bytes may come from anybody who can reach the server, so a codec must not run what they say: never use
    ``pickle``.
    """

    __module__: str = "pychanasync.nats"

    def encode(self, item: Item, /) -> bytes:
        """Return the bytes of an item. What this raises, the push raises."""
        ...

    def decode(self, data: bytes, /) -> Item:
        """Return the item of some bytes.

        Raises:
            ValueError: They are not the bytes of an item. Then they are put aside, and nobody gets them again. Any
                other error closes the inbox, which then raises `ChannelFailed` from it.
        """
        ...


async def insist(call: Callable[[], Awaitable[Result]]) -> Result:
    """Call something again and again until it is known to be done, or to be in vain."""
    pause, longest = PAUSES
    while True:
        try:
            return await call()
        except NotNow:
            await asyncio.sleep(pause)
            pause = min(2 * pause, longest)


async def outlast(tasks: Sequence[Task], seconds: float) -> CancelledError | None:
    """Wait until tasks have ended, for so many seconds; then cancel them, and wait until they have ended.

    A cancellation that comes meanwhile is returned, to be raised when all is in order.
    """
    interruption: CancelledError | None = None
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while pending := [task for task in tasks if not task.done()]:
        left = end - loop.time()
        if left <= 0:
            cancel(pending)
            left = 0.1  # A client may swallow a cancellation; then comes another one.
        try:
            await asyncio.wait(pending, timeout=left)
        except CancelledError as cancellation:
            interruption = cancellation
    return interruption


def cancel(tasks: Iterable[Task]) -> None:
    for task in tasks:
        if not task.get_loop().is_closed():
            task.cancel()


def runs_here(task: Task) -> bool:
    """Return whether the loop of a task runs here. It does not where a coroutine is collected after its loop."""
    return task.get_loop() is asyncio._get_running_loop()  # noqa: SLF001  # In asyncio's __all__; None where none runs.
