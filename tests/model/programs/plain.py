"""Pushes and pulls, and newcomers beside those who wait."""

from __future__ import annotations

from tests.model.operations import PAUSE
from tests.model.programs.program import BUFFER, EACH, FULL_WIDER, NO_BOUND, WAITING, WIDER, a, alone, task

PUSH_AND_PULL = [
    alone("a push and a pull", task(a.push(1)), task(a.pull())),
    alone("two pulls and a push", task(a.pull()), task(a.pull()), task(a.push(1))),
    alone("three pulls and a push", task(a.pull()), task(a.pull()), task(a.pull()), task(a.push(1))),
    alone("two pushes and a pull", task(a.push(1)), task(a.push(2)), task(a.pull())),
    alone("three pushes and a pull", task(a.push(1)), task(a.push(2)), task(a.push(3)), task(a.pull()), on=WAITING),
    alone("two pushes and two pulls", task(a.push(1)), task(a.push(2)), task(a.pull()), task(a.pull())),
    alone(
        "a row of pushes and a row of pulls",
        task(a.push(1), a.push(2), a.push(3)),
        task(a.pull(), a.pull(), a.pull()),
        on=[*EACH, WIDER, NO_BOUND],
    ),
    alone(
        "two rows of pushes and a row of pulls",
        task(a.push(1), a.push(2)),
        task(a.push(3)),
        task(a.pull(), a.pull(), a.pull()),
        on=[*EACH, FULL_WIDER],
    ),
    alone(
        "a row of pushes and two rows of pulls",
        task(a.push(1), a.push(2), a.push(3)),
        task(a.pull(), a.pull()),
        task(a.pull()),
    ),
]

NEWCOMERS = [
    alone("a newcomer beside a woken pull", task(a.pull()), task(a.push(1)), task(PAUSE, a.pull_nowait())),
    alone(
        "a newcomer that may take beside a woken pull",
        task(a.pull()),
        task(a.push_nowait(1), a.push_nowait(2), a.pull_nowait()),
        on=[BUFFER, WIDER],
    ),
    alone("a newcomer beside a waiting push", task(a.push(1)), task(a.pull_nowait(), a.push_nowait(2)), task(a.pull())),
    alone(
        "newcomers of both sides",
        task(a.pull()),
        task(a.push(1)),
        task(a.push_nowait(2), a.pull_nowait(), a.push_nowait(3)),
    ),
    alone(
        "an item let go above the bound",
        task(a.pull()),
        task(a.push(1), a.push(2)),
        task(PAUSE, a.pull(), a.pull()),
    ),
    alone(
        "an item let go before a push that waits",
        task(a.pull()),
        task(a.push_nowait(1), a.push(2)),
        task(PAUSE, a.push_nowait(3), a.pull_nowait()),
    ),
    alone(
        "two items let go",
        task(a.pull()),
        task(a.pull()),
        task(a.push_nowait(1), a.push_nowait(2), PAUSE, a.pull_nowait(), a.pull_nowait()),
    ),
]
