"""What a machine draws: channels, operations and scripts; what is simplest stands first, so that examples shrink to it.

Invariant: every push drawn offers 0; `numbered` gives each its own item, as the ledger needs it.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.model.operations import (
    PAUSE,
    REST,
    TAKE_BACK,
    TIMEOUT,
    Await,
    Block,
    Elapse,
    Fail,
    Kind,
    Name,
    Push,
    Script,
    Select,
    Single,
    Strategy,
    Within,
    select,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.model.operations import Case, Operation


def make_select(cases: list[Single | Elapse | None], *, waits: bool, ordered: bool) -> Select:
    return select(*cases, waits=waits, ordered=ordered)


NAMES = "a", "b", "c"

plain = st.sampled_from([Kind(0), Kind(1), Kind(1, full=True), Kind(2), Kind(inf)])
others = st.builds(
    Kind,
    st.sampled_from([1, 2]),
    st.booleans(),
    st.sampled_from([strategy for strategy in Strategy if strategy is not Strategy.PLAIN]),
)
kinds = st.fixed_dictionaries(dict.fromkeys(NAMES, plain | others | st.just(Kind(strategy=Strategy.REFUSING))))

names = st.sampled_from([Name(name) for name in NAMES])

pulls = names.map(Name.pull)
pushes = names.map(lambda name: name.push(0))
singles = pulls | pushes
selects = st.builds(
    make_select,
    st.lists(st.one_of(singles, singles, singles, st.sampled_from([None, TIMEOUT])), min_size=1, max_size=3).filter(
        lambda cases: any(cases) and cases.count(TIMEOUT) <= 1
    ),
    waits=st.sampled_from([True, True, True, False]),
    ordered=st.booleans(),
)
nowaits = singles.map(lambda single: replace(single, waits=False))
batches = st.builds(
    Name.pull_many,
    names,
    st.integers(1, 4),
    st.sampled_from([Within.TIME, Within.EVER, Within.NOW]),
)
iterations = names.map(Name.iterate)
elsewhere = st.sampled_from([PAUSE, REST, TAKE_BACK])


def make_block(name: Name, operations: list[Operation], end: list[Operation]) -> Block:
    return name.block(*operations, *end)


closes = st.builds(Name.close, names, cause=st.sampled_from(["", "x"]), immediate=st.booleans())
some = st.lists(st.one_of(singles, elsewhere), max_size=2)
failing = st.lists(st.sampled_from([Fail("y"), Fail("z"), Fail()]), max_size=1)
blocks = st.builds(make_block, names, some, failing)

anything: st.SearchStrategy[Operation] = st.one_of(singles, selects, nowaits, batches, iterations, elsewhere)


def scripts_of(operations: st.SearchStrategy[Operation]) -> st.SearchStrategy[Script]:
    return st.builds(
        Script,
        st.lists(operations, min_size=1, max_size=4).map(tuple),
        stubborn=st.booleans(),
        by_hand=st.sampled_from([False, False, False, True]),
    )


def awaits_of(operations: st.SearchStrategy[Operation]) -> st.SearchStrategy[Operation]:
    return st.builds(
        Await, st.builds(Script, st.lists(operations, min_size=1, max_size=2).map(tuple), stubborn=st.booleans())
    )


awaits = awaits_of(pushes | anything)
chains = awaits_of(awaits | anything)


def awaiting(operation: Operation, levels: list[list[Operation]], *, stubborn: bool) -> Script:
    """Await the task that awaits the task, and so on, that performs an operation; and at each level go on then."""
    script = Script((operation,), stubborn)
    for afterwards in levels:
        script = Script((Await(script), *afterwards), stubborn)
    return script


levels = st.lists(some, min_size=1, max_size=3)


def taking_back(operation: Operation, afterwards: Operation, *, older: bool) -> Script:
    """Take back a cancellation after an operation, as a time-out does, and go on; perhaps beside an older request."""
    return Script((*[REST] * older, operation, TAKE_BACK, PAUSE, afterwards), stubborn=True)


def numbered(script: Script, numbers: Iterator[int]) -> Script:
    """Give each push an item of its own."""

    def case_of(case: Case | None) -> Case | None:
        return replace(case, item=next(numbers)) if isinstance(case, Push) else case

    def operation_of(operation: Operation) -> Operation:
        if isinstance(operation, Single) and isinstance(operation.case, Push):
            return replace(operation, case=replace(operation.case, item=next(numbers)))
        if isinstance(operation, Select):
            return replace(operation, cases=tuple(map(case_of, operation.cases)))
        if isinstance(operation, Await):
            return replace(operation, script=numbered(operation.script, numbers))
        if isinstance(operation, Block):
            return replace(operation, operations=tuple(map(operation_of, operation.operations)))
        return operation

    return replace(script, operations=tuple(map(operation_of, script.operations)))
