"""Handlers in the middle of a select that waits for a task, an event or a time: as it begins, is chosen, and leaves."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from pychanasync import Channel
from tests.support.awaited import AwaitedFuture, waiting_on
from tests.support.helpers import drain, is_idle, step
from tests.support.loops import QUICKEST
from tests.support.moments import Moments
from tests.support.scenes import Wait

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.awaited import Awaited

PHASES = ["begin", "happen", "leave"]
MEANWHILE = ["push", "pull", "cancel", "collect", "begin_and_leave", "happen"]


class SelectScene:
    """A select that waits for an item or something else, beside another one of the same."""

    def __init__(self, awaited: Awaited) -> None:
        self.awaited = awaited
        self.channel = Channel[int](1)
        self.happened = False
        self.pushed = 0
        self.taken: list[object] = []
        self.other = self.wait()
        self.waits = [self.other]

    def wait(self) -> Wait:
        async def select() -> None:
            self.taken.append((await waiting_on(self.awaited, self.channel)).value)

        return Wait(select(), "pull")

    def begin(self) -> None:
        self.waits.append(self.wait())

    def leave(self) -> None:
        self.waits[-1].operation.close()
        self.waits[-1].future = None

    def begin_and_leave(self) -> None:
        select = waiting_on(self.awaited, Channel())
        with suppress(StopIteration):
            select.send(None)
        select.close()

    def push(self) -> None:
        if self.channel.empty():
            self.channel.push_nowait(1)
            self.pushed += 1

    def pull(self) -> None:
        items = drain(self.channel)
        self.taken += items

    def cancel(self) -> None:
        self.other.cancel()

    def collect(self) -> None:
        self.other.operation.close()
        self.other.future = None

    def happen(self) -> None:
        if not self.happened:
            self.happened = True
            self.awaited.happen()

    async def do(self, phase: str) -> None:
        """Do one of the above that is interrupted, to its end."""
        act: Callable[[], None] = getattr(self, phase)
        act()
        if phase == "happen":
            await step()  # The loop tells the selects.

    async def come_to_rest(self) -> None:
        """Let it happen, and let everybody go on."""
        self.happen()
        await step(3)
        for wait in self.waits:
            if wait.future is not None:
                assert wait.future.done()
                wait.go_on()

    async def check(self) -> None:
        """See that nobody waits in vain, and that nothing is lost or left behind."""
        await self.come_to_rest()
        self.pull()
        assert self.taken.count(1) == self.pushed
        assert is_idle(self.channel)
        assert self.awaited.traces() == 0


@pytest.mark.asyncio(loop_factories=[QUICKEST])
@pytest.mark.parametrize("phase", PHASES)
async def test_what_a_handler_does_at_any_moment_loses_nothing_and_leaves_nobody_waiting_in_vain(
    awaited: Awaited, phase: str
) -> None:
    make = type(awaited)
    for meanwhile in MEANWHILE:
        # An event is not made to be set by a handler in the middle of its own wait(), and a clock has no handlers.
        if meanwhile == "happen" and make is not AwaitedFuture:
            continue
        number, came = 0, True
        while came:
            scene = SelectScene(make(awaited.clock))
            if phase == "leave":
                scene.begin()
            moments = Moments((number, getattr(scene, meanwhile)))
            try:
                with moments:
                    await scene.do(phase)
                await scene.check()
            except BaseException as error:
                error.add_note(f"{phase} interrupted at {number} by {meanwhile}")
                raise
            number, came = number + 1, moments.came
