"""What a select may wait for that is not a channel, each with what tells whether something is left on it."""

from __future__ import annotations

import asyncio
import gc
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, TypeAlias

import pychanasync.cases
from pychanasync import (
    Channel,
    SelectCase,
    Selected,
    chanselect,
    done_case,
    event_case,
    timeout_at_case,
    timeout_case,
)

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

    from tests.support.clock import Clock
    from tests.support.helpers import Loosely

    Selecting: TypeAlias = Coroutine[object, Any, Selected[int, object]]  # type: ignore[explicit-any]  # For tasks, and by hand.

DELAY = 5.0


def watched() -> int:
    """Count the futures and events that the package has to do with now, those of earlier tests left out."""
    gc.collect()
    private: Loosely = pychanasync.cases
    return len(private._future_watches) + len(private._event_watches)  # noqa: SLF001  # Nobody else tells.


def callbacks_of(future: Loosely) -> int:
    """Count what is called when a future is done."""
    return len(future._callbacks or ())  # noqa: SLF001  # asyncio has no public way to ask.


def waiters_of(event: Loosely) -> int:
    """Count who waits for an event."""
    return len(event._waiters)  # noqa: SLF001  # The same.


class Awaited(ABC):
    """Something that happens once.

    Attributes:
        channel: What a select that chose it shows as the channel.
        value: What it shows as the value.
    """

    shared = True
    """Whether all selects that wait for it leave one trace."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.channel: object = None
        self.value: object = None

    @abstractmethod
    def case(self) -> SelectCase[object]:
        """Make a case for it."""

    @abstractmethod
    def happen(self) -> None:
        """Let it happen; the loop tells the selects later."""

    @abstractmethod
    def traces(self) -> int:
        """Count what selects have left on it or with the loop."""

    def ready_case(self) -> SelectCase[object]:
        """Make a case that is ready: for it, if it can be ready once it has happened."""
        self.happen()
        return self.case()


class AwaitedFuture(Awaited):
    """A future."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.future = clock.loop.create_future()
        self.channel = self.value = self.future

    def case(self) -> SelectCase[object]:
        return done_case(self.future)

    def happen(self) -> None:
        self.future.set_result(None)

    def traces(self) -> int:
        return callbacks_of(self.future)


class AwaitedEvent(Awaited):
    """An event."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.channel = self.event = asyncio.Event()

    def case(self) -> SelectCase[object]:
        return event_case(self.event)

    def happen(self) -> None:
        self.event.set()

    def traces(self) -> int:
        return waiters_of(self.event)


class AwaitedDelay(Awaited):
    """A delay, which for each select begins anew."""

    shared = False

    def case(self) -> SelectCase[object]:
        return timeout_case(DELAY)

    def ready_case(self) -> SelectCase[object]:
        return timeout_case(0)

    def happen(self) -> None:
        self.clock.advance(DELAY)

    def traces(self) -> int:
        return self.clock.running()


class AwaitedTime(Awaited):
    """A point in time."""

    shared = False

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.when = clock.now + DELAY

    def case(self) -> SelectCase[object]:
        return timeout_at_case(self.when)

    def happen(self) -> None:
        self.clock.advance(DELAY)

    def traces(self) -> int:
        return self.clock.running()


AWAITED: Mapping[str, type[Awaited]] = {
    "done": AwaitedFuture,
    "event": AwaitedEvent,
    "timeout": AwaitedDelay,
    "timeout-at": AwaitedTime,
}


def waiting_on(awaited: Awaited, channel: Channel[int]) -> Selecting:
    """Make a select that takes an item, or waits for something else."""
    cases: list[SelectCase[object]] = [channel.pull_case(), awaited.case()]
    return chanselect(*cases)
