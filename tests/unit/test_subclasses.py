"""Subclasses: what they may override, and what becomes of one that forgets how a channel begins."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from pychanasync import BufferedChannel, Channel, chanselect, chanselect_nowait
from tests.support.helpers import start_one, step

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.helpers import Loosely


class Loud(BufferedChannel[int]):
    """Notes each call of what it overrides."""

    def __init__(self) -> None:
        super().__init__(1)
        self.heard: list[str] = []

    async def push(self, item: int) -> None:
        self.heard.append("push")
        await super().push(item)

    async def pull(self) -> int:
        self.heard.append("pull")
        return await super().pull()

    def push_nowait(self, item: int) -> None:
        self.heard.append("push_nowait")
        super().push_nowait(item)

    def pull_nowait(self) -> int:
        self.heard.append("pull_nowait")
        return super().pull_nowait()

    def close(self, *, immediate: bool = False) -> None:
        self.heard.append("close")
        super().close(immediate=immediate)


async def test_an_operation_calls_no_other_one_whether_it_waits_or_not() -> None:
    loud = Loud()
    await loud.push(1)
    waiting = await start_one(loud.push(2))
    assert await loud.pull() == 1
    await waiting
    assert loud.pull_nowait() == 2
    loud.push_nowait(3)
    assert loud.heard == ["push", "push", "pull", "pull_nowait", "push_nowait"]


async def test_an_iteration_asks_no_overridden_pull_whether_it_waits_or_not() -> None:
    loud = Loud()
    loud.push_nowait(1)

    async def iterate() -> list[int]:
        return [item async for item in loud]

    iterating = await start_one(iterate())
    for item in (2, 3):
        loud.push_nowait(item)
        await step(2)
    super(Loud, loud).close()
    assert await iterating == [1, 2, 3]
    assert loud.heard == ["push_nowait"] * 3


async def test_a_select_asks_nothing_that_is_overridden_whether_it_waits_or_not() -> None:
    loud = Loud()
    await chanselect(loud.push_case(1))
    assert chanselect_nowait(loud.pull_case()) is not None
    selecting = await start_one(chanselect(loud.pull_case()))
    assert chanselect_nowait(loud.push_case(2)) is not None
    assert (await selecting).value == 2
    assert not loud.heard


async def test_async_with_leaves_by_an_overridden_close() -> None:
    loud = Loud()
    async with loud:
        pass
    assert loud.heard == ["close"]
    assert loud.closed


class Forgetful(BufferedChannel[int]):
    def __init__(self) -> None:  # The mistake at issue.
        self.colour = "red"


FIRST_USES: dict[str, Callable[[Channel[int]], object]] = {
    "push": lambda channel: asyncio.run(channel.push(1)),
    "pull": lambda channel: asyncio.run(channel.pull()),
    "iteration": lambda channel: asyncio.run(channel.__anext__()),
    "push_nowait": lambda channel: channel.push_nowait(1),
    "pull_nowait": lambda channel: channel.pull_nowait(),
    "select a push": lambda channel: chanselect_nowait(channel.push_case(1)),
    "select a pull": lambda channel: chanselect_nowait(channel.pull_case()),
    "close": lambda channel: channel.close(),
    "full": lambda channel: channel.full(),
    "capacity": lambda channel: channel.capacity,
}


@pytest.mark.parametrize("use", FIRST_USES.values(), ids=FIRST_USES)
def test_a_buffered_subclass_that_forgets_to_initialise_says_so_at_its_first_use(
    use: Callable[[Channel[int]], object],
) -> None:
    forgetful = Forgetful()
    with pytest.raises(RuntimeError, match=r"call super\(\).__init__\(buffer\)"):
        use(forgetful)
    assert not forgetful.closed
    assert repr(forgetful).startswith("<Forgetful: ")


def test_a_subclass_of_the_factory_needs_no_init_of_ours() -> None:
    class Mine(Channel[int]):
        def __init__(self, colour: str) -> None:
            self.colour = colour

    make: Loosely = Mine
    mine = make("red")
    assert mine.colour == "red"
    assert (mine.capacity, mine.csize()) == (0, None)
    with pytest.raises(Channel.Empty):
        mine.pull_nowait()
