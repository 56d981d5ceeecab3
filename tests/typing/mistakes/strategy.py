"""Cases and halves of a user's own that are not whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pychanasync import SelectCase, chanselect

if TYPE_CHECKING:
    from pychanasync import RecvChannel, SendChannel
    from pychanasync.strategy import AnyLine, Line, Waiter


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
