"""The event loops on which each asynchronous test runs."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Callable, Container

try:
    import uvloop
except ImportError:  # It has no wheels for every platform and for the newest Python.
    uvloop = None  # type: ignore[assignment]  # So that one name tells whether it is there.


class StockLoop(asyncio.SelectorEventLoop):
    """asyncio's own loop; in debug mode, which refuses calls from another thread, but for tests that are heavy."""


def eager_loop() -> asyncio.AbstractEventLoop:
    """Make asyncio's own loop with tasks that run to their first wait as soon as they are made."""
    loop = asyncio.new_event_loop()
    if sys.version_info >= (3, 12):
        loop.set_task_factory(asyncio.eager_task_factory)
    return loop


LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"stock": StockLoop}
if sys.version_info >= (3, 12):
    LOOPS["eager"] = eager_loop
if uvloop is not None:
    LOOPS["uvloop"] = uvloop.new_event_loop
if sys.platform == "win32":
    LOOPS["proactor"] = asyncio.ProactorEventLoop  # The one that programs get there.
QUICKEST = [*LOOPS][-1]  # For what is repeated so often that debug mode would take minutes.

SHARED = bool(os.environ.get("SHARED_LOOPS"))
"""Whether the interpreters share the tests, as in nox."""
INTERPRETERS = 5
MEASURED = 13  # Minor version. There coverage is measured, and everything runs on asyncio's own loop.
PARTS = 3


def is_for_another(node: str, nodes: Container[str], *, first: bool) -> bool:
    """Return whether another interpreter is to run a test.

    All that runs on asyncio's own loop, or on none, is run where coverage is measured; the others run the first set of
    arguments of each test, and a third of the rest. Of what also runs on other loops, each runs a fifth there.
    """
    minor = sys.version_info.minor
    stock = re.sub(r"(?<=[\[-])(eager|uvloop|proactor)(?=[\]-])", "stock", node)
    number = crc32(stock.encode())
    if stock != node and stock in nodes:
        return number % INTERPRETERS != minor % INTERPRETERS
    return minor != MEASURED and not first and number % PARTS != minor % PARTS
