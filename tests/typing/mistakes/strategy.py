"""Strategies, cases and halves of a user's own that are not whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pychanasync import BufferedChannel, SelectCase, SlidingChannel, chanselect

if TYPE_CHECKING:
    from pychanasync import RecvChannel, SendChannel
    from pychanasync.strategy import AnyLine, Buffer, Line, Waiter


class Unfinished:
    """A case that can be tried but not waited for."""

    channel: object = None

    def ready(self) -> bool:
        return True

    def proceed(self) -> int:
        return 1


class Unsure:
    """A case whose two ways to its value disagree."""

    def __init__(self, line: AnyLine) -> None:
        self.channel = line
        self.line = line

    def ready(self) -> bool:
        return False

    def proceed(self) -> int:
        return 1

    def enrol(self, waiter: Waiter) -> None:
        """Do nothing."""

    def finish(self) -> str:
        return "1"

    def abandon(self) -> bool:
        return True


async def takes_no_part(line: Line[int], waiter: Waiter) -> None:
    await chanselect(Unfinished())  # refused: call-overload | reportArgumentType, reportCallIssue
    case: SelectCase[int] = Unsure(line)  # refused: assignment | reportAssignmentType
    SelectCase()  # refused: misc | reportAbstractUsage
    line.join(waiter, "1")  # refused: arg-type | reportArgumentType
    line.join(1, 1)  # refused: arg-type | reportArgumentType
    del case


class OnlyPushes:
    """A sending half in one call."""

    async def push(self, item: int) -> None: ...


def halves(pushes: OnlyPushes) -> tuple[SendChannel[int], RecvChannel[int]]:
    return pushes, pushes  # refused: return-value | reportReturnType


class OfNoBuffer(BufferedChannel[int]):
    """A list has no popleft."""

    def _make_buffer(self) -> list[int]:  # refused: override | reportIncompatibleMethodOverride
        return []


class OfOtherItems(BufferedChannel[int]):
    """A buffer of what was not pushed."""

    def _make_buffer(self) -> Buffer[str]:  # refused: override | reportIncompatibleMethodOverride
        raise NotImplementedError


class OfAnyBuffer(SlidingChannel[int]):
    """Drops from the middle, which not every buffer can."""

    def _make_buffer(self) -> Buffer[int]:  # refused: override | reportIncompatibleMethodOverride
        raise NotImplementedError


class Silent(BufferedChannel[int]):
    """Does not say whether the push is done."""

    def _overflow(self, item: int) -> None:  # refused: override | reportIncompatibleMethodOverride
        """Do nothing."""


class Waiting(BufferedChannel[int]):
    """Would have to be waited for."""

    async def _overflow(self, item: int) -> bool:  # refused: override | reportIncompatibleMethodOverride
        return item > 1


class OfWords(BufferedChannel[int]):
    """Overflows with what nobody pushes."""

    def _overflow(self, item: str) -> bool:  # refused: override | reportIncompatibleMethodOverride
        return not item
