"""Cases for what is no task, no event and no time, and batches of what is no number."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from pychanasync import chanselect, done_case, event_case, timeout_at_case, timeout_case

if TYPE_CHECKING:
    from concurrent.futures import Future

    from pychanasync import Channel, RecvChannel, SendChannel


async def ask() -> str:
    return "yes"


def what_is_no_future(threads: Future[str], words: Channel[str]) -> None:
    done_case(ask())  # refused: type-var | reportArgumentType
    done_case(ask)  # refused: type-var | reportArgumentType
    done_case(threads)  # refused: type-var | reportArgumentType
    done_case(words.pull())  # refused: type-var | reportArgumentType
    done_case(None)  # refused: type-var | reportArgumentType
    done_case()  # refused: call-arg | reportCallIssue


def what_is_no_event(task: asyncio.Task[str]) -> None:
    event_case(threading.Event())  # refused: arg-type | reportArgumentType
    event_case(asyncio.Condition())  # refused: arg-type | reportArgumentType
    event_case(asyncio.Event)  # refused: arg-type | reportArgumentType
    event_case(task)  # refused: arg-type | reportArgumentType


def what_is_no_time(task: asyncio.Task[str]) -> None:
    timeout_case("1")  # refused: arg-type | reportArgumentType
    timeout_case(delay=1)  # refused: call-arg | reportCallIssue
    timeout_case(1, 2)  # refused: call-arg | reportCallIssue
    timeout_at_case("1")  # refused: arg-type | reportArgumentType
    timeout_at_case(task)  # refused: arg-type | reportArgumentType


async def the_thing_itself_where_its_case_belongs(task: asyncio.Task[str], event: asyncio.Event) -> None:
    await chanselect(task)  # refused: call-overload | reportArgumentType, reportCallIssue
    await chanselect(event)  # refused: call-overload | reportArgumentType, reportCallIssue
    await chanselect(event.wait())  # refused: call-overload | reportArgumentType, reportCallIssue


async def the_future_for_its_result(task: asyncio.Task[str], numbers: Channel[int]) -> None:
    selected = await chanselect(done_case(task), numbers.pull_case())
    if selected.index == 0:
        selected.value.upper()  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
        number: int = selected.value.result()  # refused: assignment | reportAssignmentType
        del number
    else:
        selected.value.result()  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType


async def batches(numbers: Channel[int], receiving: RecvChannel[int], sending: SendChannel[int]) -> None:
    await numbers.pull_many()  # refused: call-arg | reportCallIssue
    await numbers.pull_many(2.0)  # refused: arg-type | reportArgumentType
    await numbers.pull_many(float("inf"))  # refused: arg-type | reportArgumentType
    await receiving.pull_many("2")  # refused: arg-type | reportArgumentType
    await receiving.pull_many(2, 1.0)  # refused: call-arg | reportCallIssue
    await receiving.pull_many(2, within="1")  # refused: arg-type | reportArgumentType
    await receiving.pull_many(2, within=None)  # refused: arg-type | reportArgumentType
    await sending.pull_many(2)  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    words: list[str] = await numbers.pull_many(2)  # refused: assignment | reportAssignmentType
    listed: list[int] = await receiving.pull_many(2)  # refused: assignment | reportAssignmentType
    numbers.pull_many(2)  # refused: unused-coroutine | reportUnusedCoroutine
    (await receiving.pull_many(2)).append(1)  # refused: attr-defined | reportAttributeAccessIssue, reportUnknownMemberType
    del words, listed
