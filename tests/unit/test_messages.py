"""What a refusal says, word for word: users read it, and find in it what to write instead."""

from __future__ import annotations

import asyncio
import copy
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import pytest

from pychanasync import (
    BufferedChannel,
    Channel,
    ChannelClosed,
    ChannelEmpty,
    ChannelError,
    ChannelFull,
    UnbufferedChannel,
    chanselect,
    chanselect_nowait,
)
from tests.support.helpers import cancelled, start_one

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.helpers import Loosely

# The mistakes at issue are such that type checkers see them too.
make: Final[Loosely] = Channel
make_buffered: Final[Loosely] = BufferedChannel
make_unbuffered: Final[Loosely] = UnbufferedChannel
select: Final[Loosely] = chanselect
select_nowait: Final[Loosely] = chanselect_nowait

SAID: dict[str, Callable[[], object]] = {
    "buffer must be at least 1, got 0: leave buffer out for an unbuffered channel": lambda: make(0),
    "buffer must be a whole number of at least 1, or math.inf for no bound, got 1.5": lambda: make_buffered(1.5),
    "an UnbufferedChannel has no buffer, got 3: use BufferedChannel": lambda: make_unbuffered(3),
    "Channel() got both buffer= and bound=, which mean the same: leave bound= out": lambda: make(buffer=1, bound=1),
    "bound= is an older word: say buffer=": lambda: make(bound=1),  # As all warnings here, raised.
    "a channel cannot be copied or pickled: pass <UnbufferedChannel: unbuffered> itself": lambda: copy.copy(make()),
    "chanselect_nowait() needs a case": select_nowait,
    "chanselect() got no case that could ever be ready: the wait would never end": lambda: asyncio.run(select(None)),
    "argument 1 is no case but 7: write channel.pull_case() or channel.push_case(item)": lambda: select_nowait(None, 7),
}
REASONS = {
    ChannelError: "the channel refused",
    ChannelClosed: "the channel is closed: it takes no more items, and none is left to pull",
    ChannelFull: "the channel cannot take an item now: await push() to wait until it can",
    ChannelEmpty: "the channel has no item to give now: await pull() to wait for one",
}


@pytest.mark.parametrize("said", SAID)
def test_a_call_that_is_refused_says_why_and_what_to_write_instead(said: str) -> None:
    with pytest.raises((TypeError, ValueError, DeprecationWarning)) as caught:
        SAID[said]()
    assert str(caught.value) == said


@pytest.mark.parametrize("kind", REASONS)
def test_an_error_of_a_channel_says_why_and_what_to_write_instead(kind: type[ChannelError]) -> None:
    assert str(kind(Channel[int]())) == REASONS[kind]


async def test_a_call_from_another_thread_is_told_to_come_by_the_loop() -> None:
    channel = Channel[int]()
    pull = await start_one(channel.pull())
    with ThreadPoolExecutor(1) as pool, pytest.raises(RuntimeError) as caught:
        await asyncio.wrap_future(pool.submit(channel.close))
    assert str(caught.value) == (
        "a task of another event loop, or of another thread, waits on this channel: a channel serves one event loop at "
        "a time; use it from that loop, or let nobody wait on it before another takes it over"
    )
    await cancelled(pull)
