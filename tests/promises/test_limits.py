"""What no channel can do about cancellations: the documented exceptions, and that the documented remedy is one.

If one of these goes red because the exception is gone, so much the better: then the documents promise more.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, TypeAlias

import pytest

from pychanasync import Channel
from tests.support import virtual_time

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    Ends: TypeAlias = tuple[Callable[[], Coroutine[object, object, int]], Callable[[int], None]]


async def no_remedy() -> None:
    """Go on at once."""


async def remedy() -> None:
    """Let a deferred cancellation arrive, as the documents tell."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        await asyncio.sleep(0)


def run_cancelled_as_the_push_is_taken(
    rest: Callable[[], Coroutine[object, object, None]],
) -> asyncio.Task[None]:
    """Run a task whose push is taken in the tick in which it is cancelled, and what it does after that."""

    async def main() -> asyncio.Task[None]:
        channel = Channel[int]()

        async def push_and_go_on() -> None:
            await channel.push(1)
            await rest()

        task = asyncio.create_task(push_and_go_on())
        await asyncio.sleep(0)
        channel.pull_nowait()
        task.cancel()
        await asyncio.wait([task])
        return task

    return virtual_time.run(main())


# The first releases of Python 3.11 take no request for their own while an older one stands.
TAKES_IT = "_cancelling" in asyncio.Timeout.__aenter__.__code__.co_names


@pytest.mark.parametrize(("first", "timed_out"), [(no_remedy, TAKES_IT), (remedy, False)])
def test_a_timeout_entered_after_the_push_takes_the_cancellation_for_its_own_but_for_the_remedy(
    first: Callable[[], Coroutine[object, object, None]], *, timed_out: bool
) -> None:
    seen: list[str] = []

    async def rest() -> None:
        await first()
        try:
            async with asyncio.timeout(0):
                await asyncio.sleep(1)
        except TimeoutError:
            seen.append("timed out")

    task = run_cancelled_as_the_push_is_taken(rest)
    assert bool(seen) is timed_out
    assert task.cancelled() is not timed_out


@pytest.mark.parametrize(("first", "cancelled"), [(no_remedy, False), (remedy, True)])
def test_an_uncancel_meant_for_an_older_request_takes_back_the_newer_one_but_for_the_remedy(
    first: Callable[[], Coroutine[object, object, None]], *, cancelled: bool
) -> None:
    async def rest() -> None:
        await first()
        task = asyncio.current_task()
        assert task
        task.uncancel()
        await asyncio.sleep(1)

    assert run_cancelled_as_the_push_is_taken(rest).cancelled() is cancelled


def test_a_timeout_may_say_that_it_expired_though_the_push_was_done() -> None:
    async def main() -> None:
        channel, loop = Channel[int](), asyncio.get_running_loop()
        expiry = loop.time() + 1
        loop.call_at(expiry, channel.pull_nowait)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout_at(expiry) as timeout:
                await channel.push(1)
                assert timeout.expired()
                with pytest.raises(RuntimeError, match="expiring"):
                    timeout.reschedule(None)
                await asyncio.sleep(1)

    virtual_time.run(main())


async def test_gather_that_is_cancelled_from_outside_raises_though_its_push_was_done() -> None:
    channel = Channel[int]()
    gathering = asyncio.ensure_future(asyncio.gather(channel.push(1)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert channel.pull_nowait() == 1
    gathering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gathering


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="from there on wait_for runs the push in the task itself")
async def test_wait_for_that_is_cancelled_from_outside_raises_or_swallows_though_its_push_was_done() -> None:
    channel = Channel[int]()
    waiting = asyncio.ensure_future(asyncio.wait_for(channel.push(1), 60))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert channel.pull_nowait() == 1
    waiting.cancel()
    await asyncio.wait([waiting])
    assert waiting.cancelled() or waiting.result() is None
    assert not channel.waiting.pushes


def of_a_channel() -> Ends:
    channel = Channel[int]()
    return channel.pull, channel.push_nowait


def of_a_queue() -> Ends:
    queue = asyncio.Queue[int]()
    return queue.get, queue.put_nowait


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="from there on wait_for runs the pull in the task itself")
@pytest.mark.parametrize("make", [of_a_channel, of_a_queue])
async def test_wait_for_that_is_cancelled_from_outside_swallows_that_as_its_pull_is_done(
    make: Callable[[], Ends],
) -> None:
    pull, push = make()
    waiting = asyncio.ensure_future(asyncio.wait_for(pull(), 60))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    push(1)
    waiting.cancel()
    assert await waiting == 1


@pytest.mark.parametrize(("directly", "cancelled"), [(True, True), (False, False)])
async def test_who_was_cancelled_before_and_cancels_and_awaits_a_task_is_cancelled_again_but_for_the_remedy(
    *, directly: bool, cancelled: bool
) -> None:
    channel, seen = Channel[int](), list[str]()
    pushing = asyncio.create_task(channel.push(1))

    async def clean_up() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            channel.pull_nowait()
            pushing.cancel()
            if directly:
                await pushing
            else:
                await asyncio.wait([pushing])
            try:
                await asyncio.sleep(0)
                await asyncio.sleep(0)
            except asyncio.CancelledError:
                seen.append("cancelled again")
                raise

    task = asyncio.create_task(clean_up())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert bool(seen) is cancelled
    assert not pushing.cancelled()
