"""The core of a channel: its items, its two waiting lines, and every change to them. Nothing here ever waits.

A strategy is a class that overrides what is different about it: `_make_buffer`, which makes the container of the items,
and `_overflow`, which decides what a push does when there is no room. Its ``__init__`` says how much room there is.

A waiting pull is never handed an item. A push puts its item into the buffer and wakes the pull with a claim to one. A
claim is the right to take the head of the buffer, whichever pull resumes first. So items leave in the order in which
they entered, and a pull that is cancelled after it was woken has nothing to give back but its claim. A call in progress
holds a claim too while it takes an item, or brings one to a pull.

These hold whenever no call is in progress; "waits" means that nothing has ended the wait yet:

- `_unclaimed` counts the items that nobody has a claim to; the rest of the buffer is claimed;
- a pull waits => nothing is unclaimed, and no push waits, except one of the same select;
- a push waits => the number of unclaimed items has reached the bound;
- the channel is closed => nobody waits, except pulls that are not to be told yet: see `_failing`;
- `_push_limit`, below which a push checks nothing else, is 0 if a pull waits, if the channel is closed, or before there
  is a buffer; otherwise it is 0 or the bound. If it is 0 needlessly, the next push corrects that.

A signal handler, or a finaliser run by the garbage collector, may use the channel after any call in here, even `len`,
and when a loop jumps back, which a ``while`` does after it has tested its condition. So neither may happen between a
check and the action that relies on it, and an operation checks again when it is in its line.
"""

from __future__ import annotations

from asyncio import InvalidStateError
from collections import deque
from collections.abc import Callable
from math import inf
from typing import Any, ClassVar, Final, Generic, NoReturn, Self, TypeVar

from ._failing import Failure
from ._waiting import Line, Waiter, refuse
from .errors import ChannelClosed, ChannelEmpty, ChannelFailed, ChannelFull
from .protocols import Buffer, Waiting

Item = TypeVar("Item")
Core = TypeVar("Core", bound="ChannelCore[Any]")  # type: ignore[explicit-any]  # Whatever its items are.


class _NotReady(Line[Any]):  # type: ignore[explicit-any]  # It is used as a line of any offers.
    """The lines of a channel whose ``__init__`` has not run: every operation uses one, and so raises."""

    def __bool__(self) -> NoReturn:
        raise RuntimeError("this channel has no buffer yet: call super().__init__(buffer) in the __init__ of its class")


NOT_READY = _NotReady()
NO_LINE: Final[Line[Any]] = Line()  # type: ignore[explicit-any]  # Both lines of a channel on which nobody has waited yet.
_new: Final = object.__new__  # Looked up once: every step adds to the cost of a channel.
NO_BUFFER: Any = ()  # type: ignore[explicit-any]  # Shared until the first push, because an empty deque takes 760 bytes.


