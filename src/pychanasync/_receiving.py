"""The receiving half of a channel: `pull`, `pull_many`, iteration, and the wait for items.

If a pull need not wait, the body of `pull` finds that out in one check and does it in the next step. All other
decisions are made in the core.
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
    """The methods that receive."""

    __slots__ = ()

    async def pull(self) -> Item:
        """Take the oldest item; wait until there is one.

        For a timeout, use ``asyncio.timeout``.

        Returns:
            The item. No other task gets it.

        Raises:
            ChannelClosed: The channel is closed and no items are left, or it is closed while the pull waits for one.
            ChannelFailed: The same, but the channel was closed because of an error, which is the ``__cause__``.
            RuntimeError: A task of another event loop or thread is waiting on the channel.

        Cancellation:
            A pull that raised took nothing, so it can safely be cancelled or put under a timeout. If an item was
            already set aside for it, that item goes to the next waiting pull, or stays in the channel and is pulled
            next.
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

    _pull = pull  # For iteration, which an overridden pull does not change.

    def pull_nowait(self) -> Item:
        """Take the oldest item without waiting.

        Returns:
            The item. No other task gets it.

        Raises:
            ChannelEmpty: The pull would have to wait.
            ChannelClosed: The channel is closed and no items are left.
            ChannelFailed: The same, but the channel was closed because of an error, which is the ``__cause__``.
            RuntimeError: The waiting push that it would complete belongs to another event loop or thread.
        """
        if (unclaimed := self._unclaimed) and not self._pushes:
            self._unclaimed = unclaimed - 1
        elif not self._try_claim():
            raise ChannelEmpty(self)
        return self._items.popleft()

    async def pull_many(self, limit: SupportsIndex, *, within: float = 0.0) -> list[Item]:
        """Take a batch of up to ``limit`` items; wait until there is at least one.

        With ``within``, the call then waits for more items if there are fewer than ``limit``.

        Args:
            limit: The most items to take, which can be more than the buffer holds. Use ``sys.maxsize`` to take
                everything there is.
            within: How long to wait for more items, in seconds after the first one; by default not at all. With
                ``math.inf`` the call waits until it has ``limit`` items or the channel is closed. This does not limit
                the wait for the first item.

        Returns:
            The items, at least one, in order.

        Raises:
            ChannelClosed: The channel is closed and no items are left, or it is closed while the call waits for the
                first item. If it is closed while the call waits for more, the call returns the items it has, and the
                next call raises.
            ChannelFailed: The same, but the channel was closed because of an error, which is the ``__cause__``.
            TypeError: ``limit`` is not an integer, or ``within`` is not a number.
            ValueError: ``limit`` is 0 or less, or ``within`` is negative or NaN.
            RuntimeError: A task of another event loop or thread is waiting on the channel.

        Cancellation:
            A call that raised took nothing, so it can safely be cancelled or put under a timeout. The items that were
            set aside for it go to waiting pulls, or stay in the channel and are pulled next.
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
        """Make a case for `chanselect` that pulls an item. Making it does nothing; it can be used again and again."""
        return PullCase(self)

    def empty(self) -> bool:
        """Return whether there are no items to pull."""
        return not self._unclaimed

    def __aiter__(self) -> Self:
        """Pull items until the channel is closed and no items are left."""
        return self

    async def __anext__(self) -> Item:
        """Pull the next item. `ChannelClosed` ends the iteration; `ChannelFailed` is raised."""
        if (unclaimed := self._unclaimed) and not self._pushes:
            self._unclaimed = unclaimed - 1
            return self._items.popleft()
        try:
            return await self._pull()
        except ChannelClosed:
            raise StopAsyncIteration from None

    async def _claim_more(self, claims: int, limit: int, within: float) -> int:
        """Claim more items, up to ``limit`` in all; wait for them until the time is up or the channel is closed.

        Returns:
            How many claims there are now. If this raises, all were released.
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
        """Wait for a claim. Return whether it came before the close and the end of the time."""
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
        if outcome is None:  # The time is up.
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
