"""What a refusal says, word for word: users read it, and find in it what to write instead."""

from __future__ import annotations

import asyncio
import copy
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import inf, nan
from typing import TYPE_CHECKING, Final

import pytest

from pychanasync import (
    Broadcast,
    BufferedChannel,
    Channel,
    ChannelClosed,
    ChannelEmpty,
    ChannelError,
    ChannelFailed,
    ChannelFull,
    DroppingChannel,
    SlidingChannel,
    UnbufferedChannel,
    chanselect,
    chanselect_nowait,
    close_after,
    done_case,
    event_case,
    timeout_at_case,
    timeout_case,
)
from tests.support.helpers import cancelled, start_one

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from tests.support.helpers import Loosely

# The mistakes at issue are such that type checkers see them too.
make: Final[Loosely] = Channel
make_buffered: Final[Loosely] = BufferedChannel
make_unbuffered: Final[Loosely] = UnbufferedChannel
make_sliding: Final[Loosely] = SlidingChannel
make_dropping: Final[Loosely] = DroppingChannel
make_hub: Final[Loosely] = Broadcast
select: Final[Loosely] = chanselect
select_nowait: Final[Loosely] = chanselect_nowait
tie: Final[Loosely] = close_after
done: Final[Loosely] = done_case
event: Final[Loosely] = event_case
timeout: Final[Loosely] = timeout_case
timeout_at: Final[Loosely] = timeout_at_case


def pull_many(*arguments: object, **by_name: object) -> None:
    batch: Loosely = make().pull_many
    batch(*arguments, **by_name).send(None)


def subscribe(**by_name: object) -> None:
    subscribe: Loosely = make_hub(inf).subscribe
    subscribe(**by_name)


