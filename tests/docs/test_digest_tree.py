"""docs/examples/digest_tree.py, run as its users run it: a program, on real trees, ended by real signals."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.systems import needs_names_of_any_bytes, needs_posix_files, needs_posix_signals
from tests.support.terminal import PATIENCE

if TYPE_CHECKING:
    from tests.support.terminal import Terminal

PROGRAM = Path(__file__).resolve().parents[2] / "docs" / "examples" / "digest_tree.py"
COMMAND = [sys.executable, "-W", "error", str(PROGRAM)]
"""A resource left open would show, as a warning on standard error."""

TOTALS = re.compile(r"(\d+) files, (\d+) bytes, (\d+) errors, \d+\.\d\d s\n")


def run(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        timeout=PATIENCE,
        check=False,
    )


def totals(messages: str) -> tuple[int, int, int]:
    """Read files, bytes and errors from the last line, and check that it looks as it should."""
    found = TOTALS.fullmatch(messages.splitlines(keepends=True)[-1])
    assert found is not None, messages
    files, size, errors = found.groups()
    return int(files), int(size), int(errors)


def plant(root: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)


def expected(root: Path, files: dict[str, bytes]) -> str:
    """Write out what the program prints for a tree, in path order."""
    contents = {root / name: content for name, content in files.items()}
    return "".join(f"{hashlib.sha256(contents[path]).hexdigest()}  {path}\n" for path in sorted(contents))


TREE = {
    "b.txt": b"second",
    "a.txt": b"first",
    "a/z.txt": b"in a folder, which sorts as a whole, before a.txt",
    "a/deeper/still/c.bin": bytes(range(256)),
    "empty": b"",
    "large": os.urandom(3_000_000),  # More than is read at a time, and no multiple of it.
    "name with  spaces, and \u00e9": b"spaces",
}


def test_prints_the_sha256_of_every_file_in_path_order_and_exits_0(tmp_path: Path) -> None:
    plant(tmp_path, TREE)
    done = run(tmp_path)
    assert done.stdout == expected(tmp_path, TREE)
    assert done.returncode == 0


def test_a_folder_sorts_by_its_name_and_not_by_the_separator_after_it(tmp_path: Path) -> None:
    plant(tmp_path, TREE)
    names = [Path(line.partition("  ")[2]).name for line in run(tmp_path).stdout.splitlines()]
    assert names[:3] == ["c.bin", "z.txt", "a.txt"]


def test_the_totals_count_files_bytes_and_errors(tmp_path: Path) -> None:
    plant(tmp_path, TREE)
    assert totals(run(tmp_path).stderr) == (len(TREE), sum(len(content) for content in TREE.values()), 0)


def test_when_standard_error_is_no_terminal_nothing_but_the_totals_is_on_it(tmp_path: Path) -> None:
    plant(tmp_path, TREE)
    assert TOTALS.fullmatch(run(tmp_path).stderr)


def test_an_empty_folder_gives_no_digests_and_totals_of_nothing(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert (done.stdout, totals(done.stderr), done.returncode) == ("", (0, 0, 0), 0)


def test_without_an_argument_the_folder_is_the_current_one(tmp_path: Path) -> None:
    plant(tmp_path, {"sub/file": b"content"})
    done = run(cwd=tmp_path)
    assert done.stdout == f"{hashlib.sha256(b'content').hexdigest()}  {Path('sub', 'file')}\n"


def test_more_files_than_any_buffer_holds_arrive_complete(tmp_path: Path) -> None:
    files = {f"{number % 10}/{number}": str(number).encode() for number in range(1_000)}
    plant(tmp_path, files)
    assert run(tmp_path).stdout == expected(tmp_path, files)


def test_one_worker_and_many_print_the_same(tmp_path: Path) -> None:
    plant(tmp_path, TREE)
    one, many = run(tmp_path, "--workers", "1"), run(tmp_path, "--workers", "32")
    assert one.stdout == many.stdout == expected(tmp_path, TREE)
    assert totals(one.stderr) == totals(many.stderr)


@pytest.mark.parametrize("workers", ["0", "-1", "33", "x", "1.5", ""])
def test_a_number_of_workers_that_makes_no_sense_is_bad_usage(tmp_path: Path, workers: str) -> None:
    done = run(tmp_path, f"--workers={workers}")
    assert done.returncode == 2
    assert "argument --workers: invalid" in done.stderr
    assert workers in done.stderr
    assert done.stdout == ""


def test_a_missing_folder_is_named_and_is_bad_usage(tmp_path: Path) -> None:
    done = run(tmp_path / "missing")
    assert done.returncode == 2
    assert f"no such folder: {tmp_path / 'missing'}" in done.stderr
    assert done.stdout == ""


def test_a_file_in_the_place_of_the_folder_is_named_and_is_bad_usage(tmp_path: Path) -> None:
    plant(tmp_path, {"file": b"content"})
    done = run(tmp_path / "file")
    assert done.returncode == 2
    assert f"no such folder: {tmp_path / 'file'}" in done.stderr
    assert done.stdout == ""


def deepen(root: Path) -> Path:
    """Make folders in folders until the path is nearly the longest that the system takes, and return the last.

    What lies below it by a longer path can be made from within its folder, but not be read by its path: not by root
    either, whom no permission keeps out.
    """
    longest = os.pathconf(root, "PC_PATH_MAX")
    folder = root
    while len(os.fsencode(folder)) + 200 < longest:
        folder /= "d" * 100
        folder.mkdir()
    return folder


@needs_posix_files
def test_a_file_that_cannot_be_read_is_named_and_the_rest_is_done(tmp_path: Path) -> None:
    plant(tmp_path, TREE)
    folder = deepen(tmp_path)
    within = os.open(folder, os.O_RDONLY)
    try:
        os.close(os.open("f" * 250, os.O_CREAT | os.O_WRONLY, dir_fd=within))
        done = run(tmp_path)
    finally:
        os.unlink("f" * 250, dir_fd=within)
        os.close(within)
    assert done.stdout == expected(tmp_path, TREE)
    assert done.stderr.startswith(f"cannot read {folder / ('f' * 250)}: {os.strerror(errno.ENAMETOOLONG)}\n")
    assert totals(done.stderr)[::2] == (len(TREE), 1)
    assert done.returncode == 1


@needs_posix_files
def test_a_folder_that_cannot_be_read_is_named_and_the_rest_is_done(tmp_path: Path) -> None:
    plant(tmp_path, TREE)
    folder = deepen(tmp_path)
    within = os.open(folder, os.O_RDONLY)
    try:
        os.mkdir("f" * 250, dir_fd=within)
        done = run(tmp_path)
    finally:
        os.rmdir("f" * 250, dir_fd=within)
        os.close(within)
    assert done.stdout == expected(tmp_path, TREE)
    assert done.stderr.startswith(f"cannot read {folder / ('f' * 250)}: {os.strerror(errno.ENAMETOOLONG)}\n")
    assert totals(done.stderr)[::2] == (len(TREE), 1)
    assert done.returncode == 1


@needs_posix_files
def test_pipes_and_sockets_are_passed_over_and_nothing_waits_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path, TREE)
    os.mkfifo(tmp_path / "fifo")
    monkeypatch.chdir(tmp_path)  # The address of a socket must be short.
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        done = run(tmp_path)
    assert done.stdout == expected(tmp_path, TREE)
    assert done.returncode == 0


@needs_posix_files
def test_symbolic_links_to_files_to_folders_in_loops_and_to_nothing_are_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    plant(root, TREE)
    plant(tmp_path, {"outside/file": b"outside"})
    (root / "to-file").symlink_to(root / "a.txt")
    (root / "to-folder").symlink_to(tmp_path / "outside")
    (root / "a" / "loop").symlink_to(root)
    (root / "to-nothing").symlink_to(root / "missing")
    (root / "to-itself").symlink_to(root / "to-itself")
    done = run(root)
    assert done.stdout == expected(root, TREE)
    assert done.returncode == 0


@needs_names_of_any_bytes
def test_a_name_that_is_not_valid_text_is_printed_as_it_is(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff\xfe not utf-8")
    plant(tmp_path, {name: b"content"})
    assert run(tmp_path).stdout == expected(tmp_path, {name: b"content"})


@needs_posix_signals
def test_a_reader_that_closes_the_pipe_after_one_line_ends_the_program_quietly(tmp_path: Path) -> None:
    files = {f"{number:0200}": b"" for number in range(1_000)}  # Some 300 kB of output: more than a pipe holds.
    plant(tmp_path, files)
    with subprocess.Popen([*COMMAND, tmp_path], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        assert program.stdout.readline()
        program.stdout.close()
        assert program.stderr.read() == b""
        assert program.wait(PATIENCE) == 141


@needs_posix_signals
def test_a_pipe_that_nobody_ever_read_ends_the_program_quietly(tmp_path: Path) -> None:
    plant(tmp_path, {"file": b"content"})
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        done = subprocess.run(
            [*COMMAND, tmp_path], stdout=write_end, stderr=subprocess.PIPE, timeout=PATIENCE, check=False
        )
    finally:
        os.close(write_end)
    assert (done.stderr, done.returncode) == (b"", 141)


def test_on_a_terminal_one_line_of_progress_is_rewritten_and_cleared_before_the_totals(
    tmp_path: Path, terminal: Terminal
) -> None:
    plant(tmp_path, TREE)
    with terminal.started(COMMAND, tmp_path) as program:
        output, _ = program.communicate(timeout=PATIENCE)
    terminal.wait_for(b" s\r\n")
    progress, _, after = terminal.shown.rpartition(b"\r\x1b[K")
    assert progress.split(b"\r\x1b[K")[1:] == [b"looking for files", *(b"%d done" % (n + 1) for n in range(len(TREE)))]
    assert TOTALS.fullmatch(after.decode().replace("\r\n", "\n"))
    assert output.decode() == expected(tmp_path, TREE)


ENDLESS = 1 << 40
"""The size of a sparse file that takes no room, and that nobody digests in less than many minutes."""


@pytest.mark.parametrize("workers", ["2", "8"])
def test_ctrl_c_in_the_middle_of_a_file_ends_the_program_promptly_with_a_message_and_status_130(
    tmp_path: Path, terminal: Terminal, workers: str
) -> None:
    plant(tmp_path, {"small": b"content", "endless": b""})
    os.truncate(tmp_path / "endless", ENDLESS)
    with terminal.started(COMMAND, tmp_path, "--workers", workers) as program:
        terminal.wait_for(b"1 done")  # That is the small one: all that is left to do is the endless one.
        program.send_signal(signal.SIGINT)
        output, _ = program.communicate(timeout=PATIENCE)
    terminal.wait_for(b"interrupted")
    assert program.returncode == 130
    assert output == b""
    assert terminal.shown.endswith(b"1 done\r\x1b[Kinterrupted\r\n")


def test_ctrl_c_before_any_file_is_done_ends_the_program_just_so(tmp_path: Path, terminal: Terminal) -> None:
    for number in range(20):
        plant(tmp_path, {f"endless {number}": b""})
        os.truncate(tmp_path / f"endless {number}", ENDLESS)
    with terminal.started(COMMAND, tmp_path, "--workers", "2") as program:
        terminal.wait_for(b"looking for files")
        program.send_signal(signal.SIGINT)
        output, _ = program.communicate(timeout=PATIENCE)
    terminal.wait_for(b"interrupted")
    assert (program.returncode, output) == (130, b"")
    assert terminal.shown == b"\r\x1b[Klooking for files\r\x1b[Kinterrupted\r\n"
