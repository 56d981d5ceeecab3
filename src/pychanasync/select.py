"""chanselect: the first of several operations, exactly one of them.

In three passes, as in Go's runtime: look whether a case is ready; else enrol one waiter in the line of every case, and
wait; then leave every line. The invariant is that of the waiting line: the waiter is set once, so that one case is
served, and whichever lines still hold it hold a waiter that is done, whom everybody passes over.
"""

# Annotations are evaluated here: what asks for them at run time looks in `pychanasync`, where these names are not.
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
    """What a select did: ``channel, value = selected``.

    It cannot be changed. It equals only a `Selected` with the same parts, ``index`` among them, and is hashable if they
    are.

    Attributes:
        index: The position of the chosen case among the arguments, ``None`` counted too. Where the cases were written
            out, type checkers know it as a literal: ``if selected.index == 0:`` tells them the type of ``value``.
    """

    __module__ = "pychanasync"
    __slots__ = ()

    index: Index_co  # type: ignore[assignment]  # pyright: ignore[reportIncompatibleMethodOverride]  # Not that of tuples.

    def __new__(cls, channel: object, value: Value_co, index: Index_co) -> Self:
        """Make the result of a select."""
        return _new(_kinds.get(index) or _make_kind(index), (channel, value))  # type: ignore[no-any-return]  # Of its own kind.

    @property
    def channel(self) -> object:
        """The channel of the chosen case, to be compared with ``is``; or the future or event; ``None`` for a time."""
        return self[0]

    @property
    def value(self) -> Value_co:
        """The item of a pull, the future of a `done_case`, ``None`` for a push, an event or a time."""
        return self[1]

    def __eq__(self, other: object) -> bool:
        """Return whether the other is a `Selected` too, with the same parts."""
        return type(other) is type(self) and super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        """Return whether the other is anything else; a tuple would answer for itself."""
        return not self == other

    def __hash__(self) -> int:
        """Hash all three parts."""
        return hash((*self, self.index))

    def __reduce__(self) -> tuple[type, tuple[object, Value_co, Index_co]]:
        """Let a copy, and what was pickled, be made anew of all three."""
        return Selected, (self.channel, self.value, self.index)

    def __repr__(self) -> str:
        """Return all three."""
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
        *cases: The operations, made by `pull_case` and `push_case`, and what else to wait for, made by `done_case`,
            `event_case`, `timeout_case` and `timeout_at_case`. ``None`` instead of a case is never ready. One channel
            may be in several cases, even in pushes and pulls; of several cases that wait on the same side of one
            channel, the one written first is served.
        ordered: If several cases are ready, do the first one written. Without this, each of them is chosen with the
            same probability (by the `random` module's generator, so that ``random.seed`` makes a run repeatable).

    Returns:
        Which case was done, with what value.

    Raises:
        ChannelClosed: The chosen case is on a channel that is closed, and for a pull nothing is left there; ``channel``
            is that channel, ``index`` the position of the case.
        ChannelFailed: The same, but the case is a pull, and the channel was closed because of an error.
        ValueError: There is no case that could ever be ready.
        TypeError: An argument is not a case.
        RuntimeError: A task of another event loop or thread waits on one of the channels.

    Ordering:
        A waiting select has its turn on each of its channels, from when it began to wait. One that can proceed at once
        does so without suspending.

    Cancellation:
        A select that raised did none of its cases; one that returned did exactly one. If the item of one of its pushes
        had been taken when the cancellation came, the select returns that push, and the cancellation is raised at the
        task's next wait, or, if the task ends first, in the task that awaits it. A cancelled select leaves nothing
        behind in any channel.

    Example::

        words, numbers = Channel[str](buffer=1), Channel[int]()
        await words.push("hello")
        selected = await chanselect(words.pull_case(), numbers.push_case(7))
        if selected.index == 0:
            print(selected.value.upper())  # prints HELLO
        else:
            print("gave a number")
    """
    selected = _attempt(cases, ordered)
    if selected is not None:
        return selected
    if cases.count(None) == len(cases):
        raise ValueError("chanselect() got no case that could ever be ready: the wait would never end")
    waiter = new_waiter()
    task = asyncio.current_task()
    before = task.cancelling() if task is not None else 0
    del task  # Else its error keeps this frame, the frame the task, and the task its error.
    enrolled: dict[int, _Choice] = {}  # By the identity of the line, the first case of each.
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
            raise  # Else a case was served before another could be enrolled, and is done.
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
    """Do one of several operations if one can proceed now: the select with a default.

    Args:
        *cases: The operations, as for `chanselect`.
        ordered: If several cases are ready, do the first one written. Without this, each is equally likely.

    Returns:
        Which case was done, with what value; ``None`` if no case is ready.

    Raises:
        ChannelClosed: The chosen case is on a channel that is closed, and for a pull nothing is left there.
        ChannelFailed: The same, but the case is a pull, and the channel was closed because of an error.
        ValueError: There is no argument at all.
        TypeError: An argument is not a case.
        RuntimeError: The waiting task that it would serve belongs to another event loop or thread.

    Example::

        words, numbers = Channel[str](), Channel[int](buffer=1)
        print(chanselect_nowait(words.pull_case(), numbers.pull_case()))  # prints None
    """
    if not cases:
        raise ValueError("chanselect_nowait() needs a case")
    return _attempt(cases, ordered)


for _public in (chanselect, chanselect_nowait):
    _public.__module__ = "pychanasync"


def _attempt(  # noqa: C901  # One pass without a call of its own, since every select makes it.
    cases: Sequence[SelectCase[object] | None],
    ordered: bool,  # noqa: FBT001
) -> Selected[int, object] | None:
    """Look which cases are ready, and do one of those; where the order counts, look no further than the first."""
    chosen: SelectCase[object] | None = None
    position = 0
    others: list[int] | None = None  # A list only where there is a choice.
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
        position = others[int(random() * len(others))]  # noqa: S311  # A fair choice, not a secret one.
        chosen = cases[position]
        assert chosen is not None  # noqa: S101  # It was ready.
    try:
        return _selected(chosen.channel, chosen.proceed(), position)
    except (ChannelClosed, ChannelFailed) as closed:
        closed.index = position
        raise
    except (ChannelEmpty, ChannelFull):  # A signal handler has cancelled the task that it would have met.
        return _attempt([None if at == position else case for at, case in enumerate(cases)], ordered)


def _check(cases: Sequence[object]) -> None:
    """Refuse what is not a case, and show nothing of how that was found."""
    for index, case in enumerate(cases):
        if type(case) in {list, tuple}:
            kind = type(case).__name__
            raise TypeError(f"argument {index} is a {kind}, not a case: write chanselect(*cases)") from None
        if case is not None and not hasattr(case, "ready"):
            if asyncio.isfuture(case):
                instead = "write done_case(future)"
            elif isinstance(case, asyncio.Event):
                instead = "write event_case(event)"
            else:
                instead = "write channel.pull_case() or channel.push_case(item)"
            raise TypeError(f"argument {index} is not a case but {case!r}: {instead}") from None


def _enrol(cases: Sequence[SelectCase[object] | None], waiter: Waiter, enrolled: dict[int, _Choice]) -> None:
    """Enrol the waiter in the line of every case, once in each."""
    for index, case in enumerate(cases):
        if case is not None:
            line = case.line
            if id(line) not in enrolled:
                enrolled[id(line)] = index, case, line
                case.enrol(waiter)


def _leave(enrolled: Iterable[_Choice], waiter: Waiter, outcome: object = None) -> _Choice | None:
    """Leave every line, and return the case in whose line the waiter was served, if in any."""
    served = None
    for choice in enrolled:
        line = choice[2]
        if (line is outcome and type(line) is Line) or line.leave(waiter):  # Who was served in a channel has left it.
            served = choice
    return served


def _closed(outcome: object, enrolled: dict[int, _Choice]) -> ChannelClosed | ChannelFailed:
    """Make what is raised where a close has ended the wait."""
    assert isinstance(outcome, Closed)  # noqa: S101  # What else a line sets a waiter to, it was served in.
    error = outcome.error()
    error.index, _, _ = enrolled[id(outcome.line)]
    return error


def _selected(channel: object, value: Value, index: int) -> Selected[int, Value]:
    """Make the result of a select: what `Selected` itself does, in less time."""
    return _new(_kinds.get(index) or _make_kind(index), (channel, value))  # type: ignore[no-any-return]  # Of its own kind.


# What makes a tuple of any class, out of sight of the checkers: they would have it give the class that is written.
_new: Final[Callable[[type, tuple[object, object]], Any]] = tuple.__new__  # type: ignore[explicit-any]  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
# The classes of what a select returns, one for each position: a tuple has no place for a third part.
_kinds: dict[int, type[Selected[int, object]]] = {}


def _make_kind(index: int) -> type[Selected[int, object]]:
    """Make the class for a position."""
    kind = _kinds[index] = type("Selected", (Selected,), {"__slots__": (), "__module__": "pychanasync", "index": index})
    return kind
