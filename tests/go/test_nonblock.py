"""Operations that do not wait, in every state of a channel, called by themselves and as a select (nonblock)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import pytest

from pychanasync import Channel, ChannelClosed, ChannelEmpty, ChannelFull, chanselect_nowait
from tests.support.helpers import cancelled, start_one
from tests.support.kinds import INCURIOUS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.kinds import Make

Item: TypeAlias = object  # The channel must not care; these tests look at identity alone.

ITEMS: dict[str, Item] = {
    "small-number": 123,
    "large-number": 123_456_789_012_345_678_901,
    "false": False,
    "none": None,
    "text": "hello",
    "empty-text": "",
    "list": [1, 2],
    "class": int,
    "exception": ValueError("an item like any other"),
}


def push_alone(channel: Channel[Item], item: Item) -> bool:
    try:
        channel.push_nowait(item)
    except ChannelFull:
        return False
    return True


def push_by_select(channel: Channel[Item], item: Item) -> bool:
    return chanselect_nowait(channel.push_case(item)) is not None


def pull_alone(channel: Channel[Item]) -> list[Item]:
    """Return the item, or nothing."""
    try:
        return [channel.pull_nowait()]
    except ChannelEmpty:
        return []


def pull_by_select(channel: Channel[Item]) -> list[Item]:
    selected = chanselect_nowait(channel.pull_case())
    return [] if selected is None else [selected.value]


pushes = pytest.mark.parametrize("push", [push_alone, push_by_select])
pulls = pytest.mark.parametrize("pull", [pull_alone, pull_by_select])
items = pytest.mark.parametrize("item", ITEMS.values(), ids=[*ITEMS])


@pytest.fixture(params=[*INCURIOUS.values()], ids=[*INCURIOUS])
def channel(request: pytest.FixtureRequest) -> Channel[Item]:
    """Make a channel, of each kind, for anything."""
    make: Make = request.param
    return make()


@pulls
def test_a_pull_from_an_empty_channel_does_nothing(
    channel: Channel[Item], pull: Callable[[Channel[Item]], list[Item]]
) -> None:
    assert pull(channel) == []
    assert pull(channel) == []


@pushes
@items
def test_pushes_succeed_as_long_as_there_is_room(
    channel: Channel[Item], push: Callable[[Channel[Item], Item], bool], item: Item
) -> None:
    outcomes = [push(channel, item) for _ in range(5)]
    assert outcomes == [number < channel.capacity for number in range(5)]


@pulls
@items
def test_pulls_succeed_as_long_as_there_are_items(
    channel: Channel[Item], pull: Callable[[Channel[Item]], list[Item]], item: Item
) -> None:
    while push_alone(channel, item):
        pass
    for _ in range(int(channel.capacity)):
        (got,) = pull(channel)
        assert got is item
    assert pull(channel) == []


@pushes
@items
async def test_a_push_succeeds_where_a_pull_waits(
    channel: Channel[Item], push: Callable[[Channel[Item], Item], bool], item: Item
) -> None:
    waiting = await start_one(channel.pull())
    assert push(channel, item)
    assert await waiting is item


@pulls
@items
async def test_a_pull_succeeds_where_a_push_waits(
    channel: Channel[Item], pull: Callable[[Channel[Item]], list[Item]], item: Item
) -> None:
    while push_alone(channel, item):
        pass
    waiting = await start_one(channel.push(item))
    for _ in range(int(channel.capacity) + 1):
        (got,) = pull(channel)
        assert got is item
    assert pull(channel) == []
    await waiting


@pushes
async def test_a_push_does_nothing_where_only_pushes_wait(
    channel: Channel[Item], push: Callable[[Channel[Item], Item], bool]
) -> None:
    while push_alone(channel, 1):
        pass
    waiting = await start_one(channel.push(2))
    assert not push(channel, 3)
    await cancelled(waiting)


@pulls
async def test_a_pull_does_nothing_where_only_pulls_wait(
    channel: Channel[Item], pull: Callable[[Channel[Item]], list[Item]]
) -> None:
    waiting = await start_one(channel.pull())
    assert pull(channel) == []
    await cancelled(waiting)


@pushes
def test_a_push_to_a_closed_channel_raises(channel: Channel[Item], push: Callable[[Channel[Item], Item], bool]) -> None:
    channel.close()
    with pytest.raises(ChannelClosed) as caught:
        push(channel, 1)
    assert caught.value.channel is channel


@pulls
def test_a_pull_from_a_closed_channel_takes_what_is_left_and_then_raises(
    channel: Channel[Item], pull: Callable[[Channel[Item]], list[Item]]
) -> None:
    while push_alone(channel, 1):
        pass
    channel.close()
    for _ in range(int(channel.capacity)):
        assert pull(channel) == [1]
    with pytest.raises(ChannelClosed) as caught:
        pull(channel)
    assert caught.value.channel is channel
