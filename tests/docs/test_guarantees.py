"""The page of the guarantees: each is numbered in turn, and names tests that there are."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.support.documents import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = ROOT / "docs" / "guarantees.md"
GUARANTEE = re.compile(r"^- \*\*G(\d+)\.\*\* (.*?)(?=^- |^#|^\w|\Z)", re.DOTALL | re.MULTILINE)
TEST = re.compile(r"^  - `([^`]*)::([^`]*)`$", re.MULTILINE)


class Guarantee(NamedTuple):
    """A numbered sentence, and the tests below it, each by its file and its name."""

    number: int
    sentence: str
    tests: list[tuple[str, str]]


def guarantees(text: str) -> list[Guarantee]:
    """Find the guarantees of a page."""
    return [
        Guarantee(int(number), " ".join(words.partition("\n  - ")[0].split()), TEST.findall(words))
        for number, words in GUARANTEE.findall(text)
    ]


def defined_in(file: str) -> set[str]:
    """Find the tests that a file defines."""
    path = ROOT / file
    if not path.is_file():
        return set()
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    names = {each.name for each in ast.parse(path.read_bytes()).body if isinstance(each, functions)}
    return {name for name in names if name.startswith("test_")}


def faults(text: str) -> Iterator[str]:
    """Tell what is wrong with a page of guarantees."""
    found = guarantees(text)
    defined = {file: defined_in(file) for each in found for file, _ in each.tests}
    for place, (number, sentence, tests) in enumerate(found, 1):
        if number != place:
            yield f"G{number} stands where G{place} should"
        if not sentence.endswith("."):
            yield f"G{number} is no sentence"
        if not tests:
            yield f"G{number} names no test"
        yield from (f"G{number}: no {test} in {file}" for file, test in tests if test not in defined[file])


def test_every_guarantee_names_tests_that_there_are() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [*faults(text)] == []
    assert len(guarantees(text)) == text.count("**G") > 50
    assert sum(len(each.tests) for each in guarantees(text)) == text.count("::test_")


def test_no_guarantee_is_stated_twice() -> None:
    sentences = [each.sentence for each in guarantees(PAGE.read_text(encoding="utf-8"))]
    assert len({*sentences}) == len(sentences)


HERE = "  - `tests/docs/test_guarantees.py::test_no_guarantee_is_stated_twice`\n"


@pytest.mark.parametrize(
    ("page", "said"),
    [
        pytest.param(f"- **G1.** One\n  thing.\n{HERE}- **G2.** Two.\n{HERE}", [], id="nothing"),
        pytest.param(f"- **G1.** One.\n{HERE}- **G3.** Two.\n{HERE}", ["G3 stands where G2 should"], id="a gap"),
        pytest.param("- **G1.** One.\n\nMore words.\n" + HERE, ["G1 names no test"], id="no test"),
        pytest.param(f"- **G1.** One\n{HERE}", ["G1 is no sentence"], id="no sentence"),
        pytest.param(
            "- **G1.** One.\n  - `tests/docs/test_guarantees.py::test_gone`\n  - `tests/gone.py::test_one`\n",
            ["G1: no test_gone in tests/docs/test_guarantees.py", "G1: no test_one in tests/gone.py"],
            id="tests that are gone",
        ),
        pytest.param(
            "- **G1.** One.\n  - `tests/docs/test_guarantees.py::faults`\n",
            ["G1: no faults in tests/docs/test_guarantees.py"],
            id="what is no test",
        ),
    ],
)
def test_what_is_wrong_with_a_page_is_said(page: str, said: list[str]) -> None:
    assert [*faults(page)] == said
