"""What becomes of a cancellation that was deferred in a task that ends first: it goes to the task that awaits it."""

from __future__ import annotations

from tests.model.operations import PAUSE, REST, TAKE_BACK, Script, select
from tests.model.programs.program import UNBUFFERED, WAITING, a, alone, awaited, b, by_hand, pair, stubborn, task


def later(pauses: int) -> Script:
    """Make a pull that comes when the push of an awaited task waits; each level takes an iteration of the loop."""
    return task(*(PAUSE,) * pauses, a.pull())


def busy(pulls: int) -> Script:
    """Make a partner that serves in every iteration of the loop."""
    return task(*(PAUSE, a.pull_nowait()) * pulls)


AWAITING = [
    alone("an awaited push", task(awaited(a.push(1))), later(2), on=WAITING),
    alone("an awaited push before a rest", task(awaited(a.push(1)), REST), later(2), on=WAITING),
    alone("an awaited push before pauses", stubborn(awaited(a.push(1)), PAUSE, PAUSE), later(2), on=WAITING),
    alone("an awaited push before a pull", stubborn(awaited(a.push(1)), a.pull(), a.pull()), later(2), on=WAITING),
    alone("an awaited push before a busy partner", task(awaited(a.push(1)), a.push(2), a.push(3)), busy(3), on=WAITING),
    alone("an awaited push before another", stubborn(awaited(a.push(1)), awaited(a.push(2))), busy(3), on=WAITING),
    alone("an awaited push after a push", stubborn(a.push(1), awaited(a.push(2)), REST), busy(3), on=WAITING),
    alone("two awaited pushes", task(awaited(a.push(1)), REST), task(awaited(a.push(2))), later(2), on=WAITING),
    alone("an awaited pull", task(awaited(a.pull())), task(a.pull()), task(a.push(1)), on=[UNBUFFERED]),
    alone("an awaited select", task(awaited(select(a.push(1), a.push(2))), REST), later(2), on=WAITING),
    pair(
        "an awaited select of two channels",
        task(awaited(select(a.pull(), b.push(1))), b.pull()),
        task(PAUSE, PAUSE, b.pull()),
        on=WAITING,
    ),
    alone("a push awaited by hand", by_hand(awaited(a.push(1)), a.push(2)), busy(2), on=WAITING),
]

GOING_ON = [
    alone("an awaited push, then a pause", task(awaited(a.push(1), PAUSE), REST), later(2), on=WAITING),
    alone("an awaited push, then another", task(awaited(a.push(1), a.push(2)), REST), busy(3), on=WAITING),
    alone(
        "an awaited push, then a pull",
        task(awaited(a.push(1), a.pull()), REST),
        task(*later(2).operations, a.push(2)),
        on=WAITING,
    ),
    alone(
        "an awaited push, then what need not wait",
        task(awaited(a.push(1), a.pull_nowait()), REST),
        later(2),
        on=WAITING,
    ),
    alone(
        "an awaited push, then a cancellation that is swallowed",
        task(awaited(a.push(1), PAUSE, stubborn=True), REST),
        later(2),
        on=WAITING,
    ),
    alone(
        "an awaited row that is stubborn",
        task(awaited(a.push(1), a.push(2), stubborn=True), REST),
        busy(3),
        on=WAITING,
    ),
]

TAKEN_BACK = [
    alone("taken back after an awaited push", stubborn(awaited(a.push(1)), TAKE_BACK, PAUSE), later(2), on=WAITING),
    alone(
        "taken back late after an awaited push", stubborn(awaited(a.push(1)), PAUSE, TAKE_BACK), later(2), on=WAITING
    ),
    alone("taken back in an awaited task", stubborn(awaited(a.push(1), TAKE_BACK), PAUSE), later(2), on=WAITING),
    alone(
        "taken back in an awaited task and after it",
        stubborn(awaited(a.push(1), TAKE_BACK), TAKE_BACK, PAUSE),
        later(2),
        on=WAITING,
    ),
    alone("an older request above an awaited push", stubborn(REST, awaited(a.push(1)), PAUSE), later(3), on=WAITING),
    alone(
        "an older request above an awaited push, and one taken back",
        stubborn(REST, awaited(a.push(1)), TAKE_BACK, PAUSE),
        later(3),
        on=WAITING,
    ),
    alone(
        "an older request above one taken back in an awaited task",
        stubborn(REST, awaited(a.push(1), TAKE_BACK), PAUSE),
        later(3),
        on=WAITING,
    ),
    alone(
        "an older request in an awaited task",
        stubborn(awaited(REST, a.push(1), stubborn=True), PAUSE),
        later(3),
        on=WAITING,
    ),
]

CHAINS = [
    alone("a chain of three", task(awaited(awaited(a.push(1))), REST), later(3), on=WAITING),
    alone("a chain of four", task(awaited(awaited(awaited(a.push(1)))), REST), later(4), on=WAITING),
    alone("a chain of three, by a select", task(awaited(awaited(select(a.push(1))))), later(3), on=WAITING),
    alone(
        "a chain of three that is stubborn above",
        stubborn(awaited(awaited(a.push(1))), PAUSE, PAUSE),
        later(3),
        on=WAITING,
    ),
    alone("a chain of three with a pause", task(awaited(awaited(a.push(1)), PAUSE), REST), later(3), on=WAITING),
    alone(
        "a chain of three that swallows",
        task(awaited(awaited(a.push(1)), PAUSE, stubborn=True), REST),
        later(3),
        on=WAITING,
    ),
    alone("a chain of three with a push", task(awaited(awaited(a.push(1)), a.push(2))), busy(3), on=WAITING),
    alone(
        "a chain of three, taken back", stubborn(awaited(awaited(a.push(1)), TAKE_BACK), PAUSE), later(3), on=WAITING
    ),
    alone("a chain of three before a busy partner", task(awaited(awaited(a.push(1))), a.push(2)), busy(4), on=WAITING),
]
