"""Steps of the loop, and the states that tests start from."""

from __future__ import annotations

import asyncio
import gc
import sys
from math import inf
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from weakref import ref

from pychanasync import (
    Channel,
    ChannelClosed,
    ChannelEmpty,
    ChannelFailed,
    DroppingChannel,
    SlidingChannel,
    chanselect,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Coroutine

    from pychanasync import RecvChannel

Result = TypeVar("Result")
WAITS: dict[str, Callable[[Channel[int]], Coroutine[object, object, object]]] = {  # On a channel without a buffer.
    "pull": lambda channel: channel.pull(),
    "pull_many": lambda channel: channel.pull_many(2),
    "push": lambda channel: channel.push(1),
    "select-pull": lambda channel: chanselect(channel.pull_case(), Channel[int]().pull_case()),
    "select-push": lambda channel: chanselect(Channel[int]().pull_case(), channel.push_case(1)),
}
NEXT_TO_NOTHING = 2  # Blocks of memory.
Loosely: TypeAlias = Any  # type: ignore[explicit-any]  # For what type checkers would refuse.


async def step(times: int = 1) -> None:
    """Let every task that is ready run until its next wait, so many times over."""
    for _ in range(times):
        await asyncio.sleep(0)


async def until(happened: Callable[[], object]) -> None:
    """Let the loop run until something has happened, by the doing of another thread."""
    while not happened():
        await step()


async def start(*coroutines: Coroutine[object, object, Result]) -> list[asyncio.Task[Result]]:
    """Run each in a task of its own until its first wait, in this order."""
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    await step()
    return tasks


async def start_one(coroutine: Coroutine[object, object, Result]) -> asyncio.Task[Result]:
    """Run one in a task of its own until its first wait."""
    (task,) = await start(coroutine)
    return task


def fill(channel: Channel[int]) -> list[int]:
    """Push without waiting until the channel is full, or two without a bound; return what went in: -n, ..., -1."""
    held = [*range(-2 if channel.capacity == inf else -int(channel.capacity), 0)]
    for item in held:
        channel.push_nowait(item)
    assert channel.full() or channel.capacity == inf
    return held


def begin(operation: Coroutine[object, None, object]) -> bool:
    """Run a coroutine by hand to its next wait; return whether it has ended."""
    try:
        operation.send(None)
    except StopIteration:
        return True
    return False


def drain(channel: RecvChannel[Result], limit: float = inf) -> list[Result]:
    """Pull without waiting until nothing is left, or so many times."""
    items: list[Result] = []
    while len(items) < limit:
        try:
            items.append(channel.pull_nowait())
        except (ChannelEmpty, ChannelClosed, ChannelFailed):
            break
    return items


async def push_every_second(channel: Channel[int], items: int) -> None:
    """Push 0, 1, 2, ..., the first after a second, and one each second from then on."""
    for item in range(items):
        await asyncio.sleep(1)
        await channel.push(item)


def dropped(channel: Channel[Result]) -> int:
    """Return how many items a channel has dropped, by its own count; 0 for one that drops nothing."""
    return channel.dropped if isinstance(channel, SlidingChannel | DroppingChannel) else 0


def check_exactly_once(channel: Channel[Result], given: Collection[Result], taken: Collection[Result]) -> None:
    """See that each item given to a channel that is empty now was taken once, or dropped and counted."""
    assert len({*taken}) == len(taken)
    assert {*taken} <= {*given}
    assert len(given) == len(taken) + dropped(channel)


async def cancelled(*tasks: asyncio.Task[Result]) -> None:
    """Cancel tasks and see that each ends so."""
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    assert all(task.cancelled() for task in tasks)


def is_idle(channel: object) -> bool:
    """Tell whether nobody waits on the channel, by its own words."""
    return "waiting" not in repr(channel)


def unheard(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Handle what a loop has to tell of the pending tasks that are destroyed with it: not at all."""


async def forever() -> None:
    """Wait for what never comes."""
    await asyncio.get_running_loop().create_future()


def owe_beyond_the_loop() -> ref[asyncio.Task[None]]:
    """Close a loop while it owes a task of its own a cancellation; return a trace of the task."""
    loop = asyncio.new_event_loop()
    channel = Channel[int]()

    async def push() -> None:
        await channel.push(1)
        await forever()

    async def main() -> ref[asyncio.Task[None]]:
        task = await start_one(push())
        assert channel.pull_nowait() == 1
        task.cancel()
        loop.call_soon(loop.stop)
        await step()
        return ref(task)

    loop.set_exception_handler(unheard)
    main_task = loop.create_task(main())
    loop.run_forever()  # Stops in the very iteration that hands the cancellation on.
    loop.close()
    return main_task.result()


async def blocks_gained(repeat: Callable[[], Awaitable[object]], times: int) -> int:
    """Count the memory blocks that a repetition leaves allocated, after a first round that fills the caches.

    It is four times what the best of four quarters leaves: what stays behind does so in each of them, while what
    another thread of this process allocates, such as that which hands tests to it, comes now and then. Beside other
    load that may go on for long; so quarters are added until one leaves next to nothing, or there have been very many.
    """
    for _ in range(100):
        await repeat()
    left: list[int] = []
    while len(left) < 4 or (min(left) > NEXT_TO_NOTHING and len(left) < 40):
        gc.collect()
        before = sys.getallocatedblocks()
        for _ in range(times // 4):
            await repeat()
        gc.collect()
        left.append(sys.getallocatedblocks() - before)
    return 4 * min(left)
