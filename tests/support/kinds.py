"""The kinds of channels on which each promise is tested. A line in one of these tables adds one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import Any, TypeAlias

from pychanasync import Channel

Make: TypeAlias = Callable[[], Channel[Any]]  # type: ignore[explicit-any]  # Each test says what its items are.

BOUNDED: Mapping[str, Make] = {  # Those on which a push can be made to wait.
    "unbuffered": Channel,
    "buffer-1": lambda: Channel(1),
    "buffer-3": lambda: Channel(3),
}
KINDS: Mapping[str, Make] = {
    **BOUNDED,
    "no-bound": lambda: Channel(inf),
}
