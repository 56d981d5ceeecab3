"""The verdict: what survived the tests must be what is listed as equivalent, each with its reason.

A mutant is known by the function that it is in and by the text before and after, not by the numbers of lines, so that
the list outlives changes elsewhere.
"""

from __future__ import annotations

import ast
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from poodle import PoodleTestingFailedError
from poodle.data_types import MutantTrialResult
from poodle.util import mutate_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from poodle.data_types import Mutant, TestingResults

LIST = Path(__file__).with_name("equivalent.toml")


class Finding(NamedTuple):
    """A mutant, as the list names it."""

    where: str
    was: str
    becomes: str

    @classmethod
    def of(cls, mutant: Mutant) -> Finding:
        """Name a mutant of a file in the tree."""
        assert mutant.source_file is not None
        lines = mutant.source_file.read_text("utf-8").splitlines()
        added = mutant.text.count("\n") - (mutant.end_lineno - mutant.lineno)
        mutated = "\n".join(mutate_lines(mutant, lines)).splitlines()
        where = ".".join([mutant.source_file.stem, *_names(ast.parse("\n".join(lines)), mutant.lineno)])
        return cls(
            where,
            _squeezed(lines[mutant.lineno - 1 : mutant.end_lineno]),
            _squeezed(mutated[mutant.lineno - 1 : mutant.end_lineno + added]),
        )

    def __str__(self) -> str:
        """Say it as the list does."""
        entries = "\n".join(f"{name} = '''{value}'''" for name, value in self._asdict().items())
        return f"[[equivalent]]\n{entries}\nwhy = ''"


def _squeezed(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())


def _names(node: ast.AST, line: int) -> Iterator[str]:
    """Name the class and the functions around a line, from the outside in."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            first = min(each.lineno for each in [child, *child.decorator_list])
            if first <= line <= (child.end_lineno or 0):
                yield child.name
                yield from _names(child, line)


@cache
def listed() -> dict[Finding, str]:
    """Read the list: each finding with its reason."""
    entries = tomllib.loads(LIST.read_text("utf-8")).get("equivalent", [])
    return {Finding(entry["where"], entry["was"], entry["becomes"]): entry["why"] for entry in entries}


def judge(echo: Callable[[str], None], testing_results: TestingResults, **_: object) -> None:
    """Compare the survivors with the list, both ways; fail where they differ."""
    trials = testing_results.mutant_trials
    survivors = {Finding.of(trial.mutant) for trial in trials if not trial.result.found}
    noticed_by = {Finding.of(trial.mutant): trial.result.reason_desc for trial in trials if trial.result.found}
    tried = {trial.mutant.source_file.stem for trial in trials if trial.mutant.source_file is not None}
    new = survivors - listed().keys()
    stale = {entry for entry in listed().keys() - survivors if entry.where.split(".")[0] in tried}
    late = sum(trial.result.reason_code == MutantTrialResult.RC_TIMEOUT for trial in trials)
    echo(f"{testing_results.summary.found} of {len(trials)} mutants were killed, {late} of them by time")
    echo(f"{len(survivors & listed().keys())} are listed as equivalent")
    for finding in sorted(new):
        echo(f"\nsurvived, and is not listed:\n{finding}")
    for finding in sorted(stale):
        by = f"was noticed by {noticed_by[finding]}" if finding in noticed_by else "is not made any more"
        echo(f"\nis listed, but {by}:\n{finding}")
    if new or stale:
        raise PoodleTestingFailedError(f"{len(new)} mutants survived that are not listed, {len(stale)} listed did not")
