"""What a channel keeps: nothing of waits that ended, however many, and in whatever order they left."""

from __future__ import annotations

import asyncio
import sys
import tracemalloc
from contextlib import contextmanager, suppress
from random import Random
from typing import TYPE_CHECKING, TypeAlias

import pytest

from pychanasync import Channel, chanselect
from tests.support.counting import undisturbed
from tests.support.helpers import (
    blocks_gained,
    cancelled,
    drain,
    fill,
    is_idle,
    owe_beyond_the_loop,
    start,
    start_one,
    step,
)
from tests.support.loops import QUICKEST

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Generator

many = pytest.mark.long(5_000, 100_000)
NOISE = 100  # Blocks of memory that may be left, however often something is repeated.

LONG = 200  # Tasks in a line, for which it takes more than 10 kB.
Wait: TypeAlias = "Coroutine[object, None, object]"

ORDERS: dict[str, Callable[[list[int]], None]] = {
    "first-come-first-gone": lambda _: None,
    "last-come-first-gone": lambda numbers: numbers.reverse(),
    "at-random": Random(1).shuffle,  # noqa: S311  # Repeatable, not secret.
}


async def time_out(operation: Awaitable[object]) -> None:
    try:
        async with asyncio.timeout(0):
            await operation
    except TimeoutError:
        return
    raise AssertionError("it should have had to wait")


@many
@pytest.mark.heavy
@pytest.mark.asyncio(loop_factories=[QUICKEST])
@pytest.mark.parametrize("others", [0, 1, 100])
async def test_timed_out_pulls_on_an_idle_channel_leave_no_memory_and_no_entries(
    channel: Channel[int], others: int, size: int
) -> None:
    pulls = await start(*(channel.pull() for _ in range(others)))
    before = repr(channel)
    assert await blocks_gained(lambda: time_out(channel.pull()), size) < NOISE
    assert await blocks_gained(lambda: time_out(channel.pull_many(2)), size) < NOISE
    assert repr(channel) == before
    if pulls:
        await cancelled(*pulls)
    assert is_idle(channel)


@many
@pytest.mark.heavy
@pytest.mark.asyncio(loop_factories=[QUICKEST])
async def test_timed_out_pushes_on_a_full_channel_leave_no_memory_and_no_entries(
    bounded: Channel[int], size: int
) -> None:
    held = fill(bounded)
    push = await start_one(bounded.push(0))
    before = repr(bounded)
    assert await blocks_gained(lambda: time_out(bounded.push(1)), size) < NOISE
    assert repr(bounded) == before
    assert drain(bounded) == [*held, 0]
    await push


@pytest.mark.heavy
@pytest.mark.asyncio(loop_factories=[QUICKEST])
async def test_claims_let_go_again_and_again_leave_no_memory(channel: Channel[int]) -> None:
    async def let_go() -> None:
        pull = await start_one(channel.pull())
        channel.push_nowait(1)
        await cancelled(pull)
        assert channel.pull_nowait() == 1

    async def let_two_go() -> None:
        batch = await start_one(channel.pull_many(3, within=1e9))
        for item in range(2):
            channel.push_nowait(item)
            await step()
        await cancelled(batch)
        assert await channel.pull_many(2, within=1e9) == [0, 1]

    assert await blocks_gained(let_go, 10_000) < NOISE
    assert await blocks_gained(let_two_go, 10_000) < NOISE


@pytest.mark.heavy
@pytest.mark.asyncio(loop_factories=[QUICKEST])
async def test_cancellations_deferred_again_and_again_leave_no_memory() -> None:
    channel = Channel[int]()

    async def hand_on() -> None:
        push = await start_one(channel.push(1))
        assert channel.pull_nowait() == 1
        push.cancel()
        await push
        await step()

    assert await blocks_gained(hand_on, 10_000) < NOISE


