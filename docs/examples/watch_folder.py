"""Say what changes in a folder: ``python docs/examples/watch_folder.py folder [--poll SECONDS]``.

Listing a folder blocks, and so does the pause before the next time, so a thread does it. It sends the changes into a
pipeline of tasks: one task reads each file that is new or has changed, and the main task prints. If they are slow, the
thread waits for them (backpressure).

SIGTERM or Ctrl-C stops the thread. The changes that it has already found are still printed (graceful shutdown). On
Windows the program does not run, because asyncio's loops do not handle signals there.

Exit status: 0 stopped, 1 the folder cannot be read, 2 bad usage.
"""

import argparse
import asyncio
import hashlib
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypeAlias

from pychanasync import Channel, RecvChannel, SendChannel
from pychanasync.threads import ThreadSender

BEHIND = 100
"""How many changes the pipeline may be behind before the thread waits for it."""

State: TypeAlias = tuple[int, int]
"""The time of a file's last change, and its size."""


class Change(NamedTuple):
    kind: str
    path: Path


def watch(folder: Path, changes: ThreadSender[Change], stop: threading.Event, poll: float) -> None:
    """Send changes until told to stop. This runs in a thread."""
    known: dict[Path, State] = {}
    with changes:  # Closes the channel at the end. If there is an error, the receiver learns of it.
        while True:
            found = look_at(folder)
            for change in differences(known, found):
                changes.push(change)  # Blocks this thread while the channel is full.
            known = found
            if stop.wait(poll):
                return


def look_at(folder: Path) -> dict[Path, State]:
    found: dict[Path, State] = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file(follow_symlinks=False):
                with suppress(FileNotFoundError):  # It has been deleted since.
                    status = entry.stat(follow_symlinks=False)
                    found[Path(entry.path)] = (status.st_mtime_ns, status.st_size)
    return found


def differences(known: Mapping[Path, State], found: Mapping[Path, State]) -> Iterator[Change]:
    for path in sorted({*known, *found}):
        if path not in found:
            yield Change("gone", path)
        elif path not in known:
            yield Change("new", path)
        elif known[path] != found[path]:
            yield Change("changed", path)


async def describe(changes: RecvChannel[Change], lines: SendChannel[str]) -> None:
    async with lines:
        async for kind, path in changes:
            digest = "" if kind == "gone" else await asyncio.to_thread(digest_of, path)
            await lines.push(f"{kind:8}{path.name}  {digest}".rstrip())


def digest_of(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    except OSError as error:  # It may have been deleted since.
        return f"({error.strerror})"


async def run(folder: Path, poll: float) -> None:
    """Print changes until the program is told to stop."""
    changes, lines = Channel[Change](buffer=BEHIND), Channel[str]()
    stop, loop = threading.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    watching = loop.run_in_executor(None, watch, folder, ThreadSender(changes), stop, poll)
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(describe(changes, lines))
            async for line in lines:
                print(line, flush=True)
    finally:
        stop.set()  # A thread cannot be cancelled; it has to be told.
        changes.close(immediate=True)  # Wakes the thread if it is waiting for room.
        await asyncio.gather(watching, return_exceptions=True)  # Its error has already come through the channel.


def main() -> int:
    parser = argparse.ArgumentParser(description="Say what changes in a folder, until SIGTERM or Ctrl-C.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--poll", type=float, default=0.5, metavar="SECONDS", help="between two looks; default: 0.5")
    arguments = parser.parse_args()
    status = 0
    try:
        asyncio.run(run(arguments.folder, arguments.poll))
    except* Channel.Failed as failures:
        print(f"cannot go on: {failures.exceptions[0].__cause__}", file=sys.stderr)
        status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
