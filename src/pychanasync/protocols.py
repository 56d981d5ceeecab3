"""The two halves of a channel and the case of a select, and with them the whole contract.

Code that only sends asks for a `SendChannel`, code that only receives for a `RecvChannel`; a type checker
then keeps each away from the other half. Every channel of this package is both. What a strategy does
differently stands with the strategy; what is promised here holds for each.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import TracebackType
from typing import NamedTuple, Protocol, Self, TypeVar, runtime_checkable

from ._waiting import AnyLine, Waiter

Item_co = TypeVar("Item_co", covariant=True)
Item_contra = TypeVar("Item_contra", contravariant=True)
Value_co = TypeVar("Value_co", covariant=True)


class Waiting(NamedTuple):
    """How many tasks wait on a channel."""

    pushes: int
    pulls: int


Waiting.__module__ = "pychanasync.strategy"


class _State(Protocol):
    """What either half may ask of its channel; no call here waits or changes anything."""

    __slots__ = ()

    @property
    def closed(self) -> bool:
        """Whether `close` was called. A closed channel may still hold items to pull."""
        ...

    @property
    def capacity(self) -> float:
        """The bound in items, 0 for an unbuffered channel and ``math.inf`` for none."""
        ...

    def csize(self) -> int | None:
        """Count the items in the buffer that are there to pull.

        Returns:
            The number of items, ``None`` for a channel without a buffer. An item that a pull was woken for no longer
            counts.
        """
        ...

    @property
    def waiting(self) -> Waiting:
        """How many tasks wait now, as a named tuple of ``pushes`` and ``pulls``.

        A task that was woken no longer counts. One that was cancelled counts until it resumes. A select counts once for
        each side on which it waits. To count takes time in the number of tasks.
        """
        ...


class SelectCase(Protocol[Value_co]):
    """One operation offered to `chanselect`: a pull, whose value is the item, or a push, whose value is ``None``.

    A case is inert: to make one does nothing, and it may be offered again and again, to several selects at once too.
    `RecvChannel.pull_case` and `SendChannel.push_case` make the cases of a channel.

    Implement this protocol to let a channel strategy of your own take part in a select, in a class that has these
    members; it need not derive from this one, and if it does it must define `channel` and `line` as properties. They
    stand in the order in which a select uses them. It first asks every case whether it is `ready`, and lets one that is
    `proceed`. Where none is ready it lets each case `enrol` one waiter, the same in all, and awaits that. The
    counterpart that completes the operation commits the waiter in the `line` of the case (see
    `pychanasync.strategy.Line`); the select then leaves every line and lets the case `finish`, or `abandon` where the
    task was cancelled meanwhile.

    None of the members may wait. Only `proceed` may raise an error of the channel. `ready`, `proceed` and `enrol` may
    raise the `RuntimeError` of a line whose tasks belong to another event loop, and then must have changed nothing.
    """

    __module__: str = "pychanasync"
    __slots__ = ()

    @property
    def channel(self) -> object:
        """The channel that the operation is on, as the select will name it."""
        ...

    def ready(self) -> bool:
        """Return whether the operation can proceed now; where it would raise `ChannelClosed` it can."""
        ...

    def proceed(self) -> Value_co:
        """Do the operation now. A select calls this at most once, after `ready` and with no other task's step between.

        Raises:
            ChannelClosed: The channel is closed, and for a pull nothing is left.
            ChannelFull, ChannelEmpty: It cannot be done after all, since a signal handler, as that of Ctrl-C, has
                cancelled the task that it would have met. The select goes on as if the case had not been ready.
        """
        ...

    @property
    def line(self) -> AnyLine:
        """The line in which the operation would wait, for one side of one channel always the same, by identity."""
        ...

    def enrol(self, waiter: Waiter) -> None:
        """Join the line, with what the operation offers to its counterpart.

        Raises:
            RuntimeError: A task of another event loop waits there.
        """
        ...

    def finish(self) -> Value_co:
        """Finish the operation that a counterpart has committed, now that its task has resumed."""
        ...

    def abandon(self) -> bool:
        """Give back what was committed to a task that was cancelled before it resumed, if that is possible.

        This must raise nothing, not even where the next in line belongs to another event loop: whatever would go to it
        then stays.

        Returns:
            Whether it was given back, and so was never done. A pull gives back its claim. A push, whose item may be in
            use already, cannot: the select returns it, and the cancellation is raised at the task's next wait.
        """
        ...


@runtime_checkable
class RecvChannel(_State, Protocol[Item_co]):
    """The receiving half: items come out in the order in which they went in.

    ``async for item in channel`` pulls until the channel is closed and nothing is left. Several tasks may
    iterate one channel; each item goes to one of them.

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
        """Return whether there is no item to pull. An item that a pull was woken for does not count."""
        ...

    async def pull(self) -> Item_co:
        """Take the oldest item; wait while there is none.

        Returns:
            The item. It is nobody else's.

        Raises:
            ChannelClosed: The channel is closed and nothing is left, now or when the wait ends.
            RuntimeError: A task of another event loop waits here, or would have to be woken.

        Ordering:
            Pulls are served in the order in which they began to wait. A pull that can proceed at once
            does so without suspending, and never takes what another pull was woken for.

        Cancellation:
            A cancelled pull took nothing. The item that it was woken for goes to the next waiting pull,
            or stays in the channel as the next to be pulled.
        """
        ...

    def pull_nowait(self) -> Item_co:
        """Take the oldest item without waiting.

        On an unbuffered channel this succeeds exactly when a push waits, as in Go, or when a cancelled
        pull left an item.

        Returns:
            The item. It is nobody else's.

        Raises:
            ChannelEmpty: The pull would have to wait.
            ChannelClosed: The channel is closed and nothing is left.
            RuntimeError: A push of another event loop, or of another thread, would have to be woken.
        """
        ...

    def pull_case(self) -> SelectCase[Item_co]:
        """Make of this pull a case for `chanselect`; that does nothing yet, and the case may be used over and over."""
        ...

    def __aiter__(self) -> AsyncIterator[Item_co]:
        """Iterate over what can be pulled; the end is the close of the channel.

        Cancellation:
            As of `pull`: an iteration that was cancelled took nothing more.
        """
        ...


