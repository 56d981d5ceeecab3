"""A hub and its subscriptions serve one loop at a time: another loop or thread is refused, and nothing changes."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

import pytest

from pychanasync import Broadcast, ChannelClosed, ChannelEmpty, ChannelFull, chanselect, chanselect_nowait
from tests.promises.test_loops import REFUSAL, run_elsewhere
from tests.support.endings import SenderError
from tests.support.helpers import cancelled, drain, start_one, step

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from pychanasync import Subscription


Result = TypeVar("Result")


def in_another_thread(call: Callable[[], object]) -> object:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()


WITH_A_WAITING_PULL: dict[str, Callable[[Broadcast[int], Subscription[int]], object]] = {
    "push": lambda hub, _: run_elsewhere(hub.push(1)),
    "push_nowait": lambda hub, _: in_another_thread(lambda: hub.push_nowait(1)),
    "select_nowait": lambda hub, _: in_another_thread(lambda: chanselect_nowait(hub.push_case(1))),
    "close": lambda hub, _: in_another_thread(lambda: hub.close(immediate=True)),
    "pull": lambda _, subscription: run_elsewhere(subscription.pull()),
    "unsubscribe": lambda _, subscription: in_another_thread(subscription.unsubscribe),
}


@pytest.mark.parametrize("use", WITH_A_WAITING_PULL.values(), ids=WITH_A_WAITING_PULL)
async def test_another_thread_cannot_wake_or_join_a_waiting_pull_and_nothing_changes(
    use: Callable[[Broadcast[int], Subscription[int]], object],
) -> None:
    hub = Broadcast[int](2, replay=1)
    first, subscription, last = (hub.subscribe() for _ in range(3))
    pull = await start_one(subscription.pull())
    before = repr(hub), repr(subscription)
    with pytest.raises(RuntimeError, match=REFUSAL):
        use(hub, subscription)
    assert before == (repr(hub), repr(subscription))
    assert [drain(each) for each in (first, last, hub.subscribe())] == [[], [], []]
    hub.push_nowait(2)
    assert await pull == 2
    assert [drain(each) for each in (first, last)] == [[2], [2]]


WITH_A_WAITING_PUSH: dict[str, Callable[[Broadcast[int], Subscription[int]], object]] = {
    "pull": lambda _, slow: run_elsewhere(slow.pull()),
    "pull_nowait": lambda _, slow: in_another_thread(slow.pull_nowait),
    "pull_many": lambda _, slow: run_elsewhere(slow.pull_many(2)),
    "push": lambda hub, _: run_elsewhere(hub.push(1)),
    "close": lambda hub, _: in_another_thread(lambda: hub.close(immediate=True)),
}


@pytest.mark.parametrize("use", WITH_A_WAITING_PUSH.values(), ids=WITH_A_WAITING_PUSH)
async def test_another_thread_cannot_wake_or_join_a_waiting_push_and_nothing_changes(
    use: Callable[[Broadcast[int], Subscription[int]], object],
) -> None:
    hub = Broadcast[int](1)
    slow = hub.subscribe()
    hub.push_nowait(0)
    push = await start_one(hub.push(1))
    before = repr(hub), repr(slow)
    with pytest.raises(RuntimeError, match=REFUSAL):
        use(hub, slow)
    assert before == (repr(hub), repr(slow))
    assert drain(slow) == [0, 1]
    await push


async def test_who_unsubscribes_in_another_thread_lets_a_waiting_push_go_on_in_its_own_loop() -> None:
    hub = Broadcast[int](1)
    slow, other = hub.subscribe(), hub.subscribe(buffer=5)
    hub.push_nowait(0)
    push = await start_one(hub.push(1))
    in_another_thread(slow.unsubscribe)
    assert hub.waiting == (1, 0)
    assert (await asyncio.wait([push], timeout=60))[0]
    assert drain(other) == [0, 1]
    with pytest.raises(ChannelClosed):
        in_another_thread(slow.pull_nowait)


async def test_what_has_left_does_not_mind_a_push_that_waits_in_another_loop() -> None:
    hub = Broadcast[int](1)
    left, slow = hub.subscribe(), hub.subscribe()
    hub.push_nowait(0)
    push = await start_one(hub.push(1))
    left.unsubscribe()
    for pull in (left.pull_nowait, lambda: asyncio.run(left.pull())):
        with pytest.raises(ChannelClosed):
            in_another_thread(pull)
    assert drain(slow) == [0, 1]
    await push


async def test_a_push_is_not_let_in_beside_a_select_of_another_loop_and_the_caller_is_not_troubled() -> None:
    hub = Broadcast[int](1)
    slow, elsewhere = hub.subscribe(), hub.subscribe()
    hub.push_nowait(0)
    drain(elsewhere)
    push = await start_one(hub.push(1))
    loop = asyncio.new_event_loop()

    def in_its_thread(operation: Coroutine[object, object, Result]) -> Result:
        return loop.run_until_complete(operation)

    selecting = await asyncio.to_thread(in_its_thread, start_one(chanselect(elsewhere.pull_case())))
    assert slow.pull_nowait() == 0
    assert hub.waiting == (1, 0)
    with pytest.raises(ChannelEmpty):
        slow.pull_nowait()
    await asyncio.to_thread(in_its_thread, cancelled(selecting))
    loop.close()
    hub.subscribe().unsubscribe()  # Whatever happens next lets it in.
    await push
    assert drain(slow) == drain(elsewhere) == [1]


def test_with_nobody_waiting_a_hub_may_be_used_under_one_loop_after_another_and_under_none() -> None:
    hub = Broadcast[int](1, replay=1)
    subscription = hub.subscribe()

    async def push_and_pull(item: int) -> int:
        push, pull = await start_one(hub.push(item)), await start_one(subscription.pull())
        await push
        return await pull

    for item in range(3):
        assert asyncio.run(push_and_pull(item)) == item
        hub.push_nowait(item)
        with pytest.raises(ChannelFull):
            hub.push_nowait(item)
        assert subscription.pull_nowait() == item
    subscription.unsubscribe()
    hub.close()
    assert drain(hub.subscribe()) == [2]


def test_a_push_that_waits_under_a_loop_that_rests_is_let_in_from_outside() -> None:
    loop = asyncio.new_event_loop()
    hub = Broadcast[int](1)
    slow = hub.subscribe()
    hub.push_nowait(0)
    push = loop.run_until_complete(start_one_there(hub))
    assert drain(slow) == [0, 1]
    loop.run_until_complete(push)
    loop.close()


async def start_one_there(hub: Broadcast[int]) -> asyncio.Task[None]:
    return await start_one(hub.push(1))


async def test_an_error_that_leaves_a_block_which_cannot_be_closed_gets_a_note() -> None:
    hub = Broadcast[int](name="news")
    subscription = hub.subscribe(name="reader")
    pull = await start_one(subscription.pull())

    async def leave(what: Broadcast[int] | Subscription[int], error: Exception | None) -> None:
        async with what:
            if error is not None:
                raise error

    for what, said in ((hub, "closed"), (subscription, "unsubscribed")):
        with pytest.raises(SenderError) as caught:
            run_elsewhere(leave(what, SenderError()))
        (note,) = caught.value.__notes__
        assert note.startswith(f"{what!r} was not {said}: ")
        with pytest.raises(RuntimeError, match=REFUSAL):
            run_elsewhere(leave(what, None))
    assert not hub.closed
    assert not subscription.closed
    hub.push_nowait(1)
    await step()
    assert await pull == 1