class ChannelCore(Generic[Item]):
    """The part of every strategy that does not wait."""

    __slots__ = (
        "__orig_class__",  # typing sets it for Channel[int](); to fail would take longer than all the rest.
        "__weakref__",
        "_bound",
        "_closed",
        "_failure",
        "_items",
        "_pulls",
        "_push_limit",
        "_pushes",
        "_unclaimed",
        "name",
    )

    _has_buffer: ClassVar[bool] = False
    """Whether ``__init__`` must set a bound before the channel can be used."""

    _overflows: ClassVar[bool] = False
    """Whether the class overrides what a push does when there is no room."""

    name: str | None
    """A name for logs and errors, shown after the class name; ``None`` by default."""
    _items: Buffer[Item]
    _unclaimed: int
    _bound: float
    _closed: bool
    _failure: Failure | None
    _pulls: Line[None]
    _pushes: Line[Item]
    _push_limit: float

    def __new__(cls, *_: object, **__: object) -> Self:
        """Make a channel; the arguments are for ``__init__``."""
        return cls._make(cls)

    @staticmethod  # For the factory, so that it need not pass its arguments on.
    def _make(kind: type[Core]) -> Core:  # type: ignore[explicit-any]  # The same.
        """Make a channel with no items and a bound of 0; ``__init__`` does the rest."""
        self = _new(kind)
        self._items = NO_BUFFER
        self._unclaimed = self._push_limit = self._bound = 0
        self._closed = False
        self._failure = None
        _set_name(self, None)
        self._pulls = self._pushes = NOT_READY if kind._has_buffer else NO_LINE  # noqa: SLF001  # Its own class.
        return self

    def __init_subclass__(cls, **arguments: object) -> None:
        """Note what the class overrides."""
        super().__init_subclass__(**arguments)
        cls._overflows = cls._overflow is not _waits

    @property
    def closed(self) -> bool:
        """Whether the channel was closed. A closed channel may still hold items to pull."""
        return self._closed

    @property
    def capacity(self) -> float:
        """How many items the buffer can hold; 0 if there is no buffer, ``math.inf`` if there is no limit."""
        bool(self._pulls)  # Raises if the channel was not initialised.
        return self._bound

    @property
    def waiting(self) -> Waiting:
        """How many tasks are waiting now, as a named tuple ``(pushes, pulls)``."""
        return Waiting(self._pushes.count(), self._pulls.count())

    def csize(self) -> int | None:
        """Return how many items in the buffer can be pulled; ``None`` if there is no buffer."""
        return None

    def __repr__(self) -> str:
        """Show the class, the name, how many items and waiting tasks there are, and whether the channel is closed."""
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
        """Raise: a copied or pickled channel would be another channel, without the waiting tasks."""
        raise TypeError(f"a channel cannot be copied or pickled: pass {self!r} itself")

    def _fill(self) -> str:
        """Say for `repr` what the channel holds; without a buffer, only what cancelled pulls left."""
        if self._has_buffer:
            return self._count()
        return f"unbuffered, {counted(self._unclaimed, 'item', 'items')}" if self._unclaimed else "unbuffered"

    def _count(self) -> str:
        """Say how many items there are, and how many there may be."""
        if self._bound == inf:
            return f"{counted(self._unclaimed, 'item', 'items')}, no bound"
        return f"{self._unclaimed} of {counted(int(self._bound), 'item', 'items')}"

    def _call(self, name: object) -> None:
        """Set the name of the channel."""
        if not isinstance(name, str):
            raise TypeError(f"name must be a str, got {name!r}")
        self.name = name

    def _make_buffer(self) -> Buffer[Item]:
        """Make the container for the items: here a ``deque``, the oldest item first. Override this for another order.

        It is called at the first push, after ``__init__`` has run.

        Returns:
            An empty container that only the channel uses.
        """
        return deque()

    def _overflow(self, item: Item) -> bool:
        """Decide what a push does when there is no room: here it waits. Override this to do something else.

        It is called when the channel is open, no pull is waiting, and the buffer is full. It must not wait itself. If
        it raises, the push raises that error, and nothing must have changed. In a class that overrides it, a push case
        is always ready; if such a case is chosen and this returns ``False``, or raises `ChannelFull`, the select goes
        on as if the case had not been ready.

        Args:
            item: The item of the push.

        Returns:
            Whether the push is done. If not, `push` waits for room, and `push_nowait` raises `ChannelFull`.
        """
        del item
        return False

    def _closed_to_pushes(self) -> ChannelClosed:
        """Make the error that a push raises on a closed channel."""
        error = ChannelClosed(self, "push")
        if self._failure is not None:
            error.__cause__ = self._failure.cause
        return error

    def _closed_to_pulls(self) -> ChannelClosed | ChannelFailed:
        """Make the error that a pull raises on a closed channel with no items left."""
        failure = self._failure  # Read once: a handler may reset it.
        if failure is None:
            return ChannelClosed(self, "pull")
        error = ChannelFailed(self)
        error.__cause__ = failure.cause
        return error

    def _has_ended(self) -> bool:
        """Return whether the channel is closed and pulls may be told."""
        return self._closed and (self._failure is None or self._failure.has_come())

    def _end(self) -> None:
        """Let pulls be told of a close that was kept from them."""
        if self._failure is not None:
            self._failure.end()

    def _ask_lines(self) -> None:
        """Raise if a waiting task cannot be woken from here, before anything changes."""
        self._pulls.first()
        self._pushes.first()

    def _discard(self) -> None:
        """Discard the items that nobody has a claim to."""
        # Released when the channel is consistent again, because releasing an item may run arbitrary code.
        dropped: list[Item] = []
        while True:
            if not self._unclaimed:
                break
            self._unclaimed -= 1
            dropped.append(self._items.pop())

    def _can_push(self) -> bool:
        """Return whether a push can proceed now, even if only to raise or to drop an item."""
        return (
            self._unclaimed < self._bound
            or self._overflows
            or self._closed
            or (bool(self._pulls) and self._pulls.first() is not None)
        )

    def _can_pull(self) -> bool:
        """Return whether a pull can proceed now, even if only to raise."""
        return (
            self._unclaimed > 0
            or (self._closed and self._has_ended())
            or (bool(self._pushes) and self._pushes.first() is not None)
        )

    def _push_now(self, item: Item) -> None:
        """Push without waiting."""
        if not self._try_push(item):
            raise ChannelFull(self)

    def _pull_now(self) -> Item:
        """Pull without waiting."""
        if not self._try_claim():
            raise ChannelEmpty(self)
        return self._items.popleft()

    def _try_push(self, item: Item) -> bool:
        """Give an item to the pull that has waited longest, or to the buffer. Return whether the push is done."""
        if self._items is NO_BUFFER:
            self._begin_buffer()
        if self._pulls and not self._closed and (pull := self._pulls.take()) is not None:
            try:
                self._items.append(item)  # Claimed by this call until the pull is woken with the claim.
            except BaseException:
                self._pulls.put_back(*pull)
                self._push_limit = 0
                self._serve_latecomers()
                raise
            try:
                pull[0].set_result(self._pulls)
            except InvalidStateError:  # Its wait has ended in the meantime.
                self._release_claim()
            return True
        if self._closed:
            raise self._closed_to_pushes()
        self._push_limit = self._bound  # No pull waits.
        if self._unclaimed < self._bound:
            self._unclaimed += 1
            try:
                self._items.append(item)
            except BaseException:
                self._unclaimed -= 1
                raise
            return True
        return self._overflows and self._overflow(item)

    def _try_claim(self) -> bool:
        """Claim the oldest item for the caller; let waiting pushes in first. Return whether there was an item."""
        if self._pushes:
            self._let_in(self._bound + 1)  # The caller will take one.
        if self._unclaimed:
            self._unclaimed -= 1
            return True
        if self._has_ended():
            raise self._closed_to_pulls()
        return False

    def _claim_some(self, limit: int) -> int:
        """Claim up to ``limit`` of the oldest items for the caller; let waiting pushes in first. Return how many."""
        if self._pushes:
            self._let_in(self._bound + limit)
        unclaimed = self._unclaimed
        claimed = unclaimed if unclaimed < limit else limit  # noqa: FURB136  # min() is a call.
        self._unclaimed = unclaimed - claimed
        return claimed

    def _let_in(self, limit: float) -> None:
        """Serve the pushes that have waited longest, while fewer than ``limit`` items are unclaimed."""
        while self._pushes and self._unclaimed < limit:
            push = self._pushes.commit()
            if push is not None:
                self._unclaimed += 1
                try:
                    self._items.append(push[1])
                except BaseException as error:  # noqa: BLE001  # The push raises it, when it resumes.
                    self._unclaimed -= 1
                    refuse(push[0], error)

    def _begin_buffer(self) -> None:
        """Make the buffer of this channel."""
        bool(self._pulls)  # Raises if the channel was not initialised.
        buffer = self._make_buffer()
        _check_buffer(buffer)
        if self._items is NO_BUFFER:  # Otherwise a handler has made it.
            self._items = buffer

    def _begin_pulls(self) -> Line[None]:
        """Make the line of waiting pulls, and return it."""
        line: Line[None] = Line()  # Line[None]() would have a __dict__, and be slower.
        if self._pulls is NO_LINE:  # Otherwise a handler has made it.
            self._pulls = line
        return self._pulls

    def _begin_pushes(self) -> Line[Item]:
        """Make the line of waiting pushes, and return it."""
        line: Line[Item] = Line()
        if self._pushes is NO_LINE:  # The same.
            self._pushes = line
        return self._pushes

    def _take_oldest(self) -> Item:
        """Take the oldest item; the caller has a claim."""
        return self._items.popleft()

    def _take_claimed(self, claims: int) -> list[Item]:
        """Take the oldest items; the caller has this many claims."""
        return [self._items.popleft() for _ in range(claims)]

    def _release_claim(self) -> bool:
        """Pass a claim on to the pull that has waited longest; if there is none, the item becomes unclaimed.

        Returns:
            Whether a pull got the claim.
        """
        try:
            if self._pulls.commit() is not None:
                return True
        except RuntimeError:  # The next pull belongs to another loop, which is to serve it.
            self._unclaimed += 1
            self._pulls.call_its_loop(self._serve_latecomers)
            return False
        self._unclaimed += 1
        return False

    def _join_pulls(self, waiter: Waiter) -> None:
        """Let a pull wait; serve it at once if an item or a close came since it checked."""
        if self._pulls is NO_LINE:
            self._begin_pulls()
        if self._pulls:
            self._pulls.join(waiter, None)
        else:
            self._pulls[waiter] = None  # The same as join(), without the call.
        self._push_limit = 0
        if self._closed or self._unclaimed:
            self._serve_latecomers()

    def _join_pushes(self, waiter: Waiter, item: Item) -> None:
        """Let a push wait; serve it at once if room or a close came since it checked."""
        if self._items is NO_BUFFER:  # A select gets here without _try_push().
            self._begin_buffer()
        if self._pushes is NO_LINE:
            self._begin_pushes()
        if self._pushes:
            self._pushes.join(waiter, item)
        else:
            self._pushes[waiter] = item  # The same as join(), without the call.
        if self._closed or self._unclaimed < self._bound:
            self._serve_latecomers()

    def _serve_pushes(self) -> None:
        """Serve the pushes that no longer have to wait."""
        if self._closed:
            self._pushes.wake_closed(self._closed_to_pushes)
        self._let_in(self._bound)

    def _serve_latecomers(self) -> None:
        """Serve tasks that began to wait when they no longer had to."""
        self._serve_pushes()
        while True:
            if not (self._unclaimed and self._pulls):
                break
            self._unclaimed -= 1
            if not self._release_claim():
                break
        self._wake_ended_pulls()

    def _wake_ended_pulls(self) -> None:
        """Wake the waiting pulls if the channel has ended."""
        if self._has_ended():
            self._pulls.wake_closed(self._closed_to_pulls)


def counted(number: int, one: str, more: str) -> str:
    """Return a number with its noun, in the singular or plural."""
    return f"{number} {one if number == 1 else more}"


def _check_buffer(buffer: object) -> None:
    """Reject a buffer that a strategy made, if it is not one or not empty."""
    if type(buffer) is deque and not buffer:
        return
    if not isinstance(buffer, Buffer):
        raise TypeError(f"_make_buffer() must return a buffer with append, popleft, pop and len, got {buffer!r}")
    if len(buffer):  # pyright: ignore[reportUnknownArgumentType]  # Whatever its items are.
        raise ValueError(f"_make_buffer() must return an empty buffer, got {buffer!r}")


# What a push does when there is no room, in a class that does not override it.
_waits: Final[object] = vars(ChannelCore)["_overflow"]

# Sets the slot even if a subclass has a class attribute `name`.
_set_name: Final[Callable[[object, None], None]] = vars(ChannelCore)["name"].__set__
