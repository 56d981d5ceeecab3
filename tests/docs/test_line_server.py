"""docs/examples/line_server.py, with clients and real signals; what a worker does is held up where a test says so."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple
from unittest.mock import create_autospec

import pytest

from docs.examples import line_server
from pychanasync import Channel
from tests.support.systems import needs_posix_signals
from tests.support.terminal import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = needs_posix_signals

COMMAND = [sys.executable, "-X", "dev", "-W", "error", line_server.__file__]


class Client(NamedTuple):
    """One end of a connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, *lines: str) -> None:
        self.writer.write("".join(f"{line}\n" for line in lines).encode())

    async def receive(self) -> str:
        return (await self.reader.readline()).decode().strip()

    async def hang_up(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


class Server:
    """The server, in a task of the loop of the test; its workers wait until they are let go."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self.begun = Channel[str](buffer=100)
        self.let_go = asyncio.Event()
        monkeypatch.setattr(line_server, "answer", self._answer)

    async def _answer(self, line: str, seconds: float) -> str:
        del seconds
        await self.begun.push(line.strip())
        await self.let_go.wait()
        return line.upper()

    async def start(self, grace: float) -> None:
        self.serving = asyncio.create_task(line_server.serve(0, 0, grace))
        self._port = int((await self.said()).split()[-1])

    async def said(self) -> str:
        while not (said := self._capsys.readouterr().out):  # noqa: ASYNC110  # Nothing tells that it has printed.
            await asyncio.sleep(0)
        return said

    async def connect(self) -> Client:
        return Client(*await asyncio.open_connection("127.0.0.1", self._port))


@pytest.fixture
def server(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Set the signals back at the end."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    yield Server(capsys, monkeypatch)
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_after_a_signal_what_was_accepted_is_answered_and_nothing_else(server: Server, number: signal.Signals) -> None:
    async def main() -> None:
        await server.start(grace=PATIENCE)
        clients = [await server.connect() for _ in range(3)]
        for client in clients[:2]:
            client.send("accepted", "not accepted")
            assert await server.begun.pull() == "accepted"
        signal.raise_signal(number)
        assert await server.said() == "stopping\n"
        with pytest.raises(ConnectionRefusedError):
            await server.connect()
        assert await clients[2].receive() == ""
        server.let_go.set()
        assert [await client.receive() for client in clients[:2]] == ["ACCEPTED", "ACCEPTED"]
        assert [await client.receive() for client in clients[:2]] == ["", ""]
        await server.serving
        for client in clients:
            await client.hang_up()

    asyncio.run(main())


def test_a_line_that_comes_at_the_moment_of_the_stop_is_answered_if_the_handler_has_read_it() -> None:
    async def main() -> None:
        jobs, stop, reader = Channel[line_server.Job](buffer=1), asyncio.Event(), asyncio.StreamReader()
        writer = create_autospec(asyncio.StreamWriter, instance=True)
        handling = asyncio.create_task(line_server.handle(reader, writer, jobs, stop))
        for _ in range(5):
            await asyncio.sleep(0)  # Now the handler waits for a line.
        stop.set()
        reader.feed_data(b"read\nnot read\n")
        async with asyncio.timeout(PATIENCE):
            (await jobs.pull()).answer.push_nowait("READ\n")
            await handling
        assert [call.args for call in writer.write.call_args_list] == [(b"READ\n",)]
        assert jobs.empty()

    asyncio.run(main())


def test_clients_have_their_lines_answered_in_order_until_they_hang_up(server: Server) -> None:
    async def main() -> None:
        await server.start(grace=PATIENCE)
        server.let_go.set()
        client = await server.connect()
        client.send("one", "two", "three")
        assert [await client.receive() for _ in range(3)] == ["ONE", "TWO", "THREE"]
        await client.hang_up()
        signal.raise_signal(signal.SIGTERM)
        await server.serving

    asyncio.run(main())


def test_what_is_not_done_in_time_is_given_up(server: Server) -> None:
    async def main() -> None:
        await server.start(grace=0)
        client = await server.connect()
        client.send("too much")
        await server.begun.pull()
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(TimeoutError):
            await server.serving
        assert await client.receive() == ""
        await client.hang_up()

    asyncio.run(main())


def test_after_the_first_signal_the_next_one_is_left_to_python(server: Server) -> None:
    async def main() -> None:
        await server.start(grace=PATIENCE)
        signal.raise_signal(signal.SIGTERM)
        await server.serving
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL

    asyncio.run(main())


@pytest.mark.parametrize(
    ("end", "said", "status"), [(TimeoutError, "gave up", 1), (KeyboardInterrupt, "interrupted", 130)]
)
def test_its_status_says_how_it_ended(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    end: type[BaseException],
    said: str,
    status: int,
) -> None:
    async def serve(*_: float) -> None:
        raise end

    monkeypatch.setattr(line_server, "serve", serve)
    monkeypatch.setattr(sys, "argv", ["line_server.py"])
    assert line_server.main() == status
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_as_its_users_run_it_a_signal_ends_it_with_nothing_to_complain_of(number: signal.Signals) -> None:
    with subprocess.Popen(COMMAND, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as program:
        try:
            assert program.stdout
            assert program.stdout.readline().startswith("listening on port ")
            program.send_signal(number)
            assert program.communicate(timeout=PATIENCE) == ("stopping\n", "")
            assert program.returncode == 0
        finally:
            program.kill()
