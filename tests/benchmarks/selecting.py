"""Scenarios of waiting for the first of several operations, in the names of crossbeam's benchmarks where they match."""

from __future__ import annotations

import asyncio
from functools import partial
from time import process_time
from typing import TYPE_CHECKING, TypeAlias

import aiochan

from pychanasync import Channel, chanselect, done_case
from tests.benchmarks import names, peers
from tests.benchmarks.turns import Scenario

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from tests.benchmarks.turns import Play

Pushing: TypeAlias = "Callable[[int], object]"
Taking: TypeAlias = "Callable[[], Awaitable[object]]"
# For so many cases: how an item gets into the channel of the last, and how one case is done.
Selecting: TypeAlias = "Callable[[int], tuple[Pushing, Taking]]"
Course: TypeAlias = "Callable[[Selecting, int, int], Coroutine[object, object, float]]"

STOCK = 1_000  # Items that are ready when the selects begin.


def a_pull(_: int) -> tuple[Pushing, Taking]:
    """Take by a plain pull, from one channel."""
    channel = Channel[int](buffer=STOCK)
    return channel.push_nowait, channel.pull


def a_select(channels: int) -> tuple[Pushing, Taking]:
    """Make the cases for each select, as most programs do."""
    idle, busy = [Channel[int]() for _ in range(channels - 1)], Channel[int](buffer=STOCK)
    every = [*idle, busy]
    if channels == 2:
        one, other = every
        return busy.push_nowait, lambda: chanselect(one.pull_case(), other.pull_case())
    return busy.push_nowait, lambda: chanselect(*[channel.pull_case() for channel in every])


def a_select_of_kept_cases(channels: int) -> tuple[Pushing, Taking]:
    """Offer the same cases again and again."""
    busy = Channel[int](buffer=STOCK)
    cases = [channel.pull_case() for channel in [*(Channel[int]() for _ in range(channels - 1)), busy]]
    return busy.push_nowait, lambda: chanselect(*cases)


def tasks_over_queues(queues: int) -> tuple[Pushing, Taking]:
    """Wait as one does without a select: for the first of several tasks; the others are cancelled."""
    every = [asyncio.Queue[int]() for _ in range(queues)]

    async def take() -> None:
        gets = [asyncio.ensure_future(queue.get()) for queue in every]
        _, pending = await asyncio.wait(gets, return_when=asyncio.FIRST_COMPLETED)
        for get in pending:
            get.cancel()
        await asyncio.wait(gets)

    return every[-1].put_nowait, take


def a_select_beside_a_task(_: int) -> tuple[Pushing, Taking]:
    """Wait for an item, or for the end of a task that goes on."""
    channel, task = Channel[int](buffer=STOCK), asyncio.get_running_loop().create_future()
    return channel.push_nowait, lambda: chanselect(channel.pull_case(), done_case(task))


def a_get_beside_a_task(_: int) -> tuple[Pushing, Taking]:
    """Wait for the same as one does over a queue."""
    queue, task = asyncio.Queue[int](), asyncio.get_running_loop().create_future()

    async def take() -> None:
        await asyncio.wait([asyncio.ensure_future(queue.get()), task], return_when=asyncio.FIRST_COMPLETED)

    return queue.put_nowait, take


def aiochan_select(channels: int) -> tuple[Pushing, Taking]:
    every = [aiochan.Chan(STOCK) for _ in range(channels)]
    return every[-1].put_nowait, lambda: aiochan.select(*every)


def namesake_select(channels: int) -> tuple[Pushing, Taking]:
    """Select as the other pychanasync does. What its cancelled pulls leave in the channels, it leaves."""
    namesake = peers.NAMESAKE
    assert namesake is not None
    every = [namesake.Channel(STOCK) for _ in range(channels)]
    return every[-1].push_nowait, lambda: namesake.chanselect(*[(channel, channel.pull()) for channel in every])


