"""No operation keeps anything in a reference cycle: what it held is free at once, without the cyclic collector."""

from __future__ import annotations

import asyncio
import gc
from contextlib import suppress
from typing import TYPE_CHECKING
from weakref import ref

import pytest

from pychanasync import Channel, ChannelClosed, ChannelError, chanselect, chanselect_nowait
from tests.support import virtual_time
from tests.support.helpers import start_one, step

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from tests.support.helpers import Loosely

    Operation = Callable[[Channel["Item"], "Item"], Coroutine[object, object, object]]
    WayOut = Callable[[Channel["Item"], asyncio.Task[object]], object]

pytestmark = pytest.mark.usefixtures("_without_the_collector")


class Item:
    """Something that a weak reference can point to."""


class BodyError(Exception):
    """An error that a weak reference can point to."""


async def called(call: Callable[[], object]) -> None:
    call()


async def iterated(channel: Channel[Item]) -> None:
    async for _ in channel:
        pass


def serve(channel: Channel[Item]) -> None:
    if channel.waiting.pushes:
        channel.pull_nowait()
    else:
        channel.push_nowait(Item())


def serve_and_cancel(channel: Channel[Item], task: asyncio.Task[object]) -> None:
    serve(channel)
    task.cancel()


def close_and_cancel(channel: Channel[Item], task: asyncio.Task[object]) -> None:
    channel.close()
    task.cancel()


async def leaving(channel: Channel[Item], item: Item, error: type[Exception]) -> None:
    async with channel:
        del item
        raise error


OPERATIONS: dict[str, Operation] = {
    "push": lambda channel, item: channel.push(item),
    "pull": lambda channel, _: channel.pull(),
    "pull_many": lambda channel, _: channel.pull_many(2, within=60),
    "async for": lambda channel, _: iterated(channel),
    "select a push": lambda channel, item: chanselect(channel.push_case(item), Channel[int]().pull_case()),
    "select a pull": lambda channel, _: chanselect(channel.pull_case(), Channel[int]().pull_case()),
}
WAYS_OUT: dict[str, WayOut] = {
    "cancelled": lambda _, task: task.cancel(),
    "closed": lambda channel, _: channel.close(),
    "closed at once": lambda channel, _: channel.close(immediate=True),
    "closed and cancelled": close_and_cancel,
    "closed with a cause": lambda channel, _: channel.close(cause=BodyError()),
    "served": lambda channel, _: serve(channel),
    "served and cancelled": serve_and_cancel,
}
REFUSED: dict[str, Operation] = {
    "push, closed": lambda channel, item: channel.push(item),
    "push_nowait, closed": lambda channel, item: called(lambda: channel.push_nowait(item)),
    "select a push, closed": lambda channel, item: chanselect(channel.push_case(item)),
    "select_nowait, closed": lambda channel, item: called(lambda: chanselect_nowait(channel.push_case(item))),
    "pull, closed": lambda channel, _: channel.pull(),
    "pull_many, closed": lambda channel, _: channel.pull_many(2, within=60),
    "pull_nowait, closed": lambda channel, _: called(channel.pull_nowait),
    "select a pull, closed": lambda channel, _: chanselect(channel.pull_case()),
    "async with, left": lambda channel, item: leaving(channel, item, ChannelClosed),
}


async def in_a_later_step(operation: Coroutine[object, object, object]) -> None:
    """Run an operation in a later step of a task than its first, since a frame around that keeps an eager task."""
    await step()
    await operation


def all_gone(traces: list[ref[object]]) -> bool:
    return not any(trace() for trace in traces)


@pytest.mark.parametrize("way_out", WAYS_OUT.values(), ids=WAYS_OUT)
@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
async def test_what_a_wait_held_is_free_as_soon_as_its_task_is_gone(operation: Operation, way_out: WayOut) -> None:
    channel, item = Channel[Item](), Item()
    task = await start_one(operation(channel, item))
    assert sum(channel.waiting) == 1
    traces: list[ref[object]] = [ref(channel), ref(item), ref(task)]
    way_out(channel, task)
    await step(3)
    task.cancel()  # What iterates waits again.
    await asyncio.wait([task])
    if not task.cancelled():
        task.exception()
    del channel, item, task
    assert all_gone(traces)


