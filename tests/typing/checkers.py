"""The type checkers, as a user runs them: strict, in a folder of the user's, over the installed package.

Invariant: no settings and no source of this project are read; a checker sees what was installed, or nothing.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from tests.support.documents import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Checker: TypeAlias = "Callable[[Path, str], Iterator[Complaint]]"

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SUPPORTED = re.findall(r" (3\.\d+)$", "\n".join(PYPROJECT["project"]["classifiers"]), re.MULTILINE)
VERSIONS = (SUPPORTED[0], SUPPORTED[-1])
"""What the checkers are to take for the user's Python, one after the other: the oldest and the newest."""
BEYOND_STRICT = ["deprecated", "exhaustive-match"]  # Kinds of mistakes that mypy looks for only when asked.
PYRIGHT_SETTINGS = {
    "typeCheckingMode": "strict",
    "reportDeprecated": "error",
    "venvPath": str(Path(sys.prefix).parent),
    "venv": Path(sys.prefix).name,
}
Parsed: TypeAlias = Any  # type: ignore[explicit-any]  # What JSON holds is known to the tool that wrote it.


@dataclass(frozen=True)
class Complaint:
    """What a checker says of a line."""

    file: str
    """Its path in the folder, with slashes."""
    line: int
    code: str
    message: str


def run(folder: Path, *command: str) -> str:
    """Run a checker in a folder and return what it prints; to complain is no failure."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, encoding="utf-8", check=False, timeout=300
    )
    assert done.returncode in {0, 1}, f"{command} failed: {done.stdout}{done.stderr}"
    return done.stdout


def mypy(folder: Path, version: str) -> Iterator[Complaint]:
    """Run mypy over a folder; what it notes beside its errors is left out."""
    beyond = [f"--enable-error-code={code}" for code in BEYOND_STRICT]
    settings = ["--strict", *beyond, f"--python-version={version}", "--explicit-package-bases", "--config-file="]
    for line in run(folder, "mypy", *settings, "--output=json", ".").splitlines():
        found: Parsed = json.loads(line)
        if found["severity"] == "error":
            yield Complaint(Path(found["file"]).as_posix(), found["line"], found["code"], found["message"])


def configure_pyright(file: Path, version: str) -> None:
    """Write the settings of a strict user."""
    file.write_text(json.dumps({**PYRIGHT_SETTINGS, "pythonVersion": version}), encoding="utf-8")


def pyright(folder: Path, version: str) -> Iterator[Complaint]:
    """Run pyright over a folder."""
    settings = folder / f"pyright-{version}.json"
    configure_pyright(settings, version)
    found: Parsed
    for found in json.loads(run(folder, "pyright", f"--project={settings}", "--outputjson"))["generalDiagnostics"]:
        file = Path(found["file"]).relative_to(folder.resolve()).as_posix()
        yield Complaint(file, found["range"]["start"]["line"] + 1, found.get("rule", "none"), found["message"])


def ty(folder: Path, version: str) -> Iterator[Complaint]:
    """Run ty over a folder."""
    settings = [f"--python={sys.prefix}", f"--python-version={version}", "--output-format=gitlab"]
    found: Parsed
    for found in json.loads(run(folder, "ty", "check", *settings)):
        place = found["location"]
        yield Complaint(place["path"], place["positions"]["begin"]["line"], found["check_name"], found["description"])


def pyrefly(folder: Path, version: str) -> Iterator[Complaint]:
    """Run pyrefly over a folder."""
    settings = [f"--python-interpreter-path={sys.executable}", f"--python-version={version}", "--preset=strict"]
    found: Parsed
    for found in json.loads(run(folder, "pyrefly", "check", *settings, "--output-format=json"))["errors"]:
        yield Complaint(Path(found["path"]).as_posix(), found["line"], found["name"], found["description"])


CHECKERS: tuple[Checker, ...] = (pyright, mypy, ty, pyrefly)  # The slowest first.
