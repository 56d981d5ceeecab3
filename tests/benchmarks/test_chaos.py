"""The workloads that set us beside our peers: under them ours has no fault, and each fault has its column."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docs.examples.priority_channel import PriorityChannel
from pychanasync import Broadcast, DroppingChannel, SlidingChannel
from tests.benchmarks import columns, summary
from tests.benchmarks.account import Account, Span, Take, overtaken, unserved
from tests.benchmarks.page import with_lines
from tests.benchmarks.pipe import OURS, POLLED, Kind, PolledDeque, shared
from tests.benchmarks.workload import GOING_ON, TIMEOUTS, UNREAD, WORKLOADS, Run, Size, account_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.benchmarks.pipe import Ends

SIZE = Size(producers=3, consumers=3, items=20)
PUSHES = SIZE.producers * SIZE.items


def account(kind: Kind, capacity: int, workload: str, runs: int = 8) -> Account:
    """Sum up some runs."""
    total = Account()
    for seed in range(runs):
        total += account_of(kind, capacity, WORKLOADS[workload], SIZE, seed)
    return total


def kind_of(toy: type[PolledDeque]) -> Kind:
    def make(capacity: int) -> Ends:
        made = toy(capacity)
        return lambda: made

    return Kind(make, "")


class Losing(PolledDeque):
    """Takes an item, and only then waits."""

    async def pull(self) -> int:
        item = await super().pull()
        await asyncio.sleep(0)
        return item


class Doubling(PolledDeque):
    """Holds some items twice."""

    async def push(self, item: int, /) -> None:
        await super().push(item)
        if item % 7 == 0:
            self.items.append(item)


class Betraying(PolledDeque):
    """Gives an item, and only then waits."""

    async def push(self, item: int, /) -> None:
        await super().push(item)
        await asyncio.sleep(0)


class Stacking(PolledDeque):
    """Takes the newest item."""

    def take(self) -> int:
        return self.items.pop()


class PuttingBack(PolledDeque):
    """Takes an item, then waits, and puts the item back to the end if it is cancelled meanwhile."""

    async def pull(self) -> int:
        item = await super().pull()
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.items.append(item)
            raise
        return item


class Failing(PolledDeque):
    """Fails at some items."""

    async def push(self, item: int, /) -> None:
        if item % 7 == 0:
            raise ArithmeticError
        await super().push(item)


class Forgetting(PolledDeque):
    """Wakes no push of some items."""

    async def push(self, item: int, /) -> None:
        if item % 2 == 0:
            await asyncio.get_running_loop().create_future()
        await super().push(item)


class Insisting(PolledDeque):
    """Takes an item, then waits, and returns the item even if it is cancelled meanwhile."""

    async def pull(self) -> int:
        item = await super().pull()
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(0)
        return item


class Swallowing(PolledDeque):
    """Gives an item, then waits, and returns even if it is cancelled meanwhile."""

    async def push(self, item: int, /) -> None:
        await super().push(item)
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(0)


class Deferring(PolledDeque):
    """The same, and cancels its task again an iteration later, if that is still asked for: but not who awaits that."""

    async def push(self, item: int, /) -> None:
        await super().push(item)
        task = current_task()
        before = task.cancelling()
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            asyncio.get_running_loop().call_soon(self.deliver, task, before)

    def deliver(self, task: asyncio.Task[object], before: int) -> None:
        if task.cancelling() > before and task.cancel():
            task.uncancel()  # That was counted when it was asked for.


class Repeating(PolledDeque):
    """The same, whether or not that is still asked for."""

    async def push(self, item: int, /) -> None:
        await super().push(item)
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            asyncio.get_running_loop().call_soon(current_task().cancel)


def current_task() -> asyncio.Task[object]:
    task = asyncio.current_task()
    assert task is not None
    return task


FAULTS: dict[type[PolledDeque], str] = {
    Losing: "lost",
    Doubling: "doubled",
    Betraying: "raised",
    Stacking: "overtaken",
    PuttingBack: "overtaken",
    Failing: "failed",
}


@pytest.mark.parametrize("workload", WORKLOADS)
@pytest.mark.parametrize("capacity", [0, 1, 8])
def test_ours_has_no_fault_though_many_operations_are_broken_off(capacity: int, workload: str) -> None:
    total = account(OURS, capacity, workload)
    assert total.faults() == {}
    assert PUSHES < total.acknowledged < 8 * PUSHES
    assert bool(total.asked) == (workload == GOING_ON)


@pytest.mark.parametrize("workload", WORKLOADS)
@pytest.mark.parametrize("capacity", [1, 2])
@pytest.mark.parametrize("strategy", [SlidingChannel[int], DroppingChannel[int]], ids=["sliding", "dropping"])
def test_of_ours_that_drop_items_as_many_are_lost_as_they_count(
    strategy: Callable[[int], SlidingChannel[int] | DroppingChannel[int]], capacity: int, workload: str
) -> None:
    made: list[SlidingChannel[int] | DroppingChannel[int]] = []

    def make(capacity: int) -> Ends:
        made.append(strategy(capacity))
        return shared(made[-1].push, made[-1].pull)

    total = account(Kind(make, ""), capacity, workload)
    assert total.lost == sum(channel.dropped for channel in made) > 0
    assert replace(total, lost=0).faults() == {}


@pytest.mark.parametrize("workload", WORKLOADS)
@pytest.mark.parametrize("capacity", [1, 8])
def test_a_hub_whose_subscription_consumers_share_has_no_fault(capacity: int, workload: str) -> None:
    def make(capacity: int) -> Ends:
        hub = Broadcast[int](capacity)
        return shared(hub.push, hub.subscribe().pull)

    total = account(Kind(make, ""), capacity, workload)
    assert total.faults() == {}
    assert PUSHES < total.acknowledged < 8 * PUSHES


@pytest.mark.parametrize("workload", WORKLOADS)
@pytest.mark.parametrize("capacity", [1, 8])
def test_one_that_orders_by_priority_has_no_fault_but_that_items_overtake(capacity: int, workload: str) -> None:
    def make(capacity: int) -> Ends:
        made = PriorityChannel[int](capacity)
        return shared(made.push, made.pull)

    faults = account(Kind(make, ""), capacity, workload).faults()
    assert faults.keys() <= {"overtaken", "unserved"}
    assert "unserved" in faults


@pytest.mark.parametrize("workload", WORKLOADS)
@pytest.mark.parametrize("capacity", [1, 8])
def test_what_is_right_beyond_doubt_has_no_fault_but_that_later_arrivals_are_served_first(
    capacity: int, workload: str
) -> None:
    assert account(POLLED, capacity, workload, runs=16).faults().keys() == {"unserved"}


@pytest.mark.parametrize("workload", WORKLOADS)
@pytest.mark.parametrize("toy", FAULTS)
def test_a_fault_shows_in_its_column_and_in_no_other(toy: type[PolledDeque], workload: str) -> None:
    assert account(kind_of(toy), 8, workload).faults().keys() - {"unserved"} == {FAULTS[toy]}


@pytest.mark.parametrize(
    ("toy", "seen"),
    [
        pytest.param(Insisting, {UNREAD: {"unread"}, GOING_ON: {"missed"}}, id="an item returned to a cancelled task"),
        pytest.param(Swallowing, {GOING_ON: {"missed"}}, id="a cancellation swallowed"),
        pytest.param(
            Deferring, {GOING_ON: {"missed"}}, id="a cancellation lost with the task that it was passed on to"
        ),
        pytest.param(
            Repeating,
            {TIMEOUTS: {"failed"}, GOING_ON: {"failed", "missed"}},
            id="the same, and one delivered that was taken back",
        ),
    ],
)
def test_a_fault_that_some_ways_to_cancel_bring_about_shows_in_their_workloads_alone(
    toy: type[PolledDeque], seen: dict[str, set[str]]
) -> None:
    faults = {workload: account(kind_of(toy), 8, workload).faults().keys() - {"unserved"} for workload in WORKLOADS}
    assert {workload: fault for workload, fault in faults.items() if fault} == seen


@pytest.mark.parametrize(
    ("depth", "missed"),
    [
        pytest.param(0, False, id="in the task itself"),
        pytest.param(1, True, id="in a task that it awaits"),
        pytest.param(2, True, id="in a task that that one awaits"),
    ],
)
def test_a_cancellation_that_was_deferred_is_missed_where_its_task_ends_first(
    depth: int, *, missed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fixed(_: Run) -> int:
        return depth

    monkeypatch.setattr(Run, "depth", fixed)
    assert bool(account(kind_of(Deferring), 1, GOING_ON).missed) == missed


def test_a_run_that_hangs_counts_as_nothing_else() -> None:
    total = account(kind_of(Forgetting), 8, TIMEOUTS, runs=2)
    assert total == Account(hung=2)


@pytest.mark.parametrize("workload", WORKLOADS)
def test_a_seed_gives_the_same_run_again_and_another_seed_another_run(workload: str) -> None:
    once, again = ([account_of(OURS, 1, WORKLOADS[workload], SIZE, seed) for seed in range(8)] for _ in range(2))
    assert once == again
    assert len({*once}) > 1


@pytest.mark.parametrize(
    ("second_push", "first_pull", "second_pull", "number"),
    [
        pytest.param((2, 3), (4, 5), (6, 7), 0, id="in order"),
        pytest.param((2, 3), (6, 7), (4, 5), 1, id="the second left before the first"),
        pytest.param((0, 3), (6, 7), (4, 5), 0, id="the pushes overlap"),
        pytest.param((2, 3), (4, 7), (5, 6), 0, id="the pulls overlap"),
        pytest.param(None, (6, 7), (4, 5), 0, id="the second was never acknowledged"),
    ],
)
def test_an_item_is_overtaken_where_no_scheduling_explains_it(
    second_push: tuple[int, int] | None, first_pull: tuple[int, int], second_pull: tuple[int, int], number: int
) -> None:
    pushes = {1: Span(0, 1)} | ({2: Span(*second_push)} if second_push else {})
    assert overtaken(pushes, [Take(1, Span(*first_pull)), Take(2, Span(*second_pull))]) == number


@pytest.mark.parametrize(
    ("second_push", "first_pull", "second_pull", "number"),
    [
        pytest.param((2, 3), (6, 7), (8, 9), 0, id="in turn"),
        pytest.param((2, 3), (8, 9), (6, 7), 1, id="the second was served while the first waited"),
        pytest.param((2, 5), (8, 9), (6, 7), 1, id="the second was served though it waited too"),
        pytest.param(None, (8, 9), (6, 7), 0, id="the second was never acknowledged"),
    ],
)
def test_a_push_is_unserved_where_the_item_of_a_later_one_leaves_first(
    second_push: tuple[int, int] | None, first_pull: tuple[int, int], second_pull: tuple[int, int], number: int
) -> None:
    pushes = {1: Span(0, 4)} | ({2: Span(*second_push)} if second_push else {})
    assert unserved(pushes, [Take(1, Span(*first_pull)), Take(2, Span(*second_pull))]) == number


WRITTEN = dict(summary.written())


@pytest.mark.parametrize("page", WRITTEN, ids=[page.stem for page in WRITTEN])
def test_what_sums_the_page_up_is_computed_from_it(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text == with_lines(text, summary.AUTHOR, WRITTEN[page]), "run: python -m tests.benchmarks.summary"


SUMMED_UP = """
a word on --runs 1

