"""A live feed for browsers: ``python docs/examples/live_feed.py [--port N] [--every SECONDS]``.

It needs two more packages: ``python -m pip install starlette uvicorn``. Open the address that it prints in several
windows.

A sensor measures a temperature again and again. Everybody who has the page open sees each reading, sent as a
server-sent event (SSE). One `Broadcast` connects the sensor with its viewers:

- If you open the page, you see the last reading at once (``replay=1``).
- A viewer with a slow connection misses readings. It slows down neither the sensor nor the other viewers, and uses no
  more memory than its buffer (``overflow="drop_oldest"``).
- A viewer that leaves is unsubscribed at the end of the ``async with`` around its response.
- A server that shuts down waits for its open responses, and these would never end. This server closes the feed first.

The sensor is simulated.
"""

import argparse
import asyncio
import json
import socket
from contextlib import suppress
from itertools import count
from pathlib import Path
from random import uniform

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from pychanasync import Broadcast, Channel

PAGE = Path(__file__).with_suffix(".html")


def make_feed() -> Broadcast[bytes]:
    return Broadcast(buffer=16, overflow="drop_oldest", replay=1, name="feed")


def encode(number: int, reading: dict[str, float]) -> bytes:
    """Turn a reading into an event. This is done once, not once for each viewer."""
    return f"id: {number}\ndata: {json.dumps(reading)}\n\n".encode()


async def measure(feed: Broadcast[bytes], every: float) -> None:
    """Push readings until the feed is closed."""
    celsius = 20.0
    with suppress(Channel.Closed):
        for number in count(1):
            celsius += uniform(-0.3, 0.3)  # noqa: S311  # Weather, not cryptography.
            await feed.push(encode(number, {"celsius": round(celsius, 1), "viewers": feed.subscribers}))
            await asyncio.sleep(every)


class Events:
    """The response to a viewer: all events, until the viewer leaves or the feed is closed."""

    def __init__(self, feed: Broadcast[bytes]) -> None:
        self._feed = feed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._feed.subscribe() as events:
            headers = {"Cache-Control": "no-store"}
            await StreamingResponse(events, media_type="text/event-stream", headers=headers)(scope, receive, send)


async def show_page(_: Request) -> HTMLResponse:
    return HTMLResponse(PAGE.read_bytes())


class FeedServer(uvicorn.Server):
    """A server for the page and the feed."""

    def __init__(self, feed: Broadcast[bytes], port: int) -> None:
        app = Starlette(routes=[Route("/", show_page), Route("/events", Events(feed), methods=["GET"])])
        # A viewer that has stopped reading never sees the end, so the server waits at most five seconds for it.
        super().__init__(uvicorn.Config(app, port=port, lifespan="off", timeout_graceful_shutdown=5))
        self._feed = feed

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the open streams, and then shut down as usual."""
        self._feed.close()
        await super().shutdown(sockets)


async def run(port: int, every: float) -> None:
    feed = make_feed()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(measure(feed, every))
        await FeedServer(feed, port).serve()  # Until Ctrl-C or SIGTERM.


def main() -> None:
    parser = argparse.ArgumentParser(description="Show the readings of a sensor, live, to everybody who looks.")
    parser.add_argument("--port", type=int, default=8000, help="default 8000; 0 takes any that is free")
    parser.add_argument("--every", metavar="SECONDS", type=float, default=1, help="between two readings, default 1")
    arguments = parser.parse_args()
    with suppress(KeyboardInterrupt):  # The server has stopped by then.
        asyncio.run(run(arguments.port, arguments.every))


if __name__ == "__main__":
    main()
