"""A select that meets a close says which of its cases that was, whether it found it or waited for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pychanasync import Channel, ChannelClosed, chanselect, chanselect_nowait
from tests.support.helpers import start_one

if TYPE_CHECKING:
    from collections.abc import Callable

    from pychanasync import SelectCase

    MakeCase = Callable[[Channel[int]], SelectCase[object]]

SIDES: dict[str, MakeCase] = {
    "pull": lambda channel: channel.pull_case(),
    "push": lambda channel: channel.push_case(1),
}
each_position = pytest.mark.parametrize("position", range(3))
each_side = pytest.mark.parametrize("side", SIDES)


def around(position: int, case: SelectCase[object]) -> list[SelectCase[object] | None]:
    """Put a case at a position among some of which none will ever be ready, ``None`` first."""
    others = [None, Channel[int]().pull_case(), Channel[int]().push_case(0)]
    return [*others[: position + 1], case]


@each_position
@each_side
async def test_a_select_whose_wait_a_close_ends_says_which_case_it_met(position: int, side: str) -> None:
    channel = Channel[int]()
    cases = around(position, SIDES[side](channel))
    task = await start_one(chanselect(*cases))
    channel.close()
    with pytest.raises(ChannelClosed) as raised:
        await task
    assert raised.value.channel is channel
    assert raised.value.side == side
    assert raised.value.index == position + 1


@each_position
@each_side
async def test_a_select_that_finds_a_channel_closed_says_which_case_it_met(position: int, side: str) -> None:
    channel = Channel[int]()
    cases = around(position, SIDES[side](channel))
    channel.close()
    with pytest.raises(ChannelClosed) as waited:
        await chanselect(*cases)
    with pytest.raises(ChannelClosed) as tried:
        chanselect_nowait(*cases)
    for raised in (waited, tried):
        assert raised.value.channel is channel
        assert raised.value.side == side
        assert raised.value.index == position + 1


@each_side
async def test_of_two_cases_of_one_side_of_a_channel_that_closes_the_first_is_named(side: str) -> None:
    channel = Channel[int]()
    case = SIDES[side](channel)
    task = await start_one(chanselect(None, case, Channel[int]().pull_case(), case))
    channel.close()
    with pytest.raises(ChannelClosed) as raised:
        await task
    assert raised.value.index == 1
