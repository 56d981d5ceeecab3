"""Channel: what every strategy shares, and the waiting for what cannot be done at once.

Invariants: what need not wait is decided in the body of `push` and `pull` by one look and done by the next step; all
else there is to decide is in the core. No public operation calls another one, so that a subclass which overrides one
changes that one alone; but `async with` leaves by `close`.
"""

# Annotations are evaluated here: what asks for them at run time looks in `pychanasync`, where these names are not.
import asyncio
from asyncio import CancelledError
from collections.abc import Callable
from math import inf
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, NoReturn, Self, SupportsIndex, TypeAlias, overload

from typing_extensions import deprecated

from ._arguments import as_limit, as_wait
from ._cancelling import defer
from ._core import NO_BUFFER, NO_LINE, NOT_READY, ChannelCore, Item, set_name
from ._failing import Failure
from ._waiting import Timer, new_waiter, raise_refusal, refused
from .errors import ChannelClosed, ChannelEmpty, ChannelFailed, ChannelFull, is_failure

if TYPE_CHECKING:
    from .buffered import BufferedChannel
    from .dropping import DroppingChannel
    from .sliding import SlidingChannel
    from .unbuffered import UnbufferedChannel

Overflow: TypeAlias = Literal["wait", "drop_oldest", "drop_newest"]
AnyKind: TypeAlias = type[Any]  # type: ignore[explicit-any]  # A class of channels, whatever it makes of arguments.
Arguments: TypeAlias = Any  # type: ignore[explicit-any]  # Of an __init__; object would forbid one that takes less.

_new: Final = object.__new__  # Each step on the way to it takes part of the time to make a channel.


