"""A channel just made: what it knows of its type, and what it says if it was not made whole."""

from __future__ import annotations

import pytest

from pychanasync import (
    BufferedChannel,
    Channel,
    DroppingChannel,
    SlidingChannel,
    chanselect,
    chanselect_nowait,
)
from tests.support.helpers import start_one


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


class Early(BufferedChannel[int]):
    """Makes cases before it knows its buffer."""

    def __init__(self) -> None:
        self.pulling, self.pushing = self.pull_case(), self.push_case(1)
        super().__init__(1)


async def test_a_case_that_is_made_before_its_channel_knows_its_buffer_works_once_it_does() -> None:
    early = Early()
    waiting = await start_one(chanselect(early.pulling))
    assert chanselect_nowait(early.pushing) is not None
    assert (await waiting).value == 1


def test_a_case_of_a_channel_that_does_not_know_its_buffer_is_refused_when_it_is_used() -> None:
    forgetful = Forgetful()
    for case in (forgetful.pull_case(), forgetful.push_case(1)):
        with pytest.raises(RuntimeError, match=r"call super\(\).__init__\(buffer\)"):
            chanselect_nowait(case)


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
