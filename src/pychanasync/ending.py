"""close_after: close a channel when tasks are done.

Invariants: a call that raises leaves no callback behind. Otherwise each task has one until it is done, and the last of
them closes the channel.
"""

from __future__ import annotations

import asyncio
from typing import Any, Never, TypeAlias

from .errors import is_failure
from .protocols import SendChannel

Future: TypeAlias = asyncio.Future[Any]  # type: ignore[explicit-any]  # Whatever the tasks return: Future is invariant.


def close_after(channel: SendChannel[Never], *tasks: Future, immediate: bool = False) -> None:
    """Close a channel when all of the given tasks are done, however they end.

    Use it when several tasks send on one channel: none of them can close it, because the others may still be sending.
    The channel stays open until the last task is done, even if another one fails earlier. It is closed even if a task
    is cancelled before its first step, when an ``async with`` in the task would not run.

    If a task fails, its error is the cause of the close, as in ``channel.close(cause=error)``; if several fail, it is
    the first error. asyncio does not log such an error as never retrieved. A cancellation does not count as an error
    here, nor does a `ChannelClosed`, nor an exception group that contains nothing else.

    You can also pass the tasks that receive, with ``immediate=True``. When no receiver is left, pushes then raise
    `ChannelClosed` instead of waiting forever.

    Args:
        channel: The channel to close.
        *tasks: The tasks, or other futures, to wait for. If all of them are done already, the channel is closed in the
            next iteration of the event loop.
        immediate: Also discard the items that are in the channel.

    Raises:
        TypeError: No task is given, one of them is not a task or future, or ``channel`` has no `close`.
        RuntimeError: A task belongs to another event loop or thread, or to a loop that was closed.

    Example::

        async def send(numbers: SendChannel[int], first: int) -> None:
            await numbers.push(first)
            await numbers.push(first + 1)


        numbers = Channel[int]()
        close_after(numbers, *[asyncio.create_task(send(numbers, first)) for first in (10, 20)])
        print(sorted([number async for number in numbers]))  # prints [10, 11, 20, 21]
    """
    if not tasks:
        raise TypeError("close_after() needs at least one task to wait for")
    _check_channel(channel)
    for task in tasks:
        _check(task)
    _check_loop(tasks)
    tie = _Tie(channel, len(tasks), immediate=immediate)
    for task in tasks:
        task.add_done_callback(tie.count)


def _check_channel(channel: object) -> None:
    """Reject now what would otherwise fail only when the tasks are done, with no caller to see it."""
    if not callable(getattr(channel, "close", None)):
        raise TypeError(f"close_after() takes the channel first, got {channel!r}")


def _check(task: object) -> None:
    """Reject anything that is not a task or another future."""
    if not asyncio.isfuture(task):
        if type(task) in {list, tuple, set}:
            kind = type(task).__name__
            raise TypeError(f"close_after() takes tasks or other futures, got a {kind}: write *tasks")
        hint = ": make it a task with asyncio.create_task()" if asyncio.iscoroutine(task) else ""
        raise TypeError(f"close_after() takes tasks or other futures, got {task!r}{hint}")


def _check_loop(tasks: tuple[Future, ...]) -> None:
    """Reject tasks that do not belong to the running loop or, if none is running, to one loop that can still run."""
    running = asyncio._get_running_loop()  # noqa: SLF001  # In asyncio's __all__; None where no loop runs.
    loop = running or tasks[0].get_loop()
    for task in tasks:
        if task.get_loop() is not loop:
            raise RuntimeError(f"{task!r} belongs to another event loop: close_after() takes tasks of one loop only")
    if loop is not running and (loop.is_closed() or loop.is_running()):
        raise RuntimeError(f"{tasks[0]!r} belongs to an event loop that was closed, or that runs in another thread")


class _Tie:
    """A channel, and how many tasks it still waits for."""

    __slots__ = ("_cause", "_channel", "_immediate", "_left")

    def __init__(self, channel: SendChannel[Never], tasks: int, *, immediate: bool) -> None:
        self._channel = channel
        self._left = tasks
        self._immediate = immediate
        self._cause: BaseException | None = None

    def count(self, task: Future) -> None:
        """Count a task that is done; close the channel after the last one."""
        self._left -= 1
        if self._cause is None and not task.cancelled():
            error = task.exception()
            if error is not None and is_failure(error):
                self._cause = error
        if not self._left:
            self._channel.close(cause=self._cause, immediate=self._immediate)


close_after.__module__ = "pychanasync"
