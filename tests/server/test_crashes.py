"""What becomes of items when processes are killed: workers, producers, the server. Lost: none that was flushed.

An item may be done twice. How many were is reported, not judged, but for the reason: while the server lives it has
given out each of them more than once, as the attempt shows, since a lease ran out. A server that was killed may have
forgotten what it had given out.
"""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple

import pytest

from pychanasync.nats import MsgspecCodec, Queue
from tests.support.nats_server import NatsServer, connected, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ITEMS = 300
WORK = 0.002  # Seconds for an item.
Report = Callable[[str], None]


class Noted(NamedTuple):
    """What the processes have noted."""

    pushed: set[int]
    flushed: set[int]
    done: Counter[int]
    attempts: dict[int, int]
    """Of each item, the last."""


async def ended(process: subprocess.Popen[bytes]) -> None:
    """Wait for the end of a process."""
    await until(lambda: process.poll() is not None)


class Scene:
    """A server, and processes that send to a queue on it and receive from it."""

    def __init__(self, server: NatsServer, folder: Path, capacity: int = 50) -> None:
        self.server = server
        self.capacity = capacity
        self._notes = folder / "notes"
        self._notes.touch()
        self.producers: list[subprocess.Popen[bytes]] = []
        self.workers: list[subprocess.Popen[bytes]] = []

    def start(self, role: str, first: int = 0, last: int = 0, work: float = WORK) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.server.worker", role, self.server.url]
        numbers = [self.capacity, self._notes, first, last, work]
        return subprocess.Popen([*command, *map(str, numbers)], stderr=subprocess.DEVNULL)

    def send(self, first: int, last: int, work: float = 0.0) -> None:
        self.producers.append(self.start("send", first, last, work))

    def receive(self, workers: int = 1, work: float = WORK) -> None:
        self.workers += [self.start("receive", work=work) for _ in range(workers)]

    def noted(self) -> Noted:
        noted = Noted(set(), set(), Counter(), {})
        for line in self._notes.read_text().splitlines():
            what, item, *more = line.split(" ")
            number = int(item)
            if what == "pushed":
                noted.pushed.add(number)
            elif what == "flushed":
                noted.flushed.update(
                    each for each in noted.pushed if each // 1_000 == number // 1_000 and each <= number
                )
            else:
                noted.done[number] += 1
                noted.attempts[number] = max(noted.attempts.get(number, 0), int(more[0]))
        return noted

    async def until_done(self, many: int) -> None:
        await until(lambda: len(self.noted().done) >= many)

    async def replace_workers(self, times: int, number: signal.Signals) -> None:
        """End one worker after another, evenly over the first part of the items, and start another one for each."""
        for worker in range(times):
            await self.until_done((worker + 1) * ITEMS // (times + 2))
            self.workers[worker].send_signal(number)
            self.receive()

    async def end(self) -> Noted:
        """Wait until the producers are through, finish the queue, and wait for the workers."""
        for producer in self.producers:
            await ended(producer)
        async with connected(self.server.url) as client:
            queue = await Queue.declare(client, "numbers", MsgspecCodec(int), capacity=self.capacity, lease=1.0)
            await queue.finish()
        for worker in self.workers:
            await ended(worker)
        return self.noted()

    def close(self) -> None:
        for process in (*self.producers, *self.workers):
            process.kill()
            process.wait()


@pytest.fixture
def scene(own_server: NatsServer, tmp_path: Path) -> Iterator[Scene]:
    with ExitStack() as stack:
        scene = Scene(own_server, tmp_path)
        stack.callback(scene.close)
        yield scene


def judge(noted: Noted, report: Report, what: str, times: int, *, forgetful: bool = False) -> None:
    """Demand that nothing is lost that was flushed, and that what was done twice was given out twice; report."""
    lost = noted.flushed - {*noted.done}
    doubled = [item for item, many in noted.done.items() if many > 1]
    unflushed = noted.pushed - noted.flushed - {*noted.done}
    report(
        f"{what}, {times} times: {len(noted.flushed)} flushed, {len(lost)} lost, {len(doubled)} done twice;"
        f" pushed, not flushed and lost: {len(unflushed)}"
    )
    assert not lost
    assert forgetful or all(noted.attempts[item] > 1 for item in doubled)


async def test_workers_that_are_killed_lose_nothing(scene: Scene, report: Report) -> None:
    scene.send(0, ITEMS)
    scene.receive(2)
    await scene.replace_workers(4, signal.SIGKILL)
    noted = await scene.end()
    judge(noted, report, "killed a worker", 4)
    assert {*noted.done} == {*range(ITEMS)}


async def test_workers_that_are_interrupted_give_back_at_once_what_they_have(scene: Scene, report: Report) -> None:
    scene.send(0, ITEMS)
    scene.receive(2)
    await scene.replace_workers(2, signal.SIGINT)
    noted = await scene.end()
    judge(noted, report, "interrupted a worker (Ctrl-C)", 2)
    assert {*noted.done} == {*range(ITEMS)}
    assert not any(many > 1 for many in noted.done.values())


async def test_producers_that_are_killed_lose_no_more_than_what_was_not_flushed(scene: Scene, report: Report) -> None:
    scene.receive(2, work=0)
    kills = 4
    for kill in range(kills):
        scene.send(1_000 * kill, 1_000 * kill + ITEMS, work=WORK)
        await scene.until_done(40 * (kill + 1))
        scene.producers[kill].send_signal(signal.SIGKILL)
    noted = await scene.end()
    judge(noted, report, "killed a producer", kills)
    for kill in range(kills):
        lost = {item for item in noted.pushed if item // 1_000 == kill} - {*noted.done}
        assert len(lost) <= 3 + 1  # What it had pushed ahead, and one more.


async def test_a_server_that_is_killed_and_started_again_loses_nothing(scene: Scene, report: Report) -> None:
    scene.send(0, ITEMS)
    scene.receive(2)
    for kill in range(3):
        await scene.until_done((kill + 1) * ITEMS // 5)
        scene.server.kill()
        await asyncio.sleep(0.2)
        scene.server.start()
    noted = await scene.end()
    judge(noted, report, "killed the server", 3, forgetful=True)
    assert {*noted.done} == {*range(ITEMS)}


async def test_a_server_that_stands_still_for_longer_than_a_lease_loses_nothing(scene: Scene, report: Report) -> None:
    scene.send(0, ITEMS)
    scene.receive(2)
    await scene.until_done(ITEMS // 3)
    scene.server.stop()
    await asyncio.sleep(3)
    scene.server.resume()
    noted = await scene.end()
    judge(noted, report, "stopped the server for three leases", 1)
    assert {*noted.done} == {*range(ITEMS)}


async def test_a_worker_that_stands_still_for_longer_than_a_lease_loses_nothing(scene: Scene, report: Report) -> None:
    scene.send(0, ITEMS)
    scene.receive(2)
    await scene.until_done(ITEMS // 3)
    scene.workers[0].send_signal(signal.SIGSTOP)
    await asyncio.sleep(3)
    scene.workers[0].send_signal(signal.SIGCONT)
    noted = await scene.end()
    judge(noted, report, "stopped a worker for three leases", 1)
    assert {*noted.done} == {*range(ITEMS)}


async def test_everything_that_is_killed_in_turns_loses_nothing_that_was_flushed(scene: Scene, report: Report) -> None:
    scene.capacity = 5  # So that the producers wait at a full queue.
    for producer in range(2):
        scene.send(1_000 * producer, 1_000 * producer + ITEMS)
    scene.receive(2)
    for kill in range(3):
        await scene.until_done((kill + 1) * ITEMS // 4)
        scene.workers[kill].send_signal(signal.SIGKILL)
        scene.server.kill()
        scene.receive()
        await asyncio.sleep(0.2)
        scene.server.start()
    scene.producers[0].send_signal(signal.SIGKILL)
    noted = await scene.end()
    judge(noted, report, "killed a worker and the server, at last a producer", 3, forgetful=True)
    assert noted.done.keys() >= {*range(1_000, 1_000 + ITEMS)}
