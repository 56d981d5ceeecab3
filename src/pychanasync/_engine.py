"""The interface between the bridge and an engine that keeps a queue, and how the bridge retries its calls.

An engine does six things: append an item with an identity, lend items with a lease, extend a lease, settle a loan, give
it back, and bury an item that must not be given out again.
"""

from __future__ import annotations

import asyncio
from asyncio import CancelledError
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final, Protocol, TypeAlias, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Task: TypeAlias = asyncio.Task[None]

PAUSES: Final = 0.001, 0.1  # Seconds between retries: the first pause, then twice as long each time, up to the second.


class NotNow(Exception):  # noqa: N818  # A state rather than an error; only the bridge sees it.
    """The engine has no room, cannot be reached or did not answer. The call is retried."""


class Loan(Protocol):
    """An item that the engine has lent to this process until its lease runs out.

    Every method may raise `NotNow`. Any other error means that the queue is gone for good. Each may be called again
    safely.
    """

    @property
    def data(self) -> bytes:
        """The item, encoded."""
        ...

    @property
    def attempt(self) -> int:
        """How many times the item has been lent, including this one."""
        ...

    async def extend(self) -> None:
        """Restart the lease. This need not be confirmed."""
        ...

    async def settle(self) -> None:
        """Remove the item: it is done."""
        ...

    async def give_back(self, delay: float) -> None:
        """End the loan; the item may be lent again after this many seconds."""
        ...

    async def bury(self, reason: str) -> None:
        """Move the item, with the reason, to where it is kept but not given out again."""
        ...


class Source(Protocol):
    """Where one inbox gets its loans from."""

    @property
    def arrived(self) -> Sequence[Loan]:
        """What has arrived and was not fetched yet."""
        ...

    async def fetch(self, limit: int) -> Sequence[Loan]:
        """Wait a while for items, and borrow about as many as the limit. A call that raised borrowed none."""
        ...

    async def leave(self) -> None:
        """Stop borrowing. What arrived too late for a `fetch` is in `arrived`."""
        ...


class Engine(Protocol):
    """What keeps a queue.

    As for a loan, `NotNow` means that the call should be retried; any other error means that retrying is pointless.
    """

    @property
    def lease(self) -> float:
        """How long a loan lasts, in seconds."""
        ...

    @property
    def attempts(self) -> int:
        """How many times an item may be lent."""
        ...

    def check(self, identity: str, data: bytes) -> None:
        """Raise `ValueError` if this can never be stored."""
        ...

    async def append(self, identity: str, data: bytes) -> None:
        """Store an item, unless one with this identity was stored recently."""
        ...

    def source(self) -> Source:
        """Make the source for one inbox."""
        ...

    async def finish(self) -> None:
        """Refuse everything that is appended from now on."""
        ...

    async def drained(self) -> bool:
        """Return whether `finish` was called and no item is left."""
        ...


class Codec(Protocol[Item]):
    """Converts the items of a queue to bytes and back.

    The bytes may come from anyone who can reach the server, so decoding must not run code from them: never use
    ``pickle``.
    """

    __module__: str = "pychanasync.nats"

    def encode(self, item: Item, /) -> bytes:
        """Return the bytes of an item. The push raises what this raises."""
        ...

    def decode(self, data: bytes, /) -> Item:
        """Return the item that the bytes encode.

        Raises:
            ValueError: The bytes do not encode an item. They are moved to the stream of dead items. Any other error
                closes the inbox, and pulls raise `ChannelFailed` from it.
        """
        ...


async def insist(call: Callable[[], Awaitable[Result]]) -> Result:
    """Retry a call while it raises `NotNow`."""
    pause, longest = PAUSES
    while True:
        try:
            return await call()
        except NotNow:
            await asyncio.sleep(pause)
            pause = min(2 * pause, longest)


async def outlast(tasks: Sequence[Task], seconds: float) -> CancelledError | None:
    """Wait until tasks have ended; after this many seconds cancel them, and wait for that.

    A cancellation of the caller is not raised but returned, so that the caller can clean up first.
    """
    interruption: CancelledError | None = None
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while pending := [task for task in tasks if not task.done()]:
        left = end - loop.time()
        if left <= 0:
            cancel(pending)
            left = 0.1  # A client may swallow the cancellation, so cancel again.
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
    """Return whether the loop of a task runs here. It does not if a coroutine is collected after its loop."""
    return task.get_loop() is asyncio._get_running_loop()  # noqa: SLF001  # In asyncio's __all__; None where none runs.
