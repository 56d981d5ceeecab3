"""What an operation is made of, in counts: the instructions that the interpreter executes for it, and whom it calls.

Counted are the contender's own code and what that calls; what asyncio's loop does in between is the same for the floor.
Only Python 3.12 and later can tell.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pychanasync
from tests.benchmarks import floors
from tests.benchmarks.names import A_PULL, FUTURES, OURS, TWO_COROUTINES
from tests.support.counting import CAN_COUNT, counting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.benchmarks.results import Anatomy
    from tests.benchmarks.turns import Play, Scenario
    from tests.support.counting import Executed

CODE = (str(Path(pychanasync.__file__).parent), str(Path(floors.__file__)))
RARE = 0.1  # Of a call: less often than that it is not worth a word.
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
    if not CAN_COUNT:
        return {}
    return {
        title: {name: anatomy(scenarios[title].contenders[name], number) for name in names}
        for title, names in DISSECTED.items()
    }


def anatomy(play: Play, number: int) -> Anatomy:
    """Count what so many operations more take, beyond setting up and the first ones."""
    few, many = executed(play, number), executed(play, 2 * number)
    calls = {name: (many.calls[name] - few.calls[name]) / number for name in many.calls}
    return {
        "instructions": (many.instructions - few.instructions) / number,
        "calls": {name: often for name, often in calls.items() if often >= RARE},
    }


def executed(play: Play, number: int) -> Executed:
    """Count what so many operations take."""
    with counting(*CODE) as count, asyncio.Runner() as runner:
        runner.run(play(number))
    return count
