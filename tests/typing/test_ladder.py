"""What the type checkers read is kept in step by tests; the checkers themselves are run by their own session."""

from __future__ import annotations

from tests.typing.ladder import MODULE, set_in


def test_the_overloads_of_the_selects_are_those_of_the_ladder() -> None:
    text = MODULE.read_text(encoding="utf-8")
    assert set_in(text) == text, "run: python -m tests.typing.ladder"