SLOW = "overflow must be 'wait', 'drop_oldest', 'drop_newest' or 'fail', got 'drop'"
LIMIT = "limit must be an integer of at least 1, got {}: use sys.maxsize to take everything there is"
SAID: dict[str, Callable[[], object]] = {
    "buffer must be at least 1, got 0: leave buffer out for an unbuffered channel": lambda: make(0),
    "buffer must be an integer of at least 1, or math.inf for no bound, got 1.5": lambda: make_buffered(1.5),
    "buffer must be an integer of at least 1, got 1.5": lambda: make(1.5, overflow="drop_oldest"),
    "overflow must be 'wait', 'drop_oldest' or 'drop_newest', got 'drop'": lambda: make(1, overflow="drop"),
    "overflow='drop_oldest' needs a finite buffer of at least 1: pass buffer=": lambda: make(overflow="drop_oldest"),
    "overflow='drop_oldest' needs a finite buffer of at least 1, got inf": lambda: make(inf, overflow="drop_oldest"),
    "overflow='drop_newest' needs a finite buffer of at least 1, got 0": lambda: make_dropping(0),
    "SlidingChannel takes only overflow='drop_oldest', got 'wait': let Channel(...) choose the class": lambda: (
        make_sliding(1, overflow="wait")
    ),
    "UnbufferedChannel takes only overflow='wait', got 'drop_newest': let Channel(...) choose the class": lambda: (
        make_unbuffered(overflow="drop_newest")
    ),
    "an UnbufferedChannel has no buffer, got 3: use BufferedChannel": lambda: make_unbuffered(3),
    "Channel() got both buffer= and bound=, which mean the same: leave out bound=": lambda: make(buffer=1, bound=1),
    "bound= is deprecated: use buffer=": lambda: make(bound=1),  # As all warnings here, raised.
    "a channel cannot be copied or pickled: pass <UnbufferedChannel: unbuffered> itself": lambda: copy.copy(make()),
    "chanselect_nowait() needs at least one case": select_nowait,
    "chanselect() needs a case that is not None: without one it would wait forever": lambda: asyncio.run(select(None)),
    "Channel.close() takes 1 positional argument but 2 were given": lambda: make().close(1),
    "cause must be an exception instance, got <class 'OSError'>": lambda: make().close(cause=OSError),
    "close_after() needs at least one task to wait for": lambda: tie(make()),
    "close_after() takes tasks or other futures, got 3": lambda: tie(make(), 3),
    "close_after() takes tasks or other futures, got a list: write *tasks": lambda: tie(make(), []),
    "close_after() takes tasks or other futures, got a tuple: write *tasks": lambda: tie(make(), ()),
    "close_after() takes tasks or other futures, got a set: write *tasks": lambda: tie(make(), set()),
    "name must be a str, got 3": lambda: make(name=3),
    "Channel() takes the number of items as buffer=, not as maxsize=, capacity= or size=": lambda: make(maxsize=3),
    "argument 0 is a list, not a case: write chanselect(*cases)": lambda: select_nowait([]),
    "argument 1 is not a case but 7: write channel.pull_case() or channel.push_case(item)": lambda: select_nowait(
        None, 7
    ),
    "done_case() takes a task or another future, got 3": lambda: done(3),
    "event_case() takes an asyncio.Event, got 3": lambda: event(3),
    "delay must be a number of seconds, got '1'": lambda: timeout("1"),
    "delay must be a number of seconds, got nan": lambda: timeout(nan),
    "when must be a number of seconds, got '1'": lambda: timeout_at("1"),
    "when must be a number of seconds, got nan": lambda: timeout_at(nan),
    LIMIT.format(2.5): lambda: pull_many(2.5),
    LIMIT.format("inf"): lambda: pull_many(inf),
    "limit must be at least 1, got 0": lambda: pull_many(0),
    "within must be a number of seconds, got '1'": lambda: pull_many(1, within="1"),
    "within must be a number of seconds, got None": lambda: pull_many(1, within=None),
    "within must be a number of seconds, got nan": lambda: pull_many(1, within=nan),
    "within must be 0 or more seconds, got -1": lambda: pull_many(1, within=-1),
}
IN_A_HUB: dict[str, list[Callable[[], object]]] = {  # Of a hub, and of a subscription where it is said there.
    "buffer must be at least 1, got 0": [lambda: make_hub(0), lambda: subscribe(buffer=0)],
    "buffer must be at least 1, got -1": [
        lambda: make_hub(-1, overflow="drop_oldest"),
        lambda: subscribe(buffer=-1, overflow="drop_newest"),
    ],
    "buffer must be an integer of at least 1, or math.inf for no bound, got None": [lambda: make_hub(None)],
    "buffer must be an integer of at least 1, or math.inf for no bound, got True": [
        lambda: make_hub(True),  # noqa: FBT003  # The mistake at issue.
        lambda: subscribe(buffer=True),
    ],
    "buffer must be an integer of at least 1, or math.inf for no bound, got '3'": [
        lambda: make_hub("3", overflow="drop_newest"),
        lambda: subscribe(buffer="3"),
    ],
    "buffer must be an integer of at least 1, or math.inf for no bound, got 1.5": [lambda: make_hub(1.5)],
    SLOW: [lambda: make_hub(overflow="drop"), lambda: subscribe(overflow="drop")],
    "overflow='drop_oldest' needs a finite buffer of at least 1, got inf": [
        lambda: make_hub(inf, overflow="drop_oldest"),
        lambda: subscribe(overflow="drop_oldest"),  # The hub's buffer.
        lambda: subscribe(buffer=inf, overflow="drop_oldest"),
    ],
    "overflow='drop_newest' needs a finite buffer of at least 1, got inf": [
        lambda: make_hub(inf, overflow="drop_newest"),
        lambda: subscribe(overflow="drop_newest"),
    ],
    "replay must be at least 0, got -1": [lambda: make_hub(replay=-1)],
    "replay must be an integer of at least 0, got None": [lambda: make_hub(replay=None)],
    "replay must be an integer of at least 0, got True": [lambda: make_hub(replay=True)],
    "replay must be an integer of at least 0, got 1.0": [lambda: make_hub(replay=1.0)],
    "replay must be an integer of at least 0, got inf": [lambda: make_hub(replay=inf)],
    "name must be a str, got 3": [lambda: make_hub(name=3), lambda: subscribe(name=3)],
    "a channel cannot be copied or pickled: pass <Broadcast: 0 subscribers> itself": [lambda: copy.copy(make_hub())],
    "a channel cannot be copied or pickled: pass <Subscription: 0 of 16 items> itself": [
        lambda: copy.copy(make_hub().subscribe())
    ],
}
FULL = "it cannot take an item now; await push() to wait until it can"
EMPTY = "it has no item to give now; await pull() to wait for one"
CLOSED_PUSH, CLOSED_PULL = "the channel is closed", "the channel is closed and no items are left"


