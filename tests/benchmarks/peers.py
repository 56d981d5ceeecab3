"""The peers: what else carries items between the tasks of a loop, each used as its own documentation says.

Invariant: a peer's methods are called as they are. `KINDS` has those that are installed, `MISSING` names the others.
"""

from __future__ import annotations

import asyncio
import logging
from importlib.metadata import version
from platform import python_version
from typing import TYPE_CHECKING

import aiochan
import aiochannel
import aiologic
import anyio
import asyncio_channel
import culsans
import janus

from tests.benchmarks.pipe import Kind, Pair, shared

if TYPE_CHECKING:
    from tests.benchmarks.pipe import Ends

try:
    from frequenz import channels as frequenz_channels
except ImportError:  # What it depends on has no wheel for the newest Python.
    frequenz_channels = None  # type: ignore[assignment]  # So that one name tells whether it is there.

try:
    import pychanasync_1_0
except ImportError:  # The bench session installs it: see namesake.py.
    pychanasync_1_0 = None  # type: ignore[assignment]  # So that one name tells whether it is there.

FREQUENZ, NAMESAKE = frequenz_channels, pychanasync_1_0


def asyncio_queue(capacity: int) -> Ends:
    queue = asyncio.Queue[int](capacity)
    return shared(queue.put, queue.get)


def anyio_streams(capacity: int) -> Ends:
    sending, receiving = anyio.create_memory_object_stream[int](capacity)
    return shared(sending.send, receiving.receive)


def aiochannel_channel(capacity: int) -> Ends:
    channel = aiochannel.Channel[int](capacity)
    return shared(channel.put, channel.get)


def culsans_queue(capacity: int) -> Ends:
    queue = culsans.Queue[int](capacity).async_q
    return shared(queue.put, queue.get)


def janus_queue(capacity: int) -> Ends:
    queue = janus.Queue[int](capacity).async_q
    return shared(queue.put, queue.get)


def aiologic_queue(capacity: int) -> Ends:
    queue = aiologic.Queue[int](capacity)
    return shared(queue.async_put, queue.async_get)


def asyncio_channel_channel(capacity: int) -> Ends:
    channel = asyncio_channel.create_channel(capacity)
    return shared(channel.put, channel.take)


def aiochan_channel(capacity: int) -> Ends:
    channel = aiochan.Chan(capacity or None)
    return shared(channel.put, channel.get)


def frequenz_anycast(capacity: int) -> Ends:
    assert frequenz_channels is not None
    # Deprecated, but its other channels drop what they have no place for.
    channel = frequenz_channels.Anycast[int](name="peer", limit=capacity)  # type: ignore[deprecated]  # pyright: ignore[reportDeprecated]  # See above.
    return lambda: Pair(channel.new_sender().send, channel.new_receiver().receive)


def namesake_channel(capacity: int) -> Ends:
    assert pychanasync_1_0 is not None
    channel = pychanasync_1_0.Channel(capacity or None)
    return shared(channel.push, channel.pull)


KINDS = {
    "asyncio.Queue": Kind(asyncio_queue, python_version()),
    "anyio": Kind(anyio_streams, version("anyio"), rendezvous=True),
    "aiochannel": Kind(aiochannel_channel, version("aiochannel")),
    "culsans": Kind(culsans_queue, version("culsans")),
    "janus": Kind(janus_queue, version("janus")),
    "aiologic": Kind(aiologic_queue, version("aiologic")),
    "asyncio-channel": Kind(asyncio_channel_channel, version("asyncio-channel")),
    "aiochan": Kind(aiochan_channel, version("aiochan"), rendezvous=True),
}
if frequenz_channels is not None:
    KINDS["frequenz-channels"] = Kind(frequenz_anycast, version("frequenz-channels"))
    # It warns of each wait for a place, and so would measure the terminal.
    logging.getLogger("frequenz.channels").setLevel(logging.ERROR)
if pychanasync_1_0 is not None:
    KINDS["other pychanasync"] = Kind(namesake_channel, "1.0.0", rendezvous=True)
MISSING = {"frequenz-channels", "other pychanasync"} - {*KINDS}
