"""A program under a library that changes asyncio: ``python -m tests.support.other_asyncio NAME ORDER``.

ORDER is "before" where that library is imported before the package, else "after". The program prints what came of it.
"""

from __future__ import annotations

import asyncio
import importlib
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from pychanasync import SendChannel
    from tests.support.helpers import Loosely


def by_trio_asyncio(main: Callable[[], Coroutine[object, object, None]]) -> None:
    trio_asyncio: Loosely = importlib.import_module("trio_asyncio")
    trio_asyncio.run(trio_asyncio.aio_as_trio(main))


def by_nest_asyncio(main: Callable[[], Coroutine[object, object, None]]) -> None:
    nest_asyncio: Loosely = importlib.import_module("nest_asyncio")
    loop = asyncio.new_event_loop()
    nest_asyncio.apply(loop)
    asyncio.set_event_loop(loop)

    async def outer() -> None:
        loop.run_until_complete(main())  # In the middle of a run of the same loop.

    loop.run_until_complete(outer())


RUNS: dict[str, Callable[[Callable[[], Coroutine[object, object, None]]], None]] = {
    "trio_asyncio": by_trio_asyncio,
    "nest_asyncio": by_nest_asyncio,
}


async def fail(channel: SendChannel[int]) -> None:
    async with channel:
        raise OSError("no such job")


async def use_channels() -> None:
    """Meet, iterate, select, cancel a pull, have a push taken as it is cancelled, and fail as a sender."""
    from pychanasync import (  # noqa: PLC0415  # The order of the imports is what is tried.
        Channel,
        chanselect,
        done_case,
        event_case,
        timeout_case,
    )

    jobs, buffered = Channel[int](), Channel[int](buffer=1)

    async def produce() -> None:
        async with jobs:
            for job in range(3):
                await jobs.push(job)

    producing = asyncio.ensure_future(produce())
    print([job async for job in jobs])  # noqa: T201  # Who started this reads it.
    await producing
    selecting = asyncio.ensure_future(chanselect(jobs.push_case(1), buffered.pull_case()))
    with suppress(Channel.Closed):
        await selecting
    pulling = asyncio.ensure_future(chanselect(buffered.pull_case(), Channel[int]().pull_case()))
    await asyncio.sleep(0)
    buffered.push_nowait(7)
    print((await pulling).value)  # noqa: T201  # The same.
    cancelled = asyncio.ensure_future(Channel[int].pull(buffered))
    await asyncio.sleep(0)
    cancelled.cancel()
    with suppress(asyncio.CancelledError):
        print(await cancelled)  # noqa: T201  # The same.
    pushing = asyncio.ensure_future(Channel[int].push(taken := Channel[int](), 1))
    await asyncio.sleep(0)
    taken.pull_nowait()
    pushing.cancel()
    await pushing
    failing = asyncio.ensure_future(fail(failed := Channel[int]()))
    try:
        await failed.pull()
    except Channel.Failed as failure:
        print(repr(failure.__cause__), failing.exception() is failure.__cause__)  # noqa: T201  # The same.
    print(buffered.waiting, taken.waiting)  # noqa: T201  # The same.
    event, quick = asyncio.Event(), asyncio.ensure_future(asyncio.sleep(0, 8))
    print((await chanselect(done_case(quick))).value.result())  # noqa: T201  # The same.
    waiting = asyncio.ensure_future(
        chanselect(event_case(event), done_case(asyncio.get_running_loop().create_future()))
    )
    await asyncio.sleep(0)
    event.set()
    print((await waiting).index, (await chanselect(timeout_case(1e-6), buffered.pull_case())).index)  # noqa: T201  # The same.
    batch = asyncio.ensure_future(buffered.pull_many(3, within=1e-6))
    await asyncio.sleep(0)
    buffered.push_nowait(9)
    print(await batch, buffered.waiting)  # noqa: T201  # The same.


if __name__ == "__main__":
    name, order = sys.argv[1:]
    if order == "before":
        importlib.import_module(name)
    importlib.import_module("pychanasync")
    RUNS[name](use_channels)
