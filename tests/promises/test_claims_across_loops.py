"""A claim that is released under one loop while the next pull waits under another: nothing fails or is lost."""

from __future__ import annotations

import asyncio
from contextlib import closing

from pychanasync import Channel
from tests.support.helpers import cancelled, drain, start_one


def test_a_claim_that_the_next_pull_cannot_be_woken_for_stays_in_the_channel() -> None:
    channel = Channel[int]()

    async def start_and_wake() -> asyncio.Task[int]:
        task = await start_one(channel.pull())
        channel.push_nowait(1)
        asyncio.get_running_loop().stop()  # Before it resumes.
        return task

    with closing(asyncio.new_event_loop()) as first, closing(asyncio.new_event_loop()) as second:
        starting = first.create_task(start_and_wake())
        first.run_forever()
        woken = starting.result()
        waiting = second.run_until_complete(start_one(channel.pull()))
        woken.cancel()
        first.run_until_complete(asyncio.wait([woken]))
        assert woken.cancelled()
        assert drain(channel) == [1]
        second.run_until_complete(cancelled(waiting))
    assert channel.waiting == (0, 0)
