"""The workloads as anyio's users write them, whose operations are cancelled by cancel scopes."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import anyio

from tests.benchmarks.workload import CANCELLED, GOING_ON, TIMEOUTS, UNREAD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.account import Take
    from tests.benchmarks.workload import Operation, Run, Way


async def by_move_on_after(run: Run, operation: Operation) -> None:
    with anyio.move_on_after(run.delay()):
        run.read(await operation())


async def by_task_group(run: Run, operation: Operation) -> None:
    async def operate() -> None:
        run.read(await operation())

    async with anyio.create_task_group() as group:
        group.start_soon(operate)
        await asyncio.sleep(run.delay())
        group.cancel_scope.cancel()


async def by_scope_unread(run: Run, operation: Operation) -> None:
    scope = anyio.CancelScope()

    async def operate() -> Take | None:
        with scope:
            return await operation()
        return None

    task = run.start(operate)
    await run.look_once(task, scope.cancel)


async def grouped(run: Run, operation: Operation, depth: int) -> None:
    """Do an operation and read its result: here, in a group of tasks here, or in a group within that one."""
    if depth:
        async with anyio.create_task_group() as group:
            group.start_soon(grouped, run, operation, depth - 1)
    else:
        run.read(await operation())


async def by_move_on_after_going_on(run: Run, operation: Operation) -> None:
    with anyio.move_on_after(run.delay()):
        await run.go_on(partial(grouped, run, operation, run.depth()))


async def by_task_group_going_on(run: Run, operation: Operation) -> None:
    async with anyio.create_task_group() as group:
        group.start_soon(run.go_on, partial(grouped, run, operation, run.depth()))
        await asyncio.sleep(run.delay())
        group.cancel_scope.cancel()


SCOPED: dict[str, Sequence[Way]] = {
    TIMEOUTS: (by_move_on_after,),
    CANCELLED: (by_task_group,),
    UNREAD: (by_scope_unread,),
    GOING_ON: (by_move_on_after_going_on, by_task_group_going_on),
}
