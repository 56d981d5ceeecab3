"""The built wheel: what is in it, what it says of itself, and what importing it does."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from packaging.metadata import Metadata
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
RUNS = 9

# What Python audits of every import, and of classes that are made.
HARMLESS = {
    *("compile", "exec", "import", "marshal.loads", "open", "os.listdir"),
    *("builtins.id", "object.__getattr__", "object.__setattr__", "sys._getframe", "sys._getframemodulename"),
}


def run(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, encoding="utf-8", check=False, timeout=300
    )
    assert done.returncode == 0, f"{command} failed: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    """Build a source distribution, and from that the wheel."""
    place = tmp_path_factory.mktemp("dist")
    run("-m", "build", "--no-isolation", f"--outdir={place}", str(ROOT))
    (built,) = place.glob("*.whl")
    assert built.name.endswith("-py3-none-any.whl")
    return ZipFile(built)


@pytest.fixture
def described(wheel: ZipFile) -> Metadata:
    (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    return Metadata.from_email(wheel.read(name), validate=True)


def test_the_wheel_holds_the_package_as_it_stands_its_licence_and_nothing_else(wheel: ZipFile) -> None:
    package = {
        path.relative_to(SOURCE).as_posix(): path.read_bytes()
        for path in (SOURCE / "pychanasync").rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    }
    assert "pychanasync/py.typed" in package
    held = {name: wheel.read(name) for name in wheel.namelist()}
    about = {name.partition(".dist-info/")[2]: held.pop(name) for name in [*held] if ".dist-info/" in name}
    assert held == package
    assert about.keys() == {"METADATA", "WHEEL", "RECORD", "licenses/LICENSE"}
    assert about["licenses/LICENSE"] == (ROOT / "LICENSE").read_bytes()


def test_what_the_tests_run_against_is_the_wheel(wheel: ZipFile) -> None:
    if "editable" in (metadata.distribution("pychanasync").read_text("direct_url.json") or ""):
        pytest.skip("the package is installed as a link to its source, not from a wheel")
    for file in metadata.files("pychanasync") or []:
        if file.parts[0] == "pychanasync" and file.suffix != ".pyc":
            assert Path(str(file.locate())).read_bytes() == wheel.read(file.as_posix())


def test_the_metadata_says_what_a_user_must_know(described: Metadata) -> None:
    assert described.name == "pychanasync"
    assert str(described.version) == metadata.version("pychanasync")
    assert described.license_expression == "MIT"
    assert described.requires_python == SpecifierSet(">=3.11")
    assert described.requires_dist is not None
    required = [Requirement(str(each)) for each in described.requires_dist]
    assert [each.name for each in required if each.marker is None] == ["typing-extensions"]
    assert {each.name: str(each.marker) for each in required if each.marker is not None} == dict.fromkeys(
        ("msgspec", "nats-py"), 'extra == "nats"'
    )
    assert described.provides_extra == ["nats"]
    assert described.description == (ROOT / "README.md").read_text(encoding="utf-8")
    assert described.description_content_type == "text/markdown"
    assert described.classifiers is not None
    assert "Typing :: Typed" in described.classifiers
    running = f"Programming Language :: Python :: {sys.version_info.major}.{sys.version_info.minor}"
    assert running in described.classifiers


def test_importing_starts_nothing_and_brings_in_nothing_but_the_one_dependency() -> None:
    seen = json.loads(run("-I", "-B", "-W", "error", str(ROOT / "tests" / "support" / "watched_import.py")))
    assert not seen["changed"]
    assert seen["written"] == []
    assert set(seen["events"]) <= HARMLESS
    assert "pychanasync.debugging" not in seen["modules"]
    owners = {module.partition(".")[0] for module in seen["modules"]} - sys.stdlib_module_names
    assert owners - {"typing_extensions"} == {"pychanasync"}
    assert "pychanasync.threads" not in seen["modules"]


def test_the_time_that_importing_takes_is_reported(report: Callable[[str], None]) -> None:
    taken: dict[str, list[float]] = {"asyncio": [], "pychanasync": []}
    for _ in range(RUNS):
        for line in run("-I", "-X", "importtime", "-c", "import asyncio, pychanasync").splitlines():
            *_, cumulative, module = line.split("|")
            if module.strip() in taken:
                taken[module.strip()].append(int(cumulative) / 1000)
    assert all(len(times) == RUNS for times in taken.values())
    report(", ".join(f"import {module}: {median(times):.1f} ms" for module, times in taken.items()))
