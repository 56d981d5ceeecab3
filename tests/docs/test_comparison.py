"""The tables that set us beside other libraries: they show what was tried, counted and measured, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.benchmarks import comparison
from tests.benchmarks.any_loop import Scopes
from tests.benchmarks.names import OURS
from tests.benchmarks.page import with_lines
from tests.benchmarks.pipe import PolledDeque
from tests.benchmarks.test_chaos import Betraying, Losing
from tests.docs.test_performance import found

if TYPE_CHECKING:
    from pathlib import Path

WRITTEN = dict(comparison.written())

COUNTED = """
| | capacity | pushes that returned | lost | later arrival first |
| --- | --- | --- | --- | --- |
| ours | 0 | 10 | 0 | 0 |
| unfair | 0 | 10 | 0 | 3 |
| losing | 0 | 10 | 0 | 0 |
| losing | 1 | 10 | 1 | 0 |

| | capacity | pushes that returned | lost | later arrival first | cancellations | cancellations missed |
| --- | --- | --- | --- | --- | --- | --- |
| ours | 0 | 10 | 0 | 0 | 50 | 0 |
| unfair | 0 | 10 | 0 | 3 | 50 | 0 |
| losing | 0 | 10 | 0 | 0 | 50 | 0 |
| missing | 0 | 10 | 0 | 0 | 50 | 2 |
"""


@pytest.mark.parametrize("page", WRITTEN, ids=[page.stem for page in WRITTEN])
def test_the_tables_are_computed_from_what_was_found(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    expected = with_lines(text, comparison.AUTHOR, WRITTEN[page])
    assert text == expected, "run: python -m tests.benchmarks.comparison"


def test_every_trial_tells_some_libraries_from_others() -> None:
    for feature, answers in comparison.kept()["answers"].items():
        assert len({*answers.values()} - {comparison.COUNTED}) > 1 or feature == comparison.EXACT, feature


def test_every_answer_has_a_meaning_and_a_library() -> None:
    kept = comparison.kept()
    assert kept["tried"].keys() == kept["answers"].keys()
    assert all(kept["tried"].values())
    for answers in kept["answers"].values():
        assert [*answers] == [OURS, *kept["versions"]]


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        pytest.param("ours", comparison.YES, id="no fault"),
        pytest.param("unfair", comparison.YES, id="who is served first is another row"),
        pytest.param("losing", comparison.NO, id="an item lost"),
        pytest.param("missing", comparison.NO, id="a cancellation missed"),
    ],
)
def test_cancelled_operations_are_exact_if_they_were_counted_without_a_fault(name: str, answer: str) -> None:
    assert comparison.exact(name, COUNTED) == answer


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param(OURS, "1.0", id="ours"),
        pytest.param("slow", "2.5", id="slower"),
        pytest.param("fast", "0.05", id="faster"),
        pytest.param("absent", "", id="not measured"),
    ],
)
def test_a_time_is_a_ratio_to_ours(name: str, shown: str) -> None:
    measured = found([], [])
    measured["times"]["stock"]["race"] = {OURS: [20.0] * 9, "slow": [50.0] * 9, "fast": [1.0] * 9}
    assert comparison.time(name, "race", measured) == shown


@pytest.mark.parametrize(
    ("kind", "faults"),
    [
        pytest.param(PolledDeque, set[str](), id="right"),
        pytest.param(Losing, {"lost"}, id="an item lost"),
        pytest.param(Betraying, {"raised"}, id="an item delivered though its push raised"),
    ],
)
async def test_runs_under_scopes_show_what_goes_wrong(kind: type[PolledDeque], faults: set[str]) -> None:
    seen: set[str] = set()
    for seed in range(5):
        pipe = kind(2)
        seen |= (await Scopes(pipe.push, pipe.pull, seed).account()).faults().keys()
    assert seen - {"unserved"} == faults
