"""What the tasks of a loop wait for: read off the frames of their coroutines, when somebody asks.

Invariant: no channel knows of this module, so that a program which does not ask pays nothing. What a task waits in is
recognised by the code of our waiting calls, which is listed in one place here.
"""

# Annotations are evaluated here: what asks for them at run time looks in `debugging`, where these names are not.
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
# Iterations, broadcasts, their subscriptions and a user's own subclasses end up in these too.
_OPERATIONS: Final[dict[CodeType, Operation]] = {
    _CHANNEL.push.__code__: "push",
    _CHANNEL.pull.__code__: "pull",
    _CHANNEL.pull_many.__code__: "pull_many",
    chanselect.__code__: "select",
}
# What C code puts between a coroutine and what that awaits; it refers to it, and does not say so in any other way.
_BETWEEN: Final = {"anext_awaitable", "async_generator_asend", "async_generator_athrow", "coroutine_wrapper"}
_OURS: Final = str(Path(__file__).parent) + sep
_STANDARD_LIBRARY: Final = str(Path(asyncio.__file__).parents[1]) + sep
_NUMBER: Final = re.compile(r"\d+")
_NAMED: Final = 3  # So many of those who also wait on a channel.
_LONGEST: Final = 300  # Characters; a case that pushes shows its item.


@dataclass(frozen=True)
class WaitingTask:
    """A task that waits on channels.

    Attributes:
        task: The task.
        operation: The call in which it waits. ``async for`` waits in ``"pull"``.
        channels: What it waits on: one channel, or those of the cases of a select, each once.
        frames: Where in the user's own code it waits, the outermost call first.
    """

    __module__ = "pychanasync.debugging"

    task: Task
    operation: Operation
    channels: tuple[object, ...]
    frames: tuple[FrameSummary, ...]


def waiting_tasks(loop: AbstractEventLoop | None = None) -> list[WaitingTask]:
    """List the tasks of an event loop that wait on channels, in the order of their names.

    A task whose wait is over is not listed, even if it has not run since. Nor is one that waits in a select without
    a case on a channel.

    Args:
        loop: Any event loop, even one that another thread runs. The running one if left out.

    Raises:
        RuntimeError: No loop is given, and none is running.

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
    """Return a report on what the tasks of an event loop wait for: a paragraph for each task that waits.

    Those that wait on channels come first. The report says on which channels, which other tasks wait there, and where
    in the user's own code. Then come the others.

    Args:
        loop: Any event loop, even one that another thread runs. The running one if left out.

    Raises:
        RuntimeError: No loop is given, and none is running.

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
    """What a task waits for."""

    task: Task
    operation: Operation | None
    """In what call of ours; ``None``: in none."""
    subjects: list[object]
    """The channel, or the cases of a select, or what else is awaited."""
    passed: list[FrameType]
    """From the outermost call down to ours, or to the innermost."""

    def channels(self) -> tuple[object, ...]:
        """Find the channels, each once."""
        found = {} if self.operation is None else {id(each): each for each in map(self.channel_of, self.subjects)}
        kinds = (asyncio.Future, asyncio.Event, type(None))
        return tuple(channel for channel in found.values() if not isinstance(channel, kinds))

    def channel_of(self, subject: object) -> object:
        """Find what a case is about; a channel is about itself."""
        return getattr(subject, "channel", None) if self.operation == "select" else subject

    def frames(self) -> StackSummary:
        """Summarise what the user wrote."""
        return StackSummary.extract((frame, frame.f_lineno) for frame in self.passed if _is_users(frame))

    def tell(self, by_channel: dict[int, list["_Wait"]], shown: "_Shown") -> str:
        """Tell a person, in a paragraph."""
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
        called: FrameType | None = None  # By the user: whatever else that calls says less.
        for frame in self.passed:
            called = None if _is_users(frame) else called or frame
        if called is not None:
            return f"in {called.f_code.co_qualname}"
        return f"for {shown.of(awaited)}"

    def _others(self, waits: Sequence["_Wait"]) -> str:
        """Name those who also wait on a channel."""
        some = islice((other for other in waits if other is not self), _NAMED)
        others = [f"{other.task.get_name()} ({other.operation})" for other in some]
        if (more := len(waits) - 1 - len(others)) > 0:
            others.append(f"{more} more")
        return f"; also waiting: {', '.join(others)}" if others else ""


def _tasks(loop: AbstractEventLoop | None) -> list[Task]:
    """List the tasks of a loop in the order of their names, in which numbers count as such."""
    return sorted(asyncio.all_tasks(loop), key=lambda task: _NUMBER.sub(_as_long, task.get_name()))


def _as_long(number: re.Match[str]) -> str:
    return number[0].zfill(9)


def _look_at(task: Task) -> _Wait | None:
    """Find out what a task waits for, if it waits. The loop of another thread goes on meanwhile."""
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
    """Go through the frames of a task that waits, the outermost first."""
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
    """Return whether a frame is of the user's own code, or of a package that is neither ours nor Python's."""
    file = frame.f_code.co_filename
    return not file.startswith(_OURS) and (not file.startswith(_STANDARD_LIBRARY) or "site-packages" in file)


class _Shown:
    """What is shown in one report, each once: a channel counts all who wait on it, and each has a paragraph."""

    def __init__(self) -> None:
        self._texts: dict[tuple[type, int], str] = {}

    def of(self, subject: object) -> str:
        """Show something that exists as long as this does."""
        key = type(subject), id(_essence(subject))
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = _show(subject)
        return text


def _essence(subject: object) -> object:
    """Return what tells a subject from others of its kind: all pull cases of a channel are shown alike."""
    return cast("PullCase[object]", subject).channel if isinstance(subject, PullCase) else subject


def _show(subject: object) -> str:
    try:
        shown = repr(subject)
    except Exception:  # noqa: BLE001  # Whatever the user's own __repr__ raises, the rest is to be said.
        shown = object.__repr__(subject)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}..."