def our_both(cases: int) -> tuple[Pushing, Taking]:
    """Offer as many pulls as pushes; of a pull and a push on one channel with a buffer of 1, each time one is ready."""
    busy = Channel[int](buffer=1)
    idle, full = ([Channel[int]() for _ in range(cases // 2 - 1)] for _ in range(2))

    def select() -> Awaitable[object]:
        pulls = [channel.pull_case() for channel in idle]
        pushes = [channel.push_case(0) for channel in full]
        return chanselect(*pulls, *pushes, busy.pull_case(), busy.push_case(0))

    return leave, select


def aiochan_both(cases: int) -> tuple[Pushing, Taking]:
    busy = aiochan.Chan(1)
    idle, full = ([aiochan.Chan() for _ in range(cases // 2 - 1)] for _ in range(2))
    return leave, lambda: aiochan.select(*idle, *((channel, 0) for channel in full), busy, (busy, 0))


def leave(_: int) -> None:
    """Push nothing: the selects do."""


async def ready(selecting: Selecting, cases: int, number: int) -> float:
    """Take what is there: nothing waits."""
    push, take = selecting(cases)
    seconds, left = 0.0, number
    while left:
        batch = min(left, STOCK)
        for item in range(batch):
            push(item)
        began = process_time()
        for _ in range(batch):
            await take()
        seconds += process_time() - began
        left -= batch
    return seconds


async def waiting(selecting: Selecting, cases: int, number: int) -> float:
    """Take one item after the other as another task pushes them: every take waits."""
    push, take = selecting(cases)
    taken = 0

    async def consume() -> None:
        nonlocal taken
        for _ in range(number):
            await take()
            taken += 1

    consuming = asyncio.create_task(consume())
    await asyncio.sleep(0)
    began = process_time()
    for item in range(number):
        push(item)
        while taken <= item:  # noqa: ASYNC110  # One turn of the loop, but for who needs several.
            await asyncio.sleep(0)
    await consuming
    return process_time() - began


PULLS: dict[str, Selecting] = {
    names.OURS: a_select,
    "pychanasync, cases kept": a_select_of_kept_cases,
    names.QUEUE_AND_WAIT: tasks_over_queues,
    "aiochan": aiochan_select,
}
if peers.NAMESAKE is not None:
    PULLS[names.NAMESAKE] = namesake_select


def contenders(course: Course, cases: int) -> dict[str, Play]:
    return {name: partial(course, selecting, cases) for name, selecting in {names.A_PULL: a_pull, **PULLS}.items()}


def beside_a_task(course: Course) -> dict[str, Play]:
    return {
        names.OURS: partial(course, a_select_beside_a_task, 2),
        names.QUEUE_AND_WAIT: partial(course, a_get_beside_a_task, 2),
    }


def both(cases: int) -> dict[str, Play]:
    return {names.OURS: partial(ready, our_both, cases), "aiochan": partial(ready, aiochan_both, cases)}


SCENARIOS = {
    **{
        f"select_rx of {cases}": Scenario(
            f"A select over {cases} pulls, of which one is ready.", "a select", contenders(ready, cases)
        )
        for cases in (2, 4, 16)
    },
    **{
        f"select_both of {cases}": Scenario(
            f"A select over {cases} cases, as many pulls as pushes, of which one is ready.", "a select", both(cases)
        )
        for cases in (2, 4, 16)
    },
    **{
        f"select that waits on {cases}": Scenario(
            f"A select over {cases} pulls, for one of which another task then pushes an item.",
            "a select and the push that ends it",
            contenders(waiting, cases),
        )
        for cases in (2, 16)
    },
    "select beside a task": Scenario(
        "A select over a pull that is ready and a task that goes on.", "a select", beside_a_task(ready)
    ),
    "select that waits beside a task": Scenario(
        "A select over a pull, for which another task then pushes an item, and a task that goes on.",
        "a select and the push that ends it",
        beside_a_task(waiting),
    ),
}
