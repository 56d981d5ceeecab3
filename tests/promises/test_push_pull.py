"""Pushing and pulling, waiting or not, on each kind of channel."""

from __future__ import annotations

import asyncio
from collections import deque
from math import inf

import pytest

from pychanasync import BufferedChannel, Channel, ChannelEmpty, ChannelFull, UnbufferedChannel
from tests.support.helpers import check_exactly_once, drain, dropped, fill, is_idle, start, start_one, step


async def test_nothing_happens_before_the_coroutine_is_awaited(channel: Channel[int]) -> None:
    pull, push = channel.pull(), channel.push(1)
    await step()
    assert is_idle(channel)
    assert channel.empty()
    pull.close()
    push.close()


async def test_a_push_and_a_pull_meet_whichever_comes_first(channel: Channel[int]) -> None:
    pull = await start_one(channel.pull())
    await channel.push(1)
    assert await pull == 1

    push = await start_one(channel.push(2))
    assert await channel.pull() == 2
    await push


async def test_an_operation_that_can_proceed_does_so_without_suspending(channel: Channel[int]) -> None:
    steps: list[str] = []

    async def other() -> None:
        steps.append("another task ran")

    pull = await start_one(channel.pull())
    task = asyncio.ensure_future(other())
    steps.clear()
    await channel.push(1)
    assert steps == []
    await asyncio.gather(task, pull)

    push = await start_one(channel.push(2))
    task = asyncio.ensure_future(other())
    steps.clear()
    assert await channel.pull() == 2
    assert steps == []
    await asyncio.gather(task, push)


async def test_a_push_to_an_unbuffered_channel_waits_for_its_pull() -> None:
    channel = Channel[int]()
    push = await start_one(channel.push(1))
    await step(3)
    assert not push.done()
    assert channel.empty()
    assert channel.full()
    assert await channel.pull() == 1
    await push


async def test_a_push_returns_when_the_pull_is_woken_for_it() -> None:
    channel = Channel[int]()
    pull = await start_one(channel.pull())
    await channel.push(1)
    assert not pull.done()
    assert await pull == 1


async def test_a_push_to_a_buffered_channel_waits_only_while_it_is_full() -> None:
    channel = Channel[int](buffer=2)
    await channel.push(1)
    await channel.push(2)
    push = await start_one(channel.push(3))
    await step(3)
    assert not push.done()
    assert await channel.pull() == 1
    await push
    assert drain(channel) == [2, 3]


async def test_a_channel_without_bound_never_makes_a_push_wait() -> None:
    channel = Channel[int](buffer=inf)
    for item in range(10_000):
        await channel.push(item)
    assert not channel.full()
    assert channel.csize() == 10_000
    assert drain(channel) == [*range(10_000)]


async def test_a_pull_waits_while_there_is_nothing(channel: Channel[int]) -> None:
    pull = await start_one(channel.pull())
    await step(3)
    assert not pull.done()
    channel.push_nowait(1)
    assert await pull == 1


def test_push_nowait_on_a_full_channel_raises_and_changes_nothing(bounded: Channel[int]) -> None:
    held = fill(bounded)
    with pytest.raises(ChannelFull, match=r"await push\(\)") as caught:
        bounded.push_nowait(0)
    assert caught.value.channel is bounded
    assert drain(bounded) == held


def test_pull_nowait_on_an_empty_channel_raises(channel: Channel[int]) -> None:
    with pytest.raises(ChannelEmpty, match=r"await pull\(\)") as caught:
        channel.pull_nowait()
    assert caught.value.channel is channel


async def test_push_nowait_on_an_unbuffered_channel_succeeds_exactly_when_a_pull_waits() -> None:
    channel = Channel[int]()
    pulls = await start(channel.pull(), channel.pull())
    channel.push_nowait(1)
    channel.push_nowait(2)
    with pytest.raises(ChannelFull):
        channel.push_nowait(3)
    assert await asyncio.gather(*pulls) == [1, 2]


async def test_pull_nowait_on_an_unbuffered_channel_succeeds_exactly_when_a_push_waits() -> None:
    channel = Channel[int]()
    pushes = await start(channel.push(1), channel.push(2))
    assert channel.pull_nowait() == 1
    assert channel.pull_nowait() == 2
    with pytest.raises(ChannelEmpty):
        channel.pull_nowait()
    await asyncio.gather(*pushes)


async def test_a_waiting_push_enters_the_buffer_as_soon_as_there_is_room() -> None:
    channel = Channel[int](buffer=1)
    channel.push_nowait(1)
    push = await start_one(channel.push(2))
    assert await channel.pull() == 1
    assert channel.csize() == 1
    late = await start_one(channel.push(3))
    assert push.done()
    assert channel.pull_nowait() == 2
    assert await channel.pull() == 3
    await late


