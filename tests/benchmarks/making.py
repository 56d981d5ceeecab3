"""Scenario of channels that are made and dropped, and how each is made: with a buffer of 10, empty."""

from __future__ import annotations

import asyncio
from functools import partial
from time import process_time
from typing import TYPE_CHECKING

import aiochannel

from pychanasync import Channel
from tests.benchmarks import names, peers
from tests.benchmarks.turns import Scenario

if TYPE_CHECKING:
    from collections.abc import Callable


def ours() -> Channel[int]:
    return Channel(buffer=10)


def ours_in_one_expression() -> Channel[int]:
    return Channel[int](buffer=10)


def ours_unbuffered() -> Channel[int]:
    return Channel()


def asyncio_queue() -> asyncio.Queue[int]:
    return asyncio.Queue(10)


def aiochannel_channel() -> aiochannel.Channel[int]:
    return aiochannel.Channel(10)


def namesake() -> object:
    assert peers.NAMESAKE is not None
    return peers.NAMESAKE.Channel(10)


MAKERS: dict[str, Callable[[], object]] = {
    names.OURS: ours,
    "pychanasync, Channel[int](buffer=10)": ours_in_one_expression,
    "pychanasync, unbuffered": ours_unbuffered,
    names.QUEUE: asyncio_queue,
    "aiochannel": aiochannel_channel,
}
if peers.NAMESAKE is not None:
    MAKERS[names.NAMESAKE] = namesake


async def create_and_drop(make: Callable[[], object], number: int) -> float:
    """Make one after the other; the reference to it is dropped before the next."""
    began = process_time()
    for _ in range(number):
        make()
    return process_time() - began


SCENARIOS = {
    "create and drop": Scenario(
        "Make a channel, by `Channel(buffer=10)` or the like, and drop it.",
        "a channel",
        {name: partial(create_and_drop, make) for name, make in MAKERS.items()},
    ),
}
