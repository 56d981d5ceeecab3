"""Subclasses: what they may override, and what becomes of one that forgets how a channel begins."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from pychanasync import (
    Broadcast,
    BufferedChannel,
    Channel,
    DroppingChannel,
    SlidingChannel,
    UnbufferedChannel,
    chanselect,
    chanselect_nowait,
)
from tests.support.helpers import drain, fill, start_one, step

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import SupportsIndex

    from pychanasync.strategy import Buffer
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

    def close(self, *, cause: BaseException | None = None, immediate: bool = False) -> None:
        self.heard.append("close")
        super().close(cause=cause, immediate=immediate)


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


class Latest(SlidingChannel[str]):
    def __init__(self, colour: str) -> None:
        super().__init__(1, name=colour)
        self.colour = colour


class Earliest(DroppingChannel[str]):
    def __init__(self, colour: str) -> None:
        super().__init__(1, name=colour)
        self.colour = colour


@pytest.mark.parametrize(("kind", "left"), [(Latest, "second"), (Earliest, "first")])
async def test_a_subclass_of_a_strategy_that_drops_keeps_what_is_its_own_and_drops_as_it(
    kind: type[Latest | Earliest], left: str
) -> None:
    made = kind("red")
    await made.push("first")
    await made.push("second")
    assert (made.colour, made.full(), made.dropped) == ("red", True, 1)
    assert repr(made) == f"<{kind.__name__} 'red': 1 of 1 item, 1 dropped>"
    assert await made.pull() == left


class Choosy:
    """Drops what is negative, and lets all else wait. For any class of channels."""

    def _overflow(self, item: int) -> bool:
        return item < 0


class ChoosyRendezvous(Choosy, UnbufferedChannel[int]):
    """Without a buffer, whatever finds no pull waiting overflows."""


class ChoosyOfNoStrategy(Choosy, Channel[int]):
    """The same, of the factory."""


class ChoosyBuffer(Choosy, BufferedChannel[int]):
    """With a buffer."""


class ChoosySliding(Choosy, SlidingChannel[int]):
    """Lets wait what its strategy never would."""


class ChoosyDropping(Choosy, DroppingChannel[int]):
    """The same."""


CHOOSY: dict[str, Callable[[], Channel[int]]] = {
    "unbuffered": ChoosyRendezvous,
    "of no strategy": ChoosyOfNoStrategy,
    "buffered": lambda: ChoosyBuffer(2),
    "sliding": lambda: ChoosySliding(2),
    "dropping": lambda: ChoosyDropping(2),
}


@pytest.mark.parametrize("make", CHOOSY.values(), ids=CHOOSY)
async def test_a_subclass_of_any_channel_says_by_one_method_what_overflows(make: Callable[[], Channel[int]]) -> None:
    channel = make()
    held = fill(channel)
    await channel.push(-9)
    channel.push_nowait(-9)
    with pytest.raises(Channel.Full):
        channel.push_nowait(3)
    waiting = await start_one(channel.push(3))
    assert channel.waiting.pushes == 1
    assert drain(channel) == [*held, 3]
    await waiting


def test_a_subclass_may_let_a_push_wait_on_a_strategy_that_drops() -> None:
    class Waits(DroppingChannel[int]):
        def _overflow(self, item: int) -> bool:
            return super(DroppingChannel, self)._overflow(item)

    waits = Waits(1)
    waits.push_nowait(1)
    assert chanselect_nowait(waits.push_case(2)) is None
    with pytest.raises(Channel.Full):
        waits.push_nowait(2)
    assert waits.dropped == 0


class Stack(list[int]):
    """The newest item first."""

    def popleft(self) -> int:
        return super().pop()

    def pop(self, _: SupportsIndex = 0) -> int:
        return super().pop(0)


class Stacked(BufferedChannel[int]):
    def __init__(self, made: list[Stack]) -> None:
        super().__init__(3)
        self.made = made

    def _make_buffer(self) -> Buffer[int]:
        self.made.append(Stack())
        return self.made[-1]


async def test_a_buffer_of_a_subclass_is_made_once_by_the_first_push_and_decides_the_order() -> None:
    made: list[Stack] = []
    channel = Stacked(made)
    assert (channel.empty(), channel.full(), channel.csize()) == (True, False, 0)
    assert chanselect_nowait(channel.pull_case()) is None
    assert made == []
    for item in range(3):
        await channel.push(item)
    assert drain(channel) == [2, 1, 0]
    await channel.push(3)
    assert made == [[3]]


@pytest.mark.parametrize(
    ("buffer", "error", "said"),
    [
        ([], TypeError, "_make_buffer() must return a buffer with append, popleft, pop and len, got []"),
        (None, TypeError, "_make_buffer() must return a buffer with append, popleft, pop and len, got None"),
        (Stack([1]), ValueError, "_make_buffer() must return an empty buffer, got [1]"),
    ],
)
async def test_a_buffer_that_is_none_or_not_empty_is_refused_by_the_first_push(
    buffer: Loosely, error: type[Exception], said: str
) -> None:
    class Wrong(BufferedChannel[int]):
        def _make_buffer(self) -> Buffer[int]:
            made: Buffer[int] = buffer
            return made

    channel = Wrong(1)
    with pytest.raises(error) as caught:
        channel.push_nowait(1)
    assert str(caught.value) == said
    with pytest.raises(error):
        await channel.push(1)
    assert channel.empty()


class Forgets:
    """Begins without the strategy that it stands before."""

    def __init__(self) -> None:  # The mistake at issue.
        self.colour = "red"


class Forgetful(Forgets, BufferedChannel[int]):
    """Has no buffer."""


class ForgetfulSliding(Forgets, SlidingChannel[int]):
    """The same."""


class ForgetfulDropping(Forgets, DroppingChannel[int]):
    """The same."""


FIRST_USES: dict[str, Callable[[Channel[int]], object]] = {
    "push": lambda channel: asyncio.run(channel.push(1)),
    "pull": lambda channel: asyncio.run(channel.pull()),
    "pull_many": lambda channel: asyncio.run(channel.pull_many(2)),
    "iteration": lambda channel: asyncio.run(channel.__anext__()),
    "push_nowait": lambda channel: channel.push_nowait(1),
    "pull_nowait": lambda channel: channel.pull_nowait(),
    "select a push": lambda channel: chanselect_nowait(channel.push_case(1)),
    "select a pull": lambda channel: chanselect_nowait(channel.pull_case()),
    "close": lambda channel: channel.close(),
    "full": lambda channel: channel.full(),
    "capacity": lambda channel: channel.capacity,
}


FORGETFUL = [Forgetful, ForgetfulSliding, ForgetfulDropping]


@pytest.mark.parametrize("kind", FORGETFUL)
@pytest.mark.parametrize("use", FIRST_USES.values(), ids=FIRST_USES)
def test_a_buffered_subclass_that_forgets_to_initialise_says_so_at_its_first_use(
    use: Callable[[Channel[int]], object], kind: Callable[[], Channel[int]]
) -> None:
    forgetful = kind()
    with pytest.raises(RuntimeError, match=r"call super\(\).__init__\(buffer\)"):
        use(forgetful)
    assert not forgetful.closed


@pytest.mark.parametrize("kind", [ForgetfulSliding, ForgetfulDropping])
def test_a_subclass_that_forgets_to_initialise_has_not_dropped_nothing(
    kind: type[ForgetfulSliding | ForgetfulDropping],
) -> None:
    with pytest.raises(RuntimeError, match=r"call super\(\).__init__\(buffer\)"):
        _ = kind().dropped


@pytest.mark.parametrize("kind", FORGETFUL)
def test_a_subclass_that_forgets_to_initialise_can_be_looked_at(kind: Callable[[], Channel[int]]) -> None:
    assert repr(kind()) == f"<{kind.__name__}: 0 of 0 items>"


class ForgetfulHub(Broadcast[int]):
    """Has no subscribers, not even none."""

    def __init__(self) -> None:  # The mistake at issue.
        pass


USES_OF_A_HUB: dict[str, Callable[[Broadcast[int]], object]] = {
    "push": lambda hub: asyncio.run(hub.push(1)),
    "push_nowait": lambda hub: hub.push_nowait(1),
    "select a push": lambda hub: chanselect_nowait(hub.push_case(1)),
    "subscribe": lambda hub: hub.subscribe(),
    "close": lambda hub: hub.close(),
    "full": lambda hub: hub.full(),
    "csize": lambda hub: hub.csize(),
    "capacity": lambda hub: hub.capacity,
    "subscribers": lambda hub: hub.subscribers,
}


@pytest.mark.parametrize("use", USES_OF_A_HUB.values(), ids=USES_OF_A_HUB)
def test_a_hub_that_forgets_to_initialise_says_so_at_its_first_use(use: Callable[[Broadcast[int]], object]) -> None:
    forgetful = ForgetfulHub()
    with pytest.raises(RuntimeError, match=r"call super\(\).__init__\(buffer\)"):
        use(forgetful)
    assert not forgetful.closed
    assert repr(forgetful) == "<ForgetfulHub: not initialised>"


class LoudHub(Broadcast[int]):
    """Notes each call of what it overrides."""

    def __init__(self) -> None:
        super().__init__(1)
        self.heard: list[str] = []

    async def push(self, item: int) -> None:
        self.heard.append("push")
        await super().push(item)

    def push_nowait(self, item: int) -> None:
        self.heard.append("push_nowait")
        super().push_nowait(item)

    def close(self, *, cause: BaseException | None = None, immediate: bool = False) -> None:
        self.heard.append("close")
        super().close(cause=cause, immediate=immediate)


async def test_an_operation_on_a_hub_calls_no_other_one_whether_it_waits_or_not() -> None:
    loud = LoudHub()
    subscription = loud.subscribe()
    async with loud:
        await loud.push(1)
        waiting = await start_one(loud.push(2))
        assert await subscription.pull() == 1
        await waiting
        assert await subscription.pull() == 2
        loud.push_nowait(3)
        assert chanselect_nowait(loud.push_case(4)) is None
    assert loud.heard == ["push", "push", "push_nowait", "close"]


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
