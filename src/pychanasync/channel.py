"""Channel: what both strategies share.

A channel is a row of items and two lines of waiters. A pull that waits is never handed an item: a push sets its item in
the row and wakes the pull with a claim to one. Claims are a count: who holds one takes the head of the row when it
resumes, and a newcomer may take the head while more items stand in the row than there are claims. So items leave in the
order in which they entered, and a pull that is cancelled with its claim has nothing to give back but the claim.

These hold whenever no call is under way; "waits" means that nobody has ended the wait yet:

- there are at least as many items as claims; the items beyond the claims are the unclaimed ones;
- a pull waits => no item is unclaimed, and no push waits;
- a push waits => at least as many items are unclaimed as the bound allows;
- the channel is closed => nobody waits;
- a push may go below `_push_below` items unseen: 0 if a pull waits or the channel is closed, at most the bound;
- a pull may go above `_pull_above` items unseen: without end if a push waits, at least the claims.

The last two make the path that need not wait one comparison long. They may say too little, then a closer look corrects
them, but never too much. Asking the lines and flags themselves takes a push and a pull that need not wait from 1.2 to
1.4 times two trivial coroutines over a deque.
"""

from __future__ import annotations

from asyncio import CancelledError, current_task
from collections import deque
from contextlib import suppress
from math import inf
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NoReturn, Self, SupportsIndex, TypeVar, overload

from typing_extensions import deprecated

from ._factory import choose
from ._waiting import Line, hand_on
from .errors import ChannelClosed, ChannelEmpty, ChannelFull

if TYPE_CHECKING:
    from types import TracebackType

    from .buffered import BufferedChannel
    from .unbuffered import UnbufferedChannel

Item = TypeVar("Item")


