"""What operations cost, by counts and not by time: memory, futures and bytecodes, the same on every machine."""

from __future__ import annotations

import asyncio
import sys
import tracemalloc
from collections import deque
from functools import partial
from pathlib import Path
from statistics import mode
from typing import TYPE_CHECKING, TypeAlias

import pytest

import pychanasync
from pychanasync import Broadcast, BufferedChannel, Channel, DroppingChannel, SlidingChannel, Subscription, chanselect
from tests.support.counting import CAN_COUNT, counting
from tests.support.helpers import blocks_gained, start_one, step

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from pychanasync.strategy import Buffer, Waiter

    Operation: TypeAlias = Coroutine[object, object, object]

PACKAGE = str(Path(pychanasync.__file__).parent)
HELD = 5


class Trivial:
    """The least that a push and a pull can be."""

    def __init__(self) -> None:
        self.items = deque(range(HELD))

    async def push(self, item: int) -> None:
        self.items.append(item)

    async def pull(self) -> int:
        return self.items.popleft()

    async def pull_many(self, limit: int) -> list[int]:
        return [self.items.popleft() for _ in range(limit)]

    async def __anext__(self) -> int:
        return self.items.popleft()

    def push_nowait(self, item: int) -> None:
        self.items.append(item)

    def pull_nowait(self) -> int:
        return self.items.popleft()


def fill(channel: Channel[int], number: int) -> Channel[int]:
    """Push so many items."""
    for item in range(number):
        channel.push_nowait(item)
    return channel


def half_full() -> Channel[int]:
    """Make a channel on which neither a push nor a pull need wait."""
    return fill(Channel[int](buffer=2 * HELD), HELD)


async def bytes_within(prepare: Callable[[], Operation], undo: Callable[[], object]) -> int:
    """Find how much memory comes into use, at most, while a coroutine runs that was made before."""
    used: list[int] = []
    tracer = sys.gettrace()
    sys.settrace(None)  # What measures the coverage takes memory of its own.
    tracemalloc.start()
    try:
        for _ in range(200):
            operation = prepare()
            before, _ = tracemalloc.get_traced_memory()
            tracemalloc.reset_peak()
            await operation
            used.append(tracemalloc.get_traced_memory()[1] - before)
            undo()
    finally:
        tracemalloc.stop()
        sys.settrace(tracer)
    # By half the time the caches are filled; once in a while another thread of this process allocates meanwhile.
    return mode(used[100:])


async def bytes_of(channel: Channel[int] | Trivial) -> dict[str, int]:
    """Find what each operation of a channel takes beside its coroutine."""

    async def push_nowait() -> None:
        channel.push_nowait(1)

    async def pull_nowait() -> None:
        channel.pull_nowait()

    def push_back(items: int = 1) -> None:
        for _ in range(items):
            channel.push_nowait(1)

    return {
        "push": await bytes_within(lambda: channel.push(1), channel.pull_nowait),
        "push_nowait": await bytes_within(push_nowait, channel.pull_nowait),
        "pull": await bytes_within(channel.pull, push_back),
        "pull_many": await bytes_within(lambda: channel.pull_many(HELD), partial(push_back, HELD)),
        "__anext__": await bytes_within(channel.__anext__, push_back),
        "pull_nowait": await bytes_within(pull_nowait, push_back),
    }


async def test_what_need_not_wait_allocates_nothing_but_its_coroutine() -> None:
    used, least = await bytes_of(half_full()), await bytes_of(Trivial())
    if sys.version_info < (3, 12):  # There a comprehension is a function of its own, which may come from a cache.
        del used["pull_many"], least["pull_many"]
    assert used == least


class Wasteful(Trivial):
    """Makes a list for each push, which the caches of the interpreter mostly serve."""

    async def push(self, item: int) -> None:
        self.items.extend([item])


async def test_the_count_of_bytes_sees_a_list_of_one_item() -> None:
    wasteful, trivial = await bytes_of(Wasteful()), await bytes_of(Trivial())
    assert [name for name, used in wasteful.items() if used != trivial[name]] == ["push"]


async def test_the_first_push_makes_room_for_items_and_no_later_one_does() -> None:
    fresh = await bytes_within(lambda: Channel[int](buffer=2).push(1), lambda: None)
    trivial = await bytes_of(Trivial())
    assert fresh - trivial["push"] >= sys.getsizeof(deque[int]())
    assert (await bytes_of(half_full()))["push"] == trivial["push"]


