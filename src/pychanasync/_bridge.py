"""The bridge between local channels and a queue that an engine keeps elsewhere. Which engine that is, it does not know.

The local ends are exact: a push is done when the item is in the outbox of this process, a pull when a delivery has left
its inbox. Between the ends and the engine, tasks of the bridge carry one thing after another, and repeat what the
engine has not confirmed. So nothing is lost, and what comes out may come out twice.
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
    """A queue that an engine keeps, of items of one type."""

    def __init__(self, engine: Engine, codec: Codec[Item], name: str) -> None:
        """Make the local side of a queue that there is."""
        self.engine = engine
        self.codec = codec
        self.name = name

    def outbox(
        self, *, ahead: SupportsIndex = 1, identity: Identify[Item] | None = None, grace: float = 10.0
    ) -> AbstractAsyncContextManager[Outbox[Item]]:
        """Lend the sending half: ``async with queue.outbox() as out:``.

        A push gives the item to this process, and returns. A task stores the items, one by one and in order, and tries
        again while the queue is full or the server cannot be reached. ``await out.flush()`` waits until what was pushed
        is stored. If the queue is finished or deleted, the outbox is closed with that error as the cause.

        Leaving the block, on an error or a cancellation too, stores what was pushed, for ``grace`` seconds at most. If
        something is not stored then, this raises `NotStored`, which has the items. If an error or a cancellation leaves
        the block, that goes on instead, with a note on the items; but for a `ChannelClosed`, which says no more than
        that the outbox was closed.

        Args:
            ahead: How many items may wait to be stored, besides the one that is being stored. So this process, if it is
                killed, loses at most one more than this.
            identity: Returns a name for an item, the same whenever the item is pushed, by whatever process. What has
                the name of an item that was stored in the last two minutes is not stored again.
            grace: How many seconds to go on storing after the block. A cancellation does not cut it short.

        Raises:
            TypeError: ``ahead`` is not an integer, or ``grace`` is not a number.
            ValueError: ``ahead`` is 0 or less, or ``grace`` is negative or NaN.
        """
        room, seconds = as_limit(ahead, "ahead", ""), as_duration("grace", grace)
        return lend_outbox(OutboxChannel(self.engine, self.codec.encode, room, identity, self.name), seconds)

    def inbox(self, *, prefetch: SupportsIndex = 1) -> AbstractAsyncContextManager[RecvChannel[Delivery[Item]]]:
        """Lend the receiving half: ``async with queue.inbox() as inbox:``.

        Each `Delivery` that is pulled must be entered, by ``async with delivery as item:``, before the inbox is left.
        Leaving gives back what was not entered, and what is still in use. After `finish`, the inbox is closed when no
        item is stored or on loan to anybody. If the queue is deleted, it is closed with that error as the cause.

        Args:
            prefetch: How many items may be on loan to this inbox at a time, including those that are being used. With
                several tasks that pull from the inbox, at least as many as there are tasks.

        Raises:
            TypeError: ``prefetch`` is not an integer.
            ValueError: ``prefetch`` is 0 or less.
        """
        room = as_limit(prefetch, "prefetch", "")
        return lend_inbox(Inbox(self.engine, self.codec.decode, room, self.name))

    async def finish(self) -> None:
        """Say that no more items will come, from anybody, now and later.

        What is stored can still be received; then the loops over inboxes end. Later pushes are not stored: their
        outboxes are closed, and raise `NotStored` when they are left. To finish a queue twice does no harm.

        This tries again while the server cannot be reached; bound it by ``asyncio.timeout``.
        """
        await insist(self.engine.finish)
