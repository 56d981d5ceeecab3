"""First come, first served: items, pushes and pulls."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias

import pytest

from pychanasync import Channel, ChannelClosed, ChannelEmpty, ChannelFull, chanselect
from tests.support.helpers import WAITS, drain, fill, start, start_one, step

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


async def push_nowait(channel: Channel[int]) -> None:
    channel.push_nowait(1)


async def pull_nowait(channel: Channel[int]) -> None:
    channel.pull_nowait()


async def close(channel: Channel[int]) -> None:
    channel.close()


Service: TypeAlias = "Callable[[Channel[int]], Coroutine[object, object, object]]"
OF_PULLS: list[Service] = [
    lambda channel: channel.push(1),
    push_nowait,
    lambda channel: chanselect(channel.push_case(1)),
    close,
]
SERVICES: dict[str, list[Service]] = {  # Of who waits on a channel without a buffer.
    "pull": OF_PULLS,
    "pull_many": OF_PULLS,
    "push": [lambda channel: channel.pull(), pull_nowait, lambda channel: chanselect(channel.pull_case()), close],
}


async def test_items_leave_in_the_order_in_which_they_entered(lossless: Channel[int]) -> None:
    pushes = await start(*(lossless.push(item) for item in range(10)))
    assert [await lossless.pull() for _ in range(10)] == [*range(10)]
    await asyncio.gather(*pushes)


async def test_waiting_pulls_are_served_in_the_order_in_which_they_began_to_wait(channel: Channel[int]) -> None:
    pulls = await start(*(channel.pull() for _ in range(10)))
    for item in range(10):
        await channel.push(item)
    assert await asyncio.gather(*pulls) == [*range(10)]


async def test_waiting_pushes_are_served_in_the_order_in_which_they_began_to_wait(bounded: Channel[int]) -> None:
    held = fill(bounded)
    ended: list[int] = []

    async def push(item: int) -> None:
        await bounded.push(item)
        ended.append(item)

    pushes = await start(*(push(item) for item in range(5)))
    assert [await bounded.pull() for _ in range(len(held) + 5)] == [*held, *range(5)]
    await asyncio.gather(*pushes)
    assert ended == [*range(5)]


async def test_a_later_arrival_does_not_overtake_a_waiting_push(bounded: Channel[int]) -> None:
    held = fill(bounded)
    push = await start_one(bounded.push(0))
    with pytest.raises(ChannelFull):
        bounded.push_nowait(1)
    late = await start_one(bounded.push(1))
    assert [bounded.pull_nowait() for _ in range(len(held) + 2)] == [*held, 0, 1]
    await asyncio.gather(push, late)


async def test_a_later_arrival_does_not_take_the_item_of_a_woken_pull(channel: Channel[int]) -> None:
    pull = await start_one(channel.pull())
    channel.push_nowait(1)
    with pytest.raises(ChannelEmpty):
        channel.pull_nowait()
    late = await start_one(channel.pull())
    assert await pull == 1
    assert not late.done()
    channel.push_nowait(2)
    assert await late == 2


async def test_a_later_arrival_that_may_take_takes_the_oldest_and_the_woken_pull_the_next(
    buffered: Channel[int],
) -> None:
    pull = await start_one(buffered.pull())
    buffered.push_nowait(1)  # Claimed by the pull that has not resumed.
    buffered.push_nowait(2)
    assert buffered.pull_nowait() == 1
    assert await pull == 2


async def test_a_later_arrival_takes_the_oldest_where_a_push_waits_behind_a_claim() -> None:
    channel = Channel[int]()
    pull = await start_one(channel.pull())
    channel.push_nowait(1)
    push = asyncio.create_task(channel.push(2))
    late = asyncio.create_task(channel.pull())
    await push
    assert sorted(await asyncio.gather(pull, late)) == [1, 2]
    assert drain(channel) == []


async def test_a_push_that_waits_is_let_in_before_a_later_push_that_need_not() -> None:
    channel = Channel[int](buffer=1)
    channel.push_nowait(1)
    push = await start_one(channel.push(2))
    assert channel.pull_nowait() == 1  # Lets 2 in: the channel is full again.
    with pytest.raises(ChannelFull):
        channel.push_nowait(3)
    await push
    assert drain(channel) == [2]


async def test_cancelled_tasks_in_the_line_do_not_disturb_the_order(channel: Channel[int]) -> None:
    pulls = await start(*(channel.pull() for _ in range(9)))
    for pull in pulls[::2]:
        pull.cancel()
    for item in range(4):
        channel.push_nowait(item)
    await step(2)
    assert [pull.result() for pull in pulls[1::2]] == [0, 1, 2, 3]
    assert all(pull.cancelled() for pull in pulls[::2])


async def test_cancelled_pushes_in_the_line_do_not_disturb_the_order(bounded: Channel[int]) -> None:
    held = fill(bounded)
    pushes = await start(*(bounded.push(item) for item in range(9)))
    for push in pushes[::2]:
        push.cancel()
    assert drain(bounded) == [*held, 1, 3, 5, 7]
    await asyncio.wait(pushes)
    assert [push.cancelled() for push in pushes] == [True, False] * 4 + [True]


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("wait", WAITS)
async def test_no_operation_runs_a_step_of_another_task_before_it_returns(wait: str, number: int) -> None:
    channel = Channel[int]()
    steps: list[str] = []

    async def wait_and_tell() -> None:
        with suppress(ChannelClosed):
            await WAITS[wait](channel)
        steps.append("resumed")

    task = await start_one(wait_and_tell())
    task.add_done_callback(lambda _: steps.append("called back"))
    await SERVICES[wait.rpartition("-")[2]][number](channel)
    assert steps == []
    await step(2)
    assert steps == ["resumed", "called back"]
