"""What a channel says of itself: kind, fill, waiting tasks, closed."""

from __future__ import annotations

from math import inf

from pychanasync import Channel
from tests.support.helpers import cancelled, drain, start, start_one


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


async def test_repr_does_not_count_what_a_woken_pull_has_a_claim_to() -> None:
    channel = Channel[int]()
    pull = await start_one(channel.pull())
    channel.push_nowait(1)
    assert repr(channel) == "<UnbufferedChannel: unbuffered>"
    await cancelled(pull)
    assert repr(channel) == "<UnbufferedChannel: unbuffered, 1 item>"
