"""Batches: what is set aside for them while they wait for more, beside others; and times, of batches and of selects."""

from __future__ import annotations

from tests.model.operations import PAUSE, REST, TIMEOUT, Within, select
from tests.model.programs.program import (
    BUFFER,
    EACH,
    FULL,
    FULL_WIDER,
    UNBUFFERED,
    WAITING,
    WIDER,
    Program,
    a,
    alone,
    awaited,
    b,
    by_hand,
    pair,
    stubborn,
    task,
)

TIME, EVER = Within.TIME, Within.EVER

BATCHES = [
    alone("a batch of what is there", task(a.push(1), a.push(2)), task(a.push(3)), task(PAUSE, a.pull_many(2))),
    alone("a batch that waits", task(a.pull_many(2)), task(a.push_nowait(1), a.push(2)), task(a.push(3))),
    alone("two batches", task(a.pull_many(2)), task(a.pull_many(3)), task(a.push(1), a.push(2), a.push(3))),
    alone(
        "a batch and waiting pushes",
        task(a.push(1)),
        task(a.push(2)),
        task(a.pull_many(3), a.pull_many(2)),
        on=[*WAITING, FULL_WIDER],
    ),
    alone(
        "a batch above the bound",
        task(a.pull()),
        task(a.push_nowait(1), a.push_nowait(3), a.push(5)),
        task(PAUSE, a.pull_many(2)),
        on=[*EACH, WIDER],
    ),
    alone("a batch and a close", task(a.pull_many(3)), task(a.push(1), a.push(2), a.close())),
    alone("a batch and an immediate close", task(a.pull_many(2)), task(a.push_nowait(1), a.close(immediate=True))),
    alone("batches by hand", by_hand(a.pull_many(2), a.pull_many(2)), task(a.pull()), task(a.push(1), a.push(3))),
    pair("batches and selects", task(select(a.pull(), b.pull())), task(a.pull_many(2)), task(a.push(1), a.push(3))),
]

COLLECTING = [
    alone(
        "a batch and a pull in turns",
        task(a.pull_many(3, EVER)),
        task(a.pull()),
        task(a.push(1), a.push(3), a.push(5)),
        on=[*EACH, WIDER],
    ),
    alone("two batches in turns", task(a.pull_many(2, EVER)), task(a.pull_many(2, EVER)), task(a.push(1), a.push(3))),
    alone(
        "a batch that has some, and others that take what it lets go",
        task(a.pull_many(3, EVER)),
        task(PAUSE, a.pull()),
        task(a.push(1), a.push(3), PAUSE, a.pull_nowait()),
        on=[UNBUFFERED, BUFFER, FULL],
    ),
    alone(
        "what is set aside takes no room",
        task(a.pull_many(4, EVER)),
        task(a.push_nowait(1), PAUSE, a.push_nowait(3), PAUSE, a.push_nowait(5), a.push_nowait(7)),
    ),
    alone("a batch that has some and a close", task(a.pull_many(3, EVER)), task(a.push(1), a.close()), task(a.pull())),
    alone(
        "a batch that has some and an immediate close",
        task(a.pull_many(3, EVER)),
        task(a.push_nowait(1), PAUSE, a.push_nowait(3), a.close(immediate=True)),
        task(PAUSE, a.pull_many(2)),
    ),
    Program(
        "a push before a batch of a closed channel",
        [stubborn(a.push(1), b.pull_many(2, TIME), b.pull_many(2, TIME)), task(b.close(), a.pull())],
        [(UNBUFFERED, FULL), (FULL, FULL)],
    ),
    alone("a batch of a closed channel", task(a.push(1), a.close()), task(PAUSE, a.pull_many(3, TIME), a.pull_many(2))),
    alone(
        "a stubborn batch",
        stubborn(a.pull_many(2, EVER), a.pull_many(2, EVER)),
        task(a.push(1), a.push(3), a.push(5)),
    ),
    alone("a batch that has some, by hand", by_hand(a.pull_many(3, EVER)), task(a.pull()), task(a.push(1), a.push(3))),
    alone("a push before a batch", stubborn(a.push(1), a.pull_many(2, EVER)), task(a.pull(), a.push(3)), on=WAITING),
    alone("an awaited batch", task(awaited(a.pull_many(2, EVER)), a.pull()), task(a.push(1), a.push(3))),
    pair(
        "a batch that has some and a select",
        task(a.pull_many(2, EVER)),
        task(select(a.pull(), b.pull())),
        task(a.push(1), a.push(3)),
    ),
]

TIMED = [
    alone("a batch and its time", task(a.pull_many(2, TIME)), task(a.push(1), PAUSE, a.push(3))),
    alone(
        "a batch, and its time beside an item",
        task(a.pull_many(3, TIME)),
        task(a.push(1), PAUSE),
        task(a.push(3)),
        on=[UNBUFFERED, BUFFER],
    ),
    alone(
        "a batch and its time, beside a pull", task(a.pull_many(3, TIME)), task(a.pull()), task(a.push(1), a.push(3))
    ),
    alone(
        "a batch and its time, beside one without",
        task(a.pull_many(2, TIME)),
        task(a.pull_many(2, EVER)),
        task(a.push(1), a.push(3)),
    ),
    alone("a batch, its time and a close", task(a.pull_many(2, TIME)), task(a.push(1), PAUSE, a.close())),
    alone(
        "batches one after another", stubborn(a.pull_many(2, TIME), a.pull_many(2, TIME)), task(a.push(1), a.push(3))
    ),
    alone("a batch and its time, by hand", by_hand(a.pull_many(2, TIME)), task(a.pull()), task(a.push(1))),
]

TIMED_SELECTS = [
    alone("a select of a pull and a time", task(select(a.pull(), TIMEOUT), a.pull_nowait()), task(a.pull(), a.push(1))),
    alone(
        "a select of a pull and a time beside a push", task(select(TIMEOUT, a.pull())), task(a.pull()), task(a.push(1))
    ),
    alone("a select of a push and a time", task(select(a.push(1), TIMEOUT), REST), task(PAUSE, a.pull()), on=WAITING),
    alone(
        "a time alone", stubborn(select(TIMEOUT), select(None, TIMEOUT)), task(select(TIMEOUT, a.pull(), waits=False))
    ),
    alone("a select of a pull, a time and a close", task(select(a.pull(), TIMEOUT)), task(PAUSE, a.close(), a.close())),
    alone(
        "a select of a pull and a time, by hand", by_hand(select(a.pull(), TIMEOUT)), task(a.pull()), task(a.push(1))
    ),
    pair(
        "selects with times",
        task(select(a.pull(), b.push(1), TIMEOUT)),
        task(select(b.pull(), TIMEOUT), a.push(3)),
    ),
]
