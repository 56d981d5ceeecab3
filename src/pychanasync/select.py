"""chanselect: wait for the first of several operations, and do exactly that one.

It works in three passes, as in Go's runtime: see whether a case is ready; if not, enrol one waiter in the line of every
case, and wait; then leave every line. The invariant is that of the waiting line: the waiter is set only once, so only
one case is served. A line that still holds the waiter then holds one that is done, and everybody skips those.
"""

# Annotations are evaluated here: code that reads them later would look in `pychanasync`, which lacks these names.
import asyncio
from asyncio import CancelledError
from collections.abc import Callable, Iterable, Sequence
from random import random
from typing import Any, Final, Generic, Literal, Never, Self, TypeAlias, overload

from typing_extensions import TypeVar

from ._cancelling import defer
from ._waiting import AnyLine, Closed, Line, Waiter, new_waiter, raise_refusal, refused
from .errors import ChannelClosed, ChannelEmpty, ChannelFailed, ChannelFull
from .protocols import SelectCase

_Choice: TypeAlias = tuple[int, SelectCase[object], AnyLine]

_WRITE_A_CASE: Final = "write channel.pull_case() or channel.push_case(item)"

Index_co = TypeVar("Index_co", bound=int, covariant=True)
Value_co = TypeVar("Value_co", covariant=True)
Value = TypeVar("Value")
V0 = TypeVar("V0", default=Never)
V1 = TypeVar("V1", default=Never)
V2 = TypeVar("V2", default=Never)
V3 = TypeVar("V3", default=Never)
V4 = TypeVar("V4", default=Never)
V5 = TypeVar("V5", default=Never)
V6 = TypeVar("V6", default=Never)
V7 = TypeVar("V7", default=Never)


class Selected(tuple[object, Value_co], Generic[Index_co, Value_co]):
    """The result of a select: which case was chosen, and its value. It unpacks as ``channel, value = selected``.

    It is immutable. It equals only another `Selected` with the same channel, value and index, and is hashable if they
    are.

    Attributes:
        index: The position of the chosen case among the arguments, counting those that are ``None``. If the cases were
            passed one by one, type checkers know it as a literal: after ``if selected.index == 0:`` they know the type
            of ``value``.
    """

    __module__ = "pychanasync"
    __slots__ = ()

    index: Index_co  # type: ignore[assignment]  # pyright: ignore[reportIncompatibleMethodOverride]  # Not tuple.index().

    def __new__(cls, channel: object, value: Value_co, index: Index_co) -> Self:
        """Make the result of a select."""
        return _new(_kinds.get(index) or _make_kind(index), (channel, value))  # type: ignore[no-any-return]  # Of its own kind.

    @property
    def channel(self) -> object:
        """The channel of the chosen case (compare it with ``is``), or its future or event; ``None`` for a timeout."""
        return self[0]

    @property
    def value(self) -> Value_co:
        """The item of a pull, or the future of a `done_case`; ``None`` for a push, an event or a timeout."""
        return self[1]

    def __eq__(self, other: object) -> bool:
        """Return whether the other is a `Selected` with the same channel, value and index."""
        return type(other) is type(self) and super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        """Return whether the other is anything else; without this, tuples would compare themselves."""
        return not self == other

    def __hash__(self) -> int:
        """Hash the channel, the value and the index."""
        return hash((*self, self.index))

    def __reduce__(self) -> tuple[type, tuple[object, Value_co, Index_co]]:
        """Copy and pickle the channel, the value and the index."""
        return Selected, (self.channel, self.value, self.index)

    def __repr__(self) -> str:
        """Show the channel, the value and the index."""
        return f"Selected(channel={self.channel!r}, value={self.value!r}, index={self.index})"


