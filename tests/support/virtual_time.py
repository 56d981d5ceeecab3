"""An event loop on which time passes at once."""

from __future__ import annotations

import asyncio
import selectors
import sys
from time import monotonic
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple, Unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from concurrent.futures import Executor

    from tests.support.helpers import Loosely

Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")


class SkippingSelector(selectors.DefaultSelector):
    """A selector that never sleeps: it sets the clock to when it would have woken.

    While threads work for the loop, time passes as it does for them.
    """

    now = 0.0
    threads = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:  # type: ignore[explicit-any]  # A key may hold any data.
        ready = super().select(0)
        if not ready and self.threads:
            began = monotonic()
            ready = super().select(timeout)
            self.now += monotonic() - began
        elif not ready:
            if timeout is None:
                raise RuntimeError("every task waits, and nothing is left that could wake one")
            self.now += max(timeout, 0)
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """asyncio's own loop, with a clock that jumps to the next timer when nothing else is to be done."""

    def __init__(self) -> None:
        self._skipping = SkippingSelector()
        super().__init__(self._skipping)

    def time(self) -> float:
        return self._skipping.now

    def block(self, seconds: float) -> None:
        """Let time pass as if a call had blocked the loop for so long."""
        self._skipping.now += seconds

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Arguments]], Result], *args: *Arguments
    ) -> asyncio.Future[Result]:
        self._skipping.threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._count_one_less)
        return future

    async def shutdown_default_executor(self, *args: Loosely) -> None:
        self._skipping.threads += 1
        await super().shutdown_default_executor(*args)

    def _count_one_less(self, _: object) -> None:
        self._skipping.threads -= 1


def run(main: Coroutine[object, object, Result], *, eager: bool = False, forgets: bool = False) -> Result:
    """Do what ``asyncio.run`` does, in no time; fail after an error that nobody saw.

    Fail, too, if a task is left behind, unless the program is meant to forget one.
    """
    unseen: list[dict[str, object]] = []

    async def watched() -> Result:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: unseen.append(context))
        if eager and sys.version_info >= (3, 12):
            loop.set_task_factory(asyncio.eager_task_factory)
        result = await main
        assert forgets or asyncio.all_tasks() == {asyncio.current_task()}
        return result

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        result = runner.run(watched())
    assert not unseen
    return result


def run_on_each(main: Callable[[], Coroutine[object, object, None]]) -> None:
    """Run something twice, with tasks that begin later and with eager ones."""
    for eager in (False, True):
        run(main(), eager=eager)
