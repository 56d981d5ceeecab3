"""The browser. Where there is none, or nothing to drive it with, these tests are left out."""

from __future__ import annotations

import os
from importlib.util import find_spec
from shutil import which

CHROMIUM = os.environ.get("CHROMIUM") or which("chromium") or which("google-chrome")

collect_ignore_glob = [] if CHROMIUM and find_spec("playwright") else ["test_*.py"]
