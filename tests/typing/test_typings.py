"""The stubs in `typings/` agree with the packages that they describe, and its README names each."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STUBBED = sorted(folder.name for folder in (ROOT / "typings").iterdir() if folder.is_dir())


def test_the_readme_names_every_stubbed_package() -> None:
    text = (ROOT / "typings" / "README.md").read_text(encoding="utf-8")
    assert STUBBED
    assert [name for name in STUBBED if f"`{name}`" not in text] == []


@pytest.mark.skipif(
    any(find_spec(name) is None for name in ("mypy", *STUBBED)),
    reason="needs what the types session installs",
)
def test_the_stubs_agree_with_the_packages() -> None:
    command = [sys.executable, "-m", "mypy.stubtest", "--mypy-config-file", "pyproject.toml", "--ignore-missing-stub"]
    report = subprocess.run([*command, *STUBBED], cwd=ROOT, capture_output=True, text=True, check=False)
    assert report.returncode == 0, report.stdout + report.stderr
