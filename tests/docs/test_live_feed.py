"""docs/examples/live_feed.py over real sockets: a slow viewer, one who leaves, one who comes late, and the end."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import sys
from contextlib import asynccontextmanager, closing
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Final

import pytest

from docs.examples import live_feed
from docs.examples.live_feed import FeedServer, make_feed, measure
from tests.support import virtual_time
from tests.support.helpers import step
from tests.support.terminal import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.support.terminal import Terminal

COMMAND = [sys.executable, "-X", "dev", "-W", "error", live_feed.__file__]
LITTLE: Final = 4096
"""Bytes for the buffers of a socket: about as few as there can be."""
LARGE: Final = 16_384
"""Bytes of an event. A connection that nobody reads from holds a few of them."""
MANY: Final = 60
"""More events than such a connection and a buffer of the feed hold."""


class Viewer:
    """A viewer that reads when it is told to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def read(self) -> int:
        """Read an event, and return its number."""
        return number_of(await self._reader.readuntil(b"\n\n"))

    async def read_to_the_end(self) -> list[int]:
        """Read until the server ends the response, and return the numbers of the events."""
        *events, after_the_last = (await self._reader.read()).split(b"\n\n")
        assert after_the_last == b""
        return [number_of(event) for event in events]

    def leave(self) -> None:
        self._writer.transport.abort()


class Place:
    """A server that runs, and what comes to it."""

    def __init__(self) -> None:
        self.feed = make_feed()
        self.server = FeedServer(self.feed, 0)
        self.server.config.timeout_graceful_shutdown = None  # A busy machine may take longer.
        self._viewers: list[Viewer] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LITTLE)  # The connections have it from here.
        self._address = self._listener.getsockname()

    async def serve(self) -> None:
        await self.server.serve(sockets=[self._listener])

    async def view(self) -> Viewer:
        """Connect a viewer, who is subscribed then."""
        connection = socket.socket()
        connection.settimeout(0)  # So that it does not block the loop.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, LITTLE)
        await asyncio.get_running_loop().sock_connect(connection, self._address)
        reader, writer = await asyncio.open_connection(sock=connection, limit=2 * LARGE)
        self._viewers.append(Viewer(reader, writer))
        writer.write(b"GET /events HTTP/1.0\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"content-type: text/event-stream; charset=utf-8\r\n" in head
        return self._viewers[-1]

    async def push(self, number: int) -> None:
        await self.feed.push(f"id: {number}\ndata: {'.' * LARGE}\n\n".encode())

    async def has_viewers(self, many: int) -> None:
        """Wait until so many are subscribed."""
        while self.feed.subscribers != many:
            await step()

    def leave(self) -> None:
        for viewer in self._viewers:
            viewer.leave()


def number_of(event: bytes) -> int:
    match = re.match(rb"id: (\d+)\n", event)
    assert match
    return int(match[1])


@asynccontextmanager
async def served() -> AsyncGenerator[Place]:
    """Let a server run, and see that it ends."""
    place = Place()
    async with asyncio.timeout(PATIENCE):
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(place.serve())
            try:
                yield place
            finally:
                place.server.should_exit = True
                place.leave()
        while place.server.server_state.tasks:  # It cancels the last ones, and does not wait.
            await step()
    assert place.feed.subscribers == 0


async def test_each_viewer_sees_each_reading_and_who_comes_late_begins_with_the_last() -> None:
    async with served() as place:
        early = await place.view()
        await place.push(1)
        await place.push(2)
        late = await place.view()
        await place.push(3)
        assert [await early.read() for _ in range(3)] == [1, 2, 3]
        assert [await late.read() for _ in range(2)] == [2, 3]


async def test_a_slow_viewer_misses_readings_and_holds_up_neither_the_sensor_nor_others() -> None:
    async with served() as place:
        slow, quick = await place.view(), await place.view()
        for number in range(MANY):
            await place.push(number)
            assert await quick.read() == number
        place.server.should_exit = True
        seen = await slow.read_to_the_end()
        kept = int(place.feed.capacity)
        assert seen == sorted({*seen})
        assert seen[0] == 0
        assert seen[-kept:] == [*range(MANY - kept, MANY)]
        assert len(seen) < MANY


async def test_a_viewer_who_leaves_in_the_middle_is_unsubscribed_and_the_others_go_on() -> None:
    async with served() as place:
        leaving, staying = await place.view(), await place.view()
        await place.push(1)
        assert await leaving.read() == 1
        leaving.leave()
        await place.has_viewers(1)
        await place.push(2)
        assert [await staying.read() for _ in range(2)] == [1, 2]


async def test_a_slow_viewer_who_leaves_is_unsubscribed_though_the_server_waits_to_send() -> None:
    async with served() as place:
        slow = await place.view()
        for number in range(MANY):
            await place.push(number)
            await step()
        slow.leave()
        await place.has_viewers(0)


async def test_a_server_that_stops_ends_the_open_responses_after_what_was_pushed() -> None:
    async with served() as place:
        viewers = [await place.view() for _ in range(3)]
        await place.push(1)
        place.server.should_exit = True
        assert [await viewer.read_to_the_end() for viewer in viewers] == [[1]] * 3
        assert place.feed.closed


async def test_a_viewer_that_reads_nothing_does_not_keep_the_server_from_ending() -> None:
    async with served() as place:
        place.server.config.timeout_graceful_shutdown = 0
        await place.view()
        for number in range(MANY):
            await place.push(number)
            await step()
        place.server.should_exit = True
        await place.has_viewers(0)


def test_readings_are_pushed_again_and_again_until_the_feed_is_closed() -> None:
    async def main() -> None:
        feed, loop = make_feed(), asyncio.get_running_loop()
        measuring = asyncio.create_task(measure(feed, 10))
        async with feed.subscribe() as events:
            taken = [(loop.time(), await events.pull()) for _ in range(3)]
        assert [time for time, _ in taken] == [0, 0, 10]  # Asked for at the start, and at once after each.
        assert [number_of(event) for _, event in taken] == [1, 2, 3]
        readings = [json.loads(event.partition(b"data: ")[2]) for _, event in taken]
        assert [reading["viewers"] for reading in readings] == [1, 1, 1]
        assert all(15 < reading["celsius"] < 25 for reading in readings)
        feed.close()
        await measuring
        assert loop.time() == 30

    virtual_time.run(main())


@pytest.mark.parametrize(("stopped_by", "status"), [(signal.SIGINT, 0), (signal.SIGTERM, -signal.SIGTERM)])
def test_the_program_serves_the_page_and_the_feed_until_a_signal_stops_it(
    terminal: Terminal, stopped_by: signal.Signals, status: int
) -> None:
    with terminal.started(COMMAND, "--port", "0", "--every", "0.01") as program:
        terminal.wait_for(b"Press CTRL+C")
        port = re.search(rb"http://127.0.0.1:(\d+)", terminal.shown)
        assert port
        with closing(HTTPConnection("127.0.0.1", int(port[1]), timeout=PATIENCE)) as connection:
            connection.request("GET", "/")
            assert connection.getresponse().read() == live_feed.PAGE.read_bytes()
            connection.request("GET", "/events")
            events = connection.getresponse()
            assert number_of(events.readline()) > 0
            program.send_signal(stopped_by)
            assert events.read().endswith(b"\n\n")
        program.communicate(timeout=PATIENCE)
    assert program.returncode == status
    assert b"Traceback" not in terminal.shown
