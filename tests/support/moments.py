"""The moments at which something from outside may run in the middle of a call of the package.

CPython runs signal handlers, and from 3.12 on the garbage collector, between two instructions of its own choice: as a
function begins, and as a call of C code ends. A profile function is told of just these moments, but for the calls of
types. Left out is `len`, which CPython no longer calls once it has seen a line a few times.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pychanasync

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

PACKAGE = str(Path(pychanasync.__file__).parent)


class Moment:
    """Lets something happen at one moment, the n-th, of what the package does in a ``with`` block."""

    def __init__(self, number: int, happen: Callable[[], object]) -> None:
        self.left = number
        self.happen = happen

    @property
    def came(self) -> bool:
        """Whether the block had so many moments."""
        return self.left < 0

    def __enter__(self) -> Self:
        sys.setprofile(self.look)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def look(self, frame: FrameType, event: str, function: object) -> None:
        if event not in {"call", "c_return"} or function is len or self.came:
            return
        if frame.f_code.co_filename.startswith(PACKAGE):
            self.left -= 1
            if self.left < 0:
                sys.setprofile(None)
                self.happen()
