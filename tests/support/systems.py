"""What some systems lack, for the tests that need it: each such test is skipped there, and says why."""

from __future__ import annotations

import sys

import pytest

needs_posix_signals = pytest.mark.skipif(
    sys.platform == "win32",
    reason="needs POSIX signals: on Windows no program sends another one Ctrl-C, and no loop handles signals",
)
needs_posix_files = pytest.mark.skipif(
    sys.platform == "win32",
    reason="needs the files of POSIX: named pipes, sockets, symbolic links, paths of any length",
)
needs_names_of_any_bytes = pytest.mark.skipif(
    sys.platform in {"win32", "darwin"},
    reason="needs a file system whose names may be any bytes: those of Windows and macOS take only text",
)
needs_pipes_in_a_selector_loop = pytest.mark.skipif(
    sys.platform == "win32",
    reason="needs pipes and processes in a selector loop, which has neither on Windows",
)
needs_signals_without_a_name = pytest.mark.skipif(
    sys.platform != "linux", reason="needs a signal that has no name, as the real-time signals of Linux"
)
