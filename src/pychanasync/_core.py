"""The core of a channel: its items, its two waiting lines, and every change to them; nothing here ever waits.

A pull that waits is never handed an item. A push puts its item into the buffer and wakes the pull with a claim to one;
a claim is the right to take the head of the buffer, whoever resumes first. So items leave in the order in which they
entered, and a pull that is cancelled with its claim has nothing to give back but the claim. A call under way holds one
too while it takes an item, or brings one to a pull.

These hold whenever no call is under way; "waits" means that nobody has ended the wait yet:

- the items that nobody has a claim to are counted in `_unclaimed`; the rest of the buffer is claimed;
- a pull waits => nothing is unclaimed, and no push waits but that of a select with itself;
- a push waits => at least as many items are unclaimed as the bound allows;
- the channel is closed => nobody waits;
- `_push_limit`, below which a push looks no further, is 0 if a pull waits, if the channel is closed or until there is a
  buffer; else it is 0 or the bound. Where it is 0 without need, the next push corrects that.

A signal handler, or a finaliser that the garbage collector runs, may use the channel after any call in here, `len` too,
and as a loop jumps back, which a ``while`` does after it has looked. So there is neither between a look and the act on
it; an operation looks again once it is in its line.
"""

# A case is a part of its core, and is in its module for that reason.
# ruff: noqa: SLF001
# pyright: reportPrivateUsage=false

from __future__ import annotations

from asyncio import InvalidStateError
from collections import deque
from collections.abc import Callable
from types import FunctionType
from typing import Any, ClassVar, Final, Generic, NoReturn, Self, TypeVar

from ._waiting import Line, Waiter
from .errors import ChannelClosed, ChannelEmpty, ChannelFull
from .protocols import SelectCase, Waiting

Item = TypeVar("Item")


class _NotReady(Line[Any]):  # type: ignore[explicit-any]  # It takes the place of lines of any offers.
    """The lines of a channel whose ``__init__`` has not run: every operation asks one, and is refused."""

    def __bool__(self) -> NoReturn:
        raise RuntimeError("this channel has no buffer yet: call super().__init__(buffer) in the __init__ of its class")


_NOT_READY = _NotReady()
_new: Final = object.__new__  # Each step on the way to it takes part of the time to make a channel.
_NO_BUFFER: Any = ()  # type: ignore[explicit-any]  # Shared until the first push, since an empty deque takes 760 bytes.


