"""The guide to shutting down a service: what it says of signals, of asyncio, and of its second signal.

Its programs are run by the tests of all documents.
"""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from textwrap import dedent

import pytest

from pychanasync import Channel
from tests.support.documents import DOCUMENTS, programs
from tests.support.systems import needs_posix_signals
from tests.support.terminal import PATIENCE
from tests.support.virtual_time import VirtualTimeLoop

pytestmark = needs_posix_signals

PROGRAMS = programs(DOCUMENTS["guides_shutting_down"])
HANDLERS = f"{PROGRAMS[0].text}\n{PROGRAMS[1].text.partition('async def produce')[0]}"
"""The first block, and ``stop_on_signals`` of the second."""


def end_of(program: str, *numbers: signal.Signals) -> tuple[str, int]:
    """Run a program, send it a signal after each of its first lines, and return what it printed, and its status."""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    ) as process:
        try:
            said = ""
            for number in numbers:
                assert process.stdout
                said += process.stdout.readline()
                process.send_signal(number)
            rest, _ = process.communicate(timeout=PATIENCE)
            return said + rest, process.returncode
        finally:
            process.kill()


STUBBORN = """
    import asyncio, signal
    from pychanasync import Channel
    async def main():
        try:
            print("begun", flush=True)
            await Channel().pull()
        finally:
            print("cancelled", flush=True)
            await asyncio.sleep(0 if once else 3600)
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        print("interrupted")
"""
"""A main task that waits once more when it is cancelled."""
SIGINT, SIGTERM = signal.SIGINT, signal.SIGTERM


@pytest.mark.parametrize(
    ("once", "numbers", "end"),
    [
        (True, [SIGTERM], ("begun\n", -SIGTERM)),
        (True, [SIGINT], ("begun\ncancelled\ninterrupted\n", 0)),
        (False, [SIGINT, SIGINT], ("begun\ncancelled\ninterrupted\n", 0)),
    ],
    ids=["SIGTERM", "Ctrl-C", "Ctrl-C twice"],
)
def test_without_a_handler(*, once: bool, numbers: list[signal.Signals], end: tuple[str, int]) -> None:
    assert end_of(f"once = {once}\n{dedent(STUBBORN)}", *numbers) == end


BUSY = """
async def main() -> None:
    stop = asyncio.Event()
    stop_on_signals(stop)
    print("begun", flush=True)
    await stop.wait()
    print("stopping", flush=True)
    while True:
        pass
try:
    asyncio.run(main())
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.parametrize(
    ("second", "end"), [(SIGINT, ("begun\nstopping\ninterrupted\n", 0)), (SIGTERM, ("begun\nstopping\n", -SIGTERM))]
)
@pytest.mark.parametrize("first", [SIGINT, SIGTERM])
def test_the_second_signal_ends_a_program_though_a_task_blocks_the_loop(
    first: signal.Signals, second: signal.Signals, end: tuple[str, int]
) -> None:
    assert end_of(HANDLERS + BUSY, first, second) == end


def test_a_task_that_waits_forever_once_it_is_cancelled_keeps_asyncio_run_from_ending() -> None:
    async def push_at_the_end() -> None:
        channel = Channel[str]()
        try:
            await channel.pull()
        finally:
            await channel.push("nobody pulls this")

    async def main() -> None:
        tasks.append(asyncio.create_task(push_at_the_end()))
        await asyncio.sleep(0)

    tasks: list[asyncio.Task[None]] = []
    runner = asyncio.Runner(loop_factory=VirtualTimeLoop)
    runner.run(main())
    with pytest.raises(RuntimeError, match="every task waits"):  # What this loop says where others would wait.
        runner.close()
    assert not tasks[0].done()
    tasks[0].get_coro().close()


@pytest.mark.skipif(sys.version_info < (3, 13), reason="there it may return at once")
def test_to_wait_until_a_server_is_closed_is_to_wait_for_its_clients() -> None:
    async def main() -> None:
        accepted = Channel[asyncio.StreamWriter](buffer=1)
        server = await asyncio.start_server(lambda _, writer: accepted.push_nowait(writer), "127.0.0.1", 0)
        _, client = await asyncio.open_connection(*server.sockets[0].getsockname())
        ours = await accepted.pull()
        server.close()
        closing = asyncio.create_task(server.wait_closed())
        for _ in range(10):
            await asyncio.sleep(0)
        assert not closing.done()
        client.close()
        ours.close()
        await closing

    asyncio.run(main())
