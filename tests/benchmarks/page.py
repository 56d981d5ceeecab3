"""Puts what a program has found into a page of the documents, between marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

END = "<!-- to here. -->"


def begin(author: str) -> str:
    """Say what writes the lines that follow."""
    return f"<!-- Written by {author} from here -->"


def with_lines(text: str, author: str, lines: Sequence[str]) -> str:
    """Replace what stands between an author's marks."""
    before, mark, rest = text.partition(begin(author))
    _, end, after = rest.partition(END)
    if not end:
        raise SystemExit(f"the page lacks the marks: {begin(author)} {END}")
    return "\n".join([before + mark, "", *lines, "", END + after])


def put(page: Path, author: str, lines: Sequence[str]) -> None:
    """Put lines between an author's marks in a page."""
    page.write_text(with_lines(page.read_text(encoding="utf-8"), author, lines), encoding="utf-8")


def between(text: str, author: str) -> str:
    """Return what stands between an author's marks."""
    return text.partition(begin(author))[2].partition(END)[0]


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Lay out a table, the head first, with every column to the left."""
    head, *others = rows
    lines = [head, ["---"] * len(head), *others]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        yield f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |"
