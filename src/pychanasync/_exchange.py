"""Exchange: the items of a channel, its two waiting lines, and every change to them.

A channel is a row of items and two lines of waiters. What is written here never waits: it changes the one and the
others in one go, or says that the caller has to.

A pull that waits is never handed an item: a push sets its item in the row and wakes the pull with a claim to one.
Claims are a count: who holds one takes the head of the row when it resumes, and a newcomer may take the head while more
items stand in the row than there are claims. So items leave in the order in which they entered, and a pull that is
cancelled with its claim has nothing to give back but the claim.

These hold whenever no call is under way; "waits" means that nobody has ended the wait yet:

- there are at least as many items as claims; the items beyond the claims are the unclaimed ones;
- a pull waits => no item is unclaimed, and no push waits but that of a select with itself;
- a push waits => at least as many items are unclaimed as the bound allows;
- the channel is closed => nobody waits;
- a push may go below `_push_below` items unseen: 0 if a pull waits or the channel is closed, at most the bound;
- a pull may go above `_pull_above` items unseen: without end if a push waits, at least the claims;
- until a push comes, the row is one that all channels share, since an empty deque takes 760 bytes.

`_push_below` and `_pull_above` make the path that need not wait one comparison long. They may say too little, then a
closer look corrects them, but never too much. Asking the lines and flags themselves takes a push and a pull that need
not wait from 1.2 to 1.4 times two trivial coroutines over a deque.

A signal handler, or a finaliser that the garbage collector runs, may use the channel in the middle of a call: between
an operation's look and its wait, or while a waiter is served. So an operation looks again once it stands in its line,
and a claim is counted, or passed on, after the commit.
"""

# A case is a part of its exchange, and stands in its module for that reason.
# ruff: noqa: SLF001
# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections import deque
from contextlib import suppress
from math import inf
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from ._waiting import Line
from .errors import ChannelClosed, ChannelEmpty, ChannelFull

if TYPE_CHECKING:
    from ._waiting import Waiter
    from .protocols import SelectCase

Item = TypeVar("Item")


_UNUSED: Any = ()  # type: ignore[explicit-any]  # It has the length of an empty row, and nobody can write to it.


class Exchange(Generic[Item]):
    """What both strategies do without waiting; the bound tells them apart."""

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

    _items: deque[Item]
    _claims: int
    _bound: float
    _closed: bool
    _pulls: Line[None]
    _pushes: Line[Item]
    _push_below: float
    _pull_above: float

    def __new__(cls, *_: object, **__: object) -> Self:
        """Make an empty exchange with a bound of 0; the arguments are for ``__init__``."""
        self = super().__new__(cls)
        self._items = _UNUSED
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
        """The bound in items, 0 for an unbuffered channel and ``math.inf`` for none."""
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

    def push_nowait(self, item: Item) -> None:
        """Give an item to the channel without waiting.

        Args:
            item: What to give. It may be anything, ``None`` too.

        Raises:
            ChannelFull: The push would have to wait.
            ChannelClosed: The channel is closed.
            RuntimeError: A pull of another event loop, or of another thread, would have to be woken.
        """
        if len(self._items) < self._push_below:
            self._items.append(item)
        elif not self._offer(item):
            raise ChannelFull(self)

    def pull_nowait(self) -> Item:
        """Take the oldest item without waiting.

        Returns:
            The item. It is nobody else's.

        Raises:
            ChannelEmpty: The pull would have to wait.
            ChannelClosed: The channel is closed and nothing is left.
            RuntimeError: A push of another event loop, or of another thread, would have to be woken.
        """
        if len(self._items) > self._pull_above or self._supply():
            return self._items.popleft()
        raise ChannelEmpty(self)

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
        self._pulls.first()  # Both lines are asked before anything changes: a task of another loop
        self._pushes.first()  # cannot be woken, and then the channel stays open.
        self._closed = True
        self._push_below = 0
        self._pulls.dismiss(self)
        self._pushes.dismiss(self)
        if immediate:
            # Dropped only once the channel is in order again: the last use of an item may run code of its own.
            unclaimed: list[Item] = []
            while len(self._items) > self._claims:
                unclaimed.append(self._items.pop())
            del unclaimed

    def pull_case(self) -> SelectCase[Item]:
        """Offer this pull to `chanselect`. Making a case does nothing; it may be used again and again."""
        return PullCase(self)

    def push_case(self, item: Item) -> SelectCase[None]:
        """Offer this push to `chanselect`. Making a case does nothing; it may be used again and again.

        Args:
            item: What the push gives, each time that the case is chosen.
        """
        return PushCase(self, item)

    def _offer(self, item: Item) -> bool:
        """Give an item to the pull that has waited longest, or to a free place; tell whether there was either."""
        if self._closed:
            raise ChannelClosed(self)
        if self._items is _UNUSED:
            self._make_row()
        if self._pulls and self._pulls.commit() is not None:
            self._claims += 1
            self._pull_above += 1
            self._items.append(item)
            return True
        self._push_below = self._bound  # No pull waits.
        if len(self._items) - self._claims < self._bound:
            self._items.append(item)
            return True
        return False

    def _supply(self) -> bool:
        """Let the next push in where the bound allows; tell whether there is an item for a newcomer to take."""
        while self._pushes and len(self._items) - self._claims <= self._bound:  # The caller will take one.
            push = self._pushes.commit()
            if push is not None:
                self._items.append(push[1])
        if not self._pushes:
            self._pull_above = self._claims
        if len(self._items) > self._claims:
            return True
        if self._closed:
            raise ChannelClosed(self)
        return False

    def _make_row(self) -> None:
        """Begin a row of items of its own."""
        row: deque[Item] = deque()
        if self._items is _UNUSED:  # Else somebody came between who has begun it.
            self._items = row

    def _redeem(self) -> Item:
        """Take the head of the row for a claim."""
        self._claims -= 1
        self._pull_above -= 1
        return self._items.popleft()

    def _let_go(self) -> None:
        """Pass the claim of a pull that will not resume on to the next pull, or give the item back to whoever comes."""
        with suppress(RuntimeError):  # Where the loop of the next pull is closed, the item stays for another.
            if self._pulls.commit() is not None:
                return
        self._claims -= 1

    def _catch_up(self) -> None:
        """Serve whoever came to wait when there was no reason to any more.

        A signal handler or a finaliser may use the channel after an operation has looked and before it waits.
        """
        if self._closed:
            self._pushes.dismiss(self)
        while len(self._items) - self._claims < self._bound and (push := self._pushes.commit()) is not None:
            self._items.append(push[1])
        while len(self._items) > self._claims and self._pulls.commit() is not None:
            self._claims += 1
            self._pull_above += 1
        if self._closed:
            self._pulls.dismiss(self)


