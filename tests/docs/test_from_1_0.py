"""Programs for pychanasync 1.0, after the examples of that project, run here with the changes that the page names.

They are written as they would be for 1.0, where they print the same; but there FAN_IN loses all from the right.
"""

from __future__ import annotations

import asyncio
import re
from textwrap import dedent
from typing import NamedTuple

import pytest

from tests.support.documents import DOCUMENTS
from tests.support.virtual_time import VirtualTimeLoop

PAGE = DOCUMENTS["coming_from_pychanasync_1_0"]


class Change(NamedTuple):
    """What the page names in the first column of a table, and what it is to be replaced by."""

    named: str
    before: str
    after: str


CHANGES = [
    Change(
        "`from pychanasync.chan import Channel, chanselect`",
        r"from pychanasync\.chan import",
        "from pychanasync import",
    ),
    Change("`chanselect((a, a.pull()), (b, b.push(3)))`", r"\((\w+), \1\.(push|pull)\((.*?)\)\)", r"\1.\2_case(\3)"),
    Change("`(None, asyncio.sleep(5))` among the pairs", r"\(None, asyncio\.sleep\((.*?)\)\)", r"timeout_case(\1)"),
    Change("`(None, coroutine())` among the pairs", r"\(None, (\w+\(.*?\))\)", r"done_case(asyncio.create_task(\1))"),
    Change("`except ChannelClosed as e: e.which_chan`", r"\.which_chan", ".channel"),
    Change("`Channel(bound=8)`", "bound=", "buffer="),
]

GENERATOR = """
    from pychanasync.chan import Channel

    async def ticker(word):
        ticks = Channel()

        async def tick():
            number = 0
            while True:
                await ticks.push(f"{word} {number}")
                await asyncio.sleep(1)
                number += 1

        tasks.append(asyncio.create_task(tick()))
        return ticks

    tasks = []

    async def main():
        ticks = await ticker("tick")
        for _ in range(3):
            print(await ticks.pull())
"""
FAN_IN = f"""
{GENERATOR}
    from pychanasync.chan import chanselect

    async def merge(one, other):
        merged = Channel()

        async def forward():
            while True:
                _, word = await chanselect((one, one.pull()), (other, other.pull()))
                await merged.push(word)

        tasks.append(asyncio.create_task(forward()))
        return merged

    async def main():
        merged = await merge(await ticker("left"), await ticker("right"))
        print(sorted([await merged.pull() for _ in range(4)]))
"""
DAISY_CHAIN = """
    from pychanasync.chan import Channel

    async def pass_on(left, right):
        await left.push(1 + await right.pull())

    async def main():
        first = left = Channel()
        tasks = []
        for _ in range(1000):
            right = Channel()
            tasks.append(asyncio.create_task(pass_on(left, right)))
            left = right
        tasks.append(asyncio.create_task(left.push(1)))
        print(await first.pull())
"""
PRODUCER_AND_CONSUMER = """
    from pychanasync import Channel, ChannelClosed

    async def produce(channel):
        for number in range(4):
            await channel.push(number)
        await asyncio.sleep(0)
        channel.close()

    async def consume(channel, numbers):
        while True:
            try:
                numbers.append(await channel.pull())
            except ChannelClosed as e:
                print(numbers, e.which_chan is channel)
                break

    async def main():
        channel = Channel(bound=1)
        await asyncio.gather(produce(channel), consume(channel, []))
"""
ITERATION = """
    from pychanasync import Channel

    async def produce(channel):
        async with channel as same:
            for number in range(3):
                await same.push(number)

    async def main():
        channel = Channel()
        producing = asyncio.create_task(produce(channel))
        async for number in channel:
            print(number)
        print(channel.closed, channel.csize())
"""
SELECT = """
    from pychanasync import Channel, chanselect

    async def push_later(channel, delay, item):
        await asyncio.sleep(delay)
        await channel.push(item)

    async def main():
        a, b = Channel(bound=2), Channel(bound=2)
        later = [asyncio.create_task(push_later(channel, delay, delay)) for channel, delay in ((a, 2), (b, 1))]
        channel, value = await chanselect((a, a.pull()), (b, b.pull()))
        print(channel == b, value)
        channel, value = await chanselect((b, b.push("to b")))
        print(channel is b, value, b.csize())
"""
NOWAIT = """
    from pychanasync import Channel, ChannelFull
    from pychanasync.errors import ChannelEmpty

    async def main():
        channel = Channel(bound=1)
        channel.push_nowait(1)
        try:
            channel.push_nowait(2)
        except ChannelFull:
            print("full:", channel.full())
        print(channel.pull_nowait())
        try:
            channel.pull_nowait()
        except ChannelEmpty:
            print("empty:", channel.empty())
"""
TIMEOUT = """
    from pychanasync import *  # Here this brings the cases.
    from pychanasync import Channel, chanselect

    async def main():
        silent = Channel()
        channel, value = await chanselect((silent, silent.pull()), (None, asyncio.sleep(5)))
        print(channel is silent)
"""
COROUTINE = """
    from pychanasync import *
    from pychanasync import Channel, chanselect

    async def look_up():
        return "an answer"

    async def main():
        silent = Channel()
        channel, value = await chanselect((silent, silent.pull()), (None, look_up()))
        print(channel is silent)
"""
THREADS = """
    import threading
    from pychanasync import Channel

    async def main():
        channel, loop = Channel(bound=5), asyncio.get_running_loop()

        def produce():
            for number in range(3):
                loop.call_soon_threadsafe(asyncio.create_task, channel.push(number))

        await asyncio.to_thread(produce)
        print([await channel.pull() for _ in range(3)])
"""


def ported(program: str) -> str:
    for change in CHANGES:
        program = re.sub(change.before, change.after, program)
    return f"import asyncio\n{dedent(program)}"


@pytest.mark.parametrize(
    ("program", "said"),
    [
        (GENERATOR, ["tick 0", "tick 1", "tick 2"]),
        (FAN_IN, ["['left 0', 'left 1', 'right 0', 'right 1']"]),
        (DAISY_CHAIN, ["1001"]),
        (PRODUCER_AND_CONSUMER, ["[0, 1, 2, 3] True"]),
        (ITERATION, ["0", "1", "2", "True None"]),
        (SELECT, ["True 1", "True None 1"]),
        (NOWAIT, ["full: True", "1", "empty: True"]),
        (TIMEOUT, ["False"]),
        (COROUTINE, ["False"]),
        (THREADS, ["[0, 1, 2]"]),
    ],
)
def test_a_program_for_1_0_runs_with_the_changes_that_the_page_names(
    capsys: pytest.CaptureFixture[str], program: str, said: list[str]
) -> None:
    namespace: dict[str, object] = {}
    exec(ported(program), namespace)  # noqa: S102  # Our own.
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(eval("main()", namespace))  # noqa: S307  # The same.
    assert capsys.readouterr().out.splitlines() == said


@pytest.mark.parametrize("change", CHANGES)
def test_the_page_names_each_change_and_some_program_needs_it(change: Change) -> None:
    assert f"| {change.named} |" in PAGE.read_text(encoding="utf-8")
    programs = (GENERATOR, FAN_IN, DAISY_CHAIN, PRODUCER_AND_CONSUMER, SELECT, NOWAIT, TIMEOUT, COROUTINE)
    assert any(re.search(change.before, program) for program in programs)