@dataclass
class Refused:
    """A call that is refused, on a channel in a state, and how that is told."""

    operation: str
    reason: str
    call: Callable[[Channel[int]], Coroutine[object, object, object]]
    closed: bool = True


REFUSED: dict[str, Refused] = {
    "push": Refused("push to", CLOSED_PUSH, lambda channel: channel.push(1)),
    "push_nowait": Refused("push to", CLOSED_PUSH, lambda channel: later(lambda: channel.push_nowait(1))),
    "push, full": Refused("push to", FULL, lambda channel: later(lambda: channel.push_nowait(1)), closed=False),
    "select a push": Refused("push to", CLOSED_PUSH, lambda channel: chanselect(None, channel.push_case(1))),
    "pull": Refused("pull from", CLOSED_PULL, lambda channel: channel.pull()),
    "pull_nowait": Refused("pull from", CLOSED_PULL, lambda channel: later(channel.pull_nowait)),
    "pull_many": Refused("pull from", CLOSED_PULL, lambda channel: channel.pull_many(2, within=1)),
    "pull, empty": Refused("pull from", EMPTY, lambda channel: later(channel.pull_nowait), closed=False),
    "select a pull": Refused("pull from", CLOSED_PULL, lambda channel: chanselect(None, channel.pull_case())),
}
WAITS: dict[str, tuple[str, str, Callable[[Channel[int]], Coroutine[object, object, object]]]] = {
    "push": ("push to", CLOSED_PUSH, lambda channel: channel.push(1)),
    "select a push": ("push to", CLOSED_PUSH, lambda channel: chanselect(None, channel.push_case(1))),
    "pull": ("pull from", CLOSED_PULL, lambda channel: channel.pull()),
    "pull_many": ("pull from", CLOSED_PULL, lambda channel: channel.pull_many(2, within=1)),
    "select a pull": ("pull from", CLOSED_PULL, lambda channel: chanselect(None, channel.pull_case())),
}
NAMES = {None: "UnbufferedChannel", "jobs": "UnbufferedChannel 'jobs'"}


async def later(call: Callable[[], object]) -> None:
    call()


@pytest.mark.parametrize("said", SAID)
def test_a_call_that_is_refused_says_why_and_what_to_write_instead(said: str) -> None:
    with pytest.raises((TypeError, ValueError, DeprecationWarning)) as caught:
        SAID[said]()
    assert str(caught.value) == said


@pytest.mark.parametrize("said", IN_A_HUB)
def test_a_call_on_a_hub_that_is_refused_says_why_and_what_to_write_instead(said: str) -> None:
    for call in IN_A_HUB[said]:
        with pytest.raises((TypeError, ValueError)) as caught:
            call()
        assert str(caught.value) == said


def test_a_subscription_that_is_refused_is_none() -> None:
    hub: Loosely = Broadcast[int]()
    for wrong in ({"buffer": 0}, {"overflow": "drop"}, {"name": 3}):
        with pytest.raises((TypeError, ValueError)):
            hub.subscribe(**wrong)
    assert hub.subscribers == 0


@pytest.mark.parametrize(("name", "called"), NAMES.items())
@pytest.mark.parametrize("refused", REFUSED.values(), ids=REFUSED)
async def test_a_refusal_says_what_was_refused_on_which_channel_and_why(
    refused: Refused, name: str | None, called: str
) -> None:
    channel = Channel[int](name=name)
    if refused.closed:
        channel.close()
    with pytest.raises(ChannelError) as caught:
        await refused.call(channel)
    channel.name = "renamed"
    channel.close()
    assert str(caught.value) == f"cannot {refused.operation} {called}: {refused.reason}"
    assert caught.value.side == refused.operation.partition(" ")[0]
    assert repr(caught.value) == f"{type(caught.value).__name__}({str(caught.value)!r})"


@pytest.mark.parametrize(("operation", "reason", "wait"), WAITS.values(), ids=WAITS)
async def test_a_wait_that_a_close_ended_says_the_same(
    operation: str, reason: str, wait: Callable[[Channel[int]], Coroutine[object, object, object]]
) -> None:
    channel = Channel[int](name="jobs")
    task = await start_one(wait(channel))
    channel.close()
    with pytest.raises(ChannelClosed) as caught:
        await task
    assert str(caught.value) == f"cannot {operation} UnbufferedChannel 'jobs': {reason}"


