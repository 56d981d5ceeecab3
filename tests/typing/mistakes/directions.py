"""A half used as the other half, or as the whole; as Go's compiler refuses of its directional channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pychanasync import BufferedChannel, Channel, RecvChannel, SendChannel


async def pushing_on_a_receiving_half(receiving: RecvChannel[int]) -> None:
    await receiving.push(1)  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    receiving.push_nowait(1)  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    receiving.push_case(1)  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    receiving.full()  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType


async def closing_a_receiving_half(receiving: RecvChannel[int]) -> None:
    receiving.close()  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    async with receiving:  # refused: attr-defined | reportGeneralTypeIssues
        pass


async def pulling_on_a_sending_half(sending: SendChannel[int]) -> None:
    await sending.pull()  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    sending.pull_nowait()  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    sending.pull_case()  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    sending.empty()  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    async for _ in sending:  # refused: attr-defined | reportGeneralTypeIssues, reportUnknownVariableType
        pass
    _ = [item async for item in sending]  # refused: attr-defined | reportGeneralTypeIssues, reportUnknownVariableType


def widening_a_half_to_a_whole(sending: SendChannel[int], receiving: RecvChannel[int]) -> None:
    whole: Channel[int] = sending  # refused: assignment | reportAssignmentType
    whole = receiving  # refused: assignment | reportAssignmentType
    strategy: BufferedChannel[int] = receiving  # refused: assignment | reportAssignmentType
    del whole, strategy


def turning_a_half_round(sending: SendChannel[int], receiving: RecvChannel[int]) -> None:
    other: RecvChannel[int] = sending  # refused: assignment | reportAssignmentType
    another: SendChannel[int] = receiving  # refused: assignment | reportAssignmentType
    del other, another


def handing_the_wrong_half_on(sending: SendChannel[int], receiving: RecvChannel[int]) -> None:
    widening_a_half_to_a_whole(receiving, receiving)  # refused: arg-type | reportArgumentType
    widening_a_half_to_a_whole(sending, sending)  # refused: arg-type | reportArgumentType


def changing_what_can_only_be_read(channel: Channel[int], sending: SendChannel[int]) -> None:
    channel.closed = True  # refused: misc | reportAttributeAccessIssue
    channel.capacity = 3  # refused: misc | reportAttributeAccessIssue
    sending.closed = False  # refused: misc | reportAttributeAccessIssue
    channel.close(True)  # noqa: FBT003  # refused: arg-type, call-arg | reportCallIssue
