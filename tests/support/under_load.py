"""A program that waits for Ctrl-C under load: ``python -m tests.support.under_load LOOP ROUNDS``.

In each round it says "ready" once everything runs, and when it was interrupted "right", or what is wrong.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from itertools import count
from typing import TYPE_CHECKING

from pychanasync import Channel, SelectCase, chanselect
from tests.support.helpers import drain, dropped, is_idle, start, step
from tests.support.kinds import KINDS
from tests.support.loops import LOOPS

if TYPE_CHECKING:
    from collections.abc import Awaitable

MANY = 4


class Load:
    """Tasks that push and pull in every way on channels of each kind, and the account of what they did."""

    def __init__(self) -> None:
        self.channels: list[Channel[int]] = [make() for make in KINDS.values()]
        self.numbers = count()
        self.given: set[int] = set()
        self.refused: set[int] = set()
        self.taken: list[int] = []

    async def offer(self, item: int, push: Awaitable[object]) -> None:
        try:
            await push
        except BaseException:
            self.refused.add(item)
            raise
        self.given.add(item)
        await step()  # Or a push that need not wait would let nobody else run.

    async def push(self, channel: Channel[int]) -> None:
        for item in self.numbers:
            await self.offer(item, channel.push(item))

    async def push_anywhere(self) -> None:
        for item in self.numbers:
            await self.offer(item, chanselect(*(channel.push_case(item) for channel in self.channels)))

    async def pull(self, channel: Channel[int]) -> None:
        while True:
            self.taken.append(await channel.pull())

    async def iterate(self, channel: Channel[int]) -> None:
        async for item in channel:
            self.taken.append(item)

    async def pull_anywhere(self) -> None:
        cases: list[SelectCase[int]] = [channel.pull_case() for channel in self.channels]
        while True:
            self.taken.append((await chanselect(*cases)).value)
            await step()

    async def never_wait(self, channel: Channel[int]) -> None:
        """Push and pull without a wait until the interrupt is there."""
        task = asyncio.current_task()
        assert task
        while not task.cancelling():
            item = next(self.numbers)
            try:
                channel.push_nowait(item)
            except Channel.Full:
                self.refused.add(item)
            else:
                self.given.add(item)
            self.taken += drain(channel)
        await step()

    async def run(self, number: int) -> None:
        """Start everything, and take part in it."""
        for channel in self.channels:
            await start(*(self.push(channel) for _ in range(MANY)))
            await start(self.pull(channel), self.iterate(channel))
        await start(*(self.push_anywhere() for _ in range(MANY)), *(self.pull_anywhere() for _ in range(MANY)))
        await step(number)
        print("ready", flush=True)  # noqa: T201  # Who interrupts waits for this.
        channel = self.channels[number % len(self.channels)]
        match number % 5:
            case 0:
                await self.pull(channel)
            case 1:
                await self.iterate(channel)
            case 2:
                await self.pull_anywhere()
            case 3:
                await self.push_anywhere()
            case _:
                await self.never_wait(channel)

    def check(self) -> None:
        assert all(is_idle(channel) for channel in self.channels), "somebody waits"
        for channel in self.channels:
            self.taken += drain(channel)
        assert len(self.taken) == len(set(self.taken)), "an item was taken twice"
        assert set(self.taken) <= self.given, "an item was taken that was not given"
        lost = len(self.given) - len(self.taken)
        assert lost == sum(map(dropped, self.channels)), "an item was lost, and not counted as dropped"
        assert not self.given & self.refused


def main(loop: str, rounds: int) -> None:
    logging.getLogger("asyncio").setLevel(logging.ERROR)  # In debug mode it warns of what takes long.
    for number in range(rounds):
        load = Load()
        with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
            try:
                runner.run(load.run(number))
            except KeyboardInterrupt:
                pass
            else:
                raise AssertionError("it ended of itself")
        load.check()
        print("right", flush=True)  # noqa: T201  # The same.


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
