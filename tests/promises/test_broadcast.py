"""Each item to every subscriber: what a hub gives, in which order, to whom, and what slow subscribers bring about."""

from __future__ import annotations

import asyncio
from collections import Counter
from math import inf
from typing import TYPE_CHECKING

import pytest

from pychanasync import (
    Broadcast,
    Channel,
    ChannelClosed,
    ChannelEmpty,
    ChannelFailed,
    ChannelFull,
    RecvChannel,
    SendChannel,
    chanselect,
    chanselect_nowait,
    close_after,
)
from tests.support.endings import SenderError, iterate
from tests.support.helpers import begin, cancelled, drain, forever, start, start_one, step

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from pychanasync import Subscription
    from tests.support.helpers import Loosely
    from tests.support.hubs import Policy

DROPPING: tuple[Policy, ...] = ("drop_oldest", "drop_newest")
POLICIES: tuple[Policy, ...] = ("wait", *DROPPING, "fail")

each_policy = pytest.mark.parametrize("policy", POLICIES)


def full(hub: Broadcast[int], *, buffer: int = 1) -> Subscription[int]:
    """Subscribe with a buffer that is full, by the items -n, ..., -1, and makes pushes wait."""
    slow = hub.subscribe(buffer=buffer, overflow="wait")
    for item in range(-buffer, 0):
        hub.push_nowait(item)
    return slow


PUSHES: dict[str, Callable[[Broadcast[int], int], Coroutine[object, object, object]]] = {
    "push": lambda hub, item: hub.push(item),
    "select": lambda hub, item: chanselect(Channel[int]().pull_case(), hub.push_case(item)),
}
each_push = pytest.mark.parametrize("push", PUSHES.values(), ids=PUSHES)


# Who gets what.


def test_a_hub_is_a_sending_half_alone_and_a_subscription_a_receiving_half_alone() -> None:
    hub = Broadcast[int]()
    subscription = hub.subscribe()
    assert isinstance(hub, SendChannel)
    assert isinstance(subscription, RecvChannel)
    assert not isinstance(hub, RecvChannel)
    assert not isinstance(subscription, SendChannel)
    for name in ("pull", "pull_nowait", "pull_many", "pull_case", "empty", "__aiter__", "dropped"):
        assert not hasattr(hub, name)
    for name in ("push", "push_nowait", "push_case", "close", "full"):
        assert not hasattr(subscription, name)


@each_push
async def test_every_subscriber_gets_every_item_in_the_order_of_the_pushes(
    push: Callable[[Broadcast[int], int], Coroutine[object, object, object]],
) -> None:
    hub = Broadcast[int]()
    subscriptions = [hub.subscribe() for _ in range(3)]
    for item in range(10):
        await push(hub, item)
    assert [drain(each) for each in subscriptions] == [[*range(10)]] * 3


@each_policy
async def test_a_subscriber_gets_what_is_pushed_from_then_on(policy: Policy) -> None:
    hub = Broadcast[int](overflow=policy)
    early = hub.subscribe()
    await hub.push(0)
    late = hub.subscribe()
    await hub.push(1)
    assert drain(early) == [0, 1]
    assert drain(late) == [1]


async def test_each_pull_that_waits_on_any_subscription_gets_the_item_of_one_push() -> None:
    hub = Broadcast[int]()
    one, other = hub.subscribe(), hub.subscribe()
    pulls = await start(one.pull(), other.pull(), one.pull())
    hub.push_nowait(0)
    assert (one.waiting, other.waiting) == ((0, 1), (0, 0))
    hub.push_nowait(1)
    assert await asyncio.gather(*pulls) == [0, 0, 1]
    assert drain(one) == []
    assert drain(other) == [1]


async def test_several_tasks_that_iterate_one_subscription_share_its_items() -> None:
    hub = Broadcast[int]()
    shared, own = hub.subscribe(), hub.subscribe()
    tasks = await start(iterate(shared), iterate(shared), iterate(own))
    for item in range(6):
        await hub.push(item)
        await step(2)
    hub.close()
    first, second, alone = await asyncio.gather(*tasks)
    assert sorted(first + second) == alone == [*range(6)]
    assert first
    assert second


@pytest.mark.parametrize("replay", [0, 2])
def test_with_no_subscriber_a_push_is_done_at_once_and_its_item_is_gone(replay: int) -> None:
    hub = Broadcast[int](1, replay=replay)
    for item in range(5):
        assert begin(hub.push(item))
        hub.push_nowait(item)
    assert (hub.subscribers, hub.csize(), hub.full()) == (0, 0, False)
    assert len(drain(hub.subscribe())) == replay


