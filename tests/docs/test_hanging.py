"""The guide to programs that hang: each is reported as the page says, and its recipes for tests work."""

from __future__ import annotations

import linecache
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.alone import be_alone
from tests.support.documents import DOCUMENTS, programs

if TYPE_CHECKING:
    from pathlib import Path

PAGE = DOCUMENTS["guides_hanging"]
REPORTED = re.compile(r"^```python\n([^`]*)^```\n\n```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CAUSES = REPORTED.findall(PAGE.read_text(encoding="utf-8"))
PREPARED = programs(PAGE)[0].text
PLAIN, PYTEST_ASYNCIO, ANYIO = (block.text for block in programs(PAGE) if "patience=5" in block.text)
HANGS = "async def test_an_item_arrives():\n    await Channel().pull()\n"
TESTS = {  # For each recipe the text of a conftest.py, and of a test.
    "plain": ("", PREPARED + PLAIN),
    "pytest_asyncio": (PREPARED + PLAIN + PYTEST_ASYNCIO, f"{PREPARED}import pytest\n\n@pytest.mark.asyncio\n{HANGS}"),
    "anyio": (PREPARED + PLAIN + ANYIO, f"{PREPARED}import pytest\n\n@pytest.mark.anyio\n{HANGS}"),
}


@pytest.mark.parametrize(("program", "reported"), CAUSES)
def test_each_cause_is_reported_as_the_page_says(
    program: str, reported: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    be_alone(monkeypatch)
    lines = program.splitlines(keepends=True)
    monkeypatch.setitem(linecache.cache, "program.py", (len(program), None, lines, "program.py"))
    namespace: dict[str, object] = {}
    exec(PREPARED, namespace)  # noqa: S102  # Our own documents.
    exec(compile(program, "program.py", "exec"), namespace)  # noqa: S102  # The same.
    assert re.sub(r"Task-\d+", "Task-1", capsys.readouterr().err) == reported


def test_the_page_shows_five_causes() -> None:
    assert len(CAUSES) == 5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["-p", "no:xdist"], "Deadlock: deadlock: all tasks are waiting", id="alone"),
        pytest.param(["-n1"], "Not certain, because there are other threads", id="under pytest-xdist"),
    ],
)
def test_each_recipe_lets_a_test_fail_that_would_hang(tmp_path: Path, arguments: list[str], said: str) -> None:
    for name, (conftest, test) in TESTS.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "conftest.py").write_text(conftest.replace("patience=5", "patience=0.05"), encoding="utf-8")
        (tmp_path / name / f"test_{name}.py").write_text(test.replace("patience=5", "patience=0.05"), encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n", encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:pytest_cov",
        "-p",
        "no:hypothesispytest",
    ]
    done = subprocess.run(
        [*command, "-v", "--tb=short", *arguments],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert "3 failed" in done.stdout.splitlines()[-1], done.stdout
    failures = done.stdout.partition("= FAILURES =")[2].partition("= short test summary")[0]  # That repeats them in CI.
    assert failures.count("E   pychanasync.debugging.Deadlock: ") == 3
    assert failures.count(said) == 3
    assert "await channel.pull()" in failures
