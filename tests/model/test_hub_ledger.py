"""The ledger of a hub finds each breach by itself, and nothing where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.model.hub_ledger import faults
from tests.model.operations import DONE, Buffer, Hub, Outcome
from tests.model.programs.program import h, s, t
from tests.model.story import Event

if TYPE_CHECKING:
    from tests.model.operations import Single, Step

BOTH = Outcome(DONE, "h")


def did(operation: Step, outcome: Outcome) -> list[Event]:
    """Make the events of an operation that begins and ends."""
    return [Event(1, "A", operation), Event(1, "A", operation, outcome)]


def pushed(*items: int) -> list[Event]:
    return [event for item in items for event in did(h.push(item), BOTH)]


def pulled(operation: Single, *items: int) -> list[Event]:
    return [event for item in items for event in did(operation, Outcome(DONE, operation.case.channel, item))]


def went(operation: Step) -> list[Event]:
    return did(operation, Outcome(DONE))


TWO = pushed(1, 2)
OVERLAPPING = [
    *(Event(1, "A", h.push(1)), Event(1, "B", h.push(2))),
    *(Event(2, "A", h.push(1), BOTH), Event(2, "B", h.push(2), BOTH)),
]


@pytest.mark.parametrize(
    ("events", "breach"),
    [
        pytest.param([*TWO, *pulled(s.pull(), 1, 2), *pulled(t.pull(), 1, 2)], "", id="each to both"),
        pytest.param([*TWO, *pulled(s.pull(), 1, 2), *pulled(t.pull(), 1)], "t has missed [2]", id="one to one alone"),
        pytest.param([*pulled(s.pull(), 3)], "though no push gave it", id="one that nobody pushed"),
        pytest.param(
            [*TWO, *pulled(s.pull(), 1, 1, 2), *pulled(t.pull(), 1, 2)], "1 was taken from s twice", id="one twice"
        ),
        pytest.param(
            [*TWO, *pulled(s.pull(), 2, 1), *pulled(t.pull(), 2, 1)], "2 left s before 1", id="the later one first"
        ),
        pytest.param(
            [*OVERLAPPING, *pulled(s.pull(), 2, 1), *pulled(t.pull(), 1, 2)], "s saw [2, 1], and t", id="in two orders"
        ),
        pytest.param(
            [*OVERLAPPING, *pulled(s.pull(), 2, 1), *pulled(t.pull(), 2, 1)], "", id="in either order of two at once"
        ),
        pytest.param(
            [*pushed(1), *went(t.forget()), *pushed(2), *went(t.subscribe()), *pulled(s.pull(), 1, 2)],
            "",
            id="none to who was not there",
        ),
        pytest.param(
            [*went(t.forget()), *went(t.subscribe()), *TWO, *pulled(s.pull(), 1, 2), *pulled(t.pull(), 1)],
            "t has missed [2]",
            id="not all to who came anew",
        ),
        pytest.param([*TWO, *pulled(s.pull(), 1, 2), *went(t.unsubscribe())], "", id="none to who has unsubscribed"),
        pytest.param([*TWO, *went(h.close(immediate=True))], "", id="none after an immediate close"),
    ],
)
def test_each_breach_is_found(events: list[Event], breach: str) -> None:
    found = [*faults(events, Hub(), {}, {})]
    assert breach in "; ".join(found)
    assert bool(found) == bool(breach)


@pytest.mark.parametrize(("dropped", "breach"), [(1, False), (0, True)])
def test_what_is_missing_is_counted(dropped: int, *, breach: bool) -> None:
    hub = Hub(Buffer(1, "drop_newest"))
    events = [*TWO, *pulled(s.pull(), 1), *pulled(t.pull(), 1, 2)]
    assert bool([*faults(events, hub, {}, {"s": dropped})]) == breach


def test_what_is_left_in_the_end_is_not_missing() -> None:
    assert not [*faults(pushed(1), Hub(), {"s": [1], "t": [1]}, {})]


def test_what_was_pushed_before_the_program_is_known() -> None:
    assert not [*faults([], Hub(before=1), {"s": [-1], "t": [-1]}, {})]
    assert [*faults([], Hub(), {"s": [-1], "t": [-1]}, {})]
