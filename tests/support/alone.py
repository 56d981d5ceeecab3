"""A process in which a test is alone: the threads of whoever runs the tests are hidden."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def hide_other_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the threads that there are, but this one, from whoever asks for all: pytest-xdist keeps some."""
    every_thread, every_frame = threading.enumerate, sys._current_frames  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    hidden = {*every_thread()} - {threading.current_thread()}
    numbers = every_frame().keys() - {threading.get_ident()}
    monkeypatch.setattr(threading, "enumerate", lambda: [each for each in every_thread() if each not in hidden])
    monkeypatch.setattr(
        sys, "_current_frames", lambda: {ident: at for ident, at in every_frame().items() if ident not in numbers}
    )
