"""Deferred cancellations of a task whose loop was closed, and of one that does not show who awaits it."""

# Nothing that users reach says what is kept for a task that is gone.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import gc
from typing import NoReturn, TypeVar

import pytest

from pychanasync import Channel
from pychanasync._cancelling import pending
from tests.support.helpers import owe_beyond_the_loop, step

Result = TypeVar("Result")


def test_nothing_is_kept_of_what_was_deferred_for_a_task_that_is_gone() -> None:
    before = [*pending]
    trace = owe_beyond_the_loop()
    gc.collect()
    assert trace() is None
    assert [*pending] == before


class Discreet(asyncio.Task[Result]):
    """A task that does not show its callbacks; no task has to."""

    @property
    def _callbacks(self) -> NoReturn:
        raise AttributeError


async def test_a_task_that_does_not_show_its_callbacks_is_cancelled_at_its_next_wait() -> None:
    channel, after = Channel[int](), list[str]()

    async def push() -> None:
        await channel.push(1)
        after.append("pushed")
        await step()
        after.append("went on")

    task = Discreet(push(), loop=asyncio.get_running_loop())
    await step()
    channel.pull_nowait()
    task.cancel("enough")
    with pytest.raises(asyncio.CancelledError, match="enough"):
        await task
    assert after == ["pushed"]
