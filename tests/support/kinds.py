"""The kinds of channels on which each promise is tested. A line in one of these tables adds one.

A promise that some kinds do not make is tested on the table that leaves them out, and the name of the table says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import Any, TypeAlias

from docs.examples.priority_channel import PriorityChannel
from pychanasync import Channel, DroppingChannel, SlidingChannel

Make: TypeAlias = Callable[[], Channel[Any]]  # type: ignore[explicit-any]  # Each test says what its items are.

BOUNDED: Mapping[str, Make] = {  # Those on which a push can be made to wait.
    "unbuffered": Channel,
    "buffer-1": lambda: Channel(1),
    "buffer-2": lambda: Channel(2),
    "priority": lambda: PriorityChannel(2),
}
LOSSLESS: Mapping[str, Make] = {  # Those that drop nothing.
    **BOUNDED,
    "no-bound": lambda: Channel(inf),
}
KINDS: Mapping[str, Make] = {
    **LOSSLESS,
    "sliding-1": lambda: SlidingChannel(1),
    "sliding-2": lambda: SlidingChannel(2),
    "dropping": lambda: DroppingChannel(1),
}
BUFFERED: Mapping[str, Make] = {kind: make for kind, make in KINDS.items() if kind != "unbuffered"}
# Those that ask items nothing; the priority channel compares them.
INCURIOUS: Mapping[str, Make] = {kind: make for kind, make in BOUNDED.items() if kind != "priority"}
