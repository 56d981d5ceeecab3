"""Selects that meet selects, over one channel or over several that cross."""

from __future__ import annotations

from tests.model.operations import PAUSE, select
from tests.model.programs.program import BUFFER, FULL, UNBUFFERED, Program, a, alone, b, c, pair, task

CROSSED = [
    pair(
        "crossed selects",
        task(select(a.pull(), b.push(1)), PAUSE),
        task(select(a.push(2), b.pull()), PAUSE),
        on=[UNBUFFERED, BUFFER, FULL],
    ),
    pair(
        "opposite selects",
        task(select(a.pull(), b.pull())),
        task(select(a.push(1), b.push(2)), PAUSE),
        on=[UNBUFFERED, BUFFER, FULL],
    ),
    pair(
        "three crossed selects",
        task(select(a.pull(), b.push(1))),
        task(select(b.pull(), a.push(2))),
        task(select(a.pull(), b.pull())),
    ),
    pair(
        "crossed selects and a pull",
        task(select(a.pull(), b.push(1))),
        task(select(b.pull(), a.push(2))),
        task(a.pull()),
    ),
    pair(
        "crossed selects and a push",
        task(select(a.pull(), b.push(1))),
        task(select(b.pull(), a.push(2))),
        task(b.push(3)),
    ),
    pair(
        "crossed selects and a close",
        task(select(a.pull(), b.push(1))),
        task(select(b.pull(), a.push(2))),
        task(a.close()),
    ),
    pair(
        "crossed selects, a push and a pull",
        task(select(a.pull(), b.push(1))),
        task(select(b.pull(), a.push(2))),
        task(a.push(3)),
        task(b.pull()),
        on=[UNBUFFERED],
    ),
    pair(
        "crossed selects of pulls, and pushes",
        task(select(a.pull(), b.pull())),
        task(select(b.pull(), a.pull())),
        task(a.push(1)),
        task(b.push(2)),
        on=[UNBUFFERED],
    ),
    Program(
        "a ring of selects",
        [task(select(a.push(1), b.pull())), task(select(b.push(2), c.pull())), task(select(c.push(3), a.pull()))],
        [(UNBUFFERED,) * 3, (UNBUFFERED, BUFFER, UNBUFFERED)],
    ),
    Program(
        "selects of three channels",
        [
            task(select(a.pull(), b.pull(), c.pull())),
            task(select(c.push(1), b.push(2), a.push(3))),
            task(select(b.pull(), c.push(4))),
        ],
        [(UNBUFFERED,) * 3, (UNBUFFERED, BUFFER, FULL)],
    ),
    alone(
        "two selects of both sides of a channel",
        task(select(a.pull(), a.push(1)), PAUSE),
        task(select(a.pull(), a.push(2)), PAUSE),
    ),
    alone(
        "three selects of both sides of a channel",
        task(select(a.pull(), a.push(1))),
        task(select(a.push(2), a.pull())),
        task(select(a.pull(), a.push(3))),
    ),
    alone(
        "a select of both sides between a push and a pull",
        task(select(a.pull(), a.push(1))),
        task(a.push(2)),
        task(a.pull()),
    ),
]
