"""What a hub keeps: no subscription that has left or that nobody refers to; and what its operations cost, by counts."""

from __future__ import annotations

import asyncio
import gc
import threading
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import getweakrefs, ref

import pytest

import pychanasync
from pychanasync import Broadcast, ChannelClosed, ChannelError, chanselect
from tests.promises.test_growth import NOISE
from tests.support.counting import CAN_COUNT, counting
from tests.support.endings import SenderError
from tests.support.helpers import blocks_gained, cancelled, drain, start, start_one, step
from tests.support.loops import QUICKEST

if TYPE_CHECKING:
    from collections.abc import Callable

    from pychanasync import Subscription

PACKAGE = str(Path(pychanasync.__file__).parent)
needs_counting = pytest.mark.skipif(not CAN_COUNT, reason="Python 3.12 is the first that tells of instructions")


# Subscriptions that nobody refers to.


@pytest.mark.usefixtures("_without_the_collector")
def test_a_subscription_that_nobody_refers_to_is_gone_at_once() -> None:
    hub = Broadcast[int](1)
    subscription, other = hub.subscribe(), hub.subscribe()
    hub.push_nowait(0)
    drain(other)
    assert hub.full()
    del subscription
    assert (hub.subscribers, hub.full(), hub.csize()) == (1, False, 0)
    hub.push_nowait(1)
    assert drain(other) == [1]


@pytest.mark.parametrize("others", [0, 1])
async def test_pushes_that_waited_for_a_subscription_that_is_collected_go_on(others: int) -> None:
    hub = Broadcast[int](1)
    subscription, rest = hub.subscribe(), [hub.subscribe(buffer=5) for _ in range(others)]
    hub.push_nowait(0)
    pushes = await start(hub.push(1), hub.push(2))
    del subscription
    await step(2)
    assert all(push.done() for push in pushes)
    assert [drain(each) for each in rest] == [[0, 1, 2]] * others
    await asyncio.gather(*pushes)


async def test_a_push_goes_on_waiting_for_the_others_when_a_slow_subscription_is_collected() -> None:
    hub = Broadcast[int](1)
    subscription, other = hub.subscribe(), hub.subscribe()
    hub.push_nowait(0)
    push = await start_one(hub.push(1))
    del subscription
    await step(2)
    assert hub.waiting == (1, 0)
    assert drain(other) == [0, 1]
    await push


class Cycle:
    """Keeps a subscription until the cyclic collector comes."""

    def __init__(self, subscription: Subscription[int]) -> None:
        self.subscription = subscription
        self.itself = self


@pytest.mark.usefixtures("_without_the_collector")
async def test_a_subscription_that_another_thread_collects_lets_waiting_pushes_go_on_in_their_own() -> None:
    hub = Broadcast[int](1)
    other, kept = hub.subscribe(buffer=5), Cycle(hub.subscribe())
    hub.push_nowait(0)
    gave: list[threading.Thread] = []

    async def push() -> None:
        await hub.push(1)
        gave.append(threading.current_thread())

    pushing = await start_one(push())
    del kept
    assert hub.subscribers == 2
    collecting = threading.Thread(target=gc.collect)
    collecting.start()
    collecting.join()
    assert hub.subscribers == 1
    assert hub.waiting == (1, 0)  # All else is for the loop to do.
    await pushing
    assert gave == [threading.current_thread()]
    assert drain(other) == [0, 1]


def test_a_subscription_that_is_collected_after_the_loop_of_a_waiting_push_was_closed_disturbs_nobody() -> None:
    hub = Broadcast[int](1)
    subscription = hub.subscribe()
    hub.push_nowait(0)
    loop = asyncio.new_event_loop()
    push = hub.push(1)

    async def begin() -> None:
        push.send(None)

    loop.run_until_complete(begin())
    loop.close()
    del subscription
    assert hub.waiting == (1, 0)
    hub.push_nowait(2)  # Meets the one that cannot resume, which leaves.
    assert hub.waiting == (0, 0)
    push.close()


async def test_a_waiting_pull_and_a_case_keep_a_subscription() -> None:
    hub = Broadcast[int]()
    pull = await start_one(hub.subscribe().pull())
    case = hub.subscribe().pull_case()
    gc.collect()
    assert hub.subscribers == 2
    hub.push_nowait(1)
    assert await pull == 1
    assert (await chanselect(case)).value == 1
    del pull, case
    gc.collect()
    assert hub.subscribers == 0


@pytest.mark.usefixtures("_without_the_collector")
def test_a_subscription_keeps_its_hub_and_a_hub_that_is_collected_does_not_close() -> None:
    hub = Broadcast[int](1)
    trace, subscription = ref(hub), hub.subscribe()
    hub.push_nowait(1)
    del hub
    assert not subscription.closed
    assert drain(subscription) == [1]
    subscription.unsubscribe()
    del subscription
    assert trace() is None


