"""Why a channel has failed, and when its receivers are told.

If a channel is closed with a cause, its receivers are told at once. If an error leaves the ``async with`` of a channel,
they are told a little later. That error may end the task that left the block, and its task group may then cancel its
other tasks. Those must be cancelled before they are told, so that the group reports the error only once. asyncio
cancels all of them in the done callback of the task; anyio cancels only those that are waiting, and in the next
iteration those that are waiting by then. So receivers are told after both; or, if the task goes on, after two
iterations of the loop.

Invariant: when receivers have been told, nothing of this is left on the task.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeAlias

Task: TypeAlias = asyncio.Task[object]


class Failure:
    """Why a channel has failed, and whether its receivers may be told.

    Attributes:
        cause: The sender's error.
    """

    __slots__ = ("_call", "_task", "cause")

    def __init__(self, cause: BaseException) -> None:
        self.cause = cause
        self._task: Task | None = None
        self._call: Callable[[], object] | None = None

    def delay(self, call: Callable[[], object]) -> None:
        """Tell receivers later, if a task is running here: call ``call`` then."""
        loop = asyncio._get_running_loop()  # noqa: SLF001  # In asyncio's __all__; None where no loop runs.
        task = None if loop is None else asyncio.current_task()
        if task is not None:
            self._task, self._call = task, call
            task.add_done_callback(self._come_next)
            task.get_loop().call_soon(self._come_next)

    def has_come(self) -> bool:
        """Return whether receivers may be told; in another loop than the sender's they always may."""
        return self._task is None or self._task.get_loop() is not asyncio._get_running_loop()  # noqa: SLF001  # The same.

    def end(self) -> None:
        """Let receivers be told from now on, without calling anything."""
        if self._task is not None:
            self._task.remove_done_callback(self._come_next)
            self._task = self._call = None

    def _come_next(self, ended: Task | None = None) -> None:
        """Tell receivers in the next iteration; if the task has ended, after what its done callbacks call then."""
        task = self._task
        if task is not None and (ended is not None or not task.done()):
            task.get_loop().call_soon(self._come)

    def _come(self) -> None:
        call = self._call
        self.end()
        if call is not None:
            call()
