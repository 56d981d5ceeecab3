"""Ctrl-C in a thread that waits for a loop: what it asked for is done once or not at all, and the loop goes on."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from contextlib import suppress
from itertools import count
from threading import Thread, get_ident
from typing import TYPE_CHECKING, TypeAlias

import pytest

from pychanasync import Channel
from pychanasync.threads import ThreadReceiver, ThreadSender
from tests.support.helpers import drain, is_idle, step
from tests.support.loops import LOOPS
from tests.support.moments import Moments
from tests.support.systems import needs_posix_signals

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

Attempt: TypeAlias = "Callable[[Beside, Moments], None]"

FEW = 20
"""Moments that every call has, at least."""


class InThisThread(Moments):
    """Moments of the thread that makes them alone."""

    def __init__(self, *plan: tuple[int, Callable[[], object]]) -> None:
        super().__init__(*plan)
        self._thread = get_ident()

    def pass_one(self) -> None:
        if get_ident() == self._thread:
            super().pass_one()


class Beside:
    """A channel, and its loop in another thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.channel = Channel[int](1)
        self.sender = ThreadSender(self.channel, loop=loop)
        self.receiver = ThreadReceiver(self.channel, loop=loop)

    def left(self) -> list[int]:
        """Return what the channel holds once all that was begun has ended, which takes no help."""

        async def look() -> list[int]:
            await step(5)
            assert asyncio.all_tasks() == {asyncio.current_task()}
            assert is_idle(self.channel)
            return drain(self.channel)

        return asyncio.run_coroutine_threadsafe(look(), self.loop).result()


@pytest.fixture
def loop() -> Generator[asyncio.AbstractEventLoop]:
    """Run a loop in another thread."""
    loop = asyncio.new_event_loop()
    running = Thread(target=loop.run_forever)
    running.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    running.join()
    loop.close()


def push_to_room(beside: Beside, moment: Moments) -> None:
    given = list[int]()
    with suppress(KeyboardInterrupt), moment:
        beside.sender.push(1)
        given.append(1)
    assert given or moment.came
    assert beside.left() in (given, [1])


def push_in_vain(beside: Beside, moment: Moments) -> None:
    beside.channel.push_nowait(0)
    with pytest.raises((KeyboardInterrupt, TimeoutError)), moment:
        beside.sender.push(1, 0)
    assert beside.left() == [0]


def push_for_a_moment(beside: Beside, moment: Moments) -> None:
    beside.channel.push_nowait(0)
    with pytest.raises((KeyboardInterrupt, TimeoutError)), moment:
        beside.sender.push(1, 1e-9)
    assert beside.left() == [0]


def pull_an_item(beside: Beside, moment: Moments) -> None:
    beside.channel.push_nowait(1)
    taken = list[int]()
    with suppress(KeyboardInterrupt), moment:
        taken.append(beside.receiver.pull())
    assert taken or moment.came
    left = beside.left()
    assert left == [] or [*taken, *left] == [1]  # If it was taken just then, it is gone.


def close(beside: Beside, moment: Moments) -> None:
    with suppress(KeyboardInterrupt), moment:
        beside.sender.close()
    assert beside.left() == []
    assert beside.channel.closed or moment.came


@pytest.mark.parametrize("attempt", [push_to_room, push_in_vain, push_for_a_moment, pull_an_item, close])
def test_ctrl_c_at_any_moment_leaves_it_done_once_or_not_at_all_and_the_loop_going(
    loop: asyncio.AbstractEventLoop, attempt: Attempt
) -> None:
    for number in count():
        moment = InThisThread((number, lambda: signal.raise_signal(signal.SIGINT)))
        attempt(Beside(loop), moment)
        if not moment.came:
            assert number > FEW
            return


@needs_posix_signals
@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("side", ["push", "pull"])
@pytest.mark.parametrize("where", ["beside", "below"])
def test_ctrl_c_ends_the_wait_of_a_thread_and_that_for_its_threads(where: str, side: str, loop: str) -> None:
    command = [sys.executable, "-X", "dev", "-W", "error", "-m", "tests.support.interrupted_thread", where, loop, side]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as program:
        assert program.stdout
        assert program.stderr
        if program.stdout.readline() == "ready\n":
            program.send_signal(signal.SIGINT)
        assert (program.stdout.read(), program.stderr.read(), program.wait()) == ("right\n", "", 0)
