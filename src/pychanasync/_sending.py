"""The sending half of a channel: `push`, and the wait for room; the close.

What need not wait is decided in the body of `push` by one look and done by the next step; all else there is to decide
is in the core.
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
    """What sends."""

    __slots__ = ()

    async def push(self, item: Item) -> None:
        """Send an item; wait while the channel cannot take it.

        Args:
            item: What to send. It may be anything, even ``None``.

        Raises:
            ChannelClosed: The channel was closed before it took the item, which is not delivered.
            RuntimeError: A task of another event loop or thread waits on the channel.

        Cancellation:
            A push that raised did not deliver its item. If the item had been taken when the cancellation came, the push
            returns, and the cancellation is raised at the task's next wait, or, if the task ends first, in the task
            that awaits it.
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
        del task  # Else its error keeps this frame, the frame the task, and the task its error.
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
            item: What to send. It may be anything, even ``None``.

        Raises:
            ChannelFull: The push would have to wait.
            ChannelClosed: The channel is closed.
            RuntimeError: The waiting pull that it would serve belongs to another event loop or thread.
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
        """Make a case for `chanselect` from this push. Making it does nothing; it may be used again and again.

        Args:
            item: What is sent each time the case is chosen.
        """
        return PushCase(self, item)

    def full(self) -> bool:
        """Return whether there are as many items to pull as the bound allows, or more."""
        return self._unclaimed >= self.capacity

    def close(self, *, cause: BaseException | None = None, immediate: bool = False) -> None:
        """Say that no more items will come.

        Every waiting push, and every later one, raises `ChannelClosed`. What the channel holds can still be pulled;
        then pulls raise it too. Closing twice is harmless: the first close decides on the cause.

        Args:
            cause: An error, if it is because of this error that no more items will come. Then pulls raise
                `ChannelFailed` instead of `ChannelClosed`, and the error is the ``__cause__`` of what pulls and pushes
                raise.
            immediate: Also discard the items that are there to pull, also if the channel is already closed.

        Raises:
            TypeError: ``cause`` is not an instance of an exception. The channel stays open.
            RuntimeError: A task of another event loop or thread waits on the channel, which stays open.
        """
        failure = None if cause is None else _to_failure(cause)
        self._ask_lines()
        if self._closed:
            self._end()
        elif failure is None or self._failure is None:
            self._failure = failure
        else:  # An error leaves an async with, of which pulls are to know later.
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
        """Close the channel; if an error leaves the block, it is the cause of the close, and goes on as it is.

        A cancellation does not count as an error here, and neither does a `ChannelClosed`. Receivers learn of an error
        once the task that left the block has ended, or, if the task goes on, in the loop's iteration after the next. So
        a task group that fails because of the error cancels the receivers among its members first, and reports the
        error once.

        Raises:
            RuntimeError: The channel cannot be closed from here, since a task of another event loop or thread waits on
                it. If the block raised, its error gets a note instead.
        """
        if self._closed and not self._has_ended():  # By the error of another sender, of which receivers are to hear.
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
        """The item was taken when the case was served: there is nothing left to do."""

    def abandon(self) -> bool:
        return False

    def __repr__(self) -> str:
        return f"{self.channel!r}.push_case({self._item!r})"


def _to_failure(cause: object) -> Failure:
    """Take what is given for a cause; refuse what is none."""
    if not isinstance(cause, BaseException):
        raise TypeError(f"cause must be an instance of an exception, got {cause!r}")
    return Failure(cause)
