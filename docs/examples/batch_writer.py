"""Collect the lines of files in an SQLite database, in batches: ``python docs/examples/batch_writer.py file ...``.

Each file is read by a task of its own; with ``--follow`` the task also reads lines that are appended later. One more
task writes the lines. A batch is written when it is full, or half a second after its first line arrived. While the
database is locked, the writer retries after longer and longer pauses. The channel fills up, and the readers wait
(backpressure).

Ctrl-C or SIGTERM stops the readers, and the lines that they have read are still written (graceful shutdown). A second
Ctrl-C ends the program at once; a batch is then in the database as a whole or not at all. Each line has its own place
in the table, so you can run the program again: it adds the missing lines, and no line is there twice. On Windows the
program does not run, because asyncio's loops do not handle signals there.

Exit status: 0 all lines were written, 1 something could not be read or written, 2 bad usage, 130 interrupted twice.
"""

import argparse
import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import NamedTuple, TypeAlias

from pychanasync import Channel, RecvChannel, SendChannel, chanselect, close_after, event_case, timeout_case

BATCH = 500
"""The most lines that are written at a time."""
WITHIN = 0.5
"""The most seconds that a line waits for others to be written with it."""
ATTEMPTS = 8
PAUSE = 0.1
"""Seconds before the second attempt. Each later pause is twice as long as the one before."""
POLL = 0.25
"""Seconds between two reads of a file that is followed."""
CHUNK = 1 << 20


class Row(NamedTuple):
    path: str
    number: int
    line: str


Save: TypeAlias = Callable[[Sequence[Row]], Awaitable[None]]
"""Saves all the rows or, if it raises, none of them. Saving a row again changes nothing."""


async def collect(paths: Iterable[Path], save: Save, stop: asyncio.Event, *, follow: bool = False) -> int:
    """Save the lines of all files; return how many of the files could not be read."""
    rows = Channel[Row](buffer=2 * BATCH)
    async with asyncio.TaskGroup() as tasks:  # If the writer fails, it cancels the readers.
        readers = [tasks.create_task(read(path, rows, stop, follow=follow)) for path in paths]
        close_after(rows, *readers)  # The writer then writes what is left, and ends.
        await write(rows, save)
    return sum(not reader.result() for reader in readers)


async def read(path: Path, rows: SendChannel[Row], stop: asyncio.Event, *, follow: bool) -> bool:
    """Send each line of a file; return whether it could be read."""
    name, numbers = os.fsencode(path).decode(errors="replace"), count(1)
    offset, rest = 0, b""
    while not stop.is_set():
        try:
            chunk = await asyncio.to_thread(read_chunk, path, offset)
        except OSError as error:
            show(f"cannot read {path}: {error.strerror}")
            return False
        offset += len(chunk)
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            row = Row(name, next(numbers), line.decode(errors="replace"))
            # The stop comes first. Otherwise some rows would still be chosen after the stop, while there is room.
            selected = await chanselect(event_case(stop), rows.push_case(row), ordered=True)
            if selected.index == 0:
                break
        if not chunk and follow:
            await chanselect(event_case(stop), timeout_case(POLL))  # A pause that the stop ends.
        elif not chunk:
            if rest:  # A last line without a newline.
                await rows.push(Row(name, next(numbers), rest.decode(errors="replace")))
            break
    return True


def read_chunk(path: Path, offset: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(CHUNK)


async def write(rows: RecvChannel[Row], save: Save) -> None:
    """Save all rows in batches, in order, until the channel is closed."""
    written = 0
    while True:
        try:
            batch = await rows.pull_many(BATCH, within=WITHIN)  # If it is cancelled here, it has taken nothing.
        except Channel.Closed:
            return
        await persist(batch, save)
        written += len(batch)
        show_progress(f"{written} lines written")


async def persist(batch: Sequence[Row], save: Save) -> None:
    """Save a batch; try several times if necessary."""
    for attempt in range(1, ATTEMPTS):
        try:
            await save(batch)
        except sqlite3.OperationalError as error:  # Any other error is a bug, and ends the program.
            pause = PAUSE * 2 ** (attempt - 1)
            show(f"{error}: trying again in {pause:.1f} s")
            await asyncio.sleep(pause)
        else:
            return
    await save(batch)


def insert(database: sqlite3.Connection, batch: Sequence[Row]) -> None:
    with database:  # A transaction.
        database.executemany("INSERT OR REPLACE INTO lines VALUES (?, ?, ?)", batch)


async def run(paths: Iterable[Path], database: sqlite3.Connection, *, follow: bool) -> int:
    """Collect until all files are read, or until Ctrl-C; return how many of the files could not be read."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def interrupt() -> None:
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)  # A second Ctrl-C raises KeyboardInterrupt.

    async def save(batch: Sequence[Row]) -> None:
        await asyncio.to_thread(insert, database, batch)

    loop.add_signal_handler(signal.SIGINT, interrupt)
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    return await collect(paths, save, stop, follow=follow)


def show(message: str) -> None:
    show_progress("")
    print(message, file=sys.stderr)


def show_progress(line: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)


def open_database(path: str) -> sqlite3.Connection:
    # Only one thread at a time uses it. It does not wait for locks, because we retry ourselves.
    database = sqlite3.connect(path, timeout=0, check_same_thread=False)
    try:
        database.execute(
            "CREATE TABLE IF NOT EXISTS lines (path TEXT, number INTEGER, line TEXT, PRIMARY KEY (path, number))"
        )
    except BaseException:
        database.close()
        raise
    return database


def main() -> int:
    parser = argparse.ArgumentParser(description="Collect the lines of files in an SQLite database.")
    parser.add_argument("files", metavar="file", nargs="+", type=Path)
    parser.add_argument("--database", metavar="FILE", default="lines.sqlite", help="default: lines.sqlite")
    parser.add_argument("--follow", action="store_true", help="go on with what is appended to the files, until Ctrl-C")
    arguments = parser.parse_args()
    try:
        database = open_database(arguments.database)
    except sqlite3.Error as error:
        parser.error(f"cannot open {arguments.database}: {error}")
    status = 0
    with closing(database):  # Closed after the event loop, when no thread uses it any more, even after Ctrl-C.
        try:
            if asyncio.run(run(dict.fromkeys(arguments.files), database, follow=arguments.follow)):
                status = 1
        except* sqlite3.Error as errors:
            show(f"cannot write: {errors.exceptions[0]}")
            status = 1
        except* KeyboardInterrupt:
            show("interrupted")
            status = 130
        show_progress("")
        for path, lines in database.execute("SELECT path, count(*) FROM lines GROUP BY path ORDER BY path"):
            print(f"{path}: {lines} lines")
    return status


if __name__ == "__main__":
    sys.exit(main())