@pytest.mark.parametrize("failed", [False, True])
@pytest.mark.parametrize("operation", REFUSED.values(), ids=REFUSED)
async def test_what_a_refused_call_held_is_free_as_soon_as_its_error_is_gone(
    operation: Operation, *, failed: bool
) -> None:
    channel, item = Channel[Item](), Item()
    channel.close(cause=BodyError() if failed else None)
    task = asyncio.ensure_future(in_a_later_step(operation(channel, item)))
    await asyncio.wait([task])
    error = task.exception()
    assert error is not None
    traces: list[ref[object]] = [ref(channel), ref(item), ref(task), ref(error)]
    del channel, item, task, error
    assert all_gone(traces)


async def test_what_the_cause_of_a_failed_channel_brings_along_is_free_once_the_collector_has_run() -> None:
    channel, item = Channel[Item](), Item()
    task = asyncio.ensure_future(in_a_later_step(leaving(channel, item, BodyError)))
    await asyncio.wait([task])
    error = task.exception()
    assert error is not None
    traces: list[ref[object]] = [ref(channel), ref(item), ref(task), ref(error)]
    await step(3)
    del channel, item, task, error
    gc.collect()
    assert all_gone(traces)


async def test_a_block_that_an_error_leaves_keeps_nothing_but_by_its_cause() -> None:
    channel, item = Channel[Item](), Item()
    traces: list[ref[object]] = [ref(channel), ref(item)]
    try:
        await leaving(channel, item, BodyError)
    except BodyError as error:
        error.__traceback__ = None  # It has the frame of the block.
    await step(2)
    del channel, item
    assert all_gone(traces)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_what_timed_out_holds_nothing(operation: Operation) -> None:
    async def time_out() -> list[ref[object]]:
        channel, item = Channel[Item](), Item()
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await operation(channel, item)
        return [ref(channel), ref(item)]

    async def main() -> None:
        assert all_gone(await asyncio.create_task(time_out()))

    virtual_time.run(main())


@pytest.mark.parametrize("call", ["push_nowait", "pull_nowait"])
def test_an_error_that_is_caught_and_dropped_keeps_no_channel(call: str) -> None:
    channel = Channel[Item]()
    trace = ref(channel)
    with suppress(ChannelError):
        if call == "push_nowait":
            channel.push_nowait(Item())
        else:
            channel.pull_nowait()
    del channel
    assert trace() is None


NEXT_WAITS = {name: OPERATIONS[name] for name in ("push", "pull", "pull_many", "select a push", "select a pull")}


@pytest.mark.parametrize("next_wait", NEXT_WAITS.values(), ids=NEXT_WAITS)
async def test_a_deferred_cancellation_that_the_next_wait_raises_keeps_nothing(next_wait: Operation) -> None:
    channel, other, item = Channel[Item](), Channel[Item](), Item()

    async def push_and_wait(other: Channel[Item], item: Item) -> None:
        await channel.push(Item())
        await next_wait(other, item)

    task = await start_one(push_and_wait(other, item))
    traces: list[ref[object]] = [ref(task), ref(item), ref(other)]
    channel.pull_nowait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    await step(2)
    del task, item, other
    assert all_gone(traces)


@pytest.mark.parametrize("waits", [False, True])
async def test_a_select_that_is_refused_keeps_nothing(*, waits: bool) -> None:
    loosely: Loosely = chanselect if waits else chanselect_nowait
    channel, item = Channel[Item](), Item()
    traces: list[ref[object]] = [ref(channel), ref(item)]
    with suppress(TypeError):
        await loosely(channel.push_case(item), "no case")
    del channel, item
    assert all_gone(traces)


@pytest.mark.parametrize("levels", [0, 1, 2])
async def test_a_deferred_cancellation_keeps_no_task_that_has_ended(levels: int) -> None:
    async def through(levels: int, channel: Channel[Item]) -> None:
        if levels:
            await asyncio.create_task(through(levels - 1, channel))
        else:
            await channel.push(Item())
        with suppress(asyncio.CancelledError):
            await step()

    channel = Channel[Item]()
    task = await start_one(through(levels, channel))
    await step(levels + 1)
    traces: list[ref[object]] = [ref(each) for each in asyncio.all_tasks() - {asyncio.current_task()}]
    assert len(traces) == levels + 1
    traces.append(ref(channel.pull_nowait()))
    task.cancel()
    await asyncio.wait([task])
    await step(2)
    del task, channel
    assert all_gone(traces)
