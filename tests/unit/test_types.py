"""What runs is as its types say, on each interpreter."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ALLOWED = Path(__file__).with_name("stubtest_allowed.txt")
WITHOUT_NATS = "[mypy]\n[mypy-nats.*,msgspec.*]\nignore_missing_imports = True\n"


def test_what_runs_is_as_its_types_say(tmp_path: Path) -> None:
    without: list[str] = []
    if find_spec("nats") is None or find_spec("msgspec") is None:  # What needs them cannot be imported.
        settings, allowed = tmp_path / "mypy.ini", tmp_path / "allowed.txt"
        settings.write_text(WITHOUT_NATS)
        allowed.write_text(r"pychanasync\.nats.*")
        without = [f"--mypy-config-file={settings}", f"--allowlist={allowed}"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "pychanasync", "--concise", f"--allowlist={ALLOWED}", *without],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert (done.returncode, done.stdout) == (0, "")
