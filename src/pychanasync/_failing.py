"""Why a channel has failed, and from when its receivers may know.

The receivers of a channel that is closed with a cause learn it at once. Where an error leaves the ``async with`` of a
channel, they learn it a little later. The task that left the block may end by that error, and its task group cancel the
other members for it: those are to be cancelled first, so that the group reports the error once. asyncio cancels them
all in the done callback of the task; anyio only those that wait, and in the next iteration those that wait by then. So
the end comes behind both; or, if the task goes on, in the loop's iteration after the next.

Invariant: once the end has come, nothing of this is left on the task.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeAlias

Task: TypeAlias = asyncio.Task[object]


class Failure:
    """Why a channel has failed, and whether its receivers may know.

    Attributes:
        cause: The sender's error.
    """

    __slots__ = ("_call", "_task", "cause")

    def __init__(self, cause: BaseException) -> None:
        self.cause = cause
        self._task: Task | None = None
        self._call: Callable[[], object] | None = None

    def delay(self, call: Callable[[], object]) -> None:
        """Let the end come later, if a task runs here, and let something be called then."""
        loop = asyncio._get_running_loop()  # noqa: SLF001  # In asyncio's __all__; None where no loop runs.
        task = None if loop is None else asyncio.current_task()
        if task is not None:
            self._task, self._call = task, call
            task.add_done_callback(self._come_next)
            task.get_loop().call_soon(self._come_next)

    def has_come(self) -> bool:
        """Return whether receivers may know; under another loop than that of the sender they may."""
        return self._task is None or self._task.get_loop() is not asyncio._get_running_loop()  # noqa: SLF001  # The same.

    def end(self) -> None:
        """Let the end come now, if it has not; call nothing."""
        if self._task is not None:
            self._task.remove_done_callback(self._come_next)
            self._task = self._call = None

    def _come_next(self, ended: Task | None = None) -> None:
        """Let the end come in the next iteration; if the task has ended, behind what its done callbacks call then."""
        task = self._task
        if task is not None and (ended is not None or not task.done()):
            task.get_loop().call_soon(self._come)

    def _come(self) -> None:
        call = self._call
        self.end()
        if call is not None:
            call()
