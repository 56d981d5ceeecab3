"""Makes the tables of what pychanasync and its peers can do: ``python -m tests.benchmarks.comparison``.

Invariant: no cell is typed. What was tried is read from the file of the answers, which features.py makes; what happens
to cancelled operations, from the page that counts it; times, from the file of the main interpreter.
"""

from __future__ import annotations

import json
from textwrap import wrap
from typing import TYPE_CHECKING, TypedDict

from tests.benchmarks import names, results, summary
from tests.benchmarks.columns import LATER_FIRST
from tests.benchmarks.names import OURS
from tests.benchmarks.page import put, table
from tests.benchmarks.performance import MAIN
from tests.benchmarks.results import Spread, ratios

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.benchmarks.results import Results

FILE = results.FOLDER / "features.json"
README, PAGE = summary.ROOT / "README.md", summary.ROOT / "docs" / "comparison.md"
AUTHOR = "tests/benchmarks/comparison.py"
YES, NO, COUNTED, NOT_TRIED, NOT_MEASURED = "yes", "no", "counted elsewhere", "not tried", ""

RENDEZVOUS = "no buffer: a push waits for its pull"
CLOSE = "close: the rest can still be pulled"
ITERATION = "`async for` until the close"
CAUSES = "receivers learn why a sender failed"
SELECT = "select over several operations"
HALVES = "a type for each half"
IN_TURN = "first come, first served"
EXACT = "nothing lost or doubled when cancelled"
BROADCAST = "broadcast to every subscriber"
DEADLOCK = "deadlock report"
THREADS = "push and pull from other threads"
NO_LOOP = "threads without an event loop"
TWO_LOOPS = "several event loops"
PRIORITY = "priority queue included"
JOIN = "`join` and `task_done`"
YIELDS = "every call lets other tasks run"
ON_ASYNCIO = "runs on asyncio"
ON_TRIO = "runs on trio"
PYTHON = "oldest Python"
STATUS = "stated maturity"
NOTHING_WAITS, BUFFER_OF_1, THREAD_TO_TASK = "time, nothing waits", "time, buffer of 1", "time, thread to task"

TIMES = {
    NOTHING_WAITS: "uncontended",
    BUFFER_OF_1: "buffer 1",
    "time, unbuffered": "unbuffered",
    THREAD_TO_TASK: "push in a thread",
    "time, task to thread": "pull in a thread",
}
"""The scenarios that are shown, by their names in the table."""
IN_README = (
    *(RENDEZVOUS, CLOSE, CAUSES, SELECT, HALVES, IN_TURN, EXACT, BROADCAST, DEADLOCK),
    *(THREADS, NO_LOOP, PRIORITY, JOIN, YIELDS, ON_ASYNCIO, ON_TRIO),
    *(NOTHING_WAITS, BUFFER_OF_1, THREAD_TO_TASK),
)


class Kept(TypedDict):
    """What was tried, and what came of it."""

    versions: dict[str, str]
    tried: dict[str, str]
    """By feature, what a yes means."""
    answers: dict[str, dict[str, str]]
    """By feature and library."""


def kept() -> Kept:
    """Read what the last run found."""
    found: Kept = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def keep(found: Kept) -> None:
    """Write what a run found."""
    FILE.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def exact(name: str, tables: str) -> str:
    """Say whether cancelled operations had no fault, who was served first left aside."""
    rows = summary.found(tables)[name]
    counted = rows[0].keys() | rows[-1].keys()
    faults = counted - summary.NO_FAULTS - {LATER_FIRST}
    return NO if any(row.get(fault) for row in rows for fault in faults) else YES


def time(name: str, scenario: str, found: Results) -> str:
    """Say how long it takes, as a ratio to ours, taken round by round."""
    times = found["times"]["stock"][scenario]
    measured = {names.TRIO: "trio", names.BY_HAND: "asyncio.Queue"}
    by_name = {measured.get(contender, contender): figures for contender, figures in times.items()}
    if name not in by_name:
        return NOT_MEASURED
    ratio = Spread.of(ratios(by_name[name], by_name[OURS])).middle
    return f"{ratio:.1f}" if ratio >= 1 else f"{ratio:.2f}"


def rows(found: Kept, tables: str, measured: Results) -> dict[str, list[str]]:
    """Find every row, the name of the feature first."""
    made: dict[str, list[str]] = {}
    for feature, answers in found["answers"].items():
        made[feature] = [exact(name, tables) if answer == COUNTED else answer for name, answer in answers.items()]
    for feature, scenario in TIMES.items():
        made[feature] = [time(name, scenario, measured) for name in [OURS, *found["versions"]]]
    return made


def shown(features: Sequence[str], found: Kept, every: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Lay out the rows of some features."""
    # A name with a space may wrap, where there is little room.
    head = [name.replace(".", " ") for name in [OURS, *found["versions"]]]
    return table([["", *head], *([feature, *every[feature]] for feature in features)])


def meanings(found: Kept, measured: Results) -> Iterator[str]:
    """Say what was tried for each row."""
    explained = {**found["tried"], **{row: measured["scenarios"][scenario]["about"] for row, scenario in TIMES.items()}}
    for feature, tried in explained.items():
        yield from wrap(f"- **{feature}**: {tried}", summary.WIDTH, subsequent_indent="  ")


def versions(found: Kept) -> str:
    """Say what was tried, by version."""
    return f"Tried: {', '.join(f'{name} {number}' for name, number in found['versions'].items())}."


def written() -> Iterator[tuple[Path, Sequence[str]]]:
    """Say what stands in which page."""
    found, measured = kept(), results.read()[MAIN]
    every = rows(found, summary.tables(), measured)
    yield README, [*shown(IN_README, found, every)]
    whole = [*shown([*every], found, every), "", *wrap(versions(found), summary.WIDTH)]
    yield PAGE, [*whole, "", *meanings(found, measured)]


def write() -> None:
    """Put the tables where they are shown."""
    for page, lines in written():
        put(page, AUTHOR, lines)


if __name__ == "__main__":
    write()
