"""Tests interrupt calls where CPython runs signal handlers, and nowhere else."""

from __future__ import annotations

import sys
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.support import moments
from tests.support.moments import Moments

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGE = "a file of the package"


def nothing() -> None:
    pass


def call_c_code() -> None:
    len("")


def call_a_type() -> None:
    deque()


def loop() -> None:
    for _ in "abc":
        pass


def call_the_library() -> None:
    with suppress(KeyError):
        pass


def moments_in(function: Callable[[], None], *plan: tuple[int, Callable[[], object]]) -> int:
    with Moments(*plan) as watched:
        function()
    return watched.passed


@pytest.fixture(autouse=True)
def _all_of_that_is_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moments, "PACKAGE", PACKAGE)
    for function in (nothing, call_c_code, call_a_type, loop, call_the_library):
        monkeypatch.setattr(function, "__code__", function.__code__.replace(co_filename=PACKAGE))


@pytest.mark.parametrize(("function", "number"), [(nothing, 1), (call_c_code, 2), (call_a_type, 2), (loop, 4)])
def test_a_function_begins_c_code_returns_and_a_loop_jumps_back(function: Callable[[], None], number: int) -> None:
    told_of_all = sys.version_info >= (3, 12)
    assert moments_in(function) == (number if told_of_all else 2 if function is call_c_code else 1)


def test_what_the_package_calls_has_moments_too() -> None:
    assert moments_in(call_the_library) >= 4  # Of three functions of the library, beside its own.


def test_what_the_tests_call_has_none() -> None:
    def outside() -> None:
        with suppress(KeyError):
            len("")

    assert moments_in(outside) == 0


def test_something_happens_at_the_moment_it_is_planned_for_and_has_moments_itself() -> None:
    happened: list[int] = []

    def happen() -> None:
        happened.append(watched.passed)
        call_c_code()

    with Moments((1, happen), (3, lambda: happened.append(watched.passed)), (9, nothing)) as watched:
        call_c_code()
    assert happened == [2, 4]
    assert watched.passed == 4
    assert not watched.came
