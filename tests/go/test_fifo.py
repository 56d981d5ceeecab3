"""First in, first out, whatever the capacity (fifo)."""

from __future__ import annotations

import asyncio
from itertools import pairwise

from pychanasync import Channel
from tests.support.helpers import start, start_one

COUNT = 10


async def test_a_full_buffer_is_emptied_in_the_order_in_which_it_was_filled() -> None:
    channel = Channel[int](buffer=COUNT)
    for item in range(COUNT):
        await channel.push(item)
    assert [await channel.pull() for _ in range(COUNT)] == [*range(COUNT)]


async def test_tasks_that_go_one_after_the_other_get_the_items_one_after_the_other(lossless: Channel[int]) -> None:
    got: list[int] = []

    async def link(before: Channel[None], after: Channel[None]) -> None:
        await before.pull()
        got.append(await lossless.pull())
        await after.push(None)

    ends = [Channel[None]() for _ in range(COUNT + 1)]
    links = await start(*(link(*pair) for pair in pairwise(ends)))
    first = await start_one(ends[0].push(None))
    for item in range(COUNT):
        await lossless.push(item)
    await ends[-1].pull()
    await asyncio.gather(first, *links)
    assert got == [*range(COUNT)]
