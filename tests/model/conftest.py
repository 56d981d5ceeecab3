"""Counts what the model explored, and says it at the end of a run."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

EXPLORED = pytest.StashKey[Counter[str]]()


@pytest.fixture
def explored(pytestconfig: pytest.Config) -> Counter[str]:
    """Count schedules by the titles of their programs."""
    return pytestconfig.stash.setdefault(EXPLORED, Counter())


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """Say how much was explored."""
    counts = config.stash.get(EXPLORED, None)
    if counts:
        terminalreporter.write_line(f"model: {counts.total():,} schedules of {len(counts)} programs explored")
