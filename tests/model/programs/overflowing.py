"""Pushes for which there is no room, items that are refused, and items that overtake by their urgency.

An even item is unwelcome to a refusing channel and to a thinning one. A priority channel gives 3 first, then 1 and 4,
which are equally urgent, and last 2 and 5.
"""

from __future__ import annotations

from tests.model.operations import PAUSE, REST, Kind, Strategy, select
from tests.model.programs.program import (
    DROPPING,
    FULL_REFUSING,
    PRIORITY,
    REFUSING,
    SLIDING,
    THINNING,
    Program,
    a,
    alone,
    awaited,
    b,
    by_hand,
    stubborn,
    task,
)

SMALL = [Kind(1, strategy=strategy) for strategy in (Strategy.SLIDING, Strategy.DROPPING, Strategy.THINNING)]
WIDER = [Kind(2, strategy=strategy) for strategy in (Strategy.SLIDING, Strategy.DROPPING, Strategy.THINNING)]
DROPS = SLIDING, DROPPING, THINNING
REFUSES = REFUSING, FULL_REFUSING
BY_PRIORITY = PRIORITY, Kind(1, strategy=Strategy.PRIORITY), Kind(3, strategy=Strategy.PRIORITY)

OVERFLOWS = [
    alone(
        "pushes that overflow",
        task(a.push(1), a.push(2), a.push(3), a.push(4)),
        task(PAUSE, a.pull_nowait(), a.pull_nowait(), a.pull_nowait()),
        on=[*DROPS, *WIDER],
    ),
    alone(
        "a push that overflows above the bound, where a claim was let go",
        task(a.pull()),
        task(a.push_nowait(1), a.push_nowait(3), PAUSE, a.push_nowait(4), a.push_nowait(5), a.pull_nowait()),
        on=SMALL,
    ),
    alone(
        "a push that overflows above the bound, where two claims were let go",
        task(a.pull()),
        task(a.pull()),
        task(*map(a.push_nowait, (1, 3, 5, 7)), PAUSE, *map(a.push_nowait, (8, 9)), a.pull_nowait(), a.pull_nowait()),
        on=[*SMALL, *WIDER],
    ),
    alone(
        "pushes that overflow behind claims",
        task(a.pull()),
        task(a.pull()),
        task(*map(a.push_nowait, (1, 3, 5, 8, 7)), a.pull_nowait(), a.pull_nowait()),
        on=[*SMALL, *WIDER],
    ),
    alone(
        "an overflow before an immediate close",
        task(a.pull()),
        task(*map(a.push_nowait, (1, 3, 4, 5)), a.close(immediate=True), a.push_nowait(6), a.pull_nowait()),
        on=[*SMALL, *WIDER],
    ),
    alone(
        "an overflow beside a close",
        task(a.push(2), a.push(3)),
        task(a.close(), a.push(4)),
        task(a.pull(), a.pull(), a.pull()),
        on=DROPS,
    ),
    alone("a wait and an overflow", task(a.push(1)), task(a.push(2)), task(a.push(4), a.pull()), on=[THINNING]),
]

SELECTS_THAT_OVERFLOW = [
    Program(
        "a select of a push that overflows and a pull",
        [task(select(a.push(1), b.pull())), task(select(a.push(2), b.pull()), a.pull_nowait()), task(b.push(3))],
        [(kind, Kind()) for kind in DROPS],
    ),
    Program(
        "a select of pushes that overflow",
        [task(select(a.push(1), b.push(2)), select(a.push(4), b.push(3))), task(PAUSE, a.pull(), b.pull())],
        [(SLIDING, DROPPING), (DROPPING, THINNING), (THINNING, SLIDING), (THINNING, THINNING)],
    ),
    Program(
        "an order of pushes that overflow",
        [
            task(select(a.push(1), b.push(2), ordered=True), select(a.push(4), b.push(3), waits=False)),
            task(PAUSE, select(a.push(5), b.push(6), ordered=True, waits=False), a.pull(), b.pull()),
        ],
        [(SLIDING, DROPPING), (THINNING, THINNING), (THINNING, SLIDING)],
    ),
    Program(
        "a select that overflows beside a claim",
        [
            task(select(a.pull(), b.pull())),
            task(select(a.push(1), b.push(3))),
            task(select(a.push(2), b.push(5)), REST),
        ],
        [(SMALL[0], SMALL[1]), (SMALL[1], SMALL[2])],
    ),
]