@overload
async def chanselect(
    case0: SelectCase[V0] | None,
    /,
    *,
    ordered: bool = False,
) -> Selected[Literal[0], V0]: ...
@overload
async def chanselect(
    case0: SelectCase[V0] | None,
    case1: SelectCase[V1] | None,
    /,
    *,
    ordered: bool = False,
) -> Selected[Literal[0], V0] | Selected[Literal[1], V1]: ...
@overload
async def chanselect(
    case0: SelectCase[V0] | None,
    case1: SelectCase[V1] | None,
    case2: SelectCase[V2] | None,
    /,
    *,
    ordered: bool = False,
) -> Selected[Literal[0], V0] | Selected[Literal[1], V1] | Selected[Literal[2], V2]: ...
@overload
async def chanselect(
    case0: SelectCase[V0] | None,
    case1: SelectCase[V1] | None,
    case2: SelectCase[V2] | None,
    case3: SelectCase[V3] | None,
    /,
    *,
    ordered: bool = False,
) -> Selected[Literal[0], V0] | Selected[Literal[1], V1] | Selected[Literal[2], V2] | Selected[Literal[3], V3]: ...
@overload
async def chanselect(
    case0: SelectCase[V0] | None,
    case1: SelectCase[V1] | None,
    case2: SelectCase[V2] | None,
    case3: SelectCase[V3] | None,
    case4: SelectCase[V4] | None,
    /,
    *,
    ordered: bool = False,
) -> (
    Selected[Literal[0], V0]
    | Selected[Literal[1], V1]
    | Selected[Literal[2], V2]
    | Selected[Literal[3], V3]
    | Selected[Literal[4], V4]
): ...
@overload
async def chanselect(
    case0: SelectCase[V0] | None,
    case1: SelectCase[V1] | None,
    case2: SelectCase[V2] | None,
    case3: SelectCase[V3] | None,
    case4: SelectCase[V4] | None,
    case5: SelectCase[V5] | None,
    /,
    *,
    ordered: bool = False,
) -> (
    Selected[Literal[0], V0]
    | Selected[Literal[1], V1]
    | Selected[Literal[2], V2]
    | Selected[Literal[3], V3]
    | Selected[Literal[4], V4]
    | Selected[Literal[5], V5]
): ...
@overload
async def chanselect(
    case0: SelectCase[V0] | None,
    case1: SelectCase[V1] | None,
    case2: SelectCase[V2] | None,
    case3: SelectCase[V3] | None,
    case4: SelectCase[V4] | None,
    case5: SelectCase[V5] | None,
    case6: SelectCase[V6] | None,
    /,
    *,
    ordered: bool = False,
) -> (
    Selected[Literal[0], V0]
    | Selected[Literal[1], V1]
    | Selected[Literal[2], V2]
    | Selected[Literal[3], V3]
    | Selected[Literal[4], V4]
    | Selected[Literal[5], V5]
    | Selected[Literal[6], V6]
): ...
@overload
async def chanselect(
    case0: SelectCase[V0] | None,
    case1: SelectCase[V1] | None,
    case2: SelectCase[V2] | None,
    case3: SelectCase[V3] | None,
    case4: SelectCase[V4] | None,
    case5: SelectCase[V5] | None,
    case6: SelectCase[V6] | None,
    case7: SelectCase[V7] | None,
    /,
    *,
    ordered: bool = False,
) -> (
    Selected[Literal[0], V0]
    | Selected[Literal[1], V1]
    | Selected[Literal[2], V2]
    | Selected[Literal[3], V3]
    | Selected[Literal[4], V4]
    | Selected[Literal[5], V5]
    | Selected[Literal[6], V6]
    | Selected[Literal[7], V7]
): ...
@overload
async def chanselect(*cases: SelectCase[Value] | None, ordered: bool = False) -> Selected[int, Value]: ...
async def chanselect(*cases: SelectCase[object] | None, ordered: bool = False) -> Selected[int, object]:
    """Wait until one of several operations can proceed, and do exactly that one.

    For a timeout, add a `timeout_case`, or write ``async with asyncio.timeout(seconds): await chanselect(...)``.

    Args:
        *cases: The operations to choose from: pulls and pushes, made by `pull_case` and `push_case`, and other things
            to wait for, made by `done_case`, `event_case`, `timeout_case` and `timeout_at_case`. ``None`` is allowed
            and is never ready, so a case can be switched off. A channel can be in several cases, for pushes and pulls;
            if several wait on the same side of one channel, the first of them is served.
        ordered: If several cases are ready, choose the first one. By default each of them is chosen with the same
            probability, at random (from the `random` module, so ``random.seed`` makes a run repeatable).

    Returns:
        Which case was chosen, and its value.

    Raises:
        ChannelClosed: The channel of the chosen case is closed and, for a pull, no items are left. The error's
            ``channel`` is that channel, and its ``index`` is the position of the case.
        ChannelFailed: The same, but the case is a pull, and the channel was closed because of an error.
        ValueError: There are no cases, or all of them are ``None``: the select would wait forever.
        TypeError: An argument is not a case.
        RuntimeError: A task of another event loop or thread is waiting on one of the channels.

    Ordering:
        First come, first served: a waiting select has its place in the line of each of its channels. A select that can
        proceed at once does not suspend.

    Cancellation:
        A select that raised did none of its cases; one that returned did exactly one. If a channel had already taken
        the item of a push case when the cancellation came, the select returns that push, and the cancellation is raised
        at the task's next wait. If the task ends first, it is raised in the task that awaits it. A cancelled select
        leaves nothing behind in any channel.

    Example::

        words, numbers = Channel[str](buffer=1), Channel[int]()
        await words.push("hello")
        selected = await chanselect(words.pull_case(), numbers.push_case(7))
        if selected.index == 0:
            print(selected.value.upper())  # prints HELLO
        else:
            print("sent a number")
    """
    selected = _attempt(cases, ordered)
    if selected is not None:
        return selected
    if cases.count(None) == len(cases):
        raise ValueError("chanselect() needs a case that is not None: without one it would wait forever")
    waiter = new_waiter()
    task = asyncio.current_task()
    before = task.cancelling() if task is not None else 0
    del task  # Otherwise the error, this frame and the task would keep each other alive.
    enrolled: dict[int, _Choice] = {}  # By the identity of the line; the first case of each.
    waits = False
    try:
        _enrol(cases, waiter, enrolled)
        waits = True
        outcome = await waiter
        if refused:
            raise_refusal(waiter)
    except BaseException as error:
        served = _leave(enrolled.values(), waiter)
        if served is None or served[1].abandon():
            raise
        if isinstance(error, CancelledError):
            defer(error, before)
        elif waits:
            raise  # Otherwise a case was served before all were enrolled, and is done.
    else:
        served = _leave(enrolled.values(), waiter, outcome)
        if served is None:
            raise _closed(outcome, enrolled)
    index, case, _ = served
    return _selected(case.channel, case.finish(), index)


