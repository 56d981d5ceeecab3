"""What runs is as its types say, on each interpreter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ALLOWED = Path(__file__).with_name("stubtest_allowed.txt")


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
