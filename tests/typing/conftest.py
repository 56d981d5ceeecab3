"""The folder that the checkers look at, and what each says of it: once for all tests."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from tests.support.documents import DOCUMENTS, ROOT, in_place, programs
from tests.typing import checkers

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.typing.checkers import Checker, Complaint

    Ask: TypeAlias = Callable[[Checker, str], list[Complaint]]

TYPING = Path(__file__).parent
EXAMPLES = ROOT / "docs" / "examples"


@pytest.fixture(scope="session")
def users_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy what the checkers read into a folder of its own, as it would lie with a user of the installed package."""
    folder = tmp_path_factory.mktemp("user")
    for part in ("right", "mistakes"):
        shutil.copytree(TYPING / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(EXAMPLES, folder / "docs" / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "documents").mkdir()
    for name, path in DOCUMENTS.items():
        whole = in_place(programs(path))
        (folder / "documents" / f"document_{name}.py").write_text(whole, encoding="utf-8")
    return folder


@pytest.fixture(
    # All tests of a version run in one process, where each checker is asked once.
    params=[pytest.param(version, marks=pytest.mark.xdist_group(version)) for version in checkers.VERSIONS]
)
def version(request: pytest.FixtureRequest) -> str:
    """Choose the Python of the user."""
    chosen: str = request.param
    return chosen


@pytest.fixture(scope="session")
def ask(users_folder: Path) -> Ask:
    """Hand out what asks a checker, once for each Python."""
    return cache(lambda checker, version: [*checker(users_folder, version)])


@pytest.fixture
def by_mypy(ask: Ask, version: str) -> list[Complaint]:
    return ask(checkers.mypy, version)


@pytest.fixture
def by_pyright(ask: Ask, version: str) -> list[Complaint]:
    return ask(checkers.pyright, version)


@pytest.fixture(params=[checkers.mypy, checkers.pyright])
def complaints(request: pytest.FixtureRequest, ask: Ask, version: str) -> list[Complaint]:
    """Return what one of the two gating checkers says of the whole folder."""
    return ask(request.param, version)
