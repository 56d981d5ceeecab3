"""Sums up the page of the operations that are cancelled: ``python -m tests.benchmarks.summary``.

The table, a line for each contender, is computed from the tables of that page, and put where it is shown, with what
its columns mean; so it can say nothing else than they do.
"""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, TypeAlias

from tests.benchmarks.columns import CANCELLATIONS, HUNG, MEANINGS, MISSED, PUSHES
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
WIDTH = 120
NO_FAULTS = {"capacity", PUSHES, CANCELLATIONS}


def cells(line: str) -> list[str]:
    """Take a line of a table apart."""
    return [cell.strip() for cell in line.strip("|").split("|")]


def found(text: str) -> dict[str, list[dict[str, int]]]:
    """Find what the tables of the page say of each contender, a row for each workload and capacity."""
    rows: dict[str, list[dict[str, int]]] = {}
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        heading, _, *entries = (cells(line) for line in block.splitlines())
        for name, *figures in entries:
            rows.setdefault(name, []).append(dict(zip(heading[1:], map(int, figures), strict=True)))
    return rows


def worst(rows: Rows, fault: str, runs: str) -> str:
    """Say how often a fault happened where it happened most."""
    counted = [row for row in rows if row.get(fault)]
    if not counted:
        return "none"
    if fault == HUNG:
        return f"up to {max(row[fault] for row in counted)} of {runs}"
    whole = CANCELLATIONS if fault == MISSED else PUSHES
    return f"up to {100 * max(row[fault] / row[whole] for row in counted):.1f} %"


def contenders(text: str) -> dict[str, list[dict[str, int]]]:
    """Find the rows of those that are compared."""
    return {name: rows for name, rows in found(text).items() if name != LEFT_OUT}


def faults(text: str) -> dict[str, bool]:
    """Find which faults were looked for, in the order of their columns, and whether somebody has them."""
    rows = [row for rows in contenders(text).values() for row in rows]
    columns = dict.fromkeys(column for row in rows for column in row if column not in NO_FAULTS)
    return {column: any(row.get(column) for row in rows) for column in columns}


def table(text: str) -> Iterator[str]:
    """Make the table of the text of the page, without the faults that nobody has."""
    runs = "".join(re.findall(r"^python -m .*--runs (\d+)", text, re.MULTILINE)[:1])
    seen = [fault for fault, had in faults(text).items() if had]
    laid_out = [["", *seen], ["---"] * (len(seen) + 1)]
    laid_out += [[name, *(worst(rows, fault, runs) for fault in seen)] for name, rows in contenders(text).items()]
    widths = [max(map(len, column)) for column in zip(*laid_out, strict=True)]
    for row in laid_out:
        yield f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |"


def legend(text: str) -> Iterator[str]:
    """Say what the columns mean, and which are left out."""
    seen = [fault for fault, had in faults(text).items() if had]
    unseen = [fault for fault, had in faults(text).items() if not had]
    yield f"{'; '.join(f'*{fault}*: {MEANINGS[fault]}' for fault in seen)}."
    yield f"A share is of the {PUSHES}, in the workload and at the capacity where it is highest."
    if MISSED in seen:
        yield f"That of the {MISSED} is of the cancellations in that workload."
    yield '"none" says that these runs showed none.'
    if unseen:
        yield f"Nobody had any of these: {'; '.join(f'*{fault}*: {MEANINGS[fault]}' for fault in unseen)}."


def lines(text: str) -> Iterator[str]:
    """Make the table of the text of the page, and say what its columns mean."""
    yield from table(text)
    yield ""
    yield from wrap(" ".join(legend(text)), WIDTH)


def write() -> None:
    """Put the table where it is shown."""
    made = [*lines(PAGE.read_text(encoding="utf-8"))]
    for page in SHOWN_IN:
        put(page, AUTHOR, made)


if __name__ == "__main__":
    write()
