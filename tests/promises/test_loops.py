"""One event loop at a time: another loop or thread is refused, and nothing changes."""

from __future__ import annotations

import asyncio
import gc
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

import pytest

from pychanasync import Channel, ChannelClosed, ChannelEmpty, ChannelError, ChannelFull, chanselect
from tests.support.helpers import WAITS, cancelled, drain, fill, is_idle, start, start_one, step, unheard
from tests.support.loops import LOOPS

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

Result = TypeVar("Result")

REFUSAL = "another event loop or thread"


@pytest.fixture(params=[*LOOPS.values()], ids=[*LOOPS])
def new_loop(request: pytest.FixtureRequest) -> Callable[[], asyncio.AbstractEventLoop]:
    factory: Callable[[], asyncio.AbstractEventLoop] = request.param
    return factory


@pytest.fixture
def loop(new_loop: Callable[[], asyncio.AbstractEventLoop]) -> Iterator[asyncio.AbstractEventLoop]:
    """Make a loop that rests between the calls of a test; what is left in it is cancelled at the end."""
    loop = new_loop()
    yield loop
    if not loop.is_closed():
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


def run_elsewhere(operation: Coroutine[object, object, Result]) -> Result:
    """Run a coroutine in another loop of another thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, operation).result()


async def pushing(channel: Channel[int], item: int) -> None:
    await channel.push(item)


async def test_another_threads_loop_cannot_wake_a_waiting_pull(channel: Channel[int]) -> None:
    pull = await start_one(channel.pull())
    before = repr(channel)
    with pytest.raises(RuntimeError, match=REFUSAL):
        run_elsewhere(channel.push(1))
    with ThreadPoolExecutor(1) as pool, pytest.raises(RuntimeError, match=REFUSAL):
        pool.submit(channel.push_nowait, 1).result()
    with ThreadPoolExecutor(1) as pool, pytest.raises(RuntimeError, match=REFUSAL):
        pool.submit(channel.close).result()
    assert not channel.closed
    assert repr(channel) == before
    channel.push_nowait(2)
    assert await pull == 2


async def test_another_threads_loop_cannot_wake_a_waiting_push(bounded: Channel[int]) -> None:
    held = fill(bounded)
    push = await start_one(bounded.push(0))
    before = repr(bounded)
    with pytest.raises(RuntimeError, match=REFUSAL):
        run_elsewhere(bounded.pull())
    with ThreadPoolExecutor(1) as pool, pytest.raises(RuntimeError, match=REFUSAL):
        pool.submit(bounded.pull_nowait).result()
    with ThreadPoolExecutor(1) as pool, pytest.raises(RuntimeError, match=REFUSAL):
        pool.submit(lambda: bounded.close(immediate=True)).result()
    assert not bounded.closed
    assert repr(bounded) == before
    assert drain(bounded) == [*held, 0]
    await push


async def test_a_task_of_another_loop_cannot_wait_beside_a_waiting_pull(channel: Channel[int]) -> None:
    pull = await start_one(channel.pull())
    before = repr(channel)
    with pytest.raises(RuntimeError, match=REFUSAL):
        run_elsewhere(channel.pull())
    assert repr(channel) == before
    await cancelled(pull)


async def test_a_task_of_another_loop_cannot_wait_beside_a_waiting_push(bounded: Channel[int]) -> None:
    held = fill(bounded)
    push = await start_one(bounded.push(0))
    before = repr(bounded)
    with pytest.raises(RuntimeError, match=REFUSAL):
        run_elsewhere(bounded.push(1))
    assert repr(bounded) == before
    assert drain(bounded) == [*held, 0]
    await push


async def test_who_could_not_be_woken_from_another_thread_keeps_its_place_in_the_line(channel: Channel[int]) -> None:
    pulls = await start(channel.pull(), channel.pull())
    with ThreadPoolExecutor(1) as pool, pytest.raises(RuntimeError, match=REFUSAL):
        pool.submit(channel.push_nowait, 0).result()
    channel.push_nowait(1)
    await step()
    assert [pull.done() for pull in pulls] == [True, False]
    channel.push_nowait(2)
    assert await asyncio.gather(*pulls) == [1, 2]


async def test_another_thread_reaches_a_channel_through_its_loop(channel: Channel[int]) -> None:
    pull = await start_one(channel.pull())
    await asyncio.to_thread(asyncio.get_running_loop().call_soon_threadsafe, channel.push_nowait, 1)
    assert await pull == 1


async def test_whether_a_channel_is_closed_may_be_asked_from_any_thread(channel: Channel[int]) -> None:
    pull = await start_one(channel.pull())
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: channel.closed).result() is False
        await cancelled(pull)
        channel.close()
        assert pool.submit(lambda: channel.closed).result() is True


async def test_the_refused_task_goes_on_with_other_channels(channel: Channel[int]) -> None:
    pull = await start_one(channel.pull())

    async def elsewhere() -> int:
        with pytest.raises(RuntimeError, match=REFUSAL):
            await channel.push(1)
        other = Channel[int](1)
        await other.push(2)
        return await other.pull()

    assert run_elsewhere(elsewhere()) == 2
    await cancelled(pull)


def test_with_nobody_waiting_one_loop_may_use_the_channel_after_another(
    channel: Channel[int], new_loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    async def meet(item: int) -> int:
        pull = await start_one(channel.pull())
        await channel.push(item)
        timed_out = await start_one(channel.pull())
        await cancelled(timed_out)
        return await pull

    for item in range(3):
        with asyncio.Runner(loop_factory=new_loop) as runner:
            assert runner.run(meet(item)) == item


def test_what_one_loop_left_in_the_buffer_another_can_pull(new_loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
    channel = Channel[int](buffer=2)
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(pushing(channel, 1))
    assert channel.pull_nowait() == 1
    channel.push_nowait(2)

    async def pull() -> int:
        return await channel.pull()

    with asyncio.Runner(loop_factory=new_loop) as runner:
        assert runner.run(pull()) == 2


def test_waiting_without_a_loop_is_refused(channel: Channel[int]) -> None:
    with pytest.raises(RuntimeError, match="no running event loop"):
        channel.pull().send(None)
    if channel.capacity == 0:
        with pytest.raises(RuntimeError, match="no running event loop"):
            channel.push(1).send(None)
    assert is_idle(channel)


def test_a_resting_loops_tasks_can_be_served_while_no_loop_runs(
    channel: Channel[int], loop: asyncio.AbstractEventLoop
) -> None:
    pull = loop.create_task(channel.pull())
    late = loop.create_task(channel.pull())
    loop.run_until_complete(asyncio.sleep(0))
    channel.push_nowait(1)
    channel.close()
    assert loop.run_until_complete(pull) == 1
    with pytest.raises(ChannelClosed):
        loop.run_until_complete(late)


def test_a_resting_loops_tasks_cannot_be_served_under_another_loop(
    channel: Channel[int], loop: asyncio.AbstractEventLoop, new_loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    pull = loop.create_task(channel.pull())
    loop.run_until_complete(asyncio.sleep(0))
    with asyncio.Runner(loop_factory=new_loop) as runner, pytest.raises(RuntimeError, match=REFUSAL):
        runner.run(pushing(channel, 1))
    channel.push_nowait(2)
    assert loop.run_until_complete(pull) == 2


async def iterate(channel: Channel[int]) -> list[int]:
    return [item async for item in channel]


def leave_waiting(wait: Coroutine[object, object, object], loop: asyncio.AbstractEventLoop) -> asyncio.Task[object]:
    """Let a task begin to wait, and close its loop."""
    loop.set_exception_handler(unheard)
    task = loop.create_task(wait)
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    return task


def refused(kind: type[ChannelError], call: Callable[[], object]) -> None:
    with pytest.raises(kind):
        call()


USES: dict[str, Callable[[Channel[int]], object]] = {
    "push": lambda channel: asyncio.run(pass_on(channel)),
    "pull": lambda channel: asyncio.run(wait_first(channel)),
    "select": lambda channel: asyncio.run(select_first(channel)),
    "push_nowait": lambda channel: refused(ChannelFull, lambda: channel.push_nowait(1)),
    "pull_nowait": lambda channel: refused(ChannelEmpty, channel.pull_nowait),
    "close": lambda channel: channel.close(),
    "close at once": lambda channel: channel.close(immediate=True),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
@pytest.mark.parametrize("wait", [*WAITS.values(), iterate], ids=[*WAITS, "iterate"])
def test_a_waiting_task_of_a_closed_loop_leaves_when_it_is_met_and_nobody_is_refused(
    wait: Callable[[Channel[int]], Coroutine[object, object, object]],
    use: Callable[[Channel[int]], object],
    loop: asyncio.AbstractEventLoop,
) -> None:
    channel = Channel[int]()
    waiting = wait(channel)
    task = leave_waiting(waiting, loop)
    use(channel)
    if not channel.closed:
        assert asyncio.run(pass_on(channel)) == 2
    waiting.close()  # It raises nothing, and changes nothing.
    del task
    if not channel.closed:
        assert asyncio.run(wait_first(channel)) == 2
    assert is_idle(channel)
    assert not drain(channel)


@pytest.mark.parametrize("wait", WAITS.values(), ids=WAITS)
def test_a_task_of_a_closed_loop_that_was_collected_before_it_was_met_leaves_nothing(
    wait: Callable[[Channel[int]], Coroutine[object, object, object]], loop: asyncio.AbstractEventLoop
) -> None:
    channel = Channel[int]()
    waiting = wait(channel)
    task = leave_waiting(waiting, loop)
    waiting.close()
    del task, waiting
    gc.collect()
    assert is_idle(channel)
    assert asyncio.run(pass_on(channel)) == 2


def test_a_pull_of_a_closed_loop_that_was_woken_keeps_its_item_until_it_is_collected(
    channel: Channel[int], loop: asyncio.AbstractEventLoop
) -> None:
    loop.set_exception_handler(unheard)

    async def wait_and_wake() -> Coroutine[object, object, int]:
        pull = channel.pull()
        pull.send(None)
        channel.push_nowait(1)
        return pull

    pull = loop.run_until_complete(wait_and_wake())
    loop.close()
    assert channel.empty()
    assert asyncio.run(collect_beside_a_pull(channel, pull)) == 1


def test_an_item_that_is_let_go_under_another_loop_goes_to_the_pull_that_waits_under_its_own(
    channel: Channel[int], loop: asyncio.AbstractEventLoop, new_loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    first_loop = new_loop()
    first_loop.set_exception_handler(unheard)
    woken = channel.pull()
    first = first_loop.create_task(woken)
    first_loop.run_until_complete(asyncio.sleep(0))
    channel.push_nowait(1)
    first_loop.close()
    second = loop.create_task(channel.pull())
    loop.run_until_complete(asyncio.sleep(0))

    async def collect_elsewhere() -> None:
        woken.close()

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(collect_elsewhere())
    assert loop.run_until_complete(second) == 1
    assert is_idle(channel)
    del first


def test_an_item_that_is_let_go_under_another_loop_stays_if_the_pull_that_waits_is_cancelled_meanwhile(
    channel: Channel[int], loop: asyncio.AbstractEventLoop, new_loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    async def wait_and_wake() -> Coroutine[object, object, int]:
        woken = channel.pull()
        woken.send(None)
        channel.push_nowait(1)
        return woken

    with asyncio.Runner(loop_factory=new_loop) as runner:
        woken = runner.run(wait_and_wake())
    waiting = loop.create_task(channel.pull())
    loop.run_until_complete(asyncio.sleep(0))

    async def collect_elsewhere() -> None:
        woken.close()

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(collect_elsewhere())
    waiting.cancel()
    loop.run_until_complete(asyncio.wait([waiting]))
    assert waiting.cancelled()
    assert drain(channel) == [1]
    assert is_idle(channel)


async def collect_beside_a_pull(channel: Channel[int], pull: Coroutine[object, object, int]) -> int:
    other = await start_one(channel.pull())
    pull.close()
    return await other


async def pass_on(channel: Channel[int]) -> int:
    push = await start_one(channel.push(2))
    item = await channel.pull()
    await push
    return item


async def wait_first(channel: Channel[int]) -> int:
    item, _ = await asyncio.gather(channel.pull(), channel.push(2))
    return item


async def select_first(channel: Channel[int]) -> int:
    selected, _ = await asyncio.gather(chanselect(channel.pull_case(), channel.push_case(3)), channel.push(2))
    assert selected.index == 0
    return selected.value


@pytest.mark.parametrize("go_on", [pass_on, wait_first, None], ids=["push first", "pull first", "close"])
def test_a_wait_that_was_over_before_its_loop_was_closed_is_no_hindrance(
    channel: Channel[int],
    loop: asyncio.AbstractEventLoop,
    go_on: Callable[[Channel[int]], Coroutine[object, object, int]] | None,
) -> None:
    other = Channel[int]()

    async def wait_and_serve() -> Coroutine[object, object, object]:
        select = chanselect(other.pull_case(), channel.pull_case())
        select.send(None)
        other.push_nowait(1)
        return select

    select = loop.run_until_complete(wait_and_serve())
    loop.close()
    assert channel.waiting == (0, 0)  # Though the select has not left the line yet.
    if go_on:
        assert asyncio.run(go_on(channel)) == 2
    channel.close()
    select.close()
    assert drain(other) == [1]


def test_a_claim_let_go_after_its_loop_was_closed_raises_nothing(
    channel: Channel[int], loop: asyncio.AbstractEventLoop
) -> None:
    async def wait_and_wake() -> tuple[Coroutine[object, object, int], Coroutine[object, object, int]]:
        first, second = channel.pull(), channel.pull()
        first.send(None)
        second.send(None)
        channel.push_nowait(1)
        return first, second

    first, second = loop.run_until_complete(wait_and_wake())
    loop.close()
    first.close()  # The second, whose loop is closed too, cannot take it over.
    second.close()
    assert drain(channel) == [1]


def test_a_claim_let_go_while_no_loop_runs_goes_to_the_next_pull_of_a_resting_loop(
    channel: Channel[int], loop: asyncio.AbstractEventLoop
) -> None:
    async def wait_and_wake() -> tuple[Coroutine[object, object, int], asyncio.Task[int]]:
        first = channel.pull()
        first.send(None)
        second = await start_one(channel.pull())
        channel.push_nowait(1)
        return first, second

    first, second = loop.run_until_complete(wait_and_wake())
    first.close()
    assert loop.run_until_complete(second) == 1


async def test_a_stopped_wait_of_an_earlier_loop_is_no_hindrance(channel: Channel[int]) -> None:
    def run_and_cancel() -> None:
        async def main() -> None:
            await start(channel.pull(), channel.pull())  # Cancelled by asyncio.run at its end.

        asyncio.run(main())

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run_and_cancel).result()
    pull = await start_one(channel.pull())
    await channel.push(1)
    assert await pull == 1
    await step()


async def test_each_asynchronous_test_runs_on_the_loop_that_its_name_tells() -> None:
    loop, name = asyncio.get_running_loop(), os.environ["PYTEST_CURRENT_TEST"]
    assert ("uvloop" in name) == type(loop).__module__.startswith("uvloop")
    assert ("eager" in name) == (loop.get_task_factory() is not None)
    assert ("stock" in name) == loop.get_debug()
