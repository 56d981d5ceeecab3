"""docs/examples/watch_folder.py, run as its users run it: on a real folder, ended by real signals."""

from __future__ import annotations

import asyncio
import hashlib
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from docs.examples import watch_folder
from docs.examples.watch_folder import Change, watch
from pychanasync import Channel
from pychanasync.threads import ThreadSender
from tests.support.systems import needs_posix_signals
from tests.support.terminal import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

COMMAND = [sys.executable, "-X", "dev", "-W", "error", watch_folder.__file__]


@pytest.fixture
def program(tmp_path: Path) -> Generator[subprocess.Popen[str]]:
    """Start the program on a folder, and see to it that it ends."""
    command = [*COMMAND, str(tmp_path), "--poll", "0.01"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as program:
        try:
            yield program
        finally:
            program.kill()


def line_of(program: subprocess.Popen[str]) -> list[str]:
    assert program.stdout
    return program.stdout.readline().split()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


@needs_posix_signals
def test_what_is_there_comes_and_changes_and_goes_is_told(tmp_path: Path, program: subprocess.Popen[str]) -> None:
    (tmp_path / "one").write_bytes(b"1")
    assert line_of(program) == ["new", "one", digest(b"1")]
    (tmp_path / "folder").mkdir()
    (tmp_path / "two").symlink_to("one")
    (tmp_path / "one").write_bytes(b"12")
    changed = line_of(program)  # It may have been seen while it was being written, too.
    while changed != ["changed", "one", digest(b"12")]:
        assert changed[:2] == ["changed", "one"]
        changed = line_of(program)
    (tmp_path / "one").unlink()
    assert line_of(program) == ["gone", "one"]


@needs_posix_signals
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_when_all_that_was_found_is_told(
    tmp_path: Path, program: subprocess.Popen[str], number: signal.Signals
) -> None:
    for name in range(20):
        (tmp_path / f"{name:02}").touch()
    seen = [line_of(program)[1]]
    program.send_signal(number)
    out, errors = program.communicate(timeout=PATIENCE)
    seen += [line.split()[1] for line in out.splitlines()]
    assert len({*seen}) == len(seen)
    assert (errors, program.returncode) == ("", 0)


@needs_posix_signals
def test_a_folder_that_goes_ends_it_with_the_reason(tmp_path: Path, program: subprocess.Popen[str]) -> None:
    (tmp_path / "one").touch()
    assert line_of(program)[0] == "new"
    (tmp_path / "one").unlink()
    tmp_path.rmdir()
    _, errors = program.communicate(timeout=PATIENCE)
    assert errors.startswith("cannot go on: ")
    assert len(errors.splitlines()) == 1
    assert program.returncode == 1


@needs_posix_signals
def test_who_no_longer_reads_ends_it_though_the_thread_waits_for_room(
    tmp_path: Path, program: subprocess.Popen[str]
) -> None:
    assert program.stdout
    program.stdout.close()
    for name in range(3 * watch_folder.BEHIND):
        (tmp_path / f"{name:03}").touch()
    assert program.stderr
    assert "BrokenPipeError" in program.stderr.read()
    assert program.wait(PATIENCE) == 1


async def test_the_thread_waits_for_room_and_after_the_stop_still_sends_what_it_has_found(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).touch()
    changes, stop = Channel[Change](), threading.Event()
    watching = asyncio.create_task(asyncio.to_thread(watch, tmp_path, ThreadSender(changes), stop, 60))
    first = await changes.pull()
    stop.set()
    assert [first.path.name] + [change.path.name async for change in changes] == ["a", "b", "c"]
    await watching


async def test_what_the_thread_meets_is_the_cause_of_the_close(tmp_path: Path) -> None:
    changes = Channel[Change]()
    watching = asyncio.create_task(
        asyncio.to_thread(watch, tmp_path / "none", ThreadSender(changes), threading.Event(), 60)
    )
    with pytest.raises(Channel.Failed) as failure:
        await changes.pull()
    assert isinstance(failure.value.__cause__, FileNotFoundError)
    with pytest.raises(FileNotFoundError):
        await watching
