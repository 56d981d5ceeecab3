"""What the tasks of a loop are waiting for, read from the frames of their coroutines when somebody asks.

Invariant: no channel knows of this module, so it costs nothing unless it is used. A wait is recognised by the code
objects of our waiting calls, which are listed in one place here.
"""

# Annotations are evaluated here: code that reads them later would look in `debugging`, which lacks these names.
import asyncio
import gc
import re
from asyncio import AbstractEventLoop
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from os import sep
from pathlib import Path
from traceback import FrameSummary, StackSummary
from types import CodeType, FrameType
from typing import Final, Literal, NamedTuple, TypeAlias, cast

from ._receiving import PullCase
from .channel import Channel
from .select import chanselect

Task: TypeAlias = asyncio.Task[object]
Operation: TypeAlias = Literal["push", "pull", "pull_many", "select"]

_CHANNEL: Final[type[Channel[object]]] = Channel
# Iteration, broadcasts, subscriptions and a user's own subclasses end up in these too.
_OPERATIONS: Final[dict[CodeType, Operation]] = {
    _CHANNEL.push.__code__: "push",
    _CHANNEL.pull.__code__: "pull",
    _CHANNEL.pull_many.__code__: "pull_many",
    chanselect.__code__: "select",
}
# Objects in C between a coroutine and what it awaits; only the garbage collector knows what they refer to.
_BETWEEN: Final = {"anext_awaitable", "async_generator_asend", "async_generator_athrow", "coroutine_wrapper"}
_OURS: Final = str(Path(__file__).parent) + sep
_STANDARD_LIBRARY: Final = str(Path(asyncio.__file__).parents[1]) + sep
_NUMBER: Final = re.compile(r"\d+")
_NAMED: Final = 3  # How many of the other tasks that wait on a channel are named.
_LONGEST: Final = 300  # Characters; a push case shows its item.


@dataclass(frozen=True)
class WaitingTask:
    """A task that is waiting on one or more channels.

    Attributes:
        task: The task.
        operation: The call in which it is waiting. ``async for`` waits in ``"pull"``.
        channels: The channels on which it is waiting: one, or those of the cases of a select, each once.
        frames: Where in the user's own code it is waiting, the outermost call first.
    """

    __module__ = "pychanasync.debugging"

    task: Task
    operation: Operation
    channels: tuple[object, ...]
    frames: tuple[FrameSummary, ...]


def waiting_tasks(loop: AbstractEventLoop | None = None) -> list[WaitingTask]:
    """List the tasks of an event loop that are waiting on channels, in the order of their names.

    A task whose wait is over is not listed, even if it has not run since. Nor is a task in a select that has no case on
    a channel.

    Args:
        loop: The event loop, which may run in another thread; by default the running one.

    Raises:
        RuntimeError: ``loop`` is not given, and no loop is running.

    Example::

        from pychanasync.debugging import waiting_tasks

        jobs = Channel[str](name="jobs")
        worker = asyncio.create_task(jobs.pull(), name="worker")
        await asyncio.sleep(0)
        for waiting in waiting_tasks():
            print(waiting.task.get_name(), waiting.operation, waiting.channels == (jobs,))  # prints worker pull True
        await jobs.push("one")
    """
    waits = [wait for task in _tasks(loop) if (wait := _look_at(task)) is not None]
    return [
        WaitingTask(wait.task, wait.operation, channels, tuple(wait.frames()))
        for wait in waits
        if wait.operation is not None and (channels := wait.channels())
    ]


def format_waiting(loop: AbstractEventLoop | None = None) -> str:
    """Return a report with a paragraph for each task of an event loop: it says what the task is waiting for.

    Tasks that are waiting on channels come first. For each of them the report shows the channels, the other tasks that
    are waiting there, and the place in the user's own code. All other tasks follow.

    Args:
        loop: The event loop, which may run in another thread; by default the running one.

    Raises:
        RuntimeError: ``loop`` is not given, and no loop is running.

    Example::

        from pychanasync.debugging import format_waiting

        jobs = Channel[str](buffer=5, name="jobs")
        worker = asyncio.create_task(jobs.pull(), name="worker")
        await asyncio.sleep(0)
        print(format_waiting())  # prints worker waits in pull on <BufferedChannel 'jobs': 0 of 5 items, 1 pull waiting>
        await jobs.push("one")
    """
    waits = [wait for task in _tasks(loop) if (wait := _look_at(task)) is not None]
    by_channel: dict[int, list[_Wait]] = {}
    for wait in waits:
        for channel in wait.channels():
            by_channel.setdefault(id(channel), []).append(wait)
    waits.sort(key=lambda wait: wait.operation is None)
    shown = _Shown()
    return "\n\n".join(wait.tell(by_channel, shown) for wait in waits) or "no task waits"


for _public in (waiting_tasks, format_waiting):
    _public.__module__ = "pychanasync.debugging"


