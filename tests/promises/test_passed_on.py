"""Which requests count as passed on: only those that a task was asked for, awaits with, and has not taken back.

Each task that must not be cancelled waits for another one: asyncio itself may take back a cancellation that comes
to one that only yields, since the count of its requests goes back to 0.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pychanasync import Channel
from tests.support.helpers import start, start_one, step

if TYPE_CHECKING:
    from collections.abc import Awaitable


def current() -> asyncio.Task[object]:
    task = asyncio.current_task()
    assert task
    return task


async def waits_a_while() -> None:
    """Wait for a task, for more iterations than a delivery takes."""
    await asyncio.create_task(step(3))


async def carries_an_older_request(then: Awaitable[object]) -> None:
    """Be cancelled, swallow it without taking the request back, and go on."""
    try:
        await asyncio.get_running_loop().create_future()
    except asyncio.CancelledError:
        await then


async def test_who_awaits_a_task_that_somebody_else_cancelled_is_left_alone() -> None:
    channel = Channel[int]()
    pushing = asyncio.create_task(channel.push(1))

    async def client() -> None:
        await pushing
        await waits_a_while()

    task = await start_one(client())
    channel.pull_nowait()
    pushing.cancel()
    await task
    assert task.cancelling() == 0
    assert not pushing.cancelled()


async def test_a_request_that_the_awaiting_task_takes_back_is_not_raised_where_it_waits() -> None:
    channel = Channel[int]()

    async def client() -> None:
        await asyncio.create_task(channel.push(1))
        current().uncancel()
        await waits_a_while()

    task = await start_one(client())
    await step()
    channel.pull_nowait()
    task.cancel()
    await task
    assert task.cancelling() == 0


async def test_older_requests_of_both_tasks_do_not_stand_for_one_that_was_taken_back() -> None:
    channel = Channel[int]()
    pushing = asyncio.create_task(carries_an_older_request(channel.push(1)))

    async def then() -> None:
        await pushing
        current().uncancel()
        await waits_a_while()

    task = await start_one(carries_an_older_request(then()))
    for each in (pushing, task):
        each.cancel()
    await step(2)
    channel.pull_nowait()
    task.cancel()
    await task
    assert task.cancelling() == pushing.cancelling() - 1 == 1


async def test_who_awaits_a_task_that_raises_its_cancellation_itself_is_not_cancelled_again() -> None:
    channel = Channel[int]()

    async def push_and_see() -> None:
        await channel.push(1)
        if current().cancelling():
            raise asyncio.CancelledError

    async def client() -> None:
        try:
            await asyncio.create_task(push_and_see())
        except asyncio.CancelledError:
            await waits_a_while()  # To clean up, say.

    task = await start_one(client())
    await step()
    channel.pull_nowait()
    task.cancel()
    await task
    assert task.cancelling() == 1


async def test_a_callback_does_not_make_its_task_one_that_awaits() -> None:
    channel = Channel[int]()
    pushing = await start_one(channel.push(1))
    watching = await start_one(carries_an_older_request(waits_a_while()))
    pushing.add_done_callback(watching.set_name)
    watching.cancel()
    await step()
    channel.pull_nowait()
    pushing.cancel()
    await watching
    assert not pushing.cancelled()


async def test_of_two_that_await_one_task_the_second_is_cancelled_if_it_alone_was_asked() -> None:
    channel = Channel[int]()
    pushing = asyncio.create_task(channel.push(1))

    async def client() -> None:
        await pushing
        await waits_a_while()

    first, second = await start(client(), client())
    channel.pull_nowait()
    second.cancel()
    await asyncio.wait([first, second])
    assert second.cancelled()
    assert not first.cancelled()
    assert not pushing.cancelled()
