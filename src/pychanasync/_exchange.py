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
- a pull may go above `_pull_above` items unseen: without end if a push waits, at least the claims.

The last two make the path that need not wait one comparison long. They may say too little, then a closer look corrects
them, but never too much. Asking the lines and flags themselves takes a push and a pull that need not wait from 1.2 to
1.4 times two trivial coroutines over a deque.
"""

# A case is a part of its exchange, and stands in its module for that reason.
# ruff: noqa: SLF001
# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections import deque
from contextlib import suppress
from math import inf
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from ._waiting import Line
from .errors import ChannelClosed, ChannelEmpty, ChannelFull

if TYPE_CHECKING:
    from ._waiting import Waiter
    from .protocols import SelectCase

Item = TypeVar("Item")


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
        if not self._offer(item):
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
        if self._supply():
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
            unclaimed = [self._items.pop() for _ in range(len(self._items) - self._claims)]
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

    def _redeem(self) -> Item:
        """Take the head of the row for a claim."""
        self._claims -= 1
        self._pull_above -= 1
        return self._items.popleft()

    def _let_go(self) -> None:
        """Give back the claim of a pull that will not resume, to the next pull or to whoever comes."""
        self._claims -= 1
        self._pull_above -= 1
        with suppress(RuntimeError):  # Where the loop of the next pull is closed, the item stays for another.
            self._grant()

    def _join_pushes(self, waiter: Waiter, item: Item) -> None:
        """Stand at the end of the line of the pushes."""
        self._pull_above = inf
        self._pushes.enrol(waiter, item)

    def _join_pulls(self, waiter: Waiter) -> None:
        """Stand at the end of the line of the pulls."""
        self._push_below = 0
        self._pulls.enrol(waiter, None)


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
        return len(exchange._items) > exchange._claims or exchange._closed or exchange._pushes.first() is not None

    def proceed(self) -> Item:
        return self._exchange.pull_nowait()

    def enrol(self, waiter: Waiter) -> None:
        self._exchange._join_pulls(waiter)

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
            or exchange._pulls.first() is not None
        )

    def proceed(self) -> None:
        self._exchange.push_nowait(self._item)

    def enrol(self, waiter: Waiter) -> None:
        self._exchange._join_pushes(waiter, self._item)

    def conclude(self) -> None:
        """The item was taken when the case was served: there is nothing left to do."""

    def let_go(self) -> bool:
        return False
