"""What becomes of an actor that was cancelled too late, or that is driven by hand and abandoned."""

from __future__ import annotations

from tests.model.operations import PAUSE, REST, TAKE_BACK, select
from tests.model.programs.program import WAITING, a, alone, b, by_hand, pair, stubborn, task

HANDED_ON = [
    alone("a push before a rest", task(a.push(1), REST), task(a.pull()), on=WAITING),
    alone("a push before pauses", stubborn(a.push(1), PAUSE, PAUSE), task(a.pull()), on=WAITING),
    alone("a push before another", task(a.push(1), a.push(2)), task(a.pull(), a.pull_nowait()), on=WAITING),
    alone("a push before a pull", stubborn(a.push(1), a.pull(), a.pull()), task(a.pull(), a.push(2)), on=WAITING),
    alone("a push before a select", stubborn(a.push(1), select(a.pull(), a.push(2))), task(a.pull(), a.pull())),
    alone(
        "a push before what need not wait",
        task(a.push(1), a.push_nowait(2), a.pull_nowait(), a.push(3)),
        task(a.pull()),
    ),
    alone(
        "stubborn rows", stubborn(a.push(1), a.push(2), a.push(3)), stubborn(a.pull(), a.pull(), a.pull()), on=WAITING
    ),
    alone(
        "a cancellation taken back before a pull",
        stubborn(a.push(1), TAKE_BACK, a.pull()),
        task(a.pull(), a.push(2)),
        on=WAITING,
    ),
    alone(
        "a cancellation taken back before pauses",
        stubborn(a.push(1), TAKE_BACK, PAUSE, PAUSE),
        task(a.pull()),
        on=WAITING,
    ),
    alone("a cancellation taken back late", stubborn(a.push(1), PAUSE, TAKE_BACK, REST), task(a.pull()), on=WAITING),
    alone(
        "an older request beside one taken back",
        stubborn(REST, a.push(1), TAKE_BACK, PAUSE, a.pull()),
        task(PAUSE, PAUSE, a.pull()),
        on=WAITING,
    ),
    alone(
        "an older request beside one taken back after a select",
        stubborn(REST, select(a.push(1)), TAKE_BACK, PAUSE, a.pull()),
        task(PAUSE, PAUSE, a.pull()),
        on=WAITING,
    ),
    alone(
        "two pushes that stand",
        task(a.push(1), a.pull()),
        task(a.push(2), a.pull()),
        task(a.pull_nowait(), a.pull_nowait(), a.pull_nowait()),
        on=WAITING,
    ),
]

BY_HAND = [
    alone("a pull by hand", by_hand(a.pull()), task(a.pull()), task(a.push(1))),
    alone("two pulls by hand", by_hand(a.pull(), a.pull()), by_hand(a.pull()), task(a.push(1), a.push(2))),
    alone("a push by hand", by_hand(a.push(1)), task(a.push(2)), task(a.pull(), a.pull_nowait())),
    alone("a push and a pull by hand", by_hand(a.push(1), a.push(2)), by_hand(a.pull(), a.pull())),
    alone("an iteration by hand", by_hand(a.iterate()), task(a.push(1), a.close()), task(PAUSE, a.pull())),
    pair("a select by hand", by_hand(select(a.pull(), b.push(1))), task(a.push(2)), task(b.pull())),
    pair("two selects by hand", by_hand(select(a.pull(), b.push(1))), by_hand(select(a.push(2), b.pull()), a.pull())),
]