async def test_an_operation_that_need_not_wait_does_not_suspend() -> None:
    hub = Broadcast[int]()
    subscription = hub.subscribe()
    other = await start_one(hub.subscribe().pull())
    assert begin(hub.push(1))
    assert begin(subscription.pull())
    assert not other.done()  # It runs no task but its own.
    assert await other == 1


# Pushes that wait.


@each_push
async def test_a_push_waits_until_all_that_make_it_wait_have_room_and_then_gives_to_all_at_once(
    push: Callable[[Broadcast[int], int], Coroutine[object, object, object]],
) -> None:
    hub = Broadcast[int](1)
    one, other, idle = hub.subscribe(), hub.subscribe(), hub.subscribe(buffer=5)
    hub.push_nowait(0)
    waiting = await start_one(push(hub, 1))
    assert one.pull_nowait() == 0
    assert hub.waiting == (1, 0)
    assert (one.csize(), idle.csize()) == (0, 1)
    assert other.pull_nowait() == 0
    assert hub.waiting == (0, 0)
    assert [drain(each) for each in (one, other, idle)] == [[1], [1], [0, 1]]
    await waiting


async def test_pushes_that_wait_are_served_first_come_first_served_and_no_later_one_goes_before() -> None:
    hub = Broadcast[int](1)
    slow = full(hub)
    pushes = await start(*(PUSHES[how](hub, item) for item, how in enumerate(("push", "select", "push"))))
    assert hub.waiting == (3, 0)
    with pytest.raises(ChannelFull):
        hub.push_nowait(9)
    taken = [slow.pull_nowait()]
    with pytest.raises(ChannelFull):
        hub.push_nowait(9)
    while hub.waiting.pushes:
        taken += drain(slow)
    taken += drain(slow)
    assert taken == [-1, 0, 1, 2]
    await asyncio.gather(*pushes)


async def test_no_push_goes_before_one_that_waits_though_there_is_room_again() -> None:
    hub = Broadcast[int](1)
    slow = full(hub)
    first, second = await start(hub.push(0), hub.push(1))
    first.cancel()
    await step(2)
    assert hub.waiting == (1, 0)
    assert drain(slow) == [-1, 1]
    await second
    assert first.cancelled()


async def test_a_push_goes_on_when_the_slow_subscriber_leaves() -> None:
    hub = Broadcast[int](1)
    slow, quick = full(hub), hub.subscribe()
    pushes = await start(hub.push(0), hub.push(1))
    slow.unsubscribe()
    assert hub.waiting == (1, 0)  # The second waits for the other one now.
    assert drain(quick) == [0, 1]
    await asyncio.gather(*pushes)


async def test_who_subscribes_while_a_push_waits_gets_its_item_too() -> None:
    hub = Broadcast[int](1)
    slow = full(hub)
    push = await start_one(hub.push(0))
    late, dropping = hub.subscribe(), hub.subscribe(overflow="drop_oldest")
    drain(slow, 1)
    assert [drain(each) for each in (slow, late, dropping)] == [[0]] * 3
    await push


async def test_what_the_others_overflow_does_is_decided_when_the_push_is_done() -> None:
    hub = Broadcast[int](1)
    slow = full(hub)
    failing, sliding, dropping = (hub.subscribe(overflow=policy) for policy in ("fail", *DROPPING))
    slow.pull_nowait()
    hub.push_nowait(0)
    pushes = await start(hub.push(1), hub.push(2))
    assert hub.subscribers == 4
    assert (sliding.dropped, dropping.dropped) == (0, 0)
    assert drain(failing) == [0]
    assert slow.pull_nowait() == 0
    assert hub.subscribers == 4  # It has made room in time for the first.
    assert (sliding.dropped, dropping.dropped) == (1, 1)
    assert slow.pull_nowait() == 1
    assert hub.subscribers == 3
    assert [drain(each) for each in (failing, sliding, dropping)] == [[1], [2], [0]]
    await asyncio.gather(*pushes)


@pytest.mark.parametrize("how", ["push_nowait", "select_nowait", "cancelled"])
async def test_a_push_that_raised_reached_nobody_dropped_nothing_failed_nobody_and_is_not_replayed(how: str) -> None:
    hub = Broadcast[int](1, replay=2)
    slow = full(hub)
    others = [hub.subscribe(overflow=policy, buffer=2) for policy in ("fail", *DROPPING)]
    drain(slow)
    hub.push_nowait(0)
    if how == "push_nowait":
        with pytest.raises(ChannelFull) as caught:
            hub.push_nowait(1)
        assert caught.value.channel is hub
    elif how == "select_nowait":
        assert chanselect_nowait(hub.push_case(1)) is None
    else:
        await cancelled(await start_one(hub.push(1)))
    assert not any(each.closed or each.dropped for each in others)
    assert [drain(each) for each in others] == [[-1, 0]] * 3
    assert drain(hub.subscribe()) == [-1, 0]
    assert drain(slow) == [0]


