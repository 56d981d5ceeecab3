"""A process in which a test is alone: what the runner of the tests, and other tests, have left in it is hidden."""

from __future__ import annotations

import signal
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def be_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide other threads from whoever asks for all, as pytest-xdist keeps some; remove the handlers of signals."""
    for number in signal.valid_signals():
        if callable(handler := signal.getsignal(number)) and handler is not signal.default_int_handler:
            signal.signal(number, signal.SIG_DFL)
    every_thread, every_frame = threading.enumerate, sys._current_frames  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    hidden = {*every_thread()} - {threading.current_thread()}
    numbers = every_frame().keys() - {threading.get_ident()}
    monkeypatch.setattr(threading, "enumerate", lambda: [each for each in every_thread() if each not in hidden])
    monkeypatch.setattr(
        sys, "_current_frames", lambda: {ident: at for ident, at in every_frame().items() if ident not in numbers}
    )
