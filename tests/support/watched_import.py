"""Imports the package and prints, as JSON, what that did beside making modules.

It runs as a program: ``python tests/support/watched_import.py``.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import signal
import sys
import threading

CHANGING = set("wxa+")


def state() -> list[object]:
    """Look at what a package could have started or taken over."""
    return [
        threading.active_count(),
        asyncio._get_running_loop(),  # noqa: SLF001  # None where no loop runs.
        signal.getsignal(signal.SIGINT),
        gc.isenabled(),
        sys.gettrace(),
        sys.getprofile(),
        sys.excepthook,
        sys.unraisablehook,
        threading.excepthook,
    ]


def main() -> None:
    """Import, and compare before and after."""
    before, modules = state(), set(sys.modules)
    events: set[str] = set()
    written: list[str] = []

    def audit(event: str, arguments: tuple[object, ...]) -> None:
        events.add(event)
        if event == "open" and CHANGING & set(str(arguments[1] or "r")):
            written.append(str(arguments[0]))

    sys.addaudithook(audit)
    importlib.import_module("pychanasync")
    seen = sorted(events)
    changed = state() != before
    json.dump(
        {"events": seen, "written": written, "changed": changed, "modules": sorted(set(sys.modules) - modules)},
        sys.stdout,
    )


if __name__ == "__main__":
    main()
