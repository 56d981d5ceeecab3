"""How channels end: closed with a cause, left by an error of which receivers hear later, or after tasks."""

from __future__ import annotations

from tests.model.operations import PAUSE, Fail, Within, select
from tests.model.programs.program import (
    FULL,
    SLIDING,
    UNBUFFERED,
    WAITING,
    a,
    alone,
    awaited,
    b,
    by_hand,
    pair,
    stubborn,
    task,
)

FEW = UNBUFFERED, FULL, SLIDING
X, Y, NO_FAILURE = Fail("x"), Fail("y"), Fail()

CAUSES = [
    alone("a push, a pull and a close with a cause", task(a.push(1)), task(a.pull()), task(a.close(cause="x")), on=FEW),
    alone(
        "two closes with causes",
        task(a.close(cause="x"), a.push_nowait(1), a.pull_nowait()),
        task(PAUSE, a.close(cause="y", immediate=True)),
        task(a.pull(), a.pull()),
        on=FEW,
    ),
    alone(
        "a plain close before one with a cause",
        task(a.close(), PAUSE, a.close(cause="x")),
        task(a.pull(), a.pull()),
        on=FEW,
    ),
    alone("iterations and a cause", task(a.iterate()), task(a.iterate()), task(a.push(1), a.close(cause="x")), on=FEW),
    alone("a batch and a cause", task(a.pull_many(2, Within.EVER)), task(a.push(1), a.close(cause="x")), on=FEW),
    pair(
        "a select and a cause",
        task(select(a.pull(), b.push(1))),
        task(a.close(cause="x"), b.close(cause="y")),
        task(select(b.push(2), a.pull(), ordered=True)),
        on=[UNBUFFERED, FULL],
    ),
    alone("a select with itself and a cause", task(select(a.push(1), a.pull())), task(a.close(cause="x")), on=FEW),
]

BLOCKS = [
    alone("a block left in order", task(a.block(a.push(1), PAUSE)), task(a.pull(), a.pull()), on=FEW),
    alone("pulls and a block left by an error", task(a.block(a.push(1), X)), task(a.pull()), task(a.pull()), on=FEW),
    alone(
        "a task that goes on after its block",
        stubborn(a.block(X), a.push_nowait(1), PAUSE, a.pull_nowait()),
        task(a.pull()),
        on=FEW,
    ),
    alone("pushes and a block left by an error", task(a.push(1)), task(a.push(2)), task(a.block(X)), on=WAITING),
    alone(
        "a claim let go after a block",
        task(a.pull()),
        task(a.pull()),
        task(a.block(a.push_nowait(1), a.push_nowait(2), X)),
        on=FEW,
    ),
    alone("a close soon after a block", stubborn(a.block(X), PAUSE), task(PAUSE, a.close(cause="y")), on=FEW),
    alone("a close beside a block", task(a.block(X)), task(a.close(cause="y")), task(a.pull()), on=FEW),
    alone("two blocks left by errors", task(a.block(X)), stubborn(a.block(Y), PAUSE), task(a.pull()), on=WAITING),
    alone("a block left by an error and one in order", task(a.block(X)), task(a.block(PAUSE)), task(a.pull()), on=FEW),
    alone("a block left after a close", task(a.close()), stubborn(a.block(X), a.pull()), task(a.pull()), on=FEW),
    alone("a block left by a refusal", task(a.block(a.push(1), NO_FAILURE)), task(a.pull(), a.pull()), on=FEW),
    alone("a block by hand", by_hand(a.block(a.push(1), X)), task(a.pull(), a.pull()), on=FEW),
    alone("an awaited block", task(awaited(a.block(a.push(1), X)), a.pull()), task(a.pull()), on=FEW),
    alone("an iteration and a block", task(a.iterate()), task(a.block(a.push(1), a.push(2), X)), on=FEW),
    alone("a batch and a block", task(a.pull_many(3, Within.EVER)), task(a.block(a.push(1), X)), on=FEW),
    alone(
        "what need not wait after a block",
        stubborn(a.block(X), a.pull_nowait(), PAUSE, a.pull_nowait(), PAUSE, a.pull_nowait()),
        on=FEW,
    ),
    pair(
        "a select and a block",
        task(select(a.pull(), b.pull())),
        task(a.block(X)),
        task(b.push(1)),
        on=[UNBUFFERED, FULL],
    ),
    pair(
        "a select of pushes and blocks",
        task(select(a.push(1), b.pull())),
        task(b.block(a.block(X))),
        on=[UNBUFFERED, FULL],
    ),
]

TIES = [
    alone(
        "a close after two tasks",
        task(a.push(1)),
        task(a.push(2), X),
        task(a.close_after("A", "B"), a.iterate()),
        on=FEW,
    ),
    alone("a close after a task that fails", task(PAUSE, X), task(a.close_after("A"), a.pull()), task(a.pull())),
    alone(
        "a close after tasks that have ended",
        task(X),
        task(Y),
        task(PAUSE, a.close_after("A", "B"), a.pull()),
        on=FEW,
    ),
    alone(
        "a close after a task that was refused and one that fails",
        task(NO_FAILURE),
        task(PAUSE, X),
        task(a.close_after("A", "B"), a.pull()),
        on=[UNBUFFERED],
    ),
    alone(
        "an immediate close after those who pull",
        task(a.pull()),
        task(a.close_after("A", immediate=True)),
        task(a.push(1), a.push(2)),
    ),
    alone(
        "closes after one task",
        task(PAUSE, X),
        task(a.close_after("A", "A"), a.pull()),
        task(a.close_after("A", immediate=True), PAUSE, a.close_after("A")),
        on=[UNBUFFERED],
    ),
    pair(
        "a close after a block",
        task(a.block(a.push(1), X)),
        task(b.close_after("A"), select(a.pull(), b.pull())),
        task(a.pull()),
        on=[UNBUFFERED],
    ),
    alone(
        "a close after a task that awaits another",
        task(awaited(a.push(1), X), PAUSE),
        task(a.close_after("A"), a.pull(), a.pull()),
        on=[UNBUFFERED],
    ),
]
