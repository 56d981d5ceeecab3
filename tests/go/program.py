"""Programs of processes that never end by themselves, as Go's are: they stop when the program does."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import TYPE_CHECKING, Self

from tests.support.helpers import is_idle

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from types import TracebackType


class Program:
    """Runs processes until its block ends; those that still wait are cancelled then, and must leave nothing behind."""

    def __init__(self) -> None:
        self._group = asyncio.TaskGroup()  # So that a process that fails ends the program.
        self._processes: list[asyncio.Task[None]] = []
        self.channels: list[object] = []  # Looked at in the end: nobody may be left there.

    def start(self, process: Coroutine[object, object, None]) -> None:
        self._processes.append(self._group.create_task(process))

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        self._token = program.set(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        program.reset(self._token)
        for process in self._processes:
            process.cancel()
        await self._group.__aexit__(kind, error, traceback)
        assert all(is_idle(channel) for channel in self.channels)


program: ContextVar[Program] = ContextVar("program")
