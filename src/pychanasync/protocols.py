"""The two halves of a channel, and the case of a select. Their docstrings are the whole contract.

A function that only sends takes a `SendChannel`, and one that only receives takes a `RecvChannel`. A type checker then
rejects any use of the other half. Every channel in this package is both. These promises hold for every kind of channel.
The docstring of a class says only what it does differently.
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
    """How many tasks are waiting on a channel."""

    pushes: int
    pulls: int


Waiting.__module__ = "pychanasync.strategy"


@runtime_checkable
class Buffer(Protocol[Item]):
    """The container for the items of a channel. It decides in which order they come out.

    A ``collections.deque`` is one: its oldest item comes out first. The item that comes out next is called the head.
    The channel keeps its own count, so `append` must add exactly one item, and `popleft` and `pop` must remove exactly
    one. None of these methods may wait, or use the channel.
    """

    __module__: str = "pychanasync.strategy"
    __slots__ = ()

    def append(self, item: Item, /) -> None:
        """Add an item. If this raises, it must not have changed anything; the push of the item then raises the error.

        A push that was waiting raises it when its task resumes. The pull that made room for it goes on as usual, and
        the room goes to the next waiting push.
        """
        ...

    def popleft(self) -> Item:
        """Remove the head and return it. This is called only if there is an item, and must not raise."""
        ...

    def pop(self) -> Item:
        """Remove an item other than the head and return it; the head only if there is no other item.

        ``close(immediate=True)`` calls this to discard items. It keeps as many as are set aside for waiting pulls. This
        must not raise.
        """
        ...

    def __len__(self) -> int:
        """Return the number of items."""
        ...


class _State(Protocol):
    """The attributes and methods that both halves have. None of them waits or changes anything."""

    __slots__ = ()

    @property
    def closed(self) -> bool:
        """Whether the channel was closed. A closed channel may still hold items to pull."""
        ...

    @property
    def capacity(self) -> float:
        """How many items the buffer can hold; 0 if there is no buffer, ``math.inf`` if there is no limit."""
        ...

    def csize(self) -> int | None:
        """Return how many items in the buffer can be pulled.

        Returns:
            The number of items, or ``None`` for a channel without a buffer. An item that is set aside for a waiting
            pull does not count.
        """
        ...

    @property
    def waiting(self) -> Waiting:
        """How many tasks are waiting now, as a named tuple ``(pushes, pulls)``.

        A task whose operation is done no longer counts. A cancelled task counts until it resumes. A select counts once
        for each side on which it waits. Counting takes time proportional to the number of tasks.
        """
        ...


class SelectCase(Protocol[Value_co]):
    """One operation offered to `chanselect`: a pull, whose value is the item, or a push, whose value is ``None``.

    Making a case does nothing by itself. A case can be used any number of times, even in several selects at once.
    `RecvChannel.pull_case` and `SendChannel.push_case` make the cases of a channel.

    You need the members below only to write a case of your own. Any class that has them is a case. It need not derive
    from this class; if it does, it must define `channel` and `line` as properties.

    The members are listed in the order in which a select uses them. It first asks every case whether it is `ready`, and
    calls `proceed` on one that is. If none is ready, it calls `enrol` on every case with the same waiter, and awaits
    that waiter. When the other side completes the operation, it commits the waiter in the `line` of the case (see
    `pychanasync.strategy.Line`). The select then leaves every line, and calls `finish` on that case, or `abandon` if
    its task was cancelled in the meantime.

    No member may wait. Only `proceed` may raise a `ChannelError`. `ready`, `proceed` and `enrol` may raise the
    `RuntimeError` of a line whose tasks belong to another event loop; if they do, they must not have changed anything.
    """

    __module__: str = "pychanasync"
    __slots__ = ()

    @property
    def channel(self) -> object:
        """The channel that the operation is on. The result of the select has it as its ``channel``."""
        ...

    def ready(self) -> bool:
        """Return whether the operation can proceed now, even if only to raise `ChannelClosed`."""
        ...

    def proceed(self) -> Value_co:
        """Do the operation now. A select calls this at most once, after `ready`; no other task runs in between.

        Raises:
            ChannelClosed: The channel is closed. A pull raises this only if no items are left.
            ChannelFailed: The operation is a pull, no items are left, and the channel was closed because of an error.
            ChannelFull, ChannelEmpty: The operation cannot be done after all, for example because a signal handler,
                such as that for Ctrl-C, has cancelled the task on the other side. The select goes on as if the case had
                not been ready.
        """
        ...

    @property
    def line(self) -> AnyLine:
        """The line in which the operation would wait. The same side of a channel always has the same line."""
        ...

    def enrol(self, waiter: Waiter) -> None:
        """Join the line. A push joins it with its item.

        Raises:
            RuntimeError: A task of another event loop is waiting there.
        """
        ...

    def finish(self) -> Value_co:
        """Finish the operation that the other side has committed, now that the task runs again."""
        ...

    def abandon(self) -> bool:
        """Undo an operation that was committed, if possible: the task was cancelled before it ran again.

        This must not raise, not even if the next task in line belongs to another event loop: the item that it would
        have received then stays in the channel.

        Returns:
            Whether the operation was undone. A pull gives up the item that was set aside for it. A push cannot be
            undone, because its item may be in use already: the select returns that push, and the cancellation is raised
            at the task's next wait.
        """
        ...


@runtime_checkable
class RecvChannel(_State, Protocol[Item_co]):
    """The receiving half of a channel: items come out in the order in which they went in.

    ``async for item in channel`` pulls until the channel is closed and no items are left. Several tasks can iterate
    over the same channel; each item goes to exactly one of them.

    ``isinstance`` checks only that the members exist, not the type of the items.

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
        """Return whether there are no items to pull. An item that is set aside for a waiting pull does not count."""
        ...

    async def pull(self) -> Item_co:
        """Take the oldest item; wait until there is one.

        For a timeout, use ``asyncio.timeout``.

        Returns:
            The item. No other task gets it.

        Raises:
            ChannelClosed: The channel is closed and no items are left, or it is closed while the pull waits for one.
            ChannelFailed: The same, but the channel was closed because of an error, which is the ``__cause__``.
            RuntimeError: A task of another event loop or thread is waiting on the channel.

        Ordering:
            First come, first served: pulls get items in the order in which they began to wait. A pull that can proceed
            at once does not suspend, and never takes an item that is set aside for another pull. A loop of such pulls
            gives no other task a turn: put ``await asyncio.sleep(0)`` into it.

        Cancellation:
            A pull that raised took nothing, so it can safely be cancelled or put under a timeout. If an item was
            already set aside for it, that item goes to the next waiting pull, or stays in the channel and is pulled
            next.
        """
        ...

    def pull_nowait(self) -> Item_co:
        """Take the oldest item without waiting.

        On an unbuffered channel this succeeds only if a push is waiting, as in Go, or if a cancelled pull left an item
        behind.

        Returns:
            The item. No other task gets it.

        Raises:
            ChannelEmpty: The pull would have to wait.
            ChannelClosed: The channel is closed and no items are left.
            ChannelFailed: The same, but the channel was closed because of an error, which is the ``__cause__``.
            RuntimeError: The waiting push that it would complete belongs to another event loop or thread.
        """
        ...

    async def pull_many(self, limit: SupportsIndex, *, within: float = 0.0) -> Sequence[Item_co]:
        """Take a batch of up to ``limit`` items; wait until there is at least one.

        By default, it then takes the items that are there, like repeated calls of `pull_nowait`. With ``within``, it
        waits for more if there are fewer than ``limit``.

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

        Ordering:
            While the call waits for more, items are set aside for it and stay in the channel. It takes all of them in
            one step when it returns. For each further item it goes to the back of the line, so that other pulls get
            their turn.

        Cancellation:
            A call that raised took nothing, so it can safely be cancelled or put under a timeout. The items that were
            set aside for it go to waiting pulls, or stay in the channel and are pulled next.
        """
        ...

    def pull_case(self) -> SelectCase[Item_co]:
        """Make a case for `chanselect` that pulls an item. Making it does nothing; it can be used again and again."""
        ...

    def __aiter__(self) -> AsyncIterator[Item_co]:
        """Pull items until the channel is closed and no items are left.

        Raises:
            ChannelFailed: No items are left, and the channel was closed because of an error, which is the
                ``__cause__``.

        Cancellation:
            As for `pull`: a step that was cancelled took nothing.
        """
        ...


