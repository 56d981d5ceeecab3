"""A terminal for a program that a test starts."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if sys.platform != "win32":
    import pty

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

PATIENCE = 60
"""Seconds that no program that a test runs comes near; who waits longer fails."""


class Terminal:
    """A terminal that a program writes to, and what came out of it so far."""

    def __init__(self) -> None:
        if sys.platform == "win32":
            pytest.skip("needs a pseudo-terminal, which Windows lacks")
        self._ours, self._theirs = pty.openpty()
        self.shown = b""

    @contextmanager
    def started(
        self, command: Sequence[str | Path], *arguments: str | Path
    ) -> Generator[subprocess.Popen[bytes], None, None]:
        """Start a program with its standard error on the terminal, and see to it that it ends."""
        with subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, stderr=self._theirs) as program:
            try:
                yield program
            finally:
                program.kill()

    def wait_for(self, text: bytes) -> None:
        while text not in self.shown:
            assert self._read(), f"{text!r} never came: {self.shown!r}"

    def _read(self) -> bool:
        """Read what comes next, and tell whether anything came."""
        ready, _, _ = select.select([self._ours], [], [], PATIENCE)
        chunk = os.read(self._ours, 65_536) if ready else b""
        self.shown += chunk
        return bool(chunk)

    def close(self) -> None:
        os.close(self._theirs)
        os.close(self._ours)