async def test_an_item_that_a_cancelled_pull_let_go_is_the_next_and_may_lie_above_the_buffer() -> None:
    hub = Broadcast[int](1)
    subscription, other = hub.subscribe(), hub.subscribe(buffer=5)
    pull = await start_one(subscription.pull())
    hub.push_nowait(0)
    hub.push_nowait(1)
    await cancelled(pull)
    assert (subscription.csize(), hub.csize(), hub.full()) == (2, 2, True)
    push = await start_one(hub.push(2))
    assert subscription.pull_nowait() == 0
    assert not push.done()
    assert hub.waiting == (1, 0)
    assert drain(subscription) == [1, 2]
    assert drain(other) == [0, 1, 2]
    await push


async def test_what_is_set_aside_for_a_pull_takes_no_room() -> None:
    hub = Broadcast[int](1)
    subscription = hub.subscribe()
    pulls = await start(subscription.pull(), subscription.pull())
    for item in range(3):
        assert not hub.full()
        hub.push_nowait(item)
    assert hub.full()
    assert await asyncio.gather(*pulls) == [0, 1]
    assert drain(subscription) == [2]


# The four words.


@pytest.mark.parametrize("by_hub", [False, True])
@each_policy
def test_the_overflow_is_that_of_the_subscriber_or_else_of_the_hub(policy: Policy, *, by_hub: bool) -> None:
    other: Policy = "fail" if policy == "wait" else "wait"
    hub = Broadcast[int](1, overflow=policy if by_hub else other)
    subscription = hub.subscribe(overflow=None if by_hub else policy)
    hub.push_nowait(0)
    if policy == "wait":
        with pytest.raises(ChannelFull):
            hub.push_nowait(1)
    else:
        hub.push_nowait(1)
    assert subscription.closed == (policy == "fail")
    assert subscription.dropped == (policy in DROPPING)
    assert drain(subscription) == [1 if policy == "drop_oldest" else 0]


@pytest.mark.parametrize("bound", [1, 3])
@pytest.mark.parametrize("policy", DROPPING)
async def test_a_subscription_that_drops_keeps_the_latest_or_the_earliest_and_counts(
    policy: Policy, bound: int
) -> None:
    hub = Broadcast[int](bound, overflow=policy)
    subscription, whole = hub.subscribe(), hub.subscribe(buffer=inf, overflow="wait")
    pull = await start_one(subscription.pull())
    for item in range(10):
        assert not hub.full()
        await hub.push(item)
    assert subscription.dropped == 9 - bound
    assert await pull == 0
    assert drain(subscription) == ([*range(10)][-bound:] if policy == "drop_oldest" else [*range(1, bound + 1)])
    assert drain(whole) == [*range(10)]


async def test_a_subscriber_that_is_to_fail_is_ended_when_it_is_full_and_what_it_holds_can_still_be_pulled() -> None:
    hub = Broadcast[int](2, overflow="fail", name="news")
    failing, other = hub.subscribe(), hub.subscribe(buffer=5)
    for item in range(3):
        assert not failing.closed
        assert hub.subscribers == 2
        hub.push_nowait(item)
    assert failing.closed
    assert hub.subscribers == 1  # It no longer counts.
    hub.push_nowait(3)
    assert [failing.pull_nowait(), await failing.pull()] == [0, 1]
    for pull in (failing.pull(), failing.__anext__(), failing.pull_many(2), chanselect(failing.pull_case())):
        with pytest.raises(ChannelFailed) as caught:
            await pull
        assert caught.value.channel is failing
        cause = caught.value.__cause__
        assert isinstance(cause, ChannelFull)
        assert cause.channel is hub
        assert str(cause) == (
            "cannot push to Broadcast 'news': this subscriber's buffer was full, and its overflow is 'fail'"
        )
    assert drain(other) == [0, 1, 2, 3]
    assert failing.dropped == 0


async def test_a_subscriber_that_is_to_fail_makes_no_push_wait_and_a_waiting_one_goes_on_when_it_has_failed() -> None:
    hub = Broadcast[int](1)
    failing, slow = hub.subscribe(overflow="fail"), hub.subscribe()
    hub.push_nowait(0)
    pushes = await start(hub.push(1), hub.push(2))
    assert drain(slow) == [0, 1, 2]
    await asyncio.gather(*pushes)
    assert drain(failing) == [0]


