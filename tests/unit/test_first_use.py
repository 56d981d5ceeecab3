"""A channel just made: what it knows of its type, and what it says if it was not made whole."""

from __future__ import annotations

import pytest

from pychanasync import BufferedChannel, Channel, DroppingChannel, SlidingChannel


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
