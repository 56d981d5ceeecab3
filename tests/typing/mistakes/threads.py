"""The halves for other threads, taken for each other, for those of the loop, and with items of another type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pychanasync.threads import ThreadReceiver, ThreadSender

if TYPE_CHECKING:
    import asyncio

    from pychanasync import Channel, RecvChannel, SendChannel


def of_the_other_half(sending: SendChannel[int], receiving: RecvChannel[int]) -> None:
    ThreadSender(receiving)  # refused: arg-type | reportArgumentType
    ThreadReceiver(sending)  # refused: arg-type | reportArgumentType


def the_other_half(sender: ThreadSender[int], receiver: ThreadReceiver[int]) -> None:
    sender.pull()  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    receiver.push(1)  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    receiver.close()  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    with receiver:  # refused: attr-defined | reportGeneralTypeIssues
        pass
    for _ in sender:  # refused: attr-defined | reportGeneralTypeIssues, reportUnknownVariableType
        pass


def as_if_in_the_loop(sender: ThreadSender[int], receiver: ThreadReceiver[int]) -> SendChannel[int]:
    sender.push_nowait(1)  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    receiver.pull_case()  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    return sender  # refused: return-value | reportReturnType


async def awaited(sender: ThreadSender[int], receiver: ThreadReceiver[int]) -> None:
    await sender.push(1)  # refused: func-returns-value, misc | reportGeneralTypeIssues
    await receiver.pull()  # refused: misc | reportGeneralTypeIssues
    async for _ in receiver:  # refused: attr-defined | reportGeneralTypeIssues, reportUnknownVariableType
        pass
    async with sender:  # refused: attr-defined | reportGeneralTypeIssues
        pass


def other_items(sender: ThreadSender[int], receiver: ThreadReceiver[int]) -> str:
    sender.push("1")  # refused: arg-type | reportArgumentType
    return receiver.pull()  # refused: return-value | reportReturnType


def other_arguments(channel: Channel[int], loop: asyncio.AbstractEventLoop) -> None:
    sender, receiver = ThreadSender(channel), ThreadReceiver(channel)
    ThreadSender(channel, loop)  # refused: call-arg | reportCallIssue
    sender.push(1, "soon")  # refused: arg-type | reportArgumentType
    receiver.pull_many(1, 0.5)  # refused: call-arg | reportCallIssue
    receiver.pull_many(1.5)  # refused: arg-type | reportArgumentType
    sender.close(ValueError())  # refused: call-arg | reportCallIssue
    sender.close(cause=ValueError)  # refused: arg-type | reportArgumentType


def variance(numbers: ThreadSender[bool], flags: ThreadReceiver[float]) -> None:
    whole: ThreadSender[int] = numbers  # refused: assignment | reportAssignmentType
    several: ThreadReceiver[int] = flags  # refused: assignment | reportAssignmentType
    del whole, several
