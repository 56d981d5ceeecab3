"""The types of the installed package: complete, and documented."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.typing.checkers import Parsed


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
