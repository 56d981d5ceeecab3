"""A channel just made: what it knows of its type, and what it says if it was not made whole."""

from __future__ import annotations

import pytest

from pychanasync import BufferedChannel, Channel


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


@pytest.mark.parametrize("arguments", [(), (1,)])
def test_a_channel_of_a_parametrised_class_knows_its_parameter(arguments: tuple[int, ...]) -> None:
    made: object = Channel[int](*arguments)
    assert getattr(made, "__orig_class__", None) == Channel[int]
