"""Selects at work in small programs (doubleselect, select, select2, select4, select6, select7, select8)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from pychanasync import Channel, chanselect, chanselect_nowait
from tests.support.helpers import blocks_gained, cancelled, drain, is_idle, start, start_one, step
from tests.support.loops import QUICKEST

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


@pytest.mark.parametrize("buffer", [None, 1, 8], ids=["unbuffered", "buffer-1", "buffer-8"])
async def test_a_select_over_four_pushes_delivers_each_item_once(buffer: int | None) -> None:
    count = 500
    channels = [Channel[int](buffer) for _ in range(4)]
    merged = Channel[int](buffer)

    async def send() -> None:
        for item in range(count):
            await chanselect(*(channel.push_case(item) for channel in channels))
        for channel in channels:
            channel.close()

    async def forward(channel: Channel[int]) -> None:
        async for item in channel:
            await merged.push(item)

    async def forward_all() -> None:
        async with merged, asyncio.TaskGroup() as group:
            for channel in channels:
                group.create_task(forward(channel))

    tasks = await start(send(), forward_all())
    got = [item async for item in merged]
    await asyncio.gather(*tasks)
    assert sorted(got) == [*range(count)]
    assert all(is_idle(channel) for channel in (*channels, merged))


def test_a_loop_of_selects_pushes_to_each_channel_until_none_is_left() -> None:
    left, right = Channel[int](buffer=1), Channel[int](buffer=1)

    def push_to(*channels: Channel[int] | None) -> int:
        """Push once to each channel that is free, powers of 2 in turn; return how many pushes that were."""
        free = [*channels]
        pushed = 0
        while selected := chanselect_nowait(
            *(None if channel is None else channel.push_case(1 << pushed) for channel in free)
        ):
            free[selected.index] = None
            pushed += 1
        return pushed

    assert push_to(left, right) == 2
    assert left.pull_nowait() | right.pull_nowait() == 3
    assert push_to(left, None) == 1
    assert left.pull_nowait() == 1


async def fibonacci(numbers: Channel[int], enough: Channel[None]) -> None:
    now, then = 0, 1
    while True:
        selected = await chanselect(numbers.push_case(now), enough.pull_case())
        if selected.index == 1:
            return
        now, then = then, now + then


async def test_a_select_gives_numbers_until_it_is_told_that_there_are_enough() -> None:
    numbers, enough = Channel[int](), Channel[None]()
    task = await start_one(fibonacci(numbers, enough))
    assert [await numbers.pull() for _ in range(10)] == [0, 1, 1, 2, 3, 5, 8, 13, 21, 34]
    await enough.push(None)
    await task
    assert is_idle(numbers)


@pytest.mark.asyncio(loop_factories=[QUICKEST])
@pytest.mark.parametrize("idle", [0, 1, 5])
async def test_many_selects_over_a_busy_channel_and_idle_ones_leave_no_memory_behind(
    bounded: Channel[int], idle: int
) -> None:
    never_pulled = [Channel[int]() for _ in range(idle)]
    never_pushed = [Channel[int]() for _ in range(idle)]

    async def send(times: int) -> None:
        for item in range(times):
            await chanselect(bounded.push_case(item), *(other.push_case(item) for other in never_pulled))

    async def receive(times: int) -> None:
        for _ in range(times):
            await chanselect(bounded.pull_case(), *(other.pull_case() for other in never_pushed))

    assert await blocks_gained(lambda: asyncio.gather(send(10), receive(10)), 1_000) < 100
    assert all(is_idle(other) for other in (*never_pulled, *never_pushed))


async def test_what_is_not_selected_is_not_touched() -> None:
    never, ready = Channel[int](), Channel[int](buffer=1)
    ready.push_nowait(42)
    selected = await chanselect(never.pull_case(), ready.pull_case())
    assert selected.index == 1
    assert selected.value == 42
    assert is_idle(never)


async def test_a_select_that_was_last_in_a_line_leaves_it_in_order_for_pulls_to_come() -> None:
    line, other = Channel[int](), Channel[int]()

    async def select_and_pull() -> int:
        selected = await chanselect(line.pull_case(), other.pull_case())
        assert selected.index == 1
        return await line.pull()

    tasks = await start(line.pull(), select_and_pull())
    await other.push(0)
    await step()
    await line.push(1)
    await line.push(2)
    assert await asyncio.gather(*tasks) == [1, 2]


async def test_a_select_that_was_last_in_a_line_leaves_it_in_order_for_pushes_to_come(bounded: Channel[int]) -> None:
    while not bounded.full():
        bounded.push_nowait(0)
    other = Channel[int]()

    async def select_and_push() -> None:
        selected = await chanselect(bounded.push_case(-1), other.push_case(-1))
        assert selected.index == 1
        await bounded.push(2)

    tasks = await start(bounded.push(1), select_and_push())
    assert await other.pull() == -1
    await step()
    assert drain(bounded) == [*[0] * int(bounded.capacity), 1, 2]
    await asyncio.gather(*tasks)


@pytest.mark.parametrize("position", range(5))
async def test_selects_leave_the_line_wherever_they_stand_in_it(position: int) -> None:
    line, other = Channel[int](), Channel[int]()

    async def select() -> int:
        _, value = await chanselect(line.pull_case(), other.pull_case())
        return value

    before = [line.pull() for _ in range(position)]
    behind = [line.pull() for _ in range(4 - position)]
    *pulls, leaving = await start(*before, select())
    pulls += await start(*behind)
    other.push_nowait(9)
    for item in range(4):
        line.push_nowait(item)
    assert await leaving == 9
    assert await asyncio.gather(*pulls) == [0, 1, 2, 3]
    assert is_idle(line)


# Every way to receive against every way to send.


async def pull(channel: Channel[int]) -> int:
    return await channel.pull()


async def pull_by_select(channel: Channel[int]) -> int:
    return (await chanselect(channel.pull_case())).value


async def pull_by_select_of_two(channel: Channel[int]) -> int:
    other = Channel[int]()
    selected = await chanselect(other.pull_case(), channel.pull_case())
    assert is_idle(other)
    return selected.value


async def push(channel: Channel[int]) -> None:
    await channel.push(1)


async def push_by_select(channel: Channel[int]) -> None:
    await chanselect(channel.push_case(1))


async def push_by_select_of_two(channel: Channel[int]) -> None:
    other = Channel[int]()
    await chanselect(other.push_case(2), channel.push_case(1))
    assert is_idle(other)


@pytest.mark.parametrize("receive", [pull, pull_by_select, pull_by_select_of_two])
@pytest.mark.parametrize("send", [push, push_by_select, push_by_select_of_two])
@pytest.mark.parametrize("receiver_waits", [True, False], ids=["receiver-first", "sender-first"])
async def test_every_way_to_send_meets_every_way_to_receive(
    channel: Channel[int],
    receive: Callable[[Channel[int]], Coroutine[object, object, int]],
    send: Callable[[Channel[int]], Coroutine[object, object, None]],
    receiver_waits: bool,  # noqa: FBT001  # A parameter of the test.
) -> None:
    if receiver_waits:
        receiver = await start_one(receive(channel))
        sender = await start_one(send(channel))
    else:
        sender = await start_one(send(channel))
        receiver = await start_one(receive(channel))
    await sender
    assert await receiver == 1
    assert is_idle(channel)
    assert channel.empty()


async def test_selects_of_every_size_take_from_a_sender_that_never_ends() -> None:
    channel = Channel[int]()

    async def send() -> None:
        while True:
            await channel.push(5)

    sender = await start_one(send())
    selected = await chanselect(channel.pull_case())
    assert selected.value == 5
    await step()
    taken = chanselect_nowait(channel.pull_case())
    assert taken is not None
    assert taken.value == 5
    await step()
    either = chanselect_nowait(channel.pull_case(), channel.push_case(10))
    assert either is not None
    assert either.index == 0  # There is nobody who would take the 10.
    assert either.value == 5
    assert chanselect_nowait(None) is None
    await cancelled(sender)
