"""A NATS server of the tests' own: on the loopback, in a folder of its own, to be killed, stopped, started again."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sysconfig
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import nats

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from nats.aio.client import Client

PROGRAM = Path(sysconfig.get_path("scripts"), "nats-server")
PATIENCE = 30.0


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class NatsServer:
    """A server. It keeps its port and what it stores over its restarts."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.port = free_port()
        self.url = f"nats://127.0.0.1:{self.port}"
        self._folder = folder
        self._arguments = arguments or ("-js", "-sd", str(folder))
        self.start()

    def start(self) -> None:
        """Start it, and wait until it takes connections: by then JetStream is ready."""
        command = [str(PROGRAM), "-a", "127.0.0.1", "-p", str(self.port), *self._arguments]
        self._process = subprocess.Popen([*command, "-l", str(self._folder / "log")])
        end = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
            except ConnectionRefusedError:
                assert self._process.poll() is None, (self._folder / "log").read_text()
                assert time.monotonic() < end
                time.sleep(0.01)
            else:
                break

    def kill(self) -> None:
        """End it as by ``kill -9``."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Let it stand still."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._process.send_signal(signal.SIGCONT)


async def connect(url: str) -> Client:
    """Connect as the guide says: for ever again. That the server is away is said to nobody."""

    async def say_nothing(_: Exception) -> None: ...

    return await nats.connect(  # pyright: ignore[reportUnknownMemberType]  # Some of its arguments.
        url, max_reconnect_attempts=-1, reconnect_time_wait=0.05, error_cb=say_nothing
    )


@asynccontextmanager
async def connected(url: str) -> AsyncGenerator[Client, None]:
    """Lend a client."""
    client = await connect(url)
    try:
        yield client
    finally:
        await client.close()


async def until(what: Callable[[], bool]) -> None:
    """Wait until something is true of another process, looking again and again."""
    async with asyncio.timeout(PATIENCE):
        while not what():  # noqa: ASYNC110  # No event comes from there.
            await asyncio.sleep(0.01)  # No event comes from there.
