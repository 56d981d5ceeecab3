"""The moments at which something from outside may run in the middle of a call of the package.

CPython runs signal handlers, and from 3.12 on the garbage collector, between two instructions of its own choice: as a
Python function begins, after a call of C code, and as a loop jumps back. `sys.monitoring` reports exactly these. On
3.11 there is only the profile function, which leaves out the jumps and the calls of types.

After `len` and its like CPython runs nothing once it has seen a line a few times. Monitored code counts as seen for the
first time, so they are moments too.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pychanasync

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType

PACKAGE = str(Path(pychanasync.__file__).parent)
USERS = tuple(str(Path(__file__).parents[2] / folder) for folder in ("tests", "docs"))
"""Where users' code is: nothing happens in the middle of that, such as the buffer of a strategy of their own."""


def belongs_to_the_package(frame: FrameType | None) -> bool:
    """Return whether a frame is the package's, or one that the package calls, as asyncio's own."""
    while frame is not None and not frame.f_code.co_filename.startswith(USERS):
        if frame.f_code.co_filename.startswith(PACKAGE):
            return True
        frame = frame.f_back
    return False


class Moments:
    """Lets things happen at moments, counted from 0, of what the package does in a ``with`` block.

    The moments of what happens count too, if it uses the package: so something may happen in the middle of it.
    """

    def __init__(self, *plan: tuple[int, Callable[[], object]]) -> None:
        self.plan = plan
        self.passed = 0

    @property
    def came(self) -> bool:
        """Whether the block had so many moments."""
        return all(number < self.passed for number, _ in self.plan)

    def __enter__(self) -> Self:
        watch(self)
        return self

    def __exit__(self, *_: object) -> None:
        watch(None)

    def pass_one(self) -> None:
        """Count a moment, and let happen what is planned for it."""
        number = self.passed
        self.passed += 1
        for planned, happen in self.plan:
            if planned == number:
                sys.call_tracing(self.let_happen, (happen,))  # Else nothing that it does is reported.

    def let_happen(self, happen: Callable[[], object]) -> None:
        if sys.version_info < (3, 12):
            sys.setprofile(sys.getprofile())  # There `call_tracing` only allows it.
        happen()


if sys.version_info >= (3, 12):
    events = sys.monitoring.events
    TOOL = 4  # Kept. No well-known tool takes it.
    watching: Moments | None = None

    def watch(moments: Moments | None) -> None:
        global watching  # noqa: PLW0603  # The callbacks have no other way to know.
        watching = moments
        wanted = events.PY_START | events.PY_RESUME | events.CALL | events.JUMP
        sys.monitoring.set_events(TOOL, wanted if moments else events.NO_EVENTS)

    def pass_in(code: CodeType) -> object:
        """Count a moment in a frame that runs some code; leave that of users alone for good."""
        if code.co_filename.startswith(USERS):
            return sys.monitoring.DISABLE
        if watching and belongs_to_the_package(sys._getframe(2)):  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # It runs the code.
            watching.pass_one()
        return None

    def started(code: CodeType, _: int) -> object:
        return pass_in(code)

    def resumed(code: CodeType, _: int) -> object:
        return pass_in(code) if code.co_flags & inspect.CO_GENERATOR else None  # Not as an `await` is over.

    def called(code: CodeType, *_: object) -> object:
        """Say where returns from C code are to be reported."""
        return sys.monitoring.DISABLE if code.co_filename.startswith(USERS) else None

    def returned_from_c(code: CodeType, *_: object) -> None:
        pass_in(code)

    def jumped(code: CodeType, at: int, to: int) -> object:
        return pass_in(code) if to < at else sys.monitoring.DISABLE

    sys.monitoring.use_tool_id(TOOL, "moments")
    sys.monitoring.register_callback(TOOL, events.PY_START, started)
    sys.monitoring.register_callback(TOOL, events.PY_RESUME, resumed)
    sys.monitoring.register_callback(TOOL, events.CALL, called)
    sys.monitoring.register_callback(TOOL, events.C_RETURN, returned_from_c)
    sys.monitoring.register_callback(TOOL, events.JUMP, jumped)

else:

    def watch(moments: Moments | None) -> None:
        def look(frame: FrameType, event: str, _: object) -> None:
            if moments and event in {"call", "c_return"} and belongs_to_the_package(frame):
                moments.pass_one()

        sys.setprofile(look if moments else None)
