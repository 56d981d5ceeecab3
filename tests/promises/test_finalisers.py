"""Finalisers that use a channel in the middle of a call on it, as the garbage collector may run them at any time."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections import deque
from itertools import count
from typing import TYPE_CHECKING

import pytest

from pychanasync import Channel, ChannelClosed, ChannelEmpty, ChannelFull
from tests.support.helpers import check_exactly_once, drain, is_idle
from tests.support.moments import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.parametrize("operation", ["push", "pull", "pull_many"])
async def test_a_second_look_that_fails_leaves_nobody_in_the_line(
    monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    channel, make = Channel[int](), asyncio.Future[object]

    def closed_meanwhile() -> asyncio.Future[object]:
        channel.close()
        return make()

    def fail(_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("asyncio.Future", closed_meanwhile)
    monkeypatch.setattr("pychanasync._core.ChannelCore._serve_latecomers", fail)
    with pytest.raises(RuntimeError):
        match operation:
            case "push":
                await channel.push(1)
            case "pull":
                await channel.pull()
            case _:
                await channel.pull_many(2, within=1)
    assert is_idle(channel)


def test_an_item_that_is_pushed_while_the_first_push_makes_the_buffer_is_not_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    channel = Channel[int](buffer=2)

    def made_by_a_finaliser_meanwhile() -> deque[int]:
        monkeypatch.undo()
        channel.push_nowait(1)
        return deque()

    monkeypatch.setattr("pychanasync._core.deque", made_by_a_finaliser_meanwhile)
    channel.push_nowait(2)
    assert drain(channel) == [1, 2]


class Account:
    """What was given to a channel and taken from it, by tasks and by finalisers."""

    def __init__(self, channel: Channel[int]) -> None:
        self.channel = channel
        self.numbers = count()
        self.given: set[int] = set()
        self.taken: list[int] = []
        self.in_the_middle = 0

    async def produce(self) -> None:
        for _ in range(50):
            LastWill(self)
            number = next(self.numbers)
            await self.channel.push(number)
            self.given.add(number)

    async def consume(self) -> None:
        async for number in self.channel:
            LastWill(self)
            self.taken.append(number)

    def push(self) -> None:
        number = next(self.numbers)
        try:
            self.channel.push_nowait(number)
        except (ChannelFull, ChannelClosed):
            return
        self.given.add(number)

    def pull(self) -> None:
        try:
            self.taken.append(self.channel.pull_nowait())
        except (ChannelEmpty, ChannelClosed):
            return


class LastWill:
    """Garbage that only the collector finds, and that uses the channel when it does."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.itself = self

    def __del__(self) -> None:
        frame = sys._getframe(1)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # Where the collector ran.
        self.account.in_the_middle += frame.f_code.co_filename.startswith(PACKAGE)
        self.account.push()
        self.account.pull()


@pytest.fixture
def _collecting_all_the_time() -> Iterator[None]:
    before = gc.get_threshold()
    gc.collect()
    gc.set_threshold(1)
    yield
    gc.set_threshold(*before)
    gc.collect()


@pytest.mark.usefixtures("_collecting_all_the_time")
async def test_finalisers_that_the_collector_runs_in_the_middle_of_calls_lose_and_double_nothing(
    channel: Channel[int],
) -> None:
    account = Account(channel)
    async with asyncio.TaskGroup() as consumers:
        for _ in range(3):
            consumers.create_task(account.consume())
        async with channel, asyncio.TaskGroup() as producers:
            for _ in range(3):
                producers.create_task(account.produce())
    check_exactly_once(channel, account.given, account.taken)
    assert account.in_the_middle > 10 or sys.version_info < (3, 12)  # There it runs only where a container is made.
    assert is_idle(channel)
