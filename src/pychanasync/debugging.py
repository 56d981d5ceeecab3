"""For programs that hang: which task waits for what, and an event loop that notices when nothing can go on.

``pychanasync`` itself does not import this module, so a program that does not use it pays nothing.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from asyncio import CancelledError
from collections import deque
from collections.abc import Awaitable, Callable, Generator, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from math import inf
from selectors import DefaultSelector, SelectorKey
from typing import Any, Final, ParamSpec, TypeVar, TypeVarTuple, cast

from ._arguments import as_duration
from ._reporting import WaitingTask, format_waiting, waiting_tasks

__all__ = ["Deadlock", "DeadlockLoop", "WaitingTask", "format_waiting", "waiting_tasks"]

Result = TypeVar("Result")
Parameters = ParamSpec("Parameters")
Arguments = TypeVarTuple("Arguments")

_ALL: Final = "deadlock: all tasks wait, and nothing can wake one"
_JOINING: Final = asyncio.BaseEventLoop.shutdown_default_executor.__code__  # What a runner does last waits for threads.
_SLICE: Final = 0.1  # Seconds, after which the loop looks anew for what may wake a task: threads end unnoticed.
_ROUNDS: Final = 10  # So often are all tasks cancelled, if they wait again; one that takes no notice would go on so.


class Deadlock(Exception):  # noqa: N818  # As Go and everybody calls it.
    """All tasks wait, and nothing can wake one. The text says what each of them waits for."""


class DeadlockLoop(asyncio.SelectorEventLoop):
    """An event loop for tests and for development that raises `Deadlock` when all tasks wait and nothing can wake one.

    Otherwise it is asyncio's own selector loop. When it finds a deadlock, it cancels the main task (the one that
    ``run`` or ``run_until_complete`` was given), as Ctrl-C does. That call then raises `Deadlock`, whatever the main
    task returns or raises; an error that it raises is the ``__cause__``. If all tasks wait again while they clean up,
    all are cancelled. ``run_forever`` does not look for deadlocks.

    While a timer is set, there is no deadlock. A file or socket that is watched, such as that of a transport or a
    server, a signal handler, a call in an executor, or another thread may still wake a task. While there is one, a
    deadlock is not certain, and the loop waits: forever, or for ``patience`` seconds. Idle threads of the loop's own
    default executor do not count, nor do the handler of ``asyncio.Runner`` for Ctrl-C and handlers in C. A thread that
    was started by C code and has never run Python cannot be seen.

    Example::

        from pychanasync.debugging import Deadlock, DeadlockLoop


        async def main() -> None:
            await Channel[int](name="jobs").pull()


        try:
            with asyncio.Runner(loop_factory=DeadlockLoop) as runner:
                runner.run(main())
        except Deadlock as deadlock:
            print(str(deadlock).splitlines()[0])  # prints deadlock: all tasks wait, and nothing can wake one
    """

    # asyncio's own: the callbacks that are due, and the timers.
    _ready: deque[object]
    _scheduled: list[object]

    def __init__(self, *, patience: float | None = None) -> None:
        """Create a loop.

        Args:
            patience: How long to wait, in seconds, while something outside may wake a task; ``None``, the default, or
                ``math.inf``: forever. Set it where there always is something: an open server, or the thread or signal
                handler of a test runner.

        Raises:
            TypeError: ``patience`` is not a number.
            ValueError: ``patience`` is negative or NaN.
        """
        self._main: asyncio.Future[Any] | None = None  # type: ignore[explicit-any]  # Whatever it returns.
        self._report: str | None = None  # Set once a deadlock was found.
        self._rounds = 0
        self._workers = _Workers()
        self._called: set[asyncio.Future[Any]] = set()  # type: ignore[explicit-any]  # The same.
        super().__init__(_Selector(self._waits))
        self.set_default_executor(self._workers)
        try:
            self._patience = inf if patience is None else as_duration("patience", patience)
        except BaseException:
            self.close()
            raise

    def run_until_complete(self, future: Generator[Any, None, Result] | Awaitable[Result]) -> Result:  # type: ignore[explicit-any]  # As of asyncio.
        """Run until a future is done, as any loop does.

        Raises:
            Deadlock: Every task waited, and nothing could wake one.
        """
        awaited = cast("Awaitable[Result]", future)  # Python 3.11 lets generators pass, and refuses most itself.
        refused = self.is_closed() or asyncio._get_running_loop() is not None  # noqa: SLF001  # In asyncio's __all__.
        if refused or getattr(future, "cr_code", None) is _JOINING:
            return super().run_until_complete(awaited)
        main = asyncio.ensure_future(awaited, loop=self)
        self._main = main
        error: BaseException | None = None
        try:
            result = super().run_until_complete(main)
            if self._report is None:
                return result
        except (CancelledError, Exception):
            if self._report is None:
                raise
        finally:
            if main.done() and not main.cancelled():
                error = main.exception()  # Of a task that the caller has not seen, too: nobody else asks for it.
            report, self._main, self._report, self._rounds = self._report, None, None, 0
        raise Deadlock(report) from error

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*Arguments], Result], *args: *Arguments
    ) -> asyncio.Future[Result]:
        """Run a function in an executor, as any loop does."""
        called = super().run_in_executor(executor, func, *args)
        self._called.add(called)
        called.add_done_callback(self._called.discard)
        return called

    def _waits(self, watched: int) -> Iterable[float | None]:
        """Say how long to wait for events, again and again until there are some."""
        return (None,) if self._main is None else self._watch(self._main, watched)

    def _watch(self, main: asyncio.Future[Any], watched: int) -> Iterator[float]:  # type: ignore[explicit-any]  # The same.
        """Say it as long as there may be some; if there can be none, begin to unwind.

        Args:
            main: What is to be cancelled first.
            watched: How many files are watched.
        """
        end = self.time() + self._patience
        while True:
            doubts = self._doubts(watched)
            left = max(end - self.time(), 0.0) if doubts else 0.0
            yield min(left, _SLICE)
            if self._is_due():
                return
            if not left:
                break
        report = self._tell(doubts)
        if not self._is_due():  # No finaliser or signal handler has woken anybody while the report was made.
            self._unwind(main, report)

    def _is_due(self) -> bool:
        return bool(self._ready or self._scheduled)

    def _doubts(self, watched: int) -> list[str]:
        """List what may still wake a task, for the report."""
        doubts: list[str] = []
        if watched > 1:  # One is the loop's own, by which other threads and signals wake it.
            doubts.append(f"files or sockets that it watches ({watched - 1})")
        if handled := [_name_of(number) for number in sorted(signal.valid_signals()) if _is_handled(number)]:
            doubts.append(f"signal handlers ({', '.join(handled)})")
        if self._called or self._workers.calls:
            doubts.append("calls in an executor")
        if threads := _other_threads(self._workers.threads):
            doubts.append(f"other threads ({', '.join(threads)})")
        return doubts

    def _tell(self, doubts: list[str]) -> str:
        headline = _ALL
        if doubts:
            headline = f"deadlock, probably: all tasks have waited for {self._patience:g} s"
            headline += f"\nNot certain, because there are {' and '.join(doubts)}"
        return f"{headline}\n\n{format_waiting(self)}"

    def _unwind(self, main: asyncio.Future[Any], report: str) -> None:  # type: ignore[explicit-any]  # The same.
        """Cancel the main task; if that was done, all; if that has not helped, give up."""
        if self._report is None:
            self._report = report
            main.cancel("deadlock")
        elif self._rounds < _ROUNDS:
            self._rounds += 1
            for task in asyncio.all_tasks(self):
                task.cancel("deadlock")
        else:
            self.stop()


class _Selector(DefaultSelector):
    """A selector that asks how long to wait when the loop would wait without a limit."""

    def __init__(self, waits: Callable[[int], Iterable[float | None]]) -> None:
        super().__init__()
        self._waits = waits

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:  # type: ignore[explicit-any]  # A key may hold any data.
        for seconds in [timeout] if timeout is not None else self._waits(len(self.get_map())):
            if events := super().select(seconds):
                return events
        return []


class _Workers(ThreadPoolExecutor):
    """The default executor, which knows its threads and its calls that have not ended.

    A call goes on when the task that waits for it is cancelled. It has ended before the loop hears of it, so the loop
    keeps the future of each call as well.
    """

    def __init__(self) -> None:
        self.threads: set[threading.Thread] = set()
        self.calls: set[Future[Any]] = set()  # type: ignore[explicit-any]  # Whatever they return.
        super().__init__(thread_name_prefix="asyncio", initializer=_note_thread, initargs=(self.threads,))

    def submit(
        self, fn: Callable[Parameters, Result], /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Future[Result]:
        call = super().submit(fn, *args, **kwargs)
        self.calls.add(call)
        call.add_done_callback(self.calls.discard)
        return call


def _note_thread(threads: set[threading.Thread]) -> None:
    threads.add(threading.current_thread())


def _other_threads(idle: set[threading.Thread]) -> list[str]:
    """Name the threads but this one and some that are idle, also those that `threading` has not heard of."""
    names = {ident: f"number {ident}" for ident in sys._current_frames()}  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # It is documented.
    names.update({thread.ident or 0: thread.name for thread in threading.enumerate()})
    for thread in (threading.current_thread(), *idle):
        if thread.is_alive():  # Else another one may have its number now.
            names.pop(thread.ident or 0, None)
    return [*names.values()]


def _is_handled(number: int) -> bool:
    """Return whether Python code handles a signal, other than that of a runner for Ctrl-C."""
    handler = signal.getsignal(number)
    if not callable(handler) or handler is signal.default_int_handler:
        return False
    runner = getattr(handler.func, "__self__", None) if isinstance(handler, partial) else None
    return not isinstance(runner, asyncio.Runner)


def _name_of(number: int) -> str:
    return number.name if isinstance(number, signal.Signals) else f"signal {number}"
