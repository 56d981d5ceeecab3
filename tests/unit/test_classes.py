"""What the classes say of themselves: where to import them from, and that their instances keep nothing beside."""

from __future__ import annotations

import asyncio
import weakref
from typing import TYPE_CHECKING

import pytest

from pychanasync import (
    Broadcast,
    BufferedChannel,
    Channel,
    DroppingChannel,
    RecvChannel,
    SelectCase,
    SendChannel,
    SlidingChannel,
    Subscription,
    UnbufferedChannel,
    event_case,
    strategy,
    timeout_case,
)
from pychanasync.strategy import AnyLine, Buffer, Line

if TYPE_CHECKING:
    from tests.support.helpers import Loosely

STRATEGIES = [UnbufferedChannel, BufferedChannel, SlidingChannel, DroppingChannel]


def test_what_authors_of_strategies_need_says_where_it_is_imported_from() -> None:
    assert strategy.__all__ == ["AnyLine", "Buffer", "Line", "Waiter", "Waiting"]
    assert {AnyLine.__module__, Buffer.__module__, Line.__module__} == {"pychanasync.strategy"}


MADE = [
    Channel[int](),
    Channel[int](1),
    Channel[int](1, overflow="drop_oldest"),
    Channel[int](1, overflow="drop_newest"),
    Broadcast[int](),
    Broadcast[int]().subscribe(),
    Channel[int]().pull_case(),
    Channel[int]().push_case(1),
    event_case(asyncio.Event()),
    timeout_case(1),
]


@pytest.mark.parametrize("made", MADE)
def test_instances_have_no_dictionary(made: object) -> None:
    assert not hasattr(made, "__dict__")


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_subclass_may_have_instances_without_a_dictionary(strategy: Loosely) -> None:
    derived = type("Derived", (strategy,), {"__slots__": ()})
    made = derived() if strategy is UnbufferedChannel else derived(1)
    assert not hasattr(made, "__dict__")


def test_a_subclass_of_a_hub_may_have_instances_without_a_dictionary() -> None:
    derived = type("Derived", (Broadcast,), {"__slots__": ()})
    assert not hasattr(derived(), "__dict__")


@pytest.mark.parametrize("strategy", [*STRATEGIES, Broadcast, Subscription])
def test_a_strategy_is_shown_as_of_the_package(strategy: Loosely) -> None:
    assert repr(strategy) == f"<class 'pychanasync.{strategy.__name__}'>"


@pytest.mark.parametrize("kind", [SlidingChannel[int], DroppingChannel[int]])
def test_how_many_were_dropped_cannot_be_set(kind: Loosely) -> None:
    with pytest.raises(AttributeError, match="dropped"):
        kind(1).dropped = 3


def test_what_is_counted_of_subscribers_cannot_be_set() -> None:
    hub: Loosely = Broadcast[int]()
    with pytest.raises(AttributeError, match="subscribers"):
        hub.subscribers = 3
    with pytest.raises(AttributeError, match="dropped"):
        hub.subscribe().dropped = 3
    for each in (hub, hub.subscribe()):
        for name in ("closed", "capacity", "waiting"):
            with pytest.raises(AttributeError, match=name):
                setattr(each, name, True)


@pytest.mark.parametrize("other", [Channel[int](), Channel[int](1)])
def test_a_channel_that_drops_nothing_does_not_count_it(other: Channel[int]) -> None:
    assert not hasattr(other, "dropped")


@pytest.mark.parametrize("protocol", [SelectCase, SendChannel, RecvChannel, AnyLine, Buffer])
def test_who_implements_a_protocol_may_have_instances_without_a_dictionary(protocol: Loosely) -> None:
    implementing = type("Implementing", (protocol,), {"__slots__": ()})
    assert not hasattr(implementing(), "__dict__")


def test_a_channel_may_be_referred_to_weakly(channel: Channel[int]) -> None:
    assert weakref.ref(channel)() is channel


def test_a_hub_and_a_subscription_may_be_referred_to_weakly_and_named_anew() -> None:
    hub = Broadcast[int](name="old")
    for each in (hub, hub.subscribe()):
        assert weakref.ref(each)() is each
        each.name = "new"
        assert "'new'" in repr(each)
