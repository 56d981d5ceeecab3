"""The types of the installed package: complete, documented, and true of what runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.typing.checkers import Parsed

ALLOWED = Path(__file__).with_name("stubtest_allowed.txt")


@pytest.fixture(scope="session")
def judgement(tmp_path_factory: pytest.TempPathFactory) -> Parsed:
    """Ask pyright how complete the types of the installed package are."""
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable]
    done = subprocess.run(
        [*command, "--verifytypes", "pychanasync", "--ignoreexternal", "--outputjson"],
        cwd=tmp_path_factory.mktemp("nothing_of_ours"),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    return json.loads(done.stdout)["typeCompleteness"]


def test_every_public_type_is_complete(judgement: Parsed, report: Callable[[str], None]) -> None:
    unknown = [symbol["name"] for symbol in judgement["symbols"] if symbol["isExported"] and not symbol["isTypeKnown"]]
    assert unknown == []
    assert judgement["completenessScore"] == 1
    report(f"pyright --verifytypes: {judgement['completenessScore']:.0%} of {len(judgement['symbols'])} symbols")


def test_every_public_symbol_has_a_docstring(judgement: Parsed) -> None:
    assert judgement["missingClassDocStringCount"] == 0
    assert judgement["missingFunctionDocStringCount"] == 0
    assert judgement["missingDefaultParamCount"] == 0


def test_what_runs_is_as_its_types_say(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "pychanasync", "--concise", f"--allowlist={ALLOWED}"],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert (done.returncode, done.stdout) == (0, "")