python -m chaos --runs 7 --items 1

| | capacity | pushes that returned | lost | doubled | runs that hung |
| --- | --- | --- | --- | --- | --- |
| ours | 0 | 10 | 0 | 0 | 0 |
| a polled deque | 1 | 10 | 9 | 9 | 9 |
| peer | 1 | 40 | 1 | 0 | 3 |

words

| | capacity | pushes that returned | lost | doubled | runs that hung | cancellations | cancellations missed |
| --- | --- | --- | --- | --- | --- | --- | --- |
| ours | 0 | 10 | 0 | 0 | 0 | 50 | 0 |
| a polled deque | 1 | 10 | 9 | 9 | 9 | 50 | 9 |
| peer | 1 | 20 | 1 | 0 | 2 | 50 | 3 |
"""


def test_the_summary_tells_the_worst_of_each_and_leaves_out_what_nobody_has() -> None:
    assert [*summary.summed_up(SUMMED_UP)] == [
        "|      | lost        | runs that hung | cancellations missed |",
        "| ---  | ---         | ---            | ---                  |",
        "| ours | none        | none           | none                 |",
        "| peer | up to 5.0 % | up to 3 of 7   | up to 6.0 %          |",
    ]


def test_the_summary_shows_what_becomes_of_items_and_cancellations_though_nobody_has_a_fault() -> None:
    flawless = re.sub(r"peer \|.*", "peer | 1 | 20 | 0 | 0 | 0 |", SUMMED_UP.partition("words")[0])
    assert [*summary.summed_up(flawless)][2:] == ["| ours | none |", "| peer | none |"]


def test_the_summary_says_what_was_looked_for_and_what_nobody_has() -> None:
    shown = "\n".join(summary.definitions(SUMMED_UP))
    _, left_out = " ".join(summary.legend(SUMMED_UP)).split("Nobody had any of these: ")
    assert re.findall(r"^- \*(.+?)\*: ", shown, re.MULTILINE) == ["lost", "runs that hung", "cancellations missed"]
    assert re.findall(r"\*(.+?)\*: ", left_out) == ["doubled"]


def test_each_figure_of_the_summary_is_said_where_it_was_counted() -> None:
    assert [*summary.sources(SUMMED_UP.replace("words", "### going on"))][2:] == [
        "| peer | lost                 | 5.0 %                | going on        | 1               |",
        "| peer | runs that hung       | 3 of 7               |                 | 1               |",
        "| peer | cancellations missed | 6.0 %                | going on        | 1               |",
    ]


def test_every_column_of_a_fault_has_a_meaning() -> None:
    faults = {heading for field, heading in columns.HEADINGS_GOING_ON.items() if Account(**{field: 1}).faults()}
    assert columns.MEANINGS.keys() == faults
