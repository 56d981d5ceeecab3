"""The actors of a run: tasks, and coroutines that are driven by hand, behind one face.

Invariant: what the schedule does to a task comes by `interrupt`; whoever else cancels it, that is told to ``reached``
first. The library does, when it delivers a cancellation that was deferred, and asyncio, when it passes one on from the
task that awaits this one.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from tests.model.loop import SteppedLoop


class Actor(Protocol):
    """What a stage can do with an actor, and see of it."""

    @property
    def owner(self) -> object:
        """What the loop's callbacks that run it belong to."""
        ...

    def done(self) -> bool: ...

    def cancelled(self) -> bool:
        """Return whether it ended with a cancellation."""
        ...

    def requests(self) -> int:
        """Count the cancellations that it was asked for and nobody took back."""
        ...

    def error(self) -> BaseException | None:
        """Tell what it ended with, but for a cancellation."""
        ...

    def interrupt(self, message: str) -> None:
        """Cancel a task, with a message; close what is driven by hand."""
        ...

    def let_go(self) -> None:
        """Drop the traceback of what it ended with, and so what its frames refer to."""
        ...

    def discard(self) -> None:
        """Close it whatever it does, when its run is over."""
        ...


class _Task(asyncio.Task[None]):
    reached: Callable[[], None]

    def cancel(self, msg: object | None = None) -> bool:
        self.reached()
        return super().cancel(msg)

    def interrupt(self, message: str) -> None:
        super().cancel(message)


class ByTask:
    """An actor that is a task."""

    def __init__(self, loop: SteppedLoop, play: Coroutine[object, object, None], reached: Callable[[], None]) -> None:
        self._play = play
        self.owner = _Task(play, loop=loop)
        self.owner.reached = reached

    def done(self) -> bool:
        return self.owner.done()

    def cancelled(self) -> bool:
        return self.owner.cancelled()

    def requests(self) -> int:
        return self.owner.cancelling()

    def error(self) -> BaseException | None:
        return None if self.owner.cancelled() else self.owner.exception()

    def interrupt(self, message: str) -> None:
        self.owner.interrupt(message)

    def let_go(self) -> None:
        if self.owner.cancelled():
            with suppress(asyncio.CancelledError):
                self.owner.exception()  # The task gives it away.
        elif self.owner.done() and (error := self.owner.exception()):
            error.__traceback__ = None

    def discard(self) -> None:
        self._play.close()


class ByHand:
    """An actor that is a coroutine driven by hand, as by who writes a loop, a generator or a test of their own."""

    def __init__(self, loop: SteppedLoop, play: Coroutine[asyncio.Future[object] | None, None, None]) -> None:
        self._loop = loop
        self._play = play
        self._done = False
        self._error: Exception | None = None
        loop.call_soon(self.step)

    @property
    def owner(self) -> object:
        return self

    def step(self, _: object = None) -> None:
        """Run to the next wait, unless closed meanwhile."""
        if self._done:
            return
        try:
            awaited = self._play.send(None)
        except (StopIteration, asyncio.CancelledError):  # The latter from a task that it awaited.
            self._done = True
            return
        except Exception as error:  # noqa: BLE001  # Whether it is right is judged where the other outcomes are.
            self._done, self._error = True, error
            return
        if awaited is None:
            self._loop.call_soon(self.step)
        else:
            awaited.add_done_callback(self.step)

    def done(self) -> bool:
        return self._done

    def cancelled(self) -> bool:
        return False

    def requests(self) -> int:
        return 0

    def error(self) -> BaseException | None:
        return self._error

    def interrupt(self, message: str) -> None:
        del message  # What is closed is not told why.
        self.discard()

    def let_go(self) -> None:
        if self._error:
            self._error.__traceback__ = None

    def discard(self) -> None:
        self._done = True
        self._play.close()
