"""Sums up the page of the operations that are cancelled: ``python -m tests.benchmarks.summary``.

The table, a line for each contender, is computed from the tables of that page, and put where it is shown, with what
its columns mean; so it can say nothing else than they do. The page itself shows where each figure of it comes from.
"""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from tests.benchmarks.columns import CANCELLATIONS, HUNG, LOST, MEANINGS, MISSED, PUSHES, UNREAD
from tests.benchmarks.page import between, put, table
from tests.benchmarks.workload import SOON, UNDISTURBED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Rows: TypeAlias = Sequence[Mapping[str, int]]

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "chaos.md"
TABLES = "tests/benchmarks/chaos.py"
"""Who writes the tables of the page."""
SHOWN_IN = (ROOT / "README.md", ROOT / "docs" / "guarantees.md")
AUTHOR = "tests/benchmarks/summary.py"
LEFT_OUT = "a polled deque"
"""A yardstick, and no peer."""
WIDTH = 120
NO_FAULTS = {"capacity", PUSHES, CANCELLATIONS}
ALWAYS = {LOST, UNREAD, MISSED}
"""What is shown though nobody has it: what becomes of the items, and of the cancellations."""


class Peak(NamedTuple):
    """Where somebody had most of a fault."""

    share: float
    workload: str
    capacity: int
    number: int
    whole: int


def cells(line: str) -> list[str]:
    """Take a line of a table apart."""
    return [cell.strip() for cell in line.strip("|").split("|")]


def tables() -> str:
    """Read the tables of the page."""
    return between(PAGE.read_text(encoding="utf-8"), TABLES)


def found(text: str) -> dict[str, list[dict[str, int]]]:
    """Find what the tables of the page say of each contender, a row for each workload and capacity."""
    rows: dict[str, list[dict[str, int]]] = {}
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        heading, _, *entries = (cells(line) for line in block.splitlines())
        for name, *figures in entries:
            rows.setdefault(name, []).append(dict(zip(heading[1:], map(int, figures), strict=True)))
    return rows


def number_of_runs(text: str) -> int:
    """Find of how many runs each row is."""
    return int("".join(re.findall(r"^python -m .*--runs (\d+)", text, re.MULTILINE)[:1]))


def peaks(text: str) -> dict[str, dict[str, Peak]]:
    """Find by contender and fault where there was most of it, if there was some."""
    most: dict[str, dict[str, Peak]] = {}
    _, *parts = re.split(r"^### (.*)\n", "### \n" + text, flags=re.MULTILINE)
    for workload, body in zip(parts[::2], parts[1::2], strict=True):
        for name, rows in contenders(body).items():
            known = most.setdefault(name, {})
            for row in rows:
                for fault in (column for column in row if column not in NO_FAULTS):
                    whole = number_of_runs(text) if fault == HUNG else row[CANCELLATIONS if fault == MISSED else PUSHES]
                    peak = Peak(row[fault] / whole, workload, row["capacity"], row[fault], whole)
                    if row[fault] and (fault not in known or peak.share > known[fault].share):
                        known[fault] = peak
    return most


def worst(peak: Peak | None, fault: str) -> str:
    """Say how often a fault happened where it happened most."""
    if peak is None:
        return "none"
    return f"up to {peak.number} of {peak.whole}" if fault == HUNG else f"up to {100 * peak.share:.1f} %"


def contenders(text: str) -> dict[str, list[dict[str, int]]]:
    """Find the rows of those that are compared."""
    return {name: rows for name, rows in found(text).items() if name != LEFT_OUT}


def faults(text: str) -> dict[str, bool]:
    """Find which faults were looked for, in the order of their columns, and whether they are shown."""
    rows = [row for rows in contenders(text).values() for row in rows]
    columns = dict.fromkeys(column for row in rows for column in row if column not in NO_FAULTS)
    return {column: column in ALWAYS or any(row.get(column) for row in rows) for column in columns}


def summed_up(text: str) -> Iterator[str]:
    """Make the table of the tables of the page, without most of the faults that nobody has."""
    shown = [fault for fault, is_shown in faults(text).items() if is_shown]
    rows = [[name, *(worst(most.get(fault), fault) for fault in shown)] for name, most in peaks(text).items()]
    return table([["", *shown], *rows])


def definitions(text: str) -> Iterator[str]:
    """Say what the columns mean, an item of a list for each."""
    return (f"- *{fault}*: {MEANINGS[fault]}" for fault, is_shown in faults(text).items() if is_shown)


def legend(text: str) -> Iterator[str]:
    """Say how to read the figures, and which columns are left out."""
    left_out = [fault for fault, is_shown in faults(text).items() if not is_shown]
    yield f"Percentages are of the {PUSHES}, in the workload and at the capacity where they are highest."
    if faults(text).get(MISSED):
        yield f"For {MISSED}, they are of the cancellations in that workload."
    low, high = (round(100 * (1 - share)) for share in (max(UNDISTURBED), min(UNDISTURBED)))
    yield (
        f"In these runs, {low} to {high} % of the operations get a timeout or a cancellation within {SOON} steps of "
        "the event loop. In a normal program that happens far less often, and so do the faults."
    )
    yield '"none" means that these runs showed none.'
    if left_out:
        yield f"Nobody had any of these: {'; '.join(f'*{fault}*: {MEANINGS[fault]}' for fault in left_out)}."


def lines(text: str) -> Iterator[str]:
    """Sum up the tables of the page, and say what the columns mean."""
    yield from summed_up(text)
    yield ""
    for definition in definitions(text):
        yield from wrap(definition, WIDTH, subsequent_indent="  ")
    yield ""
    yield from wrap(" ".join(legend(text)), WIDTH)


def sources(text: str) -> Iterator[str]:
    """Say of each figure of the summary in which workload it was counted."""
    rows = [
        [name, fault, worst(peak, fault).removeprefix("up to "), peak.workload, f"{peak.capacity}"]
        for name, most in peaks(text).items()
        for fault in faults(text)
        if (peak := most.get(fault))
    ]
    return table([["", "fault", "where it was highest", "in the workload", "at the capacity"], *rows])


def written() -> Iterator[tuple[Path, Sequence[str]]]:
    """Say what stands in which page."""
    text = tables()
    yield from ((page, [*lines(text)]) for page in SHOWN_IN)
    yield PAGE, [*sources(text)]


def write() -> None:
    """Put the tables where they are shown."""
    for page, made in written():
        put(page, AUTHOR, made)


if __name__ == "__main__":
    write()
