"""A strategy of a user's own: written from the protocols, and cases that wrap those of others."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Generic, Literal, TypeVar, assert_type

from docs.examples.priority_channel import PriorityChannel
from pychanasync import Channel, ChannelClosed, RecvChannel, SelectCase, Selected, SendChannel, chanselect
from pychanasync.strategy import AnyLine, Line, Waiter

if TYPE_CHECKING:
    from collections.abc import Callable

Value = TypeVar("Value")
Made = TypeVar("Made")


class Converted(Generic[Value, Made]):
    """The case of another channel, with its value converted."""

    def __init__(self, case: SelectCase[Value], convert: Callable[[Value], Made]) -> None:
        self._case = case
        self._convert = convert

    @property
    def channel(self) -> object:
        return self._case.channel

    @property
    def line(self) -> AnyLine:
        return self._case.line

    def ready(self) -> bool:
        return self._case.ready()

    def proceed(self) -> Made:
        return self._convert(self._case.proceed())

    def enrol(self, waiter: Waiter) -> None:
        self._case.enrol(waiter)

    def finish(self) -> Made:
        return self._convert(self._case.finish())

    def abandon(self) -> bool:
        return self._case.abandon()


async def takes_part(words: RecvChannel[str], numbers: RecvChannel[int]) -> None:
    lengths = Converted(words.pull_case(), len)
    assert_type(lengths, Converted[str, int])
    selected = await chanselect(lengths, numbers.pull_case(), words.pull_case())
    assert_type(selected.value, int | str)
    if selected.index == 0:
        assert_type(selected, Selected[Literal[0], int])


def lines(waiter: Waiter) -> None:
    line: Line[int] = Line()
    assert_type(line.join(waiter, 1), None)
    assert_type(line.first(), Waiter | None)
    assert_type(line[waiter], int)
    assert_type(line.commit(), tuple[Waiter, int] | None)
    assert_type(line.take(), tuple[Waiter, int] | None)
    assert_type(line.leave(waiter), bool)
    assert_type(line.count(), int)
    assert_type(line.wake_closed(partial(ChannelClosed, object(), "pull")), None)
    of_any_kind: AnyLine = line
    assert_type(of_any_kind.leave(waiter), bool)


async def whole(jobs: PriorityChannel[int]) -> tuple[SendChannel[int], RecvChannel[int]]:
    assert_type(PriorityChannel[int](buffer=3), PriorityChannel[int])
    assert_type(await jobs.push(1), None)
    assert_type(await jobs.pull(), int)
    assert_type(jobs.pull_case(), SelectCase[int])
    assert_type(jobs.push_case(1), SelectCase[None])
    assert_type([job async for job in jobs], list[int])
    async with jobs as entered:
        assert_type(entered, PriorityChannel[int])
    selected = await chanselect(jobs.pull_case(), Channel[str]().pull_case(), ordered=True)
    assert_type(selected, Selected[Literal[0], int] | Selected[Literal[1], str])
    return jobs, jobs
