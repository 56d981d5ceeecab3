"""The ways in which asyncio programs end a wait, each as a task and a call that interrupts it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import anyio

from tests.support.helpers import step

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

Result = TypeVar("Result")


class InterruptionError(Exception):
    """What fails beside an operation in a task group."""


class Attempt(Generic[Result]):
    """One operation, and how it ended by its own account, whatever became of the task around it."""

    def __init__(self, operation: Coroutine[object, object, Result]) -> None:
        self.operation = operation
        self.results: list[Result] = []
        self.raised = False

    async def run(self) -> None:
        try:
            self.results.append(await self.operation)
        except BaseException:
            self.raised = True
            raise


class Way(Protocol):
    """Starts an attempt in a task of its own; returns the task and what interrupts it."""

    def __call__(self, attempt: Attempt[Result]) -> tuple[asyncio.Task[None], Callable[[], object]]: ...


def by_cancel(attempt: Attempt[Result]) -> tuple[asyncio.Task[None], Callable[[], object]]:
    task = asyncio.create_task(attempt.run())
    return task, task.cancel


def by_timeout(attempt: Attempt[Result]) -> tuple[asyncio.Task[None], Callable[[], object]]:
    scope = asyncio.timeout(None)

    async def run() -> None:
        async with scope:
            await attempt.run()

    task, now = asyncio.create_task(run()), asyncio.get_running_loop().time

    def interrupt() -> None:
        if not task.done():
            scope.reschedule(now())

    return task, interrupt


def by_wait_for(attempt: Attempt[Result]) -> tuple[asyncio.Task[None], Callable[[], object]]:
    # Cancelled from outside; on 3.11 wait_for then raises whatever its inner task did.
    task = asyncio.create_task(asyncio.wait_for(attempt.run(), timeout=60))
    return task, task.cancel


def by_failing_sibling(attempt: Attempt[Result]) -> tuple[asyncio.Task[None], Callable[[], object]]:
    fail = asyncio.Event()

    async def sibling() -> None:
        await fail.wait()
        raise InterruptionError

    async def run() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(attempt.run())
            group.create_task(sibling())

    return asyncio.create_task(run()), fail.set


def by_anyio(attempt: Attempt[Result]) -> tuple[asyncio.Task[None], Callable[[], object]]:
    scope = anyio.move_on_after(60)

    async def run() -> None:
        with scope:
            await attempt.run()

    return asyncio.create_task(run()), scope.cancel


WAYS: dict[str, Way] = {
    "cancel": by_cancel,
    "timeout": by_timeout,
    "wait_for": by_wait_for,
    "failing-sibling": by_failing_sibling,
    "anyio": by_anyio,
}


async def interrupt_around(
    way: Way, attempt: Attempt[Result], act: Callable[[], object], ticks: int, *, act_first: bool
) -> asyncio.Task[None]:
    """Start an attempt, then act on its channel and interrupt it, or the other way round, so many ticks apart."""
    task, interrupt = way(attempt)
    await step(2)
    first, second = (act, interrupt) if act_first else (interrupt, act)
    first()
    await step(ticks)
    second()
    await step(8)
    return task


async def ended(task: asyncio.Task[None]) -> None:
    """Wait for an interrupted task, however it ends."""
    task.cancel()
    await asyncio.wait([task])
