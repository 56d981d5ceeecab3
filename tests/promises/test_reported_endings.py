"""How channels end in programs, by the situations that people report of other queues: nobody waits for ever."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from pychanasync import Channel, ChannelClosed, ChannelFailed, close_after
from tests.support.endings import SenderError, iterate
from tests.support.helpers import cancelled, fill, forever, start, start_one, step

if TYPE_CHECKING:
    from pychanasync import RecvChannel, SendChannel


async def send(channel: SendChannel[int], *items: int, error: Exception | None = None) -> None:
    """Send what there is, and perhaps fail."""
    for item in items:
        await channel.push(item)
    if error:
        raise error


async def send_and_close(channel: SendChannel[int], *items: int, error: Exception | None = None) -> None:
    async with channel:
        await send(channel, *items, error=error)


async def receive(channel: RecvChannel[int], into: list[int], limit: int | None = None) -> None:
    """Receive what comes, and perhaps break off."""
    async for item in channel:
        into.append(item)
        if len(into) == limit:
            break


async def test_a_producer_fails(bounded: Channel[int]) -> None:
    error, received = SenderError(), list[int]()
    producer = asyncio.create_task(send_and_close(bounded, 1, 2, 3, error=error))
    with pytest.raises(ChannelFailed) as caught:
        await receive(bounded, received)
    assert received == [1, 2, 3]
    assert caught.value.__cause__ is error
    assert producer.exception() is error


async def test_a_producer_fails_beside_its_consumer_in_a_task_group(bounded: Channel[int]) -> None:
    error, received = SenderError(), list[int]()
    with pytest.raises(ExceptionGroup) as caught:
        async with asyncio.TaskGroup() as group:
            group.create_task(receive(bounded, received))
            group.create_task(send_and_close(bounded, 1, 2, 3, error=error))
    assert caught.value.exceptions == (error,)
    assert received == [1, 2, 3][: len(received)]  # What was still on its way when the consumer was cancelled, is not.


async def test_a_producer_is_cancelled_before_its_first_step(channel: Channel[int]) -> None:
    # By the class itself: an eager factory would let it start at once.
    producer = asyncio.Task(send_and_close(channel, 1))
    close_after(channel, producer)  # Its own block is never entered.
    producer.cancel()
    assert await iterate(channel) == []
    assert producer.cancelled()


async def test_a_producer_is_cancelled_before_its_first_step_and_nobody_closes_after_it(channel: Channel[int]) -> None:
    producer = asyncio.Task(send_and_close(channel, 1))
    producer.cancel()
    consumer = await start_one(iterate(channel))
    await step(3)
    assert producer.cancelled()
    assert not channel.closed
    await cancelled(consumer)


async def test_wait_for_cancels_a_producer_before_its_first_step(channel: Channel[int]) -> None:
    producer = asyncio.Task(send_and_close(channel, 1))
    close_after(channel, producer)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(producer, 0)
    assert await iterate(channel) == []


async def test_wait_for_cancels_a_producer_in_the_block_of_another(channel: Channel[int]) -> None:
    async def produce() -> None:
        async with channel:
            await asyncio.wait_for(forever(), 0)

    producer = asyncio.create_task(produce())
    with pytest.raises(ChannelFailed) as caught:
        await iterate(channel)
    assert isinstance(caught.value.__cause__, TimeoutError)
    assert caught.value.__cause__ is producer.exception()


async def test_all_workers_are_dead(bounded: Channel[int]) -> None:
    errors = [SenderError("first"), SenderError("second")]

    async def work(error: Exception) -> None:
        await bounded.pull()
        raise error

    workers = await start(*map(work, errors))
    close_after(bounded, *workers, immediate=True)
    with pytest.raises(ChannelClosed) as caught:
        await send(bounded, *range(100))
    assert caught.value.__cause__ is errors[0]
    assert bounded.empty()
    assert [worker.exception() for worker in workers] == errors


async def test_all_workers_but_one_are_dead(bounded: Channel[int]) -> None:
    received: list[int] = []

    async def die() -> None:
        raise SenderError(str(await bounded.pull()))

    workers = await start(die(), die(), receive(bounded, received))
    close_after(bounded, *workers, immediate=True)
    async with bounded:
        await send(bounded, *range(5))
    await asyncio.wait(workers)
    assert [str(worker.exception()) for worker in workers] == ["0", "1", "None"]
    assert received == [2, 3, 4]


async def test_a_reader_breaks_off(bounded: Channel[int]) -> None:
    received: list[int] = []
    reader = asyncio.create_task(receive(bounded, received, limit=2))
    close_after(bounded, reader, immediate=True)
    with pytest.raises(ChannelClosed) as caught:
        await send(bounded, *range(100))
    assert caught.value.__cause__ is None
    assert received == [0, 1]
    assert bounded.empty()


async def test_a_reader_breaks_off_and_the_block_of_the_sender_ends_in_order(bounded: Channel[int]) -> None:
    received: list[int] = []
    async with asyncio.TaskGroup() as group:
        reader = group.create_task(receive(bounded, received, limit=2))
        close_after(bounded, reader, immediate=True)
        with suppress(ChannelClosed):  # To this sender it is no error that nobody wants more.
            await send_and_close(bounded, *range(100))
    assert received == [0, 1]


async def test_one_of_many_senders_fails_while_the_others_go_on(bounded: Channel[int]) -> None:
    error, received = SenderError(), list[int]()
    senders = [
        asyncio.create_task(send(bounded, 1, 2, 3)),
        asyncio.create_task(send(bounded, 4, error=error)),
        asyncio.create_task(send(bounded, 5, 6, 7)),
    ]
    close_after(bounded, *senders)
    with pytest.raises(ChannelFailed) as caught:
        await receive(bounded, received)
    assert sorted(received) == [1, 2, 3, 4, 5, 6, 7]
    assert caught.value.__cause__ is error


async def test_two_senders_close_the_channel_in_their_blocks(bounded: Channel[int]) -> None:
    held = fill(bounded)
    gate = asyncio.Event()

    async def send_late() -> None:
        async with bounded:
            await gate.wait()
            await bounded.push(1)

    late, early = await start(send_late(), send_and_close(bounded))
    gate.set()
    assert await iterate(bounded) == held
    await asyncio.wait([early, late])
    assert early.exception() is None
    refusal = late.exception()
    assert isinstance(refusal, ChannelClosed)  # The first that left its block in order has closed for both.
    assert refusal.__cause__ is None


async def test_two_senders_leave_the_close_to_what_waits_for_both(bounded: Channel[int]) -> None:
    senders = [asyncio.create_task(send(bounded, first, first + 1)) for first in (1, 3)]
    close_after(bounded, *senders)
    assert sorted(await iterate(bounded)) == [1, 2, 3, 4]
