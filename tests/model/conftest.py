"""Counts what the model explored, and reports it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def explored(report: Callable[[str], None]) -> Iterator[Counter[str]]:
    """Count schedules by the titles of their programs."""
    counts: Counter[str] = Counter()
    yield counts
    report(f"model: {counts.total():,} schedules of {len(counts)} programs explored")
