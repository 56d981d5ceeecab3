"""Right use: what the type checkers must see. Both read this file; nothing runs it."""

from __future__ import annotations

import asyncio
from math import inf
from typing import Generic, TypeVar, assert_type

from pychanasync import (
    BufferedChannel,
    Channel,
    ChannelClosed,
    ChannelEmpty,
    ChannelError,
    ChannelFull,
    RecvChannel,
    SendChannel,
    UnbufferedChannel,
)

Thing = TypeVar("Thing")


def factory(size: int, perhaps: int | None) -> None:
    assert_type(Channel[int](), UnbufferedChannel[int])
    assert_type(Channel[int](None), UnbufferedChannel[int])
    assert_type(Channel[int](buffer=None), UnbufferedChannel[int])
    assert_type(Channel[int](10), BufferedChannel[int])
    assert_type(Channel[int](buffer=10), BufferedChannel[int])
    assert_type(Channel[str](inf), BufferedChannel[str])
    assert_type(Channel[int | None](size), BufferedChannel[int | None])
    assert_type(Channel[int](perhaps), Channel[int])
    assert_type(UnbufferedChannel[int](), UnbufferedChannel[int])
    assert_type(BufferedChannel[int](3), BufferedChannel[int])
    assert_type(Channel[Channel[int]](), UnbufferedChannel[Channel[int]])


def annotated() -> tuple[Channel[int], Channel[int], UnbufferedChannel[str], BufferedChannel[str]]:
    plain: Channel[int] = Channel()
    roomy: Channel[int] = Channel(buffer=10)
    strategy: UnbufferedChannel[str] = Channel()
    other: BufferedChannel[str] = BufferedChannel(3)
    return plain, roomy, strategy, other


async def members(channel: Channel[int], unbuffered: UnbufferedChannel[int], buffered: BufferedChannel[int]) -> None:
    assert_type(await channel.push(1), None)
    assert_type(channel.push_nowait(1), None)
    assert_type(await channel.pull(), int)
    assert_type(channel.pull_nowait(), int)
    assert_type(channel.close(), None)
    assert_type(channel.close(immediate=True), None)
    assert_type(channel.closed, bool)
    assert_type(channel.empty(), bool)
    assert_type(channel.full(), bool)
    assert_type(channel.capacity, float)
    assert_type(channel.csize(), int | None)
    assert_type(unbuffered.csize(), int | None)
    assert_type(buffered.csize(), int)
    assert_type([item async for item in channel], list[int])
    async for item in unbuffered:
        assert_type(item, int)
    async with channel as entered:
        assert_type(entered, Channel[int])
    async with buffered as entered_too:
        assert_type(entered_too, BufferedChannel[int])


async def tasks(channel: Channel[int]) -> None:
    pull = asyncio.create_task(channel.pull())
    assert_type(await pull, int)
    assert_type(await asyncio.wait_for(channel.pull(), 1), int)
    assert_type(await asyncio.gather(channel.pull(), channel.push(1)), tuple[int, None])
    async with asyncio.TaskGroup() as group:
        push = group.create_task(channel.push(1))
    assert_type(push.result(), None)


def split(channel: Channel[int]) -> tuple[SendChannel[int], RecvChannel[int]]:
    return channel, channel


async def halves(sending: SendChannel[int], receiving: RecvChannel[int]) -> None:
    assert_type(await sending.push(1), None)
    assert_type(sending.push_nowait(1), None)
    assert_type(sending.close(), None)
    assert_type(sending.full(), bool)
    assert_type(sending.closed, bool)
    assert_type(sending.capacity, float)
    assert_type(sending.csize(), int | None)
    async with sending as entered:
        assert_type(entered, SendChannel[int])
    assert_type(await receiving.pull(), int)
    assert_type(receiving.pull_nowait(), int)
    assert_type(receiving.empty(), bool)
    assert_type(receiving.closed, bool)
    assert_type(receiving.capacity, float)
    assert_type(receiving.csize(), int | None)
    assert_type([item async for item in receiving], list[int])


def variance(wide: Channel[object], narrow: Channel[bool]) -> tuple[SendChannel[bool], RecvChannel[object]]:
    sending: SendChannel[object] = wide
    receiving: RecvChannel[bool] = narrow
    return sending, receiving


def errors(closed: ChannelClosed, full: ChannelFull, empty: ChannelEmpty) -> None:
    assert_type(closed.channel, object | None)
    base: list[ChannelError] = [closed, full, empty]
    assert_type(Channel.Closed, type[ChannelClosed])
    try:
        base.clear()
    except Channel.Closed as refused:
        assert_type(refused, ChannelClosed)
    except (Channel.Full, Channel.Empty) as refused:
        assert_type(refused, ChannelFull | ChannelEmpty)


class Named(BufferedChannel[Thing]):
    """A strategy with arguments of its own."""

    def __init__(self, name: str) -> None:
        super().__init__(1)
        self.name = name


class Relay(Generic[Thing]):
    """A generic class over both halves."""

    def __init__(self, source: RecvChannel[Thing], target: SendChannel[Thing]) -> None:
        self.source = source
        self.target = target

    async def run(self) -> None:
        async with self.target:
            async for item in self.source:
                assert_type(item, Thing)
                await self.target.push(item)


async def first(source: RecvChannel[Thing]) -> Thing:
    return await source.pull()


async def generic(words: Channel[str]) -> None:
    assert_type(Named[int]("n"), Named[int])
    assert_type(await Named[int]("n").pull(), int)
    assert_type(await first(words), str)
    assert_type(Relay(words, words), Relay[str])