@pytest.mark.heavy
@pytest.mark.asyncio(loop_factories=[QUICKEST])
async def test_cancellations_owed_to_tasks_of_closed_loops_leave_no_memory() -> None:
    async def owe() -> None:
        await asyncio.to_thread(owe_beyond_the_loop)

    assert await blocks_gained(owe, 1_000) < 1_000  # The threads come to a few hundred, however many times.


@many
@pytest.mark.heavy
@pytest.mark.asyncio(loop_factories=[QUICKEST])
@pytest.mark.parametrize("leave", ORDERS.values(), ids=ORDERS.keys())
@pytest.mark.parametrize("side", ["push", "pull"])
async def test_very_many_waiting_tasks_leave_in_any_order(
    side: str, leave: Callable[[list[int]], None], size: int
) -> None:
    # Were leaving a search through the line, this would take hours.
    channel = Channel[int]()
    tasks = await start(*(channel.push(number) if side == "push" else channel.pull() for number in range(size)))
    assert repr(channel) == f"<UnbufferedChannel: unbuffered, {size} {side}{'es' if side == 'push' else 's'} waiting>"
    order = [*range(size)]
    leave(order)
    for number in order[1:]:
        tasks[number].cancel()
        if number % 100 == 0:
            await step()
    await step(2)
    assert repr(channel) == f"<UnbufferedChannel: unbuffered, 1 {side} waiting>"
    if side == "push":
        assert await channel.pull() == order[0]
    else:
        await channel.push(order[0])
        assert await tasks[order[0]] == order[0]
    await asyncio.wait(tasks)


@many
@pytest.mark.heavy
@pytest.mark.asyncio(loop_factories=[QUICKEST])
async def test_very_many_waiting_pulls_are_served_in_order(size: int) -> None:
    channel = Channel[int]()
    pulls = await start(*(channel.pull() for _ in range(size)))
    for item in range(size):
        channel.push_nowait(item)
    assert await asyncio.gather(*pulls) == [*range(size)]
    assert is_idle(channel)


@many
@pytest.mark.heavy
@pytest.mark.asyncio(loop_factories=[QUICKEST])
async def test_selects_over_an_idle_and_a_busy_channel_leave_nothing_behind(size: int) -> None:
    idle, busy = Channel[int](), Channel[int]()
    other = await start_one(idle.pull())

    async def select_while_idle() -> None:
        await time_out(chanselect(idle.pull_case(), busy.pull_case(), busy.push_case(1)))

    async def select_while_busy() -> None:
        select = asyncio.ensure_future(chanselect(idle.pull_case(), busy.pull_case()))
        await busy.push(1)
        await select

    assert await blocks_gained(select_while_idle, size) < NOISE
    assert await blocks_gained(select_while_busy, size) < NOISE
    assert repr(idle) == "<UnbufferedChannel: unbuffered, 1 pull waiting>"
    assert is_idle(busy)
    await cancelled(other)


def calls_of_a_select(cases: int, waiting: int) -> int:
    """Count the calls, of Python and of C, that a select over so many cases makes from its start to its end.

    Beside it so many tasks wait on each of its channels.
    """
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    async def run() -> None:
        channels = [Channel[int]() for _ in range(cases)]
        others = await start(*(channel.pull() for channel in channels for _ in range(waiting)))
        select = chanselect(*(channel.pull_case() for channel in channels))
        sys.setprofile(count)
        try:
            select.send(None)
            sys.setprofile(None)
            for _ in range(waiting + 1):
                channels[-1].push_nowait(1)
            sys.setprofile(count)
            with pytest.raises(StopIteration):
                select.send(None)
        finally:
            sys.setprofile(None)
        for channel in channels:
            channel.close()
        await asyncio.gather(*others, return_exceptions=True)

    with undisturbed():
        asyncio.run(run())
    return calls


def test_a_select_costs_in_its_cases_and_not_in_what_else_waits() -> None:
    sizes = 4, 8, 16
    for cases in sizes:
        calls_of_a_select(cases, 0)  # The first whose last case is chosen makes a class for that position.
    few, more, many = (calls_of_a_select(cases, 0) for cases in sizes)
    assert many - more == 2 * (more - few)
    assert calls_of_a_select(4, 1_000) == calls_of_a_select(4, 1)


