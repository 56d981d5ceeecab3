"""docs/examples/priority_channel.py: what it promises beyond what every kind of channel does, its order."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from docs.examples.priority_channel import Job, PriorityChannel
from pychanasync import Channel, ChannelEmpty, RecvChannel, SendChannel, chanselect, chanselect_nowait
from tests.support.helpers import Loosely, cancelled, drain, fill, start, start_one, step


def test_a_priority_channel_is_both_halves() -> None:
    channel = PriorityChannel[int](2)
    sender: SendChannel[int] = channel
    receiver: RecvChannel[int] = channel
    sender.push_nowait(1)
    assert receiver.pull_nowait() == 1


def test_the_smallest_item_comes_first() -> None:
    channel = PriorityChannel[int](5)
    for item in (3, 1, 5, 2, 4):
        channel.push_nowait(item)
    assert drain(channel) == [1, 2, 3, 4, 5]


def test_equal_items_come_in_the_order_of_their_arrival() -> None:
    channel = PriorityChannel[Job](100)
    random = Random(1)  # noqa: S311  # Repeatable, not secret.
    jobs = [Job(random.randrange(3), str(number)) for number in range(100)]
    for job in jobs:
        channel.push_nowait(job)
    expected = sorted(jobs, key=lambda job: job.urgency)
    assert [job.name for job in drain(channel)] == [job.name for job in expected]


async def test_a_waiting_push_is_let_in_before_the_smallest_is_taken() -> None:
    channel = PriorityChannel[int](2)
    channel.push_nowait(20)
    channel.push_nowait(30)
    first, second = await start(channel.push(5), channel.push(1))
    assert channel.pull_nowait() == 5
    await step()
    assert first.done()
    assert not second.done()
    assert await channel.pull() == 1
    assert drain(channel) == [20, 30]
    await second


async def test_waiting_pushes_are_let_in_in_the_order_in_which_they_began_to_wait_and_not_by_their_items() -> None:
    channel = PriorityChannel[int](2)
    held = fill(channel)
    pushes = await start(*(channel.push(-number) for number in range(10, 16)))
    for number, push in enumerate(pushes, 10):
        assert not push.done()
        assert channel.pull_nowait() == -number
        await push
    assert drain(channel) == held


async def test_a_woken_pull_takes_the_smallest_when_it_resumes() -> None:
    channel = PriorityChannel[int](3)
    pull = await start_one(channel.pull())
    for item in (3, 1, 2):
        channel.push_nowait(item)
    assert await pull == 1
    assert drain(channel) == [2, 3]


async def test_a_later_arrival_takes_the_smallest_if_there_are_more_items_than_woken_pulls() -> None:
    channel = PriorityChannel[int](3)
    pull = await start_one(channel.pull())
    channel.push_nowait(1)
    with pytest.raises(ChannelEmpty):
        channel.pull_nowait()
    channel.push_nowait(2)
    assert channel.pull_nowait() == 1
    with pytest.raises(ChannelEmpty):
        channel.pull_nowait()
    assert await pull == 2


@pytest.mark.parametrize("immediate", [False, True])
async def test_what_woken_pulls_take_after_a_close_are_the_smallest(*, immediate: bool) -> None:
    channel = PriorityChannel[int](2)
    pulls = await start(channel.pull(), channel.pull())
    for item in (4, 3, 2, 1):
        channel.push_nowait(item)
    channel.close(immediate=immediate)
    assert channel.csize() == (0 if immediate else 2)
    assert await asyncio.gather(*pulls) == [1, 2]
    assert drain(channel) == ([] if immediate else [3, 4])


async def test_a_select_over_a_priority_channel_and_another_does_exactly_one_case() -> None:
    channel, plain = PriorityChannel[int](2), Channel[str](buffer=1)
    plain.push_nowait("plain")
    for item in (2, 1):
        channel.push_nowait(item)
    cases = channel.pull_case(), plain.pull_case()
    seen = [(await chanselect(*cases)).value for _ in range(3)]
    assert [value for value in seen if value != "plain"] == [1, 2]
    assert chanselect_nowait(*cases) is None


# An item that does not compare.


async def test_an_item_that_does_not_compare_is_refused_and_changes_nothing() -> None:
    channel = PriorityChannel[Loosely](4)
    for item in (3, 1, 2):
        channel.push_nowait(item)
    with pytest.raises(TypeError):
        channel.push_nowait("one")
    with pytest.raises(TypeError):
        await channel.push("one")
    with pytest.raises(TypeError):
        await chanselect(channel.push_case("one"))
    assert channel.csize() == 3
    assert drain(channel) == [1, 2, 3]


async def test_an_item_that_does_not_compare_wakes_no_pull() -> None:
    channel = PriorityChannel[Loosely](2)
    pulls = await start(channel.pull(), channel.pull())
    channel.push_nowait(1)
    with pytest.raises(TypeError):
        channel.push_nowait("one")
    await step(2)
    assert [pull.done() for pull in pulls] == [True, False]
    channel.push_nowait(2)
    assert [await pull for pull in pulls] == [1, 2]


async def test_a_waiting_push_whose_item_does_not_compare_fails_and_a_pull_notices_nothing() -> None:
    channel = PriorityChannel[Loosely](2)
    held = fill(channel)
    wrong, right, late = await start(channel.push("one"), channel.push(1), channel.push(2))
    assert channel.pull_nowait() == held[0]
    with pytest.raises(TypeError):
        await wrong
    await right
    await cancelled(late)
    assert drain(channel) == [*held[1:], 1]
