"""What meets a closed channel is refused at once: it does not suspend first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pychanasync import Channel, ChannelClosed, chanselect

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    Operation = Callable[[Channel[int]], Coroutine[object, object, object]]

OPERATIONS: dict[str, Operation] = {
    "pull": lambda channel: channel.pull(),
    "push": lambda channel: channel.push(1),
    "select a pull": lambda channel: chanselect(channel.pull_case()),
    "select a push": lambda channel: chanselect(channel.push_case(1)),
}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
async def test_an_operation_on_a_closed_channel_raises_without_suspending(
    channel: Channel[int], operation: Operation
) -> None:
    channel.close()
    with pytest.raises(ChannelClosed):
        operation(channel).send(None)


async def test_an_iteration_over_a_closed_channel_ends_without_suspending(channel: Channel[int]) -> None:
    channel.close()
    with pytest.raises(StopAsyncIteration):
        channel.__anext__().send(None)
