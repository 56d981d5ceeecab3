"""Mistakes: each marked line, and no other, must be reported by both checkers. Nothing runs this file.

A mark that its checker has no use for is an error itself, so every line here is held from both sides.
"""

# mypy: disable-error-code="unreachable"

from __future__ import annotations

from typing import assert_never

from pychanasync import BufferedChannel, Channel, RecvChannel, SelectCase, SendChannel, UnbufferedChannel, chanselect


async def wrong_items(channel: Channel[int], sending: SendChannel[int]) -> None:
    await channel.push("1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    channel.push_nowait(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await sending.push(1.5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    text: str = await channel.pull()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    del text


async def wrong_direction(sending: SendChannel[int], receiving: RecvChannel[int]) -> None:
    await receiving.push(1)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    receiving.close()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    await sending.pull()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    async for _ in sending:  # type: ignore[attr-defined]  # pyright: ignore[reportGeneralTypeIssues, reportUnknownVariableType]
        pass
    async with receiving:  # type: ignore[attr-defined]  # pyright: ignore[reportGeneralTypeIssues]
        pass


def widening(sending: SendChannel[int], receiving: RecvChannel[int]) -> None:
    whole: Channel[int] = sending  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    whole = receiving  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    other: RecvChannel[int] = sending  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    del whole, other


def variance(channel: Channel[int], sending: SendChannel[bool], receiving: RecvChannel[object]) -> None:
    wide: Channel[object] = channel  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    narrow: Channel[bool] = channel  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    wider: SendChannel[int] = sending  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    narrower: RecvChannel[int] = receiving  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    del wide, narrow, wider, narrower


def factory() -> None:
    Channel[int]("3")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Channel[int](size=3)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    older: Channel[int] = Channel(bound=3)  # type: ignore[deprecated]  # pyright: ignore[reportDeprecated]
    del older
    Channel[int](buffer=1, bound=3)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    UnbufferedChannel[int](3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    BufferedChannel[int](bound=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    BufferedChannel[int]()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def forgotten_await(channel: Channel[int]) -> None:
    channel.push(1)  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]
    number: int = channel.pull()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    del number


def read_only(channel: Channel[int]) -> None:
    channel.closed = True  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    channel.capacity = 3  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    channel.close(True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # noqa: FBT003


async def selecting(channel: Channel[int], words: RecvChannel[str], sending: SendChannel[int]) -> None:
    await chanselect(channel)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    await chanselect(words.pull_case(), sending)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    await channel.pull_case()  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]
    case: SelectCase[str] = channel.pull_case()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    channel.push_case("1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    words.push_case("1")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    sending.pull_case()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    chanselect(case)  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]


async def narrowing(channel: Channel[int], words: RecvChannel[str]) -> None:
    selected = await chanselect(channel.pull_case(), words.pull_case(), channel.push_case(1))
    if selected.index == 0:
        text: str = selected.value  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
        del text
    elif selected.index == 3:  # type: ignore[comparison-overlap]  # pyright: ignore[reportUnnecessaryComparison]
        print("no case has this index")
    elif selected.index == 1:
        print("the third case is not handled")
    else:
        assert_never(selected.index)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
