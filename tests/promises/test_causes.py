"""A channel that is closed with a cause: what pulls and pushes raise then, and which close decides."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from pychanasync import Channel, ChannelClosed, ChannelFailed, chanselect, chanselect_nowait
from tests.support.endings import (
    PULLS,
    PUSHES,
    WAITING_PULLS,
    WAITING_PUSHES,
    SenderError,
    let_go,
)
from tests.support.helpers import cancelled, drain, fill, is_idle, start, start_one, step, unheard

if TYPE_CHECKING:
    from tests.support.endings import Operation
    from tests.support.helpers import Loosely

each_pull = pytest.mark.parametrize("pull", PULLS.values(), ids=PULLS)
each_waiting_pull = pytest.mark.parametrize("pull", WAITING_PULLS.values(), ids=WAITING_PULLS)
each_push = pytest.mark.parametrize("push", PUSHES.values(), ids=PUSHES)
each_waiting_push = pytest.mark.parametrize("push", WAITING_PUSHES.values(), ids=WAITING_PUSHES)
each_immediate = pytest.mark.parametrize("immediate", [False, True])


@each_pull
async def test_a_pull_after_a_close_with_a_cause_raises_channel_failed_from_it(
    channel: Channel[int], pull: Operation
) -> None:
    cause = SenderError()
    channel.close(cause=cause)
    assert channel.closed
    with pytest.raises(ChannelFailed) as caught:
        await pull(channel)
    assert caught.value.channel is channel
    assert caught.value.side == "pull"
    assert caught.value.__cause__ is cause
    assert caught.value.__suppress_context__


@each_waiting_pull
async def test_a_pull_that_waits_gets_channel_failed_from_the_cause(channel: Channel[int], pull: Operation) -> None:
    cause = SenderError()
    tasks = await start(pull(channel), pull(channel))
    channel.close(cause=cause)
    for task in tasks:
        with pytest.raises(ChannelFailed) as caught:
            await task
        assert caught.value.channel is channel
        assert caught.value.__cause__ is cause
    assert is_idle(channel)


@each_pull
async def test_a_pull_from_a_failed_channel_raises_without_suspending(pull: Operation) -> None:
    channel = Channel[int]()
    channel.close(cause=SenderError())
    with pytest.raises(ChannelFailed):
        pull(channel).send(None)


async def test_each_pull_raises_an_error_of_its_own_from_the_one_cause(channel: Channel[int]) -> None:
    cause = SenderError()
    tasks = await start(*(pull(channel) for pull in WAITING_PULLS.values()))
    channel.close(cause=cause)
    await asyncio.wait(tasks)
    errors = [task.exception() for task in tasks]
    for pull in [*PULLS.values(), *PULLS.values()]:
        with pytest.raises(ChannelFailed) as caught:
            await pull(channel)
        errors.append(caught.value)
    assert len({id(error) for error in errors}) == len(tasks) + 2 * len(PULLS)
    assert all(error is not None and error.__cause__ is cause for error in errors)


async def test_who_stops_at_the_close_does_not_take_half_for_the_whole(channel: Channel[int]) -> None:
    async def pull_until_closed() -> None:
        while True:
            try:
                await channel.pull()
            except channel.Closed:
                return

    task = await start_one(pull_until_closed())
    channel.close(cause=SenderError())
    with pytest.raises(channel.Failed):
        await task
    with pytest.raises(ChannelFailed):
        await pull_until_closed()


async def test_a_select_that_meets_a_failed_channel_says_which_of_its_cases_that_was(channel: Channel[int]) -> None:
    cause, other = SenderError(), Channel[int]()
    waiting = await start_one(chanselect(other.pull_case(), None, channel.pull_case(), channel.pull_case()))
    channel.close(cause=cause)
    with pytest.raises(ChannelFailed) as waited:
        await waiting
    with pytest.raises(ChannelFailed) as found:
        await chanselect(other.pull_case(), None, channel.pull_case())
    with pytest.raises(ChannelFailed) as tried:
        chanselect_nowait(other.pull_case(), None, channel.pull_case())
    for caught in (waited, found, tried):
        assert caught.value.index == 2
        assert caught.value.channel is channel
        assert caught.value.__cause__ is cause
    with pytest.raises(ChannelFailed) as pulled:
        await channel.pull()
    assert pulled.value.index is None
    assert is_idle(other)


@each_push
async def test_a_push_after_a_close_with_a_cause_raises_channel_closed_from_it(
    channel: Channel[int], push: Operation
) -> None:
    cause = SenderError()
    channel.close(cause=cause)
    with pytest.raises(ChannelClosed) as caught:
        await push(channel)
    assert caught.value.channel is channel
    assert caught.value.side == "push"
    assert caught.value.__cause__ is cause
    assert channel.empty()


@each_waiting_push
async def test_a_push_that_waits_gets_channel_closed_from_the_cause(bounded: Channel[int], push: Operation) -> None:
    cause = SenderError()
    held = fill(bounded)
    tasks = await start(push(bounded), push(bounded))
    bounded.close(cause=cause)
    errors: list[BaseException] = []
    for task in tasks:
        with pytest.raises(ChannelClosed) as caught:
            await task
        assert caught.value.__cause__ is cause
        errors.append(caught.value)
    assert errors[0] is not errors[1]
    assert drain_until_failed(bounded) == held


@each_push
async def test_a_push_to_a_channel_that_was_closed_plainly_has_no_cause(push: Operation) -> None:
    channel = Channel[int]()
    channel.close()
    with pytest.raises(ChannelClosed) as caught:
        await push(channel)
    assert caught.value.__cause__ is None
    assert not caught.value.__suppress_context__


def drain_until_failed(channel: Channel[int]) -> list[int]:
    """Pull without waiting until the channel says that it has failed."""
    items: list[int] = []
    while True:
        try:
            items.append(channel.pull_nowait())
        except ChannelFailed:
            return items


@each_pull
async def test_what_the_channel_holds_comes_first_and_then_the_failure(bounded: Channel[int], pull: Operation) -> None:
    held = fill(bounded)
    bounded.close(cause=SenderError())
    assert bounded.closed
    assert [await bounded.pull() for _ in held] == held
    with pytest.raises(ChannelFailed):
        await pull(bounded)


async def test_an_iteration_gives_what_the_channel_holds_before_it_raises(channel: Channel[int]) -> None:
    let_go(channel, 1)
    channel.close(cause=SenderError())
    items: list[int] = []
    with pytest.raises(ChannelFailed):
        async for item in channel:
            items.append(item)  # noqa: PERF401  # A comprehension would lose them.
    assert items == [1]


async def test_an_immediate_close_with_a_cause_throws_away_what_the_channel_holds(channel: Channel[int]) -> None:
    let_go(channel, 1)
    channel.close(cause=SenderError(), immediate=True)
    assert channel.empty()
    with pytest.raises(ChannelFailed):
        await channel.pull()


@each_immediate
async def test_a_pull_that_was_woken_before_a_close_with_a_cause_still_gets_its_item(
    channel: Channel[int], *, immediate: bool
) -> None:
    woken, waiting = await start(channel.pull(), channel.pull())
    channel.push_nowait(1)
    channel.close(cause=SenderError(), immediate=immediate)
    with pytest.raises(ChannelFailed):
        channel.pull_nowait()
    assert await woken == 1
    with pytest.raises(ChannelFailed):
        await waiting


async def test_an_item_whose_claim_is_let_go_after_the_close_is_pulled_before_the_failure(
    channel: Channel[int],
) -> None:
    woken = await start_one(channel.pull())
    channel.push_nowait(1)
    channel.close(cause=SenderError())
    await cancelled(woken)
    assert await channel.pull() == 1
    with pytest.raises(ChannelFailed):
        await channel.pull()


async def test_a_push_that_was_let_in_before_a_close_with_a_cause_stands(bounded: Channel[int]) -> None:
    held = fill(bounded)
    push = await start_one(bounded.push(0))
    first = bounded.pull_nowait()
    bounded.close(cause=SenderError())
    await push
    assert [first, *drain_until_failed(bounded)] == [*held, 0]


@pytest.mark.parametrize("close_first", [False, True])
@each_waiting_pull
async def test_a_pull_that_fails_and_is_cancelled_in_one_tick_is_cancelled(
    channel: Channel[int], pull: Operation, *, close_first: bool
) -> None:
    first, second = await start(pull(channel), pull(channel))
    if close_first:
        channel.close(cause=SenderError())
    first.cancel()
    if not close_first:
        channel.close(cause=SenderError())
    await asyncio.wait([first, second])
    assert first.cancelled()
    assert isinstance(second.exception(), ChannelFailed)


@pytest.mark.parametrize("close_first", [False, True])
@each_waiting_push
async def test_a_push_that_meets_a_close_with_a_cause_and_is_cancelled_in_one_tick_is_cancelled(
    bounded: Channel[int], push: Operation, *, close_first: bool
) -> None:
    fill(bounded)
    task = await start_one(push(bounded))
    if close_first:
        bounded.close(cause=SenderError())
    task.cancel()
    if not close_first:
        bounded.close(cause=SenderError())
    await asyncio.wait([task])
    assert task.cancelled()


async def test_pulls_learn_of_the_failure_in_the_order_in_which_they_began_to_wait(channel: Channel[int]) -> None:
    told: list[int] = []

    async def pull(number: int) -> None:
        with pytest.raises(ChannelFailed):
            await channel.pull()
        told.append(number)

    tasks = await start(*(pull(number) for number in range(5)))
    channel.close(cause=SenderError())
    await asyncio.gather(*tasks)
    assert told == [0, 1, 2, 3, 4]


FIRST, SECOND = SenderError("first"), SenderError("second")
each_later_cause = pytest.mark.parametrize("later", [None, SECOND], ids=["plain", "other"])


@each_immediate
@each_later_cause
async def test_a_close_after_that_with_a_cause_changes_no_cause(
    channel: Channel[int], later: SenderError | None, *, immediate: bool
) -> None:
    let_go(channel, 1)
    channel.close(cause=FIRST)
    channel.close(cause=later, immediate=immediate)
    assert channel.empty() == immediate
    if not immediate:
        assert channel.pull_nowait() == 1
    with pytest.raises(ChannelFailed) as pulled:
        await channel.pull()
    assert pulled.value.__cause__ is FIRST
    with pytest.raises(ChannelClosed) as pushed:
        channel.push_nowait(1)
    assert pushed.value.__cause__ is FIRST


@each_immediate
@each_later_cause
async def test_a_close_after_a_plain_one_makes_no_failure_of_it(
    channel: Channel[int], later: SenderError | None, *, immediate: bool
) -> None:
    let_go(channel, 1)
    channel.close()
    channel.close(cause=later, immediate=immediate)
    assert channel.empty() == immediate
    if not immediate:
        assert channel.pull_nowait() == 1
    with pytest.raises(ChannelClosed) as pulled:
        await channel.pull()
    assert pulled.value.__cause__ is None
    with pytest.raises(ChannelClosed) as pushed:
        channel.push_nowait(1)
    assert pushed.value.__cause__ is None


async def test_the_first_of_two_closes_in_one_tick_decides_for_who_waits(channel: Channel[int]) -> None:
    pulls = await start(channel.pull(), channel.pull())
    channel.close(cause=FIRST)
    channel.close(cause=SECOND)
    await asyncio.wait(pulls)
    for pull in pulls:
        error = pull.exception()
        assert isinstance(error, ChannelFailed)
        assert error.__cause__ is FIRST
    other = Channel[int]()
    pull = await start_one(other.pull())
    other.close()
    other.close(cause=SECOND)
    with pytest.raises(ChannelClosed):
        await pull


@pytest.mark.parametrize("error", [KeyboardInterrupt(), asyncio.CancelledError(), ChannelClosed(), GeneratorExit()])
async def test_whoever_closes_may_name_any_instance_of_an_exception(error: BaseException) -> None:
    channel = Channel[int]()
    channel.close(cause=error)
    with pytest.raises(ChannelFailed) as caught:
        await channel.pull()
    assert caught.value.__cause__ is error


NO_CAUSES: list[Loosely] = [SenderError, "it broke", "", True, False]


@each_immediate
@pytest.mark.parametrize("cause", NO_CAUSES, ids=repr)
async def test_what_is_no_cause_is_refused_and_the_channel_stays_open(cause: Loosely, *, immediate: bool) -> None:
    channel = Channel[int]()
    let_go(channel, 1)
    with pytest.raises(TypeError) as caught:
        channel.close(cause=cause, immediate=immediate)
    assert str(caught.value) == f"cause must be an exception instance, got {cause!r}"
    assert not channel.closed
    assert channel.pull_nowait() == 1
    pull = await start_one(channel.pull())
    with pytest.raises(TypeError):
        channel.close(cause=cause, immediate=immediate)
    await step(2)
    assert channel.waiting == (0, 1)
    channel.push_nowait(2)
    assert await pull == 2
    channel.close()
    with pytest.raises(ChannelClosed):
        channel.pull_nowait()


@pytest.mark.parametrize("cause", NO_CAUSES, ids=repr)
async def test_what_is_no_cause_is_refused_on_a_closed_channel_too(cause: Loosely) -> None:
    channel = Channel[int]()
    let_go(channel, 1)
    channel.close()
    with pytest.raises(TypeError):
        channel.close(cause=cause, immediate=True)
    assert drain(channel) == [1]


async def test_a_close_with_a_cause_from_another_thread_is_refused_and_leaves_no_cause(channel: Channel[int]) -> None:
    pull = await start_one(channel.pull())
    with ThreadPoolExecutor(1) as pool, pytest.raises(RuntimeError, match="another event loop"):
        pool.submit(lambda: channel.close(cause=SenderError())).result()
    assert not channel.closed
    assert channel.waiting == (0, 1)
    channel.close()
    with pytest.raises(ChannelClosed):
        await pull


async def test_a_close_with_a_cause_under_another_loop_is_refused_and_leaves_no_cause(bounded: Channel[int]) -> None:
    held = fill(bounded)
    push = await start_one(bounded.push(0))

    async def close() -> None:
        bounded.close(cause=SenderError(), immediate=True)

    with ThreadPoolExecutor(1) as pool, pytest.raises(RuntimeError, match="another event loop"):
        pool.submit(lambda: asyncio.run(close())).result()
    assert not bounded.closed
    assert drain(bounded) == [*held, 0]
    await push
    bounded.close()
    with pytest.raises(ChannelClosed):
        bounded.pull_nowait()


def test_a_channel_can_fail_with_no_loop_running(channel: Channel[int]) -> None:
    cause = SenderError()
    channel.close(cause=cause)
    with pytest.raises(ChannelFailed) as caught:
        channel.pull_nowait()
    assert caught.value.__cause__ is cause
    with pytest.raises(ChannelFailed):
        asyncio.run(channel.pull())


@pytest.mark.parametrize("close_the_loop", [False, True])
def test_a_pull_of_a_resting_loop_gets_the_failure_and_that_of_a_closed_loop_is_no_hindrance(
    channel: Channel[int], *, close_the_loop: bool
) -> None:
    cause = SenderError()
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(unheard)
    pull = loop.create_task(channel.pull())
    loop.run_until_complete(asyncio.sleep(0))
    if close_the_loop:
        loop.close()
    channel.close(cause=cause)
    assert is_idle(channel)
    if not close_the_loop:
        with pytest.raises(ChannelFailed) as caught:
            loop.run_until_complete(pull)
        assert caught.value.__cause__ is cause
        loop.close()
    with pytest.raises(ChannelFailed):
        asyncio.run(channel.pull())


async def test_a_failure_travels_down_a_pipeline(channel: Channel[int]) -> None:
    cause, results = SenderError(), Channel[int](1)

    async def stage() -> None:
        async with results:
            async for item in channel:
                await results.push(item)

    let_go(channel, 1)
    stages = asyncio.create_task(stage())
    channel.close(cause=cause)
    items: list[int] = []
    with pytest.raises(ChannelFailed) as caught:
        async for item in results:
            items.append(item)  # noqa: PERF401  # A comprehension would lose them.
    assert items == [1]
    assert isinstance(caught.value.__cause__, ChannelFailed)
    assert caught.value.__cause__.channel is channel
    assert caught.value.__cause__.__cause__ is cause
    assert caught.value.__cause__ is stages.exception()


async def test_a_pipeline_whose_source_ends_in_order_ends_in_order(channel: Channel[int]) -> None:
    results = Channel[int](1)

    async def stage() -> None:
        async with results:
            while True:
                await results.push(await channel.pull())

    channel.close()
    with pytest.raises(ChannelClosed):
        await stage()
    with pytest.raises(ChannelClosed):
        await results.pull()
