"""A strategy of a user's own: derived from ours, or written from the protocols; and cases that wrap those of others."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Generic, Literal, TypeVar, assert_type

from typing_extensions import override

from docs.examples.priority_channel import PriorityChannel
from pychanasync import (
    BufferedChannel,
    Channel,
    ChannelClosed,
    DroppingChannel,
    RecvChannel,
    SelectCase,
    Selected,
    SendChannel,
    SlidingChannel,
    UnbufferedChannel,
    chanselect,
)
from pychanasync.strategy import AnyLine, Buffer, Line, Waiter

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


class Stack(list[Value]):
    """The newest item first."""

    def popleft(self) -> Value:
        return self.pop()


class Stacked(BufferedChannel[Value]):
    """Takes over how it is made."""

    @override
    def _make_buffer(self) -> Buffer[Value]:
        return Stack()


class Counting(BufferedChannel[Value]):
    """Is made in its own way, refuses a push now and then, and says what its buffer is."""

    def __init__(self, patience: int) -> None:
        super().__init__(2, name="counting")
        self.patience = patience
        self.refused: deque[Value] = deque(maxlen=patience)

    @override
    def _make_buffer(self) -> Stack[Value]:
        return Stack()

    @override
    def _overflow(self, item: Value) -> bool:
        self.refused.append(item)
        return super()._overflow(item) or len(self.refused) < self.patience


class Lossy(UnbufferedChannel[Value]):
    """Without a buffer too, what overflows may be dropped."""

    @override
    def _overflow(self, item: Value) -> bool:
        return True


class OfWords(SlidingChannel[str]):
    """Of items of one type, and with a deque of its own."""

    @override
    def _make_buffer(self) -> deque[str]:
        return deque(maxlen=self.dropped)

    @override
    def _overflow(self, item: str) -> bool:
        return not item.strip() or super()._overflow(item)


class Urgent(DroppingChannel[Value]):
    """The most urgent of the oldest."""

    @override
    def _make_buffer(self) -> Buffer[Value]:
        return Stack()


async def derived(of_words: OfWords, counting: Counting[int]) -> tuple[SendChannel[str], RecvChannel[int]]:
    assert_type(Stacked[int](3), Stacked[int])
    assert_type(Stacked[int](buffer=3, name="stack"), Stacked[int])
    assert_type(Counting[bytes](3), Counting[bytes])
    assert_type(Lossy[int](), Lossy[int])
    assert_type(OfWords(3), OfWords)
    assert_type(Urgent[int](3).dropped, int)
    assert_type(await of_words.push("word"), None)
    assert_type(await of_words.pull(), str)
    assert_type(counting.refused, deque[int])
    assert_type(counting.csize(), int)
    assert_type(counting.pull_case(), SelectCase[int])
    stacked: Channel[str] = Stacked(3)
    return stacked, counting


def a_deque_is_a_buffer(items: deque[int]) -> Buffer[int]:
    return items
