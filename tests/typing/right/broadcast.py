"""A hub and its subscriptions: what they offer, and of which halves they are."""

from __future__ import annotations

import asyncio
from math import inf
from typing import TYPE_CHECKING, Literal, assert_never, assert_type

from pychanasync import (
    Broadcast,
    Channel,
    RecvChannel,
    SelectCase,
    SendChannel,
    Subscription,
    chanselect,
    chanselect_nowait,
    close_after,
)

if TYPE_CHECKING:
    from typing import SupportsIndex


def made(number: SupportsIndex, word: Literal["wait", "fail"], other: Literal["drop_oldest", "drop_newest"]) -> None:
    assert_type(Broadcast[int](), Broadcast[int])
    assert_type(Broadcast[str](3), Broadcast[str])
    assert_type(Broadcast[str](buffer=inf, overflow=word, replay=number, name="news"), Broadcast[str])
    hub: Broadcast[int] = Broadcast(number, overflow=other)
    assert_type(hub.subscribe(), Subscription[int])
    assert_type(hub.subscribe(buffer=number, overflow=word, name="reader"), Subscription[int])
    hub.subscribe(buffer=inf, overflow="wait")
    hub.subscribe(buffer=None, overflow=None, name=None)
    assert_type(hub.name, str | None)
    hub.name = "news"


async def giving(hub: Broadcast[int]) -> None:
    assert_type(await hub.push(1), None)
    assert_type(hub.push_nowait(1), None)
    assert_type(hub.push_case(1), SelectCase[None])
    assert_type(hub.close(cause=ValueError(), immediate=True), None)
    assert_type(hub.closed, bool)
    assert_type(hub.full(), bool)
    assert_type(hub.csize(), int)
    assert_type(hub.capacity, float)
    assert_type(hub.subscribers, int)
    assert_type(hub.waiting.pushes, int)
    assert_type(close_after(hub, asyncio.ensure_future(hub.push(1))), None)
    async with hub as entered:
        assert_type(entered, Broadcast[int])


async def receiving(hub: Broadcast[str]) -> None:
    async with hub.subscribe() as subscription:
        assert_type(subscription, Subscription[str])
        assert_type(await subscription.pull(), str)
        assert_type(subscription.pull_nowait(), str)
        assert_type(await subscription.pull_many(3, within=0.5), list[str])
        assert_type(subscription.pull_case(), SelectCase[str])
        assert_type(subscription.closed, bool)
        assert_type(subscription.empty(), bool)
        assert_type(subscription.csize(), int)
        assert_type(subscription.capacity, float)
        assert_type(subscription.dropped, int)
        assert_type(subscription.waiting.pulls, int)
        assert_type(subscription.name, str | None)
        async for item in subscription:
            assert_type(item, str)
    assert_type(subscription.unsubscribe(), None)


def halves(hub: Broadcast[int], subscription: Subscription[int]) -> tuple[SendChannel[bool], RecvChannel[object]]:
    narrower: SendChannel[bool] = hub
    wider: RecvChannel[float] = subscription
    return narrower, wider


async def select(hub: Broadcast[int], words: Subscription[str], numbers: Channel[bytes]) -> None:
    selected = await chanselect(hub.push_case(1), words.pull_case(), numbers.pull_case())
    if selected.index == 0:
        assert_type(selected.value, None)
    elif selected.index == 1:
        assert_type(selected.value, str)
    elif selected.index == 2:
        assert_type(selected.value, bytes)
    else:
        assert_never(selected)
    chosen = chanselect_nowait(words.pull_case())
    if chosen is not None:
        assert_type(chosen.value, str)
