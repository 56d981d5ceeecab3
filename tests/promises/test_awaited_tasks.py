"""A deferred cancellation is not lost with its task: it goes on to whoever awaits a task that ended without it."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from pychanasync import Channel, chanselect
from tests.support import virtual_time
from tests.support.helpers import start_one, step
from tests.support.loops import LOOPS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    Push = Callable[[Channel[int]], Coroutine[object, object, object]]

PUSHES: dict[str, Push] = {
    "push": lambda channel: channel.push(1),
    "select": lambda channel: chanselect(Channel[int]().pull_case(), channel.push_case(1)),
}
each_push = pytest.mark.parametrize("push", PUSHES.values(), ids=PUSHES)


async def through(levels: int, push: Awaitable[object]) -> None:
    """Await a push through so many tasks, each of which awaits the next directly."""
    if levels:
        await asyncio.create_task(through(levels - 1, push))
    else:
        await push


def goes_on(after: list[str]) -> Callable[[Awaitable[object]], Coroutine[object, object, None]]:
    """Make what awaits something, and then waits elsewhere; note how far it came."""

    async def run(awaited: Awaitable[object]) -> None:
        await awaited
        after.append("awaited")
        await step(3)
        after.append("went on")

    return run


@each_push
@pytest.mark.parametrize("levels", [1, 2, 3])
async def test_who_awaits_a_task_whose_push_was_taken_is_cancelled_at_its_next_wait(levels: int, push: Push) -> None:
    channel, after = Channel[int](), list[str]()
    task = await start_one(goes_on(after)(through(levels, push(channel))))
    await step(levels + 1)
    assert channel.pull_nowait() == 1
    task.cancel("enough")
    with pytest.raises(asyncio.CancelledError, match="enough"):
        await task
    assert after == ["awaited"]
    assert task.cancelling() == 1


@each_push
@pytest.mark.parametrize("eager", [False, True])
@pytest.mark.parametrize("levels", [0, 1, 2, 3])
def test_a_timeout_that_expires_as_a_push_is_taken_ends_the_rest_of_its_block(
    levels: int, push: Push, *, eager: bool
) -> None:
    channel, after = Channel[int](), list[str]()

    async def client() -> None:
        loop = asyncio.get_running_loop()
        expiry = loop.time() + 1
        loop.call_at(expiry, channel.pull_nowait)  # In the iteration in which the timeout expires, and before it.
        with pytest.raises(TimeoutError):
            async with asyncio.timeout_at(expiry):
                await through(levels, push(channel))
                after.append("awaited")
                await asyncio.sleep(1)
                after.append("went on")
        task = asyncio.current_task()
        assert task
        assert task.cancelling() == 0
        await asyncio.sleep(1)

    virtual_time.run(client(), eager=eager)
    assert after == ["awaited"]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="there wait_for itself swallows what comes as its task ends")
async def test_wait_for_over_a_task_whose_push_was_taken_returns_and_the_next_wait_is_cancelled() -> None:
    channel, after = Channel[int](), list[str]()
    pushing = asyncio.create_task(channel.push(1))
    task = await start_one(goes_on(after)(asyncio.wait_for(pushing, 60)))
    await step()
    assert channel.pull_nowait() == 1
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert not pushing.cancelled()


async def test_a_request_that_the_awaiting_task_takes_back_is_not_raised() -> None:
    channel, after = Channel[int](), list[str]()

    async def client() -> None:
        await asyncio.create_task(channel.push(1))
        task = asyncio.current_task()
        assert task
        task.uncancel()
        await step(3)
        after.append("went on")

    task = await start_one(client())
    await step()
    channel.pull_nowait()
    task.cancel()
    await task
    assert after == ["went on"]


async def test_a_request_that_the_pushing_task_takes_back_goes_no_further() -> None:
    channel, after = Channel[int](), list[str]()

    async def push_and_take_back() -> None:
        await channel.push(1)
        task = asyncio.current_task()
        assert task
        task.uncancel()

    task = await start_one(goes_on(after)(asyncio.create_task(push_and_take_back())))
    await step()
    channel.pull_nowait()
    task.cancel()
    await task
    assert after == ["awaited", "went on"]


async def test_what_the_pushing_task_raised_itself_is_not_delivered_again() -> None:
    channel, after = Channel[int](), list[str]()

    async def push_and_swallow() -> None:
        await channel.push(1)
        with pytest.raises(asyncio.CancelledError):
            await step()

    task = await start_one(goes_on(after)(asyncio.create_task(push_and_swallow())))
    await step()
    channel.pull_nowait()
    task.cancel()
    await task
    assert after == ["awaited", "went on"]


async def test_what_was_raised_at_the_next_wait_on_a_channel_is_not_delivered_again() -> None:
    channel, after = Channel[int](), list[str]()

    async def push_and_swallow() -> None:
        await channel.push(1)
        with pytest.raises(asyncio.CancelledError):
            await channel.pull()

    task = await start_one(goes_on(after)(asyncio.create_task(push_and_swallow())))
    await step()
    channel.pull_nowait()
    task.cancel()
    await task
    assert after == ["awaited", "went on"]


@pytest.mark.parametrize("requests", [1, 2])
async def test_one_request_that_is_left_of_several_is_enough(requests: int) -> None:
    channel, after = Channel[int](), list[str]()

    async def client() -> None:
        await asyncio.create_task(channel.push(1))
        task = asyncio.current_task()
        assert task
        for _ in range(requests - 1):
            task.uncancel()
        await goes_on(after)(step())

    task = await start_one(client())
    await step()
    channel.pull_nowait()
    for _ in range(requests):
        task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert task.cancelling() == 1
    assert not after


async def test_an_older_request_is_not_raised_again_in_a_task_that_cleans_up() -> None:
    channel, after = Channel[int](), list[str]()

    async def client() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            await goes_on(after)(asyncio.create_task(channel.push(1)))  # Who swallowed it still counts the request.

    task = await start_one(client())
    task.cancel()
    await step(3)
    assert channel.pull_nowait() == 1
    await task
    assert after == ["awaited", "went on"]
    assert task.cancelling() == 1


async def test_a_newer_request_beside_an_older_one_is_raised_in_a_task_that_cleans_up() -> None:
    channel, after = Channel[int](), list[str]()

    async def client() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            await goes_on(after)(asyncio.create_task(channel.push(1)))

    task = await start_one(client())
    task.cancel()
    await step(3)
    assert channel.pull_nowait() == 1
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert after == ["awaited"]
    assert task.cancelling() == 2


async def test_of_two_that_await_one_task_only_who_was_cancelled_is_cancelled() -> None:
    channel, here, there = Channel[int](), list[str](), list[str]()
    pushing = asyncio.create_task(channel.push(1))
    cancelled = await start_one(goes_on(here)(pushing))
    other = await start_one(goes_on(there)(pushing))
    channel.pull_nowait()
    cancelled.cancel()
    await asyncio.wait([cancelled, other])
    assert cancelled.cancelled()
    assert there == ["awaited", "went on"]


async def test_who_awaits_a_task_that_fails_after_its_push_gets_the_error_and_then_the_cancellation() -> None:
    channel, after = Channel[int](), list[str]()

    async def push_and_fail() -> None:
        await channel.push(1)
        raise ZeroDivisionError

    async def client() -> None:
        with pytest.raises(ZeroDivisionError):
            await asyncio.create_task(push_and_fail())
        after.append("saw it")
        await goes_on(after)(step())

    task = await start_one(client())
    await step()
    channel.pull_nowait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert after == ["saw it"]


async def test_no_partner_that_serves_in_every_tick_outruns_the_way_up() -> None:
    channel, sent = Channel[int](), list[int]()

    async def client() -> None:
        for item in range(50):
            await asyncio.create_task(channel.push(item))
            sent.append(item)

    async def serve() -> None:
        while True:
            await channel.pull()

    serving = await start_one(serve())
    task = await start_one(client())
    while len(sent) < 5:
        await step()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert len(sent) < 10
    serving.cancel()
    await asyncio.wait([serving])


async def test_a_delivered_cancellation_leaves_no_callback_on_a_task_that_lives_on() -> None:
    channel, seen = Channel[int](), list[int]()

    async def push_again_and_again() -> None:
        task = asyncio.current_task()
        for number in range(20):
            await channel.push(number)
            with pytest.raises(asyncio.CancelledError):
                await (step() if number % 2 else channel.pull())
            await step()
            seen.append(len(getattr(task, "_callbacks", None) or ()))

    async def client() -> None:
        await asyncio.create_task(push_again_and_again())

    task = await start_one(client())
    while not task.done():
        await step()
        if channel.waiting.pushes:
            channel.pull_nowait()
            task.cancel()
    assert set(seen) == {1}  # The wakeup of who awaits it.


@pytest.mark.parametrize("loop", LOOPS)
def test_a_first_ctrl_c_reaches_a_main_task_that_awaits_a_pushing_one(loop: str) -> None:
    channel, after = Channel[int](), list[str]()

    async def main() -> None:
        await goes_on(after)(asyncio.create_task(channel.push(1)))

    def take_and_interrupt() -> None:
        if channel.waiting.pushes:
            channel.pull_nowait()
            signal.raise_signal(signal.SIGINT)
        else:
            asyncio.get_running_loop().call_soon(take_and_interrupt)

    async def interrupted() -> None:
        asyncio.get_running_loop().call_soon(take_and_interrupt)
        await main()

    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner, pytest.raises(KeyboardInterrupt):
        runner.run(interrupted())
    assert after == ["awaited"]


async def test_of_two_that_await_one_task_the_second_cannot_outrun_what_goes_up_to_the_first() -> None:
    channel, second, after = Channel[int](), Channel[int](), list[str]()
    pushing = asyncio.create_task(channel.push(1))

    async def push_another() -> None:
        await pushing
        await second.push(2)
        await goes_on(after)(step())

    async def take_it() -> int:
        await pushing
        return second.pull_nowait()  # After the wakeup of the first, and before its cancellation.

    task = await start_one(push_another())
    other = await start_one(take_it())
    channel.pull_nowait()
    task.cancel("enough")
    with pytest.raises(asyncio.CancelledError, match="enough"):
        await task
    assert await other == 2
    assert not after


async def test_a_push_below_a_thousand_tasks_that_await_each_other_returns() -> None:
    channel = Channel[int]()
    pushing = task = asyncio.create_task(channel.push(1))
    for _ in range(sys.getrecursionlimit()):
        task = asyncio.create_task(through(0, task))
        await step()
    channel.pull_nowait()
    pushing.cancel()
    await task
    assert not pushing.cancelled()