@runtime_checkable
class SendChannel(_State, Protocol[Item_contra]):
    """The sending half of a channel: it sends items, and closes the channel after the last one.

    ``async with channel:`` closes the channel when the block ends, even by an error or a cancellation. If it ends by an
    error, receivers learn of it: see `close`. If several tasks send on one channel, close it with `close_after`.

    ``isinstance`` checks only that the members exist, not the type of the items.

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
        """Return whether the channel holds as many items as its `capacity`, or more.

        An item that is set aside for a waiting pull does not count. An unbuffered channel is always full.
        """
        ...

    async def push(self, item: Item_contra) -> None:
        """Send an item; wait until the channel can take it.

        An unbuffered channel takes an item when a pull takes it, or when it is set aside for a waiting pull. A buffered
        channel takes it as soon as there is room in the buffer. This way, a slow receiver slows the sender down
        (backpressure). On a channel that drops items when its buffer is full, a push never waits.

        For a timeout, use ``asyncio.timeout``.

        Args:
            item: The item to send. It can be any object, even ``None``.

        Raises:
            ChannelClosed: The channel was closed before it took the item. The item is not delivered.
            RuntimeError: A task of another event loop or thread is waiting on the channel.

        Ordering:
            First come, first served: items are taken in the order in which their pushes began to wait. A push that can
            proceed at once does not suspend, and never overtakes a waiting one. A loop of such pushes gives no other
            task a turn: put ``await asyncio.sleep(0)`` into it.

        Cancellation:
            A push that raised did not deliver its item. If the channel had already taken the item when the
            cancellation came, the push returns, and the cancellation is raised at the task's next wait, unless it
            has been withdrawn by then, as ``asyncio.timeout`` does when its block ends. If the task ends first, the
            cancellation is raised in the task that awaits it.
        """
        ...

    def push_nowait(self, item: Item_contra) -> None:
        """Send an item without waiting.

        On an unbuffered channel this succeeds only if a pull is waiting, as in Go.

        Args:
            item: The item to send. It can be any object, even ``None``.

        Raises:
            ChannelFull: The push would have to wait.
            ChannelClosed: The channel is closed.
            RuntimeError: The waiting pull that would get the item belongs to another event loop or thread.
        """
        ...

    def push_case(self, item: Item_contra) -> SelectCase[None]:
        """Make a case for `chanselect` that pushes an item. Making it does nothing; it can be used again and again.

        Args:
            item: The item to send each time the case is chosen.
        """
        ...

    def close(self, *, cause: BaseException | None = None, immediate: bool = False) -> None:
        """Close the channel: no more items will come.

        Waiting and later pushes raise `ChannelClosed`, and their items are not delivered. Items that are in the channel
        can still be pulled, in order. After the last one, waiting and later pulls raise `ChannelClosed`. A pull that
        has an item set aside for it still gets it. Closing twice is harmless: the first close decides the cause, and
        later ones only apply ``immediate``.

        Args:
            cause: The error that is the reason for the close, if there is one. Pulls then raise `ChannelFailed` instead
                of `ChannelClosed`. The errors that pulls and pushes raise have this error as their ``__cause__``.
            immediate: Also discard the items that are in the channel, except those that are set aside for waiting
                pulls. This works on a closed channel too.

        Raises:
            TypeError: ``cause`` is not an exception instance. The channel stays open.
            RuntimeError: A task of another event loop or thread is waiting on the channel. The channel stays open.
        """
        ...

    async def __aenter__(self) -> Self:
        """Return the channel itself."""
        ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        """Close the channel. If an error leaves the block, it becomes the cause of the close and propagates unchanged.

        A cancellation does not count as an error here, nor does a `ChannelClosed`: they close the channel without a
        cause.

        If there is a cause, pushes raise `ChannelClosed` at once. A pull that finds no items left raises
        `ChannelFailed` a little later: when the task that left the block has ended or, if the task goes on, after two
        iterations of the event loop. If a task group fails because of the error, this gives it time to cancel the
        receivers in the group first. The error is then reported only once.

        Raises:
            RuntimeError: The channel cannot be closed, because a task of another event loop or thread is waiting on it.
                If an error leaves the block, that error gets a note instead.
        """
        ...
