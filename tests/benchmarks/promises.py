"""Scenarios of what the promises cost: the package beside copies of it, each without what keeps one promise.

Invariant: every turn is played on a package that is imported anew, the whole one too. Where the interpreter happens to
put its objects takes a turn up to a twentieth longer or shorter, and so falls out differently in each.
"""

from __future__ import annotations

import sys
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pychanasync
from tests.benchmarks import names, passing
from tests.benchmarks.pipe import shared
from tests.benchmarks.removals import REMOVALS, copy
from tests.benchmarks.turns import Scenario

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.benchmarks.passing import Course
    from tests.benchmarks.pipe import Ends, Pipe

SOURCE = Path(pychanasync.__file__).parent
COPY = "pychanasync_copied"
FOLDERS = TemporaryDirectory()
EACH = (names.WITHOUT_LOOP, names.WITHOUT_LOOK, names.WITHOUT_COUNT, names.WITHOUT_CLAIMS)
COPIES = {names.OURS: [], **REMOVALS, names.WITHOUT_ALL: [removal for name in EACH for removal in REMOVALS[name]]}


def channels(name: str) -> Callable[[int | None], Pipe]:
    """Import a copy anew, and return what makes its channels."""
    folder = Path(FOLDERS.name, name.replace(" ", "_"))
    if not folder.exists():
        copy(SOURCE, folder / COPY, COPIES[name])
    for module in [module for module in sys.modules if module.partition(".")[0] == COPY]:
        del sys.modules[module]
    sys.path.insert(0, str(folder))
    try:
        return import_module(COPY).Channel  # type: ignore[no-any-return]
    finally:
        sys.path.remove(str(folder))


async def play(course: Course, capacity: int, name: str, number: int) -> float:
    """Run a course on the channels of a copy."""
    make = channels(name)

    def ends() -> Ends:
        made = make(capacity or None)
        return shared(made.push, made.pull)

    return await course(ends, passing.on_asyncio, number)


def scenario(course: Course, capacity: int, about: str, operation: str, *copies: str) -> Scenario:
    contenders = {name: partial(play, course, capacity, name) for name in (names.OURS, *copies)}
    return Scenario(f"{about} The copies of the package lack one thing each.", operation, contenders)


WAITING = (*EACH, names.WITHOUT_ALL)
SCENARIOS = {
    names.PROMISES[0]: scenario(
        passing.seq, 10, "Push and pull by turns in one task.", "a push and a pull", names.WITHOUT_UNCLAIMED
    ),
    names.PROMISES[1]: scenario(passing.spsc, 1, "A producer and a consumer.", "an item", *WAITING),
    names.PROMISES[2]: scenario(passing.spsc, 0, "A producer and a consumer.", "an item", *WAITING),
    names.PROMISES[3]: scenario(passing.fan_in, 16, "Sixteen tasks into one, as in *fan-in*.", "an item", *WAITING),
}
