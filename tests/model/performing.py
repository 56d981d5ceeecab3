"""Operations as a program would write them, on real channels, and what came of each.

Invariant: nothing is judged here. Whatever an operation does becomes an `Outcome`; only a cancellation goes on.
"""

from __future__ import annotations

import asyncio
from math import inf
from typing import TYPE_CHECKING

from pychanasync import (
    ChannelClosed,
    ChannelEmpty,
    ChannelFailed,
    ChannelFull,
    chanselect,
    chanselect_nowait,
    close_after,
    timeout_case,
)
from tests.model.channels import Item
from tests.model.judge import Violation
from tests.model.operations import (
    CLOSED,
    DONE,
    EMPTY,
    EXHAUSTED,
    FAILED,
    FAILS,
    FELL_BEHIND,
    FULL,
    NONE_READY,
    Await,
    Batch,
    Close,
    CloseAfter,
    Elapse,
    Forget,
    Iterate,
    Outcome,
    Pause,
    Pull,
    Push,
    Select,
    Single,
    Subscribe,
    TakeBack,
    Unsubscribe,
    Within,
)
from tests.support.endings import SenderError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pychanasync import SelectCase, Selected
    from tests.model.channels import Channels
    from tests.model.operations import Case, Coming, Fail, Offering, Script, Step

    Tasks = Callable[[Script | str], asyncio.Task[None]]


SECONDS = {Within.NOW: 0.0, Within.TIME: 1.0, Within.EVER: inf}
REFUSALS = {ChannelClosed: CLOSED, ChannelFailed: FAILED, ChannelFull: FULL, ChannelEmpty: EMPTY}


async def perform(channels: Channels, operation: Step, between: Callable[[Outcome], None], tasks: Tasks) -> Outcome:
    """Perform an operation.

    ``between`` is told each item of an iteration, which then goes on; ``tasks`` starts the task that is to be awaited,
    or finds the one of an actor by its name.
    """
    try:
        if isinstance(operation, Await):
            await tasks(operation.script)
            return Outcome(DONE)
        if isinstance(operation, CloseAfter):
            close_after(channels.sender(operation.channel), *map(tasks, operation.tasks), immediate=operation.immediate)
            return Outcome(DONE)
        return await _perform(channels, operation, between)
    except Violation:
        raise
    except Exception as error:  # noqa: BLE001  # Whether it is right is judged where the other outcomes are.
        return raised(channels, error)


def raised(channels: Channels, error: BaseException) -> Outcome:
    """Make the outcome of what has raised an error."""
    if isinstance(error, SenderError):
        return Outcome(FAILS, cause=str(error))
    if isinstance(error, ChannelClosed | ChannelFailed | ChannelFull | ChannelEmpty):
        return Outcome(REFUSALS[type(error)], channels.name_of(error.channel), cause=_cause(error.__cause__))
    return Outcome(f"raises {error!r}")


def error_of(fail: Fail) -> Exception:
    """Make the error that an actor raises."""
    return SenderError(fail.error) if fail.error else ChannelClosed()


async def _perform(
    channels: Channels, operation: Offering | Coming | Close | Pause | TakeBack, between: Callable[[Outcome], None]
) -> Outcome:
    match operation:
        case Single():
            return await _single(channels, operation)
        case Iterate():
            async for item in channels.receiver(operation.case.channel):
                between(Outcome(DONE, operation.case.channel, item))
            return Outcome(EXHAUSTED)
        case Select():
            return await _select(channels, operation)
        case Batch(case=case, limit=limit, within=within):
            items = await channels.receiver(case.channel).pull_many(limit, within=SECONDS[within])
            return Outcome(DONE, case.channel, items=tuple(items))
        case _:
            return await _other(channels, operation)


async def _single(channels: Channels, operation: Single) -> Outcome:
    name = operation.case.channel
    match operation.case:
        case Push(item=number):
            item, sender = Item(number), channels.sender(name)
            # What a push returns is looked at, though its type says that there is nothing.
            returned: object = await sender.push(item) if operation.waits else sender.push_nowait(item)  # type: ignore[func-returns-value]
            return Outcome(DONE, name) if returned is None else Outcome(f"returns {returned!r}")
        case Pull():
            receiver = channels.receiver(name)
            return Outcome(DONE, name, await receiver.pull() if operation.waits else receiver.pull_nowait())


async def _select(channels: Channels, operation: Select) -> Outcome:
    cases = [_offered(channels, case) if case else None for case in operation.cases]
    selected: Selected[int, Item | None] | None
    if operation.waits:
        selected = await chanselect(*cases, ordered=operation.ordered)
    else:
        selected = chanselect_nowait(*cases, ordered=operation.ordered)
    if selected is None:
        return Outcome(NONE_READY)
    return Outcome(DONE, channels.name_of(selected.channel), selected.value, selected.index)


def _offered(channels: Channels, case: Case) -> SelectCase[Item | None]:
    match case:
        case Push():
            return channels.sender(case.channel).push_case(Item(case.item))
        case Pull():
            return channels.receiver(case.channel).pull_case()
        case Elapse():
            return timeout_case(SECONDS[Within.TIME])


async def _other(channels: Channels, operation: Coming | Close | Pause | TakeBack) -> Outcome:
    match operation:
        case Subscribe():
            channels.subscribe(operation.channel)
        case Unsubscribe():
            channels.subscriptions[operation.channel].unsubscribe()
        case Forget():
            channels.forget(operation.channel)
        case Close():
            cause = SenderError(operation.cause) if operation.cause else None
            channels.sender(operation.channel).close(cause=cause, immediate=operation.immediate)
        case Pause(endless=True):
            await asyncio.get_running_loop().create_future()
        case Pause():
            await asyncio.sleep(0)
        case TakeBack():
            task = asyncio.current_task()
            if task is not None:  # What is driven by hand has no cancellations.
                task.uncancel()
    return Outcome(DONE)


def _cause(error: BaseException | None) -> str:
    if error is None:
        return ""
    if isinstance(error, ChannelFull):
        return FELL_BEHIND
    return str(error) if isinstance(error, SenderError) else repr(error)
