"""A push to a hub reaches all or nobody, and a pull takes or does not, at whatever tick they are interrupted."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from pychanasync import Broadcast, Channel, chanselect
from tests.support.helpers import begin, cancelled, drain, forever, is_idle, start, start_one, step
from tests.support.interrupting import WAYS, Attempt, Way, ended, interrupt_around

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from pychanasync import Subscription

PUSHES: dict[str, Callable[[Broadcast[int]], Coroutine[object, object, object]]] = {
    "push": lambda hub: hub.push(1),
    "select": lambda hub: chanselect(Channel[int]().pull_case(), hub.push_case(1)),
}
PULLS: dict[str, Callable[[Subscription[int]], Coroutine[object, object, object]]] = {
    "pull": lambda subscription: subscription.pull(),
    "select": lambda subscription: chanselect(Channel[int]().pull_case(), subscription.pull_case()),
}
each_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
each_push = pytest.mark.parametrize("push", PUSHES.values(), ids=PUSHES)
each_pull = pytest.mark.parametrize("pull", PULLS.values(), ids=PULLS)


async def pull_a_batch(subscription: Subscription[int]) -> list[int]:
    return await subscription.pull_many(2)


def two_full() -> tuple[Broadcast[int], list[Subscription[int]]]:
    """Make a hub and two subscribers for whom a push has to wait."""
    hub = Broadcast[int](1, replay=1)
    subscriptions = [hub.subscribe() for _ in range(2)]
    hub.push_nowait(0)
    return hub, subscriptions


@each_push
@each_way
@pytest.mark.parametrize("ticks", range(3))
@pytest.mark.parametrize("pull_first", [False, True])
async def test_a_push_interrupted_at_any_tick_reached_all_or_raised_and_reached_nobody(
    push: Callable[[Broadcast[int]], Coroutine[object, object, object]], way: Way, ticks: int, *, pull_first: bool
) -> None:
    hub, subscriptions = two_full()
    attempt, taken = Attempt(push(hub)), list[int]()

    def make_room() -> None:
        taken.extend(each.pull_nowait() for each in subscriptions)

    task = await interrupt_around(way, attempt, make_room, ticks, act_first=pull_first)
    assert taken == [0, 0]
    assert attempt.raised is not bool(attempt.results)
    replayed = drain(hub.subscribe())
    for each in subscriptions:
        assert drain(each) == ([1] if attempt.results else [])
    assert replayed == [1 if attempt.results else 0]
    await ended(task)
    assert is_idle(hub)
    assert not hub.full()


@each_push
@each_way
@pytest.mark.parametrize("ticks", range(2))
async def test_a_push_interrupted_as_the_last_slow_subscriber_leaves_reached_all_others_or_raised(
    push: Callable[[Broadcast[int]], Coroutine[object, object, object]], way: Way, ticks: int
) -> None:
    hub, (slow, other) = two_full()
    drain(other)
    attempt = Attempt(push(hub))
    task = await interrupt_around(way, attempt, slow.unsubscribe, ticks, act_first=True)
    assert attempt.raised is not bool(attempt.results)
    assert drain(other) == ([1] if attempt.results else [])
    await ended(task)
    assert is_idle(hub)


@each_pull
@each_way
@pytest.mark.parametrize("ticks", range(3))
@pytest.mark.parametrize("push_first", [False, True])
async def test_a_pull_interrupted_at_any_tick_returned_the_item_or_left_it(
    pull: Callable[[Subscription[int]], Coroutine[object, object, object]], way: Way, ticks: int, *, push_first: bool
) -> None:
    hub = Broadcast[int](1)
    subscription, other = hub.subscribe(), hub.subscribe()
    attempt = Attempt(pull(subscription))
    task = await interrupt_around(way, attempt, lambda: hub.push_nowait(1), ticks, act_first=push_first)
    assert attempt.raised is not bool(attempt.results)
    assert drain(subscription) == ([] if attempt.results else [1])
    assert drain(other) == [1]
    await ended(task)
    assert is_idle(subscription)
    assert not hub.full()


@each_push
@pytest.mark.parametrize("room", [False, True])
async def test_a_push_whose_coroutine_is_closed_reached_nobody_unless_it_was_done(
    push: Callable[[Broadcast[int]], Coroutine[object, object, object]], *, room: bool
) -> None:
    hub, subscriptions = two_full()
    operation = push(hub)
    assert not begin(operation)
    later = await start_one(hub.push(2))
    if room:
        for each in subscriptions:
            each.pull_nowait()
    operation.close()
    assert hub.waiting == (1, 0)
    for each in subscriptions:
        assert drain(each, 1) == ([1] if room else [0])
    await later
    assert [drain(each) for each in subscriptions] == [[2], [2]]


@pytest.mark.parametrize("pull", [*PULLS.values(), pull_a_batch], ids=[*PULLS, "batch"])
async def test_a_pull_whose_coroutine_is_closed_with_an_item_set_aside_leaves_it_to_the_next(
    pull: Callable[[Subscription[int]], Coroutine[object, object, object]],
) -> None:
    hub = Broadcast[int](1)
    subscription = hub.subscribe()
    operation = pull(subscription)
    assert not begin(operation)
    later = await start_one(subscription.pull())
    hub.push_nowait(0)
    assert subscription.waiting == (0, 1)
    operation.close()
    assert subscription.waiting == (0, 0)
    assert await later == 0
    assert subscription.empty()


async def test_a_batch_that_is_cancelled_while_it_waits_for_more_took_nothing_and_pushes_wait_for_room() -> None:
    hub = Broadcast[int](1)
    subscription = hub.subscribe()
    batch = await start_one(subscription.pull_many(3, within=1e9))
    for item in range(2):
        await hub.push(item)
        await step()
    await cancelled(batch)
    assert hub.full()
    push = await start_one(hub.push(2))
    assert subscription.pull_nowait() == 0
    assert hub.waiting == (1, 0)
    assert drain(subscription) == [1, 2]
    await push


async def test_a_push_cancelled_before_it_starts_does_nothing() -> None:
    hub = Broadcast[int](replay=1)
    subscription = hub.subscribe()
    push = asyncio.Task(hub.push(1), loop=asyncio.get_running_loop())  # Never eager.
    push.cancel()
    await asyncio.wait([push])
    assert push.cancelled()
    assert drain(subscription) == drain(hub.subscribe()) == []


@each_push
async def test_a_push_that_was_done_returns_though_cancelled_and_the_next_wait_raises(
    push: Callable[[Broadcast[int]], Coroutine[object, object, object]],
) -> None:
    hub, subscriptions = two_full()
    reached = list[str]()

    async def push_and_wait() -> None:
        await push(hub)
        reached.append("pushed")
        await hub.push(9)
        reached.append("pushed again")

    task = await start_one(push_and_wait())
    for each in subscriptions:
        each.pull_nowait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert reached == ["pushed"]
    assert [drain(each) for each in subscriptions] == [[1], [1]]
    assert is_idle(hub)


async def test_a_push_that_was_done_hands_its_cancellation_on_to_wherever_its_task_waits_next() -> None:
    hub, subscriptions = two_full()

    async def push_and_wait() -> None:
        await hub.push(1)
        await forever()

    task = await start_one(push_and_wait())
    for each in subscriptions:
        each.pull_nowait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


async def test_a_timeout_that_ends_as_the_push_is_done_is_taken_back_or_raised_once() -> None:
    hub, subscriptions = two_full()

    async def push_in_time() -> int:
        async with asyncio.timeout(None) as scope:
            asyncio.get_running_loop().call_soon(make_room, scope)
            await hub.push(1)
        task = asyncio.current_task()
        assert task
        return task.cancelling()

    def make_room(scope: asyncio.Timeout) -> None:
        scope.reschedule(asyncio.get_running_loop().time())
        for each in subscriptions:
            each.pull_nowait()

    task = await start_one(push_in_time())
    await step(4)
    await asyncio.wait([task])
    assert task.result() == 0
    assert [drain(each) for each in subscriptions] == [[1], [1]]


async def test_a_cancelled_push_leaves_the_others_in_their_order() -> None:
    hub, subscriptions = two_full()
    pushes = await start(*(hub.push(item) for item in range(1, 6)))
    await cancelled(pushes[0], pushes[2], pushes[4])
    taken: list[list[int]] = [[], []]
    for _ in range(4):
        for each, items in zip(subscriptions, taken, strict=True):
            items.extend(drain(each))
    assert taken == [[0, 2, 4]] * 2
    await asyncio.gather(pushes[1], pushes[3])
    assert is_idle(hub)


async def test_a_push_that_is_cancelled_and_closed_in_one_tick_raises_the_cancellation() -> None:
    hub, subscriptions = two_full()
    push = await start_one(hub.push(1))
    hub.close()
    push.cancel()
    await asyncio.wait([push])
    assert push.cancelled()
    assert [drain(each) for each in subscriptions] == [[0], [0]]
