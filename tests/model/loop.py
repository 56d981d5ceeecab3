"""An event loop that runs nothing by itself: whoever holds it chooses which ready callback runs next.

Invariant: a callback runs only in `SteppedLoop.run`, one a call. There is no thread, no input and no output, and the
clock stands still: a timer ends in `SteppedLoop.ring`. So a program does the same again whenever the same choices are
made.
"""

from __future__ import annotations

import asyncio
from asyncio import (
    _set_running_loop,  # pyright: ignore[reportPrivateUsage]  # In asyncio's __all__, for those who write loops.
)
from contextlib import contextmanager
from contextvars import Context, copy_context
from itertools import groupby
from typing import TYPE_CHECKING, TypeVarTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

Arguments = TypeVarTuple("Arguments")


class Ready(asyncio.Handle):
    """A callback that is ready to run."""

    def __init__(
        self,
        loop: SteppedLoop,
        callback: Callable[[*Arguments], object],
        arguments: tuple[*Arguments],
        context: Context,
    ) -> None:
        super().__init__(callback, arguments, loop, context)
        self.owner: object = getattr(callback, "__self__", None)  # The task, if it is a step of one.
        self.ended: object = None
        """The future that ended and made this ready, if it is a done callback."""
        for argument in arguments:
            if isinstance(argument, asyncio.Future) and argument.done():
                self.ended = argument
        self.run: Callable[[], object] = lambda: context.run(callback, *arguments)

    def cancel(self) -> None:
        """Never run; keep nothing of what was to run, as asyncio's own do not."""
        super().cancel()
        self.run = bool


class Timer(Ready):
    """A callback for a time, which comes when whoever holds the loop says so."""

    def __init__(
        self,
        loop: SteppedLoop,
        callback: Callable[[*Arguments], object],
        arguments: tuple[*Arguments],
        context: Context,
    ) -> None:
        super().__init__(loop, callback, arguments, context)
        assert loop.runs
        self.owner = loop.runs.owner  # Who has started it.


class SteppedLoop(asyncio.AbstractEventLoop):
    """The least of an event loop that asyncio's tasks and futures need."""

    def __init__(self) -> None:
        self.ready: list[Ready] = []
        self.runs: Ready | None = None
        """What runs now."""
        self._timers: list[Timer] = []
        self.errors: list[dict[str, object]] = []

    def turns(self) -> list[list[Ready]]:
        """List what may run next, in asyncio's own order: each callback by itself, but those of one future together.

        They become ready at once when it is done, one right behind the other, and the library may count on that.
        """
        return [[*turn] for _, turn in groupby(self.ready, lambda ready: ready.ended or ready)]

    def run(self, ready: Ready) -> None:
        """Run one ready callback."""
        self.ready.remove(ready)
        self._do(ready)

    def timers(self) -> list[Timer]:
        """List the timers that were not stopped, and have not ended."""
        self._timers = [timer for timer in self._timers if not timer.cancelled()]
        return self._timers

    def ring(self, timer: Timer) -> None:
        """End a timer."""
        self._timers.remove(timer)
        self._do(timer)

    def _do(self, ready: Ready) -> None:
        self.runs = ready
        try:
            ready.run()
        finally:
            self.runs = None

    @contextmanager
    def running(self) -> Generator[None]:
        """Be the running loop of this thread."""
        _set_running_loop(self)
        try:
            yield
        finally:
            _set_running_loop(None)

    def call_soon(
        self,
        callback: Callable[[*Arguments], object],
        *args: *Arguments,
        context: Context | None = None,
    ) -> Ready:
        handle = Ready(self, callback, args, context or copy_context())
        self.ready.append(handle)
        return handle

    call_soon_threadsafe = call_soon

    def time(self) -> float:
        return 0.0

    def call_at(  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]  # Nobody asks it when.
        self,
        when: float,
        callback: Callable[[*Arguments], object],
        *args: *Arguments,
        context: Context | None = None,
    ) -> Timer:
        assert when > 0
        handle = Timer(self, callback, args, context or copy_context())
        self._timers.append(handle)
        return handle

    def create_future(self) -> asyncio.Future[object]:
        return asyncio.Future(loop=self)

    def call_exception_handler(self, context: dict[str, object]) -> None:
        self.errors.append(context)

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return True

    def is_closed(self) -> bool:
        return False
