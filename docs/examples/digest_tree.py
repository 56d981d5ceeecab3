"""Digest a tree of files in bounded parallelism: ``python docs/examples/digest_tree.py [folder] [--workers N]``.

The SHA-256 sums go to standard output, in path order. Progress, messages and totals go to standard error. Symbolic
links are not followed. Exit status: 0 all done, 1 something could not be read, 2 bad usage, 130 interrupted, 141 output
closed.
"""

import argparse
import asyncio
import hashlib
import os
import sys
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from pychanasync import Channel, RecvChannel, SendChannel


class Digest(NamedTuple):
    path: Path
    sha256: str = ""
    size: int = 0
    error: OSError | None = None  # The reason, if there is no digest.


async def digest_tree(root: Path, workers: int) -> list[Digest]:
    """Run the pipeline: walk --paths--> digest_files (several tasks) --digests--> collect."""
    paths, digests = Channel[Path](buffer=workers), Channel[Digest]()
    async with asyncio.TaskGroup() as group:  # An error, or Ctrl-C, cancels every task.
        collected = group.create_task(collect(digests))
        async with digests, asyncio.TaskGroup() as senders:  # Closes it after the last sender.
            senders.create_task(walk(root, paths, digests))
            for _ in range(workers):
                senders.create_task(digest_files(paths, digests))
    return collected.result()


async def walk(root: Path, paths: SendChannel[Path], failures: SendChannel[Digest]) -> None:
    folders = [root]
    async with paths:  # Closed at the end of the walk, which ends the workers too.
        while folders:
            folder = folders.pop()
            try:
                subfolders, files = await asyncio.to_thread(list_folder, folder)
            except OSError as error:
                await failures.push(Digest(folder, error=error))
                continue
            folders += subfolders
            for path in files:
                await paths.push(path)  # Waits while the buffer is full, so the walk never runs far ahead.


async def digest_files(paths: RecvChannel[Path], digests: SendChannel[Digest]) -> None:
    async for path in paths:  # All workers iterate over the same channel. Each path goes to one of them.
        try:
            digest = await asyncio.to_thread(digest_file, path, digests)
        except OSError as error:
            digest = Digest(path, error=error)
        await digests.push(digest)  # Unbuffered: waits until the digest is collected.


async def collect(digests: RecvChannel[Digest]) -> list[Digest]:
    collected: list[Digest] = []
    try:
        show_progress("looking for files")
        async for digest in digests:  # Ends when the channel is closed and empty.
            collected.append(digest)
            show_progress(f"{len(collected)} done")
    finally:
        show_progress("")
    return sorted(collected, key=lambda digest: digest.path)


def show_progress(line: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)


def list_folder(folder: Path) -> tuple[list[Path], list[Path]]:
    entries = list(os.scandir(folder))
    folders = [Path(entry) for entry in entries if entry.is_dir(follow_symlinks=False)]
    return folders, [Path(entry) for entry in entries if entry.is_file(follow_symlinks=False)]


def digest_file(path: Path, digests: SendChannel[Digest]) -> Digest:
    sha256 = hashlib.sha256()
    with path.open("rb") as file:
        while not digests.closed and (block := file.read(1 << 20)):  # A thread cannot be cancelled, so it checks.
            sha256.update(block)
        return Digest(path, sha256.hexdigest(), file.tell())


def main() -> int:
    parser = argparse.ArgumentParser(description="Print the SHA-256 of every file in a tree.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(), help="default: the current one")
    parser.add_argument("--workers", metavar="N", type=int, choices=range(1, 33), default=8, help="1 to 32, default 8")
    arguments = parser.parse_args()
    if not os.path.isdir(arguments.folder):  # noqa: PTH112  # Path.is_dir may raise PermissionError.
        parser.error(f"no such folder: {arguments.folder}")
    began = monotonic()
    try:
        digests = asyncio.run(digest_tree(arguments.folder, arguments.workers))
        for digest in digests:
            if digest.error:
                print(f"cannot read {digest.path}: {digest.error.strerror}", file=sys.stderr)
        with open(sys.stdout.fileno(), "wb", closefd=False) as out:  # As bytes: a file name may not be valid text.
            out.writelines(os.fsencode(f"{digest.sha256}  {digest.path}\n") for digest in digests if not digest.error)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 141
    errors, size = sum(digest.error is not None for digest in digests), sum(digest.size for digest in digests)
    print(f"{len(digests) - errors} files, {size} bytes, {errors} errors, {monotonic() - began:.2f} s", file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
