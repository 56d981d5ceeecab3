"""What carries items from task to task: the one shape to which our channels and their peers are brought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class Pipe(Protocol):
    """Something to push items into and to pull them out of, each waiting where it must."""

    def push(self, item: int, /) -> Awaitable[object]: ...
    def pull(self) -> Awaitable[int]: ...


@dataclass(frozen=True)
class Pair:
    """A pipe of two methods as they are: no layer that could cost time, or lose an item."""

    push: Callable[[int], Awaitable[object]]
    pull: Callable[[], Awaitable[int]]


@dataclass(frozen=True)
class Kind:
    """A kind of pipe."""

    make: Callable[[int], Pipe]  # Of a capacity, in the running loop.
    version: str
    rendezvous: bool = False  # Whether there is one of capacity 0.
