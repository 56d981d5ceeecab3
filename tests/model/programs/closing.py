"""Closing, beside whoever waits, holds a claim or iterates."""

from __future__ import annotations

from tests.model.operations import PAUSE
from tests.model.programs.program import EACH, WAITING, WIDER, a, alone, stubborn, task

CLOSING = [
    alone("pulls, a push and a close", task(a.pull()), task(a.pull()), task(a.push(1)), task(a.close())),
    alone("pushes, a pull and a close", task(a.push(1)), task(a.push(2)), task(a.pull()), task(a.close()), on=WAITING),
    alone("pulls and a close", task(a.pull()), task(a.pull()), task(a.close())),
    alone("pushes and a close", task(a.push(1)), task(a.push(2)), task(a.close())),
    alone("a push, a pull and a close", task(a.push(1)), task(a.pull()), task(a.close())),
    alone("a push, a pull and an immediate close", task(a.push(1)), task(a.pull()), task(a.close(immediate=True))),
    alone(
        "a push and a close before pulls", task(a.push(1), a.close()), task(a.pull()), task(a.pull(), a.pull_nowait())
    ),
    alone(
        "a claim beside an immediate close",
        task(a.pull()),
        task(a.push_nowait(1), a.push_nowait(2), a.close(immediate=True)),
        task(PAUSE, a.pull()),
        on=[*EACH, WIDER],
    ),
    alone(
        "a claim let go on a closed channel",
        task(a.pull()),
        task(a.push_nowait(1), a.close()),
        task(PAUSE, a.pull_nowait(), PAUSE, a.pull()),
    ),
    alone(
        "a claim let go before an immediate close",
        task(a.pull()),
        task(a.push_nowait(1), PAUSE, a.close(immediate=True), a.pull_nowait()),
    ),
    alone(
        "a close and an immediate close",
        task(a.push(1), a.close(), a.push_nowait(2)),
        task(PAUSE, a.close(immediate=True)),
        task(a.pull(), a.pull()),
    ),
    alone("iterations and a close", task(a.iterate()), task(a.iterate()), task(a.push(1), a.push(2), a.close())),
    alone("an iteration and a pull", task(a.iterate()), stubborn(a.pull(), a.pull()), task(a.push(1), a.close())),
    alone("a stubborn iteration", stubborn(a.iterate(), a.iterate()), task(a.push(1), a.push(2), a.close())),
]