class PullCase(Generic[Item]):
    """A pull offered to a select. See `SelectCase`."""

    __slots__ = ("_exchange",)

    def __init__(self, exchange: Exchange[Item]) -> None:
        self._exchange = exchange

    @property
    def channel(self) -> object:
        return self._exchange

    @property
    def line(self) -> Line[None]:
        return self._exchange._pulls

    def ready(self) -> bool:
        exchange = self._exchange
        return (
            len(exchange._items) > exchange._claims
            or exchange._closed
            or (bool(exchange._pushes) and exchange._pushes.first() is not None)
        )

    def proceed(self) -> Item:
        return self._exchange.pull_nowait()

    def enrol(self, waiter: Waiter) -> None:
        exchange = self._exchange
        exchange._push_below = 0
        exchange._pulls.enrol(waiter, None)
        if exchange._closed or len(exchange._items) > exchange._claims:
            exchange._catch_up()

    def conclude(self) -> Item:
        return self._exchange._redeem()

    def let_go(self) -> bool:
        self._exchange._let_go()
        return True


class PushCase(Generic[Item]):
    """A push offered to a select. See `SelectCase`."""

    __slots__ = ("_exchange", "_item")

    def __init__(self, exchange: Exchange[Item], item: Item) -> None:
        self._exchange = exchange
        self._item = item

    @property
    def channel(self) -> object:
        return self._exchange

    @property
    def line(self) -> Line[Item]:
        return self._exchange._pushes

    def ready(self) -> bool:
        exchange = self._exchange
        return (
            len(exchange._items) - exchange._claims < exchange._bound
            or exchange._closed
            or (bool(exchange._pulls) and exchange._pulls.first() is not None)
        )

    def proceed(self) -> None:
        self._exchange.push_nowait(self._item)

    def enrol(self, waiter: Waiter) -> None:
        exchange = self._exchange
        if exchange._items is _UNUSED:
            exchange._make_row()
        exchange._pull_above = inf
        exchange._pushes.enrol(waiter, self._item)
        if exchange._closed or len(exchange._items) - exchange._claims < exchange._bound:
            exchange._catch_up()

    def conclude(self) -> None:
        """The item was taken when the case was served: there is nothing left to do."""

    def let_go(self) -> bool:
        return False
