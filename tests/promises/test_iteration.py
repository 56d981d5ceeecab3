"""``async for`` over a channel."""

from __future__ import annotations

import asyncio

import pytest

from pychanasync import Channel, ChannelClosed
from tests.support.helpers import cancelled, drain, fill, is_idle, start, start_one, step


async def collect(channel: Channel[int]) -> list[int]:
    return [item async for item in channel]


async def test_iteration_ends_when_the_channel_is_closed_and_nothing_is_left(channel: Channel[int]) -> None:
    items = await start_one(collect(channel))
    for item in range(5):
        await channel.push(item)
        await step()
    channel.close()
    assert await items == [0, 1, 2, 3, 4]


async def test_iteration_over_a_closed_channel_yields_what_is_left(channel: Channel[int]) -> None:
    held = fill(channel)
    channel.close()
    assert await collect(channel) == held
    assert await collect(channel) == []


async def test_each_item_goes_to_one_of_several_iterations(channel: Channel[int]) -> None:
    iterations = await start(*(collect(channel) for _ in range(3)))
    for item in range(30):
        await channel.push(item)
        await step()
    channel.close()
    shares = await asyncio.gather(*iterations)
    assert sorted(item for share in shares for item in share) == [*range(30)]
    assert all(share == sorted(share) for share in shares)


async def test_iteration_lets_waiting_pushes_in(bounded: Channel[int]) -> None:
    held = fill(bounded)
    pushes = await start(*(bounded.push(item) for item in range(4)))
    items = await start_one(collect(bounded))
    await asyncio.gather(*pushes)
    bounded.close()
    assert await items == [*held, 0, 1, 2, 3]


async def test_a_cancelled_iteration_took_nothing_more(channel: Channel[int]) -> None:
    iteration = await start_one(collect(channel))
    channel.push_nowait(1)
    await cancelled(iteration)
    assert is_idle(channel)
    assert drain(channel) == [1]


async def test_breaking_out_of_an_iteration_leaves_the_rest(buffered: Channel[int]) -> None:
    held = fill(buffered)
    async for _ in buffered:
        break
    assert drain(buffered) == held[1:]


async def test_a_channel_closed_elsewhere_ends_no_iteration_here(channel: Channel[int]) -> None:
    other = Channel[int]()
    other.close()

    async def read_both() -> None:
        async for _ in channel:
            await other.pull()

    reader = await start_one(read_both())
    await channel.push(1)
    with pytest.raises(ChannelClosed) as caught:
        await reader
    assert caught.value.channel is other
