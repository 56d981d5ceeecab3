"""The folder that the checkers look at, and what each says of it: once for all tests."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from tests.support.documents import DOCUMENTS, ROOT, in_place, wholes
from tests.typing import checkers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
        (folder / "documents" / name).mkdir()
        for number, whole in enumerate(wholes(path)):
            program = folder / "documents" / name / f"document_{name}_{number}.py"
            program.write_text(in_place(whole), encoding="utf-8")
    return folder


@pytest.fixture(params=checkers.VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    """Choose the Python of the user."""
    chosen: str = request.param
    return chosen


def complaints_of(folder: Path, checker: Checker, version: str) -> list[Complaint]:
    return [*checker(folder, version)]


@pytest.fixture(scope="session")
def ask(users_folder: Path) -> Iterator[Ask]:
    """Ask every checker at once, as far as there are cores; hand out what waits for an answer."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = {
            (checker, version): pool.submit(complaints_of, users_folder, checker, version)
            for checker, version in product(checkers.CHECKERS, checkers.VERSIONS)
        }
        yield lambda checker, version: answers[checker, version].result()


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
