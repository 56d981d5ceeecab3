"""A process that sends to a queue or receives from it, and notes in a file what it has done: for `test_crashes.py`.

A note is written in one piece, so that a kill leaves it whole or not at all: ``pushed 7``, ``flushed 7``, ``done 7 2``,
where the last is the attempt.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Literal, NamedTuple

from pychanasync.nats import MsgspecCodec, Queue
from tests.support.nats_server import connected

NUMBERS = MsgspecCodec(int)


class Job(NamedTuple):
    """What a process is told."""

    role: Literal["send", "receive"]
    url: str
    capacity: int
    notes: str
    first: int
    last: int
    work: float


def told(arguments: list[str]) -> Job:
    role, url, capacity, notes, first, last, work = arguments
    assert role in {"send", "receive"}
    chosen: Literal["send", "receive"] = "send" if role == "send" else "receive"
    return Job(chosen, url, int(capacity), notes, int(first), int(last), float(work))


class Notes:
    """A file to which several processes append."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY)

    def write(self, *words: object) -> None:
        os.write(self._file, f"{' '.join(map(str, words))}\n".encode())


async def send(job: Job, queue: Queue[int], notes: Notes) -> None:
    async with queue.outbox(ahead=3, grace=60) as out:
        for item in range(job.first, job.last):
            await out.push(item)
            notes.write("pushed", item)
            await asyncio.sleep(job.work)
            if item % 5 == 0:
                await out.flush()
                notes.write("flushed", item)
    notes.write("flushed", job.last - 1)


async def receive(job: Job, queue: Queue[int], notes: Notes) -> None:
    async with queue.inbox(prefetch=3) as inbox:
        async for delivery in inbox:
            async with delivery as item:
                await asyncio.sleep(job.work)
                notes.write("done", item, delivery.attempt)


async def main(job: Job) -> None:
    async with connected(job.url) as client:
        queue = await Queue.declare(client, "numbers", NUMBERS, capacity=job.capacity, lease=1.0)
        await (send if job.role == "send" else receive)(job, queue, Notes(job.notes))


if __name__ == "__main__":
    asyncio.run(main(told(sys.argv[1:])))
