"""close_after: a channel that ends with its tasks.

Invariants: a call that was refused leaves no callback behind; of one that was not, each task has one until it is done,
and the last of them closes the channel.
"""

from __future__ import annotations

import asyncio
from typing import Any, Never, TypeAlias

from .errors import is_failure
from .protocols import SendChannel

Future: TypeAlias = asyncio.Future[Any]  # type: ignore[explicit-any]  # Whatever the tasks return: Future is invariant.


def close_after(channel: SendChannel[Never], *tasks: Future, immediate: bool = False) -> None:
    """Close a channel once all of the tasks are done, however they end.

    This is for a channel on which several tasks send. None of them closes it, since the others may still send. It also
    closes the channel if a task is cancelled before its first step, which no ``async with`` in the task could do. The
    channel stays open until the last task is done, even if one fails before.

    If tasks fail, the first error is the cause of the close, as in ``channel.close(cause=error)``, and asyncio does not
    log it as never retrieved. A cancellation does not count as an error here, and neither does a `ChannelClosed`, nor
    an exception group that contains nothing else.

    You can also give it the tasks that receive, with ``immediate=True``. Then it tells the senders that nobody will
    pull any more: their pushes raise `ChannelClosed`.

    Args:
        channel: The channel to close.
        *tasks: The tasks, or other futures. If all are done already, the channel is closed in the loop's next
            iteration.
        immediate: Also discard the items that are there to pull.

    Raises:
        TypeError: There is no task, or an argument is not a future, or the first one nothing that can be closed.
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
        raise TypeError("close_after() needs the tasks after which it is to close the channel")
    _check_channel(channel)
    for task in tasks:
        _check(task)
    _check_loop(tasks)
    tie = _Tie(channel, len(tasks), immediate=immediate)
    for task in tasks:
        task.add_done_callback(tie.count)


def _check_channel(channel: object) -> None:
    """Refuse at once what would only fail when the tasks are done, and nobody is there to see it."""
    if not callable(getattr(channel, "close", None)):
        raise TypeError(f"close_after() takes the channel first, got {channel!r}")


def _check(task: object) -> None:
    """Refuse what is no task, nor another future."""
    if not asyncio.isfuture(task):
        hint = ": make it a task by asyncio.create_task()" if asyncio.iscoroutine(task) else ""
        raise TypeError(f"close_after() takes tasks or other futures, got {task!r}{hint}")


def _check_loop(tasks: tuple[Future, ...]) -> None:
    """Refuse tasks that do not belong to the loop that runs here or, if none does, to one that may run next."""
    running = asyncio._get_running_loop()  # noqa: SLF001  # In asyncio's __all__; None where no loop runs.
    loop = running or tasks[0].get_loop()
    for task in tasks:
        if task.get_loop() is not loop:
            raise RuntimeError(f"{task!r} belongs to another event loop than this one, or than the task before it")
    if loop is not running and (loop.is_closed() or loop.is_running()):
        raise RuntimeError(f"{tasks[0]!r} belongs to an event loop that was closed, or that runs in another thread")


class _Tie:
    """A channel, and the tasks that it waits for."""

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
