"""Closing, at every moment, with waiters of each kind."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from pychanasync import Channel, ChannelClosed, ChannelEmpty
from tests.support.helpers import WAITS, drain, fill, is_idle, start, start_one, step
from tests.support.loops import QUICKEST

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator


async def test_a_push_after_the_close_raises_and_delivers_nothing(channel: Channel[int]) -> None:
    channel.close()
    with pytest.raises(ChannelClosed) as caught:
        await channel.push(1)
    assert caught.value.channel is channel
    with pytest.raises(ChannelClosed):
        channel.push_nowait(2)
    assert drain(channel) == []


async def test_a_pull_after_the_close_raises_once_nothing_is_left(channel: Channel[int]) -> None:
    channel.close()
    with pytest.raises(ChannelClosed) as caught:
        await channel.pull()
    assert caught.value.channel is channel
    with pytest.raises(ChannelClosed):
        channel.pull_nowait()


def test_closed_tells_whether_close_was_called(channel: Channel[int]) -> None:
    assert not channel.closed
    channel.close()
    assert channel.closed


def test_closing_twice_is_harmless(channel: Channel[int]) -> None:
    channel.close()
    channel.close()
    channel.close(immediate=True)
    assert channel.closed


async def test_what_the_buffer_holds_can_still_be_pulled_in_order(buffered: Channel[int]) -> None:
    held = fill(buffered)
    buffered.close()
    assert buffered.csize() == len(held)
    assert [await buffered.pull(), *drain(buffered)] == held
    with pytest.raises(ChannelClosed):
        await buffered.pull()
    with pytest.raises(ChannelClosed):
        buffered.pull_nowait()


async def test_waiting_pulls_get_the_close(channel: Channel[int]) -> None:
    pulls = await start(channel.pull(), channel.pull())
    channel.close()
    for pull in pulls:
        with pytest.raises(ChannelClosed) as caught:
            await pull
        assert caught.value.channel is channel
    assert is_idle(channel)


async def test_waiting_pushes_get_the_close_and_their_items_are_not_delivered(bounded: Channel[int]) -> None:
    held = fill(bounded)
    pushes = await start(bounded.push(1), bounded.push(2))
    bounded.close()
    assert drain(bounded) == held
    for push in pushes:
        with pytest.raises(ChannelClosed) as caught:
            await push
        assert caught.value.channel is bounded
    assert is_idle(bounded)


async def test_a_push_that_was_let_in_before_the_close_stands(bounded: Channel[int]) -> None:
    held = fill(bounded)
    push = await start_one(bounded.push(0))
    first = bounded.pull_nowait()
    bounded.close()
    await push
    assert [first, *drain(bounded)] == [*held, 0]


async def test_a_pull_that_was_woken_before_the_close_still_gets_its_item(channel: Channel[int]) -> None:
    pull = await start_one(channel.pull())
    channel.push_nowait(1)
    channel.close()
    with pytest.raises(ChannelClosed):
        channel.pull_nowait()
    assert await pull == 1


async def test_a_pull_that_was_woken_before_an_immediate_close_still_gets_its_item(channel: Channel[int]) -> None:
    pull = await start_one(channel.pull())
    channel.push_nowait(1)
    channel.close(immediate=True)
    assert await pull == 1


async def test_closing_at_once_throws_away_what_nobody_has_a_claim_to(channel: Channel[int]) -> None:
    pull = await start_one(channel.pull())
    channel.push_nowait(-9)
    fill(channel)
    channel.close(immediate=True)
    assert channel.empty()
    assert channel.csize() in {0, None}
    with pytest.raises(ChannelClosed):
        channel.pull_nowait()
    assert await pull == -9


async def test_closing_at_once_throws_away_also_on_a_channel_already_closed(channel: Channel[int]) -> None:
    fill(channel)
    channel.close()
    channel.close(immediate=True)
    assert channel.empty()
    with pytest.raises(ChannelClosed):
        await channel.pull()


async def test_closing_at_once_ends_waiting_pushes_too(bounded: Channel[int]) -> None:
    fill(bounded)
    push = await start_one(bounded.push(0))
    bounded.close(immediate=True)
    with pytest.raises(ChannelClosed):
        await push
    assert drain(bounded) == []


@pytest.mark.parametrize("immediate", [False, True])
@pytest.mark.parametrize("close_first", [False, True])
@pytest.mark.parametrize("number", [0, 1])
async def test_a_pull_closed_and_cancelled_in_one_tick_is_cancelled(
    channel: Channel[int], number: int, *, close_first: bool, immediate: bool
) -> None:
    pulls = await start(channel.pull(), channel.pull(), channel.pull())
    if close_first:
        channel.close(immediate=immediate)
    pulls[number].cancel()
    if not close_first:
        channel.close(immediate=immediate)
    await step(2)
    assert pulls.pop(number).cancelled()
    assert all(isinstance(pull.exception(), ChannelClosed) for pull in pulls)


@pytest.mark.parametrize("immediate", [False, True])
@pytest.mark.parametrize("close_first", [False, True])
@pytest.mark.parametrize("number", [0, 1])
async def test_a_push_closed_and_cancelled_in_one_tick_is_cancelled_and_not_delivered(
    bounded: Channel[int], number: int, *, close_first: bool, immediate: bool
) -> None:
    held = fill(bounded)
    pushes = await start(bounded.push(1), bounded.push(2), bounded.push(3))
    if close_first:
        bounded.close(immediate=immediate)
    pushes[number].cancel()
    if not close_first:
        bounded.close(immediate=immediate)
    await step(2)
    assert pushes.pop(number).cancelled()
    assert all(isinstance(push.exception(), ChannelClosed) for push in pushes)
    assert drain(bounded) == ([] if immediate else held)


@pytest.mark.parametrize("immediate", [False, True])
async def test_closing_from_within_a_waiting_line_leaves_every_waiter_an_answer(
    channel: Channel[int], *, immediate: bool
) -> None:
    pulls = await start(*(channel.pull() for _ in range(6)))
    channel.push_nowait(0)
    channel.push_nowait(1)
    pulls[0].cancel()  # Its claim goes to the third.
    pulls[3].cancel()
    await step()
    channel.close(immediate=immediate)
    await step(2)
    assert pulls[0].cancelled()
    assert [pulls[1].result(), pulls[2].result()] == [0, 1]
    assert pulls[3].cancelled()
    assert all(isinstance(pull.exception(), ChannelClosed) for pull in pulls[4:])


async def test_a_claim_let_go_in_the_tick_of_the_close_leaves_the_item_to_the_next_pull(channel: Channel[int]) -> None:
    pulls = await start(channel.pull(), channel.pull())
    channel.push_nowait(1)
    channel.close()  # The second pull gets the close: it is no longer there to take the claim over.
    pulls[0].cancel()
    await step(2)
    assert isinstance(pulls[1].exception(), ChannelClosed)
    assert await channel.pull() == 1
    with pytest.raises(ChannelClosed):
        await channel.pull()


async def test_waiting_tasks_learn_of_the_close_in_the_order_in_which_they_began_to_wait(channel: Channel[int]) -> None:
    told: list[int] = []

    async def pull(number: int) -> None:
        with pytest.raises(ChannelClosed):
            await channel.pull()
        told.append(number)

    pulls = await start(*(pull(number) for number in range(5)))
    channel.close()
    await asyncio.gather(*pulls)
    assert told == [0, 1, 2, 3, 4]


async def test_async_with_yields_the_channel_and_closes_it(channel: Channel[int]) -> None:
    async with channel as entered:
        assert entered is channel
        assert not channel.closed
    assert channel.closed


async def test_async_with_closes_on_an_error_which_goes_on(channel: Channel[int]) -> None:
    with pytest.raises(ZeroDivisionError):
        async with channel:
            raise ZeroDivisionError
    assert channel.closed


async def test_async_with_closes_on_cancellation(bounded: Channel[int]) -> None:
    async def send() -> None:
        async with bounded:
            while True:
                await bounded.push(0)

    sender = await start_one(send())
    sender.cancel()
    await asyncio.wait([sender])
    assert sender.cancelled()
    assert bounded.closed


async def test_async_with_keeps_what_was_buffered(channel: Channel[int]) -> None:
    async with channel:
        held = fill(channel)
    assert [item async for item in channel] == held


@pytest.mark.long(5_000, 100_000)
@pytest.mark.heavy
@pytest.mark.asyncio(loop_factories=[QUICKEST])
@pytest.mark.parametrize("wait", WAITS.values(), ids=WAITS)
async def test_closing_with_very_many_waiting_tasks_answers_each(
    wait: Callable[[Channel[int]], Coroutine[object, object, object]], size: int
) -> None:
    channel = Channel[int]()
    tasks = await start(*(wait(channel) for _ in range(size)))
    channel.close()
    await asyncio.wait(tasks)
    assert all(isinstance(task.exception(), ChannelClosed) for task in tasks)
    assert is_idle(channel)


class Meddler:
    """An item that uses its channel when it is thrown away."""

    def __init__(self, channel: Channel[Meddler]) -> None:
        self.channel = channel
        self.found: list[str] = []

    def __del__(self) -> None:
        self.found.append(repr(self.channel))
        self.channel.close(immediate=True)
        try:
            self.channel.pull_nowait()
        except (ChannelClosed, ChannelEmpty) as refusal:
            self.found.append(type(refusal).__name__)


def test_an_item_thrown_away_finds_its_channel_in_order() -> None:
    channel = Channel[Meddler](buffer=3)
    found: list[list[str]] = []

    def push_meddler() -> None:
        item = Meddler(channel)
        found.append(item.found)
        channel.push_nowait(item)

    for _ in range(3):
        push_meddler()
    channel.close(immediate=True)
    assert found == [["<BufferedChannel: 0 of 3 items, closed>", "ChannelClosed"]] * 3


class BodyError(Exception):
    """What goes wrong in the body of an `async with`."""


def refused_close(channel: Channel[int], loop: asyncio.AbstractEventLoop, error: Exception | None) -> None:
    """Leave an `async with` under another loop than that of a task that waits."""
    _waiting = loop.create_task(channel.pull())
    loop.run_until_complete(asyncio.sleep(0))

    async def leave() -> None:
        async with channel:
            if error:
                raise error

    asyncio.run(leave())


@pytest.fixture
def resting_loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


def test_async_with_raises_what_its_close_is_refused_with(
    channel: Channel[int], resting_loop: asyncio.AbstractEventLoop
) -> None:
    with pytest.raises(RuntimeError, match="another event loop"):
        refused_close(channel, resting_loop, None)
    assert not channel.closed


def test_async_with_never_hides_the_error_of_its_body_behind_one_of_its_own(
    channel: Channel[int], resting_loop: asyncio.AbstractEventLoop
) -> None:
    error = BodyError()
    with pytest.raises(BodyError) as caught:
        refused_close(channel, resting_loop, error)
    assert caught.value is error
    (note,) = error.__notes__
    assert "was not closed: a task of another event loop" in note
    assert not channel.closed
