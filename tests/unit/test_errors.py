"""The errors: what they say, what they carry, what survives pickling and copying."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, TypeVar

import pytest

import pychanasync
from pychanasync import (
    Channel,
    ChannelClosed,
    ChannelEmpty,
    ChannelError,
    ChannelFailed,
    ChannelFull,
    chanselect_nowait,
)

if TYPE_CHECKING:
    from collections.abc import Callable

ERRORS = [ChannelError, ChannelClosed, ChannelFailed, ChannelFull, ChannelEmpty]
Error = TypeVar("Error", bound=ChannelError)


def pickled(error: Error) -> Error:
    again: Error = pickle.loads(pickle.dumps(error))  # noqa: S301  # Our own bytes.
    return again


@pytest.mark.parametrize("kind", ERRORS[1:])
def test_the_four_are_channel_errors_and_not_each_other(kind: type[ChannelError]) -> None:
    assert issubclass(kind, ChannelError)
    assert set(kind.__mro__) & set(ERRORS) == {ChannelError, kind}


@pytest.mark.parametrize("kind", ERRORS)
def test_an_error_carries_its_channel(kind: type[ChannelError]) -> None:
    channel = Channel[int]()
    assert kind(channel).channel is channel
    assert kind().channel is None


@pytest.mark.parametrize("again", [pickled, copy.copy, copy.deepcopy])
@pytest.mark.parametrize("kind", ERRORS)
def test_an_error_survives_pickling_and_copying_without_its_channel(
    kind: type[ChannelError], again: Callable[[ChannelError], ChannelError]
) -> None:
    error = kind(Channel[int](name="jobs"))
    error.add_note("seen in the cellar")
    restored = again(error)
    assert type(restored) is kind
    assert str(restored) == str(error)
    assert "jobs" in str(again(restored))
    assert restored.channel is None
    assert restored.side == error.side
    assert restored.__notes__ == ["seen in the cellar"]
    assert error.channel is not None


@pytest.mark.parametrize("again", [pickled, copy.copy])
@pytest.mark.parametrize("cause", [None, ValueError("no such job")], ids=["closed", "failed"])
def test_a_copied_error_of_a_select_keeps_the_position(
    again: Callable[[ChannelError], ChannelError], cause: ValueError | None
) -> None:
    channel = Channel[int]()
    channel.close(cause=cause)
    with pytest.raises((ChannelClosed, ChannelFailed)) as caught:
        chanselect_nowait(None, channel.pull_case())
    restored = again(caught.value)
    assert isinstance(restored, ChannelFailed if cause else ChannelClosed)
    assert isinstance(restored, (ChannelClosed, ChannelFailed))
    assert restored.index == 1


@pytest.mark.parametrize("again", [pickled, copy.copy, copy.deepcopy])
def test_the_copied_error_of_a_failed_channel_still_tells_its_cause(
    again: Callable[[ChannelError], ChannelError],
) -> None:
    channel = Channel[int](name="jobs")
    channel.close(cause=ValueError("no such job"))
    with pytest.raises(ChannelFailed) as caught:
        channel.pull_nowait()
    restored = again(again(caught.value))
    assert isinstance(restored, ChannelFailed)
    assert "because of ValueError: no such job" in str(restored)
    assert restored.side == "pull"
    assert restored.index is None


def test_the_errors_can_be_named_by_the_class_of_channels() -> None:
    assert (Channel.Closed, Channel.Failed, Channel.Full, Channel.Empty) == tuple(ERRORS[1:])


def test_public_names_say_where_they_are_imported_from() -> None:
    for name in pychanasync.__all__:
        assert getattr(pychanasync, name).__module__ == "pychanasync"


def test_all_lists_the_public_names_and_no_others() -> None:
    assert sorted(pychanasync.__all__) == pychanasync.__all__
    assert set(pychanasync.__all__) == {
        "Broadcast",
        "BufferedChannel",
        "Channel",
        "ChannelClosed",
        "ChannelEmpty",
        "ChannelError",
        "ChannelFailed",
        "ChannelFull",
        "DroppingChannel",
        "RecvChannel",
        "SelectCase",
        "Selected",
        "SendChannel",
        "SlidingChannel",
        "Subscription",
        "UnbufferedChannel",
        "chanselect",
        "chanselect_nowait",
        "close_after",
        "done_case",
        "event_case",
        "timeout_at_case",
        "timeout_case",
    }
