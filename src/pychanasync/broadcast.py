"""Broadcast: each item to every subscriber.

A subscription is a buffer with a line of pulls, like a channel. All pushes wait in one line, which belongs to the hub.
A push is done for all subscribers in one step, or for none.

These hold whenever no call is in progress:

- a push waits => `_full` holds the subscriptions that make it wait, at least one; each of them tells the hub as soon as
  it has room, or ends;
- the hub is closed => no push waits, and no subscription gets any more items;
- the hub keeps no subscription alive. When one is garbage-collected, in whatever thread, the hub forgets it.

Changes that concern all subscriptions are made one after the other: a change that a signal handler requests in the
middle of another one is made after it. So a handler cannot split a push into one for some subscribers and one for the
rest, and all of them see the same order.
"""

# Annotations are evaluated here: code that reads them later would look in `pychanasync`, which lacks these names.
from collections import deque
from collections.abc import Callable
from functools import partial
from math import inf
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, SupportsIndex, TypeAlias
from weakref import ref

from ._arguments import as_bound, as_count, as_finite_bound
from ._core import NO_LINE, NOT_READY, Item, counted
from ._failing import Failure
from ._lossy import Lossy
from ._receiving import Receiving
from ._sending import Sending
from ._waiting import Line, Waiter
from .errors import ChannelClosed, fell_behind
from .protocols import Waiting

if TYPE_CHECKING:
    from .channel import Arguments

SlowSubscriber: TypeAlias = Literal["wait", "drop_oldest", "drop_newest", "fail"]


