"""What a channel says of the tasks that wait on it, and what it is called."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from pychanasync import BufferedChannel, Channel, UnbufferedChannel, chanselect
from tests.support.helpers import cancelled, fill, start, start_one, step

if TYPE_CHECKING:
    from tests.support.helpers import Loosely


async def test_waiting_is_a_named_tuple_of_the_tasks_on_each_side(bounded: Channel[int]) -> None:
    assert bounded.waiting == (0, 0)
    pulls = await start(bounded.pull(), bounded.pull())
    assert (bounded.waiting.pushes, bounded.waiting.pulls) == (0, 2)
    await cancelled(*pulls)
    fill(bounded)
    pushes = await start(*(bounded.push(item) for item in range(3)))
    assert bounded.waiting == (3, 0)
    await cancelled(*pushes)
    assert bounded.waiting == (0, 0)


async def test_a_task_that_was_woken_does_not_count_as_waiting(channel: Channel[int]) -> None:
    pulls = await start(channel.pull(), channel.pull())
    channel.push_nowait(1)
    assert channel.waiting == (0, 1)
    channel.close()
    assert channel.waiting == (0, 0)
    await asyncio.gather(*pulls, return_exceptions=True)


async def test_a_task_that_was_cancelled_counts_as_waiting_until_it_resumes(channel: Channel[int]) -> None:
    pulls = await start(channel.pull(), channel.pull())
    pulls[0].cancel()
    assert channel.waiting == (0, 2)
    await step()
    assert channel.waiting == (0, 1)
    await cancelled(pulls[1])


async def test_a_select_counts_once_for_each_side_on_which_it_waits() -> None:
    one, other = Channel[int](), Channel[int]()
    cases = one.pull_case(), one.pull_case(), one.push_case(1), other.push_case(2), other.push_case(3)
    select = await start_one(chanselect(*cases))
    assert one.waiting == (1, 1)
    assert other.waiting == (1, 0)
    await cancelled(select)
    assert one.waiting == other.waiting == (0, 0)


async def test_a_select_that_was_served_on_one_channel_no_longer_counts_on_another() -> None:
    one, other = Channel[int](), Channel[int]()
    select = await start_one(chanselect(one.pull_case(), other.pull_case(), other.push_case(1)))
    one.push_nowait(1)
    assert other.waiting == (0, 0)
    assert repr(other) == "<UnbufferedChannel: unbuffered>"
    await select


@pytest.mark.parametrize("make", [Channel, UnbufferedChannel])
def test_an_unbuffered_channel_has_the_name_that_it_was_given(make: Loosely) -> None:
    assert make(name="jobs").name == "jobs"
    assert make().name is None
    assert repr(make(name="jobs")) == "<UnbufferedChannel 'jobs': unbuffered>"


@pytest.mark.parametrize("make", [Channel, BufferedChannel])
def test_a_buffered_channel_has_the_name_that_it_was_given(make: Loosely) -> None:
    assert make(2, name="jobs").name == "jobs"
    assert make(buffer=2).name is None
    assert repr(make(2, name="jobs")) == "<BufferedChannel 'jobs': 0 of 2 items>"


@pytest.mark.parametrize("make", [Channel, UnbufferedChannel, BufferedChannel])
def test_a_name_is_given_by_keyword_alone_and_is_a_str(make: Loosely) -> None:
    with pytest.raises(TypeError):
        make(2, "jobs")
    with pytest.raises(TypeError, match=f"name must be a str, got {3}"):
        make(2 if make is BufferedChannel else None, name=3)


def test_a_name_can_be_set_later(channel: Channel[int]) -> None:
    channel.name = "later"
    assert "'later'" in repr(channel)
    channel.name = None
    assert "'" not in repr(channel)


def test_a_subclass_gives_all_its_channels_a_name() -> None:
    class Jobs(BufferedChannel[int]):
        name: str | None = "jobs"

    class Plain(Channel[int]):
        name: str | None = "plain"
        __slots__ = ()

    assert Jobs(2).name == "jobs"
    assert Jobs(2, name="other").name == "other"
    assert repr(Plain()) == "<Plain 'plain': unbuffered>"
