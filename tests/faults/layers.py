"""The layers of tests, each of which is to find faults without the others, and what one finds in a package.

A layer runs in a process of its own, on the package that stands in a given folder. A test that does not end is a
finding too: it is stopped and named.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.support.loops import LOOPS, QUICKEST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).parents[2]
PATIENCE = 30  # Seconds for one test; on an idle machine the longest of most layers takes 5.
LIMIT = 300  # Seconds for one layer; the longest takes 50.
# Plugins that take longer to load than most faults to find.
UNUSED = ("cacheprovider", "anyio", "hypothesispytest", "pytest_cov", "xdist")
SETTINGS = ("console_output_style=classic", "faulthandler_exit_on_timeout=true")


class Finding(NamedTuple):
    """The test that failed first, or did not end."""

    test: str
    by_time: bool

    def __str__(self) -> str:
        """Say so in a line."""
        return f"{self.test}, by time" if self.by_time else self.test


class Layer(NamedTuple):
    """Tests that belong together: their files, further arguments for pytest, and how many seconds one may take."""

    files: Sequence[str]
    arguments: Sequence[str]
    patience: int = PATIENCE

    @property
    def missing(self) -> list[str]:
        """Those of the files that are not there."""
        return [file for file in self.files if not (ROOT / file).exists()]

    def find(self, package: Path) -> Finding | None:
        """Run the tests on the package in a folder until one fails.

        Raises:
            RuntimeError: No test was run, or none could be.
        """
        settings = [
            word for setting in (*SETTINGS, f"faulthandler_timeout={self.patience}") for word in ("-o", setting)
        ]
        plugins = [word for plugin in UNUSED for word in ("-p", f"no:{plugin}")]
        arguments = ["-x", "-v", "--tb=no", *plugins, *settings, *self.arguments, *self.files]
        try:
            done = run(package, "-m", "pytest", *arguments)
        except subprocess.TimeoutExpired:
            return Finding(f"all of it, after {LIMIT} s", by_time=True)
        if done.returncode == 0:
            return None
        tests = re.findall(r"^tests/(\S+::.+?) *(?:(?:PASSED|FAILED|ERROR|SKIPPED).*)?$", done.stdout, re.MULTILINE)
        by_time = "Timeout (" in done.stderr
        # A process that is stopped may crash instead: who says where it was looks at frames that go on meanwhile.
        if not (by_time or done.returncode == 1) or not tests:
            raise RuntimeError(f"pytest ended with status {done.returncode}:\n{done.stdout}{done.stderr}")
        return Finding(tests[-1], by_time)


def on(loop: str, *without: str) -> list[str]:
    """Choose the tests on one loop of the matrix, which is enough, and those that it does not multiply."""
    left_out = [f"not {word}" for word in (*LOOPS, *without) if word != loop]
    return ["-k", " and ".join(left_out)] if left_out else []


SUBJECTS = (
    *("promises/test_push_pull", "promises/test_order", "promises/test_iteration", "promises/test_closing"),
    *("promises/test_causes", "promises/test_failing_senders", "promises/test_close_after"),
    *("promises/test_cancelled_pull", "promises/test_cancelled_push", "promises/test_cancelled_select"),
    *("promises/test_awaited_tasks", "promises/test_passed_on", "promises/test_references"),
    *("promises/test_overflow", "promises/test_own_strategies", "promises/test_priority"),
    *("promises/test_select", "promises/test_closed_case", "promises/test_closed_at_once"),
    *("promises/test_cases", "promises/test_cases_left", "promises/test_done_case", "promises/test_event_case"),
    *("promises/test_timeout_case", "promises/test_pull_many", "promises/test_cancelled_batch"),
    *("promises/test_loops", "promises/test_claims_across_loops", "promises/test_callbacks", "promises/test_items"),
    *("unit/test_factory", "unit/test_classes", "unit/test_subclasses", "unit/test_waiting"),
    *("unit/test_first_use", "unit/test_selected"),
    *("unit/test_deferred", "unit/test_repr", "unit/test_errors", "unit/test_messages", "unit/test_counts"),
)
LAYERS: Mapping[str, Layer] = {
    "step by step": Layer([f"tests/{subject}.py" for subject in SUBJECTS], on("stock", "answers_each")),
    "Go's programs": Layer(["tests/go"], on("stock")),
    "random runs": Layer(["tests/promises/test_exactly_once.py"], on(QUICKEST, "no-bound")),
    "growth": Layer(["tests/promises/test_growth.py"], on("stock")),
    "finalisers": Layer(["tests/promises/test_finalisers.py"], on("stock")),
    "interrupted calls": Layer(
        [f"tests/promises/test_interrupted_{what}.py" for what in ("steps", "calls", "cases")], on(QUICKEST, "real")
    ),
    "every schedule": Layer(["tests/model/test_schedules.py"], []),
    "state machine": Layer(["tests/model/machine"], [], 150),  # One test, of half a minute.
}


def run(package: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python so that it imports the package in a folder, whichever is installed.

    Raises:
        TimeoutExpired: It did not end.
    """
    environment = {**os.environ, "PYTHONPATH": str(package)}
    # Compiling the tests anew each time takes longer than most faults.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )


def check_import(package: Path) -> None:
    """Make sure that what the tests import is the package in a folder.

    Raises:
        RuntimeError: It is another one, or cannot be imported.
    """
    done = run(package, "-c", "import pychanasync; print(pychanasync.__file__)")
    if Path(done.stdout.strip()) != package / "pychanasync" / "__init__.py":
        raise RuntimeError(f"the tests would not run on {package} but on {done.stdout}{done.stderr}")
