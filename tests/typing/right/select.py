"""The two selects: cases, what a select returns, and how its index tells the type of its value."""

from __future__ import annotations

import asyncio
from typing import Literal, assert_never, assert_type

from pychanasync import Channel, RecvChannel, SelectCase, Selected, SendChannel, chanselect, chanselect_nowait


def cases(channel: Channel[int], sending: SendChannel[int], receiving: RecvChannel[int]) -> list[SelectCase[object]]:
    pull, push = channel.pull_case(), channel.push_case(1)
    assert_type(pull, SelectCase[int])
    assert_type(push, SelectCase[None])
    assert_type(receiving.pull_case(), SelectCase[int])
    assert_type(sending.push_case(1), SelectCase[None])
    wider: SelectCase[float | None] = pull
    assert_type(wider.channel, object)
    return [pull, push]


async def results(words: RecvChannel[str], numbers: SendChannel[int]) -> None:
    selected = await chanselect(words.pull_case(), numbers.push_case(1))
    assert_type(selected, Selected[Literal[0], str] | Selected[Literal[1], None])
    assert_type(selected.index, Literal[0, 1])
    assert_type(selected.value, str | None)
    assert_type(selected.channel, object)
    channel, value = selected
    assert_type(channel, object)
    assert_type(value, str | None)


async def narrowing(words: RecvChannel[str], numbers: Channel[int], stop: RecvChannel[bytes] | None) -> None:
    selected = await chanselect(
        words.pull_case(), numbers.push_case(1), numbers.pull_case(), stop.pull_case() if stop else None
    )
    if selected.index == 0:
        assert_type(selected, Selected[Literal[0], str])
        assert_type(selected.value, str)
        _, word = selected
        assert_type(word, str)
    elif selected.index == 1:
        assert_type(selected.value, None)
    elif selected.index == 2:
        assert_type(selected.value, int)
    elif selected.index == 3:
        assert_type(selected.value, bytes)
    else:
        assert_never(selected.index)


async def the_last_is_what_is_left(words: RecvChannel[str], numbers: RecvChannel[int]) -> None:
    selected = await chanselect(words.pull_case(), numbers.pull_case())
    if selected.index != 0:
        assert_type(selected.value, int)
    else:
        assert_type(selected.value, str)


async def matching(words: RecvChannel[str], numbers: RecvChannel[int]) -> str:
    selected = await chanselect(words.pull_case(), numbers.pull_case(), ordered=True)
    match selected.index:
        case 0:
            return "a word"
        case 1:
            return "a number"


async def of_items_that_may_be_none(perhaps: RecvChannel[int | None], full: SendChannel[str]) -> None:
    selected = await chanselect(perhaps.pull_case(), full.push_case("word"))
    assert_type(selected, Selected[Literal[0], int | None] | Selected[Literal[1], None])
    if selected.index == 0:
        assert_type(selected.value, int | None)


async def of_channels(lines: RecvChannel[Channel[bytes]], stop: RecvChannel[None]) -> None:
    selected = await chanselect(lines.pull_case(), stop.pull_case())
    if selected.index == 0:
        assert_type(await selected.value.pull(), bytes)


async def switched_off(words: RecvChannel[str], numbers: RecvChannel[int]) -> None:
    selected = await chanselect(None, words.pull_case())
    assert_type(selected.index, Literal[0, 1])
    if selected.index == 1:
        assert_type(selected.value, str)
    case: SelectCase[int] | None = numbers.pull_case()
    assert_type(await chanselect(case), Selected[Literal[0], int])