class Channel(ChannelCore[Item]):
    """Create a channel: unbuffered by default, buffered with ``buffer=n``.

    ``Channel[int]()`` makes an `UnbufferedChannel`, ``Channel[int](buffer=10)`` a `BufferedChannel`. With
    ``overflow="drop_oldest"`` as well it makes a `SlidingChannel`, with ``overflow="drop_newest"`` a `DroppingChannel`:
    pushes to these never wait, but drop an item when the buffer is full. As an annotation, ``Channel[int]`` means a
    channel of any kind. A channel can be made with no event loop running.

    Derive a class of your own from `UnbufferedChannel` or `BufferedChannel`. It may override any method. No operation
    calls another one, so an override of `pull` changes neither iteration nor select. Only ``async with`` calls `close`,
    on the way out. How to hold the items in another order, or to do something else when there is no room, is described
    in `pychanasync.strategy`.

    Attributes:
        name: A name for logs and errors, shown beside the kind of the channel; ``None`` by default. It can be set at
            any time.

    Example::

        mailbox = Channel[str](buffer=2)
        await mailbox.push("one")
        mailbox.close()
        print(await mailbox.pull())  # prints one
        try:
            await mailbox.pull()
        except Channel.Closed:
            print("nothing is left")  # prints nothing is left
    """

    __module__ = "pychanasync"
    __slots__ = ()

    name: str | None  # Here too, for those who look at public modules alone.
    Closed: ClassVar[type[ChannelClosed]] = ChannelClosed
    Failed: ClassVar[type[ChannelFailed]] = ChannelFailed
    Full: ClassVar[type[ChannelFull]] = ChannelFull
    Empty: ClassVar[type[ChannelEmpty]] = ChannelEmpty

    # Which class the arguments ask for: set by the factory, which looks at them.
    _choose: ClassVar[Callable[..., AnyKind]]  # type: ignore[explicit-any]

    @overload
    def __new__(
        cls, buffer: None = None, *, overflow: Literal["wait"] = "wait", name: str | None = None
    ) -> "UnbufferedChannel[Item]": ...
    @overload
    def __new__(
        cls, buffer: SupportsIndex | float, *, overflow: Literal["wait"] = "wait", name: str | None = None
    ) -> "BufferedChannel[Item]": ...
    @overload
    def __new__(
        cls, buffer: SupportsIndex, *, overflow: Literal["drop_oldest"], name: str | None = None
    ) -> "SlidingChannel[Item]": ...
    @overload
    def __new__(
        cls, buffer: SupportsIndex, *, overflow: Literal["drop_newest"], name: str | None = None
    ) -> "DroppingChannel[Item]": ...
    @overload
    def __new__(
        cls, buffer: SupportsIndex | float | None, *, overflow: Literal["wait"] = "wait", name: str | None = None
    ) -> "Channel[Item]": ...
    @overload
    def __new__(cls, buffer: SupportsIndex, *, overflow: Overflow, name: str | None = None) -> "Channel[Item]": ...
    @overload
    @deprecated("bound= is deprecated: say buffer=")
    def __new__(
        cls, *, bound: SupportsIndex | float | None, overflow: Overflow = "wait", name: str | None = None
    ) -> "Channel[Item]": ...
    def __new__(cls, *args: Arguments, **kwargs: Arguments) -> "Channel[Item]":  # noqa: D417  # It takes what the overloads take.
        """Create a channel of the kind that the arguments ask for, or an instance of the subclass that was called.

        Args:
            buffer: How many items the channel can hold: an integer of at least 1, or ``math.inf`` for no limit. Left
                out or ``None``: no buffer, each push waits for its pull.
            overflow: What a push does while the buffer is full: it waits (``"wait"``), drops the oldest item in the
                buffer (``"drop_oldest"``), or drops its own item (``"drop_newest"``). A channel that drops items needs
                a buffer, and one with a limit.
            name: A name for the channel, shown by its `repr` and its errors.
            bound: A deprecated alias of ``buffer``.

        Raises:
            TypeError: ``buffer`` is not an integer, ``name`` is not a str, or both ``buffer`` and ``bound`` are given.
            ValueError: ``buffer`` is 0 or less, ``overflow`` is another word, or it drops items and there is no buffer
                with a limit.
        """
        kind: AnyKind = cls
        if cls is Channel:
            kind = cls._choose(*args, **kwargs)
        elif (args or kwargs) and cls.__init__ is object.__init__:  # Python itself lets them pass.
            raise TypeError(f"{cls.__name__}() takes no arguments: give it an __init__ of its own that does")
        self = _new(kind)
        self._items = NO_BUFFER
        self._unclaimed = self._push_limit = self._bound = 0
        self._closed = False
        self._failure = None
        set_name(self, None)
        self._pulls = self._pushes = NOT_READY if kind._has_buffer else NO_LINE  # noqa: SLF001  # Its own class.
        return self  # type: ignore[no-any-return]

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
        most, seconds = as_limit(limit), as_wait(within)
        claims = self._claim_some(most)
        if not claims:
            if self._has_ended() or not await self._wait_for_claim():
                raise self._closed_to_pulls()
            claims = await self._claim_more(1, most, seconds)
        elif seconds:
            claims = await self._claim_more(claims, most, seconds)
        return self._take_claimed(claims)

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

    _pull = pull  # Whatever a subclass makes of its own.

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

    def __repr__(self) -> str:
        """Return the kind, the name, how many items and waiting tasks there are, and whether the channel is closed."""
        facts = [self._fill()]
        pushes, pulls = self.waiting
        if pushes:
            facts.append(counted(pushes, "push waiting", "pushes waiting"))
        if pulls:
            facts.append(counted(pulls, "pull waiting", "pulls waiting"))
        if self._closed:
            facts.append("closed")
        kind, name = type(self).__name__, self.name
        return f"<{kind if name is None else f'{kind} {name!r}'}: {', '.join(facts)}>"

    def __reduce__(self) -> NoReturn:
        """Refuse to be copied or pickled: the copy would be another channel, without the tasks that wait."""
        raise TypeError(f"a channel cannot be copied or pickled: pass {self!r} itself")

    def _fill(self) -> str:
        """Say for `repr` what the channel holds: without a buffer only what cancelled pulls left."""
        if not self._has_buffer:
            return f"unbuffered, {counted(self._unclaimed, 'item', 'items')}" if self._unclaimed else "unbuffered"
        if self._bound == inf:
            return f"{counted(self._unclaimed, 'item', 'items')}, no bound"
        return f"{self._unclaimed} of {counted(int(self._bound), 'item', 'items')}"

    def _call(self, name: object) -> None:
        """Give the channel its name."""
        if not isinstance(name, str):
            raise TypeError(f"name must be a str, got {name!r}")
        self.name = name


def counted(number: int, one: str, more: str) -> str:
    """Say how many there are, in the right number."""
    return f"{number} {one if number == 1 else more}"
