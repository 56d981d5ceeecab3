"""Handlers that use a channel in the middle of a call on it: of signals, finalisers, callbacks of weak references."""

from __future__ import annotations

import random
import signal
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.support import proof
from tests.support.kinds import KINDS
from tests.support.loops import QUICKEST
from tests.support.moments import Moments, belongs_to_the_package
from tests.support.scenes import CALLS, MEANWHILE, SCENES, Scene
from tests.support.systems import needs_posix_signals

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import FrameType

SECONDS = 2  # How many second moments and handlers are drawn for each first.
WHOLE = [name for name in MEANWHILE if not name.startswith("select")]  # Not interrupted, a select does what others do.
NO_CLOSE = [name for name in MEANWHILE if not name.startswith("close")]

each_kind = pytest.mark.parametrize("kind", KINDS)
each_scene = pytest.mark.parametrize("before", SCENES.values(), ids=SCENES.keys())
on_the_quickest_loop = pytest.mark.asyncio(loop_factories=[QUICKEST])


class Interrupted:
    """A call in some scene, and what comes of it when it is interrupted."""

    def __init__(self, kind: str, before: tuple[str, ...], call: str) -> None:
        self.scene = partial(Scene, KINDS[kind], *before)
        self.call = call

    def at(self, *handlers: tuple[int, str]) -> Moments:
        """Do the call while handlers do something at moments of it, and check the scene."""
        scene = self.scene()
        moments = Moments(*[(number, partial(scene.do_meanwhile, name)) for number, name in handlers])
        try:
            with moments:
                scene.do(self.call)
            scene.check()
        except BaseException as error:
            error.add_note(f"{self.call} interrupted by {handlers}")
            raise
        return moments


@on_the_quickest_loop
@each_kind
@each_scene
async def test_what_is_done_at_any_moment_of_a_call_loses_nothing_and_leaves_nobody_waiting_in_vain(
    kind: str, before: tuple[str, ...]
) -> None:
    for call in CALLS:
        interrupted = Interrupted(kind, before, call)
        for number in range(interrupted.at().passed):
            for meanwhile in [*WHOLE, "push_and_pull", "pull_and_push"]:
                interrupted.at((number, meanwhile))


@pytest.mark.long(1, 4)
@on_the_quickest_loop
@each_kind
@each_scene
async def test_what_is_done_at_two_moments_of_a_call_or_of_a_handler_in_it_loses_nothing(
    kind: str, before: tuple[str, ...], size: int
) -> None:
    chosen = random.Random(f"{kind} {before} {proof.SEED}")  # noqa: S311  # To be repeatable.
    for call in CALLS:
        interrupted = Interrupted(kind, before, call)
        length = interrupted.at().passed
        for meanwhile in MEANWHILE:
            for number in chosen.sample(range(length), min(size, length)):
                last = interrupted.at((number, meanwhile)).passed - 1
                seconds = [(other, then) for other in range(number, last + 1) for then in WHOLE]
                for second in chosen.sample(seconds, min(SECONDS * size, len(seconds))):
                    interrupted.at((number, meanwhile), second)


def ignore(_: int, __: FrameType | None) -> None:
    """Handle a signal by doing nothing."""


@contextmanager
def alarms(every: float, happen: Callable[[], object]) -> Generator[None]:
    """Let something happen in the middle of calls in a ``with`` block, by real signals; at most twice at once."""
    under_way = 0

    def handle(_: int, frame: FrameType | None) -> None:
        nonlocal under_way
        if under_way < 2 and belongs_to_the_package(frame):
            under_way += 1
            happen()
            under_way -= 1

    signal.signal(signal.SIGALRM, handle)
    signal.setitimer(signal.ITIMER_REAL, every, every)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        # One may still be on its way, and Python complains of it where there is no handler any more.
        signal.signal(signal.SIGALRM, ignore)


@pytest.mark.long(300, 2_000)
@needs_posix_signals
@on_the_quickest_loop
@each_kind
async def test_what_handlers_of_real_signals_do_in_the_middle_of_calls_loses_nothing(
    kind: str, size: int, report: Callable[[str], None]
) -> None:
    chosen, happened = random.Random(f"{kind} {proof.SEED}"), 0  # noqa: S311  # To be repeatable.
    for _ in range(size):
        scene = Scene(KINDS[kind])

        def happen(scene: Scene = scene) -> None:
            nonlocal happened
            happened += 1
            scene.do_meanwhile(chosen.choice(NO_CLOSE))

        calls = chosen.choices([call for call in CALLS if not call.startswith("close")], k=20)
        with alarms(chosen.uniform(30e-6, 90e-6), happen):
            for call in calls:
                scene.do(call)
        scene.check()
    report(f"interrupted calls: {happened} signals in the middle of calls, {kind}")
