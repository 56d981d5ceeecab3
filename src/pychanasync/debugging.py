"""For programs that hang: find out what each task is waiting for, and detect a deadlock.

``pychanasync`` itself does not import this module, so it costs nothing unless it is used.
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

_ALL: Final = "deadlock: all tasks are waiting, and nothing can wake them"
_JOINING: Final = asyncio.BaseEventLoop.shutdown_default_executor.__code__  # A runner runs it last, to join threads.
_SLICE: Final = 0.1  # Seconds between checks for what may wake a task: the end of a thread is not announced.
_ROUNDS: Final = 10  # How often all tasks are cancelled if they wait again; one that ignores it would go on forever.


class Deadlock(Exception):  # noqa: N818  # The name that Go and everyone else uses.
    """All tasks are waiting, and nothing can wake them. The text says what each of them is waiting for."""


class DeadlockLoop(asyncio.SelectorEventLoop):
    """An event loop for tests and development: it raises `Deadlock` when all tasks are waiting and none can be woken.

    In all other ways it is asyncio's own selector loop. When it finds a deadlock, it cancels the main task (the one
    passed to ``run`` or ``run_until_complete``), as Ctrl-C does. That call then raises `Deadlock`, whatever the main
    task returns or raises; an error that it raises is the ``__cause__``. If all tasks wait again during their cleanup,
    all of them are cancelled. ``run_forever`` does not look for deadlocks.

    While a timer is set, there is no deadlock. Some things may still wake a task: a file or socket that the loop
    watches, such as that of a transport or a server; a signal handler; a call in an executor; another thread. While
    there is any of these, a deadlock is not certain, and the loop waits: forever, or for ``patience`` seconds. Idle
    threads of the loop's own default executor do not count. Nor do signal handlers in C, or the one of
    ``asyncio.Runner`` for Ctrl-C. The loop cannot see a thread that was started by C code and has never run Python.

    Example::

        from pychanasync.debugging import Deadlock, DeadlockLoop


        async def main() -> None:
            await Channel[int](name="jobs").pull()


        try:
            with asyncio.Runner(loop_factory=DeadlockLoop) as runner:
                runner.run(main())
        except Deadlock as deadlock:
            print(str(deadlock).splitlines()[0])  # prints deadlock: all tasks are waiting, and nothing can wake them
    """

    # asyncio's own attributes: the callbacks to run next, and the timers.
    _ready: deque[object]
    _scheduled: list[object]

    def __init__(self, *, patience: float | None = None) -> None:
        """Create a loop.

        Args:
            patience: How long to wait, in seconds, while something outside the loop may wake a task; ``None``, the
                default, or ``math.inf`` means forever. Set it if there is always something like that: an open server,
                or a thread or signal handler of the test runner.

        Raises:
            TypeError: ``patience`` is not a number.
            ValueError: ``patience`` is negative or NaN.
        """
        self._main: asyncio.Future[Any] | None = None  # type: ignore[explicit-any]  # Whatever it returns.
        self._report: str | None = None  # Set when a deadlock was found.
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
        """Run until a future is done, as any event loop does.

        Raises:
            Deadlock: All tasks were waiting, and nothing could wake them.
        """
        awaited = cast("Awaitable[Result]", future)  # Python 3.11 accepts generators, but rejects most itself.
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
                error = main.exception()  # Also if the caller never sees the task: otherwise nobody retrieves it.
            report, self._main, self._report, self._rounds = self._report, None, None, 0
        raise Deadlock(report) from error

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*Arguments], Result], *args: *Arguments
    ) -> asyncio.Future[Result]:
        """Run a function in an executor, as any event loop does."""
        called = super().run_in_executor(executor, func, *args)
        self._called.add(called)
        called.add_done_callback(self._called.discard)
        return called

    def _waits(self, watched: int) -> Iterable[float | None]:
        """Yield how long to wait for events, again and again until there are some."""
        return (None,) if self._main is None else self._watch(self._main, watched)

    def _watch(self, main: asyncio.Future[Any], watched: int) -> Iterator[float]:  # type: ignore[explicit-any]  # The same.
        """Yield waits as long as events are possible; when they no longer are, begin to unwind.

        Args:
            main: The task to cancel first.
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
        if not self._is_due():  # No finaliser or signal handler has woken a task while the report was made.
            self._unwind(main, report)

    def _is_due(self) -> bool:
        return bool(self._ready or self._scheduled)

    def _doubts(self, watched: int) -> list[str]:
        """List what may still wake a task, for the report."""
        doubts: list[str] = []
        if watched > 1:  # One is the loop's own, through which threads and signals wake it.
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
            headline = f"probably a deadlock: all tasks have been waiting for {self._patience:g} s"
            headline += f"\nNot certain, because there are {' and '.join(doubts)}"
        return f"{headline}\n\n{format_waiting(self)}"

    def _unwind(self, main: asyncio.Future[Any], report: str) -> None:  # type: ignore[explicit-any]  # The same.
        """Cancel the main task; the next time, all tasks; if that does not help, give up."""
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
    """A selector that asks how long to wait if the loop would wait without a limit."""

    def __init__(self, waits: Callable[[int], Iterable[float | None]]) -> None:
        super().__init__()
        self._waits = waits

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:  # type: ignore[explicit-any]  # A key may hold any data.
        for seconds in [timeout] if timeout is not None else self._waits(len(self.get_map())):
            if events := super().select(seconds):
                return events
        return []


class _Workers(ThreadPoolExecutor):
    """The default executor, which knows its threads and its unfinished calls.

    A call goes on even if the task that waits for it is cancelled. It ends before the loop is told, so the loop keeps
    the future of each call as well.
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
    """Name all threads but this one and the idle ones, including those that `threading` does not know."""
    names = {ident: f"number {ident}" for ident in sys._current_frames()}  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # It is documented.
    names.update({thread.ident or 0: thread.name for thread in threading.enumerate()})
    for thread in (threading.current_thread(), *idle):
        if thread.is_alive():  # Otherwise another thread may have its number now.
            names.pop(thread.ident or 0, None)
    return [*names.values()]


def _is_handled(number: int) -> bool:
    """Return whether Python code handles a signal, not counting a runner's handler for Ctrl-C."""
    handler = signal.getsignal(number)
    if not callable(handler) or handler is signal.default_int_handler:
        return False
    runner = getattr(handler.func, "__self__", None) if isinstance(handler, partial) else None
    return not isinstance(runner, asyncio.Runner)


def _name_of(number: int) -> str:
    return number.name if isinstance(number, signal.Signals) else f"signal {number}"
