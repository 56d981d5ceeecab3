"""What a channel says of itself: kind, fill, waiting tasks, closed."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import pytest

from pychanasync import Channel, DroppingChannel, SlidingChannel
from tests.support.helpers import cancelled, drain, start, start_one

if TYPE_CHECKING:
    from collections.abc import Callable


async def test_repr_of_an_unbuffered_channel() -> None:
    channel = Channel[int]()
    assert repr(channel) == "<UnbufferedChannel: unbuffered>"
    pulls = await start(channel.pull(), channel.pull())
    assert repr(channel) == "<UnbufferedChannel: unbuffered, 2 pulls waiting>"
    await cancelled(*pulls)
    push = await start(channel.push(1))
    assert repr(channel) == "<UnbufferedChannel: unbuffered, 1 push waiting>"
    await cancelled(*push)
    channel.close()
    assert repr(channel) == "<UnbufferedChannel: unbuffered, closed>"


async def test_repr_of_a_buffered_channel() -> None:
    channel = Channel[int](buffer=2)
    assert repr(channel) == "<BufferedChannel: 0 of 2 items>"
    pushes = await start(*(channel.push(item) for item in range(4)))
    assert repr(channel) == "<BufferedChannel: 2 of 2 items, 2 pushes waiting>"
    await cancelled(*pushes[2:])
    channel.close()
    assert repr(channel) == "<BufferedChannel: 2 of 2 items, closed>"
    assert drain(channel) == [0, 1]


def test_repr_of_a_channel_without_bound() -> None:
    channel = Channel[int](buffer=inf)
    channel.push_nowait(1)
    assert repr(channel) == "<BufferedChannel: 1 item, no bound>"
    channel.push_nowait(2)
    assert repr(channel) == "<BufferedChannel: 2 items, no bound>"


@pytest.mark.parametrize("kind", [SlidingChannel[int], DroppingChannel[int]])
async def test_repr_of_a_channel_that_drops_items_counts_them(kind: Callable[[int], Channel[int]]) -> None:
    channel = kind(2)
    called = type(channel).__name__
    assert repr(channel) == f"<{called}: 0 of 2 items, 0 dropped>"
    channel.name = "news"
    for item in range(5):
        channel.push_nowait(item)
    channel.pull_nowait()
    assert repr(channel) == f"<{called} 'news': 1 of 2 items, 3 dropped>"
    channel.pull_nowait()
    pull = await start_one(channel.pull())
    assert repr(channel) == f"<{called} 'news': 0 of 2 items, 3 dropped, 1 pull waiting>"
    await cancelled(pull)
    channel.close()
    assert repr(channel) == f"<{called} 'news': 0 of 2 items, 3 dropped, closed>"


async def test_repr_does_not_count_what_a_woken_pull_has_a_claim_to() -> None:
    channel = Channel[int]()
    pull = await start_one(channel.pull())
    channel.push_nowait(1)
    assert repr(channel) == "<UnbufferedChannel: unbuffered>"
    await cancelled(pull)
    assert repr(channel) == "<UnbufferedChannel: unbuffered, 1 item>"
