"""A hub and two subscribers, who come and go."""

from __future__ import annotations

from tests.model.operations import PAUSE, REST, TAKE_BACK, Buffer, Fail, Hub, Within, select
from tests.model.programs.program import BUFFER, UNBUFFERED, a, awaited, by_hand, h, hub, s, stubborn, t, task

EMPTY, FULL = Hub(), Hub(before=1)
WIDER = Buffer(2)
HALF = Hub(t=WIDER, before=1)
"""s is full, t has room for one."""
OLDEST, NEWEST, FAIL = Buffer(1, "drop_oldest"), Buffer(1, "drop_newest"), Buffer(1, "fail")
DROPPING = Hub(OLDEST, NEWEST, before=1)
FAILING = Hub(FAIL, before=1)
X = Fail("x")

BROADCASTING = [
    hub(
        "pushes and pulls from both",
        task(h.push(1), h.push(2)),
        task(s.pull(), s.pull()),
        task(t.pull()),
        on=[EMPTY, FULL, HALF],
    ),
    hub("pushes that wait for both", task(h.push(1)), task(h.push(2)), task(s.pull(), t.pull(), s.pull()), on=[FULL]),
    hub(
        "pushes without waiting",
        task(h.push_nowait(1), h.push_nowait(2)),
        task(s.pull(), h.push_nowait(3)),
        task(t.pull()),
        on=[EMPTY, HALF],
    ),
    hub("two pulls from one, and a push", task(s.pull()), task(s.pull()), task(h.push(1), t.pull()), on=[EMPTY, FULL]),
    hub(
        "batches from both, and waiting pushes",
        task(s.pull_many(3)),
        task(h.push(1), h.push(2)),
        task(t.pull_many(2, Within.EVER)),
        on=[FULL, Hub(WIDER, WIDER, before=2)],
    ),
    hub(
        "a batch and its time beside a push",
        task(s.pull_many(2, Within.TIME)),
        task(h.push(1), h.push(2)),
        task(t.pull()),
        on=[EMPTY],
    ),
    hub(
        "a push that stands",
        stubborn(h.push(1), PAUSE, s.pull_nowait()),
        task(s.pull(), s.pull()),
        task(t.pull(), h.push(2)),
        on=[HALF],
    ),
    hub("a push that stands before another", task(h.push(1), h.push(2)), task(s.pull(), s.pull()), on=[FULL, HALF]),
    hub(
        "a push to a hub taken back",
        stubborn(h.push(1), TAKE_BACK, PAUSE, s.pull()),
        task(s.pull(), t.pull(), h.push(2)),
        on=[FULL],
    ),
    hub(
        "an awaited push to a hub",
        task(awaited(h.push(1), PAUSE), REST),
        task(s.pull(), t.pull()),
        on=[FULL],
    ),
    hub(
        "a push and pulls by hand",
        by_hand(h.push(1), h.push(2)),
        by_hand(s.pull(), s.pull()),
        task(t.pull(), s.pull()),
        on=[FULL, HALF],
    ),
]

COMING_AND_GOING = [
    hub(
        "who subscribes while a push waits",
        task(h.push(1)),
        task(t.subscribe(), t.pull(), t.pull()),
        task(s.pull()),
        on=[Hub(replay=replay, begun="s", before=1) for replay in (0, 1)],
    ),
    hub(
        "who subscribes between pushes",
        task(h.push(1), h.push(2), h.push(3)),
        task(t.subscribe(), t.pull(), t.pull_nowait()),
        task(s.pull(), s.pull()),
        on=[Hub(WIDER, buffer, replay=2, begun="s", before=1) for buffer in (Buffer(1), OLDEST, NEWEST, FAIL)],
    ),
    hub(
        "who unsubscribes while a push waits",
        task(h.push(1)),
        task(s.unsubscribe(), s.pull()),
        task(t.pull(), h.push_nowait(2)),
        on=[FULL, HALF],
    ),
    hub(
        "who unsubscribes while others pull",
        task(s.pull()),
        task(s.pull()),
        task(h.push_nowait(1), s.unsubscribe(), h.push(2), t.pull()),
        on=[EMPTY, FULL],
    ),
    hub(
        "an iteration and who unsubscribes twice",
        task(s.iterate()),
        task(h.push(1), s.unsubscribe(), s.unsubscribe()),
        task(t.pull(), t.pull()),
        on=[FULL],
    ),
    hub(
        "who is forgotten while pushes wait",
        task(h.push(1)),
        task(s.forget(), h.push(2)),
        task(t.pull()),
        on=[FULL, HALF],
    ),
    hub(
        "who is forgotten before others come",
        task(h.push(1)),
        task(s.forget(), PAUSE, h.push_nowait(2), s.subscribe(), s.pull()),
        task(h.push(3), t.pull_nowait()),
        on=[Hub(t=Buffer(3), before=1), Hub(t=Buffer(3), replay=1, before=1)],
    ),
    hub(
        "both are forgotten",
        task(h.push(1), t.pull()),
        task(s.forget(), t.forget(), h.push_nowait(2), t.subscribe()),
        task(h.push(3)),
        on=[FULL],
    ),
    hub(
        "one who comes, goes and comes",
        task(s.subscribe(), s.pull(), s.unsubscribe(), s.forget(), s.subscribe(), s.pull()),
        task(h.push(1), h.push(2)),
        task(h.push(3)),
        on=[Hub(begun=""), Hub(replay=1, begun="", before=1), Hub(OLDEST, replay=2, begun="", before=2)],
    ),
]

