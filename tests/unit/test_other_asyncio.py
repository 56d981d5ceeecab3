"""Libraries that put their own loop, task or future into asyncio work, whichever is imported first."""

from __future__ import annotations

import subprocess
import sys

import pytest

IDLE = "Waiting(pushes=0, pulls=0)"
SAID = f"[0, 1, 2]\n7\nOSError('no such job') True\n{IDLE} {IDLE}\n8\n0 0\n[9] {IDLE}\n"


@pytest.mark.parametrize("order", ["before", "after"])
@pytest.mark.parametrize("name", ["trio_asyncio", "nest_asyncio"])
def test_asyncio_is_asked_for_its_pieces_at_the_call(name: str, order: str) -> None:
    if name == "trio_asyncio" and sys.version_info >= (3, 14):
        pytest.skip("trio-asyncio 0.16 cannot be imported there")
    program = [sys.executable, "-m", "tests.support.other_asyncio", name, order]
    done = subprocess.run(program, capture_output=True, encoding="utf-8", check=False, timeout=60)
    assert (done.stdout, done.returncode) == (SAID, 0), done.stderr
