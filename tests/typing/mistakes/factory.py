"""Channels made with the wrong arguments."""

from __future__ import annotations

from pychanasync import BufferedChannel, Channel, UnbufferedChannel


def arguments() -> None:
    Channel[int]("3")  # refused: call-overload | reportArgumentType, reportCallIssue
    Channel[int](buffer="3")  # refused: call-overload | reportArgumentType, reportCallIssue
    Channel[int]([3])  # refused: call-overload | reportArgumentType, reportCallIssue
    Channel[int](3j)  # refused: call-overload | reportArgumentType, reportCallIssue
    Channel[int](size=3)  # refused: call-overload | reportCallIssue
    Channel[int](1, 2)  # refused: call-overload | reportCallIssue
    Channel[int](buffer=1, bound=3)  # refused: call-overload | reportCallIssue
    Channel[int](1, bound=3)  # refused: call-overload | reportCallIssue


def the_older_word() -> None:
    older: Channel[int] = Channel(bound=3)  # refused: deprecated | reportDeprecated
    del older


def strategies() -> None:
    UnbufferedChannel[int](3)  # refused: arg-type | reportArgumentType
    UnbufferedChannel[int](bound=None)  # refused: call-arg | reportCallIssue
    BufferedChannel[int]()  # refused: call-arg | reportCallIssue
    BufferedChannel[int](None)  # refused: arg-type | reportArgumentType
    BufferedChannel[int]("3")  # refused: arg-type | reportArgumentType
    BufferedChannel[int](bound=3)  # refused: call-arg | reportCallIssue


def kinds(size: int, perhaps: int | None) -> None:
    buffered: BufferedChannel[int] = Channel()  # refused: assignment | reportAssignmentType, reportUnknownVariableType
    unbuffered: UnbufferedChannel[int] = Channel(size)  # refused: assignment | reportAssignmentType, reportUnknownVariableType
    buffered = Channel[int](perhaps)  # refused: assignment | reportAssignmentType
    of_words: Channel[str] = Channel[int]()  # refused: assignment | reportAssignmentType
    del buffered, unbuffered, of_words


def parameters(channel: Channel[int, str]) -> None:  # refused: type-arg | reportInvalidTypeArguments
    del channel


def the_class_for_a_channel() -> Channel[int]:
    return Channel[int]  # refused: return-value | reportReturnType
