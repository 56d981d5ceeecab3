"""Ctrl-C: in the middle of a call, and under load."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING

import pytest

from pychanasync import ChannelEmpty, ChannelFull
from tests.support.helpers import drain, fill
from tests.support.kinds import BOUNDED, KINDS
from tests.support.loops import LOOPS
from tests.support.moments import Moments
from tests.support.systems import needs_posix_signals

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from pychanasync import Channel
    from tests.support.kinds import Make

ROUNDS = 20


def ctrl_c(number: int) -> Moments:
    return Moments((number, lambda: signal.raise_signal(signal.SIGINT)))


def run(loop: str, main: Coroutine[None, None, None], moment: Moments) -> None:
    """Run a main task that a Ctrl-C at the moment ends, if that comes."""
    unseen: list[dict[str, object]] = []
    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner, suppress(KeyboardInterrupt):
        runner.get_loop().set_exception_handler(lambda _, context: unseen.append(context))
        runner.run(main)
        assert not moment.came
    assert not unseen


def push_to_main_task(channel: Channel[int], loop: str, moment: Moments) -> None:
    given, taken = list[list[int]](), list[int]()

    def push() -> None:
        with moment:
            try:
                channel.push_nowait(1)
            except ChannelFull:  # The interrupt came first.
                given.append([])
            else:
                given.append([1])

    async def main() -> None:
        asyncio.get_running_loop().call_soon(push)
        taken.append(await channel.pull())

    run(loop, main(), moment)
    assert given == [taken + drain(channel)]


def pull_from_main_task(channel: Channel[int], loop: str, moment: Moments) -> None:
    given, taken = fill(channel), list[int]()

    def pull() -> None:
        with moment, suppress(ChannelEmpty):
            taken.append(channel.pull_nowait())

    async def main() -> None:
        asyncio.get_running_loop().call_soon(pull)
        await channel.push(1)
        given.append(1)
        await asyncio.sleep(int(moment.came))  # If the push stands, the interrupt strikes here.

    run(loop, main(), moment)
    assert sorted(taken + drain(channel)) == given


def at_each_moment(meet: Callable[[Channel[int], str, Moments], None], make: Make, loop: str) -> None:
    for number in count():
        moment = ctrl_c(number)
        meet(make(), loop, moment)
        if not moment.came:
            return


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("kind", KINDS)
def test_ctrl_c_while_a_push_serves_the_main_task_loses_nothing(kind: str, loop: str) -> None:
    at_each_moment(push_to_main_task, KINDS[kind], loop)


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("kind", BOUNDED)
def test_ctrl_c_while_a_pull_serves_the_main_task_loses_nothing(kind: str, loop: str) -> None:
    at_each_moment(pull_from_main_task, BOUNDED[kind], loop)


@needs_posix_signals
@pytest.mark.parametrize("loop", LOOPS)
def test_ctrl_c_under_load_loses_and_doubles_nothing_and_leaves_nobody_waiting(loop: str) -> None:
    program = [sys.executable, "-W", "error", "-m", "tests.support.under_load", loop, str(ROUNDS)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as child:
        assert child.stdout
        assert child.stderr
        for _ in range(ROUNDS):
            if child.stdout.readline() == "ready\n":
                child.send_signal(signal.SIGINT)
            said = child.stdout.readline()
            if said != "right\n":
                break
        assert (child.stdout.read(), child.stderr.read(), child.wait()) == ("", "", 0)