async def test_a_failed_subscriber_stays_failed_when_the_hub_is_closed_but_not_when_it_unsubscribes() -> None:
    hub = Broadcast[int](1, overflow="fail")
    failing = hub.subscribe()
    hub.push_nowait(0)
    hub.push_nowait(1)
    hub.close(immediate=True)
    assert failing.pull_nowait() == 0  # It was none of the hub's subscribers.
    with pytest.raises(ChannelFailed):
        failing.pull_nowait()
    failing.unsubscribe()
    with pytest.raises(ChannelClosed):
        failing.pull_nowait()


@pytest.mark.parametrize("policy", ["wait", "fail"])
async def test_without_a_bound_a_subscriber_is_never_full(policy: Policy) -> None:
    hub = Broadcast[int](inf, overflow=policy)
    subscription = hub.subscribe()
    for item in range(100):
        assert not hub.full()
        await hub.push(item)
    assert hub.capacity == subscription.capacity == inf
    assert hub.csize() == (100 if policy == "wait" else 0)
    assert drain(subscription) == [*range(100)]


# Replay.


@pytest.mark.parametrize("replay", [0, 1, 3])
@pytest.mark.parametrize("pushed", [0, 2, 5])
async def test_a_subscriber_begins_with_the_last_items_of_before(replay: int, pushed: int) -> None:
    hub = Broadcast[int](replay=replay)
    hub.subscribe()
    for item in range(pushed):
        hub.push_nowait(item)
    subscription = hub.subscribe()
    hub.push_nowait(9)
    assert drain(subscription) == [*[*range(pushed)][max(0, pushed - replay) :], 9]
    assert subscription.dropped == 0


def test_what_is_replayed_may_lie_above_the_buffer_and_makes_pushes_wait() -> None:
    hub = Broadcast[int](2, replay=4)
    for item in range(4):
        hub.push_nowait(item)
    subscription = hub.subscribe()
    assert (subscription.csize(), hub.csize(), hub.full()) == (4, 4, True)
    assert drain(subscription, 2) == [0, 1]
    assert hub.full()
    assert drain(subscription, 1) == [2]
    assert not hub.full()
    hub.push_nowait(4)
    assert drain(subscription) == [3, 4]


@pytest.mark.parametrize("held", [0, 1, 2, 4])
@pytest.mark.parametrize("policy", DROPPING)
def test_a_subscription_that_drops_keeps_of_a_replay_what_fits_and_does_not_count_the_rest(
    policy: Policy, held: int
) -> None:
    hub = Broadcast[int](2, replay=4)
    for item in range(held):
        hub.push_nowait(item)
    subscription = hub.subscribe(overflow=policy)
    assert subscription.dropped == 0
    items = [*range(held)]
    assert drain(subscription) == (items[-2:] if policy == "drop_oldest" else items[:2])


def test_a_replay_fails_nobody() -> None:
    hub = Broadcast[int](1, replay=3, overflow="fail")
    for item in range(3):
        hub.push_nowait(item)
    subscription = hub.subscribe()
    assert not subscription.closed
    assert drain(subscription) == [0, 1, 2]
    hub.push_nowait(3)
    assert drain(subscription) == [3]
    assert not subscription.closed


async def test_a_replay_of_one_is_the_latest_value_for_whoever_comes() -> None:
    hub = Broadcast[str](1, overflow="drop_oldest", replay=1)
    for reading in ("low", "middle", "high"):
        await hub.push(reading)
        assert await hub.subscribe().pull() == reading
    assert await hub.subscribe().pull() == "high"


@pytest.mark.parametrize("immediate", [False, True])
@pytest.mark.parametrize("cause", [None, SenderError()])
async def test_who_subscribes_to_a_closed_hub_gets_the_replayed_items_and_then_the_end(
    cause: BaseException | None, *, immediate: bool
) -> None:
    hub = Broadcast[int](replay=2)
    for item in range(3):
        hub.push_nowait(item)
    hub.close(cause=cause, immediate=immediate)
    subscription = hub.subscribe()
    assert subscription.closed
    assert [subscription.pull_nowait(), await subscription.pull()] == [1, 2]
    with pytest.raises((ChannelClosed, ChannelFailed)) as caught:
        await subscription.pull()
    assert caught.value.__cause__ is cause
    assert isinstance(caught.value, ChannelClosed if cause is None else ChannelFailed)


# The end.