@contextmanager
def tracing() -> Generator[None]:
    """Trace what is allocated, and not what measures the coverage."""
    tracer = sys.gettrace()
    sys.settrace(None)
    tracemalloc.start()
    try:
        yield
    finally:
        tracemalloc.stop()
        sys.settrace(tracer)


def begin(waits: list[Wait], *, cancelled: bool = False) -> None:
    """Let operations wait; then end the waits, if asked to, so that the operations learn of it when they resume."""
    futures = [wait.send(None) for wait in waits]
    for future in futures if cancelled else ():
        assert isinstance(future, asyncio.Future)
        future.cancel()


def of_side(channel: Channel[int], side: str, number: int) -> list[Wait]:
    """Make so many operations."""
    return [channel.push(1) if side == "push" else channel.pull() for _ in range(number)]


@pytest.mark.parametrize("side", ["push", "pull"])
async def test_leaving_a_long_line_takes_no_memory_in_its_length(side: str) -> None:
    channel = Channel[int]()
    waits = of_side(channel, side, 2_000)
    begin(waits)
    with tracing():
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        waits[1_000].close()
        assert tracemalloc.get_traced_memory()[1] - before < 4_000
    for wait in waits:
        wait.close()
    assert is_idle(channel)


def served(channel: Channel[int], side: str, waits: list[Wait]) -> None:
    begin(waits)
    for wait in waits:
        meet(channel, side)
        with suppress(StopIteration):
            wait.send(None)


def withdrawn(_: Channel[int], __: str, waits: list[Wait]) -> None:
    begin(waits)
    for wait in waits:
        wait.close()


def met_when_cancelled(channel: Channel[int], side: str, waits: list[Wait]) -> None:
    begin(waits, cancelled=True)
    with suppress(Channel.Empty, Channel.Full):
        meet(channel, side)
    for wait in waits:
        wait.close()


def closed(channel: Channel[int], _: str, waits: list[Wait]) -> None:
    begin(waits)
    channel.close()
    for wait in waits:
        with suppress(Channel.Closed):
            wait.send(None)


def looked_at_when_cancelled(channel: Channel[int], side: str, waits: list[Wait]) -> None:
    begin(waits, cancelled=True)
    case = channel.pull_case() if side == "push" else channel.push_case(1)
    assert not case.ready()
    for wait in waits:
        wait.close()


def meet(channel: Channel[int], side: str) -> None:
    """Do what serves who waits."""
    if side == "push":
        channel.pull_nowait()
    else:
        channel.push_nowait(1)


def of_selects(channel: Channel[int], side: str, number: int) -> list[Wait]:
    """Make so many selects that wait on one side."""
    case = channel.push_case(1) if side == "push" else channel.pull_case()
    return [chanselect(case) for _ in range(number)]


@pytest.mark.heavy
@pytest.mark.asyncio(loop_factories=[QUICKEST])
@pytest.mark.parametrize("end", [served, withdrawn, met_when_cancelled, closed, looked_at_when_cancelled])
@pytest.mark.parametrize("make", [of_side, of_selects])
@pytest.mark.parametrize("side", ["push", "pull"])
async def test_a_line_that_was_long_gives_its_memory_back(
    side: str,
    make: Callable[[Channel[int], str, int], list[Wait]],
    end: Callable[[Channel[int], str, list[Wait]], None],
) -> None:
    used: list[int] = []
    for _ in range(3):  # What only the first makes, as what the interpreter keeps for later, is not what is measured.
        channel = Channel[int]()
        push = await start_one(channel.push(1))  # Its buffer and its lines are there before.
        await channel.pull()
        await push
        with tracing():
            end(channel, side, make(channel, side, LONG))
            used.append(tracemalloc.get_traced_memory()[0])
        assert is_idle(channel)
    assert used[-1] < 1_000
