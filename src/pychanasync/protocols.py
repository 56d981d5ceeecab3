"""The two halves of a channel and the case of a select, and with them the whole contract.

Code that only sends asks for a `SendChannel`, code that only receives for a `RecvChannel`; a type checker
then rejects any use of the other half. Every channel of this package is both. What is promised here is true
of each kind of channel; the docstring of a kind says what it does differently.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from types import TracebackType
from typing import NamedTuple, Protocol, Self, SupportsIndex, TypeVar, runtime_checkable

from ._waiting import AnyLine, Waiter

Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)
Item_contra = TypeVar("Item_contra", contravariant=True)
Value_co = TypeVar("Value_co", covariant=True)


class Waiting(NamedTuple):
    """How many tasks wait on a channel."""

    pushes: int
    pulls: int


Waiting.__module__ = "pychanasync.strategy"


@runtime_checkable
class Buffer(Protocol[Item]):
    """What holds the items of a channel, and decides in which order they come out.

    A ``collections.deque`` is one, in which the oldest item is the next to be pulled. The next to be pulled is called
    the head. A channel counts its items itself: `append` must add exactly one, and `popleft` and `pop` remove exactly
    one. None of them may wait, or use the channel.
    """

    __module__: str = "pychanasync.strategy"
    __slots__ = ()

    def append(self, item: Item, /) -> None:
        """Add an item. If this raises, it must not have changed anything: the push of the item then raises the error.

        A push that had to wait raises it when its task resumes; the pull that made room for it goes on as usual, and
        the next waiting push gets the place.
        """
        ...

    def popleft(self) -> Item:
        """Remove the head, and return it. This is called only if there is an item, and must not raise."""
        ...

    def pop(self) -> Item:
        """Remove an item that is not the head, and return it; the head only if it is the only item.

        An immediate close discards items with this. As many as are set aside for waiting pulls stay. It must not raise.
        """
        ...

    def __len__(self) -> int:
        """Count the items."""
        ...


class _State(Protocol):
    """What both halves can read; nothing here waits or changes anything."""

    __slots__ = ()

    @property
    def closed(self) -> bool:
        """Whether `close` was called. A closed channel may still hold items to pull."""
        ...

    @property
    def capacity(self) -> float:
        """How many items the buffer can hold; 0 without a buffer, ``math.inf`` without a limit."""
        ...

    def csize(self) -> int | None:
        """Count the items in the buffer that are there to pull.

        Returns:
            The number of items, ``None`` for a channel without a buffer. An item that is set aside for a waiting pull
            does not count.
        """
        ...

    @property
    def waiting(self) -> Waiting:
        """How many tasks wait now, as a named tuple of ``pushes`` and ``pulls``.

        A task that was served no longer counts. One that was cancelled counts until it resumes. A select counts once
        for each side on which it waits. Counting takes time in the number of tasks.
        """
        ...


class SelectCase(Protocol[Value_co]):
    """One operation offered to `chanselect`: a pull, whose value is the item, or a push, whose value is ``None``.

    Making a case does nothing. It may be used again and again, also in several selects at once.
    `RecvChannel.pull_case` and `SendChannel.push_case` make the cases of a channel.

    You need the rest only to write a case of your own: a class with these members. It need not derive from this one; if
    it does, it must define `channel` and `line` as properties.

    The members are listed in the order in which a select uses them. It first asks every case whether it is `ready`, and
    calls `proceed` on one that is. If none is ready, it lets each case `enrol` the same waiter, and awaits it. The
    other side, when it completes the operation, commits the waiter in the `line` of the case (see
    `pychanasync.strategy.Line`). Then the select leaves every line and calls `finish` on that case, or `abandon` if the
    task was cancelled meanwhile.

    No member may wait. Only `proceed` may raise an error of the channel. `ready`, `proceed` and `enrol` may raise the
    `RuntimeError` of a line whose tasks belong to another event loop, and then must have changed nothing.
    """

    __module__: str = "pychanasync"
    __slots__ = ()

    @property
    def channel(self) -> object:
        """The channel that the operation is on, as the result of the select will show it."""
        ...

    def ready(self) -> bool:
        """Return whether the operation can proceed now, also if it would raise `ChannelClosed`."""
        ...

    def proceed(self) -> Value_co:
        """Do the operation now. A select calls this at most once, after `ready`; no other task runs in between.

        Raises:
            ChannelClosed: The channel is closed, and for a pull nothing is left.
            ChannelFull, ChannelEmpty: It cannot be done after all, for example since a signal handler, such as that of
                Ctrl-C, has cancelled the task on the other side. The select goes on as if the case had not been ready.
        """
        ...

    @property
    def line(self) -> AnyLine:
        """The line in which the operation would wait; for each side of a channel always the same object."""
        ...

    def enrol(self, waiter: Waiter) -> None:
        """Join the line, with what the operation offers to the other side.

        Raises:
            RuntimeError: A task of another event loop waits there.
        """
        ...

    def finish(self) -> Value_co:
        """Finish the operation that the other side has committed, now that the task runs again."""
        ...

    def abandon(self) -> bool:
        """Undo an operation that was committed, if possible: its task was cancelled before it ran again.

        This must not raise, not even if the next task in line belongs to another event loop: what it would have got
        then stays in the channel.

        Returns:
            Whether it was undone. A pull gives back its claim. A push cannot be undone, since its item may be in use
            already: the select returns it, and the cancellation is raised at the task's next wait.
        """
        ...


@runtime_checkable
class RecvChannel(_State, Protocol[Item_co]):
    """The receiving half: items come out in the order in which they went in.

    ``async for item in channel`` pulls until the channel is closed and nothing is left. Several tasks may
    iterate over one channel; each item goes to one of them.

    ``isinstance`` with this class checks that the members are there, not the type of the items.

    Example::

        async def total(numbers: RecvChannel[int]) -> int:
            return sum([number async for number in numbers])


        numbers = Channel[int](buffer=2)
        numbers.push_nowait(1)
        numbers.push_nowait(2)
        numbers.close()
        print(await total(numbers))  # prints 3
    """

    __module__: str = "pychanasync"
    __slots__ = ()

    def empty(self) -> bool:
        """Return whether there is no item to pull. An item that is set aside for a waiting pull does not count."""
        ...

    async def pull(self) -> Item_co:
        """Take the oldest item; wait while there is none.

        Returns:
            The item. Nobody else gets it.

        Raises:
            ChannelClosed: The channel is closed and nothing is left, now or when the wait ends.
            ChannelFailed: The same, but the channel was closed because of an error, which is the ``__cause__``.
            RuntimeError: A task of another event loop or thread waits on the channel.

        Ordering:
            Pulls are served in the order in which they began to wait. A pull that can proceed at once
            does so without suspending, and never takes an item that is set aside for another pull.

        Cancellation:
            A pull that raised took nothing. If an item was already set aside for it, the item goes to the
            next waiting pull, or stays in the channel as the next to be pulled.
        """
        ...

    def pull_nowait(self) -> Item_co:
        """Take the oldest item without waiting.

        On an unbuffered channel this succeeds exactly when a push waits, as in Go, or when a cancelled
        pull left an item.

        Returns:
            The item. Nobody else gets it.

        Raises:
            ChannelEmpty: The pull would have to wait.
            ChannelClosed: The channel is closed and nothing is left.
            ChannelFailed: The same, but the channel was closed because of an error, which is the ``__cause__``.
            RuntimeError: The waiting push that it would serve belongs to another event loop or thread.
        """
        ...

    async def pull_many(self, limit: SupportsIndex, *, within: float = 0.0) -> Sequence[Item_co]:
        """Take up to ``limit`` items: wait while there is none, and then, if ``within`` is given, for more.

        What is there at once is what repeated `pull_nowait` would give.

        Args:
            limit: How many items to take at most. To take all there is, say ``sys.maxsize``.
            within: How long to wait for more, in seconds from the first item; not at all by default. ``math.inf`` waits
                until there are as many as ``limit``, or the channel is closed. The wait for the first item has no
                limit.

        Returns:
            The items, at least one, in order.

        Raises:
            ChannelClosed: The channel is closed and nothing is left, now or when the wait for the first item ends. A
                close that comes later ends the waiting for more: what is there is returned, and the next call raises.
            ChannelFailed: The same, but the channel was closed because of an error, which is the ``__cause__``.
            TypeError: ``limit`` is not an integer, or ``within`` is not a number.
            ValueError: ``limit`` is 0 or less, or ``within`` is negative or NaN.
            RuntimeError: A task of another event loop or thread waits on the channel.

        Ordering:
            While it waits for more, the items that it will get stay in the channel, set aside. For each further item it
            joins the end of the line again, so that other pulls get their turn. All items are taken in one step when it
            returns.

        Cancellation:
            A call that raised took nothing. What was set aside for it goes to the pulls that wait, or stays in the
            channel as the next to be pulled.
        """
        ...

    def pull_case(self) -> SelectCase[Item_co]:
        """Make a case for `chanselect` from this pull. Making it does nothing; it may be used again and again."""
        ...

    def __aiter__(self) -> AsyncIterator[Item_co]:
        """Pull items until the channel is closed and nothing is left.

        Raises:
            ChannelFailed: Nothing is left, and the channel was closed because of an error, which is the ``__cause__``.

        Cancellation:
            As for `pull`: the step that was cancelled took nothing.
        """
        ...


@runtime_checkable
class SendChannel(_State, Protocol[Item_contra]):
    """The sending half: it sends items, and closes the channel when no more will come.

    ``async with channel:`` closes the channel on the way out, also after an error or a cancellation. If it was an
    error, receivers learn of it: see `close`. `close_after` closes a channel on which several tasks send.

    ``isinstance`` with this class checks that the members are there, not the type of the items.

    Example::

        async def count(limit: int, numbers: SendChannel[int]) -> None:
            async with numbers:
                for number in range(limit):
                    await numbers.push(number)


        numbers = Channel[int]()
        counting = asyncio.create_task(count(3, numbers))
        print([number async for number in numbers])  # prints [0, 1, 2]
    """

    __module__: str = "pychanasync"
    __slots__ = ()

    def full(self) -> bool:
        """Return whether there are as many items to pull as the bound allows, or more.

        An item that is set aside for a waiting pull does not count. An unbuffered channel is always full.
        """
        ...

    async def push(self, item: Item_contra) -> None:
        """Send an item; wait while the channel cannot take it.

        An unbuffered channel takes an item when a pull takes it, or when it is set aside for a pull that
        waits. A buffered channel takes it as soon as its buffer has room. A channel that drops items when its
        buffer is full never lets a push wait.

        Args:
            item: What to send. It may be anything, even ``None``.

        Raises:
            ChannelClosed: The channel was closed before it took the item, which is not delivered.
            RuntimeError: A task of another event loop or thread waits on the channel.

        Ordering:
            Pushes are served in the order in which they began to wait. A push that can proceed at once
            does so without suspending, and never overtakes one that waits.

        Cancellation:
            A push that raised did not deliver its item. If the item had been taken when the cancellation
            came, the push returns, and the cancellation is raised at the task's next wait, unless it has
            been withdrawn by then, as ``asyncio.timeout`` does. If the task ends first, the cancellation
            is raised in the task that awaits it.
        """
        ...

    def push_nowait(self, item: Item_contra) -> None:
        """Send an item without waiting.

        On an unbuffered channel this succeeds exactly when a pull waits, as in Go.

        Args:
            item: What to send. It may be anything, even ``None``.

        Raises:
            ChannelFull: The push would have to wait.
            ChannelClosed: The channel is closed.
            RuntimeError: The waiting pull that it would serve belongs to another event loop or thread.
        """
        ...

    def push_case(self, item: Item_contra) -> SelectCase[None]:
        """Make a case for `chanselect` from this push. Making it does nothing; it may be used again and again.

        Args:
            item: What is sent each time the case is chosen.
        """
        ...

    def close(self, *, cause: BaseException | None = None, immediate: bool = False) -> None:
        """Say that no more items will come.

        Every waiting push, and every later one, raises `ChannelClosed`, and its item is not delivered.
        What the channel holds can still be pulled, in order; then every pull, waiting or later, raises
        `ChannelClosed`. A pull that has an item set aside for it still gets the item. Closing twice is
        harmless: the first close decides on the cause, and a later one does no more than ``immediate`` says.

        Args:
            cause: An error, if it is because of this error that no more items will come. Then pulls raise
                `ChannelFailed` instead of `ChannelClosed`, and the error is the ``__cause__`` of what pulls and pushes
                raise.
            immediate: Also discard the items that are there to pull, also if the channel is already closed.

        Raises:
            TypeError: ``cause`` is not an instance of an exception. The channel stays open.
            RuntimeError: A task of another event loop or thread waits on the channel, which stays open.
        """
        ...

    async def __aenter__(self) -> Self:
        """Return the channel itself."""
        ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        """Close the channel; if an error leaves the block, it is the cause of the close, and goes on as it is.

        A cancellation does not count as an error here, and neither does a `ChannelClosed`: then the channel is closed
        without a cause.

        If there is a cause, pushes are refused at once. A pull that finds nothing left waits until the task that left
        the block has ended, or, if the task goes on, until the loop's iteration after the next; then it raises
        `ChannelFailed`. So a task group that fails because of the error cancels the receivers among its members first,
        and reports the error once.

        If `close` itself raises, since a task of another event loop or thread waits on the channel, the error of the
        block gets a note on that. If the block raised nothing, the error of `close` is raised.
        """
        ...
