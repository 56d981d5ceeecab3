"""Breaks the package in many small ways and runs the tests on each: ``python -m tests.mutants``.

Poodle makes the mutants; its settings stand in pyproject.toml, and ``--help`` tells what arguments it takes.
"""

from __future__ import annotations

from poodle.cli import main

if __name__ == "__main__":
    main()
