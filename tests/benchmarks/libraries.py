"""The libraries whose features are set side by side: how each is made, used, closed, and used by threads."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import aiochannel
import aiologic
import anyio
import anyio.abc
import anyio.from_thread
import culsans
import janus
import trio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

import pychanasync
import pychanasync.debugging
import pychanasync.threads
from pychanasync import Broadcast, Channel
from pychanasync.threads import ThreadReceiver, ThreadSender
from tests.benchmarks.comparison import NO, YES
from tests.benchmarks.names import OURS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine


@dataclass(frozen=True)
class Pipe:
    """A channel or a queue: what a trial may do with it."""

    push: Callable[[int], Awaitable[object]]
    pull: Callable[[], Awaitable[int]]
    sender: object
    receiver: object
    close: Callable[[], object] | None = None
    push_in_thread: Callable[[int], object] | None = None
    pull_in_thread: Callable[[], int] | None = None


@dataclass(frozen=True)
class Library:
    """What is tried, and where its names are."""

    name: str
    make: Callable[[int], Pipe]
    surface: tuple[object, ...]
    backend: str = "asyncio"
    rendezvous: int | None = 0
    priority: Callable[[], Pipe] | None = None
    package: str | None = None

    def named(self, *words: str) -> list[str]:
        """Find what has one of these words in its name, whatever its case."""
        names = {name for place in self.surface for name in dir(place) if not name.startswith("__")}
        return sorted(name for name in names if any(word in name.lower() for word in words))

    def lacks(self, *words: str) -> str:
        """Say no where nothing has such a name."""
        found = self.named(*words)
        if found:
            raise SystemExit(f"{self.name} has {', '.join(found)}: is the answer still no?")
        return NO

    def run(self, trial: Callable[[], Coroutine[object, object, bool]], backend: str | None = None) -> str:
        """Run a trial on the library's own event loop, or on another one."""
        return YES if anyio.run(trial, backend=backend or self.backend) else NO


def ours(capacity: int) -> Pipe:
    channel = Channel[int](capacity or None)
    with suppress(RuntimeError):  # With no loop in this thread, there are no halves for threads.
        push, pull = ThreadSender(channel).push, ThreadReceiver(channel).pull
        return Pipe(channel.push, channel.pull, channel, channel, channel.close, push, pull)
    return Pipe(channel.push, channel.pull, channel, channel, channel.close)


def asyncio_queue(capacity: int, kind: type[asyncio.Queue[int]] = asyncio.Queue) -> Pipe:
    queue = kind(capacity)
    if sys.version_info >= (3, 13):
        return Pipe(queue.put, queue.get, queue, queue, queue.shutdown)
    return Pipe(queue.put, queue.get, queue, queue)


def anyio_streams(capacity: int) -> Pipe:
    sending, receiving = anyio.create_memory_object_stream[int](capacity)

    def push_in_thread(item: int) -> None:
        anyio.from_thread.run(sending.send, item)

    def pull_in_thread() -> int:
        return anyio.from_thread.run(receiving.receive)

    return Pipe(sending.send, receiving.receive, sending, receiving, sending.close, push_in_thread, pull_in_thread)


def trio_channel(capacity: int) -> Pipe:
    sending, receiving = trio.open_memory_channel[int](capacity)

    def push_in_thread(item: int) -> None:
        trio.from_thread.run(sending.send, item)

    def pull_in_thread() -> int:
        return trio.from_thread.run(receiving.receive)

    return Pipe(sending.send, receiving.receive, sending, receiving, sending.close, push_in_thread, pull_in_thread)


def janus_queue(capacity: int, kind: type[janus.Queue[int]] = janus.Queue) -> Pipe:
    queue = kind(capacity)
    tasks, threads = queue.async_q, queue.sync_q
    return Pipe(tasks.put, tasks.get, tasks, tasks, queue.shutdown, threads.put, threads.get)


def culsans_queue(capacity: int, kind: type[culsans.Queue[int]] = culsans.Queue) -> Pipe:
    queue = kind(capacity)
    tasks, threads = queue.async_q, queue.sync_q
    return Pipe(tasks.put, tasks.get, tasks, tasks, queue.shutdown, threads.put, threads.get)


def aiochannel_channel(capacity: int) -> Pipe:
    channel = aiochannel.Channel[int](capacity)
    return Pipe(channel.put, channel.get, channel, channel, channel.close)


def aiologic_queue(capacity: int, kind: type[aiologic.Queue[int]] = aiologic.Queue) -> Pipe:
    queue = kind(capacity)
    threads = (queue.green_put, queue.green_get)
    return Pipe(queue.async_put, queue.async_get, queue, queue, None, *threads)


LIBRARIES = (
    Library(
        OURS,
        ours,
        (pychanasync, pychanasync.threads, pychanasync.debugging, Channel, Broadcast),
        package="pychanasync",
    ),
    Library(
        "asyncio.Queue",
        asyncio_queue,
        (asyncio.queues, asyncio.Queue),
        priority=partial(asyncio_queue, 0, asyncio.PriorityQueue),
    ),
    Library(
        "anyio",
        anyio_streams,
        (anyio, anyio.abc, MemoryObjectSendStream, MemoryObjectReceiveStream),
        package="anyio",
    ),
    Library(
        "trio",
        trio_channel,
        (trio, trio.abc, trio.MemorySendChannel, trio.MemoryReceiveChannel),
        backend="trio",
        package="trio",
    ),
    Library(
        "janus",
        janus_queue,
        (janus, janus.Queue, janus.AsyncQueue, janus.SyncQueue),
        priority=partial(janus_queue, 0, janus.PriorityQueue),
        package="janus",
    ),
    Library(
        "culsans",
        culsans_queue,
        (culsans, culsans.Queue, culsans.AsyncQueue, culsans.SyncQueue),
        priority=partial(culsans_queue, 0, culsans.PriorityQueue),
        package="culsans",
    ),
    Library("aiochannel", aiochannel_channel, (aiochannel, aiochannel.Channel), package="aiochannel"),
    Library(
        "aiologic",
        aiologic_queue,
        (aiologic, aiologic.Queue),
        priority=partial(aiologic_queue, 8, aiologic.PriorityQueue),
        package="aiologic",
    ),
)
