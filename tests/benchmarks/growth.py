"""Scenarios of how the cost of leaving grows with how many wait: the same operations beside few and beside many.

Bare futures stand beside them: where those grow dearer too, it is the machine's memory that many tasks wear out.
"""

from __future__ import annotations

import asyncio
from functools import partial
from random import Random
from time import process_time
from typing import TYPE_CHECKING

from tests.benchmarks import names
from tests.benchmarks.names import CANCELLED_OF_FEW, CANCELLED_OF_MANY, CLOSED_FEW, CLOSED_MANY
from tests.benchmarks.parking import LOTS, park
from tests.benchmarks.turns import Play, Scenario

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.benchmarks.parking import Lot

CANCELLED = 400


async def cancel_one_of_few(make: Callable[[int], Lot], number: int) -> float:
    """Cancel one of ten waiting tasks, on so many channels."""
    lines = [await park(make(CANCELLED_OF_FEW), CANCELLED_OF_FEW) for _ in range(number)]
    choose = Random(0).choice  # noqa: S311  # Repeatable, not secret.
    return await cancel([choose(line) for line in lines], [task for line in lines for task in line])


async def cancel_some_of_many(make: Callable[[int], Lot], number: int) -> float:
    """Cancel so many of 20,000 waiting tasks of one channel, in random order."""
    line = await park(make(CANCELLED_OF_MANY), CANCELLED_OF_MANY)
    return await cancel(Random(0).sample(line, number), line)  # noqa: S311  # Repeatable, not secret.


async def cancel(chosen: list[asyncio.Task[None]], every: list[asyncio.Task[None]]) -> float:
    """Cancel the chosen, each when the one before it has ended; then, untimed, the others."""
    began = process_time()
    for task in chosen:
        task.cancel()
        await asyncio.sleep(0)
    seconds = process_time() - began
    assert all(task.cancelled() for task in chosen)
    for task in every:
        task.cancel()
    await asyncio.wait(every)
    return seconds


async def close(make: Callable[[int], Lot], waiting: int, number: int) -> float:
    """Close channels on each of which so many tasks wait, `number` tasks in all."""
    lots = [make(waiting) for _ in range(number // waiting)]
    tasks = [task for lot in lots for task in await park(lot, waiting)]
    closes = [lot.close for lot in lots if lot.close is not None]
    began = process_time()
    for close_one in closes:
        close_one()
    seconds = process_time() - began
    await asyncio.wait(tasks)
    return seconds


def few_and_many(*contenders: str) -> dict[str, Play]:
    return {
        names.one_of(name, amount): partial(course, LOTS[name])
        for name in contenders
        for amount, course in ((CANCELLED_OF_FEW, cancel_one_of_few), (CANCELLED_OF_MANY, cancel_some_of_many))
    }


SCENARIOS = {
    "cancel one of many": Scenario(
        f"One waiting task after the other is cancelled and ends: one of {CANCELLED_OF_FEW} on each of {CANCELLED} "
        f"channels, or {CANCELLED} of {CANCELLED_OF_MANY:,} on one channel, in random order.",
        "a task",
        few_and_many(names.LISTED_FUTURES, names.OURS, names.QUEUE),
        number=CANCELLED,
    ),
    "close on many": Scenario(
        f"`close()` itself, where {CLOSED_FEW:,} tasks wait on each of {CLOSED_MANY // CLOSED_FEW} channels, or "
        f"{CLOSED_MANY:,} on one.",
        "a task",
        {
            names.closed_on(names.OURS, waiting): partial(close, LOTS[names.OURS], waiting)
            for waiting in (CLOSED_FEW, CLOSED_MANY)
        },
        number=CLOSED_MANY,
    ),
}
