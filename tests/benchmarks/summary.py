"""Sums up the page of the operations that are broken off: ``python -m tests.benchmarks.summary``.

The table, a line for each contender, is computed from the tables of that page, and put where it is shown; so it can say
nothing else than they do.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from tests.benchmarks.page import put

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Rows: TypeAlias = Sequence[Mapping[str, int]]

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "chaos.md"
SHOWN_IN = (ROOT / "README.md", ROOT / "docs" / "guarantees.md")
AUTHOR = "tests/benchmarks/summary.py"
LEFT_OUT = "a polled deque"
"""A yardstick, and no peer."""
PUSHES = "pushes that returned"
HUNG = "runs that hung"
NO_FAULTS = {"capacity", PUSHES}


def cells(line: str) -> list[str]:
    """Take a line of a table apart."""
    return [cell.strip() for cell in line.strip("|").split("|")]


def found(text: str) -> dict[str, list[dict[str, int]]]:
    """Find what the tables of the page say of each contender, a row for each workload and capacity."""
    rows: dict[str, list[dict[str, int]]] = {}
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        heading, _, *lines = (cells(line) for line in table.splitlines())
        for name, *figures in lines:
            rows.setdefault(name, []).append(dict(zip(heading[1:], map(int, figures), strict=True)))
    return rows


def worst(rows: Rows, fault: str, runs: str) -> str:
    """Say how often a fault happened where it happened most."""
    if fault == HUNG:
        most = max(row[fault] for row in rows)
        return f"up to {most} of {runs}" if most else "none"
    share = max(row[fault] / row[PUSHES] for row in rows)
    return f"up to {100 * share:.1f} %" if share else "none"


def lines(text: str) -> Iterator[str]:
    """Make the table of the text of the page, without the faults that nobody has."""
    contenders = {name: rows for name, rows in found(text).items() if name != LEFT_OUT}
    runs = "".join(re.findall(r"--runs (\d+)", text)[:1])
    first = next(iter(contenders.values()))[0]
    faults = [name for name in first if name not in NO_FAULTS]
    seen = [fault for fault in faults if any(row[fault] for rows in contenders.values() for row in rows)]
    table = [["", *seen], ["---"] * (len(seen) + 1)]
    table += [[name, *(worst(rows, fault, runs) for fault in seen)] for name, rows in contenders.items()]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        yield f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |"


def write() -> None:
    """Put the table where it is shown."""
    table = [*lines(PAGE.read_text(encoding="utf-8"))]
    for page in SHOWN_IN:
        put(page, AUTHOR, table)


if __name__ == "__main__":
    write()
