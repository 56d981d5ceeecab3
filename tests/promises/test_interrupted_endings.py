"""Handlers in the middle of a close with a cause, of a block that an error leaves, and of calls that meet them."""

from __future__ import annotations

from functools import partial

import pytest

from tests.support.kinds import KINDS
from tests.support.loops import QUICKEST
from tests.support.moments import Moments
from tests.support.scenes import CALLS, FAILURES, LEFT_BY_AN_ERROR, SCENES, Scene

CLOSES = ["close_and_look", "close_with_cause_and_look", "close_at_once", "close_by_error"]
MEANWHILE = ["push_nowait", "pull_nowait", "cancel_first", "collect"]

on_the_quickest_loop = pytest.mark.asyncio(loop_factories=[QUICKEST])
each_kind = pytest.mark.parametrize("kind", ["unbuffered", "buffer-1", "sliding-1", "dropping"])


def interrupt(kind: str, before: tuple[str, ...], call: str, *handlers: str) -> None:
    """Do a call in some scene while each of the handlers, one at a time, does something at each moment of it."""
    for name in handlers:
        number, came = 0, True
        while came:
            scene = Scene(KINDS[kind], *before)
            moments = Moments((number, partial(scene.do_meanwhile, name)))
            try:
                with moments:
                    scene.do(call)
                scene.check()
            except BaseException as error:
                error.add_note(f"{call} interrupted by {name} at {number}")
                raise
            number, came = number + 1, moments.came


@on_the_quickest_loop
@each_kind
@pytest.mark.parametrize("before", SCENES.values(), ids=SCENES)
async def test_what_is_done_in_the_middle_of_a_failure_leaves_nobody_waiting_and_all_the_same_end(
    kind: str, before: tuple[str, ...]
) -> None:
    for call in FAILURES:
        interrupt(kind, before, call, *CLOSES, *MEANWHILE)


@on_the_quickest_loop
@each_kind
@pytest.mark.parametrize("before", SCENES.values(), ids=SCENES)
async def test_a_failure_in_the_middle_of_a_call_leaves_nobody_waiting_and_all_the_same_end(
    kind: str, before: tuple[str, ...]
) -> None:
    for call in CALLS:
        interrupt(kind, before, call, *FAILURES)


@on_the_quickest_loop
@each_kind
@pytest.mark.parametrize("before", LEFT_BY_AN_ERROR.values(), ids=LEFT_BY_AN_ERROR)
async def test_what_is_done_before_pulls_hear_of_a_failure_leaves_nobody_waiting_and_all_the_same_end(
    kind: str, before: tuple[str, ...]
) -> None:
    for call in [*CALLS, *FAILURES]:
        interrupt(kind, before, call, *CLOSES, *MEANWHILE)
