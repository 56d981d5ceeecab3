"""What a machine draws: channels, operations and scripts; what is simplest stands first, so that examples shrink to it.

Invariant: every push drawn offers 0; `numbered` gives each its own item, as the ledger needs it.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Protocol, TypeVar

from hypothesis import strategies as st

from tests.model.operations import (
    HUB,
    PAUSE,
    REST,
    TAKE_BACK,
    TIMEOUT,
    Await,
    Batch,
    Block,
    Buffer,
    Close,
    CloseAfter,
    Elapse,
    Fail,
    Hub,
    Iterate,
    Kind,
    Name,
    Pull,
    Push,
    Script,
    Select,
    Single,
    Strategy,
    Within,
    select,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.model.operations import Operation

AnyCase = TypeVar("AnyCase", bound="Push | Pull | Elapse")


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


buffers = st.builds(
    Buffer, st.sampled_from([1, 1, 2]), st.sampled_from(["wait", "wait", "drop_oldest", "drop_newest", "fail"])
) | st.just(Buffer(inf))
hubs = st.builds(
    Hub,
    buffers,
    buffers,
    replay=st.sampled_from([0, 1, 2]),
    begun=st.sampled_from(["st", "s", ""]),
    before=st.integers(0, 1),
)


def comings_of(name: Name) -> list[tuple[Operation, ...]]:
    """List the ways in which a subscription comes or goes; what cannot be is left out when its turn comes."""
    come, end, forget = name.subscribe(), name.unsubscribe(), name.forget()
    return [(come,), (forget,), (end,), (forget, come), (end, forget, come), (forget, PAUSE, come)]


comings = st.sampled_from([*comings_of(Name("s")), *comings_of(Name("t"))])


class Change(Protocol):
    """Makes another case of one."""

    def __call__(self, case: AnyCase, /) -> AnyCase: ...


def numbered(script: Script, numbers: Iterator[int]) -> Script:
    """Give each push an item of its own."""

    def case_of(case: AnyCase) -> AnyCase:
        return replace(case, item=next(numbers)) if isinstance(case, Push) else case

    return changed(script, case_of, str)


def on_hub(script: Script) -> Script:
    """Make of a script for channels one for a hub: it takes the place of two, of which each gives a subscription."""

    def case_of(case: AnyCase) -> AnyCase:
        if isinstance(case, Pull):
            return replace(case, channel={"b": "s", "c": "t"}.get(case.channel, case.channel))
        return replace(case, channel=sender_of(case.channel))

    def sender_of(name: str) -> str:
        return HUB if name in ("b", "c") else name

    return changed(script, case_of, sender_of)


def changed(script: Script, case_of: Change, sender_of: Callable[[str], str]) -> Script:
    """Change the cases of a script, and the names of what is closed."""

    def operation_of(operation: Operation) -> Operation:
        if isinstance(operation, Block):
            operation = replace(operation, operations=tuple(map(operation_of, operation.operations)))
        match operation:
            case Single():
                return replace(operation, case=case_of(operation.case))
            case Iterate() | Batch():
                return replace(operation, case=case_of(operation.case))
            case Select():
                return replace(operation, cases=tuple(case and case_of(case) for case in operation.cases))
            case Await():
                return replace(operation, script=changed(operation.script, case_of, sender_of))
            case Block() | Close() | CloseAfter():
                return replace(operation, channel=sender_of(operation.channel))
            case _:
                return operation

    return replace(script, operations=tuple(map(operation_of, script.operations)))
