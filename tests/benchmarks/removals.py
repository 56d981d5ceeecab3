"""What keeps a promise in the source, and what to write in its place: what the promise costs is what that saves.

A removal is put in as a seeded fault is, by a text that stands once in the source.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.benchmarks.names import WITHOUT_CLAIMS, WITHOUT_COUNT, WITHOUT_LOOK, WITHOUT_LOOP, WITHOUT_UNCLAIMED
from tests.faults.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WHOSE_LOOP = (
    "if waiter.get_loop() is not asyncio._get_running_loop() and not self._is_in_reach(entry):  # noqa: SLF001\n"
    "                continue\n            "
)
WITH_A_CLAIM = """            try:
                self._items.append(item)  # Claimed by this call until the pull is woken with the claim.
            except BaseException:
                self._pulls.put_back(*pull)
                self._push_limit = 0
                self._serve_latecomers()
                raise
            try:
                pull[0].set_result(self._pulls)
"""
BEFORE = """task = asyncio.current_task()
        before = task.cancelling() if task is not None else 0
        del task  # Otherwise the error, this frame and the task would keep each other alive.
"""
PUSH = """        if (unclaimed := self._unclaimed) < self._push_limit:
            self._unclaimed = unclaimed + 1
            try:
                self._items.append(item)
            except BaseException:
                self._unclaimed -= 1
                raise
            return
"""
PULL = """        if (unclaimed := self._unclaimed) and not self._pushes:
            self._unclaimed = unclaimed - 1
            return self._items.popleft()
        if (self"""
HANDED_OVER = "            try:\n                pull[0].set_result(item)\n"
PUSH_BY_LEN = """        if len(self._items) < self._push_limit:
            self._items.append(item)
            return
"""
PULL_BY_LEN = """        if self._items and not self._pushes:
            return self._items.popleft()
        if (self"""
END = "            raise self._closed_to_pulls()\n        return "
REMOVALS: dict[str, Sequence[Fault]] = {
    WITHOUT_LOOP: [
        Fault("as a pull is served", "_waiting.py", f"{WHOSE_LOOP}if not waiter", "if not waiter"),
        Fault("as a push is served", "_waiting.py", f"{WHOSE_LOOP}try", "try"),
        Fault("as a task joins", "_waiting.py", "            self.first()\n            if len", "            if len"),
    ],
    WITHOUT_LOOK: [
        Fault("by a pull", "_core.py", "if self._closed or self._unclaimed:", "if False:"),
        Fault("by a push", "_core.py", "if self._closed or self._unclaimed < self._bound:", "if False:"),
    ],
    WITHOUT_COUNT: [Fault("by a push", "_sending.py", BEFORE, "before = 0\n")],
    WITHOUT_CLAIMS: [
        Fault("by a push", "_core.py", WITH_A_CLAIM, HANDED_OVER),
        Fault("as a pull resumes", "_receiving.py", "is not self._pulls:", ".__class__ is not int:"),
        Fault("as it returns", "_receiving.py", f"{END}self._items.popleft()", f"{END}outcome"),
    ],
    WITHOUT_UNCLAIMED: [
        Fault("by a push", "_sending.py", PUSH, PUSH_BY_LEN),
        Fault("by a pull", "_receiving.py", PULL, PULL_BY_LEN),
    ],
}
"""By copy, what is written in place of what. Without the count only what need not wait works: all else asks it."""


def copy(source: Path, place: Path, removals: Sequence[Fault]) -> None:
    """Make a copy of the package without what is removed."""
    shutil.copytree(source, place, ignore=shutil.ignore_patterns("__pycache__"))
    for removal in removals:
        file = place / removal.file
        file.write_text(removal.applied(file.read_text(encoding="utf-8")), encoding="utf-8")
