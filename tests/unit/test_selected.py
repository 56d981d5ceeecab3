"""What a select returned, on its own: it can be copied and pickled with all three of its parts."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING

import pytest

from pychanasync import Channel, Selected, chanselect

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


def test_it_equals_only_a_selected_with_the_same_parts() -> None:
    selected = Selected("a channel", 7, 2)
    assert selected == Selected("a channel", 7, 2)
    assert selected != Selected("a channel", 7, 1)
    assert selected != Selected("a channel", 8, 2)
    assert selected != Selected("another", 7, 2)
    assert selected != ("a channel", 7)
    assert not ("a channel", 7) == selected  # noqa: SIM201, SIM300  # The other way round.
    assert ("a channel", 7) != selected  # noqa: SIM300


def test_it_is_hashable_where_its_parts_are() -> None:
    assert hash(Selected("a channel", 7, 2)) == hash(Selected("a channel", 7, 2))
    assert len({Selected("a channel", 7, index) for index in range(3)}) == 3
    with pytest.raises(TypeError, match="unhashable"):
        hash(Selected("a channel", [7], 2))


@pytest.mark.parametrize("name", ["index", "channel", "value", "colour"])
def test_nothing_of_it_can_be_set(name: str) -> None:
    selected = Selected("a channel", 7, 2)
    with pytest.raises(AttributeError):
        setattr(selected, name, 1)
    assert not hasattr(selected, "__dict__")


@pytest.mark.parametrize("index", [0, 7, 8, 1_000])
async def test_it_is_a_selected_whichever_case_was_chosen(index: int) -> None:
    channel = Channel[int](buffer=1)
    channel.push_nowait(7)
    selected = await chanselect(*[None] * index, channel.pull_case())
    assert isinstance(selected, Selected)
    assert selected == Selected(channel, 7, index)
    assert repr(selected) == f"Selected(channel={channel!r}, value=7, index={index})"
    assert type(selected).__qualname__ == "Selected"
    assert copy.copy(selected) == selected
