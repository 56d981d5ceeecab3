"""Every operation beside every other, with a third actor that meets whichever side is left waiting.

Invariant: an item is offered once in a program: the actors of a pair offer 1 and 2, the third 3.
"""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

from tests.model.operations import Within, select
from tests.model.programs.program import EACH, UNBUFFERED, Program, a, b, task

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.model.operations import Operation

OPERATIONS: dict[str, Callable[[int], Operation]] = {
    "push": a.push,
    "pull": lambda _: a.pull(),
    "push_nowait": a.push_nowait,
    "pull_nowait": lambda _: a.pull_nowait(),
    "pull_many": lambda _: a.pull_many(2),
    "pull_many within": lambda _: a.pull_many(2, Within.TIME),
    "iterate": lambda _: a.iterate(),
    "select a pull": lambda _: select(a.pull()),
    "select a push": lambda item: select(a.push(item)),
    "select pulls": lambda _: select(b.pull(), a.pull()),
    "select a push or a pull": lambda item: select(b.pull(), a.push(item)),
    "select of three": lambda item: select(a.pull(), a.push(item), b.push(-item)),
    "select_nowait": lambda item: select(a.push(item), a.pull(), waits=False),
    "close": lambda _: a.close(),
    "close immediate": lambda _: a.close(immediate=True),
}

PAIRS = [
    Program(
        f"{one} beside {other}",
        [
            task(OPERATIONS[one](1)),
            task(OPERATIONS[other](2)),
            task(a.push_nowait(3), a.pull_nowait()),
        ],
        [(kind, UNBUFFERED) for kind in EACH],
    )
    for one, other in combinations_with_replacement(OPERATIONS, 2)
]