SLOW = [
    hub(
        "pushes to slow subscribers",
        task(h.push(1), h.push(2), h.push(3)),
        task(s.pull(), s.pull(), s.pull()),
        task(t.pull()),
        on=[DROPPING, FAILING, Hub(t=OLDEST, before=1), Hub(NEWEST, FAIL, before=1)],
    ),
    hub(
        "slow subscribers and claims",
        task(s.pull()),
        task(s.pull()),
        task(*map(h.push_nowait, (1, 2, 3, 4)), s.pull_nowait(), t.pull_nowait()),
        on=[Hub(buffer, Buffer(4)) for buffer in (OLDEST, NEWEST, FAIL, Buffer(1))],
    ),
    hub(
        "a push that waits beside slow subscribers",
        task(h.push(1)),
        task(t.pull(), t.pull()),
        task(s.pull(), s.pull()),
        on=[Hub(buffer, before=1) for buffer in (OLDEST, NEWEST, FAIL)],
    ),
    hub(
        "who falls behind, and goes",
        task(h.push(1), s.unsubscribe(), s.pull()),
        task(s.pull(), s.pull()),
        task(t.iterate()),
        on=[Hub(FAIL, OLDEST, before=1)],
    ),
    hub(
        "claims let go above the bound, and a push",
        task(s.pull()),
        task(s.pull()),
        task(h.push_nowait(1), h.push_nowait(2), PAUSE, h.push(3), s.pull()),
        on=[Hub(buffer, Buffer(4)) for buffer in (OLDEST, NEWEST, FAIL, Buffer(1))],
    ),
]

HUB_SELECTS = [
    hub(
        "a select of a push to a hub and a pull",
        task(select(h.push(1), s.pull()), PAUSE),
        task(t.pull()),
        task(s.pull(), h.push(2)),
        on=[Hub(), FULL, Hub(WIDER, before=1)],
    ),
    hub(
        "a select of pulls from both",
        task(select(s.pull(), t.pull())),
        task(h.push(1), h.push(2)),
        task(s.pull(), t.pull_nowait()),
        on=[EMPTY, FULL],
    ),
    hub(
        "a select of a push to a hub and a channel",
        task(select(h.push(1), a.pull()), PAUSE),
        task(s.pull(), t.pull()),
        task(a.push(2), select(a.pull(), t.pull())),
        on=[FULL],
        beside=[UNBUFFERED],
    ),
    hub(
        "selects without waiting on a hub",
        task(select(h.push(1), s.pull(), waits=False), select(s.pull(), h.push(2), waits=False, ordered=True)),
        task(h.push(3)),
        task(select(t.pull(), a.push(4)), select(h.push(5), a.pull(), ordered=True)),
        on=[EMPTY, FULL],
        beside=[BUFFER],
    ),
    hub(
        "a select and who unsubscribes",
        task(select(s.pull(), h.push(1))),
        task(s.unsubscribe(), select(s.pull(), t.pull())),
        task(h.push(2)),
        on=[Hub(begun="s"), FULL, Hub(WIDER, before=1)],
    ),
    hub(
        "a select beside who is forgotten",
        task(select(t.pull(), h.push(1))),
        task(s.forget(), select(h.push(2), t.pull())),
        task(h.push(3)),
        on=[FULL, HALF],
    ),
    hub(
        "a select that lets pushes in when it joins the line of who was forgotten",
        task(h.push(1)),
        task(h.push(3)),
        task(t.pull_nowait(), s.forget(), select(h.push(2), t.pull())),
        on=[FULL],
    ),
]

HUBS_ENDING = [
    hub(
        "pushes, pulls and a close of the hub",
        task(h.push(1)),
        task(s.pull(), s.pull()),
        task(h.close(), t.pull(), h.push_nowait(2)),
        on=[EMPTY, FULL],
    ),
    hub(
        "an immediate close of a hub with a cause",
        task(s.pull(), s.pull()),
        task(h.push_nowait(1), h.close(cause="x", immediate=True), t.pull()),
        task(h.push(2), h.close(immediate=True)),
        on=[EMPTY, Hub(WIDER, replay=1, before=1)],
    ),
    hub(
        "who subscribes beside a close",
        task(h.push_nowait(1), h.close(cause="x")),
        task(t.subscribe(), t.pull(), t.pull()),
        task(s.iterate()),
        on=[Hub(replay=1, begun="s"), Hub(replay=2, begun="s", before=1)],
    ),
    hub(
        "who goes beside a close",
        task(h.close(cause="x"), s.pull()),
        task(s.pull(), s.pull()),
        task(s.unsubscribe(), s.forget(), h.push(1)),
        on=[EMPTY, FULL],
    ),
    hub(
        "a block of a hub left by an error",
        task(h.block(h.push(1), X)),
        task(s.pull(), t.pull_nowait(), s.pull()),
        task(t.pull_nowait(), s.unsubscribe(), t.pull()),
        on=[FULL],
    ),
    hub(
        "who subscribes after a block",
        stubborn(h.block(X), t.subscribe(), t.pull_nowait(), PAUSE, t.pull()),
        task(s.subscribe(), s.pull(), s.unsubscribe(), s.pull()),
        on=[Hub(begun=""), Hub(replay=1, begun="s", before=1)],
    ),
    hub(
        "a close beside a block of a hub",
        task(h.block(X)),
        task(h.close(cause="y")),
        task(select(s.pull(), t.pull())),
        on=[EMPTY],
    ),
    hub(
        "a hub closed after a task that fails",
        task(h.push(1), X),
        task(h.close_after("A"), s.iterate()),
        task(t.pull(), t.pull()),
        on=[EMPTY, FULL, FAILING],
    ),
    hub(
        "a batch and a close of the hub",
        task(s.pull_many(3, Within.EVER)),
        task(h.push(1), h.close(cause="x")),
        task(t.pull_many(3, Within.TIME)),
        on=[EMPTY],
    ),
]
