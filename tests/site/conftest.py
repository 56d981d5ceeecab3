"""The built site, in the folder that the variable SITE names. Where none was built, these tests are left out."""

from __future__ import annotations

import os

SITE = os.environ.get("SITE")

collect_ignore_glob = [] if SITE else ["test_*.py"]
