"""Which operations wait and which do not, and every combination of up to three cases (select3, select5).

Where Go waits for ever, since no case can ever be ready, a select here says so.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Literal, TypeAlias

import pytest

from pychanasync import Channel, ChannelClosed, chanselect, chanselect_nowait
from tests.support.helpers import cancelled, drain, is_idle, start_one, step
from tests.support.loops import QUICKEST

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from pychanasync import SelectCase, Selected

Side: TypeAlias = Literal["push", "pull"]

OFFERED = 7  # What the cases push.
WAITING = 9  # What a push that waits already pushes.


@dataclass(frozen=True)
class State:
    """A state that a channel can be in."""

    buffer: int | None
    held: tuple[int, ...] = ()
    closed: bool = False
    waits: Side | None = None  # What another task waits for there.

    def ready(self, side: Side) -> bool:
        return self.closed or (self.can_pull() if side == "pull" else self.can_push())

    def can_pull(self) -> bool:
        return bool(self.held) or self.waits == "push"

    def can_push(self) -> bool:
        return len(self.held) < (self.buffer or 0) or self.waits == "pull"


Kinds: TypeAlias = tuple[tuple[Side, State] | None, ...]  # None is a case that is never ready.


STATES = {
    "unbuffered": State(None),
    "unbuffered-push-waits": State(None, waits="push"),
    "unbuffered-pull-waits": State(None, waits="pull"),
    "unbuffered-closed": State(None, closed=True),
    "empty": State(1),
    "empty-pull-waits": State(1, waits="pull"),
    "held": State(2, (1,)),
    "full": State(2, (1, 2)),
    "full-push-waits": State(1, (1,), waits="push"),
    "held-closed": State(2, (1,), closed=True),
}
SIDES: tuple[Side, Side] = "push", "pull"
KINDS = [*product(SIDES, STATES.values())]
kinds = pytest.mark.parametrize(
    ("side", "state"), KINDS, ids=[f"{side}-{name}" for side, name in product(SIDES, STATES)]
)


class Place:
    """A channel in one of the states, an operation on it, and what the one must do to the other."""

    def __init__(self, side: Side, state: State) -> None:
        self.side = side
        self.channel = Channel[int](state.buffer)
        for item in state.held:
            self.channel.push_nowait(item)
        if state.closed:
            self.channel.close()
        self.items = [*state.held]  # All that will come out if nothing more is done.
        if state.waits == "push":
            self.items.append(WAITING)
        self.pushing = asyncio.create_task(self.channel.push(WAITING)) if state.waits == "push" else None
        self.pulling = asyncio.create_task(self.channel.pull()) if state.waits == "pull" else None
        self.ready = state.ready(side)
        self.raises = state.closed and (side == "push" or not state.can_pull())

    def operation(self) -> Coroutine[object, object, int | None]:
        return self.channel.pull() if self.side == "pull" else self.channel.push(OFFERED)

    def case(self) -> SelectCase[int | None]:
        return self.channel.pull_case() if self.side == "pull" else self.channel.push_case(OFFERED)

    def done(self) -> int | None:
        """Note that the operation was done; return its value."""
        if self.side == "pull":
            return self.items.pop(0)
        self.items.append(OFFERED)
        return None

    def serve(self) -> int | None:
        """Serve whoever waits on this side in front of a select, and the select; return its value."""
        in_front = int(self.pulling is not None if self.side == "pull" else self.pushing is not None)
        if self.side == "pull":
            for number in range(in_front + 1):
                self.channel.push_nowait(number)
            self.items += range(in_front)
            return in_front
        self.items.append(OFFERED)
        for _ in range(in_front + 1):
            assert self.channel.pull_nowait() == self.items.pop(0)
        return None

    async def check(self) -> None:
        """See that the channel holds what it must, that the task that waits gets what it must, and end it."""
        if self.pulling is not None:
            if self.items:
                assert await self.pulling == self.items.pop(0)
            else:
                await cancelled(self.pulling)
        if self.pushing is not None:
            await step()
            assert self.pushing.done() == (len(self.items) <= self.channel.capacity)
        assert drain(self.channel) == self.items
        if self.pushing is not None:
            await self.pushing
        assert is_idle(self.channel)


def any_ready(kinds: Kinds) -> bool:
    return any(kind is not None and kind[1].ready(kind[0]) for kind in kinds)


def make(kinds: Kinds) -> dict[int, Place]:
    """Make the places, by the index of their cases."""
    return {index: Place(*kind) for index, kind in enumerate(kinds) if kind is not None}


def cases(places: dict[int, Place], number: int) -> list[SelectCase[int | None] | None]:
    return [places[index].case() if index in places else None for index in range(number)]


async def check_all(places: dict[int, Place]) -> None:
    for place in places.values():
        await place.check()


def run_at_once(select: Coroutine[object, object, Selected[int, int | None]]) -> Selected[int, int | None]:
    """Run a select that must not wait."""
    try:
        select.send(None)
    except StopIteration as end:
        selected: Selected[int, int | None] = end.value
        return selected
    raise AssertionError("it waits")


async def check_select(kinds: Kinds, *, ordered: bool, wait: bool) -> None:
    """Run a select over cases of which at least one is ready."""
    places = make(kinds)
    await step()
    offered = cases(places, len(kinds))
    ready = [index for index, place in places.items() if place.ready]
    try:
        selected = (
            run_at_once(chanselect(*offered, ordered=ordered)) if wait else chanselect_nowait(*offered, ordered=ordered)
        )
    except ChannelClosed as error:
        (chosen,) = (index for index, place in places.items() if place.channel is error.channel)
        assert places[chosen].raises
    else:
        assert selected is not None
        chosen = selected.index
        assert not places[chosen].raises
        assert selected.channel is places[chosen].channel
        assert selected.value == places[chosen].done()
    assert chosen == ready[0] if ordered else chosen in ready
    await check_all(places)


async def check_no_select(kinds: Kinds) -> None:
    """Run a select over cases of which none is ready, without waiting."""
    places = make(kinds)
    await step()
    assert chanselect_nowait(*cases(places, len(kinds))) is None
    await check_all(places)


async def check_waiting_select(kinds: Kinds) -> None:
    """Let a select wait, and then make one of its cases ready; each in its turn."""
    for index in (index for index, kind in enumerate(kinds) if kind is not None):
        places = make(kinds)
        await step()
        select = await start_one(chanselect(*cases(places, len(kinds))))
        assert not select.done()
        value = places[index].serve()
        selected = await select
        assert selected.index == index
        assert selected.channel is places[index].channel
        assert selected.value == value
        await check_all(places)


@kinds
async def test_an_operation_waits_only_where_it_must(side: Side, state: State) -> None:
    place = Place(side, state)
    await step()
    task = await start_one(place.operation())
    assert task.done() == place.ready
    if place.raises:
        with pytest.raises(ChannelClosed):
            await task
    elif place.ready:
        assert await task == place.done()
    else:
        await cancelled(task)
    await place.check()


@pytest.mark.parametrize("ordered", [False, True], ids=["any", "ordered"])
@pytest.mark.parametrize("wait", [False, True], ids=["nowait", "wait"])
@pytest.mark.parametrize("number", [1, 2])
async def test_every_combination_of_cases_does_one_that_is_ready(number: int, ordered: bool, wait: bool) -> None:  # noqa: FBT001  # Parameters of the test.
    for kinds in product([*KINDS, None], repeat=number):
        if any_ready(kinds):
            await check_select(kinds, ordered=ordered, wait=wait)


@pytest.mark.parametrize("number", [1, 2])
async def test_every_combination_of_cases_that_are_not_ready_does_nothing(number: int) -> None:
    for kinds in product([*KINDS, None], repeat=number):
        if not any_ready(kinds):
            await check_no_select(kinds)


@pytest.mark.parametrize("number", [1, 2])
async def test_every_combination_of_cases_that_wait_does_the_one_that_gets_ready(number: int) -> None:
    for kinds in product([*KINDS, None], repeat=number):
        if not any_ready(kinds):
            await check_waiting_select(kinds)


@pytest.mark.asyncio(loop_factories=[QUICKEST])
@pytest.mark.parametrize("first", [*KINDS, None], ids=[*(f"{s}-{n}" for s, n in product(SIDES, STATES)), "none"])
async def test_every_combination_of_three_cases(first: tuple[Side, State] | None) -> None:
    for pair in product([*KINDS, None], repeat=2):
        kinds = first, *pair
        if any_ready(kinds):
            await check_select(kinds, ordered=False, wait=True)
        else:
            await check_waiting_select(kinds)


async def test_a_select_that_could_never_end_says_so() -> None:
    with pytest.raises(ValueError, match="needs a case that is not None"):
        await chanselect(*())
    with pytest.raises(ValueError, match="needs a case that is not None"):
        await chanselect(None, None)
    with pytest.raises(ValueError, match="needs at least one case"):
        chanselect_nowait(*())
    assert chanselect_nowait(None, None) is None


@pytest.mark.parametrize("serving", SIDES)
async def test_a_select_does_not_meet_itself(serving: Side) -> None:
    channel = Channel[int]()
    cases = channel.push_case(1), channel.pull_case()
    assert chanselect_nowait(*cases) is None
    select = await start_one(chanselect(*cases))
    await step(3)
    assert not select.done()
    if serving == "push":
        channel.push_nowait(2)
        assert (await select).value == 2
    else:
        assert channel.pull_nowait() == 1
        assert (await select).index == 0
    assert is_idle(channel)
    assert drain(channel) == []


async def test_pulls_from_a_closed_channel_never_wait() -> None:
    channel = Channel[int]()
    channel.close()
    for _ in range(10):
        with pytest.raises(ChannelClosed):
            run_at_once(chanselect(channel.pull_case()))
        with pytest.raises(ChannelClosed):
            channel.pull().send(None)
