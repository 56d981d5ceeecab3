"""What a whole channel offers: every call, iteration, and what asyncio makes of its coroutines."""

from __future__ import annotations

import asyncio
import math
import sys
from typing import assert_type

from pychanasync import (
    BufferedChannel,
    Channel,
    DroppingChannel,
    SelectCase,
    SendChannel,
    SlidingChannel,
    UnbufferedChannel,
)
from pychanasync.strategy import Waiting


async def calls(channel: Channel[int]) -> None:
    assert_type(await channel.push(1), None)
    assert_type(channel.push_nowait(1), None)
    assert_type(channel.push_case(1), SelectCase[None])
    assert_type(await channel.pull(), int)
    assert_type(channel.pull_nowait(), int)
    assert_type(channel.pull_case(), SelectCase[int])
    assert_type(channel.close(), None)
    assert_type(channel.close(immediate=True), None)


def states(channel: Channel[int], unbuffered: UnbufferedChannel[int], buffered: BufferedChannel[int]) -> None:
    assert_type(channel.closed, bool)
    assert_type(channel.empty(), bool)
    assert_type(channel.full(), bool)
    assert_type(channel.capacity, float)
    assert_type(channel.csize(), int | None)
    assert_type(unbuffered.csize(), None)
    assert_type(buffered.csize(), int)
    assert_type(channel.waiting, Waiting)
    assert_type(channel.waiting.pushes, int)
    assert_type(channel.name, str | None)


async def that_drop(sliding: SlidingChannel[int], dropping: DroppingChannel[str]) -> None:
    assert_type(sliding.dropped, int)
    assert_type(dropping.dropped, int)
    assert_type(sliding.csize(), int)
    assert_type(dropping.csize(), int)
    assert_type(await sliding.push(1), None)
    assert_type(await sliding.pull(), int)
    assert_type(dropping.push_case("1"), SelectCase[None])
    assert_type(dropping.pull_case(), SelectCase[str])
    async with dropping as entered:
        assert_type(entered, DroppingChannel[str])
    assert_type([item async for item in sliding], list[int])


def narrowed(channel: Channel[int]) -> int:
    if isinstance(channel, (SlidingChannel, DroppingChannel)):
        return channel.dropped
    return 0


async def batches(channel: Channel[int], unbuffered: UnbufferedChannel[str], buffered: BufferedChannel[str]) -> None:
    assert_type(await channel.pull_many(10), list[int])
    assert_type(await channel.pull_many(10, within=0.5), list[int])
    assert_type(await channel.pull_many(sys.maxsize, within=1), list[int])
    assert_type(await unbuffered.pull_many(10), list[str])
    assert_type(await buffered.pull_many(10, within=math.inf), list[str])
    batch = asyncio.create_task(channel.pull_many(10))
    assert_type(await batch, list[int])


async def iteration(channel: Channel[str], unbuffered: UnbufferedChannel[str], buffered: BufferedChannel[str]) -> None:
    async for item in channel:
        assert_type(item, str)
    async for item in unbuffered:
        assert_type(item, str)
    async for item in buffered:
        assert_type(item, str)
    assert_type(await anext(aiter(channel)), str)


async def comprehensions(channel: Channel[str]) -> None:
    assert_type([item async for item in channel], list[str])
    assert_type({item async for item in channel if item}, set[str])
    assert_type({item: len(item) async for item in channel}, dict[str, int])
    lengths = (len(item) async for item in channel)
    assert_type([length async for length in lengths], list[int])


async def context_managers(channel: Channel[int], buffered: BufferedChannel[int]) -> None:
    async with channel as entered:
        assert_type(entered, Channel[int])
    async with buffered as entered_too:
        assert_type(entered_too, BufferedChannel[int])
    async with Channel[int](3) as made:
        assert_type(made, BufferedChannel[int])


async def tasks(channel: Channel[int]) -> None:
    pull = asyncio.create_task(channel.pull())
    assert_type(await pull, int)
    assert_type(await asyncio.wait_for(channel.pull(), 1), int)
    assert_type(await asyncio.gather(channel.pull(), channel.push(1)), tuple[int, None])
    async with asyncio.TaskGroup() as group:
        push = group.create_task(channel.push(1))
    assert_type(push.result(), None)


async def perhaps(channel: Channel[int | None]) -> None:
    await channel.push(None)
    await channel.push(1)
    assert_type(await channel.pull(), int | None)
    async for item in channel:
        if item is not None:
            assert_type(item, int)


async def request(questions: Channel[tuple[str, SendChannel[int]]]) -> int:
    answers = Channel[int]()
    await questions.push(("how many?", answers))
    return await answers.pull()


async def channels_of_channels(lines: Channel[Channel[bytes]]) -> None:
    line = await lines.pull()
    assert_type(line, Channel[bytes])
    assert_type(await line.pull(), bytes)
    await lines.push(Channel(buffer=1))
    async for each in lines:
        assert_type([packet async for packet in each], list[bytes])