@pytest.mark.parametrize("cause", [None, SenderError()])
async def test_a_close_ends_each_subscriber_after_what_it_holds(cause: BaseException | None) -> None:
    hub = Broadcast[int](name="news")
    some, none = hub.subscribe(), hub.subscribe()
    hub.push_nowait(0)
    assert drain(none) == [0]
    waiting = await start_one(none.pull())
    hub.close(cause=cause)
    assert hub.closed
    assert some.closed
    assert none.closed
    assert some.pull_nowait() == 0
    end = ChannelClosed if cause is None else ChannelFailed
    for pull in (waiting, some.pull(), none.pull(), chanselect(none.pull_case()), hub.subscribe().pull()):
        with pytest.raises(end) as caught:
            await pull
        assert caught.value.__cause__ is cause
        assert caught.value.channel is not hub
    for push in (hub.push(1), chanselect(hub.push_case(1))):
        with pytest.raises(ChannelClosed) as refused:
            await push
        assert refused.value.__cause__ is cause
        assert refused.value.channel is hub
    with pytest.raises(ChannelClosed):
        hub.push_nowait(1)


async def test_a_close_ends_the_pushes_that_wait_and_nobody_gets_their_items() -> None:
    hub = Broadcast[int](1, replay=5)
    slow, other = full(hub), hub.subscribe()
    pushes = await start(hub.push(0), chanselect(hub.push_case(1)))
    hub.close()
    for push in pushes:
        with pytest.raises(ChannelClosed) as caught:
            await push
        assert caught.value.channel is hub
    assert [drain(each) for each in (slow, other, hub.subscribe())] == [[-1]] * 3


async def test_an_immediate_close_throws_away_what_nobody_has_a_claim_to_even_on_a_closed_hub() -> None:
    hub = Broadcast[int]()
    claimed, other = hub.subscribe(), hub.subscribe(overflow="drop_oldest")
    pull = await start_one(claimed.pull())
    for item in range(3):
        hub.push_nowait(item)
    hub.close()
    assert (claimed.csize(), other.csize()) == (2, 3)
    hub.close(immediate=True)
    assert (claimed.csize(), other.csize(), other.dropped) == (0, 0, 0)
    assert await pull == 0
    assert drain(claimed) == drain(other) == []


async def test_a_closed_hub_makes_nobody_wait_and_a_second_close_is_harmless_but_for_its_cause() -> None:
    hub = Broadcast[int](1)
    slow = full(hub)
    assert hub.full()
    hub.close()
    assert not hub.full()
    hub.close(cause=SenderError())
    assert drain(slow) == [-1]
    with pytest.raises(ChannelClosed):
        slow.pull_nowait()


async def test_a_hub_that_refuses_a_cause_stays_open() -> None:
    hub = Broadcast[int]()
    wrong: Loosely = hub.close
    with pytest.raises(TypeError):
        wrong(cause=SenderError)
    assert not hub.closed
    hub.push_nowait(1)


async def test_async_with_yields_the_hub_and_closes_it() -> None:
    hub = Broadcast[int]()
    subscription = hub.subscribe()
    async with hub as entered:
        assert entered is hub
        await hub.push(0)
    assert [item async for item in subscription] == [0]


async def leave_by_an_error(hub: Broadcast[int]) -> None:
    async with hub:
        raise SenderError


async def test_subscribers_learn_of_an_error_that_leaves_the_block_once_its_task_has_ended() -> None:
    hub = Broadcast[int]()
    subscription, late = hub.subscribe(), hub.subscribe()
    pull = await start_one(subscription.pull())
    task = asyncio.create_task(leave_by_an_error(hub))
    await asyncio.wait([task])
    assert isinstance(task.exception(), SenderError)
    for waiting in (pull, late.pull()):
        with pytest.raises(ChannelFailed) as caught:
            await waiting
        assert caught.value.__cause__ is task.exception()


async def test_between_the_two_stages_senders_know_and_subscribers_do_not() -> None:
    hub = Broadcast[int](1)
    slow = full(hub)
    idle = hub.subscribe(buffer=5)
    pull, push = await start(idle.pull(), hub.push(0))
    with pytest.raises(SenderError):
        await leave_by_an_error(hub)  # And this task goes on.
    assert hub.closed
    late = hub.subscribe()
    for subscription in (idle, late):
        with pytest.raises(ChannelEmpty):
            subscription.pull_nowait()
    assert (idle.waiting, hub.waiting) == ((0, 1), (0, 0))
    assert slow.pull_nowait() == -1
    with pytest.raises(ChannelClosed):
        await push
    await step(2)
    for waiting in (pull, late.pull(), slow.pull()):
        with pytest.raises(ChannelFailed) as caught:
            await waiting
        assert isinstance(caught.value.__cause__, SenderError)


