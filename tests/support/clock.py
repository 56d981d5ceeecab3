"""A clock that is set by hand, on any loop: so a timer ends in the very step that a test chooses."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextvars import Context

    import pytest

    from tests.support.helpers import Loosely


class Clock:
    """The clock of a loop, and its timers, none of which ends by itself."""

    def __init__(self, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch) -> None:
        self.loop = loop
        self.now = 1_000.0
        self.timers: list[tuple[float, asyncio.Handle]] = []
        monkeypatch.setattr(loop, "time", lambda: self.now)
        monkeypatch.setattr(loop, "call_at", self.call_at)
        monkeypatch.setattr(loop, "call_later", self.call_later)

    def call_at(  # type: ignore[explicit-any]  # As of a loop.
        self, when: float, callback: Callable[..., object], *args: Loosely, context: Context | None = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self.loop, context)
        self.timers.append((when, handle))
        return handle

    def call_later(  # type: ignore[explicit-any]  # The same.
        self, delay: float, callback: Callable[..., object], *args: Loosely, context: Context | None = None
    ) -> asyncio.Handle:
        return self.call_at(self.now + delay, callback, *args, context=context)

    def advance(self, seconds: float) -> None:
        """Let time pass: the loop calls what is due in its next iteration, the earliest first."""
        self.now += seconds
        due = [timer for timer in self.timers if timer[0] <= self.now]
        self.timers = [timer for timer in self.timers if timer[0] > self.now]
        for _, handle in sorted(due, key=lambda timer: timer[0]):
            self.loop.call_soon(self.ring, handle)

    @staticmethod
    def ring(handle: Loosely) -> None:
        if not handle.cancelled():
            handle._run()  # noqa: SLF001  # As a loop does.

    def running(self) -> int:
        """Count the timers that were not stopped, and forget those that were."""
        self.timers = [timer for timer in self.timers if not timer[1].cancelled()]
        return len(self.timers)