@overload
def chanselect_nowait(
    case0: SelectCase[V0] | None,
    /,
    *,
    ordered: bool = False,
) -> Selected[Literal[0], V0] | None: ...
@overload
def chanselect_nowait(
    case0: SelectCase[V0] | None,
    case1: SelectCase[V1] | None,
    /,
    *,
    ordered: bool = False,
) -> Selected[Literal[0], V0] | Selected[Literal[1], V1] | None: ...
@overload
def chanselect_nowait(
    case0: SelectCase[V0] | None,
    case1: SelectCase[V1] | None,
    case2: SelectCase[V2] | None,
    /,
    *,
    ordered: bool = False,
) -> Selected[Literal[0], V0] | Selected[Literal[1], V1] | Selected[Literal[2], V2] | None: ...
@overload
def chanselect_nowait(
    case0: SelectCase[V0] | None,
    case1: SelectCase[V1] | None,
    case2: SelectCase[V2] | None,
    case3: SelectCase[V3] | None,
    /,
    *,
    ordered: bool = False,
) -> (
    Selected[Literal[0], V0] | Selected[Literal[1], V1] | Selected[Literal[2], V2] | Selected[Literal[3], V3] | None
): ...
@overload
def chanselect_nowait(
    case0: SelectCase[V0] | None,
    case1: SelectCase[V1] | None,
    case2: SelectCase[V2] | None,
    case3: SelectCase[V3] | None,
    case4: SelectCase[V4] | None,
    /,
    *,
    ordered: bool = False,
) -> (
    Selected[Literal[0], V0]
    | Selected[Literal[1], V1]
    | Selected[Literal[2], V2]
    | Selected[Literal[3], V3]
    | Selected[Literal[4], V4]
    | None
): ...
@overload
def chanselect_nowait(
    case0: SelectCase[V0] | None,
    case1: SelectCase[V1] | None,
    case2: SelectCase[V2] | None,
    case3: SelectCase[V3] | None,
    case4: SelectCase[V4] | None,
    case5: SelectCase[V5] | None,
    /,
    *,
    ordered: bool = False,
) -> (
    Selected[Literal[0], V0]
    | Selected[Literal[1], V1]
    | Selected[Literal[2], V2]
    | Selected[Literal[3], V3]
    | Selected[Literal[4], V4]
    | Selected[Literal[5], V5]
    | None
): ...
@overload
def chanselect_nowait(
    case0: SelectCase[V0] | None,
    case1: SelectCase[V1] | None,
    case2: SelectCase[V2] | None,
    case3: SelectCase[V3] | None,
    case4: SelectCase[V4] | None,
    case5: SelectCase[V5] | None,
    case6: SelectCase[V6] | None,
    /,
    *,
    ordered: bool = False,
) -> (
    Selected[Literal[0], V0]
    | Selected[Literal[1], V1]
    | Selected[Literal[2], V2]
    | Selected[Literal[3], V3]
    | Selected[Literal[4], V4]
    | Selected[Literal[5], V5]
    | Selected[Literal[6], V6]
    | None
): ...
@overload
def chanselect_nowait(
    case0: SelectCase[V0] | None,
    case1: SelectCase[V1] | None,
    case2: SelectCase[V2] | None,
    case3: SelectCase[V3] | None,
    case4: SelectCase[V4] | None,
    case5: SelectCase[V5] | None,
    case6: SelectCase[V6] | None,
    case7: SelectCase[V7] | None,
    /,
    *,
    ordered: bool = False,
) -> (
    Selected[Literal[0], V0]
    | Selected[Literal[1], V1]
    | Selected[Literal[2], V2]
    | Selected[Literal[3], V3]
    | Selected[Literal[4], V4]
    | Selected[Literal[5], V5]
    | Selected[Literal[6], V6]
    | Selected[Literal[7], V7]
    | None
): ...
@overload
def chanselect_nowait(*cases: SelectCase[Value] | None, ordered: bool = False) -> Selected[int, Value] | None: ...
def chanselect_nowait(*cases: SelectCase[object] | None, ordered: bool = False) -> Selected[int, object] | None:
    """Do one of several operations if one can proceed now; never wait. This is Go's select with a default.

    Args:
        *cases: The operations to choose from, as for `chanselect`.
        ordered: If several cases are ready, choose the first one. By default one of them is chosen at random.

    Returns:
        Which case was chosen, and its value; ``None`` if no case is ready.

    Raises:
        ChannelClosed: The channel of the chosen case is closed and, for a pull, no items are left.
        ChannelFailed: The same, but the case is a pull, and the channel was closed because of an error.
        ValueError: There are no arguments.
        TypeError: An argument is not a case.
        RuntimeError: The waiting task on the other side belongs to another event loop or thread.

    Example::

        words, numbers = Channel[str](), Channel[int](buffer=1)
        print(chanselect_nowait(words.pull_case(), numbers.pull_case()))  # prints None
    """
    if not cases:
        raise ValueError("chanselect_nowait() needs at least one case")
    return _attempt(cases, ordered)