class _Wait(NamedTuple):
    """What a task is waiting for."""

    task: Task
    operation: Operation | None
    """The call of ours in which it is waiting; ``None`` if it is none of ours."""
    subjects: list[object]
    """The channel, the cases of a select, or whatever else it awaits."""
    passed: list[FrameType]
    """The frames from the outermost call down to ours, or to the innermost."""

    def channels(self) -> tuple[object, ...]:
        """Return the channels, each once."""
        found = {} if self.operation is None else {id(each): each for each in map(self.channel_of, self.subjects)}
        kinds = (asyncio.Future, asyncio.Event, type(None))
        return tuple(channel for channel in found.values() if not isinstance(channel, kinds))

    def channel_of(self, subject: object) -> object:
        """Return the channel of a case; a channel itself as it is."""
        return getattr(subject, "channel", None) if self.operation == "select" else subject

    def frames(self) -> StackSummary:
        """Summarise the frames of the user's own code."""
        return StackSummary.extract((frame, frame.f_lineno) for frame in self.passed if _is_users(frame))

    def tell(self, by_channel: dict[int, list["_Wait"]], shown: "_Shown") -> str:
        """Describe the wait in a paragraph."""
        told = [
            shown.of(subject) + self._others(by_channel.get(id(self.channel_of(subject)), ()))
            for subject in self.subjects
        ]
        if self.operation is None:
            words = self._tell_what_else(shown)
        elif self.operation == "select":
            words = "\n  ".join(["in select on", *told])
        else:
            words = f"in {self.operation} on {told[0]}"
        return "".join([f"{self.task.get_name()} waits {words}\n", *self.frames().format()]).rstrip()

    def _tell_what_else(self, shown: "_Shown") -> str:
        awaited = self.subjects[0]
        if isinstance(awaited, asyncio.Task):
            return f"for the task {awaited.get_name()}"
        called: FrameType | None = None  # By the user: deeper calls would say less.
        for frame in self.passed:
            called = None if _is_users(frame) else called or frame
        if called is not None:
            return f"in {called.f_code.co_qualname}"
        return f"for {shown.of(awaited)}"

    def _others(self, waits: Sequence["_Wait"]) -> str:
        """Name the other tasks that are waiting on a channel."""
        some = islice((other for other in waits if other is not self), _NAMED)
        others = [f"{other.task.get_name()} ({other.operation})" for other in some]
        if (more := len(waits) - 1 - len(others)) > 0:
            others.append(f"{more} more")
        return f"; also waiting: {', '.join(others)}" if others else ""


def _tasks(loop: AbstractEventLoop | None) -> list[Task]:
    """List the tasks of a loop in the order of their names; numbers in names are compared as numbers."""
    return sorted(asyncio.all_tasks(loop), key=lambda task: _NUMBER.sub(_as_long, task.get_name()))


def _as_long(number: re.Match[str]) -> str:
    return number[0].zfill(9)


def _look_at(task: Task) -> _Wait | None:
    """Find out what a task is waiting for, if it is. A loop in another thread goes on in the meantime."""
    waiter: asyncio.Future[object] | None = getattr(task, "_fut_waiter", None)  # asyncio has no public way to ask.
    if waiter is None or waiter.done():
        return None
    passed: list[FrameType] = []
    for frame in _stack(task):
        operation = _OPERATIONS.get(frame.f_code)
        if operation is not None:
            local = frame.f_locals
            subjects = [case for case in local.get("cases", ()) if case is not None] or [local.get("self")]
            return _Wait(task, operation, subjects, passed)
        passed.append(frame)
    return _Wait(task, None, [waiter], passed)


def _stack(task: Task) -> Iterator[FrameType]:
    """Iterate over the frames of a waiting task, the outermost first."""
    awaited: object = task.get_coro()
    while awaited is not None:
        for frame_of, awaited_by in (("cr_frame", "cr_await"), ("gi_frame", "gi_yieldfrom"), ("ag_frame", "ag_await")):
            frame = getattr(awaited, frame_of, None)
            if isinstance(frame, FrameType):
                yield frame
                awaited = getattr(awaited, awaited_by)
                break
        else:
            between = type(awaited).__name__ in _BETWEEN
            referred = [each for each in gc.get_referents(awaited) if between and not isinstance(each, type)]
            awaited = referred[0] if referred else None


def _is_users(frame: FrameType) -> bool:
    """Return whether a frame is of the user's own code or of a third-party package, not ours or Python's."""
    file = frame.f_code.co_filename
    return not file.startswith(_OURS) and (not file.startswith(_STANDARD_LIBRARY) or "site-packages" in file)


class _Shown:
    """The texts in one report, each made once: every task on a channel shows it, and it counts all of them."""

    def __init__(self) -> None:
        self._texts: dict[tuple[type, int], str] = {}

    def of(self, subject: object) -> str:
        """Return the text for an object that lives as long as the report is being made."""
        key = type(subject), id(_essence(subject))
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = _show(subject)
        return text


def _essence(subject: object) -> object:
    """Return what identifies a subject among others of its kind: all pull cases of a channel look the same."""
    return cast("PullCase[object]", subject).channel if isinstance(subject, PullCase) else subject


def _show(subject: object) -> str:
    try:
        shown = repr(subject)
    except Exception:  # noqa: BLE001  # Whatever a user's own __repr__ raises, show the rest.
        shown = object.__repr__(subject)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}..."
