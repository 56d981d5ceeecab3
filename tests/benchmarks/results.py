"""What one interpreter's run found, as it lies in a JSON file: one file an interpreter.

Invariant: a file holds every figure of every round, and how to take them again. What is shown of them is computed from
them, and from nothing else.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, NamedTuple, TypedDict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.turns import Times

FOLDER = Path(__file__).parents[2] / "docs" / "benchmarks"


class Explained(TypedDict):
    """What a scenario is."""

    about: str
    operation: str


class Anatomy(TypedDict):
    """What one operation takes: how many instructions of the interpreter, and calls of whom."""

    instructions: float
    calls: dict[str, float]


class Results(TypedDict):
    """What was found, where, and how."""

    python: str
    machine: str
    versions: dict[str, str]
    missing: list[str]
    command: str
    date: str
    rounds: int
    scenarios: dict[str, Explained]
    times: dict[str, dict[str, Times]]
    """By loop and scenario, in nanoseconds."""
    weights: dict[str, dict[str, float]]
    """By what is weighed, in bytes."""
    anatomy: dict[str, dict[str, Anatomy]]
    """By scenario and contender; empty where the interpreter cannot tell."""


class Spread(NamedTuple):
    """The middle of some figures, and between what the middle half of them lies."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> Spread:
        low, _, high = quantiles(figures, n=4)
        return cls(low, median(figures), high)


def ratios(figures: Sequence[float], others: Sequence[float]) -> list[float]:
    """Compare round by round."""
    return [figure / other for figure, other in zip(figures, others, strict=True)]


def version(results: Results) -> tuple[int, ...]:
    """Tell which Python it was, as 3, 13."""
    return tuple(int(part) for part in results["python"].split(".")[:2])


def read() -> dict[str, Results]:
    """Read what lies there, by version of Python, the oldest first."""
    every: list[Results] = [json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("cpython-*.json")]
    return {".".join(map(str, version(results))): results for results in sorted(every, key=version)}


def write(results: Results) -> None:
    """Write a file, the rounds of a contender in one line."""
    FOLDER.mkdir(exist_ok=True)
    text = re.sub(
        r"\[\s+([^][{}]*?)\s+\]", lambda rounds: f"[{' '.join(rounds[1].split())}]", json.dumps(results, indent=1)
    )
    name = f"cpython-{'.'.join(map(str, version(results)))}.json"
    (FOLDER / name).write_text(text + "\n", encoding="utf-8")
