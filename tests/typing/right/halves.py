"""The two halves: what each offers, and which halves are halves of which."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Sequence
from typing import TYPE_CHECKING, assert_type

from pychanasync import BufferedChannel, Channel, RecvChannel, SelectCase, SendChannel, UnbufferedChannel

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager


async def sending(half: SendChannel[int]) -> None:
    assert_type(await half.push(1), None)
    assert_type(half.push_nowait(1), None)
    assert_type(half.push_case(1), SelectCase[None])
    assert_type(half.close(), None)
    assert_type(half.close(immediate=True), None)
    assert_type(half.full(), bool)
    assert_type(half.closed, bool)
    assert_type(half.capacity, float)
    assert_type(half.csize(), int | None)
    async with half as entered:
        assert_type(entered, SendChannel[int])


async def receiving(half: RecvChannel[int]) -> None:
    assert_type(await half.pull(), int)
    assert_type(half.pull_nowait(), int)
    assert_type(half.pull_case(), SelectCase[int])
    assert_type(await half.pull_many(10), Sequence[int])
    assert_type(await half.pull_many(10, within=0.5), Sequence[int])
    assert_type(half.empty(), bool)
    assert_type(half.closed, bool)
    assert_type(half.capacity, float)
    assert_type(half.csize(), int | None)
    async for item in half:
        assert_type(item, int)
    assert_type([item async for item in half], list[int])
    assert_type(aiter(half), AsyncIterator[int])


def split(channel: Channel[int]) -> tuple[SendChannel[int], RecvChannel[int]]:
    return channel, channel


def of_each_kind(unbuffered: UnbufferedChannel[int], buffered: BufferedChannel[int]) -> list[SendChannel[int]]:
    receiving: list[RecvChannel[int]] = [unbuffered, buffered]
    assert_type(receiving[0].pull_nowait(), int)
    return [unbuffered, buffered]


def a_sending_half_takes_what_is_narrower(wide: Channel[object], half: SendChannel[float]) -> SendChannel[bool]:
    narrow: SendChannel[str] = wide
    narrower: SendChannel[int] = half
    narrow.push_nowait("word")
    return narrower


async def a_receiving_half_gives_what_is_wider(narrow: Channel[bool], half: RecvChannel[str]) -> RecvChannel[object]:
    wide: RecvChannel[int] = narrow
    wider: RecvChannel[str | None] = half
    batch: Sequence[str | None] = await half.pull_many(3)
    del batch
    return wider if wider.closed else wide


def several(words: Channel[str], numbers: Channel[int]) -> list[RecvChannel[str | int]]:
    return [words, numbers]


def as_asyncio_sees_them(half: RecvChannel[int]) -> AsyncIterable[float]:
    return half


def closed_on_the_way_out(half: SendChannel[int]) -> AbstractAsyncContextManager[SendChannel[int]]:
    return half
