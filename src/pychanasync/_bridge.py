"""The bridge between local channels and a remote queue. It does not know which engine keeps the queue.

The local ends are exact: a push is done when the item is in the outbox of this process, a pull when a delivery has left
its inbox. Between the ends and the engine, tasks of the bridge retry whatever the engine has not confirmed. So nothing
is lost, and an item may be delivered more than once.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Generic, SupportsIndex, TypeVar

from ._arguments import as_duration, as_limit
from ._engine import Codec, Engine, insist
from ._inbox import Delivery, Inbox, lend_inbox
from ._outbox import Identify, Outbox, OutboxChannel, lend_outbox
from .protocols import RecvChannel

Item = TypeVar("Item")


class RemoteQueue(Generic[Item]):
    """A queue of items of one type, kept by an engine."""

    def __init__(self, engine: Engine, codec: Codec[Item], name: str) -> None:
        """Make the local side of an existing queue."""
        self.engine = engine
        self.codec = codec
        self.name = name

    def outbox(
        self, *, ahead: SupportsIndex = 1, identity: Identify[Item] | None = None, grace: float = 10.0
    ) -> AbstractAsyncContextManager[Outbox[Item]]:
        """Lend the sending half: ``async with queue.outbox() as out:``.

        A push hands the item to this process and returns. A task stores the items one by one, in order, and retries
        while the queue is full or the server cannot be reached. ``await out.flush()`` waits until everything pushed so
        far is stored. If the queue is finished or deleted, the outbox is closed with that error as the cause.

        Leaving the block keeps storing what was pushed, for at most ``grace`` seconds, also after an error or a
        cancellation. If something is still not stored, leaving raises `NotStored`, which has the items. If the block
        raised an error or was cancelled, that is raised instead, with a note about the items. A `ChannelClosed` from
        the block gives way to `NotStored`: it only says that the outbox was closed.

        Args:
            ahead: How many items may wait to be stored, besides the one that is being stored. A process that is killed
                loses at most ``ahead`` + 1 items.
            identity: Returns a name for an item: the same name whenever that item is pushed, by any process. An item is
                not stored if one with the same name was stored in the last two minutes.
            grace: How many seconds to keep storing after the block. A cancellation does not shorten it.

        Raises:
            TypeError: ``ahead`` is not an integer, or ``grace`` is not a number.
            ValueError: ``ahead`` is 0 or less, or ``grace`` is negative or NaN.
        """
        room, seconds = as_limit(ahead, "ahead", ""), as_duration("grace", grace)
        return lend_outbox(OutboxChannel(self.engine, self.codec.encode, room, identity, self.name), seconds)

    def inbox(self, *, prefetch: SupportsIndex = 1) -> AbstractAsyncContextManager[RecvChannel[Delivery[Item]]]:
        """Lend the receiving half: ``async with queue.inbox() as inbox:``.

        Each `Delivery` that is pulled must be entered, by ``async with delivery as item:``, before the inbox is left.
        Leaving gives back what was not entered, and what is still in use. After `finish`, the inbox is closed once no
        item is stored or on loan anywhere. If the queue is deleted, it is closed with that error as the cause.

        Args:
            prefetch: How many items may be on loan to this inbox at a time, including those in use. If several tasks
                pull from the inbox, use at least the number of tasks.

        Raises:
            TypeError: ``prefetch`` is not an integer.
            ValueError: ``prefetch`` is 0 or less.
        """
        room = as_limit(prefetch, "prefetch", "")
        return lend_inbox(Inbox(self.engine, self.codec.decode, room, self.name))

    async def finish(self) -> None:
        """Declare that no more items will be sent, by any process, now or later.

        What is stored can still be received; then the loops over inboxes end. Later pushes are not stored: their
        outboxes are closed, and leaving them raises `NotStored`. Finishing a queue twice is harmless.

        This retries while the server cannot be reached; use ``asyncio.timeout`` to limit it.
        """
        await insist(self.engine.finish)
