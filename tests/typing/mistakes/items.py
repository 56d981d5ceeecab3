"""Items of the wrong type."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_type

from pychanasync import BufferedChannel, Channel

if TYPE_CHECKING:
    from pychanasync import RecvChannel, SendChannel


async def pushed(channel: Channel[int], sending: SendChannel[int], strategy: BufferedChannel[bytes]) -> None:
    await channel.push("1")  # refused: arg-type | reportArgumentType
    channel.push_nowait(None)  # refused: arg-type | reportArgumentType
    await sending.push(1.5)  # refused: arg-type | reportArgumentType
    sending.push_nowait([1])  # refused: arg-type | reportArgumentType
    channel.push_case("1")  # refused: arg-type | reportArgumentType
    sending.push_case(None)  # refused: arg-type | reportArgumentType
    await strategy.push("word")  # refused: arg-type | reportArgumentType
    await channel.push()  # refused: call-arg | reportCallIssue
    await channel.push(1, 2)  # refused: call-arg | reportCallIssue


async def pulled(channel: Channel[int], receiving: RecvChannel[int], perhaps: RecvChannel[int | None]) -> None:
    text: str = await channel.pull()  # refused: assignment | reportAssignmentType
    text = channel.pull_nowait()  # refused: assignment | reportAssignmentType
    (await receiving.pull()).upper()  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    number: int = await perhaps.pull()  # refused: assignment | reportAssignmentType
    await channel.pull(1)  # refused: call-arg | reportCallIssue
    del text, number
    assert_type(await channel.pull(), str)  # refused: assert-type | reportAssertTypeFailure


async def iterated(receiving: RecvChannel[int]) -> list[str]:
    async for item in receiving:
        item.upper()  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    return [item async for item in receiving]  # refused: misc | reportReturnType


def iterated_without_async(receiving: RecvChannel[int]) -> None:
    for _ in receiving:  # refused: attr-defined | reportGeneralTypeIssues, reportUnknownVariableType
        pass


async def within(lines: Channel[Channel[bytes]]) -> None:
    await lines.push(Channel[str]())  # refused: arg-type | reportArgumentType
    await (await lines.pull()).push("word")  # refused: arg-type | reportArgumentType
