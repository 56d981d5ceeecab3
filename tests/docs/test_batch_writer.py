"""docs/examples/batch_writer.py: what it has read it writes, once, whatever fails, is stopped or is cancelled.

First its parts, by steps of the loop and in virtual time; then the program, on real files, databases and signals.
"""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docs.examples import batch_writer
from docs.examples.batch_writer import ATTEMPTS, PAUSE, POLL, WITHIN, Row, collect, insert, open_database, read, write
from pychanasync import Channel
from tests.support import virtual_time
from tests.support.helpers import drain, step
from tests.support.systems import needs_posix_signals
from tests.support.terminal import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from docs.examples.batch_writer import Save
    from tests.support.helpers import Loosely, Result
    from tests.support.terminal import Terminal

ROWS = [Row("file", number, f"line {number}") for number in range(1, 11)]
BATCH = 3
COMMAND = [sys.executable, "-X", "dev", "-W", "error", batch_writer.__file__]


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_writer, "BATCH", BATCH)


@pytest.fixture
def _no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do what a thread would do in a step of the loop, between others: so tests choose the moment of what they do."""

    async def in_steps(function: Callable[..., Result], *arguments: Loosely) -> Result:  # type: ignore[explicit-any]  # As of to_thread.
        await step(2)
        result = function(*arguments)
        await step(2)
        return result

    monkeypatch.setattr(asyncio, "to_thread", in_steps)


class Table:
    """What was saved, each batch whole, in one of the steps that saving takes."""

    def __init__(self, failures: int = 0, error: Exception | None = None) -> None:
        self.batches: list[list[Row]] = []
        self.in_hand: list[Row] = []
        self.times: list[float] = []
        self._failures = failures
        self._error = error or sqlite3.OperationalError("database is locked")

    @property
    def rows(self) -> list[Row]:
        return [row for batch in self.batches for row in batch]

    async def save(self, batch: Sequence[Row]) -> None:
        self.in_hand = [*batch]
        self.times.append(asyncio.get_running_loop().time())
        await step(2)
        if len(self.times) <= self._failures:
            raise self._error
        self.batches.append(self.in_hand)
        self.in_hand = []
        await step(2)


def saver(database: sqlite3.Connection) -> Save:
    async def save(batch: Sequence[Row]) -> None:
        await asyncio.to_thread(insert, database, batch)

    return save


def lines_in(database: sqlite3.Connection) -> list[Row]:
    return [Row(*row) for row in database.execute("SELECT path, number, line FROM lines ORDER BY path, number")]


def files_of(folder: Path, lines: Iterable[int]) -> tuple[list[Path], list[Row]]:
    """Make files of so many lines each; return them with the rows that they give."""
    paths, rows = list[Path](), list[Row]()
    for place, many in enumerate(lines):
        path = folder / f"file {place}"
        path.write_text("".join(f"{number}\n" for number in range(1, many + 1)))
        paths.append(path)
        rows += [Row(str(path), number, str(number)) for number in range(1, many + 1)]
    return paths, rows


async def test_rows_are_written_in_order_and_in_batches_as_large_as_may_be() -> None:
    rows, table = Channel[Row](buffer=20), Table()
    for row in ROWS:
        rows.push_nowait(row)
    rows.close()
    await write(rows, table.save)
    assert table.rows == ROWS
    assert [len(batch) for batch in table.batches] == [3, 3, 3, 1]


def test_a_row_waits_for_others_for_so_long_and_no_longer() -> None:
    rows, table = Channel[Row](), Table()

    async def push() -> None:
        async with rows:
            for row in ROWS[:5]:
                await rows.push(row)
                await asyncio.sleep(0.4 * WITHIN)
                if row is ROWS[3]:
                    await asyncio.sleep(WITHIN)

    async def main() -> None:
        await asyncio.gather(push(), write(rows, table.save))

    virtual_time.run(main())
    assert table.batches == [ROWS[:3], [ROWS[3]], [ROWS[4]]]
    # The first is full, the second has waited long enough, and the close ends the waiting of the third.
    assert [round(time / WITHIN, 6) for time in table.times] == [0.8, 2.2, 3]


@pytest.mark.parametrize("failures", range(ATTEMPTS + 1))
def test_a_batch_that_cannot_be_written_is_tried_again_after_longer_and_longer_pauses(failures: int) -> None:
    rows, table = Channel[Row](buffer=5), Table(failures)
    for row in ROWS[:BATCH]:
        rows.push_nowait(row)
    rows.close()
    if failures < ATTEMPTS:
        virtual_time.run(write(rows, table.save))
        assert table.rows == ROWS[:BATCH]
    else:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            virtual_time.run(write(rows, table.save))
        assert table.rows == []
    pauses = [round((later - earlier) / PAUSE, 6) for earlier, later in pairwise(table.times)]
    assert pauses == [2**number for number in range(ATTEMPTS - 1)][:failures]


async def test_what_no_other_attempt_would_mend_is_not_tried_again() -> None:
    rows, table = Channel[Row](buffer=5), Table(1, ValueError("a mistake in the program"))
    rows.push_nowait(ROWS[0])
    rows.close()
    with pytest.raises(ValueError, match="mistake"):
        await write(rows, table.save)
    assert len(table.times) == 1


@pytest.mark.parametrize("failures", [0, 2])
@pytest.mark.parametrize("ticks", range(50))
async def test_a_writer_that_is_cancelled_has_taken_nothing_but_the_batch_in_hand(
    ticks: int, failures: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_writer, "PAUSE", 0)
    rows, table = Channel[Row](buffer=20), Table(failures)

    async def push() -> None:
        async with rows:
            for row in ROWS:
                await rows.push(row)
                await step(1 + row.number % 3)

    writing, pushing = asyncio.create_task(write(rows, table.save)), asyncio.create_task(push())
    await step(ticks)
    writing.cancel()
    await asyncio.wait([writing, pushing])
    assert table.rows + table.in_hand + drain(rows) == ROWS
    assert len(table.in_hand) <= BATCH


@pytest.mark.usefixtures("_no_threads")
@pytest.mark.parametrize("ticks", range(0, 120, 3))
async def test_a_run_that_is_cancelled_leaves_no_task_and_the_next_one_adds_what_is_missing(
    ticks: int, tmp_path: Path
) -> None:
    paths, rows = files_of(tmp_path, [10, 0, 7])
    with closing(open_database(":memory:")) as database:
        collecting = asyncio.create_task(collect(paths, saver(database), asyncio.Event()))
        await step(ticks)
        collecting.cancel()
        await asyncio.wait([collecting])
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert {*lines_in(database)} <= {*rows}
        async with asyncio.timeout(PATIENCE):
            assert await collect(paths, saver(database), asyncio.Event()) == 0
        assert lines_in(database) == rows


@pytest.mark.usefixtures("_no_threads")
@pytest.mark.parametrize("ticks", range(0, 120, 3))
async def test_a_run_that_is_stopped_writes_what_it_has_read(
    ticks: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    channels: list[Channel[Row]] = []
    monkeypatch.setattr(batch_writer, "Channel", kept_in(channels))
    paths, rows = files_of(tmp_path, [10, 0, 7])
    stop, table = asyncio.Event(), Table()
    collecting = asyncio.create_task(collect(paths, table.save, stop))
    await step(ticks)
    stop.set()
    async with asyncio.timeout(PATIENCE):
        assert await collecting == 0
    for path in paths:
        written = [row for row in table.rows if row.path == str(path)]
        assert written == [row for row in rows if row.path == str(path)][: len(written)]
    assert all(drain(channel) == [] for channel in channels)


def kept_in(channels: list[Channel[Row]]) -> Loosely:
    """Stand in for Channel, and note which channel was made."""

    class Kept:
        Closed = Channel.Closed

        def __class_getitem__(cls, _: object) -> Callable[[int], Channel[Row]]:
            return make

    def make(buffer: int) -> Channel[Row]:
        channels.append(Channel(buffer=buffer))
        return channels[-1]

    return Kept


@pytest.mark.usefixtures("_no_threads")
@pytest.mark.parametrize("again", range(20))
async def test_after_the_stop_no_row_is_sent_though_there_is_room(again: int, tmp_path: Path) -> None:
    (path,), _ = files_of(tmp_path, [10 + again])
    rows, stop = Channel[Row](buffer=100), asyncio.Event()
    reading = asyncio.create_task(read(path, rows, stop, follow=False))
    await step(2)
    stop.set()  # While the file is read.
    assert await reading
    assert drain(rows) == []


@pytest.mark.usefixtures("_no_threads")
async def test_a_writer_that_gives_up_ends_the_readers_and_the_error_is_reported_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_writer, "PAUSE", 0)
    paths, _ = files_of(tmp_path, [100, 100])
    with pytest.RaisesGroup(pytest.RaisesExc(sqlite3.OperationalError, match="locked")):
        await collect(paths, Table(ATTEMPTS).save, asyncio.Event(), follow=True)
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.usefixtures("_no_threads")
async def test_lines_are_taken_as_they_are_also_the_last_one_without_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_writer, "CHUNK", 2)
    path, table = tmp_path / "file", Table()
    path.write_bytes("\n\u00e9\n\n".encode() + b"\xff\nend")
    assert await collect([path], table.save, asyncio.Event()) == 0
    assert [row.line for row in table.rows] == ["", "\u00e9", "", "\ufffd", "end"]
    assert [row.number for row in table.rows] == [1, 2, 3, 4, 5]


@pytest.mark.usefixtures("_no_threads")
def test_a_file_that_is_followed_is_written_as_it_grows_a_line_once_it_is_whole(tmp_path: Path) -> None:
    path, table, stop = tmp_path / "file", Table(), asyncio.Event()

    async def append() -> None:
        for text in ("one\ntw", "o\n", "three"):
            with path.open("a", encoding="utf-8") as file:
                file.write(text)
            await asyncio.sleep(WITHIN + 2 * POLL)
            seen.append([row.line for row in table.rows])
        stop.set()

    async def main() -> None:
        _, unread = await asyncio.gather(append(), collect([path], table.save, stop, follow=True))
        assert unread == 0

    seen: list[list[str]] = []
    virtual_time.run(main())
    assert seen == [["one"], ["one", "two"], ["one", "two"]]


@pytest.mark.usefixtures("_no_threads")
def test_the_stop_ends_the_pause_between_two_looks_at_a_file(tmp_path: Path) -> None:
    (path,), _ = files_of(tmp_path, [0])

    async def main() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        collecting = asyncio.create_task(collect([path], Table().save, stop, follow=True))
        await asyncio.sleep(POLL / 2)
        stop.set()
        await collecting
        assert loop.time() == POLL / 2

    virtual_time.run(main())


def run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], cwd=cwd, capture_output=True, encoding="utf-8", timeout=PATIENCE, check=False
    )


def found_in(path: Path) -> list[Row]:
    with closing(sqlite3.connect(path)) as database:
        return lines_in(database)


@needs_posix_signals
def test_the_program_writes_the_lines_of_all_files_and_says_how_many(tmp_path: Path) -> None:
    paths, rows = files_of(tmp_path, [2_000, 1, 0])
    done = run(*paths, cwd=tmp_path)
    assert found_in(tmp_path / "lines.sqlite") == rows
    assert done.stdout == f"{paths[0]}: 2000 lines\n{paths[1]}: 1 lines\n"
    assert (done.stderr, done.returncode) == ("", 0)


@needs_posix_signals
def test_a_second_run_adds_what_is_new_and_nothing_twice(tmp_path: Path) -> None:
    paths, _ = files_of(tmp_path, [5])
    paths[0].write_text("1\n2", encoding="utf-8")
    run(*paths, cwd=tmp_path)
    _, rows = files_of(tmp_path, [7, 2])
    assert run(*paths, tmp_path / "file 1", *paths, cwd=tmp_path).returncode == 0
    assert found_in(tmp_path / "lines.sqlite") == rows


@needs_posix_signals
def test_a_file_that_cannot_be_read_is_named_and_the_rest_is_written(tmp_path: Path) -> None:
    paths, rows = files_of(tmp_path, [5, 5])
    done = run(paths[0], tmp_path / "missing", paths[1], cwd=tmp_path)
    assert (done.stderr, done.returncode) == (f"cannot read {tmp_path / 'missing'}: No such file or directory\n", 1)
    assert found_in(tmp_path / "lines.sqlite") == rows


def test_a_database_that_cannot_be_opened_is_bad_usage(tmp_path: Path) -> None:
    paths, _ = files_of(tmp_path, [1])
    done = run(*paths, "--database", tmp_path, cwd=tmp_path)
    assert f"cannot open {tmp_path}: " in done.stderr
    assert done.returncode == 2


def test_while_another_program_locks_the_database_it_tries_again(tmp_path: Path, terminal: Terminal) -> None:
    paths, rows = files_of(tmp_path, [1_000])
    path = tmp_path / "lines.sqlite"
    with closing(open_database(str(path))) as other:
        other.execute("BEGIN IMMEDIATE")
        with terminal.started(COMMAND, *paths, "--database", path) as program:
            terminal.wait_for(b"database is locked: trying again in 0.2 s")
            other.rollback()
            program.communicate(timeout=PATIENCE)
    assert program.returncode == 0
    assert found_in(path) == rows


@needs_posix_signals
def test_it_gives_up_a_database_that_stays_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (file,), _ = files_of(tmp_path, [1])
    path = tmp_path / "lines.sqlite"
    monkeypatch.setattr(batch_writer, "PAUSE", 0)
    monkeypatch.setattr(sys, "argv", ["batch_writer", str(file), "--database", str(path)])
    with closing(open_database(str(path))) as other:
        other.execute("BEGIN IMMEDIATE")
        assert batch_writer.main() == 1
    assert capsys.readouterr().err.endswith("cannot write: database is locked\n")
    assert found_in(path) == []


def test_on_a_terminal_one_line_of_progress_is_rewritten_and_cleared(tmp_path: Path, terminal: Terminal) -> None:
    paths, _ = files_of(tmp_path, [1_001])
    with terminal.started(COMMAND, *paths, "--database", ":memory:") as program:
        program.communicate(timeout=PATIENCE)
    terminal.wait_for(b"1001 lines written\r\x1b[K")
    assert terminal.shown.startswith(b"\r\x1b[K500 lines written\r\x1b[K1000 lines written\r\x1b[K1001 lines")


@pytest.mark.parametrize("stopped_by", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_readers_and_what_they_have_read_is_written(
    tmp_path: Path, terminal: Terminal, stopped_by: signal.Signals
) -> None:
    paths, _ = files_of(tmp_path, [3])
    path = tmp_path / "lines.sqlite"
    with terminal.started(COMMAND, *paths, "--follow", "--database", path) as program:
        terminal.wait_for(b"3 lines written")
        _, rows = files_of(tmp_path, [5])
        terminal.wait_for(b"5 lines written")
        program.send_signal(stopped_by)
        output, _ = program.communicate(timeout=PATIENCE)
    assert (program.returncode, output.decode()) == (0, f"{paths[0]}: 5 lines\n")
    assert found_in(path) == rows


def test_a_second_ctrl_c_ends_it_at_once_and_a_batch_is_in_the_database_whole_or_not_at_all(
    tmp_path: Path, terminal: Terminal
) -> None:
    paths, rows = files_of(tmp_path, [1_200])
    path = tmp_path / "lines.sqlite"
    with closing(open_database(str(path))) as other:
        other.execute("BEGIN IMMEDIATE")
        with terminal.started(COMMAND, *paths, "--follow", "--database", path) as program:
            terminal.wait_for(b"trying again in 0.2 s")
            program.send_signal(signal.SIGINT)
            terminal.wait_for(b"trying again in 0.8 s")  # It goes on to write what it has read.
            program.send_signal(signal.SIGINT)
            program.communicate(timeout=PATIENCE)
    terminal.wait_for(b"interrupted")
    assert program.returncode == 130
    assert found_in(path) == []
    assert run(*paths, cwd=tmp_path).returncode == 0
    assert found_in(path) == rows
