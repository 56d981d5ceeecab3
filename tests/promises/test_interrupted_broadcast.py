"""Handlers that use a hub and its subscriptions in the middle of a call: of signals, finalisers, weak references."""

from __future__ import annotations

import random
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.support import proof
from tests.support.hubs import HUB_CALLS, HUB_MEANWHILE, HUB_SCENES, HubScene
from tests.support.loops import QUICKEST
from tests.support.moments import Moments

if TYPE_CHECKING:
    from tests.support.hubs import Policy

WAITING: tuple[Policy, ...] = ("wait", "wait")
SUBSCRIBERS: dict[str, tuple[Policy, ...]] = {
    "two that make pushes wait": WAITING,
    "one of each kind": ("wait", "drop_oldest", "drop_newest", "fail"),
    "one that drops": ("drop_oldest",),
    "one that fails and one that makes pushes wait": ("fail", "wait"),
}

each_party = pytest.mark.parametrize("policies", SUBSCRIBERS.values(), ids=SUBSCRIBERS)
each_scene = pytest.mark.parametrize("before", HUB_SCENES.values(), ids=HUB_SCENES)
on_the_quickest_loop = pytest.mark.asyncio(loop_factories=[QUICKEST])


async def interrupted(
    policies: tuple[Policy, ...], before: tuple[str, ...], call: str, *handlers: tuple[int, str]
) -> Moments:
    """Do a call in some scene while handlers do something at moments of it, and check the scene."""
    scene = HubScene(policies, 1, *before)
    moments = Moments(*[(number, partial(scene.do_meanwhile, name)) for number, name in handlers])
    try:
        with moments:
            scene.do(call)
        await scene.check()
    except BaseException as error:
        error.add_note(f"{call} interrupted by {handlers}")
        raise
    return moments


# What has gone wrong before, or could: who is there, what was done before, the call, and what a handler does.
EVERY_MOMENT: dict[str, tuple[tuple[Policy, ...], tuple[str, ...], str, str]] = {
    "a push, and the hub is closed": (WAITING, (), "push_nowait", "close"),
    "a push that need not wait, and the hub is closed": (WAITING, (), "push", "close"),
    "a push, and as many as there is room for": (WAITING, (), "push_nowait", "push_until_full"),
    "a push, and a subscription is left": (("drop_oldest", "wait"), (), "push_nowait", "unsubscribe"),
    "a close, and room for a push that waits": (("wait",), ("push_nowait", "push"), "close", "pull_nowait"),
    "a batch, and room elsewhere": (WAITING, ("push_nowait", "push", "push"), "pull_many_within", "pull_nowait_other"),
    "a push, and a subscription is left by a woken pull": (
        *(WAITING, ("pull", "pull", "push_nowait"), "push_nowait"),
        "unsubscribe_and_collect",
    ),
    "a pull that learns of a failure, and the subscription is left": (
        *(WAITING, ("close_with_cause",), "pull_nowait"),
        "unsubscribe",
    ),
    "a subscription, and a push": (("wait",), ("push_nowait", "pull_nowait"), "subscribe", "push_nowait"),
    "a subscription is left, and there is room elsewhere": (
        *(WAITING, ("push_nowait", "push"), "unsubscribe"),
        "pull_nowait_other",
    ),
    "a push joins the line, and there is room": (("wait",), ("push_nowait",), "push", "pull_nowait"),
    "a push joins the line, and there is room elsewhere": (WAITING, ("push_nowait",), "push", "pull_nowait_other"),
    "a push joins the line, and the hub is closed": (("wait",), ("push_nowait",), "push", "close"),
    "a push is let in, and cancelled": (("wait",), ("push_nowait", "push", "push"), "pull_nowait", "cancel_first"),
}


@on_the_quickest_loop
@pytest.mark.parametrize(("policies", "before", "call", "meanwhile"), EVERY_MOMENT.values(), ids=EVERY_MOMENT)
async def test_whatever_comes_at_any_moment_no_push_is_parted(
    policies: tuple[Policy, ...], before: tuple[str, ...], call: str, meanwhile: str
) -> None:
    for number in range((await interrupted(policies, before, call)).passed):
        await interrupted(policies, before, call, (number, meanwhile))


# The same, with a handler in the middle of the handler.
IN_A_HANDLER: dict[str, tuple[tuple[Policy, ...], tuple[str, ...], str, str, str]] = {
    "a push in a push, and the hub is closed in that": (("wait",), (), "push_nowait", "push_nowait", "close"),
    "a push in a pull that lets one in, and the subscription is left in that": (
        *(("wait",), ("push_nowait", "push", "push", "cancel_first"), "pull_many_within", "push_nowait"),
        "unsubscribe",
    ),
}


@on_the_quickest_loop
@pytest.mark.parametrize(("policies", "before", "call", "first", "second"), IN_A_HANDLER.values(), ids=IN_A_HANDLER)
async def test_whatever_comes_at_any_moment_of_a_handler_no_push_is_parted(
    policies: tuple[Policy, ...], before: tuple[str, ...], call: str, first: str, second: str
) -> None:
    length = (await interrupted(policies, before, call)).passed
    for number in range(0, length, 4):
        for other in range(number, (await interrupted(policies, before, call, (number, first))).passed):
            await interrupted(policies, before, call, (number, first), (other, second))


@pytest.mark.long(0.004, 0.2)
@on_the_quickest_loop
@each_party
@each_scene
async def test_what_is_done_at_any_moment_of_a_call_parts_no_push_and_leaves_nobody_waiting_in_vain(
    policies: tuple[Policy, ...], before: tuple[str, ...], size: float
) -> None:
    chosen = random.Random(f"{policies} {before} {proof.SEED}")  # noqa: S311  # To be repeatable.
    for call in HUB_CALLS:
        for number in range((await interrupted(policies, before, call)).passed):
            for meanwhile in HUB_MEANWHILE:
                if chosen.random() < size:
                    await interrupted(policies, before, call, (number, meanwhile))


@pytest.mark.long(5, 100)
@on_the_quickest_loop
@each_party
@each_scene
async def test_what_is_done_at_two_moments_of_a_call_or_of_a_handler_in_it_parts_no_push(
    policies: tuple[Policy, ...], before: tuple[str, ...], size: int
) -> None:
    chosen = random.Random(f"{policies} {before} {proof.SEED}")  # noqa: S311  # To be repeatable.
    for _ in range(size):
        call = chosen.choice(HUB_CALLS)
        length = (await interrupted(policies, before, call)).passed
        if length:
            first = chosen.randrange(length), chosen.choice(HUB_MEANWHILE)
            last = (await interrupted(policies, before, call, first)).passed - 1
            second = chosen.randint(first[0], max(first[0], last)), chosen.choice(HUB_MEANWHILE)
            await interrupted(policies, before, call, first, second)
