"""The folder that the checkers look at, and what each says of it: once for all tests."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.documents import DOCUMENTS, ROOT, in_place, programs
from tests.typing import checkers

if TYPE_CHECKING:
    from tests.typing.checkers import Complaint

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


@pytest.fixture(scope="session")
def by_mypy(users_folder: Path) -> list[Complaint]:
    return list(checkers.mypy(users_folder))


@pytest.fixture(scope="session")
def by_pyright(users_folder: Path) -> list[Complaint]:
    return list(checkers.pyright(users_folder))


@pytest.fixture(params=["mypy", "pyright"])
def complaints(request: pytest.FixtureRequest) -> list[Complaint]:
    """Return what one of the two gating checkers says of the whole folder."""
    said: list[Complaint] = request.getfixturevalue(f"by_{request.param}")
    return said
