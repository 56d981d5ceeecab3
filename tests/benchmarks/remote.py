"""What a hop over `pychanasync.nats` costs, beside the client used directly and a local channel: ``nox -s remote``.

All run against one server on the loopback, which stores on the disk, and take rounds in turn, so that what the machine
does meanwhile hits all alike. A hop is an item that goes in at one end and is done at the other. Each is timed while
the others rest; the figure is that of the quickest round.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, TypeAlias

from nats.js.api import ConsumerConfig, DiscardPolicy, RetentionPolicy, StreamConfig

from pychanasync import Channel
from pychanasync.nats import MsgspecCodec, Queue
from tests.support.nats_server import NatsServer, connected

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from nats.aio.client import Client

    from tests.support.helpers import Loosely

    Hops: TypeAlias = Callable[[int], Awaitable[None]]

NUMBERS = MsgspecCodec(int)
WIDE = 50  # Items ahead, on loan, or in a batch.


async def local(many: int) -> None:
    """Go through a channel."""
    channel = Channel[int](buffer=1)

    async def send() -> None:
        async with channel:
            for item in range(many):
                await channel.push(item)

    sending = asyncio.create_task(send())
    assert len([item async for item in channel]) == many
    await sending


async def through_queue(queue: Queue[int], many: int, wide: int) -> None:
    """Go through a queue, with so many items on the way at a time."""

    async def send() -> None:
        async with queue.outbox(ahead=wide) as out:
            for item in range(many):
                await out.push(item)

    done = 0

    async def receive(inbox: Loosely) -> None:
        nonlocal done
        while done < many:
            done += 1
            async with await inbox.pull():
                pass

    sending = asyncio.create_task(send())
    async with queue.inbox(prefetch=wide) as inbox:
        await asyncio.gather(*[receive(inbox) for _ in range(min(wide, 10))])
    await sending


async def by_client(client: Client, stream: str, many: int, wide: int) -> None:
    """Do the same by the client's own calls: publish and wait, fetch, acknowledge and wait."""
    stream_client: Loosely = client.jetstream()  # pyright: ignore[reportUnknownMemberType]  # Its options.
    subscription = await stream_client.pull_subscribe_bind(durable="workers", stream=stream)

    async def send() -> None:
        for item in range(many):
            await stream_client.publish(stream, NUMBERS.encode(item))

    sending, done = asyncio.create_task(send()), 0
    while done < many:
        messages = await subscription.fetch(min(wide, many - done), timeout=5)
        await asyncio.gather(*[message.ack_sync() for message in messages])
        done += len(messages)
    await sending
    await subscription.unsubscribe()


async def measure(url: str, many: int, rounds: int) -> None:
    async with connected(url) as client:
        queue = await Queue.declare(client, "ours", NUMBERS, capacity=10_000)
        stream_client: Loosely = client.jetstream()  # pyright: ignore[reportUnknownMemberType]  # Its options.
        config = StreamConfig("theirs", subjects=["theirs"], max_msgs=10_000)
        await stream_client.add_stream(config, retention=RetentionPolicy.WORK_QUEUE, discard=DiscardPolicy.NEW)
        await stream_client.add_consumer("theirs", ConsumerConfig(durable_name="workers"))
        ways: dict[str, Hops] = {
            "a local channel": lambda many: local(100 * many),
            "a queue, one at a time": lambda many: through_queue(queue, many, 1),
            "the client, one at a time": lambda many: by_client(client, "theirs", many, 1),
            f"a queue, {WIDE} at a time": lambda many: through_queue(queue, many, WIDE),
            f"the client, {WIDE} at a time": lambda many: by_client(client, "theirs", many, WIDE),
        }
        best = dict.fromkeys(ways, float("inf"))
        for _ in range(rounds):
            for name, way in ways.items():
                began = perf_counter()
                await way(many)
                best[name] = min(best[name], (perf_counter() - began) / many)
        best["a local channel"] /= 100
        for name, seconds in best.items():
            ratio = seconds / best["a local channel"]
            print(f"{name:28}{1e6 * seconds:10.1f} us a hop{ratio:10.0f} local hops{1 / seconds:12,.0f} a second")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what a hop over a NATS server costs.")
    parser.add_argument("--items", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = NatsServer(Path(folder))
        try:
            asyncio.run(measure(server.url, arguments.items, arguments.rounds))
        finally:
            server.kill()


if __name__ == "__main__":
    main()