for _public in (chanselect, chanselect_nowait):
    _public.__module__ = "pychanasync"


def _attempt(  # noqa: C901  # One pass without calls, because every select makes it.
    cases: Sequence[SelectCase[object] | None],
    ordered: bool,  # noqa: FBT001
) -> Selected[int, object] | None:
    """See which cases are ready, and do one of them; if ordered, do the first, and ask no others."""
    chosen: SelectCase[object] | None = None
    position = 0
    others: list[int] | None = None  # A list only if there is a choice.
    try:
        for index, case in enumerate(cases):
            if case is None or not case.ready():
                continue
            if chosen is None:
                chosen, position = case, index
                if ordered:
                    break
            elif others is None:
                others = [position, index]
            else:
                others.append(index)
    except AttributeError:
        _check(cases)
        raise
    if chosen is None:
        return None
    if others is not None:
        position = others[int(random() * len(others))]  # noqa: S311  # The choice must be fair, not secret.
        chosen = cases[position]
        assert chosen is not None  # noqa: S101  # It was ready.
    try:
        return _selected(chosen.channel, chosen.proceed(), position)
    except (ChannelClosed, ChannelFailed) as closed:
        closed.index = position
        raise
    except (ChannelEmpty, ChannelFull):  # A signal handler has cancelled the task on the other side.
        return _attempt([None if at == position else case for at, case in enumerate(cases)], ordered)


