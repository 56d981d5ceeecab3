"""What validators, injectors and documentation tools ask of types at run time."""

from __future__ import annotations

import asyncio
import inspect
import typing
from typing import TYPE_CHECKING

import pytest
from beartype import beartype
from beartype.roar import BeartypeCallHintParamViolation
from pydantic import BaseModel, ConfigDict, ValidationError

import pychanasync
from pychanasync import (
    Broadcast,
    BufferedChannel,
    Channel,
    RecvChannel,
    SelectCase,
    SendChannel,
    SlidingChannel,
    UnbufferedChannel,
    debugging,
    done_case,
    event_case,
    strategy,
    threads,
    timeout_at_case,
    timeout_case,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.helpers import Loosely


def callables() -> Iterator[tuple[str, object]]:
    """List every public class and function, and every function of the classes."""
    for module in (pychanasync, strategy, threads, debugging):
        for name in module.__all__:
            public: object = getattr(module, name)
            if not inspect.isclass(public) and not inspect.isfunction(public):
                continue  # An alias, which has no annotations.
            yield name, public
            for member in dir(public) if inspect.isclass(public) else ():
                found = inspect.getattr_static(public, member)
                function = found.fget if isinstance(found, property) else found
                if inspect.isfunction(function) and function.__module__.startswith("pychanasync"):
                    yield f"{name}.{member}", function


CALLABLES = dict(callables())


@pytest.mark.parametrize("name", CALLABLES)
def test_every_type_hint_resolves(name: str) -> None:
    hints = typing.get_type_hints(CALLABLES[name])
    assert not [hint for hint in hints.values() if isinstance(hint, (str, typing.ForwardRef))]


def test_many_callables_are_looked_at() -> None:
    some = {"chanselect", "Channel.push_case", "SendChannel.__aexit__", "Line.leave", "Buffer.pop"}
    assert {"Broadcast.subscribe", "Broadcast.__init__", "Subscription.unsubscribe", "Subscription.pull"} <= {
        *CALLABLES
    }
    some |= {"DeadlockLoop.run_until_complete", "format_waiting"}
    assert some | {"SlidingChannel.__init__", "SlidingChannel._overflow", "DroppingChannel.dropped"} <= CALLABLES.keys()


@pytest.mark.parametrize("name", ["SlidingChannel", "DroppingChannel", "BufferedChannel", "UnbufferedChannel"])
def test_a_strategy_tells_its_parameters_at_run_time(name: str) -> None:
    assert [*inspect.signature(getattr(pychanasync, name)).parameters] == ["buffer", "overflow", "name"]


def test_a_hub_tells_its_parameters_at_run_time() -> None:
    assert [*inspect.signature(Broadcast).parameters] == ["buffer", "overflow", "replay", "name"]
    assert [*inspect.signature(Broadcast[int]().subscribe).parameters] == ["buffer", "overflow", "name"]


@pytest.mark.parametrize("half", [SendChannel, RecvChannel])
def test_a_channel_is_an_instance_of_both_halves_and_nothing_else_is(channel: Channel[int], half: Loosely) -> None:
    assert isinstance(channel, half)
    assert not isinstance(3, half)
    assert not isinstance(channel.pull_case(), half)


@pytest.mark.parametrize(("half", "other"), [(SendChannel, RecvChannel), (RecvChannel, SendChannel)])
def test_what_has_the_members_of_one_half_is_no_instance_of_the_other(half: Loosely, other: Loosely) -> None:
    special = {"__aenter__", "__aexit__"} if half is SendChannel else {"__aiter__"}
    members = {name for name in dir(half) if not name.startswith("_")} | special
    one_half = type("OneHalf", (), dict.fromkeys(members, len))
    assert isinstance(one_half(), half)
    assert not isinstance(one_half(), other)


class Wired(BaseModel):  # type: ignore[explicit-any]  # Of pydantic's own making.
    """What a program might configure with channels."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    jobs: SendChannel[int]
    results: RecvChannel[str]
    either: Channel[int]
    news: SlidingChannel[str]


def test_a_pydantic_field_takes_a_channel_for_either_half_and_refuses_what_is_none() -> None:
    jobs, results, news = Channel[int](), Channel[str](buffer=3), SlidingChannel[str](1)
    wired = Wired(jobs=jobs, results=results, either=jobs, news=news)
    assert wired.jobs is jobs
    assert wired.results is results
    assert wired.news is news
    for wrong in ({"jobs": 3}, {"either": "jobs"}, {"news": results}):
        with pytest.raises(ValidationError):
            Wired.model_validate({"jobs": jobs, "results": results, "either": jobs, "news": news, **wrong})


@beartype
def send(jobs: SendChannel[int], number: int) -> None:
    jobs.push_nowait(number)


@beartype
def receive(jobs: RecvChannel[int]) -> int:
    return jobs.pull_nowait()


def test_beartype_takes_a_channel_for_either_half_and_refuses_what_is_none() -> None:
    channel, wrong = BufferedChannel[int](2), 3
    send(channel, 1)
    assert receive(channel) == 1
    hub = Broadcast[int]()
    subscription = hub.subscribe()
    send(hub, 2)
    assert receive(subscription) == 2
    loosely: Loosely = receive
    for each in (wrong, hub):
        with pytest.raises(BeartypeCallHintParamViolation):
            loosely(each)


def test_the_repr_of_a_case_says_what_it_does_on_which_channel() -> None:
    jobs: Channel[str] = UnbufferedChannel(name="jobs")
    assert repr(jobs.pull_case()) == "<UnbufferedChannel 'jobs': unbuffered>.pull_case()"
    assert repr(jobs.push_case("x")) == "<UnbufferedChannel 'jobs': unbuffered>.push_case('x')"


async def test_the_repr_of_a_case_says_what_it_waits_for() -> None:
    future, event = asyncio.get_running_loop().create_future(), asyncio.Event()
    assert repr(done_case(future)) == f"done_case({future!r})"
    assert repr(event_case(event)) == f"event_case({event!r})"
    assert repr(timeout_case(1)) == "timeout_case(1.0)"
    assert repr(timeout_case(None)) == "timeout_case(inf)"
    assert repr(timeout_at_case(2.5)) == "timeout_at_case(2.5)"


def test_a_case_of_a_channel_has_the_members_of_the_protocol(channel: Channel[int]) -> None:
    members = {name for name in vars(SelectCase) if not name.startswith("_")}
    assert members == {"channel", "ready", "proceed", "line", "enrol", "finish", "abandon"}
    others = event_case(asyncio.Event()), timeout_case(1), timeout_at_case(1)
    for case in (channel.pull_case(), channel.push_case(1), *others):
        assert members <= {*dir(case)}