class Channel(Generic[Item]):
    """A channel of items of one type, of either kind; and the factory of both kinds.

    ``Channel[int]()`` makes an `UnbufferedChannel`, ``Channel[int](buffer=10)`` a `BufferedChannel`. A subclass
    of your own is built as itself. A channel can be made with no event loop running.

    Args:
        buffer: How many items the channel holds for pulls to come: a whole number of at least 1, or
            ``math.inf`` for no bound. Left out or ``None``: none, each push meets its pull.
        bound: An older word for ``buffer``, deprecated.

    Raises:
        TypeError: ``buffer`` is no whole number, or both words are given.
        ValueError: ``buffer`` is 0 or less.
    """

    __module__ = "pychanasync"
    __slots__ = (
        "__weakref__",
        "_bound",
        "_claims",
        "_closed",
        "_items",
        "_pull_above",
        "_pulls",
        "_push_below",
        "_pushes",
    )

    Closed: ClassVar = ChannelClosed
    Full: ClassVar = ChannelFull
    Empty: ClassVar = ChannelEmpty

    _items: deque[Item]
    _claims: int
    _bound: float
    _closed: bool
    _pulls: Line[None]
    _pushes: Line[Item]
    _push_below: float
    _pull_above: float

    @overload
    def __new__(cls, buffer: None = None) -> UnbufferedChannel[Item]: ...
    @overload
    def __new__(cls, buffer: SupportsIndex | float) -> BufferedChannel[Item]: ...
    @overload
    def __new__(cls, buffer: SupportsIndex | float | None) -> Channel[Item]: ...
    @overload
    @deprecated("bound= is an older word: say buffer=")
    def __new__(cls, *, bound: SupportsIndex | float | None) -> Channel[Item]: ...
    def __new__(cls, *args: Any, **kwargs: Any) -> Channel[Any]:
        """Make a channel: of the strategy that the arguments ask for, or of the subclass that was called."""
        kind: type[Channel[Any]] = choose(*args, **kwargs) if cls is Channel else cls
        self = object.__new__(kind)
        self._items = deque()
        self._claims = 0
        self._bound = 0
        self._closed = False
        self._pulls = Line()
        self._pushes = Line()
        self._push_below = 0
        self._pull_above = 0
        return self

    @property
    def closed(self) -> bool:
        """Whether `close` was called. A closed channel may still hold items to pull."""
        return self._closed

    @property
    def capacity(self) -> float:
        """The bound, in items: 0 for an unbuffered channel, ``math.inf`` for none."""
        return self._bound

    def csize(self) -> int | None:
        """Count the items in the buffer that no woken pull has a claim to; ``None`` without a buffer."""
        return None

    def empty(self) -> bool:
        """Tell whether the channel holds no item but those that woken pulls have a claim to."""
        return len(self._items) == self._claims

    def full(self) -> bool:
        """Tell whether the channel holds as many items as its bound, or more, not counting the claimed."""
        return len(self._items) - self._claims >= self._bound

    async def push(self, item: Item) -> None:
        """Give an item to the channel; wait while it cannot take it.

        Args:
            item: What to give. It may be anything, ``None`` too.

        Raises:
            ChannelClosed: The channel was closed before it took the item, which is not delivered.
            RuntimeError: A task of another event loop waits here, or would have to be woken.

        Cancellation:
            A push that raised did not deliver. One whose item had been taken when the cancellation came
            returns, and the cancellation strikes at the task's next wait.
        """
        if len(self._items) < self._push_below:
            self._items.append(item)
            return
        if self._offer(item):
            return
        self._pull_above = inf
        waiter = self._pushes.join(item)
        task = current_task()
        before = task.cancelling() if task is not None else 0
        try:
            outcome = await waiter
        except CancelledError as cancellation:
            if not self._pushes.withdraw(waiter):
                raise
            hand_on(task, before, cancellation)  # The item may be in use already: the push stands.
            return
        except BaseException:
            self._pushes.withdraw(waiter)
            raise
        if outcome is self:
            raise ChannelClosed(self)

    def push_nowait(self, item: Item) -> None:
        """Give an item to the channel without waiting.

        Args:
            item: What to give. It may be anything, ``None`` too.

        Raises:
            ChannelFull: The push would have to wait.
            ChannelClosed: The channel is closed.
            RuntimeError: A pull of another event loop, or of another thread, would have to be woken.
        """
        if not self._offer(item):
            raise ChannelFull(self)

    async def pull(self) -> Item:
        """Take the oldest item; wait while there is none.

        Returns:
            The item. It is nobody else's.

        Raises:
            ChannelClosed: The channel is closed and nothing is left, now or when the wait ends.
            RuntimeError: A task of another event loop waits here, or would have to be woken.

        Cancellation:
            A cancelled pull took nothing. The item that it was woken for goes to the next waiting pull, or
            stays in the channel as the next to be pulled.
        """
        if len(self._items) > self._pull_above or self._supply():
            return self._items.popleft()
        self._push_below = 0
        waiter = self._pulls.join(None)
        try:
            outcome = await waiter
        except BaseException:
            if self._pulls.withdraw(waiter):
                self._let_go()
            raise
        if outcome is self:
            raise ChannelClosed(self)
        self._claims -= 1
        self._pull_above -= 1
        return self._items.popleft()

    def pull_nowait(self) -> Item:
        """Take the oldest item without waiting.

        Returns:
            The item. It is nobody else's.

        Raises:
            ChannelEmpty: The pull would have to wait.
            ChannelClosed: The channel is closed and nothing is left.
            RuntimeError: A push of another event loop, or of another thread, would have to be woken.
        """
        if self._supply():
            return self._items.popleft()
        raise ChannelEmpty(self)

    def __aiter__(self) -> Self:
        """Iterate over what can be pulled, until the channel is closed and nothing is left."""
        return self

    async def __anext__(self) -> Item:
        """Pull the next item; end the iteration where `pull` would raise `ChannelClosed`."""
        if len(self._items) > self._pull_above:
            return self._items.popleft()
        try:
            return await self.pull()
        except ChannelClosed:
            raise StopAsyncIteration from None

    def close(self, *, immediate: bool = False) -> None:
        """Say that no more items will come.

        Pushes, waiting and later, raise `ChannelClosed`; what the channel holds can still be pulled, and then pulls
        raise it too. To close twice is harmless.

        Args:
            immediate: Also throw away what the channel holds and no woken pull has a claim to, on a channel already
                closed too.

        Raises:
            RuntimeError: A task of another event loop, or of another thread, would have to be woken.
        """
        if not self._closed:
            self._pulls.first()  # Both lines are asked before anything changes: a task of another loop
            self._pushes.first()  # cannot be woken, and then the channel stays open.
            self._closed = True
            self._push_below = 0
            self._pulls.dismiss(self)
            self._pushes.dismiss(self)
        if immediate:
            # Dropped only once the channel is in order again: the last use of an item may run code of its own.
            unclaimed = [self._items.pop() for _ in range(len(self._items) - self._claims)]
            del unclaimed

    async def __aenter__(self) -> Self:
        """Yield the channel itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        """Close the channel; let whatever was raised go on."""
        self.close()

    def __repr__(self) -> str:
        """Tell kind, fill, waiting tasks and whether it is closed."""
        facts = [self._fill()]
        if self._pushes:
            facts.append(counted(len(self._pushes), "push waiting", "pushes waiting"))
        if self._pulls:
            facts.append(counted(len(self._pulls), "pull waiting", "pulls waiting"))
        if self._closed:
            facts.append("closed")
        return f"<{type(self).__name__}: {', '.join(facts)}>"

    def __reduce__(self) -> NoReturn:
        """Refuse to be copied or pickled: two channels over one set of waiting tasks would be neither."""
        raise TypeError(f"a channel cannot be copied or pickled: pass {self!r} itself")

    def _fill(self) -> str:
        """Tell for `repr` what the channel holds: without a buffer only what cancelled pulls let go."""
        left = len(self._items) - self._claims
        return f"unbuffered, {left} let go" if left else "unbuffered"

    def _offer(self, item: Item) -> bool:
        """Give an item to the pull that has waited longest, or to a free place; tell whether there was either."""
        if self._closed:
            raise ChannelClosed(self)
        if self._pulls and self._grant():
            self._items.append(item)
            return True
        self._push_below = self._bound  # No pull waits.
        if len(self._items) - self._claims < self._bound:
            self._items.append(item)
            return True
        return False

    def _supply(self) -> bool:
        """Let the next push in where the bound allows; tell whether there is an item for a newcomer to take."""
        if self._pushes and len(self._items) - self._claims <= self._bound:  # The caller is about to take one.
            push = self._pushes.first()
            if push is not None:
                self._items.append(self._pushes.commit(push))
        if not self._pushes:
            self._pull_above = self._claims
        if len(self._items) > self._claims:
            return True
        if self._closed:
            raise ChannelClosed(self)
        return False

    def _grant(self) -> bool:
        """Wake the pull that has waited longest with a claim to an item; tell whether one waited."""
        pull = self._pulls.first()
        if pull is None:
            return False
        self._claims += 1
        self._pull_above += 1
        self._pulls.commit(pull)
        return True

    def _let_go(self) -> None:
        """Give back the claim of a pull that will not resume, to the next pull or to whoever comes."""
        self._claims -= 1
        self._pull_above -= 1
        with suppress(RuntimeError):  # Where the loop of the next pull is closed, the item stays for another.
            self._grant()


def counted(number: int, one: str, more: str) -> str:
    """Say how many there are, in the right number."""
    return f"{number} {one if number == 1 else more}"