def _check(cases: Sequence[object]) -> None:
    """Reject arguments that are not cases, without the AttributeError by which that was found."""
    for index, case in enumerate(cases):
        if type(case) in {list, tuple}:
            members: Iterable[object] = case  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]  # Just seen.
            pair = any(map(asyncio.iscoroutine, members))  # As pychanasync 1.0 took them.
            instead = _WRITE_A_CASE if pair else "write chanselect(*cases)"
            raise TypeError(f"argument {index} is a {type(case).__name__}, not a case: {instead}") from None
        if case is not None and not hasattr(case, "ready"):
            if asyncio.isfuture(case):
                instead = "write done_case(future)"
            elif isinstance(case, asyncio.Event):
                instead = "write event_case(event)"
            else:
                instead = _WRITE_A_CASE
            raise TypeError(f"argument {index} is not a case but {case!r}: {instead}") from None


def _enrol(cases: Sequence[SelectCase[object] | None], waiter: Waiter, enrolled: dict[int, _Choice]) -> None:
    """Enrol the waiter in the line of every case, once in each line."""
    for index, case in enumerate(cases):
        if case is not None:
            line = case.line
            if id(line) not in enrolled:
                enrolled[id(line)] = index, case, line
                case.enrol(waiter)


def _leave(enrolled: Iterable[_Choice], waiter: Waiter, outcome: object = None) -> _Choice | None:
    """Leave every line, and return the case in whose line the waiter was served, if there is one."""
    served = None
    for choice in enrolled:
        line = choice[2]
        if (line is outcome and type(line) is Line) or line.leave(waiter):  # If served by a channel, it left that line.
            served = choice
    return served


def _closed(outcome: object, enrolled: dict[int, _Choice]) -> ChannelClosed | ChannelFailed:
    """Make the error to raise when a close has ended the wait."""
    assert isinstance(outcome, Closed)  # noqa: S101  # Anything else means that the waiter was served.
    error = outcome.error()
    error.index, _, _ = enrolled[id(outcome.line)]
    return error


def _selected(channel: object, value: Value, index: int) -> Selected[int, Value]:
    """Make the result of a select, as calling `Selected` does, but faster."""
    return _new(_kinds.get(index) or _make_kind(index), (channel, value))  # type: ignore[no-any-return]  # Of its own kind.


# Makes a tuple of any class. The type hides tuple.__new__ from checkers, which infer the class written there.
_new: Final[Callable[[type, tuple[object, object]], Any]] = tuple.__new__  # type: ignore[explicit-any]  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
# The classes of results, one for each index: a tuple of two has no place for a third part.
_kinds: dict[int, type[Selected[int, object]]] = {}


def _make_kind(index: int) -> type[Selected[int, object]]:
    """Make the class for a position."""
    kind = _kinds[index] = type("Selected", (Selected,), {"__slots__": (), "__module__": "pychanasync", "index": index})
    return kind
