"""docs/examples/digest_fleet.py, run as its users run it: a server of its own, and workers that are killed."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.support.nats_server import PATIENCE, NatsServer, free_port

PROGRAM = Path(__file__).resolve().parents[2] / "docs" / "examples" / "digest_fleet.py"


def command(root: Path, url: str, workers: int = 2) -> list[str]:
    return [sys.executable, "-W", "error", str(PROGRAM), str(root), "--workers", str(workers), "--server", url]


def plant(root: Path, files: int) -> str:
    """Make files, and say what is to be printed of them."""
    lines: list[str] = []
    for number in range(files):
        path = root / f"{number % 7}" / f"file {number:04}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content := os.urandom(number))
        lines.append(f"{path}\n{hashlib.sha256(content).hexdigest()}")
    return "".join(f"{sha256}  {path}\n" for path, sha256 in sorted(line.split("\n") for line in lines))


def test_without_a_server_it_starts_one_and_prints_the_sums_in_path_order(tmp_path: Path) -> None:
    expected = plant(tmp_path, 100)
    (tmp_path / "0" / "link").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "0" / "pipe")
    url = f"nats://127.0.0.1:{free_port()}"
    done = subprocess.run(
        command(tmp_path, url), capture_output=True, encoding="utf-8", timeout=PATIENCE * 2, check=False
    )
    assert done.stdout == expected
    assert done.stderr.endswith("100 files, 0 errors\n")
    assert done.returncode == 0


def test_workers_that_are_killed_lose_nothing(tmp_path: Path, own_server: NatsServer) -> None:
    root = tmp_path / "root"
    expected = plant(root, 1_500)
    printed = tmp_path / "printed"
    with (
        printed.open("wb") as output,
        subprocess.Popen(
            command(root, own_server.url), stdout=output, stderr=subprocess.PIPE, encoding="utf-8"
        ) as program,
    ):
        assert program.stderr is not None
        messages: list[str] = []
        killed = 0
        for message in program.stderr:
            messages.append(message)
            if message.endswith(" began\n") and killed < 3:
                os.kill(int(message.split()[1]), signal.SIGKILL)
                killed += 1
        assert program.wait(PATIENCE) == 0
    assert killed == sum(message.endswith(" was killed\n") for message in messages) == 3
    assert messages[-1] == "1500 files, 0 errors\n"
    assert printed.read_text(encoding="utf-8") == expected