async def test_a_subscription_makes_room_for_items_at_the_first_one() -> None:
    hub, kept = Broadcast[int](), list[Subscription[int]]()

    async def subscribe() -> None:
        kept.append(hub.subscribe())

    async def push() -> None:
        hub.push_nowait(1)

    def begin_anew() -> None:
        kept[:] = [hub.subscribe()]

    assert 0 < await bytes_within(subscribe, kept.clear) < sys.getsizeof(deque[int]())
    begin_anew()
    assert await bytes_within(push, begin_anew) >= sys.getsizeof(deque[int]())


async def test_what_need_not_wait_leaves_no_memory() -> None:
    channel = half_full()

    async def operate() -> None:
        await channel.push(1)
        await channel.__anext__()
        channel.push_nowait(1)
        await channel.pull()
        await channel.push(1)
        await channel.pull_many(1)

    assert await blocks_gained(operate, 10_000) < 100


class Counter:
    """What stands for the class of futures that the package makes, and counts them."""

    def __init__(self) -> None:
        self.made = 0
        self.make = asyncio.Future[object]

    def __call__(self) -> Waiter:
        self.made += 1
        return self.make()


@pytest.fixture
def futures(monkeypatch: pytest.MonkeyPatch) -> Counter:
    counter = Counter()
    monkeypatch.setattr("asyncio.Future", counter)
    return counter


WAITS: dict[str, Callable[[Channel[int]], Operation]] = {
    "push": lambda channel: channel.push(1),
    "pull": lambda channel: channel.pull(),
    "pull_many": lambda channel: channel.pull_many(2, within=0.5),
    "__anext__": lambda channel: channel.__anext__(),
    "select over a pull": lambda channel: chanselect(channel.pull_case()),
    "select over a push": lambda channel: chanselect(channel.push_case(1)),
    "select over 16": lambda channel: chanselect(*[channel.pull_case()] * 8, *[channel.push_case(1)] * 8),
}


@pytest.mark.parametrize("wait", WAITS.values(), ids=WAITS)
async def test_a_wait_costs_one_future(futures: Counter, wait: Callable[[Channel[int]], Operation]) -> None:
    task = await start_one(wait(Channel()))
    assert futures.made == 1
    task.cancel()
    await step()
    assert task.cancelled()
    assert futures.made == 1


async def test_what_need_not_wait_makes_no_future(futures: Counter) -> None:
    channel = half_full()
    await channel.push(1)
    await channel.pull()
    await channel.__anext__()
    await channel.pull_many(HELD - 1, within=1)
    await chanselect(channel.push_case(1), channel.pull_case())
    assert futures.made == 0


needs_counting = pytest.mark.skipif(not CAN_COUNT, reason="Python 3.12 is the first that tells of instructions")


def run(operation: Operation) -> None:
    """Run a coroutine that does not wait."""
    with pytest.raises(StopIteration):
        operation.send(None)


# How many there may be: as many as there were on Python 3.14 when this was set, no more elsewhere.
INSTRUCTIONS: dict[str, tuple[int, Callable[[Channel[int]], object]]] = {
    "push": (22, lambda channel: run(channel.push(1))),
    "pull": (22, lambda channel: run(channel.pull())),
    "__anext__": (22, lambda channel: run(channel.__anext__())),
    "push_nowait": (22, lambda channel: channel.push_nowait(1)),
    "pull_nowait": (23, lambda channel: channel.pull_nowait()),
    "pull_many, 1 item": (89, lambda channel: run(channel.pull_many(1))),
    "pull_many, 2 items": (98, lambda channel: run(channel.pull_many(2))),
    "select over 2": (
        188,
        lambda channel: run(chanselect(channel.push_case(1), channel.pull_case(), ordered=True)),
    ),
}


@needs_counting
@pytest.mark.parametrize(("limit", "operate"), INSTRUCTIONS.values(), ids=INSTRUCTIONS)
def test_what_need_not_wait_executes_few_instructions(limit: int, operate: Callable[[Channel[int]], object]) -> None:
    channel = half_full()
    operate(channel)  # What only the first of many does, as looking for a pull that waits, is not what is counted.
    with counting(PACKAGE) as executed:
        operate(channel)
    assert 0 < executed.instructions <= limit


class Plain(BufferedChannel[int]):
    """Overrides nothing."""


class LastFirst(BufferedChannel[int]):
    """Keeps its items in a buffer of its own."""

    def _make_buffer(self) -> Buffer[int]:
        return Stack()


class Stack(list[int]):
    def popleft(self) -> int:
        return self.pop()


