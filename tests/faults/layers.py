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
    from collections.abc import Iterable, Mapping, Sequence

ROOT = Path(__file__).parents[2]
PATIENCE = 30  # Seconds for one test; on an idle machine the longest of most layers takes 5.
LIMIT = 300  # Seconds for one layer; the longest takes 50.
# Plugins that take longer to load than most faults to find.
UNUSED = ("cacheprovider", "anyio", "hypothesispytest", "pytest_cov", "xdist")
SETTINGS = (
    *("console_output_style=classic", "faulthandler_exit_on_timeout=true"),
    f"faulthandler_timeout={PATIENCE}",
)


class Finding(NamedTuple):
    """The test that failed first, or did not end."""

    test: str
    by_time: bool

    def __str__(self) -> str:
        """Say so in a line."""
        return f"{self.test}, by time" if self.by_time else self.test


class Layer(NamedTuple):
    """Tests that belong together: their files, and further arguments for pytest."""

    files: Sequence[str]
    arguments: Sequence[str]

    @property
    def missing(self) -> list[str]:
        """Those of the files that are not there."""
        return [file for file in self.files if not (ROOT / file).exists()]

    def find(self, package: Path) -> Finding | None:
        """Run the tests on the package in a folder until one fails.

        Raises:
            RuntimeError: No test was run, or none could be.
        """
        settings = [word for setting in SETTINGS for word in ("-o", setting)]
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


WITHOUT_REPEATS = on("stock", "answers_each")
PROMISES = {
    "order": ("push_pull", "order", "iteration", "claims_across_loops"),
    "closing": ("closing", "closed_case", "closed_at_once"),
    "endings": ("causes", "failing_senders", "close_after"),
    "cancellation": ("cancelled_pull", "cancelled_push", "cancelled_select"),
    "awaited tasks": ("awaited_tasks", "passed_on"),
    "selecting": ("select",),
    "cases": ("cases", "cases_left", "done_case", "event_case", "timeout_case"),
    "batches": ("pull_many", "cancelled_batch"),
    "overflowing": ("overflow", "priority"),
    "broadcasting": ("broadcast", "cancelled_broadcast", "broadcast_left", "broadcast_loops"),
    "refused": ("own_strategies",),
    "surroundings": ("loops", "callbacks", "items", "references"),
}
"""The files of tests that go through a subject of the faults step by step."""
UNITS = (
    *("factory", "classes", "subclasses", "waiting", "first_use", "selected", "deferred", "repr", "errors", "messages"),
    "counts",
)


def step_by_step(promises: Iterable[str], units: Iterable[str]) -> Layer:
    """Choose files of tests that do one thing after the other."""
    files = [f"tests/promises/test_{name}.py" for name in promises] + [f"tests/unit/test_{name}.py" for name in units]
    return Layer(files, WITHOUT_REPEATS)


INTERRUPTED_CALLS = Layer(
    [f"tests/promises/test_interrupted_{what}.py" for what in ("steps", "calls", "cases", "broadcast")],
    on(QUICKEST, "real"),
)
THREADS = Layer(
    [f"tests/promises/test_threads{what}.py" for what in ("", "_at_the_end", "_interrupted", "_at_random")], on("stock")
)
REMOTE = Layer(["tests/remote"], [])
PROGRAMS_THAT_HANG = step_by_step((), ("waiting_tasks", "deadlock"))
LAYERS: Mapping[str, Layer] = {
    "random runs": Layer(["tests/promises/test_exactly_once.py"], on(QUICKEST, "no-bound")),
    "every schedule": Layer(["tests/model/test_schedules.py"], []),
    "state machine": Layer(["tests/model/machine"], []),
    "step by step": step_by_step((name for names in PROMISES.values() for name in names), UNITS),
    "Go's programs": Layer(["tests/go"], on("stock")),
    "interrupted calls": INTERRUPTED_CALLS,
    "growth": Layer(["tests/promises/test_growth.py"], on("stock")),
    "finalisers": Layer(["tests/promises/test_finalisers.py"], on("stock")),
    "threads": THREADS,
    "programs that hang": PROGRAMS_THAT_HANG,
    "another machine": REMOTE,
}
"""The quick ones first: with ``--first`` a fault is done with sooner."""
LIKELY: Mapping[str, Layer] = {
    **{subject: step_by_step(names, UNITS if subject == "surroundings" else ()) for subject, names in PROMISES.items()},
    "interrupted": INTERRUPTED_CALLS,
    "threads": THREADS,
    "remote": REMOTE,
    "debugging": PROGRAMS_THAT_HANG,
}
"""For each subject of faults, the part of a layer that is the first to catch most of them."""


def run(package: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python so that it imports the package in a folder, whichever is installed.

    Raises:
        TimeoutExpired: It did not end.
    """
    environment = {**os.environ, "PYTHONPATH": str(package), "AS_FOUND": "1"}
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
