"""What is told of tasks that wait, and the loop that finds deadlocks."""

from __future__ import annotations

import asyncio
from functools import partial
from traceback import FrameSummary
from typing import TYPE_CHECKING, Literal, assert_type

from pychanasync.debugging import Deadlock, DeadlockLoop, WaitingTask, format_waiting, waiting_tasks

if TYPE_CHECKING:
    from pychanasync import Channel


async def compute() -> int:
    return 1


def look(loop: asyncio.AbstractEventLoop, task: asyncio.Task[int], channel: Channel[int]) -> bool:
    assert_type(waiting_tasks(), list[WaitingTask])
    assert_type(format_waiting(), str)
    assert_type(format_waiting(loop), str)
    for waiting in waiting_tasks(loop=loop):
        assert_type(waiting.operation, Literal["push", "pull", "pull_many", "select"])
        assert_type(waiting.channels, tuple[object, ...])
        assert_type(waiting.frames, tuple[FrameSummary, ...])
        if assert_type(waiting.task, asyncio.Task[object]) is task and channel in waiting.channels:
            return True
    return False


def play() -> None:
    with asyncio.Runner(loop_factory=DeadlockLoop) as runner:
        assert_type(runner.run(compute()), int)
    with asyncio.Runner(loop_factory=partial(DeadlockLoop, patience=5)) as runner:
        try:
            runner.run(compute())
        except Deadlock as deadlock:
            print(deadlock)


async def in_executor(loop: DeadlockLoop) -> None:
    assert_type(await loop.run_in_executor(None, len, "three"), int)


def as_a_loop() -> asyncio.AbstractEventLoop:
    loop = DeadlockLoop(patience=None)
    assert_type(loop.run_until_complete(compute()), int)
    return loop
