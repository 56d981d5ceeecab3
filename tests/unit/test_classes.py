"""What the classes say of themselves: where to import them from, and that their instances keep nothing beside."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

import pytest

from pychanasync import Channel, RecvChannel, SelectCase, SendChannel, strategy
from pychanasync.strategy import AnyLine, Line

if TYPE_CHECKING:
    from tests.support.helpers import Loosely


def test_what_authors_of_strategies_need_says_where_it_is_imported_from() -> None:
    assert strategy.__all__ == ["AnyLine", "Buffer", "Line", "Waiter", "Waiting"]
    assert {AnyLine.__module__, Line.__module__} == {"pychanasync.strategy"}


@pytest.mark.parametrize(
    "made", [Channel[int](), Channel[int](1), Channel[int]().pull_case(), Channel[int]().push_case(1)]
)
def test_instances_have_no_dictionary(made: object) -> None:
    assert not hasattr(made, "__dict__")


@pytest.mark.parametrize("protocol", [SelectCase, SendChannel, RecvChannel, AnyLine])
def test_who_implements_a_protocol_may_have_instances_without_a_dictionary(protocol: Loosely) -> None:
    implementing = type("Implementing", (protocol,), {"__slots__": ()})
    assert not hasattr(implementing(), "__dict__")


def test_a_channel_may_be_referred_to_weakly(channel: Channel[int]) -> None:
    assert weakref.ref(channel)() is channel
