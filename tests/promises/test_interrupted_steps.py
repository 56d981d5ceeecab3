"""Handlers in the middle of an iteration, of a push that finds room, and of a select that has chosen a case."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import pytest

from pychanasync import BufferedChannel, Channel, ChannelEmpty, ChannelFull, SelectCase, chanselect, chanselect_nowait
from tests.support.kinds import KINDS
from tests.support.loops import QUICKEST
from tests.support.moments import Moments
from tests.support.scenes import MEANWHILE, SCENES, Scene, Wait

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.kinds import Make

on_the_quickest_loop = pytest.mark.asyncio(loop_factories=[QUICKEST])


class IteratingScene(Scene):
    """A scene in which somebody may take a step of an iteration."""

    def iterate(self) -> None:
        async def take_one() -> None:
            with self.pulling():
                async for item in self.channel:
                    self.taken.append(item)
                    break

        self.waits.append(Wait(take_one(), "pull"))


@on_the_quickest_loop
@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("before", SCENES.values(), ids=SCENES.keys())
async def test_what_is_done_at_any_moment_of_an_iteration_loses_nothing_and_leaves_nobody_waiting_in_vain(
    make: Make, before: tuple[str, ...]
) -> None:
    for meanwhile in [*MEANWHILE, "push_and_pull", "pull_and_push"]:
        number, came = 0, True
        while came:
            scene = IteratingScene(make, *before)
            moments = Moments((number, partial(scene.do_meanwhile, meanwhile)))
            with moments:
                scene.do("iterate")
            scene.check()
            number, came = number + 1, moments.came


def push(channel: Channel[int]) -> None:
    with suppress(ChannelFull):
        channel.push_nowait(0)


def pull(channel: Channel[int]) -> None:
    with suppress(ChannelEmpty):
        channel.pull_nowait()


PUSHES: dict[str, Callable[[Channel[int]], object]] = {
    "push": lambda channel: Wait(channel.push(0), "push"),
    "push_nowait": push,
    "select": lambda channel: chanselect_nowait(channel.push_case(0)),
}


@on_the_quickest_loop
@pytest.mark.parametrize("held", [0, 1, 2])
@pytest.mark.parametrize("call", PUSHES.values(), ids=PUSHES)
async def test_a_push_in_the_middle_of_a_push_finds_no_more_room_than_there_is(
    call: Callable[[Channel[int]], object], held: int
) -> None:
    number, came = 0, True
    while came:
        channel = BufferedChannel[int](2)
        for _ in range(held):
            channel.push_nowait(0)
        moments = Moments((number, partial(push, channel)))
        with moments:
            waiting = call(channel)
        assert channel.csize() <= 2
        del waiting
        number, came = number + 1, moments.came


@on_the_quickest_loop
async def test_a_select_whose_chosen_case_is_taken_meanwhile_does_another_that_is_ready() -> None:
    number, came = 0, True
    while came:
        first, second = Channel[int](1), Channel[int](1)
        first.push_nowait(1)
        second.push_nowait(2)
        moments = Moments((number, partial(pull, first)))
        with moments:
            selected = chanselect_nowait(first.pull_case(), second.pull_case(), ordered=True)
        assert selected
        assert selected.index == (1 if second.empty() else 0)
        assert selected.value == selected.index + 1
        number, came = number + 1, moments.came


def wait(channel: Channel[int], waits: list[Wait]) -> None:
    async def pull() -> None:
        await channel.pull()

    waits.append(Wait(pull(), "pull"))


def select_by_a_case(channel: Channel[int], waits: list[Wait]) -> None:
    async def select(case: SelectCase[int]) -> None:
        await chanselect(case)

    waits.append(Wait(select(channel.pull_case()), "pull"))


BEGINNINGS: dict[str, Callable[[Channel[int], list[Wait]], object]] = {
    "pull": wait,
    "case of a pull": select_by_a_case,
    "case of a push": lambda channel, _: channel.push_case(0),
}


@on_the_quickest_loop
@pytest.mark.parametrize("begin", BEGINNINGS.values(), ids=BEGINNINGS)
@pytest.mark.parametrize("meanwhile", [wait, select_by_a_case])
async def test_who_comes_to_wait_while_the_first_begins_to_waits_in_the_same_line(
    begin: Callable[[Channel[int], list[Wait]], object], meanwhile: Callable[[Channel[int], list[Wait]], object]
) -> None:
    number, came = 0, True
    while came:
        channel, waits = BufferedChannel[int](2), list[Wait]()
        moments = Moments((number, partial(meanwhile, channel, waits)))
        with moments:
            begin(channel, waits)
        assert channel.waiting == (0, len(waits))
        if waits:
            waits.pop().operation.close()
        assert channel.waiting == (0, len(waits))
        for _ in waits:
            channel.push_nowait(0)
        assert channel.waiting == (0, 0)
        assert channel.empty()
        for waiting in waits:
            waiting.operation.close()
        number, came = number + 1, moments.came


def begin(channel: Channel[int], side: str) -> Wait:
    return Wait(chanselect(channel.push_case(0) if side == "push" else channel.pull_case()), side)


@on_the_quickest_loop
@pytest.mark.parametrize("side", ["push", "pull"])
async def test_who_comes_as_the_first_wait_begins_waits_in_the_same_line(side: str) -> None:
    number, came = 0, True
    while came:
        channel, waits = Channel[int](), list[Wait]()
        with Moments((number, partial(begin_another, waits, channel, side))) as moments:
            waits.append(begin(channel, side))
        assert sum(channel.waiting) == len(waits)
        for wait in waits:
            wait.operation.close()
        assert channel.waiting == (0, 0)
        number, came = number + 1, moments.came


def begin_another(waits: list[Wait], channel: Channel[int], side: str) -> None:
    waits.append(begin(channel, side))


@on_the_quickest_loop
async def test_who_comes_as_the_last_of_many_leaves_waits_in_a_line_that_is_served() -> None:
    number, came = 0, True
    while came:
        channel, late = Channel[int](), list[Wait]()
        *others, last = [Wait(channel.pull(), "pull") for _ in range(40)]
        for wait in others:
            wait.operation.close()
        with Moments((number, partial(begin_another, late, channel, "pull"))) as moments:
            last.operation.close()
        assert channel.waiting == (0, len(late))
        for wait in late:
            channel.push_nowait(number)
            with pytest.raises(StopIteration) as ended:
                wait.operation.send(None)
            assert ended.value.value.value == number
        number, came = number + 1, moments.came