@pytest.mark.usefixtures("_without_the_collector")
def test_a_hub_and_a_subscription_that_go_together_leave_nothing() -> None:
    hub = Broadcast[int](1)
    kept = hub.subscribe(), Cycle(hub.subscribe())
    traces: list[ref[object]] = [ref(hub), ref(kept[0]), ref(kept[1].subscription)]
    del hub, kept
    gc.collect()
    assert not any(trace() for trace in traces)


def test_who_watches_a_subscription_that_goes_together_with_its_hub_hears_nothing_but_that_it_is_gone() -> None:
    hub = Broadcast[int](1)
    kept = Cycle(hub.subscribe())
    watching = getweakrefs(kept.subscription)
    assert watching
    del hub, kept
    gc.collect()
    assert not any(trace() for trace in watching)


# No reference cycles.


class Item:
    """Something that a weak reference can point to."""


def unsubscribe(_: Broadcast[Item], subscription: Subscription[Item]) -> None:
    subscription.unsubscribe()


WAYS_OUT: dict[str, Callable[[Broadcast[Item], Subscription[Item]], object]] = {
    "served": lambda _, subscription: drain(subscription),
    "left": unsubscribe,
    "closed": lambda hub, _: hub.close(),
    "closed at once": lambda hub, _: hub.close(immediate=True),
    "closed with a cause": lambda hub, _: hub.close(cause=SenderError()),
    "cancelled": lambda _, __: None,
}


@pytest.mark.usefixtures("_without_the_collector")
@pytest.mark.parametrize("way_out", WAYS_OUT.values(), ids=WAYS_OUT)
@pytest.mark.parametrize("select", [False, True])
async def test_what_a_push_to_a_hub_held_is_free_as_soon_as_its_task_is_gone(
    way_out: Callable[[Broadcast[Item], Subscription[Item]], object], *, select: bool
) -> None:
    hub, item = Broadcast[Item](1), Item()
    subscription = hub.subscribe()
    hub.push_nowait(Item())
    task = asyncio.ensure_future(chanselect(hub.push_case(item)) if select else hub.push(item))
    await step()
    traces: list[ref[object]] = [ref(hub), ref(item), ref(task), ref(subscription)]
    way_out(hub, subscription)
    await step(2)
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled():
        task.exception()
    del hub, item, task, subscription
    assert not any(trace() for trace in traces)


@pytest.mark.usefixtures("_without_the_collector")
@pytest.mark.parametrize("way_out", WAYS_OUT.values(), ids=WAYS_OUT)
async def test_what_a_pull_of_a_subscription_held_is_free_as_soon_as_its_task_is_gone(
    way_out: Callable[[Broadcast[Item], Subscription[Item]], object],
) -> None:
    hub = Broadcast[Item](1)
    subscription = hub.subscribe()
    task = await start_one(subscription.pull())
    traces: list[ref[object]] = [ref(hub), ref(task), ref(subscription)]
    way_out(hub, subscription)
    await step(2)
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled():
        task.exception()
    del hub, task, subscription
    assert not any(trace() for trace in traces)


@pytest.mark.usefixtures("_without_the_collector")
def test_a_subscriber_that_fell_behind_is_free_as_soon_as_nobody_refers_to_it() -> None:
    hub = Broadcast[Item](1, overflow="fail")
    subscription = hub.subscribe()
    for _ in range(2):
        hub.push_nowait(Item())
    with suppress(ChannelError):
        while True:
            subscription.pull_nowait()
    traces: list[ref[object]] = [ref(hub), ref(subscription)]
    del hub, subscription
    assert not any(trace() for trace in traces)


@pytest.mark.usefixtures("_without_the_collector")
def test_a_subscription_that_was_left_keeps_no_items_and_a_hub_only_what_it_replays() -> None:
    hub = Broadcast[Item](5, replay=1)
    subscription, traces = hub.subscribe(), list[ref[object]]()
    items = [Item() for _ in range(3)]
    while items:
        traces.append(ref(items[0]))
        hub.push_nowait(items.pop(0))
    subscription.unsubscribe()
    assert [trace() is None for trace in traces] == [True, True, False]


# Memory.


@pytest.mark.heavy
@pytest.mark.asyncio(loop_factories=[QUICKEST])
async def test_subscribers_that_come_and_go_leave_nothing() -> None:
    hub = Broadcast[int](1, replay=1)
    hub.push_nowait(0)

    async def leave() -> None:
        async with hub.subscribe() as subscription:
            await subscription.pull()

    async def forget() -> None:
        await hub.subscribe().pull()

    async def fail() -> None:
        subscription = hub.subscribe(overflow="fail")
        hub.push_nowait(1)  # For which its replay has left no room.
        assert subscription.closed
        assert len(drain(subscription)) == 1

    async def wait_and_leave() -> None:
        subscription = hub.subscribe()
        push, pull = await start(hub.push(0), subscription.pull())
        subscription.unsubscribe()
        await asyncio.gather(push, pull, return_exceptions=True)

    for come_and_go in (leave, forget, fail, wait_and_leave):
        assert await blocks_gained(come_and_go, 2_000) < NOISE
        assert hub.subscribers == 0


