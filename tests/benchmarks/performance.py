"""Makes the page of all figures, for contributors: ``python -m tests.benchmarks.performance``.

Invariant: no figure is typed. What stands between the marks is computed from the files of the interpreters.
"""

from __future__ import annotations

from collections import Counter
from textwrap import wrap
from typing import TYPE_CHECKING

from tests.benchmarks import results
from tests.benchmarks.goals import GOALS
from tests.benchmarks.names import OURS, PROMISES
from tests.benchmarks.page import put
from tests.benchmarks.results import Spread, ratios

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.benchmarks.goals import Goal
    from tests.benchmarks.results import Results
    from tests.benchmarks.turns import Times

PAGE = results.FOLDER.parent / "measurements.md"
AUTHOR = "tests/benchmarks/performance.py"
MAIN = "3.13"  # The interpreter that the goals are set for.
COST = (
    "What a copy of the package saves that lacks what keeps one promise, in percent of the time of the whole, with the "
    f"quartiles; on Python {MAIN} and asyncio's own loop."
)
ANATOMY = (
    "Where the time goes: the instructions that the interpreter executes for one operation, and whom it calls, in the "
    f"contender's own code on Python {MAIN}. What asyncio's loop does in between is the same for all, and not counted."
)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Lay out a table: the first column to the left, the others to the right."""
    named = [[name.replace("](", "]\\("), *cells] for name, *cells in rows]  # A name with a call in it is no link.
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *named]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        name, *cells = line
        padded = [cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True)]
        yield f"| {' | '.join([name.ljust(widths[0]), *padded])} |"


def preamble(every: Mapping[str, Results]) -> Iterator[str]:
    """Tell what was measured, where, and how."""
    for found in every.values():
        versions = ", ".join(f"{name} {number}" for name, number in found["versions"].items())
        left_out = f" Not installed, and left out: {', '.join(found['missing'])}." if found["missing"] else ""
        how = f"CPython {found['python']}, {found['date']}, `{found['command']}`"
        item = f"- {how}; {found['machine']}; {versions}.{left_out}"
        yield from wrap(item, 120, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def judged(goal: Goal, spread: Spread | None) -> str:
    """Show a ratio; one that misses the goal stands out."""
    if spread is None:
        return ""
    shown = f"{spread.middle:.2f}" if spread.middle < 100 else f"{spread.middle:.0f}"
    return shown if goal.reached(spread.middle) else f"**{shown}**"


def goals(every: Mapping[str, Results]) -> Iterator[str]:
    """Set the goals beside what was measured."""
    main, others = every[MAIN], [name for name in every if name != MAIN]
    rows: list[list[str]] = []
    for goal in GOALS:
        spread = goal.spread(main, "stock")
        if spread is None:
            continue
        verdict = "reached" if goal.reached(spread.middle) else "**missed**"
        quartiles = "" if spread.low == spread.high else f"{spread.low:.2f} to {spread.high:.2f}"
        elsewhere = [judged(goal, goal.spread(every[name], "stock")) for name in others]
        uvloop = judged(goal, goal.spread(main, "uvloop"))
        rows.append([goal.text, goal.bound(), judged(goal, spread), quartiles, verdict, *elsewhere, uvloop])
    yield from table(["goal", "", MAIN, "quartiles", "", *others, f"{MAIN}, uvloop"], rows)


def promises(every: Mapping[str, Results]) -> Iterator[str]:
    """Set what each promise costs beside where it was measured, in percent of the time."""
    measured = {title: every[MAIN]["times"]["stock"].get(title, {}) for title in PROMISES}
    copies = dict.fromkeys(name for times in measured.values() for name in times if name != OURS)
    rows = [[name, *(saved(times, name) for times in measured.values())] for name in copies]
    yield from table(["", *(title.partition(", ")[2] for title in PROMISES)], rows)


def saved(times: Times, name: str) -> str:
    """Show what a copy saves, with the quartiles."""
    if name not in times:
        return ""
    low, middle, high = (100 * (1 - ratio) for ratio in Spread.of(ratios(times[name], times[OURS])))
    return f"{middle:.1f} % ({high:.1f} to {low:.1f})"


def nanoseconds(times: Times, name: str) -> str:
    """Show the median and the quartiles."""
    if name not in times:
        return ""
    spread = Spread.of(times[name])
    return f"{spread.middle:,.0f} ({spread.low:,.0f} to {spread.high:,.0f})"


def compared(times: Times | None, name: str, first: str) -> str:
    """Show a ratio to a contender, in the same rounds."""
    if times is None or name not in times or first not in times:
        return ""
    return f"{Spread.of(ratios(times[name], times[first])).middle:.2f}"


def contenders(every: Mapping[str, Results], title: str) -> Iterator[str]:
    """List the times of a scenario's contenders."""
    loops = {loop: times[title] for loop, times in every[MAIN]["times"].items() if title in times}
    others = {name: found["times"]["stock"].get(title) for name, found in every.items() if name != MAIN}
    first, *_ = loops["stock"]
    rows: list[list[str]] = []
    for name in loops["stock"]:
        main = [cell for times in loops.values() for cell in (nanoseconds(times, name), compared(times, name, first))]
        rows.append([name, *main, *(compared(times, name, first) for times in others.values())])
    head = [cell for loop in loops for cell in (f"{MAIN}, {loop}: ns (quartiles)", "ratio")]
    yield from table(["", *head, *others], rows)


def weights(every: Mapping[str, Results], weighed: str) -> Iterator[str]:
    """List what weighs what."""
    names = every[MAIN]["weights"][weighed]
    rows = [
        [name, *(f"{found['weights'][weighed].get(name, float('nan')):,.0f}" for found in every.values())]
        for name in names
    ]
    yield from table(["bytes", *every], rows)


def anatomies(every: Mapping[str, Results]) -> Iterator[str]:
    """List what an operation is made of."""
    rows: list[list[str]] = []
    for title, contenders in every[MAIN]["anatomy"].items():
        for name, anatomy in contenders.items():
            calls = Counter(anatomy["calls"])
            named = ", ".join(
                called if number == 1 else f"{number:g} {called}" for called, number in calls.most_common()
            )
            rows.append([f"{title}: {name}", f"{anatomy['instructions']:.0f}", f"{calls.total():.0f}", named])
    yield from table(["", "instructions", "calls", "of"], rows)


def lines(every: Mapping[str, Results]) -> Iterator[str]:
    """Write everything that is computed."""
    yield from ("### Measured on", "")
    yield from preamble(every)
    yield from ("", "### The goals", "")
    yield from goals(every)
    yield from ("", "### What the promises cost", "", *wrap(COST, 120), "")
    yield from promises(every)
    yield from ("", "### The times")
    for title, scenario in every[MAIN]["scenarios"].items():
        explanation = f"{scenario['about']} The time is for {scenario['operation']}."
        yield from ("", f"#### {title}", "", *wrap(explanation, 120), "")
        yield from contenders(every, title)
    yield from ("", "### What it is made of", "", *wrap(ANATOMY, 120), "")
    yield from anatomies(every)
    for weighed in every[MAIN]["weights"]:
        yield from ("", f"#### {weighed}", "")
        yield from weights(every, weighed)


if __name__ == "__main__":
    put(PAGE, AUTHOR, [*lines(results.read())])