class ChannelCore(Generic[Item]):
    """What every strategy does without waiting; the bound tells them apart."""

    __slots__ = (
        "__orig_class__",  # To find no place for it takes Channel[int]() longer than all the rest.
        "__weakref__",
        "_bound",
        "_closed",
        "_items",
        "_pulls",
        "_push_limit",
        "_pushes",
        "_unclaimed",
        "name",
    )

    _has_buffer: ClassVar[bool] = False
    """Whether the bound comes from ``__init__``, without which there is no such channel."""

    name: str | None
    """A name for logs and errors, shown beside the kind of the channel; ``None`` by default."""
    _items: deque[Item]
    _unclaimed: int
    _bound: float
    _closed: bool
    _pulls: Line[None]
    _pushes: Line[Item]
    _push_limit: float

    def __new__(cls, *_: object, **__: object) -> Self:
        """Make an empty core with a bound of 0; the arguments are for ``__init__``."""
        self = _new(cls)
        self._items = _NO_BUFFER
        self._unclaimed = self._push_limit = self._bound = 0
        self._closed = False
        _set_name(self, None)
        if cls._has_buffer:
            self._pulls = self._pushes = _NOT_READY
        else:
            self._pulls = Line()
            self._pushes = Line()
        return self

    def _make_ready(self, bound: float) -> None:
        """Let a channel with a buffer be used."""
        self._bound = bound
        self._pulls = Line()
        self._pushes = Line()

    @property
    def closed(self) -> bool:
        """Whether `close` was called. A closed channel may still hold items to pull."""
        return self._closed

    @property
    def capacity(self) -> float:
        """How many items the buffer can hold; 0 without a buffer, ``math.inf`` without a limit."""
        bool(self._pulls)  # Refuses a channel that was not initialised.
        return self._bound

    @property
    def waiting(self) -> Waiting:
        """How many tasks wait to push and to pull. Counting takes time in their number."""
        return Waiting(self._pushes.count(), self._pulls.count())

    def csize(self) -> int | None:
        """Count the items in the buffer that are there to pull; ``None`` without a buffer."""
        return None

    def empty(self) -> bool:
        """Return whether there is no item to pull."""
        return not self._unclaimed

    def full(self) -> bool:
        """Return whether there are as many items to pull as the bound allows, or more."""
        return self._unclaimed >= self.capacity

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
            self._items.append(item)
        elif not self._try_push(item):
            raise ChannelFull(self)

    def pull_nowait(self) -> Item:
        """Take the oldest item without waiting.

        Returns:
            The item. Nobody else gets it.

        Raises:
            ChannelEmpty: The pull would have to wait.
            ChannelClosed: The channel is closed and nothing is left.
            RuntimeError: The waiting push that it would serve belongs to another event loop or thread.
        """
        if (unclaimed := self._unclaimed) and not self._pushes:
            self._unclaimed = unclaimed - 1
        elif not self._try_claim():
            raise ChannelEmpty(self)
        return self._items.popleft()

    def close(self, *, immediate: bool = False) -> None:
        """Say that no more items will come.

        Every waiting push, and every later one, raises `ChannelClosed`. What the channel holds can still be pulled;
        then pulls raise it too. Closing twice is harmless.

        Args:
            immediate: Also discard the items that are there to pull, also if the channel is already closed.

        Raises:
            RuntimeError: A task of another event loop or thread waits on the channel, which stays open.
        """
        self._pulls.first()  # Both lines are asked before anything changes: a task of another loop
        self._pushes.first()  # cannot be woken, and then the channel stays open.
        self._closed = True
        self._push_limit = 0
        self._pulls.wake_closed(self._closed_to_pulls)
        self._pushes.wake_closed(self._closed_to_pushes)
        if immediate:
            # Dropped only once the channel is in order again: the last use of an item may run code of its own.
            dropped: list[Item] = []
            while True:
                if not self._unclaimed:
                    break
                self._unclaimed -= 1
                dropped.append(self._items.pop())
            del dropped

    def pull_case(self) -> SelectCase[Item]:
        """Make a case for `chanselect` from this pull. Making it does nothing; it may be used again and again."""
        return PullCase(self)

    def push_case(self, item: Item) -> SelectCase[None]:
        """Make a case for `chanselect` from this push. Making it does nothing; it may be used again and again.

        Args:
            item: What is sent each time the case is chosen.
        """
        return PushCase(self, item)

    def _closed_to_pushes(self) -> ChannelClosed:
        """Make what a push raises that meets the close."""
        return ChannelClosed(self, "push")

    def _closed_to_pulls(self) -> ChannelClosed:
        """Make what a pull raises that finds nothing left."""
        return ChannelClosed(self, "pull")

    def _try_push(self, item: Item) -> bool:
        """Give an item to the pull that has waited longest, or to the buffer. Return whether there was either."""
        if self._items is _NO_BUFFER:
            self._make_buffer()
        if self._pulls and (pull := self._pulls.take()) is not None:
            self._items.append(item)  # Claimed by this call, until the pull is woken with the claim.
            try:
                pull[0].set_result(self._pulls)
            except InvalidStateError:  # Its wait has ended meanwhile.
                self._release_claim()
            return True
        if self._closed:
            raise self._closed_to_pushes()
        self._push_limit = self._bound  # No pull waits.
        if self._unclaimed < self._bound:
            self._unclaimed += 1
            self._items.append(item)
            return True
        return False

    def _try_claim(self) -> bool:
        """Claim the oldest item for the caller; let waiting pushes in first. Return whether there was an item."""
        if self._pushes:
            self._let_in(self._bound + 1)  # The caller will take one.
        if self._unclaimed:
            self._unclaimed -= 1
            return True
        if self._closed:
            raise self._closed_to_pulls()
        return False

    def _let_in(self, limit: float) -> None:
        """Serve the pushes that have waited longest, while fewer items are unclaimed than the limit."""
        while self._pushes and self._unclaimed < limit:
            push = self._pushes.commit()
            if push is not None:
                self._unclaimed += 1
                self._items.append(push[1])

    def _make_buffer(self) -> None:
        """Begin a buffer of its own."""
        buffer: deque[Item] = deque()
        if self._items is _NO_BUFFER:  # Else somebody came between who has begun it.
            self._items = buffer

    def _release_claim(self) -> bool:
        """Pass a claim on to the pull that has waited longest, or leave the item to whoever comes.

        Returns:
            Whether a pull got the claim.
        """
        try:
            if self._pulls.commit() is not None:
                return True
        except RuntimeError:  # The next pull belongs to a loop that cannot be reached from here: it is to serve it.
            self._unclaimed += 1
            self._pulls.call_its_loop(self._serve_latecomers)
            return False
        self._unclaimed += 1
        return False

    def _join_pulls(self, waiter: Waiter) -> None:
        """Let a pull wait; serve it at once if what it waits for came between its look and this."""
        self._pulls.join(waiter, None)
        self._push_limit = 0
        if self._closed or self._unclaimed:
            self._serve_latecomers()

    def _join_pushes(self, waiter: Waiter, item: Item) -> None:
        """Let a push wait; serve it at once if what it waits for came between its look and this."""
        if self._items is _NO_BUFFER:  # A select came here without a try.
            self._make_buffer()
        self._pushes.join(waiter, item)
        if self._closed or self._unclaimed < self._bound:
            self._serve_latecomers()

    def _serve_latecomers(self) -> None:
        """Serve whoever came to wait when there was no reason to any more."""
        if self._closed:
            self._pushes.wake_closed(self._closed_to_pushes)
        self._let_in(self._bound)
        while True:
            if not (self._unclaimed and self._pulls):
                break
            self._unclaimed -= 1
            if not self._release_claim():
                break
        if self._closed:
            self._pulls.wake_closed(self._closed_to_pulls)


