"""What carries items from task to task: the one shape to which our channels and their peers are brought."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Protocol, TypeAlias

from pychanasync import Channel

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

Ends: TypeAlias = "Callable[[], Pipe]"  # Gives each task that uses a channel its ends of it.


class Pipe(Protocol):
    """Something to push items into and to pull them out of, each waiting where it must."""

    def push(self, item: int, /) -> Awaitable[object]: ...
    def pull(self) -> Awaitable[int]: ...


@dataclass(frozen=True)
class Pair:
    """A pipe of two methods as they are: no layer that could cost time, or lose an item."""

    push: Callable[[int], Awaitable[object]]
    pull: Callable[[], Awaitable[int]]


def shared(push: Callable[[int], Awaitable[object]], pull: Callable[[], Awaitable[int]]) -> Ends:
    """Give every task the same two methods."""
    pair = Pair(push, pull)
    return lambda: pair


@dataclass(frozen=True)
class Kind:
    """A kind of channel."""

    make: Callable[[int], Ends]  # One of a capacity, in the running loop.
    version: str
    rendezvous: bool = False  # Whether there is one of capacity 0.

    def capacities(self, *wanted: int) -> list[int]:
        """Tell which of the capacities there are."""
        return [capacity for capacity in wanted if capacity or self.rendezvous]


class PolledDeque:
    """Right beyond doubt but for who is served first, and slow: what changes it does so at once, after every wait."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.items: deque[int] = deque()

    async def push(self, item: int, /) -> None:
        while len(self.items) >= self.capacity:  # noqa: ASYNC110  # No waiter, nothing to get wrong.
            await asyncio.sleep(0)
        self.items.append(item)

    async def pull(self) -> int:
        while not self.items:  # noqa: ASYNC110  # The same.
            await asyncio.sleep(0)
        return self.take()

    def take(self) -> int:
        return self.items.popleft()


def polled(capacity: int) -> Ends:
    """Make a deque that is polled."""
    made = PolledDeque(capacity)
    return lambda: made


def channel(capacity: int) -> Ends:
    """Make a channel of ours."""
    made = Channel[int](capacity or None)
    return shared(made.push, made.pull)


POLLED = Kind(polled, version("pychanasync"))
OURS = Kind(channel, version("pychanasync"), rendezvous=True)
