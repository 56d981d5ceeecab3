"""Generic code of a user's own over the halves: functions, classes, and strategies derived from ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar, assert_type

from pychanasync import BufferedChannel, Channel, RecvChannel, SelectCase, SendChannel, UnbufferedChannel

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

Thing = TypeVar("Thing")
Result = TypeVar("Result")


async def first(source: RecvChannel[Thing]) -> Thing:
    return await source.pull()


async def convert(
    source: RecvChannel[Thing], convert_one: Callable[[Thing], Result], target: SendChannel[Result]
) -> None:
    async with target:
        async for thing in source:
            assert_type(thing, Thing)
            assert_type(await target.push(convert_one(thing)), None)


async def merged(*sources: RecvChannel[Thing]) -> AsyncIterator[Thing]:
    for source in sources:
        async for thing in source:
            yield thing


def made_for(example: Thing, size: int) -> tuple[SendChannel[Thing], RecvChannel[Thing]]:
    channel = Channel[Thing](size)
    channel.push_nowait(example)
    return channel, channel


class Relay(Generic[Thing]):
    """A class over both halves."""

    def __init__(self, source: RecvChannel[Thing], target: SendChannel[Thing]) -> None:
        self.source = source
        self.target = target

    async def run(self) -> None:
        async with self.target:
            async for item in self.source:
                assert_type(item, Thing)
                await self.target.push(item)

    def cases(self, held: Thing) -> tuple[SelectCase[Thing], SelectCase[None]]:
        return self.source.pull_case(), self.target.push_case(held)


class Named(BufferedChannel[Thing]):
    """A strategy of ours with arguments of its own."""

    def __init__(self, name: str) -> None:
        super().__init__(1)
        self.name = name


class Words(UnbufferedChannel[str]):
    """A strategy of ours with its type of items set."""


async def uses(words: Channel[str], numbers: SendChannel[int], mixed: RecvChannel[int | str]) -> None:
    assert_type(await first(words), str)
    assert_type(await first(mixed), int | str)
    assert_type(await first(Channel[bytes]()), bytes)
    assert_type(await convert(words, len, numbers), None)
    assert_type([word async for word in merged(words, words)], list[str])
    assert_type(made_for(1.5, 2), tuple[SendChannel[float], RecvChannel[float]])
    assert_type(Relay(words, words), Relay[str])
    assert_type(Relay(words, words).cases("a"), tuple[SelectCase[str], SelectCase[None]])
    assert_type(Named[int]("n"), Named[int])
    assert_type(await Named[int]("n").pull(), int)
    assert_type(Words(), Words)
    assert_type(await first(Words()), str)
