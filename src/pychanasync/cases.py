"""Cases of a select for what is not a channel: a task or another future, an event, a delay, a point in time.

A case takes nothing from what it is about, so that a select which is cancelled has nothing to give back. Invariant:
what a case is about keeps nothing of a select that is over. All selects that watch one future, or one event, share one
callback on it, since asyncio removes callbacks in a time that grows with their number.
"""

# Annotations are evaluated here: what asks for them at run time looks in `pychanasync`, where these names are not.
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
    """Make a case that is ready once a task, or another future, is done, however it ended.

    The value is the future itself: ``selected.value.result()`` returns its result or raises its error, and raises
    ``CancelledError`` if it was cancelled. The select itself does not raise that, and never cancels the future.

    Args:
        future: What to wait for. A select that would wait for a future of another event loop raises `RuntimeError`.

    Raises:
        TypeError: It is not a future.

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

    A select that was waiting when the event was set goes on, even if the event has been cleared since, as with
    ``event.wait()``.

    Args:
        event: What to wait for. A select that would wait for an event of another event loop raises `RuntimeError`.

    Raises:
        TypeError: It is not an event.

    Example::

        jobs, stop = Channel[str](), asyncio.Event()
        stop.set()
        selected = await chanselect(event_case(stop), jobs.pull_case(), ordered=True)
        print(selected.index)  # prints 0
    """
    _check_event(event)
    return _EventCase(event)


def timeout_case(delay: float | None, /) -> SelectCase[None]:
    """Make a case that is ready once a select has waited for so many seconds.

    Each select that waits on it counts from 0 again. With a delay of 0 or less it is ready at once, also for
    `chanselect_nowait`. With a longer delay it is never ready for `chanselect_nowait`.

    Args:
        delay: In seconds; with ``None`` or ``math.inf`` the case is never ready.

    Raises:
        TypeError: It is not a number.
        ValueError: It is NaN.

    Example::

        answers = Channel[str]()
        selected = await chanselect(answers.pull_case(), timeout_case(0.01))
        print(selected.index)  # prints 1
    """
    return _TimeoutCase(inf if delay is None else as_seconds("delay", delay), absolute=False)


def timeout_at_case(when: float | None, /) -> SelectCase[None]:
    """Make a case that is ready from a point in time on, also across several selects.

    Args:
        when: By the clock of the event loop, ``asyncio.get_running_loop().time()``, in seconds; with
            ``None`` or ``math.inf`` the case is never ready. A `chanselect_nowait` with no loop running, and so no
            clock, raises `RuntimeError`.

    Raises:
        TypeError: It is not a number.
        ValueError: It is NaN.

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
    """The selects that wait for one thing, which is done for all of them at once."""

    _watching = False

    def join(self, waiter: Waiter, offer: None = None) -> None:
        super().join(waiter, offer)
        if self._watching:
            return
        self._watching = True
        try:
            self.begin()
        except BaseException:  # The select leaves the line itself.
            self._watching = False
            raise

    def leave(self, waiter: Waiter) -> bool:
        served = super().leave(waiter)
        if self._watching and not self:
            self._watching = False
            self.end()
        return served

    def happen(self) -> None:
        """Wake all that wait."""
        self._watching = False
        while True:
            if self.commit() is None:
                break

    @abstractmethod
    def begin(self) -> None:
        """Begin to watch."""

    @abstractmethod
    def end(self) -> None:
        """Leave nothing behind."""


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
    """The selects that wait for an event, by one ``event.wait()`` that is driven by hand: no task is needed for it."""

    def __init__(self, event: asyncio.Event) -> None:
        super().__init__()
        self._event = event
        self._wait: Coroutine[AnyFuture | None, None, object] | None = None
        self._future: AnyFuture | None = None

    def join(self, waiter: Waiter, offer: None = None) -> None:
        future = self._future
        if future is not None:
            _check_loop(future, self._event)
            if future.done():  # The event was set for those who waited then, and may have been cleared since.
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
        """Let the wait go on after what it has waited for, unless it has ended or begun anew since."""
        wait = self._wait
        if wait is None or future is not self._future:
            return
        self._wait = None  # While it runs, it cannot be closed: a finaliser may let the last select leave.
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

# The watch of each future and event that has one, by identity; a watch keeps what it watches, and a case its watch.
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
        """An event that is set stays so: there is nothing to do."""

    def enrol(self, waiter: Waiter) -> None:
        self.line.join(waiter)

    def finish(self) -> None:
        """The same."""

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
    """A time offered to a select: so long from when it begins to wait, or a point in time."""

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
        """Nothing is taken."""

    def enrol(self, waiter: Waiter) -> None:
        self.line.start(waiter, self._time if self._absolute else asyncio.get_running_loop().time() + self._time)

    def finish(self) -> None:
        """Nothing is taken."""

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
    """Make what goes on in the loop's next iteration, for a wait() of a subclass that awaits ``asyncio.sleep(0)``."""
    future = asyncio.get_running_loop().create_future()
    future.set_result(None)
    return future


def _check_loop(future: AnyFuture, awaited: object) -> None:
    if future.get_loop() is not asyncio.get_running_loop():
        raise RuntimeError(f"{awaited!r} belongs to another event loop: wait for it there")


def _check_future(future: object) -> None:
    if not asyncio.isfuture(future):
        hint = ": make it a task by asyncio.create_task()" if asyncio.iscoroutine(future) else ""
        raise TypeError(f"done_case() takes a task or another future, got {future!r}{hint}")


def _check_event(event: object) -> None:
    if not isinstance(event, asyncio.Event):
        raise TypeError(f"event_case() takes an asyncio.Event, got {event!r}")
