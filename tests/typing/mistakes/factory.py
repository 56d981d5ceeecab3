"""Channels made with the wrong arguments."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from pychanasync import BufferedChannel, Channel, DroppingChannel, SlidingChannel, UnbufferedChannel

if TYPE_CHECKING:
    from typing import Literal


def arguments() -> None:
    Channel[int]("3")  # refused: call-overload | reportArgumentType, reportCallIssue
    Channel[int](buffer="3")  # refused: call-overload | reportArgumentType, reportCallIssue
    Channel[int]([3])  # refused: call-overload | reportArgumentType, reportCallIssue
    Channel[int](3j)  # refused: call-overload | reportArgumentType, reportCallIssue
    Channel[int](size=3)  # refused: call-overload | reportCallIssue
    Channel[int](1, 2)  # refused: call-overload | reportCallIssue
    Channel[int](buffer=1, bound=3)  # refused: call-overload | reportCallIssue
    Channel[int](1, bound=3)  # refused: call-overload | reportCallIssue


def overflow(perhaps: int | None, word: str, either: Literal["wait", "drop_oldest"]) -> None:
    Channel[int](2, overflow="drop")  # refused: call-overload | reportArgumentType, reportCallIssue
    Channel[int](2, overflow=word)  # refused: call-overload | reportArgumentType, reportCallIssue
    Channel[int](2, overflow=None)  # refused: call-overload | reportArgumentType, reportCallIssue
    Channel[int](2, "drop_oldest")  # refused: call-overload | reportCallIssue
    Channel[int](overflow="drop_oldest")  # refused: call-overload | reportArgumentType
    Channel[int](None, overflow="drop_newest")  # refused: call-overload | reportArgumentType, reportCallIssue
    Channel[int](perhaps, overflow="drop_oldest")  # refused: call-overload | reportArgumentType, reportCallIssue
    Channel[int](inf, overflow="drop_oldest")  # refused: call-overload | reportArgumentType, reportCallIssue
    Channel[int](inf, overflow="drop_newest")  # refused: call-overload | reportArgumentType, reportCallIssue
    Channel[int](inf, overflow=either)  # refused: arg-type | reportArgumentType, reportCallIssue
    Channel[int](overflow=either)  # refused: arg-type | reportArgumentType


def the_older_word() -> None:
    older: Channel[int] = Channel(bound=3)  # refused: deprecated | reportDeprecated
    older = Channel(bound=3, overflow="drop_oldest")  # refused: deprecated | reportDeprecated
    del older


def strategies() -> None:
    UnbufferedChannel[int](3)  # refused: arg-type | reportArgumentType
    UnbufferedChannel[int](bound=None)  # refused: call-arg | reportCallIssue
    BufferedChannel[int]()  # refused: call-arg | reportCallIssue
    BufferedChannel[int](None)  # refused: arg-type | reportArgumentType
    BufferedChannel[int]("3")  # refused: arg-type | reportArgumentType
    BufferedChannel[int](bound=3)  # refused: call-arg | reportCallIssue
    SlidingChannel[int]()  # refused: call-arg | reportCallIssue
    SlidingChannel[int](None)  # refused: arg-type | reportArgumentType
    SlidingChannel[int](inf)  # refused: arg-type | reportArgumentType
    SlidingChannel[int](bound=3)  # refused: call-arg | reportCallIssue
    DroppingChannel[int]()  # refused: call-arg | reportCallIssue
    DroppingChannel[int](None)  # refused: arg-type | reportArgumentType
    DroppingChannel[int](inf)  # refused: arg-type | reportArgumentType


def overflow_of_another_strategy() -> None:
    UnbufferedChannel[int](overflow="drop_oldest")  # refused: arg-type | reportArgumentType
    BufferedChannel[int](3, overflow="drop_oldest")  # refused: arg-type | reportArgumentType
    SlidingChannel[int](3, overflow="wait")  # refused: arg-type | reportArgumentType
    SlidingChannel[int](3, overflow="drop_newest")  # refused: arg-type | reportArgumentType
    DroppingChannel[int](3, overflow="drop_oldest")  # refused: arg-type | reportArgumentType
    DroppingChannel[int](3, "drop_newest")  # refused: call-arg | reportCallIssue


def kinds(size: int, perhaps: int | None) -> None:
    buffered: BufferedChannel[int] = Channel()  # refused: assignment | reportAssignmentType, reportUnknownVariableType
    unbuffered: UnbufferedChannel[int] = Channel(size)  # refused: assignment | reportAssignmentType, reportUnknownVariableType
    buffered = Channel[int](perhaps)  # refused: assignment | reportAssignmentType
    buffered = Channel[int](2, overflow="drop_oldest")  # refused: assignment | reportAssignmentType
    sliding: SlidingChannel[int] = Channel(2)  # refused: assignment | reportAssignmentType, reportUnknownVariableType
    sliding = Channel[int](2, overflow="drop_newest")  # refused: assignment | reportAssignmentType
    of_words: Channel[str] = Channel[int]()  # refused: assignment | reportAssignmentType
    del buffered, unbuffered, sliding, of_words


def dropped(buffered: BufferedChannel[int], sliding: SlidingChannel[int], channel: Channel[int]) -> None:
    print(buffered.dropped)  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownArgumentType, reportUnknownMemberType
    print(channel.dropped)  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownArgumentType, reportUnknownMemberType
    sliding.dropped = 0  # refused: misc | reportAttributeAccessIssue


def parameters(channel: Channel[int, str]) -> None:  # refused: type-arg | reportInvalidTypeArguments
    del channel


def the_class_for_a_channel() -> Channel[int]:
    return Channel[int]  # refused: return-value | reportReturnType
