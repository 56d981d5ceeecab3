"""The receiving half of a channel: `pull`, iteration, and the wait for what is not there yet.

What need not wait is decided in the body of `pull` by one look and done by the next step; all else there is to decide
is in the core.
"""

from __future__ import annotations

import asyncio
from typing import Generic, Self, SupportsIndex

from ._arguments import as_duration, as_limit
from ._core import NO_LINE, ChannelCore, Item
from ._waiting import Line, Timer, Waiter, new_waiter
from .errors import ChannelClosed, ChannelEmpty
from .protocols import SelectCase


class Receiving(ChannelCore[Item]):
    """What receives."""

    __slots__ = ()

    async def pull(self) -> Item:
        """Take the oldest item; wait while there is none.

        Returns:
            The item. Nobody else gets it.

        Raises:
            ChannelClosed: The channel is closed and nothing is left, now or when the wait ends.
            ChannelFailed: The same, but the channel was closed because of an error, which is the ``__cause__``.
            RuntimeError: A task of another event loop or thread waits on the channel.

        Cancellation:
            A pull that raised took nothing. If an item was already set aside for it, the item goes to the next waiting
            pull, or stays in the channel as the next to be pulled.
        """
        if (unclaimed := self._unclaimed) and not self._pushes:
            self._unclaimed = unclaimed - 1
            return self._items.popleft()
        if (self._pushes or self._closed) and self._try_claim():
            return self._items.popleft()
        waiter = new_waiter()
        try:
            self._join_pulls(waiter)
            outcome = await waiter
        except BaseException:
            if self._pulls.leave(waiter):
                self._release_claim()
            raise
        if outcome is not self._pulls:
            raise self._closed_to_pulls()
        return self._items.popleft()

    _pull = pull  # Whatever a subclass makes of its own.

    def pull_nowait(self) -> Item:
        """Take the oldest item without waiting.

        Returns:
            The item. Nobody else gets it.

        Raises:
            ChannelEmpty: The pull would have to wait.
            ChannelClosed: The channel is closed and nothing is left.
            ChannelFailed: The same, but the channel was closed because of an error, which is the ``__cause__``.
            RuntimeError: The waiting push that it would serve belongs to another event loop or thread.
        """
        if (unclaimed := self._unclaimed) and not self._pushes:
            self._unclaimed = unclaimed - 1
        elif not self._try_claim():
            raise ChannelEmpty(self)
        return self._items.popleft()

    async def pull_many(self, limit: SupportsIndex, *, within: float = 0.0) -> list[Item]:
        """Take up to ``limit`` items: wait while there is none, and then, if ``within`` is given, for more.

        Args:
            limit: How many items to take at most. To take all there is, say ``sys.maxsize``.
            within: How long to wait for more, in seconds from the first item; not at all by default. ``math.inf`` waits
                until there are as many as ``limit``, or the channel is closed. The wait for the first item has no
                limit.

        Returns:
            The items, at least one, in order.

        Raises:
            ChannelClosed: The channel is closed and nothing is left, now or when the wait for the first item ends.
            ChannelFailed: The same, but the channel was closed because of an error, which is the ``__cause__``.
            TypeError: ``limit`` is not an integer, or ``within`` is not a number.
            ValueError: ``limit`` is 0 or less, or ``within`` is negative or NaN.
            RuntimeError: A task of another event loop or thread waits on the channel.

        Cancellation:
            A call that raised took nothing. What was set aside for it goes to the pulls that wait, or stays in the
            channel as the next to be pulled.
        """
        most, seconds = as_limit(limit), as_duration("within", within)
        claims = self._claim_some(most)
        if not claims:
            if self._has_ended() or not await self._wait_for_claim():
                raise self._closed_to_pulls()
            claims = await self._claim_more(1, most, seconds)
        elif seconds:
            claims = await self._claim_more(claims, most, seconds)
        return self._take_claimed(claims)

    def pull_case(self) -> SelectCase[Item]:
        """Make a case for `chanselect` from this pull. Making it does nothing; it may be used again and again."""
        return PullCase(self)

    def empty(self) -> bool:
        """Return whether there is no item to pull."""
        return not self._unclaimed

    def __aiter__(self) -> Self:
        """Pull items until the channel is closed and nothing is left."""
        return self

    async def __anext__(self) -> Item:
        """Pull the next item; end the iteration where a pull would raise `ChannelClosed`, but not `ChannelFailed`."""
        if (unclaimed := self._unclaimed) and not self._pushes:
            self._unclaimed = unclaimed - 1
            return self._items.popleft()
        try:
            return await self._pull()
        except ChannelClosed:
            raise StopAsyncIteration from None

    async def _claim_more(self, claims: int, limit: int, within: float) -> int:
        """Claim what else there is, up to a limit in all; wait for more until the time is over or the channel closed.

        Returns:
            How many claims there are now. If this raises, there are none.
        """
        try:
            claims += self._claim_some(limit - claims)
            if within and claims < limit and not self._has_ended():
                timer = Timer(asyncio.get_running_loop().time() + within)
                try:
                    while claims < limit and not timer.over and await self._wait_for_claim(timer):
                        claims += 1
                        claims += self._claim_some(limit - claims)
                finally:
                    timer.stop()
                claims += self._claim_some(limit - claims)
        except BaseException:
            for _ in range(claims):
                self._release_claim()
            raise
        return claims

    async def _wait_for_claim(self, timer: Timer | None = None) -> bool:
        """Wait for a claim. Return whether it came, before the close and the end of the time."""
        waiter = new_waiter()
        if timer is not None:
            timer.waiter = waiter
        try:
            self._join_pulls(waiter)
            outcome = await waiter
        except BaseException:
            if self._pulls.leave(waiter):
                self._release_claim()
            raise
        if outcome is None:  # The time is over.
            self._pulls.leave(waiter)
        return outcome is self._pulls


class PullCase(Generic[Item]):
    """A pull offered to a select. See `SelectCase`."""

    __slots__ = ("channel",)

    def __init__(self, channel: ChannelCore[Item]) -> None:
        self.channel = channel

    @property
    def line(self) -> Line[None]:
        line = self.channel._pulls  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        return self.channel._begin_pulls() if line is NO_LINE else line  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    def ready(self) -> bool:
        return self.channel._can_pull()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    def proceed(self) -> Item:
        return self.channel._pull_now()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    def enrol(self, waiter: Waiter) -> None:
        self.channel._join_pulls(waiter)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    def finish(self) -> Item:
        return self.channel._take_oldest()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    def abandon(self) -> bool:
        self.channel._release_claim()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        return True

    def __repr__(self) -> str:
        return f"{self.channel!r}.pull_case()"
