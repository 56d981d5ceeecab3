"""The halves for other threads."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, assert_type

from pychanasync import Broadcast, Channel, SendChannel, UnbufferedChannel
from pychanasync.threads import ThreadReceiver, ThreadSender

if TYPE_CHECKING:
    from pychanasync import RecvChannel, Subscription


def made(
    channel: Channel[int], sending: SendChannel[int], receiving: RecvChannel[str], subscription: Subscription[bytes]
) -> None:
    assert_type(ThreadSender(channel), ThreadSender[int])
    assert_type(ThreadSender(sending), ThreadSender[int])
    assert_type(ThreadReceiver(channel), ThreadReceiver[int])
    assert_type(ThreadReceiver(receiving), ThreadReceiver[str])
    assert_type(ThreadReceiver(UnbufferedChannel[str]()), ThreadReceiver[str])
    assert_type(ThreadSender(Broadcast[bytes]()), ThreadSender[bytes])
    assert_type(ThreadReceiver(subscription), ThreadReceiver[bytes])


def given_the_loop(channel: Channel[int], loop: asyncio.AbstractEventLoop) -> None:
    assert_type(ThreadSender(channel, loop=loop), ThreadSender[int])
    assert_type(ThreadReceiver(channel, loop=None), ThreadReceiver[int])


def send(sender: ThreadSender[int], error: Exception) -> None:
    assert_type(sender.push(1), None)
    sender.push(True, 0.5)  # noqa: FBT003  # A bool is an int.
    sender.push(1, timeout=None)
    assert_type(sender.close(), None)
    sender.close(cause=error, immediate=True)
    with sender as itself:
        assert_type(itself, ThreadSender[int])


def receive(receiver: ThreadReceiver[str]) -> str:
    assert_type(receiver.pull(), str)
    assert_type(receiver.pull(0), str)
    assert_type(receiver.pull(timeout=None), str)
    assert_type(receiver.pull_many(3), Sequence[str])
    assert_type(receiver.pull_many(3, within=0.5, timeout=1), Sequence[str])
    for item in receiver:
        assert_type(item, str)
    assert_type(list(receiver), list[str])
    return next(receiver)


def variance(numbers: ThreadSender[float], flags: ThreadReceiver[bool]) -> None:
    whole: ThreadSender[int] = numbers
    several: ThreadReceiver[int] = flags
    del whole, several


async def in_a_thread(sender: ThreadSender[int], receiver: ThreadReceiver[int]) -> None:
    assert_type(await asyncio.to_thread(receiver.pull), int)
    assert_type(await asyncio.to_thread(partial(receiver.pull_many, 3)), Sequence[int])
    await asyncio.to_thread(sender.push, 1)
    await asyncio.to_thread(sum, receiver)


def in_a_block(channel: Channel[int], loop: asyncio.AbstractEventLoop) -> SendChannel[int]:
    with ThreadSender(channel, loop=loop) as sender:
        sender.push(1)
    return channel