class Subscription(Lossy[Item], Receiving[Item]):
    """The receiving half of a `Broadcast`, for one subscriber: every item pushed since it subscribed, in order.

    `Broadcast.subscribe` makes one. Use it in ``async with``, which unsubscribes when the block ends. A subscription
    also ends when it is garbage-collected, because the hub does not keep it alive.

    Attributes:
        name: A name for logs and errors; ``None`` by default.
    """

    __module__ = "pychanasync"
    __slots__ = ("_hub", "_key", "_limit", "_policy")

    name: str | None
    _items: deque[Item]  # type: ignore[mutable-override]  # The type that it makes.

    if TYPE_CHECKING:

        def __new__(cls, *args: Arguments, **kwargs: Arguments) -> Self: ...  # noqa: D102

    def __init__(self, hub: "Broadcast[Item]", bound: float, overflow: SlowSubscriber, name: str | None) -> None:
        """Make a subscription; `Broadcast.subscribe` calls this."""
        if name is not None:
            self._call(name)
        self._hub = hub
        self._key: ref[Subscription[Item]] = ref(self, hub._when_collected)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        self._policy: SlowSubscriber = overflow
        self._limit = bound if overflow == "wait" else inf  # From this many items on, it makes pushes wait.
        self._bound = bound
        self._dropped = 0
        self._pulls = NO_LINE
        self._pushes = hub._pushes  # noqa: SLF001

    @property
    def closed(self) -> bool:
        """Whether no more items will come. There may still be items to pull."""
        return self._closed

    @property
    def waiting(self) -> Waiting:
        """How many tasks are waiting to pull, as ``(0, pulls)``. Pushes wait at the hub and are counted there."""
        return Waiting(0, self._pulls.count())

    def unsubscribe(self) -> None:
        """Stop receiving. Calling it twice is harmless.

        Items that were not pulled are discarded, except those that are set aside for waiting pulls. All other waiting
        pulls, and later ones, raise `ChannelClosed`. Pushes no longer wait for this subscriber.

        Raises:
            RuntimeError: A task of another event loop or thread is waiting on the subscription. Nothing was changed.
        """
        self._pulls.first()
        self._closed = True
        self._failure = None
        self._push_limit = 0
        self._limit = inf
        self._pushes = NO_LINE
        self._wake_ended_pulls()
        self._hub._forget(self._key)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        self._discard()

    async def __aenter__(self) -> Self:
        """Return the subscription itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        """Unsubscribe. An error that leaves the block propagates unchanged.

        Raises:
            RuntimeError: A task of another event loop or thread is waiting on the subscription. If an error leaves the
                block, that error gets a note instead.
        """
        try:
            self.unsubscribe()
        except Exception as refusal:
            if error is None:
                raise
            error.add_note(f"{self!r} was not unsubscribed: {refusal}")

    def _fill(self) -> str:
        return super()._fill() if self._policy in ("drop_oldest", "drop_newest") else self._count()

    def _replay(self, recent: list[Item]) -> None:
        """Start with earlier items: with all of them or, if it drops items, with as many as there is room for."""
        if not recent:  # Then the buffer is made at the first item, as in a channel.
            return
        most = int(self._bound) if self._policy in ("drop_oldest", "drop_newest") else len(recent)
        self._items = deque(recent[:most] if self._policy == "drop_newest" else recent[-most:])  # pyright: ignore[reportIncompatibleVariableOverride]
        self._unclaimed = len(self._items)

    def _makes_wait(self, due: int) -> bool:
        """Return whether a push has to wait for this subscriber, if ``due`` other items may come before its own.

        Raises:
            RuntimeError: The waiting pull that would get the item belongs to another event loop or thread.
        """
        if self._pulls:
            self._pulls.first()
        return self._unclaimed + due >= self._limit

    def _overflow(self, item: Item) -> bool:
        if self._policy == "drop_oldest":
            return self._drop_oldest(self._items, item)
        if self._policy == "drop_newest":
            self._dropped += 1
        elif self._policy == "fail":
            self._end_with(Failure(fell_behind(self._hub)))
            self._hub._forget(self._key)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        elif not self._closed:  # A handler filled it since the check: one too many is better than one too few.
            self._unclaimed += 1
            self._items.append(item)
        return True

    def _end_with(self, failure: Failure | None) -> None:
        """Take no more items, because of the hub or of its own overflow; tell pulls, as soon as they may know."""
        if not self._closed:
            self._failure = failure
            self._closed = True
            self._push_limit = 0
        self._wake_ended_pulls()

    def _can_pull(self) -> bool:
        return self._unclaimed > 0 or (self._closed and self._has_ended())

    def _try_claim(self) -> bool:
        if self._claim_some(1):
            return True
        if self._has_ended():
            raise self._closed_to_pulls()
        return False

    def _claim_some(self, limit: int) -> int:
        """Claim up to ``limit`` of the oldest items for the caller, and let in pushes that waited for room here."""
        if self._pushes:
            self._pushes.first()
        claimed = 0
        while True:
            unclaimed, left = self._unclaimed, limit - claimed
            more = unclaimed if unclaimed < left else left  # noqa: FURB136  # min() is a call.
            self._unclaimed = unclaimed - more
            claimed += more
            if not more:
                break
            self._serve_pushes()
        return claimed

    def _serve_latecomers(self) -> None:
        super()._serve_latecomers()
        self._serve_pushes()  # If a pull got an item, there is room for another.

    def _serve_pushes(self) -> None:
        if self._pushes and self._unclaimed < self._limit:
            self._hub._make_way(self._key)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


class Broadcast(Sending[Item]):
    """A hub that gives each item to every subscriber.

    Each subscriber has a buffer of its own. By default a push waits until all of them have room (backpressure), and
    then gives its item to all of them in one step. Set ``overflow`` to change what a push does about slow subscribers,
    here for all of them or in `subscribe` for one. If there are no subscribers, a push returns at once, and its item is
    lost unless it is replayed.

    Attributes:
        name: A name for logs and errors; ``None`` by default.

    Example::

        news = Broadcast[str]()
        async with news.subscribe() as one, news.subscribe() as other:
            await news.push("hello")
            print(await one.pull(), await other.pull())  # prints hello hello
    """

    __module__ = "pychanasync"
    __slots__ = ("_busy", "_due", "_full", "_given", "_policy", "_recent", "_subscribers", "_when_collected")

    _has_buffer = True

    name: str | None

    if TYPE_CHECKING:

        def __new__(cls, *args: Arguments, **kwargs: Arguments) -> Self: ...  # noqa: D102

    def __init__(
        self,
        buffer: SupportsIndex | float = 16,
        *,
        overflow: SlowSubscriber = "wait",
        replay: SupportsIndex = 0,
        name: str | None = None,
    ) -> None:
        """Create a hub that gives each item to every subscriber.

        Args:
            buffer: How many items the buffer of each subscriber can hold: an integer of at least 1, or ``math.inf`` for
                no limit.
            overflow: What a push does about a subscriber whose buffer is full. It waits until there is room
                (``"wait"``), drops the oldest item in that buffer (``"drop_oldest"``), drops its own item for that
                subscriber (``"drop_newest"``), or ends the subscription (``"fail"``): the items in the buffer can still
                be pulled, then pulls raise `ChannelFailed`.
            replay: How many of the latest items each new subscriber starts with.
            name: A name for the hub, shown by its `repr` and its errors.

        Raises:
            TypeError: ``buffer`` is neither an integer nor ``math.inf``, ``replay`` is not an integer, or ``name`` is
                not a str.
            ValueError: ``buffer`` is 0 or less, or infinite with an ``overflow`` that drops items; ``replay`` is
                negative; or ``overflow`` is not one of these words.
        """
        bound = _bound_for(buffer, overflow)
        recent = deque[Item](maxlen=as_count("replay", replay))
        if name is not None:
            self._call(name)
        self._bound = bound
        self._policy: SlowSubscriber = overflow
        self._recent = recent
        self._given = 0
        self._subscribers: dict[ref[Subscription[Item]], None] = {}
        self._full: set[ref[Subscription[Item]]] = set()
        self._when_collected: Callable[[ref[Subscription[Item]]], None] = partial(_when_collected, ref(self))
        self._busy = False
        self._due: deque[Callable[[], object]] = deque()
        self._pushes = Line()
        self._pulls = NO_LINE

    @property
    def closed(self) -> bool:
        """Whether the hub was closed. Subscribers may still have items to pull."""
        return self._closed

    @property
    def capacity(self) -> float:
        """How many items the buffer of each subscriber can hold, unless `subscribe` sets another size."""
        bool(self._pulls)  # Raises if the hub was not initialised.
        return self._bound

    @property
    def subscribers(self) -> int:
        """How many subscriptions there are."""
        bool(self._pulls)  # Raises if the hub was not initialised.
        return len(self._subscribers)

    def csize(self) -> int:
        """Return how many items the fullest of the ``"wait"`` subscribers holds; 0 if there are none."""
        held = [some._unclaimed for some in self._all() if some._policy == "wait"]  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        return max(held, default=0)

    def full(self) -> bool:
        """Return whether a push would have to wait."""
        return not self._closed and any(some._unclaimed >= some._limit for some in self._all())  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    def subscribe(
        self,
        *,
        buffer: SupportsIndex | float | None = None,
        overflow: SlowSubscriber | None = None,
        name: str | None = None,
    ) -> Subscription[Item]:
        """Subscribe to every item that is pushed from now on; replayed items come first.

        On a closed hub, the subscription has only the replayed items.

        Args:
            buffer: How many items the buffer of the subscription can hold; by default the hub's ``buffer``.
            overflow: What a push does when that buffer is full; by default the hub's ``overflow``.
            name: A name for the subscription, shown by its `repr` and its errors.

        Returns:
            The subscription. Use it in ``async with``, so that it ends when its reader does.

        Raises:
            TypeError: ``buffer`` is neither an integer nor ``math.inf``, or ``name`` is not a str.
            ValueError: ``buffer`` is 0 or less, or infinite with an ``overflow`` that drops items; or ``overflow`` is
                not one of the words that the hub takes.
        """
        bool(self._pulls)  # Raises if the hub was not initialised.
        policy = self._policy if overflow is None else overflow
        subscription = Subscription(self, _bound_for(self._bound if buffer is None else buffer, policy), policy, name)
        key = subscription._key  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        while True:
            given = self._given
            subscription._replay([*self._recent])  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            if given == self._given:  # Otherwise a handler has pushed in the meantime.
                self._subscribers[key] = None
                break
        if self._closed:
            self._in_turn(partial(self._end_one, subscription))
        return subscription

    def _all(self) -> list[Subscription[Item]]:
        """List the subscriptions that are still alive."""
        bool(self._pulls)  # Raises if the hub was not initialised.
        return [some for key in [*self._subscribers] if (some := key()) is not None]

    def _can_push(self) -> bool:
        return self._closed or (not self.full() and (not self._pushes or self._pushes.first() is None))

    def _try_push(self, item: Item) -> bool:
        if not self._closed and (
            (self._pushes and self._pushes.first() is not None) or self._must_wait(len(self._due))
        ):
            return False
        self._in_turn(partial(self._give, item), is_push=True)
        return True

    def _join_pushes(self, waiter: Waiter, item: Item) -> None:
        self._pushes.join(waiter, item)
        self._serve_pushes()

    def _serve_pushes(self) -> None:
        if self._closed:
            self._pushes.wake_closed(self._closed_to_pushes)
        self._in_turn(self._serve)

    def _must_wait(self, due: int = 0) -> bool:
        """Return whether a push must wait, and note for whom; ``due`` other items may come before its own.

        Raises:
            RuntimeError: The waiting pull that would get the item belongs to another event loop or thread.
        """
        for key in [*self._subscribers]:
            some = key()
            # The usual case first: there is room, and no pull waits.
            if some is not None and some._unclaimed + due >= some._push_limit and some._makes_wait(due):  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
                self._full.add(key)  # No call since that check: from here on it tells the hub.
            elif self._full:
                self._full.discard(key)
        return bool(self._full)

    def _in_turn(self, act: Callable[[], object], *, is_push: bool = False) -> None:
        """Make a change that concerns all subscriptions; if another one is in progress, let that call make it next.

        Raises:
            ChannelClosed: The change is a push, and the hub is closed.
        """
        if is_push and self._closed:
            raise self._closed_to_pushes()
        busy, self._busy = self._busy, True  # No call since that check: a handler's close takes effect after it.
        if busy:
            self._due.append(act)
            return
        try:
            act()
            while True:
                if not self._due:  # No call from here until it is no longer busy.
                    break
                self._due.popleft()()
        finally:
            self._busy = False

    def _give(self, item: Item) -> None:
        """Give an item to every subscriber."""
        keys = [*self._subscribers]
        self._given += 1
        self._recent.append(item)  # No call before this one: later subscribers start with this item.
        for key in keys:
            some = key()
            if some is None:
                continue
            if (unclaimed := some._unclaimed) < some._push_limit:  # noqa: SLF001
                some._unclaimed = unclaimed + 1  # noqa: SLF001
                some._items.append(item)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
                continue
            try:
                some._try_push(item)  # noqa: SLF001
            except ChannelClosed:  # A handler has unsubscribed it.
                continue

    def _serve(self) -> None:
        """Serve the waiting pushes, as long as no subscriber makes them wait."""
        while True:
            if self._closed or not self._pushes:  # A close wakes the waiting pushes itself.
                break
            try:
                if self._must_wait():
                    break
            except RuntimeError:  # A subscriber in another loop or thread: not the caller's fault.
                break
            try:
                push = self._pushes.commit()
            except RuntimeError:  # The push belongs to another loop, which is to serve it.
                self._pushes.call_its_loop(self._serve_pushes)
                break
            if push is not None:
                self._give(push[1])

    def _make_way(self, key: "ref[Subscription[Item]]") -> None:
        """Let pushes in, if this was the only subscription that they waited for."""
        self._full.discard(key)
        if not self._full:
            self._in_turn(self._serve)

    def _forget(self, key: "ref[Subscription[Item]]") -> None:
        """Give a subscription no more items, and let no push wait for it."""
        self._subscribers.pop(key, None)
        self._make_way(key)

    def _ask_lines(self) -> None:
        self._pushes.first()
        for some in self._all():
            some._pulls.first()  # noqa: SLF001

    def _wake_ended_pulls(self) -> None:
        self._in_turn(self._end_all)

    def _end_all(self) -> None:
        for some in self._all():
            self._end_one(some)

    def _end_one(self, some: Subscription[Item]) -> None:
        some._end_with(self._failure)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    def _discard(self) -> None:
        self._in_turn(self._discard_all)

    def _discard_all(self) -> None:
        for some in self._all():
            some._discard()  # noqa: SLF001

    def _fill(self) -> str:
        if self._pushes is NOT_READY:
            return "not initialised"
        return counted(len(self._subscribers), "subscriber", "subscribers")

    def _was_collected(self, key: "ref[Subscription[Item]]") -> None:
        """Forget a subscription that was garbage-collected; this may run in any thread."""
        self._subscribers.pop(key, None)
        self._full.discard(key)
        if self._pushes:
            self._pushes.call_its_loop(self._serve_pushes)


def _when_collected(hub: "ref[Broadcast[Item]]", key: "ref[Subscription[Item]]") -> None:
    left = hub()
    if left is not None:
        left._was_collected(key)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def _bound_for(buffer: SupportsIndex | float, overflow: SlowSubscriber) -> float:
    if overflow not in ("wait", "drop_oldest", "drop_newest", "fail"):
        raise ValueError(f"overflow must be 'wait', 'drop_oldest', 'drop_newest' or 'fail', got {overflow!r}")
    bound = as_bound(buffer, "")
    return bound if overflow in ("wait", "fail") else as_finite_bound(bound, overflow)
