"""A hub that is pulled from, a subscription that is pushed to, and wrong arguments of both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pychanasync import Broadcast, Subscription, close_after

if TYPE_CHECKING:
    import asyncio

    from pychanasync import Channel, RecvChannel, SendChannel


def arguments(word: str) -> None:
    Broadcast[int](None)  # refused: arg-type | reportArgumentType
    Broadcast[int]("3")  # refused: arg-type | reportArgumentType
    Broadcast[int](3, "wait")  # refused: call-arg | reportCallIssue
    Broadcast[int](overflow=word)  # refused: arg-type | reportArgumentType
    Broadcast[int](overflow="drop")  # refused: arg-type | reportArgumentType
    Broadcast[int](overflow=None)  # refused: arg-type | reportArgumentType
    Broadcast[int](replay=1.5)  # refused: arg-type | reportArgumentType
    Broadcast[int](replay=None)  # refused: arg-type | reportArgumentType
    Broadcast[int](name=3)  # refused: arg-type | reportArgumentType
    Broadcast[int](maxsize=3)  # refused: call-arg | reportCallIssue
    Broadcast[int](bound=3)  # refused: call-arg | reportCallIssue


def subscriptions(hub: Broadcast[int], word: str) -> None:
    hub.subscribe(3)  # refused: call-arg | reportCallIssue
    hub.subscribe(buffer="3")  # refused: arg-type | reportArgumentType
    hub.subscribe(overflow=word)  # refused: arg-type | reportArgumentType
    hub.subscribe(replay=1)  # refused: call-arg | reportCallIssue
    words: Subscription[str] = hub.subscribe()  # refused: assignment | reportAssignmentType
    del words


async def pulling_from_a_hub(hub: Broadcast[int]) -> None:
    await hub.pull()  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    hub.pull_nowait()  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    hub.pull_case()  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    hub.empty()  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    async for _ in hub:  # refused: attr-defined | reportGeneralTypeIssues, reportUnknownVariableType
        pass


async def pushing_to_a_subscription(subscription: Subscription[int], task: asyncio.Task[None]) -> None:
    await subscription.push(1)  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    subscription.push_nowait(1)  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    subscription.push_case(1)  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    subscription.close()  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    subscription.full()  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    close_after(subscription, task)  # refused: arg-type | reportArgumentType


async def items(hub: Broadcast[int], subscription: Subscription[int]) -> None:
    await hub.push("word")  # refused: arg-type | reportArgumentType
    hub.push_case("word")  # refused: arg-type | reportArgumentType
    word: str = await subscription.pull()  # refused: assignment | reportAssignmentType
    del word


def halves(hub: Broadcast[int], subscription: Subscription[int]) -> None:
    receiving: RecvChannel[int] = hub  # refused: assignment | reportAssignmentType
    sending: SendChannel[int] = subscription  # refused: assignment | reportAssignmentType
    wider: SendChannel[object] = hub  # refused: assignment | reportAssignmentType
    narrower: RecvChannel[bool] = subscription  # refused: assignment | reportAssignmentType
    channel: Channel[int] = hub  # refused: assignment | reportAssignmentType
    channel = subscription  # refused: assignment | reportAssignmentType
    del receiving, sending, wider, narrower, channel


async def what_can_only_be_read(hub: Broadcast[int], subscription: Subscription[int]) -> None:
    hub.closed = True  # refused: misc | reportAttributeAccessIssue
    hub.subscribers = 3  # refused: misc | reportAttributeAccessIssue
    subscription.dropped = 0  # refused: misc | reportAttributeAccessIssue
    await subscription.unsubscribe()  # refused: func-returns-value, misc | reportGeneralTypeIssues
