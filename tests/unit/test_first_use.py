"""A channel just made: what it knows of its type, and what it says if it was not made whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pychanasync import BufferedChannel, Channel, DroppingChannel, SlidingChannel

if TYPE_CHECKING:
    from collections.abc import Callable


class Forgetful(BufferedChannel[int]):
    """Forgets how a channel with a buffer begins."""

    def __init__(self) -> None:
        pass


def test_a_channel_without_a_buffer_that_it_should_have_says_what_is_missing_word_for_word() -> None:
    with pytest.raises(RuntimeError) as raised:
        Forgetful().push_nowait(1)
    assert str(raised.value) == (
        "this channel has no buffer yet: call super().__init__(buffer) in the __init__ of its class"
    )


class TooEarly(BufferedChannel[int]):
    """Makes a case before it knows its buffer."""

    def __init__(self, make: Callable[[BufferedChannel[int]], object]) -> None:
        make(self)
        super().__init__(1)


def pulling(channel: BufferedChannel[int]) -> object:
    return channel.pull_case()


def pushing(channel: BufferedChannel[int]) -> object:
    return channel.push_case(1)


@pytest.mark.parametrize("make", [pulling, pushing])
def test_a_case_of_a_channel_that_does_not_know_its_buffer_yet_is_refused(
    make: Callable[[BufferedChannel[int]], object],
) -> None:
    with pytest.raises(RuntimeError, match=r"call super\(\).__init__\(buffer\)"):
        make(Forgetful())
    with pytest.raises(RuntimeError, match=r"call super\(\).__init__\(buffer\)"):
        TooEarly(make)  # Kept, such a case would wait in a line in which nobody is served.


@pytest.mark.parametrize(
    ("made", "by"),
    [
        (Channel[int](), Channel[int]),
        (Channel[int](1), Channel[int]),
        (Channel[int](1, overflow="drop_oldest"), Channel[int]),
        (Channel[int](1, overflow="drop_newest"), Channel[int]),
        (SlidingChannel[int](1), SlidingChannel[int]),
        (DroppingChannel[int](1), DroppingChannel[int]),
    ],
)
def test_a_channel_of_a_parametrised_class_knows_its_parameter(made: object, by: object) -> None:
    assert getattr(made, "__orig_class__", None) == by
