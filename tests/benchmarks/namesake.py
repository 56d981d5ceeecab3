"""Gives a project that has our import name another one: ``python -m tests.benchmarks.namesake FOLDER``.

On the package index, pychanasync 1.0.0 is another project's. On one import path, it and ours would be mixed up. So it
is installed into a FOLDER that is on no path, and from there copied, as `pychanasync_1_0`, to where the interpreter has
its packages. Its modules name each other in full: in their imports the name is changed, and nothing else.
"""

from __future__ import annotations

import re
import shutil
import sys
import sysconfig
from pathlib import Path

NAME = "pychanasync_1_0"


def copy(source: Path, target: Path) -> None:
    """Copy a package's modules, with the new name in the imports of each other."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    for module in source.glob("*.py"):
        text = re.sub(
            r"^(from|import) pychanasync\b", rf"\1 {NAME}", module.read_text(encoding="utf-8"), flags=re.MULTILINE
        )
        (target / module.name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    copy(Path(sys.argv[1], "pychanasync"), Path(sysconfig.get_path("purelib"), NAME))
