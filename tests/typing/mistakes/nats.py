"""Queues on another machine: what their ends do not take, and what a delivery is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pychanasync.nats import MsgspecCodec, Queue

if TYPE_CHECKING:
    from nats.aio.client import Client

    from pychanasync import RecvChannel


class OnlyEncodes:
    def encode(self, item: int, /) -> bytes:
        return b"%d" % item


async def declared(client: Client) -> None:
    await Queue.declare(client, "numbers", MsgspecCodec(int))  # refused: call-arg | reportCallIssue
    await Queue.declare(client, "numbers", MsgspecCodec(int), capacity=1.5)  # refused: arg-type | reportArgumentType
    await Queue.declare("nats://", "numbers", MsgspecCodec(int), capacity=1)  # refused: arg-type | reportArgumentType
    await Queue.declare(client, "numbers", OnlyEncodes(), capacity=1)  # refused: arg-type | reportArgumentType
    strings: Queue[str] = await Queue.declare(client, "n", MsgspecCodec(int), capacity=1)  # refused: arg-type | reportAssignmentType
    await strings.finish()


async def sending(numbers: Queue[int]) -> None:
    async with numbers.outbox() as out:
        await out.push("one")  # refused: arg-type | reportArgumentType
        await out.pull()  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    async with numbers.outbox(identity=lambda number: number) as out:  # refused: arg-type, return-value | reportArgumentType
        pass
    numbers.outbox(ahead=1.5)  # refused: arg-type | reportArgumentType
    numbers.outbox(1)  # refused: call-arg | reportCallIssue


async def receiving(numbers: Queue[int]) -> int:
    async with numbers.inbox() as inbox:
        await inbox.push(1)  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
        number: int = await inbox.pull()  # refused: assignment | reportAssignmentType
        with await inbox.pull() as item:  # refused: attr-defined | reportGeneralTypeIssues, reportUnknownVariableType
            del item
        return number


def as_items(numbers: RecvChannel[int], queue: Queue[int]) -> None:
    async def relay() -> None:
        async with queue.inbox() as inbox:
            items: RecvChannel[int] = inbox  # refused: assignment | reportAssignmentType
            await items.pull()

    del numbers, relay


def codecs() -> None:
    MsgspecCodec(int, format="pickle")  # refused: call-overload | reportCallIssue, reportArgumentType
    MsgspecCodec(int).encode("one")  # refused: arg-type | reportArgumentType
