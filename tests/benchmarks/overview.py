"""Sums up the figures for users: ``python -m tests.benchmarks.overview`` puts five points and a table on a page.

Everything that is measured is on the page for contributors, which `tests.benchmarks.performance` makes.
"""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from tests.benchmarks import names, results
from tests.benchmarks.names import OURS, QUEUE
from tests.benchmarks.page import put
from tests.benchmarks.performance import MAIN, table
from tests.benchmarks.results import Spread, ratios

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.benchmarks.results import Results

PAGE = results.FOLDER.parent / "performance.md"
AUTHOR = "tests/benchmarks/overview.py"
THREADS = "push in a thread"
COLUMNS = {
    "uncontended": "nothing waits",
    "buffer 100": "buffer of 100",
    "unbuffered": "no buffer",
    "many to many": "ten to ten",
    "fan-in": "fan-in",
    "select_rx of 2": "select",
    THREADS: "from a thread",
}
"""What the scenarios that users look for are called in the table and in the chart."""
AS_NEAR_AS_IT_GETS = {names.QUEUE_OF_ONE: QUEUE, names.QUEUE_AND_WAIT: QUEUE, names.BY_HAND: QUEUE}
"""What stands for a queue where it has no such operation."""
NOTES = (
    "`asyncio.Queue` always has a buffer, and has no select and no calls for threads. Instead, it was measured with a "
    "buffer of 1, with `asyncio.wait` over tasks, and with `run_coroutine_threadsafe`. An empty cell was not measured."
)
COLOURS = (
    "In the chart, pychanasync is red, the others are blue, and the least that asyncio allows is green. The scales are "
    "logarithmic: each vertical line stands for ten times as much as the line to its left."
)
WORK = 100  # Microseconds; what a small task does with an item, such as parsing it.


def microseconds(found: Results, scenario: str, name: str = OURS) -> float:
    """Find the median of a contender's times."""
    return Spread.of(found["times"]["stock"][scenario][name]).middle / 1_000


def times_as_long(found: Results, scenario: str, name: str, other: str = OURS) -> float:
    """Compare two contenders in the same rounds."""
    times = found["times"]["stock"][scenario]
    return Spread.of(ratios(times[name], times[other])).middle


def compared(found: Results, scenario: str) -> dict[str, float]:
    """Compare everybody else in a scenario with us."""
    renamed = {AS_NEAR_AS_IT_GETS.get(name, name): name for name in found["times"]["stock"][scenario]}
    peers = [name for name in found["versions"] if name != OURS] + [names.TRIO]
    return {name: times_as_long(found, scenario, renamed[name]) for name in peers if name in renamed}


def shown(ratio: float) -> str:
    """Show as many digits as say something."""
    return f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}" if ratio >= 1 else f"{ratio:.2f}"


def quickest(others: Mapping[str, Mapping[str, float]], name: str) -> tuple[float, str]:
    """Find where somebody does best, compared with us."""
    return min((column[name], scenario) for scenario, column in others.items() if name in column)


def between_tasks(found: Results) -> str:
    """Say how much slower the others are, and who is not."""
    others = {scenario: compared(found, scenario) for scenario in COLUMNS if scenario != THREADS}
    best = {name: quickest(others, name) for column in others.values() for name in column}
    faster = {name: place for name, place in sorted(best.items()) if place[0] < 1}
    slower = [ratio for column in others.values() for name, ratio in column.items() if name not in faster]
    least, most = shown(min(slower)), shown(max(slower))
    said = f"In the table below, threads aside, the other libraries take {least} to {most} times as long."
    if not faster:
        return said
    who = " and ".join(
        f"*{name}*, which takes {shown(ratio)} times as long where it does best (*{COLUMNS[scenario]}*)"
        for name, (ratio, scenario) in faster.items()
    )
    return f"{said} The exception is {who}."


def from_threads(found: Results) -> str:
    """Say who is better between threads and tasks, and how much."""
    others = {name: ratio for name, ratio in compared(found, THREADS).items() if name != QUEUE}
    listed = ", ".join(f"{name} {100 * others[name]:.0f} %" for name in sorted(others, key=others.__getitem__))
    return (
        f"A push from another thread takes {microseconds(found, THREADS):.0f} microseconds, because it asks the event "
        f"loop each time. Libraries that do the work in the calling thread need only a part of that time: {listed}."
    )


def sentences(found: Results) -> Iterator[str]:
    """Say what it costs, in five points."""
    yield (
        f"If nothing has to wait, a push and a pull take {microseconds(found, 'uncontended'):.1f} microseconds. That "
        f"is {shown(times_as_long(found, 'uncontended', OURS, names.TWO_COROUTINES))} times as long as two trivial "
        "coroutines over a deque. A put and a get of `asyncio.Queue` take "
        f"{shown(times_as_long(found, 'uncontended', QUEUE))} times as long as the push and pull."
    )
    buffered, meeting = microseconds(found, "buffer 100"), microseconds(found, "unbuffered")
    yield (
        f"From a producer to a consumer, an item takes {buffered:.1f} microseconds over a buffer of 100. Without a "
        f"buffer it takes {meeting:.1f}, because the event loop changes tasks for each item. If your work on an item "
        f"takes {WORK} microseconds, the channel adds at most {100 * meeting / WORK:.0f} %."
    )
    yield between_tasks(found)
    select = "select_rx of 2"
    yield (
        f"A select with two cases, one of them ready, takes {microseconds(found, select):.1f} microseconds, as long as "
        f"{times_as_long(found, select, OURS, names.A_PULL):.0f} pulls. `asyncio.wait` over two tasks takes "
        f"{shown(times_as_long(found, select, names.QUEUE_AND_WAIT))} times as long as the select."
    )
    yield from_threads(found)


def comparison(found: Results) -> Iterator[str]:
    """Set the others beside us."""
    others = {scenario: compared(found, scenario) for scenario in COLUMNS}
    rows = [[OURS, *(f"{1_000 * microseconds(found, scenario):,.0f} ns" for scenario in COLUMNS)]]
    rows += [
        [name, *(shown(column[name]) if name in column else "" for column in others.values())]
        for name in dict.fromkeys(name for column in others.values() for name in column)
    ]
    yield from table(["", *COLUMNS.values()], rows)


def lines(every: Mapping[str, Results]) -> Iterator[str]:
    """Write everything that is computed."""
    found = every[MAIN]
    yield from (f"In short, on CPython {found['python']} and asyncio's own loop:", "")
    for sentence in sentences(found):
        yield from wrap(f"- {sentence}", 120, subsequent_indent="  ")
    described = f"What operations take on Python {MAIN}: medians of pychanasync, other libraries, and the floors"
    yield from (
        "",
        f"![{described}](benchmarks/times.svg)",
        "",
        *wrap(COLOURS, 120),
        "",
        "## Compared with other libraries",
        "",
    )
    yield from wrap(
        "The first row shows the times of pychanasync. The other rows show how many times as long the others take, on "
        f"the same Python and event loop (trio runs on its own). {NOTES}",
        120,
    )
    yield ""
    yield from comparison(found)
    yield ""
    for scenario, heading in COLUMNS.items():
        explained = found["scenarios"][scenario]
        item = f"- *{heading}*: {explained['about']} The time is for {explained['operation']}."
        yield from wrap(item, 120, subsequent_indent="  ")


if __name__ == "__main__":
    put(PAGE, AUTHOR, [*lines(results.read())])