@needs_counting
@pytest.mark.parametrize("kind", [Plain, LastFirst, SlidingChannel, DroppingChannel])
@pytest.mark.parametrize("name", INSTRUCTIONS)
def test_a_strategy_executes_no_more_where_nothing_is_different(name: str, kind: type[Channel[int]]) -> None:
    _, operate = INSTRUCTIONS[name]
    executed: list[int] = []
    for channel in (BufferedChannel[int](2 * HELD), kind(2 * HELD)):
        fill(channel, HELD)
        operate(channel)
        with counting(PACKAGE) as counted:
            operate(channel)
        executed.append(counted.instructions)
    assert executed[0] == executed[1]


def calls_of(operate: Callable[[], object]) -> int:
    """Count the calls that the package makes."""
    with counting(PACKAGE) as executed:
        operate()
    return executed.calls.total()


def with_its_lines() -> Channel[int]:
    """Make an unbuffered channel on which both have waited: before that it has no lines, and no place for items."""
    channel = Channel[int]()
    for first in (channel.push(1), channel.pull()):
        first.send(None)
        first.close()
    return channel


# How many there may be: as many as there were when this was set, on each Python.
@needs_counting
@pytest.mark.parametrize(
    ("limit", "name"),
    [(7, "push"), (4, "pull"), (13, "pull_many"), (18, "select over a pull"), (18, "select over a push")],
)
async def test_to_begin_to_wait_in_an_empty_line_takes_few_calls(limit: int, name: str) -> None:
    channel = with_its_lines()
    wait = WAITS[name](channel)
    assert 0 < calls_of(lambda: wait.send(None)) <= limit
    wait.close()


# By the wait that is served: how many there may be, set in the same way, and what serves it.
SERVICES: dict[str, tuple[int, Callable[[Channel[int]], object]]] = {
    "push": (9, lambda channel: channel.pull_nowait()),
    "pull": (8, lambda channel: channel.push_nowait(1)),
}


@needs_counting
@pytest.mark.parametrize("name", SERVICES)
async def test_to_serve_who_waits_takes_few_calls(name: str) -> None:
    limit, serve = SERVICES[name]
    channel = with_its_lines()
    wait = WAITS[name](channel)
    wait.send(None)
    assert 0 < calls_of(lambda: serve(channel)) <= limit
    wait.close()


MAKINGS: dict[str, Callable[[], Channel[int]]] = {
    "unbuffered": Channel,
    "buffered": lambda: Channel(buffer=10),
    "buffered, by position": lambda: Channel(10),
    "its strategy": lambda: BufferedChannel(10),
}


@needs_counting
@pytest.mark.parametrize("make", MAKINGS.values(), ids=MAKINGS)
def test_to_make_a_channel_takes_few_calls(make: Callable[[], object]) -> None:
    # What chooses the class, what makes any core, `object.__new__`, what sets the name past a class attribute of a
    # subclass, `type` of the buffer; and what looks at the arguments.
    assert 0 < calls_of(make) <= 6


@needs_counting
@pytest.mark.parametrize("side", ["push", "pull"])
async def test_to_withdraw_a_wait_takes_few_calls(side: str) -> None:
    wait = WAITS[side](with_its_lines())
    wait.send(None)
    assert 0 < calls_of(wait.close) <= 2


@needs_counting
@pytest.mark.parametrize(("limit", "make"), [(4, SlidingChannel[int]), (2, DroppingChannel[int])])
def test_a_push_that_drops_an_item_takes_few_calls(limit: int, make: Callable[[int], Channel[int]]) -> None:
    full = fill(make(HELD), HELD + 1)
    assert 0 < calls_of(lambda: full.push_nowait(1)) <= limit


def calls_of_a_push(subscribers: int, *, wait: bool) -> int:
    """Count the calls of a push to so many subscribers that have room, or wait to pull; and not to their first one."""
    hub = Broadcast[int]()
    subscriptions = [hub.subscribe() for _ in range(subscribers)]
    run(hub.push(1))
    for subscription in subscriptions:
        run(subscription.pull())
    pulls = [subscription.pull() for subscription in subscriptions if wait]
    for pull in pulls:
        pull.send(None)
    calls = calls_of(lambda: run(hub.push(1)))
    for pull in pulls:
        pull.close()
    return calls


# How many there may be: as many as there were when this was set, on each Python.
@needs_counting
@pytest.mark.parametrize(("limit", "wait"), [pytest.param(3, False, id="room"), pytest.param(15, True, id="waits")])
async def test_a_push_takes_few_calls_for_each_subscriber(limit: int, *, wait: bool) -> None:
    none, few, many = (calls_of_a_push(number, wait=wait) for number in (0, 10, 20))
    assert 0 < none <= 8
    assert 0 < few - none == many - few <= 10 * limit
