"""The factory in all its forms, and the strategies and errors by themselves."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING, Final, TypeVar, assert_type

from pychanasync import (
    BufferedChannel,
    Channel,
    ChannelClosed,
    ChannelEmpty,
    ChannelError,
    ChannelFull,
    DroppingChannel,
    RecvChannel,
    SendChannel,
    SlidingChannel,
    UnbufferedChannel,
)

if TYPE_CHECKING:
    from typing import Literal, SupportsIndex

Thing = TypeVar("Thing")


def without_a_buffer() -> None:
    assert_type(Channel[int](), UnbufferedChannel[int])
    assert_type(Channel[int](None), UnbufferedChannel[int])
    assert_type(Channel[int](buffer=None), UnbufferedChannel[int])
    assert_type(UnbufferedChannel[int](), UnbufferedChannel[int])
    assert_type(UnbufferedChannel[int](None), UnbufferedChannel[int])


def with_a_buffer(size: int, index: SupportsIndex) -> None:
    assert_type(Channel[int](10), BufferedChannel[int])
    assert_type(Channel[int](buffer=10), BufferedChannel[int])
    assert_type(Channel[int](size), BufferedChannel[int])
    assert_type(Channel[int](index), BufferedChannel[int])
    assert_type(Channel[str](inf), BufferedChannel[str])
    assert_type(BufferedChannel[int](3), BufferedChannel[int])
    assert_type(BufferedChannel[int](buffer=inf), BufferedChannel[int])


def that_waits(size: float) -> None:
    assert_type(Channel[int](overflow="wait"), UnbufferedChannel[int])
    assert_type(Channel[int](None, overflow="wait", name="jobs"), UnbufferedChannel[int])
    assert_type(Channel[int](10, overflow="wait"), BufferedChannel[int])
    assert_type(Channel[int](size, overflow="wait", name="jobs"), BufferedChannel[int])
    assert_type(UnbufferedChannel[int](overflow="wait"), UnbufferedChannel[int])
    assert_type(BufferedChannel[int](10, overflow="wait"), BufferedChannel[int])


def that_drops(size: int, index: SupportsIndex) -> None:
    assert_type(Channel[int](10, overflow="drop_oldest"), SlidingChannel[int])
    assert_type(Channel[int](buffer=size, overflow="drop_oldest", name="news"), SlidingChannel[int])
    assert_type(Channel[int](index, overflow="drop_oldest"), SlidingChannel[int])
    assert_type(Channel[int](10, overflow="drop_newest"), DroppingChannel[int])
    assert_type(Channel[int](buffer=size, overflow="drop_newest", name="news"), DroppingChannel[int])
    assert_type(Channel[int](index, overflow="drop_newest"), DroppingChannel[int])
    assert_type(SlidingChannel[int](3), SlidingChannel[int])
    assert_type(SlidingChannel[int](buffer=index, overflow="drop_oldest", name="news"), SlidingChannel[int])
    assert_type(DroppingChannel[int](3), DroppingChannel[int])
    assert_type(DroppingChannel[int](buffer=index, overflow="drop_newest", name="news"), DroppingChannel[int])


def by_a_constant() -> None:
    overflow: Final = "drop_oldest"
    assert_type(Channel[int](10, overflow=overflow), SlidingChannel[int])


def by_a_choice(
    any_of_them: Literal["wait", "drop_oldest", "drop_newest"], dropping: Literal["drop_oldest", "drop_newest"]
) -> None:
    assert_type(Channel[int](10, overflow=any_of_them), Channel[int])
    assert_type(Channel[int](10, overflow=dropping), Channel[int])
    assert_type(Channel[int](10, overflow="drop_oldest" if any_of_them == "wait" else "drop_newest"), Channel[int])


def either(perhaps: int | None, size: float | None) -> None:
    assert_type(Channel[int](perhaps), Channel[int])
    assert_type(Channel[int](buffer=size), Channel[int])
    assert_type(Channel[int](size, overflow="wait"), Channel[int])


def of_anything() -> None:
    assert_type(Channel[int | None](10), BufferedChannel[int | None])
    assert_type(Channel[None](), UnbufferedChannel[None])
    assert_type(Channel[Channel[int]](), UnbufferedChannel[Channel[int]])
    assert_type(Channel[type[int]](), UnbufferedChannel[type[int]])
    assert_type(Channel[Callable[[int], str]](), UnbufferedChannel[Callable[[int], str]])
    assert_type(Channel[tuple[int, ...]](1), BufferedChannel[tuple[int, ...]])


def of_a_type_variable(thing: Thing) -> Channel[Thing]:
    channel = Channel[Thing](1)
    assert_type(channel, BufferedChannel[Thing])
    assert_type(Channel[Thing](1, overflow="drop_newest"), DroppingChannel[Thing])
    channel.push_nowait(thing)
    return channel


def by_annotation() -> tuple[Channel[int], UnbufferedChannel[str], BufferedChannel[str]]:
    either: Channel[int] = Channel()
    either = Channel(buffer=10)
    either = Channel(2, overflow="drop_oldest")
    either = Channel(2, overflow="drop_newest")
    meeting: UnbufferedChannel[str] = Channel()
    mailbox: BufferedChannel[str] = Channel(3)
    mailbox = BufferedChannel(3)
    return either, meeting, mailbox


def that_drops_by_annotation(
    overflow: Literal["wait", "drop_oldest", "drop_newest"],
) -> tuple[Channel[int], SlidingChannel[str], DroppingChannel[str]]:
    either: Channel[int] = Channel(2, overflow=overflow)
    latest: SlidingChannel[str] = Channel(1, overflow="drop_oldest")
    latest = SlidingChannel(1)
    earliest: DroppingChannel[str] = Channel(1, overflow="drop_newest")
    earliest = DroppingChannel(1)
    return either, latest, earliest


def as_a_half() -> tuple[SendChannel[bytes], RecvChannel[str]]:
    return Channel[bytes](), Channel(buffer=3)


def that_drops_as_a_half() -> tuple[SendChannel[bytes], RecvChannel[str]]:
    return Channel[bytes](1, overflow="drop_oldest"), Channel(1, overflow="drop_newest")


def the_class_itself() -> None:
    assert_type(Channel.Closed, type[ChannelClosed])
    assert_type(Channel.Full, type[ChannelFull])
    assert_type(Channel.Empty, type[ChannelEmpty])
    assert_type(BufferedChannel.Closed, type[ChannelClosed])
    assert_type(SlidingChannel.Closed, type[ChannelClosed])
    assert_type(DroppingChannel.Empty, type[ChannelEmpty])


def errors(channel: Channel[int]) -> None:
    try:
        channel.pull_nowait()
    except Channel.Closed as refused:
        assert_type(refused, ChannelClosed)
        assert_type(refused.channel, object | None)
    except (Channel.Full, Channel.Empty) as refused:
        assert_type(refused, ChannelFull | ChannelEmpty)
        assert_type(refused.channel, object | None)
    except ChannelError as refused:
        assert_type(refused.channel is channel, bool)
    assert_type(ChannelClosed(channel), ChannelClosed)
    assert_type(ChannelError(), ChannelError)


def all_errors(closed: ChannelClosed, full: ChannelFull, empty: ChannelEmpty) -> list[ChannelError]:
    return [closed, full, empty]
