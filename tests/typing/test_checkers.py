"""What type checkers say: nothing of right use, and of each marked mistake what its mark says.

mypy and pyright must; ty and pyrefly are heard, and what they say differently is reported.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

import pytest

from tests.typing import checkers
from tests.typing.conftest import TYPING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.typing.checkers import Checker, Complaint
    from tests.typing.conftest import Ask

Place: TypeAlias = tuple[str, int]

MARK = re.compile(r"  # refused: (?P<mypy>[a-z-]+(, [a-z-]+)*) \| (?P<pyright>report\w+(, report\w+)*)$")
RIGHT = ("right/", "docs/")
NO_COMPARISON = "it does not look for comparisons that are always false"
NO_DEPRECATION = "it does not look for deprecated overloads of a constructor"
NO_MATCH = "it complains of the function that returns nothing, not of the match"
KNOWN = {  # Marked lines that another checker lets pass, and why.
    "ty": {
        "text = selected.value": "to it, what a branch declares is declared in that branch alone",
        "if selected.index == 2:": NO_COMPARISON,
        "if selected.index == -1:": NO_COMPARISON,
        "match selected.index:": NO_MATCH,
    },
    "pyrefly": {
        "older: Channel[int] = Channel(bound=3)": NO_DEPRECATION,
        'older = Channel(bound=3, overflow="drop_oldest")': NO_DEPRECATION,
        "if selected.index == 2:": NO_COMPARISON,
        "if selected.index == -1:": NO_COMPARISON,
        "match selected.index:": NO_MATCH,
    },
}


def lines_of(part: str) -> Iterator[tuple[Place, str]]:
    for path in sorted((TYPING / part).glob("*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield (f"{part}/{path.name}", number), line


def marks(checker: str) -> dict[Place, set[str]]:
    """Read which codes of a checker each marked line must be refused with."""
    marked = {place: MARK.search(line) for place, line in lines_of("mistakes") if "# refused:" in line}
    assert marked
    return {place: set(mark[checker].split(", ")) if mark else set() for place, mark in marked.items()}


def refused(complaints: list[Complaint], part: str) -> dict[Place, set[str]]:
    codes: dict[Place, set[str]] = defaultdict(set)
    for complaint in complaints:
        if complaint.file.startswith(f"{part}/"):
            codes[complaint.file, complaint.line].add(complaint.code)
    return dict(codes)


def test_right_use_is_not_complained_of(complaints: list[Complaint]) -> None:
    assert [complaint for complaint in complaints if complaint.file.startswith(RIGHT)] == []


def test_mypy_refuses_each_marked_mistake_and_nothing_else(by_mypy: list[Complaint]) -> None:
    assert refused(by_mypy, "mistakes") == marks("mypy")


def test_pyright_refuses_each_marked_mistake_and_nothing_else(by_pyright: list[Complaint]) -> None:
    assert refused(by_pyright, "mistakes") == marks("pyright")


def test_right_use_and_mistakes_are_counted(report: Callable[[str], None]) -> None:
    asserted = sum(line.count("assert_type(") for _, line in lines_of("right"))
    mistakes = len(marks("mypy"))
    assert asserted > mistakes > 0
    report(f"types: {asserted} asserted, {mistakes} mistakes refused, for Python {' and '.join(checkers.VERSIONS)}")


@pytest.mark.parametrize("checker", [checkers.ty, checkers.pyrefly])
def test_another_checker_is_heard(checker: Checker, ask: Ask, version: str, report: Callable[[str], None]) -> None:
    name, said = checker.__name__, ask(checker, version)
    marked = {place: line for place, line in lines_of("mistakes") if "# refused:" in line}
    missed = {place: line for place, line in marked.items() if place not in refused(said, "mistakes")}
    of_right_use = [complaint for complaint in said if complaint.file.startswith(RIGHT)]
    report(f"{name} for {version}: {len(of_right_use)} complaints of right use, {len(missed)} mistakes let pass")
    for complaint in of_right_use:
        report(f"  {complaint.file}:{complaint.line}: {complaint.message}")
    for (file, number), line in missed.items():
        code = line.partition("  # ")[0].strip()
        report(f"  {file}:{number}: {code}  ({KNOWN[name].get(code, 'not known why')})")
