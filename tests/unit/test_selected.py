"""What a select returned, on its own: it can be copied and pickled with all three of its parts."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING

import pytest

from pychanasync import Channel, Selected

if TYPE_CHECKING:
    from collections.abc import Callable

    AnySelected = Selected[int, str]


def pickled(selected: AnySelected) -> AnySelected:
    made: AnySelected = pickle.loads(pickle.dumps(selected))  # noqa: S301  # Our own.
    return made


COPIES: dict[str, Callable[[AnySelected], AnySelected]] = {
    "copy": copy.copy,
    "deep copy": copy.deepcopy,
    "pickle": pickled,
}


@pytest.mark.parametrize("made", COPIES.values(), ids=COPIES)
def test_a_copy_has_the_channel_the_value_and_the_index(made: Callable[[AnySelected], AnySelected]) -> None:
    copied = made(Selected("a channel", "a value", 2))
    assert isinstance(copied, Selected)
    assert copied.channel == "a channel"
    assert copied.value == "a value"
    assert copied.index == 2


def test_a_shallow_copy_is_about_the_very_channel() -> None:
    channel = Channel[int]()
    assert copy.copy(Selected(channel, 1, 0)).channel is channel