REFUSALS = [
    alone("a push refused", task(a.push(2), a.push_nowait(4), a.push(1)), task(PAUSE, a.pull()), on=REFUSES),
    alone("a push refused beside pulls", task(a.pull()), task(a.pull()), task(a.push(2), a.push(1)), on=REFUSES),
    alone(
        "a waiting push refused before another",
        task(a.push(2), a.push(4)),
        task(a.push(1)),
        task(a.pull_nowait(), a.pull()),
        on=REFUSES,
    ),
    alone("waiting pushes refused, and none left", task(a.push(2)), task(a.push(4)), task(a.pull()), on=REFUSES),
    alone(
        "a waiting push refused before a rest",
        task(a.push(2), REST),
        stubborn(a.push(1), PAUSE),
        task(a.pull()),
        on=REFUSES,
    ),
    alone(
        "a waiting push refused by hand",
        by_hand(a.push(2)),
        by_hand(select(a.push(1), a.push(3))),
        task(PAUSE, a.pull_nowait()),
        on=REFUSES,
    ),
    alone(
        "an awaited push refused",
        task(awaited(a.push(2), PAUSE), REST),
        task(PAUSE, PAUSE, a.pull_nowait()),
        on=REFUSES,
    ),
    alone(
        "waiting pushes refused beside a close",
        task(a.push(2)),
        task(a.push(1)),
        task(a.pull_nowait(), a.close()),
        on=REFUSES,
    ),
    alone("a select refused beside a pull", task(a.pull()), task(select(a.push(2))), task(a.push(1)), on=REFUSES),
    Program(
        "a waiting select refused",
        [task(select(a.push(2), b.pull()), REST), task(select(b.pull(), a.push(1))), task(a.pull_nowait(), b.push(3))],
        [(kind, Kind()) for kind in REFUSES],
    ),
    Program(
        "a waiting select refused, and passed over in its other line",
        [task(select(b.pull(), a.push(2)), REST), task(a.pull_nowait(), b.push_nowait(1), b.pull_nowait())],
        [(REFUSING, Kind(1)), (FULL_REFUSING, Kind(1))],
    ),
    Program(
        "a select that finds pushes only which are refused",
        [
            task(a.push(2)),
            task(PAUSE, select(a.pull(), b.pull(), a.pull())),
            task(b.push(1), select(a.pull(), b.pull(), waits=False)),
        ],
        [(REFUSING, Kind()), (FULL_REFUSING, Kind(1))],
    ),
]

PRIORITIES = [
    alone(
        "a row of pushes by priority",
        task(*map(a.push, (2, 5, 1, 4, 3))),
        task(*(a.pull() for _ in range(5))),
        on=BY_PRIORITY,
    ),
    alone(
        "an urgent push beside claims",
        task(a.pull()),
        task(a.pull()),
        task(*map(a.push_nowait, (2, 1, 5, 3))),
        on=BY_PRIORITY,
    ),
    alone(
        "an urgent push that waits",
        task(a.push(2)),
        task(a.push(3)),
        task(a.push(1)),
        task(a.pull(), a.pull_nowait(), a.pull_nowait()),
        on=[PRIORITY],
    ),
    alone(
        "claims by priority beside an immediate close",
        task(a.pull()),
        task(*map(a.push_nowait, (2, 1, 3)), a.close(immediate=True)),
        task(PAUSE, a.pull()),
        on=BY_PRIORITY,
    ),
]
