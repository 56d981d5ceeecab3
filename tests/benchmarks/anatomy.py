"""What an operation is made of, in counts: the instructions that the interpreter executes for it, and whom it calls.

Counted are the contender's own code and what that calls; what asyncio's loop does in between is the same for the floor.
Only Python 3.12 and later can tell.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pychanasync
from tests.benchmarks import floors
from tests.benchmarks.names import A_PULL, FUTURES, OURS, TWO_COROUTINES

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from types import CodeType

    from tests.benchmarks.results import Anatomy
    from tests.benchmarks.turns import Play, Scenario

CODE = (str(Path(pychanasync.__file__).parent), str(Path(floors.__file__)))
RARE = 0.1  # Of a call: less often than that it is not worth a word.
TOOL = 3  # One of the numbers that sys.monitoring leaves to whoever wants one.
DISSECTED = {
    "uncontended": (TWO_COROUTINES, OURS),
    "ping-pong": (FUTURES, f"{OURS}, unbuffered"),
    "select_rx of 2": (A_PULL, OURS, f"{OURS}, cases kept"),
    "select that waits on 2": (A_PULL, OURS, f"{OURS}, cases kept"),
    "create and drop": (OURS,),
}
"""By scenario, the contenders that are taken apart."""


def anatomies(scenarios: Mapping[str, Scenario], number: int) -> dict[str, dict[str, Anatomy]]:
    """Take the contenders apart by so many operations, where the interpreter can tell."""
    if not hasattr(sys, "monitoring"):
        return {}
    return {
        title: {name: anatomy(scenarios[title].contenders[name], number) for name in names}
        for title, names in DISSECTED.items()
    }


if sys.version_info >= (3, 12):

    def anatomy(play: Play, number: int) -> Anatomy:
        """Count what so many operations more take, beyond setting up and the first ones."""
        few, many = counted(play, number), counted(play, 2 * number)
        each = {name: (many[name] - few[name]) / number for name in many}
        instructions = each.pop("")
        return {"instructions": instructions, "calls": {name: each[name] for name in each if each[name] >= RARE}}

    def counted(play: Play, number: int) -> Counter[str]:
        """Count the instructions, under no name, and the calls by the name of what is called."""
        with counting() as count, asyncio.Runner() as runner:
            runner.run(play(number))
        return count

    @contextmanager
    def counting() -> Generator[Counter[str]]:
        count = Counter[str]()

        def instruction(code: CodeType, _: int) -> object:
            if not code.co_filename.startswith(CODE):
                return sys.monitoring.DISABLE
            count[""] += 1
            return None

        def call(code: CodeType, _: int, called: object, __: object) -> object:
            if not code.co_filename.startswith(CODE):
                return sys.monitoring.DISABLE
            count[getattr(called, "__qualname__", type(called).__qualname__)] += 1
            return None

        events = sys.monitoring.events
        sys.monitoring.use_tool_id(TOOL, "anatomy")
        try:
            sys.monitoring.register_callback(TOOL, events.INSTRUCTION, instruction)
            sys.monitoring.register_callback(TOOL, events.CALL, call)
            sys.monitoring.set_events(TOOL, events.INSTRUCTION | events.CALL)
            yield count
        finally:
            sys.monitoring.set_events(TOOL, events.NO_EVENTS)
            sys.monitoring.free_tool_id(TOOL)

else:

    def anatomy(play: Play, number: int) -> Anatomy:
        """Refuse: nothing can be counted."""
        raise NotImplementedError(f"{play} of {number}: Python 3.12 is the first that tells of instructions")
