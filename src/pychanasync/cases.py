"""Cases of a select that are not about a channel: a task or another future, an event, a delay, a point in time.

Such a case takes nothing, so a cancelled select has nothing to give back. Invariant: a future or event keeps nothing of
a select that is over. All selects that watch the same future or event share one callback on it, because the time in
which asyncio removes a callback grows with their number.
"""

# Annotations are evaluated here: code that reads them later would look in `pychanasync`, which lacks these names.
import asyncio
from abc import abstractmethod
from collections.abc import Callable, Coroutine
from math import inf
from typing import Any, Generic, TypeAlias, TypeVar
from weakref import WeakValueDictionary

from ._arguments import as_seconds
from ._waiting import Line, Timer, Waiter, was_served
from .protocols import SelectCase

AnyFuture: TypeAlias = asyncio.Future[Any]  # type: ignore[explicit-any]  # Whatever its result: Future is invariant.
AnyFuture_ = TypeVar("AnyFuture_", bound=AnyFuture)


def done_case(future: AnyFuture_, /) -> SelectCase[AnyFuture_]:
    """Make a case that is ready when a task or another future is done, however it ended.

    The value is the future itself: ``selected.value.result()`` returns its result, or raises its error, or raises
    ``CancelledError`` if it was cancelled. The select itself does not raise these, and never cancels the future.

    Args:
        future: The task or future to wait for. A select that would have to wait for a future of another event loop
            raises `RuntimeError`.

    Raises:
        TypeError: The argument is not a future.

    Example::

        async def ask() -> str:
            return "yes"


        questions, asking = Channel[str](), asyncio.create_task(ask())
        selected = await chanselect(questions.pull_case(), done_case(asking))
        if selected.index == 1:
            print(selected.value.result())  # prints yes
    """
    _check_future(future)
    return _DoneCase(future)


def event_case(event: asyncio.Event, /) -> SelectCase[None]:
    """Make a case that is ready while an event is set.

    As with ``event.wait()``, a select that was waiting when the event was set goes on, even if the event has been
    cleared since. For a graceful shutdown, select on a stop event together with the next item.

    Args:
        event: The event to wait for. A select that would have to wait for an event of another event loop raises
            `RuntimeError`.

    Raises:
        TypeError: The argument is not an ``asyncio.Event``.

    Example::

        jobs, stop = Channel[str](), asyncio.Event()
        stop.set()
        selected = await chanselect(event_case(stop), jobs.pull_case(), ordered=True)
        print(selected.index)  # prints 0
    """
    _check_event(event)
    return _EventCase(event)


def timeout_case(delay: float | None, /) -> SelectCase[None]:
    """Make a case that is ready when the select has waited for ``delay`` seconds: a timeout.

    Each select that waits on it counts from 0 again. With a delay of 0 or less the case is ready at once, even for
    `chanselect_nowait`. With a longer delay it is never ready for `chanselect_nowait`.

    Args:
        delay: How long to wait, in seconds. With ``None`` or ``math.inf`` the case is never ready.

    Raises:
        TypeError: ``delay`` is not a number.
        ValueError: ``delay`` is NaN.

    Example::

        answers = Channel[str]()
        selected = await chanselect(answers.pull_case(), timeout_case(0.01))
        print(selected.index)  # prints 1
    """
    return _TimeoutCase(inf if delay is None else as_seconds("delay", delay), absolute=False)


def timeout_at_case(when: float | None, /) -> SelectCase[None]:
    """Make a case that is ready from a point in time on: a deadline for one or several selects.

    Args:
        when: The time in seconds, by the clock of the event loop, ``asyncio.get_running_loop().time()``. With ``None``
            or ``math.inf`` the case is never ready. If no loop is running there is no clock, and `chanselect_nowait`
            raises `RuntimeError`.

    Raises:
        TypeError: ``when`` is not a number.
        ValueError: ``when`` is NaN.

    Example::

        lines = Channel[str](buffer=3)
        lines.push_nowait("one")
        deadline = asyncio.get_running_loop().time() + 0.01
        while (selected := await chanselect(lines.pull_case(), timeout_at_case(deadline))).index == 0:
            print(selected.value)  # prints one
    """
    return _TimeoutCase(inf if when is None else as_seconds("when", when), absolute=True)


for _public in (done_case, event_case, timeout_case, timeout_at_case):
    _public.__module__ = "pychanasync"


class _Watch(Line[None]):
    """The selects that wait for the same thing, which happens for all of them at once."""

    _watching = False

    def join(self, waiter: Waiter, offer: None = None) -> None:
        super().join(waiter, offer)
        if self._watching:
            return
        self._watching = True
        try:
            self.begin()
        except BaseException:  # The select itself leaves the line.
            self._watching = False
            raise

    def leave(self, waiter: Waiter) -> bool:
        served = super().leave(waiter)
        if self._watching and not self:
            self._watching = False
            self.end()
        return served

    def happen(self) -> None:
        """Wake every waiting select."""
        self._watching = False
        while True:
            if self.commit() is None:
                break

    @abstractmethod
    def begin(self) -> None:
        """Begin to watch."""

    @abstractmethod
    def end(self) -> None:
        """Stop watching, and leave nothing behind."""


class _FutureWatch(_Watch):
    """The selects that wait for a future."""

    def __init__(self, future: AnyFuture) -> None:
        super().__init__()
        self._future = future

    def join(self, waiter: Waiter, offer: None = None) -> None:
        _check_loop(self._future, self._future)
        super().join(waiter, offer)

    def begin(self) -> None:
        self._future.add_done_callback(self._done)

    def end(self) -> None:
        self._future.remove_done_callback(self._done)

    def _done(self, _: AnyFuture) -> None:
        self.happen()


