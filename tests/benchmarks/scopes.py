"""The workloads as anyio's users write them, whose operations are broken off by cancel scopes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import anyio

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


SCOPED: dict[str, Sequence[Way]] = {
    "time-outs": (by_move_on_after,),
    "cancelled tasks": (by_task_group,),
    "cancelled tasks, unread": (by_scope_unread,),
}
