"""Selects of one to three cases, beside plain operations and closed channels."""

from __future__ import annotations

from tests.model.operations import PAUSE, REST, select
from tests.model.programs.program import FULL, UNBUFFERED, WAITING, a, alone, b, pair, stubborn, task

SELECTS = [
    alone("a select of one pull", task(select(a.pull())), task(a.pull()), task(a.push(1))),
    alone("a select of one push", task(select(a.push(1)), REST), task(a.push(2)), task(a.pull()), on=WAITING),
    pair("a select of two pulls", task(select(a.pull(), b.pull())), task(a.push(1)), task(b.push(2))),
    pair(
        "a select of two pushes",
        task(select(a.push(1), b.push(2)), PAUSE),
        task(a.pull()),
        task(b.pull()),
        on=[UNBUFFERED, FULL],
    ),
    pair("a select of both sides", task(select(a.pull(), b.push(1)), PAUSE), task(a.push(2)), task(b.pull())),
    pair(
        "a select of three cases",
        task(select(a.pull(), b.pull(), b.push(1)), PAUSE),
        task(b.push(2)),
        task(select(b.pull(), a.push(3), ordered=True)),
    ),
    pair("a claim from a select to a pull", task(select(a.pull(), b.pull())), task(a.pull()), task(a.push(1))),
    pair(
        "a claim from a select to a select",
        task(select(a.pull(), b.pull())),
        task(select(b.pull(), a.pull())),
        task(a.push(1)),
    ),
    pair(
        "what a select leaves behind",
        task(select(a.pull(), b.pull()), b.pull()),
        task(a.push(1), b.push(2)),
        task(b.push(3), a.push(4)),
    ),
    pair(
        "stubborn selects",
        stubborn(select(a.pull(), b.push(1)), select(a.pull(), b.push(2))),
        task(a.push(3), b.pull(), a.push(4)),
    ),
    pair(
        "a select that stands before a select",
        task(select(a.push(1), b.pull()), select(b.pull(), a.pull())),
        task(a.pull(), b.push(2)),
    ),
    pair(
        "selects without waiting",
        task(a.pull()),
        task(b.push(1)),
        task(select(a.push(2), b.pull(), waits=False), select(b.pull(), a.push(3), waits=False)),
    ),
    pair(
        "a select and selects without waiting",
        task(select(a.pull(), b.push(1))),
        task(select(b.pull(), a.push(2), waits=False), PAUSE, select(a.push(3), b.pull(), waits=False)),
    ),
    pair(
        "a choice",
        task(a.push(1), b.push(2)),
        task(PAUSE, select(a.pull(), None, b.pull()), select(a.pull(), b.pull(), waits=False)),
        task(b.push(3)),
    ),
    pair(
        "an order",
        task(a.push(1), b.push(2)),
        task(
            PAUSE, select(None, b.pull(), a.pull(), ordered=True), select(a.pull(), b.pull(), waits=False, ordered=True)
        ),
        task(a.push(3)),
    ),
    alone("the same pull twice", task(select(a.pull(), a.pull())), task(a.pull()), task(a.push(1), a.push(2))),
    alone("the same push twice", task(select(a.push(1), a.push(2)), REST), task(a.pull()), task(PAUSE, a.pull())),
]

CLOSED_SELECTS = [
    pair("a select of pulls and a close", task(select(a.pull(), b.pull())), task(a.close()), task(b.push(1))),
    pair(
        "a select of a push and a close",
        task(select(a.push(1), b.pull()), PAUSE),
        task(a.close()),
        task(b.push(2)),
        on=[UNBUFFERED, FULL],
    ),
    pair(
        "a select of which all is closed",
        task(select(a.pull(), b.push(1))),
        task(b.close(), a.close()),
        task(select(b.pull(), a.pull())),
    ),
    pair(
        "a select and a claim beside an immediate close",
        task(select(a.pull(), b.pull())),
        task(a.push_nowait(1), a.close(immediate=True), b.push_nowait(2)),
        task(a.pull()),
    ),
    pair(
        "a select and an iteration",
        task(select(a.pull(), b.push(1)), a.pull()),
        task(a.iterate()),
        task(a.push(2), a.close()),
    ),
]
