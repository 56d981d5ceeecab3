"""The documents as type checkers read them: right where they are meant to be, and else refused in the words they quote.

A block of Python below which a block of text stands is a mistake, and the text is what the checkers say of it.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.support.documents import DOCUMENTS, Block, blocks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.typing.checkers import Complaint

# The blocks use ``await`` at the top, as in a shell that allows it.
AT_THE_TOP = re.compile(
    r'^"(await|async with|async for)" (allowed only within|outside)|^Use of "async" not allowed outside'
)


def as_quoted(checker: str, complaints: list[Complaint], folder: str) -> dict[int, list[str]]:
    """Word what a checker says of a document as the documents do: by line, its first words; consequences left out."""
    quoted: dict[int, list[str]] = {}
    for each in complaints:
        words = each.message.splitlines()[0].strip()
        consequence = each.code.startswith("reportUnknown")
        if each.file.startswith(folder) and not consequence and not AT_THE_TOP.search(words):
            quoted.setdefault(each.line, []).append(f"{checker}: {words}  [{each.code}]")
    return quoted


def refusals(path: Path) -> Iterator[tuple[range, list[str]]]:
    """Find the mistakes of a document: on which lines each stands, and what is said to be said of it."""
    found = blocks(path)
    for program, said in pairwise([*found, Block("", 0, "")]):
        if program.language == "python":
            lines = range(program.line + 1, program.line + 1 + program.text.count("\n"))
            yield lines, said.text.splitlines() if said.language == "text" else []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_checkers_say_of_each_block_what_the_document_quotes(
    name: str, by_mypy: list[Complaint], by_pyright: list[Complaint]
) -> None:
    folder = f"documents/{name}/"
    mypy, pyright = as_quoted("mypy", by_mypy, folder), as_quoted("pyright", by_pyright, folder)
    for lines, quoted in refusals(DOCUMENTS[name]):
        said = [words for complaints in (mypy, pyright) for line in lines for words in complaints.pop(line, [])]
        assert said == quoted, f"{DOCUMENTS[name].name}, line {lines.start}"
    assert mypy == {}
    assert pyright == {}


def test_the_guide_on_typing_quotes_mistakes() -> None:
    assert sum(bool(quoted) for _, quoted in refusals(DOCUMENTS["guides_typing"])) > 10