async def test_ten_thousand_subscribers_that_have_gone_cost_and_leave_nothing() -> None:
    hub = Broadcast[int](1)
    rest = hub.subscribe(buffer=5)
    many = [hub.subscribe() for _ in range(10_000)]
    hub.push_nowait(0)
    push = await start_one(hub.push(1))
    for number in range(0, 10_000, 2):
        many[number].unsubscribe()
    assert hub.subscribers == 5_001
    many.clear()
    assert hub.subscribers == 1
    await push
    assert drain(rest) == [0, 1]
    assert not hub.full()


# Calls.


def calls_of(operate: Callable[[], object]) -> int:
    """Count the calls that the package makes."""
    with counting(PACKAGE) as executed:
        operate()
    return executed.calls.total()


def calls_with(others: int, *, full: bool = False, gone: int = 0, closed: bool = False) -> dict[str, int]:
    """Count the calls of each operation beside so many subscribers, and so many that have gone."""
    hub = Broadcast[int](3, replay=1)
    rest = [hub.subscribe() for _ in range(others + gone)]
    for each in rest[others:]:
        each.unsubscribe()
    del rest[others:]
    subscription = hub.subscribe()
    for item in range(3 if full else 1):
        hub.push_nowait(item)
    if closed:
        hub.close()
    used = {"pull_nowait": calls_of(subscription.pull_nowait)}
    if not closed:
        if full:
            for each in rest:
                each.pull_nowait()
        used["push_nowait"] = calls_of(lambda: hub.push_nowait(7))
    kept: list[object] = []
    used["subscribe"] = calls_of(lambda: kept.append(hub.subscribe()))
    used["unsubscribe"] = calls_of(subscription.unsubscribe)
    used["unsubscribe again"] = calls_of(subscription.unsubscribe)
    used["forget"] = calls_of(kept.clear)
    return used


@needs_counting
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("closed", [False, True])
def test_a_pull_a_subscription_and_a_leaving_cost_the_same_however_many_subscribers_there_are(
    *, full: bool, closed: bool
) -> None:
    few, many = calls_with(1, full=full, closed=closed), calls_with(100, full=full, closed=closed)
    few.pop("push_nowait", None)
    many.pop("push_nowait", None)
    assert few == many


@needs_counting
def test_a_push_costs_the_same_for_each_subscriber_and_nothing_for_those_that_left() -> None:
    none, some, more = (calls_with(others)["push_nowait"] for others in (0, 10, 30))
    assert some - none > 0
    assert more - some == 2 * (some - none)
    assert (some - none) / 10 <= 6  # As many as there were when this was set.
    assert calls_with(10, gone=100)["push_nowait"] == some


@needs_counting
async def test_a_pull_and_a_leaving_cost_the_same_while_a_push_waits_for_another() -> None:
    used: list[tuple[int, int]] = []
    for others in (1, 100):
        hub = Broadcast[int](1)
        slow = [hub.subscribe() for _ in range(others)]
        pulling, leaving = hub.subscribe(), hub.subscribe()
        hub.push_nowait(0)
        push = await start_one(hub.push(1))
        used.append((calls_of(pulling.pull_nowait), calls_of(leaving.unsubscribe)))
        await cancelled(push)
        del slow
    assert used[0] == used[1]


@needs_counting
async def test_a_pull_that_leaves_no_room_yet_costs_the_same_while_a_push_waits() -> None:
    used: list[int] = []
    for others in (1, 100):
        hub = Broadcast[int](1, replay=3)
        for item in range(3):
            hub.push_nowait(item)
        rest, above = [hub.subscribe(buffer=9) for _ in range(others)], hub.subscribe()
        push = await start_one(hub.push(3))
        used.append(calls_of(above.pull_nowait))
        await cancelled(push)
        del rest
    assert used[0] == used[1]


def drain_each(subscriptions: list[Subscription[int]]) -> None:
    for each in subscriptions:
        each.pull_nowait()


@needs_counting
async def test_subscriptions_that_pushes_wait_for_are_looked_at_once_for_each_push() -> None:
    used: list[int] = []
    for others in (10, 20, 40):
        hub = Broadcast[int](1)
        slow = [hub.subscribe() for _ in range(others)]
        hub.push_nowait(0)
        push = await start_one(hub.push(1))
        used.append(calls_of(partial(drain_each, slow)))
        await push
    assert used[2] - used[1] == 2 * (used[1] - used[0])  # Not their square.


async def test_what_has_left_refuses_pulls_without_end() -> None:
    hub = Broadcast[int](1)
    subscription = hub.subscribe()
    subscription.unsubscribe()
    for _ in range(3):
        with pytest.raises(ChannelClosed):
            await subscription.pull()
    assert hub.subscribers == 0
