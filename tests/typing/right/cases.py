"""The cases for tasks, events and times beside those of channels: the index tells the type of the value."""

from __future__ import annotations

import asyncio
from typing import Literal, assert_never, assert_type

from pychanasync import (
    Channel,
    RecvChannel,
    SelectCase,
    Selected,
    chanselect,
    chanselect_nowait,
    done_case,
    event_case,
    timeout_at_case,
    timeout_case,
)


class Reply(asyncio.Future[bytes]):
    """A future of a user's own."""

    sender: str


def cases(task: asyncio.Task[str], future: asyncio.Future[int], reply: Reply, event: asyncio.Event) -> None:
    assert_type(done_case(task), SelectCase[asyncio.Task[str]])
    assert_type(done_case(future), SelectCase[asyncio.Future[int]])
    assert_type(done_case(reply), SelectCase[Reply])
    assert_type(event_case(event), SelectCase[None])
    assert_type(timeout_case(1.5), SelectCase[None])
    assert_type(timeout_case(1), SelectCase[None])
    assert_type(timeout_case(None), SelectCase[None])
    assert_type(timeout_at_case(asyncio.get_running_loop().time() + 1), SelectCase[None])
    assert_type(timeout_at_case(None), SelectCase[None])


async def narrowing(words: RecvChannel[str], numbers: Channel[int], asking: asyncio.Task[bytes]) -> str:
    selected = await chanselect(
        words.pull_case(),
        numbers.push_case(1),
        done_case(asking),
        event_case(asyncio.Event()),
        timeout_case(1),
        timeout_at_case(None),
    )
    if selected.index == 0:
        assert_type(selected.value, str)
        return selected.value
    if selected.index == 1:
        assert_type(selected.value, None)
        return "pushed"
    if selected.index == 2:
        assert_type(selected, Selected[Literal[2], asyncio.Task[bytes]])
        assert_type(selected.value.result(), bytes)
        return selected.value.get_name()
    if selected.index == 3:
        assert_type(selected.value, None)
        return "set"
    if selected.index == 4:
        assert_type(selected.value, None)
        return "over"
    if selected.index == 5:
        assert_type(selected.value, None)
        return "past"
    assert_never(selected.index)


async def of_two(numbers: RecvChannel[int], reply: Reply) -> bytes | None:
    selected = await chanselect(numbers.pull_case(), done_case(reply), ordered=True)
    assert_type(selected, Selected[Literal[0], int] | Selected[Literal[1], Reply])
    if selected.index == 1:
        assert_type(selected.value.sender, str)
        return selected.value.result()
    assert_type(selected.value, int)
    return None


def without_waiting(numbers: RecvChannel[int], task: asyncio.Task[str]) -> None:
    selected = chanselect_nowait(done_case(task), numbers.pull_case(), timeout_case(0))
    if selected is None:
        return
    if selected.index == 0:
        assert_type(selected.value.result(), str)
    elif selected.index == 1:
        assert_type(selected.value, int)
    elif selected.index == 2:
        assert_type(selected.value, None)
    else:
        assert_never(selected.index)


async def of_many(tasks: set[asyncio.Task[int]], events: list[asyncio.Event]) -> int:
    selected = await chanselect(*[done_case(task) for task in tasks])
    assert_type(selected, Selected[int, asyncio.Task[int]])
    assert_type(await chanselect(*map(event_case, events)), Selected[int, None])
    return selected.value.result()


async def switched_off(numbers: RecvChannel[int], task: asyncio.Task[str] | None) -> None:
    selected = await chanselect(numbers.pull_case(), done_case(task) if task is not None else None)
    if selected.index == 1:
        assert_type(selected.value.result(), str)


async def made_before(numbers: RecvChannel[int], stop: asyncio.Event) -> None:
    stopped, late = event_case(stop), timeout_case(60)
    while True:
        selected = await chanselect(stopped, late, numbers.pull_case(), ordered=True)
        if selected.index != 2:
            break
        assert_type(selected.value, int)
