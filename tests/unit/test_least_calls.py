"""An operation that need not wait decides in its own body: it calls no other function, whatever came before.

How long it takes is not measured here; that its shortest way is the one taken is.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from pychanasync import BufferedChannel, Channel, chanselect
from tests.support.helpers import cancelled, drain, fill, is_idle, start_one, step

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine


async def nothing(_: Channel[int]) -> None:
    pass


async def a_push_waited(channel: Channel[int]) -> None:
    fill(channel)
    push = await start_one(channel.push(0))
    drain(channel)
    await push


async def a_push_was_cancelled(channel: Channel[int]) -> None:
    fill(channel)
    await cancelled(await start_one(channel.push(0)))
    drain(channel)


async def a_pull_waited(channel: Channel[int]) -> None:
    pull = await start_one(channel.pull())
    await channel.push(0)
    await pull


async def a_pull_was_cancelled(channel: Channel[int]) -> None:
    await cancelled(await start_one(channel.pull()))


async def a_pull_let_its_claim_go(channel: Channel[int]) -> None:
    pull = await start_one(channel.pull())
    await channel.push(0)
    await cancelled(pull)


async def a_claim_was_passed_on(channel: Channel[int]) -> None:
    first, second = await start_one(channel.pull()), await start_one(channel.pull())
    await channel.push(0)
    await cancelled(first)
    await second


async def a_select_waited(channel: Channel[int]) -> None:
    select = await start_one(chanselect(channel.pull_case(), Channel[int]().pull_case()))
    await channel.push(0)
    await select


async def a_select_was_cancelled(channel: Channel[int]) -> None:
    fill(channel)
    await cancelled(await start_one(chanselect(channel.push_case(0), Channel[int]().pull_case())))
    drain(channel)


OF_PULLS = [
    nothing,
    a_pull_waited,
    a_pull_was_cancelled,
    a_pull_let_its_claim_go,
    a_claim_was_passed_on,
    a_select_waited,
]
OF_PUSHES = [a_push_waited, a_push_was_cancelled, a_select_was_cancelled]


def functions_called(operation: Coroutine[object, object, object]) -> list[str]:
    """Run what need not wait to its end; tell which Python functions that called."""
    called: list[str] = []
    sys.setprofile(lambda frame, event, _: called.append(frame.f_code.co_name) if event == "call" else None)
    try:
        operation.send(None)
    except StopIteration:
        return called
    finally:
        sys.setprofile(None)
    raise AssertionError("it had to wait")


@pytest.mark.parametrize("history", [*OF_PULLS, *OF_PUSHES])
async def test_what_need_not_wait_calls_nothing_whatever_came_before(
    history: Callable[[Channel[int]], Awaitable[None]],
) -> None:
    channel = BufferedChannel[int](3)
    await history(channel)
    await step()
    assert is_idle(channel)
    drain(channel)
    await channel.push(1)  # The first of each kind may have to look closer.
    await channel.pull()
    assert functions_called(channel.push(2)) == ["push"]
    assert functions_called(channel.push(3)) == ["push"]
    assert functions_called(channel.pull()) == ["pull"]
    assert functions_called(anext(channel)) == ["__anext__"]


@pytest.mark.parametrize("history", OF_PULLS)
async def test_where_only_pulls_waited_the_next_pull_does_not_even_look_closer(
    history: Callable[[Channel[int]], Awaitable[None]],
) -> None:
    channel = BufferedChannel[int](3)
    await history(channel)
    channel.push_nowait(1)
    assert functions_called(channel.pull()) == ["pull"]
