"""The pages of the figures: they show what was measured and nothing else, and judge it rightly."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

import pychanasync
from tests.benchmarks import anatomy, floors, overview, performance, results
from tests.benchmarks.goals import GOALS, Goal
from tests.benchmarks.names import OURS
from tests.benchmarks.page import END, begin, with_lines
from tests.benchmarks.performance import MAIN
from tests.benchmarks.removals import REMOVALS, copy
from tests.benchmarks.results import Results, Spread

if TYPE_CHECKING:
    from types import ModuleType

SVG = "{http://www.w3.org/2000/svg}"


def found(ours: list[float], other: list[float]) -> Results:
    return {
        "python": "3.13.0",
        "machine": "",
        "versions": {},
        "missing": [],
        "command": "",
        "date": "",
        "rounds": len(ours),
        "scenarios": {},
        "times": {"stock": {"race": {"ours": ours, "other": other}}},
        "weights": {},
        "anatomy": {},
    }


@pytest.mark.parametrize("module", [overview, performance])
def test_a_page_is_computed_from_the_files(module: ModuleType) -> None:
    text = module.PAGE.read_text(encoding="utf-8")
    assert text == with_lines(text, module.AUTHOR, [*module.lines(results.read())]), "run: nox -s performance"


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        pytest.param(50.0, "take 5.0 to 5.0 times as long.", id="nobody"),
        pytest.param(2.0, "The exception is *hasty*, which takes 0.20 times as long where it does best (", id="one"),
    ],
)
def test_the_overview_names_who_is_faster(theirs: float, said: str) -> None:
    times = {OURS: [10.0, 10.0], "steady": [50.0, 50.0], "hasty": [theirs, theirs]}
    measured = found([], [])
    measured["versions"] = dict.fromkeys(times, "1")
    measured["times"]["stock"] = dict.fromkeys(overview.COLUMNS, times)
    assert said in overview.between_tasks(measured)


def test_the_figures_name_the_system_and_the_processor_and_not_its_kernel() -> None:
    for name, measured in results.read().items():
        assert re.fullmatch(r"[A-Za-z]+, [\w-]+(, [^,]+)?, \d+ cores", measured["machine"]), name


def test_every_goal_is_judged_by_figures_of_the_main_interpreter() -> None:
    main = results.read()[MAIN]
    assert [goal.text for goal in GOALS if goal.spread(main, "stock") is None] == []


def test_every_ratio_has_enough_rounds() -> None:
    for name, measured in results.read().items():
        for times in measured["times"].values():
            rounds = {len(figures) for contenders in times.values() for figures in contenders.values()}
            assert rounds == {measured["rounds"]}, name
            assert min(rounds) >= 9, name


@pytest.mark.parametrize("name", REMOVALS)
def test_what_keeps_a_promise_is_still_where_it_is_removed(name: str, tmp_path: Path) -> None:
    copy(Path(pychanasync.__file__).parent, tmp_path / "copied", REMOVALS[name])
    for file in (tmp_path / "copied").glob("*.py"):
        compile(file.read_text(encoding="utf-8"), file.name, "exec")


@pytest.mark.skipif(sys.version_info < (3, 12), reason="Python 3.12 is the first that tells of instructions")
def test_an_anatomy_counts_what_one_operation_takes_and_not_what_comes_before() -> None:
    found = anatomy.anatomy(floors.round_trips_over_futures, 10)
    assert found["calls"] == {"BaseEventLoop.create_future": 2, "Future.set_result": 2}
    assert 20 < found["instructions"] < 100


def test_the_chart_says_in_words_what_it_shows() -> None:
    chart = ET.parse(results.FOLDER / "times.svg").getroot()  # noqa: S314  # Our own.
    title, description = chart.findtext(f"{SVG}title"), chart.findtext(f"{SVG}desc")
    main = results.read()[MAIN]
    assert title is not None
    assert description is not None
    assert main["python"] in title
    middle = Spread.of(main["times"]["stock"]["unbuffered"]["pychanasync"]).middle
    assert f"pychanasync {middle:,.0f}" in description


@pytest.mark.parametrize(
    ("faster", "limit", "ratio", "reached"),
    [
        pytest.param(False, 2.0, 2.0, True, id="takes at most"),
        pytest.param(False, 1.9, 2.0, False, id="takes longer"),
        pytest.param(True, 0.5, 0.5, True, id="at least as fast"),
        pytest.param(True, 0.6, 0.5, False, id="slower"),
    ],
)
def test_a_goal_compares_times_or_speeds(*, faster: bool, limit: float, ratio: float, reached: bool) -> None:
    goal = Goal("", limit, "race", "ours", "other", faster=faster)
    spread = goal.spread(found([20.0, 40.0, 60.0], [10.0, 20.0, 30.0]), "stock")
    assert spread == (ratio, ratio, ratio)
    assert goal.reached(ratio) is reached


def test_a_ratio_is_taken_round_by_round() -> None:
    # The second round struck both; the medians of the times would say nothing of it.
    spread = Goal("", 1, "race", "ours", "other").spread(found([10.0, 900.0, 30.0], [10.0, 300.0, 10.0]), "stock")
    assert spread is not None
    assert spread.middle == 3


def test_lines_go_between_the_marks_of_their_author_and_nowhere_else() -> None:
    page = f"one\n{begin('a')}\nold\n{END}\ntwo\n{begin('b')}\nolder\n{END}\nthree\n"
    assert re.sub(r"\n+", " ", with_lines(page, "b", ["new"])) == re.sub(r"\n+", " ", page.replace("older", "new"))
    with pytest.raises(SystemExit, match="lacks the marks"):
        with_lines(page, "c", ["new"])