async def test_a_push_to_a_closed_channel_does_not_say_that_nothing_is_left_to_pull() -> None:
    channel = Channel[int](buffer=3)
    channel.push_nowait(1)
    channel.close()
    with pytest.raises(ChannelClosed) as caught:
        await channel.push(2)
    assert str(caught.value) == "cannot push to BufferedChannel: the channel is closed"


@pytest.mark.parametrize("kind", [SlidingChannel, DroppingChannel])
async def test_a_push_to_a_closed_channel_that_drops_items_is_refused_in_the_same_words(kind: Loosely) -> None:
    channel = kind(1, name="news")
    channel.close()
    with pytest.raises(ChannelClosed) as caught:
        await channel.push(1)
    assert str(caught.value) == f"cannot push to {kind.__name__} 'news': the channel is closed"


CAUSES: dict[str, tuple[BaseException, str]] = {
    "with a text": (ValueError("no such job"), "ValueError: no such job"),
    "without a text": (ValueError(), "ValueError"),
    "with no text of its own": (KeyError("job"), "KeyError: 'job'"),
    "of another channel": (ChannelEmpty(), f"ChannelEmpty: {EMPTY}"),
}


@pytest.mark.parametrize(("cause", "said"), CAUSES.values(), ids=CAUSES)
async def test_a_pull_from_a_failed_channel_tells_the_cause(cause: BaseException, said: str) -> None:
    channel = Channel[int](name="jobs")
    waiting = await start_one(channel.pull())
    channel.close(cause=cause)
    text = f"cannot pull from UnbufferedChannel 'jobs': the channel was closed because of {said}, and no items are left"
    for pull in (waiting, channel.pull(), chanselect(channel.pull_case())):
        with pytest.raises(ChannelFailed) as caught:
            await pull
        channel.close()
        assert str(caught.value) == text
        assert repr(caught.value) == f"ChannelFailed({text!r})"


@pytest.mark.parametrize(("cause", "said"), CAUSES.values(), ids=CAUSES)
async def test_a_push_to_a_failed_channel_tells_the_cause_and_nothing_about_items_left(
    cause: BaseException, said: str
) -> None:
    channel = Channel[int](name="jobs")
    waiting = await start_one(channel.push(1))
    channel.close(cause=cause)
    for push in (waiting, channel.push(1), chanselect(channel.push_case(1))):
        with pytest.raises(ChannelClosed) as caught:
            await push
        assert str(caught.value) == f"cannot push to UnbufferedChannel 'jobs': the channel was closed because of {said}"


async def test_a_pair_as_in_1_0_is_refused_with_the_case_to_write() -> None:
    channel = Channel[int]()
    for coroutine in (channel.pull(), channel.push(1)):
        with pytest.raises(TypeError) as caught:
            await select((channel, coroutine))
        coroutine.close()
        said = "argument 0 is a tuple, not a case: write channel.pull_case() or channel.push_case(item)"
        assert str(caught.value) == said


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ChannelError(), "the channel refused"),
        (ChannelError(Channel[int]()), "UnbufferedChannel: the channel refused"),
        (ChannelClosed(), "the channel is closed"),
        (ChannelClosed(Channel[int](name="jobs")), "UnbufferedChannel 'jobs': the channel is closed"),
        (ChannelClosed(7, "pull"), "cannot pull from int: the channel is closed and no items are left"),
        (ChannelFailed(), "the channel was closed, and no items are left"),
        (ChannelFailed(7), "cannot pull from int: the channel was closed, and no items are left"),
        (ChannelFull(), FULL),
        (ChannelEmpty(), EMPTY),
    ],
)
def test_an_error_made_by_hand_says_as_much_as_it_was_told(error: ChannelError, said: str) -> None:
    assert str(error) == said


async def test_a_call_from_another_thread_is_told_to_come_by_the_loop() -> None:
    channel = Channel[int]()
    pull = await start_one(channel.pull())
    with ThreadPoolExecutor(1) as pool, pytest.raises(RuntimeError) as caught:
        await asyncio.wrap_future(pool.submit(channel.close))
    assert str(caught.value) == (
        "a task of another event loop or thread is waiting on this channel: a channel serves one event loop at a time. "
        "Use it in that loop, or from other threads through pychanasync.threads"
    )
    await cancelled(pull)
