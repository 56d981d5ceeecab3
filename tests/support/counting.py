"""Counts what is executed: the instructions of the interpreter, and the calls, by the name of what is called."""

from __future__ import annotations

import gc
import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator
    from contextlib import AbstractContextManager
    from types import CodeType

CAN_COUNT = sys.version_info >= (3, 12)
TOOL = 3  # Taken for a while only: hypothesis takes it, too, for a while.


@contextmanager
def undisturbed() -> Generator[None]:
    """Let the collector run no finaliser meanwhile: when it would, depends on the tests that ran before."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@dataclass
class Executed:
    """What was executed so far."""

    instructions: int = 0
    calls: Counter[str] = field(default_factory=Counter[str])


if sys.version_info >= (3, 12):

    @contextmanager
    def counting(*code: str) -> Generator[Executed]:
        """Count what the code in these files and folders executes."""
        executed = Executed()

        def instruction(within: CodeType, _: int) -> object:
            if not within.co_filename.startswith(code):
                return sys.monitoring.DISABLE
            executed.instructions += 1
            return None

        def call(within: CodeType, _: int, called: object, __: object) -> object:
            if not within.co_filename.startswith(code):
                return sys.monitoring.DISABLE
            executed.calls[getattr(called, "__qualname__", type(called).__qualname__)] += 1
            return None

        events = sys.monitoring.events
        with undisturbed():
            sys.monitoring.use_tool_id(TOOL, "pychanasync")
            try:
                sys.monitoring.register_callback(TOOL, events.INSTRUCTION, instruction)
                sys.monitoring.register_callback(TOOL, events.CALL, call)
                sys.monitoring.set_events(TOOL, events.INSTRUCTION | events.CALL)
                yield executed
            finally:
                sys.monitoring.set_events(TOOL, events.NO_EVENTS)
                sys.monitoring.free_tool_id(TOOL)

else:

    def counting(*code: str) -> AbstractContextManager[Executed]:
        """Refuse: nothing can be counted."""
        raise NotImplementedError(f"{code}: Python 3.12 is the first that tells of instructions")
