"""Small patterns that channels make easy: ``python docs/examples/patterns.py [program ...]``.

They follow Rob Pike's talk "Go Concurrency Patterns" (2012). The search from the end of the talk is in
``replicated_search.py``. Weather stations send readings after pauses of random length, and each program combines
channels and tasks in a different way. In Go, the tasks may still be running when main returns. Here every task belongs
to a task group, so all of them end.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from itertools import count, islice
from random import Random
from typing import NamedTuple, TypeVar

from pychanasync import Channel, RecvChannel, SelectCase, SendChannel, chanselect, close_after

Item = TypeVar("Item")

LONGEST_PAUSE = 0.2
"""In seconds."""


def pauses_of(station: str) -> Callable[[], float]:
    """Return a function that gives the pauses of a station: random, but the same in every run."""
    drawn = Random(station)  # noqa: S311  # No secret.
    return lambda: LONGEST_PAUSE * drawn.random()


# --- Generator: a function that starts a task and returns the channel that the task sends on. ---


def readings(tasks: asyncio.TaskGroup, station: str, many: int | None = None) -> RecvChannel[str]:
    """Start a station that sends this many readings, or goes on until it is cancelled."""
    channel = Channel[str]()
    tasks.create_task(send_readings(channel, station, many))  # Like Go's go statement, but the task has an owner.
    return channel


async def send_readings(channel: SendChannel[str], station: str, many: int | None) -> None:
    pause = pauses_of(station)
    async with channel:  # Closes it after the last reading, so loops over it end.
        for number in islice(count(1), many):
            await asyncio.sleep(pause())
            await channel.push(f"{station} {number}")


async def generator() -> None:
    async with asyncio.TaskGroup() as tasks:
        async for reading in readings(tasks, "north", 3):
            print(reading)


async def in_turn() -> None:
    """Read two stations in turn: even a station that is ready has to wait for its turn."""
    async with asyncio.TaskGroup() as tasks:
        north, south = readings(tasks, "north", 3), readings(tasks, "south", 3)
        for _ in range(3):
            print(await north.pull())
            print(await south.pull())


# --- Fan-in: several channels become one; a reading comes out as soon as any station has one. ---


def fan_in_by_tasks(tasks: asyncio.TaskGroup, *sources: RecvChannel[Item]) -> RecvChannel[Item]:
    """Merge channels, with a task for each."""
    merged = Channel[Item]()

    async def forward(source: RecvChannel[Item]) -> None:
        async for item in source:
            await merged.push(item)

    close_after(merged, *[tasks.create_task(forward(source)) for source in sources])
    return merged


def fan_in_by_select(tasks: asyncio.TaskGroup, *sources: RecvChannel[Item]) -> RecvChannel[Item]:
    """Merge channels, with one task for all of them."""
    merged = Channel[Item]()

    async def forward_all() -> None:
        cases: list[SelectCase[Item]] = [source.pull_case() for source in sources]  # Made once, used in every select.
        async with merged:
            while cases:
                try:
                    selected = await chanselect(*cases)
                except Channel.Closed as end:
                    cases = [case for case in cases if case.channel is not end.channel]
                else:
                    await merged.push(selected.value)

    tasks.create_task(forward_all())
    return merged


async def fan_in_tasks() -> None:
    async with asyncio.TaskGroup() as tasks:
        async for reading in fan_in_by_tasks(tasks, readings(tasks, "north", 4), readings(tasks, "south", 4)):
            print(reading)


async def fan_in_select() -> None:
    async with asyncio.TaskGroup() as tasks:
        async for reading in fan_in_by_select(tasks, readings(tasks, "north", 4), readings(tasks, "south", 4)):
            print(reading)


# --- Restoring the sequence: each message carries a channel on which its sender waits until it may go on. ---


class Numbered(NamedTuple):
    text: str
    go_on: SendChannel[None]


def obedient_readings(tasks: asyncio.TaskGroup, station: str, many: int) -> RecvChannel[Numbered]:
    channel = Channel[Numbered]()
    tasks.create_task(send_obediently(channel, station, many))
    return channel


async def send_obediently(channel: SendChannel[Numbered], station: str, many: int) -> None:
    go_on, pause = Channel[None](), pauses_of(station)
    async with channel:
        for number in range(1, many + 1):
            await asyncio.sleep(pause())
            await channel.push(Numbered(f"{station} {number}", go_on))
            await go_on.pull()  # Waits here, even if the merged channel could take more.


async def sequence() -> None:
    """The station that is first in a round waits for the other one before the next round."""
    async with asyncio.TaskGroup() as tasks:
        stations = [obedient_readings(tasks, station, 3) for station in ("north", "south")]
        merged = fan_in_by_tasks(tasks, *stations)
        for _ in range(3):
            in_this_round = [await merged.pull() for _ in stations]
            print(", ".join(reading.text for reading in in_this_round))
            for reading in in_this_round:
                await reading.go_on.push(None)


# --- Timeouts: use asyncio's own. A pull or a select that is cancelled took nothing. ---


async def timeout_each() -> None:
    """Give up when one reading takes too long."""
    try:
        async with asyncio.TaskGroup() as tasks:
            north = readings(tasks, "north")
            while True:
                async with asyncio.timeout(0.75 * LONGEST_PAUSE):  # A new one for each reading.
                    print(await north.pull())
    except* TimeoutError:  # It left the task group as an error, and the group cancelled the station.
        print("north takes too long")


async def timeout_whole() -> None:
    """Give up when all readings together take too long."""
    try:
        async with asyncio.timeout(2.5 * LONGEST_PAUSE), asyncio.TaskGroup() as tasks:
            async for reading in fan_in_by_select(tasks, readings(tasks, "north"), readings(tasks, "south")):
                print(reading)
    except TimeoutError:
        print("that is enough")


# --- Quit: the receiver tells the sender to stop, and may wait for a last message. ---


async def send_until(stop: RecvChannel[None], channel: SendChannel[str], station: str) -> None:
    pause = pauses_of(station)
    for number in count(1):
        await asyncio.sleep(pause())
        selected = await chanselect(channel.push_case(f"{station} {number}"), stop.pull_case())
        if selected.index == 1:
            return


async def quit_channel() -> None:
    north, stop = Channel[str](), Channel[None]()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(send_until(stop, north, "north"))
        for _ in range(3):
            print(await north.pull())
        await stop.push(None)
    print("stopped")


async def send_and_clear_up(stop: RecvChannel[SendChannel[str]], channel: SendChannel[str], station: str) -> None:
    pause = pauses_of(station)
    for number in count(1):
        await asyncio.sleep(pause())
        selected = await chanselect(channel.push_case(f"{station} {number}"), stop.pull_case())
        if selected.index == 1:  # Type checkers know that the value came from stop.
            await asyncio.sleep(pause())  # Clean up here.
            await selected.value.push(f"{station} has put everything in order after {number - 1} readings")
            return


async def quit_with_answer() -> None:
    """The message that tells the station to stop is the channel for its answer."""
    north, stop, answer = Channel[str](), Channel[SendChannel[str]](), Channel[str]()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(send_and_clear_up(stop, north, "north"))
        for _ in range(3):
            print(await north.pull())
        await stop.push(answer)
        print(await answer.pull())


# --- Daisy chain: tasks are cheap. ---


async def add_one(source: RecvChannel[int], target: SendChannel[int]) -> None:
    await target.push(await source.pull() + 1)


async def daisy_chain() -> None:
    """Pass a number along a chain of 10,000 tasks, each of which adds one."""
    first = source = Channel[int]()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(10_000):
            target = Channel[int]()
            tasks.create_task(add_one(source, target))
            source = target
        await first.push(0)
        print(await source.pull())


PROGRAMS: dict[str, Callable[[], Awaitable[None]]] = {
    program.__name__: program
    for program in (
        generator,
        in_turn,
        fan_in_tasks,
        fan_in_select,
        sequence,
        timeout_each,
        timeout_whole,
        quit_channel,
        quit_with_answer,
        daisy_chain,
    )
}


async def run(names: list[str]) -> None:
    for name in names:
        print(f"--- {name}")
        await PROGRAMS[name]()


def main() -> None:
    parser = argparse.ArgumentParser(description="Run small programs that show patterns of channels, or all of them.")
    parser.add_argument("programs", metavar="program", nargs="*", help=", ".join(PROGRAMS))
    names: list[str] = parser.parse_args().programs or [*PROGRAMS]
    if unknown := [name for name in names if name not in PROGRAMS]:
        parser.error(f"no such program: {', '.join(unknown)}")
    asyncio.run(run(names))


if __name__ == "__main__":
    main()
