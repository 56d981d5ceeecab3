"""The sending half of a channel: `push` and its wait for room, and `close`.

If a push need not wait, the body of `push` finds that out in one check and does it in the next step. All other
decisions are made in the core.
"""

from __future__ import annotations

import asyncio
from asyncio import CancelledError
from types import TracebackType
from typing import Generic, Self

from ._cancelling import defer
from ._core import NO_LINE, ChannelCore, Item
from ._failing import Failure
from ._waiting import Line, Waiter, new_waiter, raise_refusal, refused
from .errors import ChannelFull, is_failure
from .protocols import SelectCase


class Sending(ChannelCore[Item]):
    """The methods that send and close."""

    __slots__ = ()

    async def push(self, item: Item) -> None:
        """Send an item; wait until the channel can take it.

        For a timeout, use ``asyncio.timeout``.

        Args:
            item: The item to send. It can be any object, even ``None``.

        Raises:
            ChannelClosed: The channel was closed before it took the item. The item is not delivered.
            RuntimeError: A task of another event loop or thread is waiting on the channel.

        Cancellation:
            A push that raised did not deliver its item. If the channel had already taken the item when the
            cancellation came, the push returns, and the cancellation is raised at the task's next wait. If the task
            ends first, it is raised in the task that awaits it.
        """
        if (unclaimed := self._unclaimed) < self._push_limit:
            self._unclaimed = unclaimed + 1
            try:
                self._items.append(item)
            except BaseException:
                self._unclaimed -= 1
                raise
            return
        if self._try_push(item):
            return
        waiter = new_waiter()
        task = asyncio.current_task()
        before = task.cancelling() if task is not None else 0
        del task  # Otherwise the error, this frame and the task would keep each other alive.
        try:
            self._join_pushes(waiter, item)
            outcome = await waiter
            if refused:
                raise_refusal(waiter)
        except CancelledError as cancellation:
            if not self._pushes.leave(waiter):
                raise
            defer(cancellation, before)  # The item may be in use already: the push is done.
            return
        except BaseException:
            self._pushes.leave(waiter)
            raise
        if outcome is not self._pushes:
            raise self._closed_to_pushes()

    def push_nowait(self, item: Item) -> None:
        """Send an item without waiting.

        Args:
            item: The item to send. It can be any object, even ``None``.

        Raises:
            ChannelFull: The push would have to wait.
            ChannelClosed: The channel is closed.
            RuntimeError: The waiting pull that would get the item belongs to another event loop or thread.
        """
        if (unclaimed := self._unclaimed) < self._push_limit:
            self._unclaimed = unclaimed + 1
            try:
                self._items.append(item)
            except BaseException:
                self._unclaimed -= 1
                raise
        elif not self._try_push(item):
            raise ChannelFull(self)

    def push_case(self, item: Item) -> SelectCase[None]:
        """Make a case for `chanselect` that pushes an item. Making it does nothing; it can be used again and again.

        Args:
            item: The item to send each time the case is chosen.
        """
        return PushCase(self, item)

    def full(self) -> bool:
        """Return whether the channel holds as many items as its `capacity`, or more."""
        return self._unclaimed >= self.capacity

    def close(self, *, cause: BaseException | None = None, immediate: bool = False) -> None:
        """Close the channel: no more items will come.

        Waiting and later pushes raise `ChannelClosed`. Items that are in the channel can still be pulled; after the
        last one, pulls raise it too. Closing twice is harmless: the first close decides the cause.

        Args:
            cause: The error that is the reason for the close, if there is one. Pulls then raise `ChannelFailed` instead
                of `ChannelClosed`. The errors that pulls and pushes raise have this error as their ``__cause__``.
            immediate: Also discard the items that are in the channel, except those that are set aside for waiting
                pulls. This works on a closed channel too.

        Raises:
            TypeError: ``cause`` is not an exception instance. The channel stays open.
            RuntimeError: A task of another event loop or thread is waiting on the channel. The channel stays open.
        """
        failure = None if cause is None else _to_failure(cause)
        self._ask_lines()
        if self._closed:
            self._end()
        elif failure is None or self._failure is None:
            self._failure = failure
        else:  # An error is leaving an async with: pulls learn of it later.
            self._failure.cause = failure.cause
        self._closed = True
        self._push_limit = 0
        self._wake_ended_pulls()
        self._pushes.wake_closed(self._closed_to_pushes)
        if immediate:
            self._discard()

    async def __aenter__(self) -> Self:
        """Return the channel itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        """Close the channel. If an error leaves the block, it becomes the cause of the close and propagates unchanged.

        A cancellation does not count as an error here, nor does a `ChannelClosed`. Receivers learn of an error a little
        later: when the task that left the block has ended or, if the task goes on, after two iterations of the event
        loop. If a task group fails because of the error, this gives it time to cancel the receivers in the group first.
        The error is then reported only once.

        Raises:
            RuntimeError: The channel cannot be closed, because a task of another event loop or thread is waiting on it.
                If an error leaves the block, that error gets a note instead.
        """
        if self._closed and not self._has_ended():  # By the error of another sender; receivers have not been told yet.
            return
        failure = Failure(error) if isinstance(error, Exception) and is_failure(error) else None
        if failure is not None:
            failure.delay(self._wake_ended_pulls)
            if not self._closed:
                self._failure = failure
        try:
            if failure is None:
                self.close()
            else:
                self.close(cause=failure.cause)
        except Exception as refusal:
            if error is None:
                raise
            error.add_note(f"{self!r} was not closed: {refusal}")
        finally:  # An overridden close may have left the channel open, or closed it without a cause.
            if not self._closed:
                self._failure = None
            if failure is not None and failure is not self._failure:
                failure.end()


class PushCase(Generic[Item]):
    """A push offered to a select. See `SelectCase`."""

    __slots__ = ("_item", "channel")

    def __init__(self, channel: ChannelCore[Item], item: Item) -> None:
        self.channel = channel
        self._item = item

    @property
    def line(self) -> Line[Item]:
        line = self.channel._pushes  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        return self.channel._begin_pushes() if line is NO_LINE else line  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    def ready(self) -> bool:
        return self.channel._can_push()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    def proceed(self) -> None:
        self.channel._push_now(self._item)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    def enrol(self, waiter: Waiter) -> None:
        self.channel._join_pushes(waiter, self._item)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    def finish(self) -> None:
        """Do nothing: the item was taken when the case was served."""

    def abandon(self) -> bool:
        return False

    def __repr__(self) -> str:
        return f"{self.channel!r}.push_case({self._item!r})"


def _to_failure(cause: object) -> Failure:
    """Make a failure of a cause; reject one that is not an exception."""
    if not isinstance(cause, BaseException):
        raise TypeError(f"cause must be an exception instance, got {cause!r}")
    return Failure(cause)