class _EventWatch(_Watch):
    """The selects that wait for an event, by one ``event.wait()`` that is driven by hand, without a task."""

    def __init__(self, event: asyncio.Event) -> None:
        super().__init__()
        self._event = event
        self._wait: Coroutine[AnyFuture | None, None, object] | None = None
        self._future: AnyFuture | None = None

    def join(self, waiter: Waiter, offer: None = None) -> None:
        future = self._future
        if future is not None:
            _check_loop(future, self._event)
            if future.done():  # The event was set for those waiting then; it may have been cleared since.
                self._go_on(future)
        super().join(waiter, offer)

    def begin(self) -> None:
        self._wait = self._event.wait()
        self._go_on(None)

    def end(self) -> None:
        wait, future, self._wait, self._future = self._wait, self._future, None, None
        if future is not None:
            future.remove_done_callback(self._go_on)
        if wait is not None:
            wait.close()

    def _go_on(self, future: AnyFuture | None) -> None:
        """Resume ``event.wait()`` after the future it awaited, unless it has ended or been restarted since."""
        wait = self._wait
        if wait is None or future is not self._future:
            return
        self._wait = None  # A running coroutine cannot be closed, and a finaliser may make the last select leave.
        try:
            following = wait.send(None) or _done_future()
        except StopIteration:
            if future is self._future:
                self._future = None
                self.happen()
            return
        if self._watching and future is self._future:
            self._wait, self._future = wait, following
            following.add_done_callback(self._go_on)
        else:
            wait.close()


Source = TypeVar("Source")
SomeWatch = TypeVar("SomeWatch", bound=_Watch)

# The watches of futures and events, by identity. A watch keeps its future or event alive, and a case its watch.
_future_watches: WeakValueDictionary[int, _FutureWatch] = WeakValueDictionary()
_event_watches: WeakValueDictionary[int, _EventWatch] = WeakValueDictionary()


class _DoneCase(Generic[AnyFuture_]):
    """A future offered to a select."""

    __slots__ = ("channel", "line")

    def __init__(self, future: AnyFuture_) -> None:
        self.channel = future
        self.line = _watch_of(future, _future_watches, _FutureWatch)

    def ready(self) -> bool:
        return self.channel.done()

    def proceed(self) -> AnyFuture_:
        return self.channel

    def enrol(self, waiter: Waiter) -> None:
        self.line.join(waiter)

    def finish(self) -> AnyFuture_:
        return self.channel

    def abandon(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"done_case({self.channel!r})"


class _EventCase:
    """An event offered to a select."""

    __slots__ = ("channel", "line")

    def __init__(self, event: asyncio.Event) -> None:
        self.channel = event
        self.line = _watch_of(event, _event_watches, _EventWatch)

    def ready(self) -> bool:
        return self.channel.is_set()

    def proceed(self) -> None:
        """Do nothing: the event stays set."""

    def enrol(self, waiter: Waiter) -> None:
        self.line.join(waiter)

    def finish(self) -> None:
        """Do nothing: the event was set."""

    def abandon(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"event_case({self.channel!r})"


class _Timers:
    """The selects that wait for a time, each with a timer of its own."""

    __slots__ = ("_timers",)

    def __init__(self) -> None:
        self._timers: dict[Waiter, Timer] = {}

    def start(self, waiter: Waiter, when: float) -> None:
        timer = self._timers[waiter] = Timer(when, self)
        timer.waiter = waiter

    def leave(self, waiter: Waiter) -> bool:
        timer = self._timers.pop(waiter, None)
        if timer is not None:
            timer.stop()
        return was_served(waiter, self)


class _TimeoutCase:
    """A timeout offered to a select: a delay from when it begins to wait, or a point in time."""

    __slots__ = ("_absolute", "_time", "line")

    def __init__(self, time: float, *, absolute: bool) -> None:
        self._time = time
        self._absolute = absolute
        self.line = _Timers()

    @property
    def channel(self) -> None:
        return None

    def ready(self) -> bool:
        if self._absolute:
            return self._time < inf and asyncio.get_running_loop().time() >= self._time
        return self._time <= 0

    def proceed(self) -> None:
        """Do nothing: a timeout has no value."""

    def enrol(self, waiter: Waiter) -> None:
        self.line.start(waiter, self._time if self._absolute else asyncio.get_running_loop().time() + self._time)

    def finish(self) -> None:
        """Do nothing: a timeout has no value."""

    def abandon(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"{'timeout_at_case' if self._absolute else 'timeout_case'}({self._time!r})"


def _watch_of(
    source: Source, watches: WeakValueDictionary[int, SomeWatch], make: Callable[[Source], SomeWatch]
) -> SomeWatch:
    """Find the watch of a future or an event, or make it."""
    watch = watches.get(id(source))
    if watch is None:
        watch = watches[id(source)] = make(source)
    return watch


def _done_future() -> AnyFuture:
    """Make a future that is done already, for a subclass whose wait() awaits ``asyncio.sleep(0)``."""
    future = asyncio.get_running_loop().create_future()
    future.set_result(None)
    return future


def _check_loop(future: AnyFuture, awaited: object) -> None:
    if future.get_loop() is not asyncio.get_running_loop():
        raise RuntimeError(f"{awaited!r} belongs to another event loop: wait for it there")


def _check_future(future: object) -> None:
    if not asyncio.isfuture(future):
        hint = ": make it a task with asyncio.create_task()" if asyncio.iscoroutine(future) else ""
        raise TypeError(f"done_case() takes a task or another future, got {future!r}{hint}")


def _check_event(event: object) -> None:
    if not isinstance(event, asyncio.Event):
        raise TypeError(f"event_case() takes an asyncio.Event, got {event!r}")