async def test_an_explicit_close_brings_the_second_stage_and_the_first_cause_stays() -> None:
    hub = Broadcast[int]()
    subscription = hub.subscribe()
    pull = await start_one(subscription.pull())
    with pytest.raises(SenderError):
        await leave_by_an_error(hub)
    hub.close()
    assert subscription.waiting == (0, 0)
    with pytest.raises(ChannelFailed) as caught:
        await pull
    assert isinstance(caught.value.__cause__, SenderError)


async def test_a_group_that_fails_by_the_sender_cancels_its_subscribers_and_reports_the_error_once() -> None:
    hub, readers = Broadcast[int](), list[asyncio.Task[list[int]]]()
    with pytest.raises(ExceptionGroup) as caught:
        async with asyncio.TaskGroup() as group:
            readers += [group.create_task(iterate(hub.subscribe())) for _ in range(2)]
            await step()
            group.create_task(leave_by_an_error(hub))
    assert [type(error) for error in caught.value.exceptions] == [SenderError]
    assert all(reader.cancelled() for reader in readers)


async def test_who_unsubscribes_between_the_two_stages_has_left() -> None:
    hub = Broadcast[int]()
    subscription = hub.subscribe()
    pull = await start_one(subscription.pull())
    with pytest.raises(SenderError):
        await leave_by_an_error(hub)
    subscription.unsubscribe()
    with pytest.raises(ChannelClosed):
        await pull
    await step(3)


@pytest.mark.parametrize("fails", [False, True])
async def test_close_after_closes_a_hub_once_its_senders_have_ended(*, fails: bool) -> None:
    hub = Broadcast[int]()
    subscription = hub.subscribe()

    async def send(item: int) -> None:
        await hub.push(item)
        if fails and item:
            raise SenderError

    close_after(hub, *[asyncio.create_task(send(item)) for item in range(2)])
    taken = [await subscription.pull() for _ in range(2)]
    assert taken == [0, 1]
    with pytest.raises(ChannelFailed if fails else ChannelClosed):
        await subscription.pull()


# Leaving.


async def test_what_a_subscription_held_is_thrown_away_when_it_unsubscribes_but_for_what_is_set_aside() -> None:
    hub = Broadcast[int]()
    subscription, other = hub.subscribe(), hub.subscribe()
    claimed, waiting = await start(subscription.pull(), other.pull())
    for item in range(3):
        hub.push_nowait(item)
    subscription.unsubscribe()
    assert subscription.closed
    assert subscription.empty()
    assert hub.subscribers == 1
    hub.push_nowait(3)
    assert [await claimed, await waiting] == [0, 0]
    for pull in (subscription.pull(), subscription.pull_many(3), chanselect(subscription.pull_case())):
        with pytest.raises(ChannelClosed) as caught:
            await pull
        assert caught.value.channel is subscription
    assert await iterate(subscription) == []
    assert drain(other) == [1, 2, 3]


async def test_pulls_that_wait_end_when_the_subscription_is_left_and_to_leave_twice_is_harmless() -> None:
    hub = Broadcast[int]()
    subscription = hub.subscribe()
    pulls = await start(subscription.pull(), subscription.pull_many(2))
    selecting = await start_one(chanselect(subscription.pull_case()))
    for _ in range(2):
        subscription.unsubscribe()
    for pull in (*pulls, selecting):
        with pytest.raises(ChannelClosed):
            await pull
    hub.close(cause=SenderError())
    with pytest.raises(ChannelClosed):
        await subscription.pull()
    subscription.unsubscribe()


async def test_the_block_of_a_subscription_yields_it_and_unsubscribes() -> None:
    hub = Broadcast[int]()
    subscription = hub.subscribe()
    async with subscription as entered:
        assert entered is subscription
        assert hub.subscribers == 1
    assert subscription.closed
    assert hub.subscribers == 0


@pytest.mark.parametrize("error", [SenderError, asyncio.CancelledError, ChannelClosed])
async def test_an_error_that_leaves_the_block_of_a_subscription_goes_on_and_the_hub_does_not_notice(
    error: type[BaseException],
) -> None:
    hub = Broadcast[int]()
    other = hub.subscribe()
    with pytest.raises(error) as caught:
        async with hub.subscribe():
            raise error
    assert not hasattr(caught.value, "__notes__")
    assert hub.subscribers == 1
    assert not hub.closed
    hub.push_nowait(1)
    assert drain(other) == [1]