class PullCase(Generic[Item]):
    """A pull offered to a select. See `SelectCase`."""

    __slots__ = ("_core",)

    def __init__(self, core: ChannelCore[Item]) -> None:
        self._core = core

    @property
    def channel(self) -> object:
        return self._core

    @property
    def line(self) -> Line[None]:
        return self._core._pulls

    def ready(self) -> bool:
        core = self._core
        return core._unclaimed > 0 or core._closed or (bool(core._pushes) and core._pushes.first() is not None)

    def proceed(self) -> Item:
        core = self._core
        if not core._try_claim():
            raise ChannelEmpty(core)
        return core._items.popleft()

    def enrol(self, waiter: Waiter) -> None:
        self._core._join_pulls(waiter)

    def finish(self) -> Item:
        return self._core._items.popleft()

    def abandon(self) -> bool:
        self._core._release_claim()
        return True

    def __repr__(self) -> str:
        return f"{self._core!r}.pull_case()"


class PushCase(Generic[Item]):
    """A push offered to a select. See `SelectCase`."""

    __slots__ = ("_core", "_item")

    def __init__(self, core: ChannelCore[Item], item: Item) -> None:
        self._core = core
        self._item = item

    @property
    def channel(self) -> object:
        return self._core

    @property
    def line(self) -> Line[Item]:
        return self._core._pushes

    def ready(self) -> bool:
        core = self._core
        return core._unclaimed < core._bound or core._closed or (bool(core._pulls) and core._pulls.first() is not None)

    def proceed(self) -> None:
        core = self._core
        if not core._try_push(self._item):
            raise ChannelFull(core)

    def enrol(self, waiter: Waiter) -> None:
        self._core._join_pushes(waiter, self._item)

    def finish(self) -> None:
        """The item was taken when the case was served: there is nothing left to do."""

    def abandon(self) -> bool:
        return False

    def __repr__(self) -> str:
        return f"{self._core!r}.push_case({self._item!r})"


for _member in vars(ChannelCore).values():
    if isinstance(_member, FunctionType):  # Python names them where the arguments do not fit.
        _member.__qualname__ = f"Channel.{_member.__name__}"

# Past a class attribute `name` of a subclass, which gives its channels one.
_set_name: Final[Callable[[object, None], None]] = vars(ChannelCore)["name"].__set__
