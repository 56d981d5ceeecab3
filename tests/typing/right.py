"""Right use: what the type checkers must see. Both read this file; nothing runs it."""

from __future__ import annotations

import asyncio
from math import inf
from typing import Generic, Literal, TypeVar, assert_never, assert_type

from pychanasync import (
    BufferedChannel,
    Channel,
    ChannelClosed,
    ChannelEmpty,
    ChannelError,
    ChannelFull,
    RecvChannel,
    SelectCase,
    Selected,
    SendChannel,
    UnbufferedChannel,
    chanselect,
    chanselect_nowait,
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


def cases(channel: Channel[int], sending: SendChannel[int], receiving: RecvChannel[int]) -> list[SelectCase[object]]:
    pull, push = channel.pull_case(), channel.push_case(1)
    assert_type(pull, SelectCase[int])
    assert_type(push, SelectCase[None])
    assert_type(receiving.pull_case(), SelectCase[int])
    assert_type(sending.push_case(1), SelectCase[None])
    return [pull, push]


async def narrowing(words: RecvChannel[str], numbers: Channel[int], stop: RecvChannel[bytes] | None) -> str:
    selected = await chanselect(
        words.pull_case(), numbers.push_case(1), numbers.pull_case(), stop.pull_case() if stop else None
    )
    assert_type(selected.index, Literal[0, 1, 2, 3])
    assert_type(selected.value, str | int | bytes | None)
    if selected.index == 0:
        assert_type(selected.value, str)
        _, word = selected
        assert_type(word, str)
    elif selected.index == 1:
        assert_type(selected.value, None)
    elif selected.index == 2:
        assert_type(selected.value, int)
    elif selected.index == 3:
        assert_type(selected.value, bytes)
    else:
        assert_never(selected.index)
    channel, value = selected
    assert_type(channel, object)
    assert_type(value, str | int | bytes | None)
    return repr(value)


async def matching(words: RecvChannel[str], numbers: RecvChannel[int]) -> str:
    selected = await chanselect(words.pull_case(), numbers.pull_case(), ordered=True)
    match selected.index:
        case 0:
            return "a word"
        case 1:
            return "a number"


async def two_to_eight(  # noqa: PLR0913, PLR0917
    c0: SelectCase[int],
    c1: SelectCase[str],
    c2: SelectCase[bytes],
    c3: SelectCase[float] | None,
    c4: SelectCase[list[int]],
    c5: SelectCase[None],
    c6: SelectCase[set[int]],
    c7: SelectCase[complex],
) -> None:
    assert_type(await chanselect(c0), Selected[Literal[0], int])
    assert_type(await chanselect(c0, c1), Selected[Literal[0], int] | Selected[Literal[1], str])
    assert_type(
        await chanselect(c0, c1, c2),
        Selected[Literal[0], int] | Selected[Literal[1], str] | Selected[Literal[2], bytes],
    )
    assert_type(
        await chanselect(c0, c1, c2, c3),
        Selected[Literal[0], int]
        | Selected[Literal[1], str]
        | Selected[Literal[2], bytes]
        | Selected[Literal[3], float],
    )
    assert_type(
        (await chanselect(c0, c1, c2, c3, c4)).value,
        int | str | bytes | float | list[int],
    )
    assert_type(
        (await chanselect(c0, c1, c2, c3, c4, c5)).value,
        int | str | bytes | float | list[int] | None,
    )
    assert_type(
        (await chanselect(c0, c1, c2, c3, c4, c5, c6)).value,
        int | str | bytes | float | list[int] | set[int] | None,
    )
    eight = await chanselect(c0, c1, c2, c3, c4, c5, c6, c7)
    assert_type(eight.index, Literal[0, 1, 2, 3, 4, 5, 6, 7])
    if eight.index == 7:
        assert_type(eight.value, complex)


async def of_one_type(listed: list[SelectCase[int]], perhaps: list[SelectCase[str] | None]) -> None:
    assert_type(await chanselect(*listed), Selected[int, int])
    assert_type(await chanselect(*perhaps), Selected[int, str])
    assert_type(chanselect_nowait(*listed), Selected[int, int] | None)
    selected = await chanselect(*listed)
    assert_type(selected.index, int)
    assert_type(selected.value, int)


def without_waiting(words: RecvChannel[str], numbers: SendChannel[int]) -> None:
    selected = chanselect_nowait(words.pull_case(), numbers.push_case(1))
    assert_type(selected, Selected[Literal[0], str] | Selected[Literal[1], None] | None)
    if selected is None:
        return
    if selected.index == 0:
        assert_type(selected.value, str)
    else:
        assert_type(selected.value, None)


async def tasks_of_selects(words: RecvChannel[str]) -> None:
    task = asyncio.create_task(chanselect(words.pull_case()))
    assert_type((await task).value, str)
