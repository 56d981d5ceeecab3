"""The story of a schedule: what happened, move by move, in lines that can be read.

Invariant: a story is told from the events alone, so that what is told is what was judged.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.model.operations import Fail, Leave, Outcome, Step


class Event(NamedTuple):
    """Something that happened: an operation began or ended, or the schedule made its move."""

    move: int
    actor: str
    operation: Step | Fail | Leave | None = None
    outcome: Outcome | None = None
    """How the operation ended; ``None`` where it begins."""
    what: str = ""
    """The move, if it is one."""

    def __str__(self) -> str:
        return self.what or f"{self.operation} {self.outcome or 'begins'}"


def tell(events: Sequence[Event]) -> str:
    """Tell a story, one line a move."""
    lines: list[str] = []
    for move, group in groupby(events, key=lambda event: event.move):
        told = [*_told([*group])]
        lines.append(f"{move:3}  {told[0]}{': ' * (len(told) > 1)}{', '.join(told[1:])}")
    return "\n".join(lines)


def _told(events: list[Event]) -> Iterator[str]:
    """Tell the events of one move; an operation that ends where it begins is told once."""
    for event, following in zip(events, [*events[1:], None], strict=True):
        begins = event.operation is not None and event.outcome is None
        if not begins:
            yield str(event)
        elif following is None or following.operation != event.operation:
            yield f"{event.operation} waits"