async def test_the_block_of_a_reader_that_is_cancelled_unsubscribes() -> None:
    hub = Broadcast[int](1)

    async def read() -> None:
        async with hub.subscribe() as subscription:
            await subscription.pull()
            await forever()

    reader = await start_one(read())
    hub.push_nowait(0)
    await step(2)
    hub.push_nowait(1)
    push = await start_one(hub.push(2))
    await cancelled(reader)
    await push
    assert hub.subscribers == 0


# What it says of itself.


async def test_the_counts_of_a_hub_and_of_its_subscriptions() -> None:
    hub = Broadcast[int](3)
    assert (hub.subscribers, hub.capacity, hub.csize(), hub.full(), hub.waiting) == (0, 3, 0, False, (0, 0))
    one, other = hub.subscribe(), hub.subscribe(buffer=2)
    sliding = hub.subscribe(buffer=1, overflow="drop_oldest")
    assert (hub.subscribers, one.capacity, other.capacity, sliding.capacity) == (3, 3, 2, 1)
    hub.push_nowait(0)
    hub.push_nowait(1)
    assert (hub.csize(), one.csize(), other.csize(), sliding.csize()) == (2, 2, 2, 1)
    assert hub.full()
    one.pull_nowait()
    assert hub.csize() == 2
    pushes = await start(hub.push(2), hub.push(3))
    assert hub.waiting == (2, 0)
    assert one.waiting == (0, 0)
    assert drain(other) == [0, 1, 2, 3]
    await asyncio.gather(*pushes)
    assert (hub.csize(), one.csize(), hub.full()) == (3, 3, True)
    assert drain(one) == [1, 2, 3]
    pulls = await start(one.pull(), one.pull())
    assert (hub.waiting, one.waiting, one.empty(), other.empty()) == ((0, 0), (0, 2), True, True)
    await cancelled(*pulls)
    assert (hub.csize(), hub.full()) == (0, False)


@each_policy
def test_only_full_tells_whether_a_push_would_have_to_wait(policy: Policy) -> None:
    hub = Broadcast[int](1, overflow=policy)
    subscription = hub.subscribe()
    hub.push_nowait(0)
    assert hub.full() == (policy == "wait")
    assert hub.csize() == (1 if policy == "wait" else 0)
    assert subscription.csize() == 1
    assert (chanselect_nowait(hub.push_case(1)) is None) == hub.full()


async def test_repr_of_a_hub_and_of_its_subscriptions() -> None:
    hub = Broadcast[int](2, name="news")
    assert repr(hub) == "<Broadcast 'news': 0 subscribers>"
    one = hub.subscribe(name="reader")
    assert repr(hub) == "<Broadcast 'news': 1 subscriber>"
    sliding = hub.subscribe(buffer=1, overflow="drop_oldest")
    unbound = hub.subscribe(buffer=inf, overflow="fail")
    for item in range(2):
        hub.push_nowait(item)
    push = await start_one(hub.push(2))
    assert repr(hub) == "<Broadcast 'news': 3 subscribers, 1 push waiting>"
    assert repr(one) == "<Subscription 'reader': 2 of 2 items>"
    assert repr(sliding) == "<Subscription: 1 of 1 item, 1 dropped>"
    assert repr(unbound) == "<Subscription: 2 items, no bound>"
    assert drain(one) == [0, 1, 2]
    await push
    pull = await start_one(one.pull())
    assert repr(one) == "<Subscription 'reader': 0 of 2 items, 1 pull waiting>"
    assert repr(hub.push_case(7)) == "<Broadcast 'news': 3 subscribers>.push_case(7)"
    assert repr(sliding.pull_case()) == f"{sliding!r}.pull_case()"
    hub.close()
    assert repr(hub) == "<Broadcast 'news': 3 subscribers, closed>"
    assert repr(unbound) == "<Subscription: 3 items, no bound, closed>"
    with pytest.raises(ChannelClosed):
        await pull


async def test_errors_name_the_hub_for_pushes_and_the_subscription_for_pulls() -> None:
    hub = Broadcast[int](1, name="news")
    subscription = hub.subscribe(name="reader")
    with pytest.raises(ChannelEmpty, match=r"^cannot pull from Subscription 'reader': ") as empty:
        subscription.pull_nowait()
    hub.push_nowait(1)
    with pytest.raises(ChannelFull, match=r"^cannot push to Broadcast 'news': ") as no_room:
        hub.push_nowait(2)
    hub.close(immediate=True)
    with pytest.raises(ChannelClosed, match=r"^cannot push to Broadcast 'news': ") as closed:
        await hub.push(1)
    with pytest.raises(ChannelClosed, match=r"^cannot pull from Subscription 'reader': ") as ended:
        await subscription.pull()
    assert [error.value.channel for error in (empty, no_room, closed, ended)] == [subscription, hub, hub, subscription]


