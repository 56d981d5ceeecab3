"""Selects of what is no case, and selected values that are not looked at by their index."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from pychanasync import chanselect, chanselect_nowait

if TYPE_CHECKING:
    from pychanasync import Channel, RecvChannel, SelectCase, SendChannel


async def a_channel_where_a_case_belongs(channel: Channel[int], words: RecvChannel[str]) -> None:
    await chanselect(channel)  # refused: call-overload | reportArgumentType, reportCallIssue
    await chanselect(words.pull_case(), channel)  # refused: call-overload | reportArgumentType, reportCallIssue
    chanselect_nowait(words)  # refused: call-overload | reportArgumentType, reportCallIssue
    await chanselect(words.pull())  # refused: call-overload | reportArgumentType, reportCallIssue
    await chanselect(words.pull_case)  # refused: call-overload | reportArgumentType, reportCallIssue
    await chanselect([words.pull_case()])  # refused: call-overload | reportArgumentType, reportCallIssue


def a_case_where_a_channel_belongs(channel: Channel[int]) -> RecvChannel[int]:
    channel.pull_case().pull_nowait()  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    sending: SendChannel[int] = channel.push_case(1)  # refused: assignment | reportAssignmentType
    del sending
    return channel.pull_case()  # refused: return-value | reportReturnType


async def the_pairs_of_old(channel: Channel[int]) -> None:
    await chanselect((channel, channel.pull()))  # refused: call-overload | reportArgumentType, reportCallIssue


async def arguments(case: SelectCase[int]) -> None:
    await chanselect(case, True)  # noqa: FBT003  # refused: call-overload | reportArgumentType, reportCallIssue
    await chanselect(case, timeout=1)  # refused: call-overload | reportCallIssue
    await chanselect(case, ordered="yes")  # refused: call-overload | reportArgumentType, reportCallIssue
    await chanselect(case0=case)  # refused: call-overload | reportCallIssue


async def a_value_that_no_index_told(numbers: Channel[int], words: RecvChannel[str]) -> None:
    selected = await chanselect(numbers.pull_case(), words.pull_case())
    selected.value.upper()  # refused: union-attr | reportAttributeAccessIssue, reportUnknownMemberType
    _, word = selected
    text: str = word  # refused: assignment | reportAssignmentType
    del text
    _ = chanselect_nowait(words.pull_case()).value  # refused: union-attr | reportOptionalMemberAccess


async def the_value_of_another_case(numbers: Channel[int], words: RecvChannel[str]) -> None:
    selected = await chanselect(numbers.pull_case(), words.pull_case(), numbers.push_case(1))
    if selected.index == 0:
        text: str = selected.value  # refused: assignment | reportAssignmentType
    elif selected.index == 1:
        text = selected.value
    else:
        text = selected.value  # refused: assignment | reportAssignmentType
    del text


async def an_index_that_no_case_has(numbers: Channel[int], words: RecvChannel[str]) -> None:
    selected = await chanselect(numbers.pull_case(), words.pull_case())
    if selected.index == 2:  # refused: comparison-overlap | reportUnnecessaryComparison
        print("never")
    if selected.index == -1:  # refused: comparison-overlap | reportUnnecessaryComparison
        print("nor this")


async def a_case_that_is_not_handled(numbers: Channel[int], words: RecvChannel[str]) -> None:
    selected = await chanselect(numbers.pull_case(), words.pull_case(), numbers.push_case(1))
    if selected.index == 0:
        print("a number")
    elif selected.index == 1:
        print("a word")
    else:
        assert_never(selected.index)  # refused: arg-type | reportArgumentType


async def a_case_that_no_match_names(numbers: Channel[int], words: RecvChannel[str]) -> str:  # refused: return | reportReturnType
    selected = await chanselect(numbers.pull_case(), words.pull_case())
    match selected.index:  # refused: exhaustive-match | reportMatchNotExhaustive
        case 0:
            return "a number"