@runtime_checkable
class SendChannel(_State, Protocol[Item_contra]):
    """The sending half: it gives items, and says by closing that no more will come.

    ``async with channel:`` yields the channel and closes it on the way out, on an error and on a
    cancellation too.

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

        An item that a pull was woken for does not count. An unbuffered channel is always full.
        """
        ...

    async def push(self, item: Item_contra) -> None:
        """Give an item to the channel; wait while it cannot take it.

        An unbuffered channel takes the item when a pull takes it or is woken for it, a buffered one as
        soon as its buffer has room.

        Args:
            item: What to give. It may be anything, ``None`` too.

        Raises:
            ChannelClosed: The channel was closed before it took the item, which is not delivered.
            RuntimeError: A task of another event loop waits here, or would have to be woken.

        Ordering:
            Pushes are served in the order in which they began to wait. A push that can proceed at once
            does so without suspending, and never overtakes one that waits.

        Cancellation:
            A push that raised did not deliver its item. If the item had been taken when the cancellation
            came, the push returns and the cancellation is raised at the task's next wait, unless whoever
            asked for it has taken it back by then, as ``asyncio.timeout`` does. If the task ends first,
            the cancellation goes to the task that awaits it.
        """
        ...

    def push_nowait(self, item: Item_contra) -> None:
        """Give an item to the channel without waiting.

        On an unbuffered channel this succeeds exactly when a pull waits, as in Go.

        Args:
            item: What to give. It may be anything, ``None`` too.

        Raises:
            ChannelFull: The push would have to wait.
            ChannelClosed: The channel is closed.
            RuntimeError: A pull of another event loop, or of another thread, would have to be woken.
        """
        ...

    def push_case(self, item: Item_contra) -> SelectCase[None]:
        """Make of this push a case for `chanselect`; that does nothing yet, and the case may be used over and over.

        Args:
            item: What the push gives, each time that its case is chosen.
        """
        ...

    def close(self, *, immediate: bool = False) -> None:
        """Say that no more items will come.

        Pushes, waiting and later, get `ChannelClosed`, and their items are not delivered. What the
        channel holds can still be pulled, in order; then every pull, waiting and later, gets
        `ChannelClosed`. A pull that was woken for an item before the close still gets it. To close twice
        is harmless.

        Args:
            immediate: Also throw away what is there to pull, on a channel already closed too.

        Raises:
            RuntimeError: A task of another event loop, or of another thread, would have to be woken.
        """
        ...

    async def __aenter__(self) -> Self:
        """Yield the channel itself."""
        ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        """Close the channel; let whatever was raised go on.

        Where the close itself is refused, with `RuntimeError` for a task of another event loop, what was raised goes on
        with a note on that; the refusal is raised only where nothing else was.
        """
        ...