# Selects, batches.


async def test_a_select_waits_on_the_hub_and_on_subscriptions_and_does_one_thing() -> None:
    hub, other = Broadcast[int](1), Broadcast[int](1)
    slow, reading = full(hub), other.subscribe()
    cases = hub.push_case(0), reading.pull_case()
    selecting = await start_one(chanselect(*cases))
    assert (hub.waiting, reading.waiting) == ((1, 0), (0, 1))
    assert slow.pull_nowait() == -1
    assert hub.waiting == reading.waiting == (0, 0)
    selected = await selecting
    assert (selected.index, selected.channel) == (0, hub)
    assert hub.waiting == reading.waiting == (0, 0)
    selecting = await start_one(chanselect(*cases))
    other.push_nowait(5)
    selected = await selecting
    assert (selected.index, selected.value, selected.channel) == (1, 5, reading)
    assert drain(slow) == [0]
    assert hub.waiting == (0, 0)


async def test_a_select_on_both_ends_of_one_hub_does_either_and_its_own_item_comes_to_its_subscription() -> None:
    hub = Broadcast[int](1)
    own, slow = hub.subscribe(), hub.subscribe()
    hub.push_nowait(0)
    assert own.pull_nowait() == 0
    selecting = await start_one(chanselect(own.pull_case(), hub.push_case(1)))
    assert (hub.waiting, own.waiting) == ((1, 0), (0, 1))
    assert slow.pull_nowait() == 0
    assert (await selecting).index == 1
    assert (hub.waiting, own.waiting) == ((0, 0), (0, 0))
    assert drain(own) == drain(slow) == [1]


async def test_cases_of_a_hub_are_chosen_as_often_as_others_that_are_ready() -> None:
    hub, channel = Broadcast[int](overflow="drop_oldest"), Channel[int](inf)
    subscription = hub.subscribe()
    chosen = Counter[int]()
    for _ in range(600):
        selected = await chanselect(hub.push_case(1), channel.push_case(1), subscription.pull_case())
        chosen[selected.index] += 1
    assert chosen[0] > 100
    assert chosen[1] > 100
    assert chosen[2] > 50


@pytest.mark.parametrize("policy", ["wait", "drop_oldest"])
async def test_a_push_case_is_ready_where_no_push_would_have_to_wait(policy: Policy) -> None:
    hub = Broadcast[int](1)
    slow = hub.subscribe(overflow=policy)
    assert chanselect_nowait(hub.push_case(0)) is not None
    assert (chanselect_nowait(hub.push_case(1)) is None) == (policy == "wait")
    hub.close()
    with pytest.raises(ChannelClosed) as caught:
        chanselect_nowait(None, hub.push_case(2))
    assert (caught.value.index, caught.value.channel) == (1, hub)
    assert drain(slow) == [0 if policy == "wait" else 1]


async def test_a_batch_takes_what_repeated_pulls_would_and_lets_waiting_pushes_in() -> None:
    hub = Broadcast[int](1)
    slow, other = full(hub), hub.subscribe(buffer=2)
    pushes = await start(*(hub.push(item) for item in range(4)))
    assert await slow.pull_many(10) == [-1, 0, 1]
    assert hub.waiting == (2, 0)  # The other one is full now.
    assert await other.pull_many(1) == [0]
    assert await slow.pull_many(1) == [2]
    assert drain(other) == [1, 2, 3]
    assert await slow.pull_many(2) == [3]
    await asyncio.gather(*pushes)


async def test_a_batch_waits_for_more_and_ends_with_the_hub() -> None:
    hub = Broadcast[int](1)
    subscription = hub.subscribe()
    batch = await start_one(subscription.pull_many(3, within=inf))
    for item in range(2):
        await hub.push(item)
        await step(2)
        assert not batch.done()
    hub.close()
    assert await batch == [0, 1]
    with pytest.raises(ChannelClosed):
        await subscription.pull_many(3, within=inf)


async def test_an_iteration_ends_with_the_hub_but_raises_its_failure() -> None:
    hub = Broadcast[int]()
    subscription, other = hub.subscribe(), hub.subscribe()
    iterating = await start_one(iterate(subscription))
    hub.push_nowait(0)
    hub.close(cause=SenderError())
    with pytest.raises(ChannelFailed):
        await iterating
    assert await anext(other) == 0
    with pytest.raises(ChannelFailed):
        await anext(other)
