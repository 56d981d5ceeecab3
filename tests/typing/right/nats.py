"""Queues on another machine, and their two local ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, assert_never, assert_type

from pychanasync import Channel, RecvChannel, SendChannel, chanselect
from pychanasync.nats import Codec, Delivery, MsgspecCodec, NotStored, Outbox, Queue

if TYPE_CHECKING:
    from nats.aio.client import Client


@dataclass
class Point:
    x: int
    y: int


class Text:
    def encode(self, item: str, /) -> bytes:
        return item.encode()

    def decode(self, data: bytes, /) -> str:
        return data.decode()


def codecs() -> None:
    assert_type(MsgspecCodec(Point), MsgspecCodec[Point])
    assert_type(MsgspecCodec(int, format="json"), MsgspecCodec[int])
    optional = MsgspecCodec[int | None](int | None)
    assert_type(optional.decode(b""), int | None)
    codec: Codec[str] = Text()
    assert_type(codec.encode("one"), bytes)


async def declared(client: Client) -> Queue[str]:
    points = await Queue.declare(client, "points", MsgspecCodec(Point), capacity=10)
    assert_type(points, Queue[Point])
    assert_type(points.name, str)
    assert_type(await points.finish(), None)
    return await Queue.declare(client, "texts", Text(), capacity=10, lease=1, attempts=3)


async def ends(points: Queue[Point]) -> None:
    async with points.outbox(ahead=3, identity=lambda point: f"{point.x} {point.y}", grace=1) as out:
        assert_type(out, Outbox[Point])
        half: SendChannel[Point] = out
        await half.push(Point(1, 2))
        assert_type(await out.flush(), None)
    async with points.inbox(prefetch=3) as inbox:
        assert_type(inbox, RecvChannel[Delivery[Point]])
        async for delivery in inbox:
            assert_type(delivery.attempt, int)
            async with delivery as point:
                assert_type(point, Point)


async def selects(points: Queue[Point], stop: Channel[str]) -> None:
    async with points.outbox() as out, points.inbox() as inbox:
        selected = await chanselect(inbox.pull_case(), out.push_case(Point(1, 2)), stop.pull_case())
        if selected.index == 0:
            async with selected.value as point:
                assert_type(point, Point)
        elif selected.index == 1:
            assert_type(selected.value, None)
        elif selected.index == 2:
            assert_type(selected.value, str)
        else:
            assert_never(selected.index)


async def left(points: Queue[Point], again: SendChannel[Point]) -> None:
    try:
        async with points.outbox() as out:
            await out.push(Point(1, 2))
    except NotStored as error:
        assert_type(error.items, list[Any])
        for item in error.items:
            await again.push(item)


def covariant(deliveries: RecvChannel[Delivery[int]]) -> RecvChannel[Delivery[float]]:
    return deliveries
