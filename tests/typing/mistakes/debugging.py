"""What a report is not asked with, and a loop not made of."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pychanasync.debugging import Deadlock, DeadlockLoop, format_waiting, waiting_tasks

if TYPE_CHECKING:
    from pychanasync import Channel


async def compute() -> int:
    return 1


def look(channel: Channel[int]) -> None:
    waiting_tasks(channel)  # refused: arg-type | reportArgumentType
    for waiting in waiting_tasks():
        waiting.channels[0].pull()  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
        waiting.operation = "push"  # refused: misc | reportAttributeAccessIssue


async def ask() -> None:
    await format_waiting()  # refused: misc | reportGeneralTypeIssues


def make() -> None:
    DeadlockLoop(5)  # refused: call-arg | reportCallIssue
    DeadlockLoop(patience="5")  # refused: arg-type | reportArgumentType
    answer: str = DeadlockLoop().run_until_complete(compute())  # refused: assignment | reportAssignmentType
    with asyncio.Runner(loop_factory=DeadlockLoop()) as runner:  # refused: arg-type | reportArgumentType
        runner.run(compute())
    raise Deadlock from answer  # refused: misc | reportGeneralTypeIssues