async def test_tasks_take_push_and_pull_as_they_are(channel: Channel[int]) -> None:
    async with asyncio.TaskGroup() as group:
        pull = group.create_task(channel.pull())
        group.create_task(channel.push(1))
    assert pull.result() == 1
    item, nothing = await asyncio.gather(channel.pull(), channel.push(2))
    assert (item, nothing) == (2, None)
    task = asyncio.create_task(channel.pull())
    await asyncio.wait_for(channel.push(3), timeout=60)
    assert await asyncio.wait_for(task, timeout=60) == 3


async def test_items_may_be_anything(channel: Channel[object]) -> None:
    async def coroutine() -> None: ...

    error, waiting = ValueError("an item"), coroutine()
    items: list[object] = [None, False, (), error, waiting, channel, type]
    for item in items:
        push = await start_one(channel.push(item))
        assert await channel.pull() is item
        await push
    waiting.close()


async def test_an_item_is_never_compared_measured_or_shown(channel: Channel[object]) -> None:
    class Touchy:
        def refuse(self, *_: object) -> bool:
            raise AssertionError("an item is none of the channel's business")

        __bool__ = __len__ = refuse
        __eq__ = __hash__ = __repr__ = refuse  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]

    item = Touchy()
    push = await start_one(channel.push(item))
    repr(channel)
    assert (await channel.pull()) is item
    await push
    pull = await start_one(channel.pull())
    await channel.push(item)
    assert (await pull) is item


async def test_size_and_fill_of_a_buffered_channel_follow_its_buffer() -> None:
    channel = BufferedChannel[int](2)
    assert (channel.capacity, channel.csize(), channel.empty(), channel.full()) == (2, 0, True, False)
    channel.push_nowait(1)
    assert (channel.csize(), channel.empty(), channel.full()) == (1, False, False)
    channel.push_nowait(2)
    assert (channel.csize(), channel.empty(), channel.full()) == (2, False, True)
    push = await start_one(channel.push(3))
    assert channel.csize() == 2
    assert drain(channel) == [1, 2, 3]
    await push


async def test_an_unbuffered_channel_has_no_size_and_is_always_full_and_empty() -> None:
    channel: Channel[int] = UnbufferedChannel()
    push = await start_one(channel.push(1))
    assert (channel.capacity, channel.csize(), channel.empty(), channel.full()) == (0, None, True, True)
    assert await channel.pull() == 1
    await push


async def test_an_item_that_a_woken_pull_has_a_claim_to_counts_nowhere(channel: Channel[int]) -> None:
    pull = await start_one(channel.pull())
    channel.push_nowait(0)
    assert channel.empty()
    assert not channel.csize()
    with pytest.raises(ChannelEmpty):
        channel.pull_nowait()
    room = 0 if channel.capacity == inf else int(channel.capacity)
    for item in range(room):
        assert not channel.full()
        channel.push_nowait(1 + item)
    assert channel.full() is (channel.capacity != inf)
    assert await pull == 0
    assert drain(channel) == [*range(1, 1 + room)]
    assert dropped(channel) == 0


async def test_what_waits_on_one_channel_is_not_served_by_another(channel: Channel[int]) -> None:
    other = Channel[int]()
    pull = await start_one(other.pull())
    push = await start_one(channel.push(1))
    await step()
    assert not pull.done()
    assert await channel.pull() == 1
    await push

    await other.push(2)
    assert await pull == 2

    push = await start_one(other.push(3))
    with pytest.raises(ChannelEmpty):
        channel.pull_nowait()
    assert not push.done()
    assert await other.pull() == 3
    await push


async def test_two_workers_swap_items_over_two_channels(channel: Channel[int]) -> None:
    back = Channel[int](None if channel.capacity == 0 else channel.capacity)

    async def echo() -> None:
        async for item in channel:
            await back.push(item + 1)

    task = asyncio.create_task(echo())
    item = 0
    for _ in range(100):
        await channel.push(item)
        item = await back.pull()
    assert item == 100
    channel.close()
    await task


async def test_many_producers_and_consumers_share_one_channel(channel: Channel[int]) -> None:
    taken: deque[int] = deque()

    async def produce(first: int) -> None:
        for item in range(first, first + 100):
            await channel.push(item)

    async def consume() -> None:
        async for item in channel:
            taken.append(item)

    async with asyncio.TaskGroup() as consumers:
        for _ in range(4):
            consumers.create_task(consume())
        async with channel, asyncio.TaskGroup() as producers:
            for number in range(5):
                producers.create_task(produce(100 * number))
    check_exactly_once(channel, range(500), taken)
