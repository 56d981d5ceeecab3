"""The built distributions: what is in them, what they say of the package, and what importing it does."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
from html.parser import HTMLParser
from importlib import metadata
from io import StringIO
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from packaging.metadata import Metadata
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from readme_renderer import markdown

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
README = (ROOT / "README.md").read_text(encoding="utf-8")
RUNS = 9

# Of the repository, what the source distribution has at its top; tools leave other things there.
PUBLISHED = {
    *(".gitignore", ".python-version", "pyproject.toml", "noxfile.py"),
    *("CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md"),
    *("docs", "src", "tests", "typings"),
}

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
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a source distribution, and from that the wheel."""
    place = tmp_path_factory.mktemp("dist")
    run("-m", "build", "--no-isolation", f"--outdir={place}", str(ROOT))
    return place


@pytest.fixture(scope="session")
def wheel(built: Path) -> ZipFile:
    (wheel,) = built.glob("*.whl")
    assert wheel.name.endswith("-py3-none-any.whl")
    return ZipFile(wheel)


@pytest.fixture
def described(wheel: ZipFile) -> Metadata:
    (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    return Metadata.from_email(wheel.read(name), validate=True)


class Page(HTMLParser):
    """What a page shows and links to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.pictures: list[str | None] = []
        self.links: list[str | None] = []
        self.places: set[str | None] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.places.add(said.get("id"))
        if tag == "a":
            self.links.append(said.get("href"))
        if "src" in said or "srcset" in said:
            self.pictures.append(said.get("src"))


def test_the_source_distribution_holds_the_repository_but_what_runs_its_checks(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        held = {name.partition("/")[2] for name in opened.getnames()}
    there = [ROOT / name for name in PUBLISHED]
    files = [path for top in there for path in (top.rglob("*") if top.is_dir() else [top]) if path.is_file()]
    names = {path.relative_to(ROOT).as_posix() for path in files}
    made = re.compile(r"(^|/)(__pycache__|\.[a-z_]+_cache)/|^docs/_build/")  # By tools.
    assert held == {name for name in names if not made.search(name)} | {"PKG-INFO"}


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
    assert described.description_content_type == "text/markdown"
    assert described.classifiers is not None
    assert "Typing :: Typed" in described.classifiers
    running = f"Programming Language :: Python :: {sys.version_info.major}.{sys.version_info.minor}"
    assert running in described.classifiers


def test_the_version_is_beyond_those_of_the_other_project_of_this_name(described: Metadata) -> None:
    assert described.version in SpecifierSet(">=2")


def test_the_newest_entry_of_the_changelog_is_of_this_version(described: Metadata) -> None:
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest is not None
    assert newest[1] == str(described.version)


def test_the_package_page_shows_the_readme_without_dead_links_or_pictures(described: Metadata) -> None:
    warnings = StringIO()
    html = markdown.render(described.description or "", stream=warnings)
    assert html is not None, warnings.getvalue()
    assert not warnings.getvalue()
    page = Page(html)
    assert [link for link in page.pictures if not (link or "").startswith("https://")] == []
    inside = {f"#{place}" for place in page.places}
    assert [link for link in page.links if link not in inside and not (link or "").startswith("https://")] == []


def test_the_package_page_keeps_the_headings_and_the_programs_of_the_readme(described: Metadata) -> None:
    kept = re.compile(r"^#+ [^\n]*|^```.*?^```", re.MULTILINE | re.DOTALL)
    assert described.description is not None
    assert kept.findall(README) == kept.findall(described.description)[:-1]  # The last heading is of that page.


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