async def one_to_eight(  # noqa: PLR0913, PLR0917  # So many cases are what is to be shown.
    c0: SelectCase[int],
    c1: SelectCase[str],
    c2: SelectCase[bytes],
    c3: SelectCase[float] | None,
    c4: SelectCase[list[int]],
    c5: SelectCase[None],
    c6: SelectCase[set[int]],
    c7: SelectCase[complex],
) -> None:
    assert_type(await chanselect(c0), Selected[Literal[0], int])
    assert_type(await chanselect(c0, c1), Selected[Literal[0], int] | Selected[Literal[1], str])
    assert_type(
        await chanselect(c0, c1, c2),
        Selected[Literal[0], int] | Selected[Literal[1], str] | Selected[Literal[2], bytes],
    )
    assert_type(
        await chanselect(c0, c1, c2, c3),
        Selected[Literal[0], int]
        | Selected[Literal[1], str]
        | Selected[Literal[2], bytes]
        | Selected[Literal[3], float],
    )
    five = await chanselect(c0, c1, c2, c3, c4)
    assert_type(five.index, Literal[0, 1, 2, 3, 4])
    assert_type(five.value, int | str | bytes | float | list[int])
    six = await chanselect(c0, c1, c2, c3, c4, c5)
    assert_type(six.index, Literal[0, 1, 2, 3, 4, 5])
    assert_type(six.value, int | str | bytes | float | list[int] | None)
    seven = await chanselect(c0, c1, c2, c3, c4, c5, c6)
    assert_type(seven.index, Literal[0, 1, 2, 3, 4, 5, 6])
    assert_type(seven.value, int | str | bytes | float | list[int] | set[int] | None)
    eight = await chanselect(c0, c1, c2, c3, c4, c5, c6, c7, ordered=True)
    assert_type(eight.index, Literal[0, 1, 2, 3, 4, 5, 6, 7])
    if eight.index == 6:
        assert_type(eight.value, set[int])
    elif eight.index == 7:
        assert_type(eight.value, complex)


async def one_to_eight_without_waiting(  # noqa: PLR0913, PLR0917  # The same.
    c0: SelectCase[int],
    c1: SelectCase[str],
    c2: SelectCase[bytes],
    c3: SelectCase[float] | None,
    c4: SelectCase[list[int]],
    c5: SelectCase[None],
    c6: SelectCase[set[int]],
    c7: SelectCase[complex],
) -> None:
    assert_type(chanselect_nowait(c0), Selected[Literal[0], int] | None)
    assert_type(chanselect_nowait(c0, c1), Selected[Literal[0], int] | Selected[Literal[1], str] | None)
    assert_type(
        chanselect_nowait(c0, c1, c2),
        Selected[Literal[0], int] | Selected[Literal[1], str] | Selected[Literal[2], bytes] | None,
    )
    four = chanselect_nowait(c0, c1, c2, c3)
    five = chanselect_nowait(c0, c1, c2, c3, c4)
    six = chanselect_nowait(c0, c1, c2, c3, c4, c5)
    seven = chanselect_nowait(c0, c1, c2, c3, c4, c5, c6)
    eight = chanselect_nowait(c0, c1, c2, c3, c4, c5, c6, c7, ordered=True)
    if not (four and five and six and seven and eight):
        return
    assert_type(four.index, Literal[0, 1, 2, 3])
    assert_type(five.index, Literal[0, 1, 2, 3, 4])
    assert_type(six.index, Literal[0, 1, 2, 3, 4, 5])
    assert_type(seven.index, Literal[0, 1, 2, 3, 4, 5, 6])
    assert_type(eight.index, Literal[0, 1, 2, 3, 4, 5, 6, 7])
    if eight.index == 7:
        assert_type(eight.value, complex)


async def of_one_type(listed: list[SelectCase[int]], perhaps: dict[str, SelectCase[str] | None]) -> None:
    assert_type(await chanselect(*listed), Selected[int, int])
    assert_type(await chanselect(*perhaps.values(), ordered=True), Selected[int, str])
    assert_type(chanselect_nowait(*listed), Selected[int, int] | None)
    selected = await chanselect(*listed)
    assert_type(selected.index, int)
    assert_type(selected.value, int)


async def nine_and_more(case: SelectCase[int]) -> None:
    assert_type(await chanselect(*[case] * 9), Selected[int, int])
    assert_type(await chanselect(case, case, case, case, case, case, case, case, case), Selected[int, int])


def without_waiting(words: RecvChannel[str], numbers: SendChannel[int]) -> None:
    selected = chanselect_nowait(words.pull_case(), numbers.push_case(1))
    assert_type(selected, Selected[Literal[0], str] | Selected[Literal[1], None] | None)
    if selected is None:
        return
    if selected.index == 0:
        assert_type(selected.value, str)
    elif selected.index == 1:
        assert_type(selected.value, None)
    else:
        assert_never(selected.index)


async def in_tasks(words: RecvChannel[str], numbers: RecvChannel[int]) -> None:
    task = asyncio.create_task(chanselect(words.pull_case()))
    assert_type((await task).value, str)
    async with asyncio.timeout(1):
        selected = await chanselect(words.pull_case(), numbers.pull_case())
    assert_type(selected.value, str | int)


def made_by_hand(channel: Channel[int], item: str, index: int) -> None:
    selected = Selected(channel, item, index)
    assert_type(selected, Selected[int, str])
    assert_type(selected.value, str)
    assert_type(selected.index, int)
