"""A strategy of a user's own: a buffer that refuses items, and a class that decides what overflows."""

from __future__ import annotations

import asyncio
import gc
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, TypeAlias
from weakref import ref

import pytest

from pychanasync import (
    BufferedChannel,
    Channel,
    ChannelClosed,
    ChannelEmpty,
    ChannelFull,
    DroppingChannel,
    SlidingChannel,
    UnbufferedChannel,
    _waiting,
    chanselect,
    chanselect_nowait,
)
from tests.promises.test_overflow import PUSHES, at_once, each_push
from tests.support.helpers import cancelled, drain, fill, is_idle, start, start_one, step

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from pychanasync.strategy import Buffer
    from tests.support.helpers import Loosely

Push: TypeAlias = "Callable[[Channel[int], int], object]"

BAD = 100


class RefusedError(Exception):
    """What an append raises."""


class PickyBuffer(deque[int]):
    """Refuses one item."""

    def __init__(self, refuse: Callable[[], object]) -> None:
        super().__init__()
        self.refuse = refuse

    def append(self, item: int) -> None:
        if item == BAD:
            self.refuse()
        super().append(item)


class Picky:
    """Makes such a buffer for a channel of any kind, and lets something happen before it refuses an item."""

    def __init__(self, *buffer: int) -> None:
        super().__init__(*buffer)
        self.error: BaseException = RefusedError()
        self.meanwhile: Callable[[], object] = lambda: None

    def _make_buffer(self) -> PickyBuffer:
        return PickyBuffer(self.refuse)

    def refuse(self) -> None:
        self.meanwhile()
        raise self.error


class PickyRendezvous(Picky, UnbufferedChannel[int]):
    """Without room."""


class PickyChannel(Picky, BufferedChannel[int]):
    """With room."""


class PickySliding(Picky, SlidingChannel[int]):
    """With room for the newest."""


AnyPicky: TypeAlias = PickyRendezvous | PickyChannel


@pytest.fixture(params=[None, 1, 2], ids=["unbuffered", "buffer-1", "buffer-2"])
def picky(request: pytest.FixtureRequest) -> AnyPicky:
    return PickyRendezvous() if request.param is None else PickyChannel(request.param)


@pytest.fixture(autouse=True)
def _no_refusal_is_left() -> Iterator[None]:
    yield
    assert not _waiting.refused


# An append that raises, while nobody waits.


@each_push
@pytest.mark.parametrize("before", [0, 1])  # With the first push a buffer begins, and it takes the longer way.
def test_where_an_append_raises_the_push_raises_and_changes_nothing(push: Push, before: int) -> None:
    channel = PickyChannel(2)
    for item in range(before):
        channel.push_nowait(item)
    for _ in range(3):
        with pytest.raises(RefusedError) as caught:
            push(channel, BAD)
        assert caught.value is channel.error
        assert channel.csize() == before
    held = [*range(2)]
    for item in held[before:]:
        push(channel, item)
    assert channel.full()
    assert drain(channel) == held


@each_push
def test_what_is_pushed_in_the_middle_of_an_append_that_raises_is_counted(push: Push) -> None:
    channel = PickyChannel(3)
    channel.meanwhile = lambda: channel.push_nowait(5)
    for number in range(1, 3):
        with pytest.raises(RefusedError):
            push(channel, BAD)
        assert channel.csize() == number
    assert drain(channel) == [5, 5]


@each_push
@pytest.mark.parametrize("claimed", [0, 1])
@pytest.mark.parametrize("let_go", [0, 1, 2])
async def test_nothing_is_dropped_for_an_item_that_the_buffer_refuses(push: Push, claimed: int, let_go: int) -> None:
    channel = PickySliding(2)
    pulls = [channel.pull() for _ in range(claimed + let_go)]
    for pull in pulls:
        pull.send(None)
    held = [*range(claimed + let_go + 2)]
    for item in held:
        channel.push_nowait(item)
    for pull in pulls[claimed:]:
        pull.close()
    with pytest.raises(RefusedError):
        push(channel, BAD)
    assert (channel.csize(), channel.dropped) == (let_go + 2, 0)
    assert [at_once(pull) for pull in pulls[:claimed]] == held[:claimed]
    assert drain(channel) == held[claimed:]


async def test_a_push_for_which_there_is_no_room_is_not_refused_before_its_turn(picky: AnyPicky) -> None:
    fill(picky)
    with pytest.raises(ChannelFull):
        picky.push_nowait(BAD)
    assert chanselect_nowait(picky.push_case(BAD)) is None
    push = await start_one(picky.push(BAD))
    await step(3)
    assert not push.done()
    await cancelled(push)


def test_a_push_to_a_closed_channel_is_told_of_the_close_and_not_of_its_item(picky: AnyPicky) -> None:
    picky.close()
    for push in PUSHES.values():
        with pytest.raises(ChannelClosed):
            push(picky, BAD)


# While a pull waits.


@each_push
async def test_where_an_append_raises_the_pull_that_waits_is_still_the_first_in_line(
    picky: AnyPicky, push: Push
) -> None:
    pulls = await start(picky.pull(), picky.pull())
    for _ in range(2):
        with pytest.raises(RefusedError):
            push(picky, BAD)
        assert picky.waiting == (0, 2)
        await step(2)
        assert not any(pull.done() for pull in pulls)
    late = await start_one(picky.pull())
    for item in range(3):
        push(picky, item)
    assert await asyncio.gather(*pulls, late) == [0, 1, 2]


@each_push
async def test_where_an_append_raises_the_select_that_waits_goes_on_to_wait_everywhere(
    picky: AnyPicky, push: Push
) -> None:
    other = Channel[int]()
    for channel in (picky, other):
        select = await start_one(chanselect(other.pull_case(), picky.pull_case()))
        with pytest.raises(RefusedError):
            push(picky, BAD)
        await step(2)
        assert not select.done()
        push(channel, 1)
        assert (await select).channel is channel
        assert is_idle(picky)


@each_push
async def test_an_item_that_comes_in_the_middle_of_an_append_that_raises_goes_to_the_pull_that_waits(
    push: Push,
) -> None:
    channel = PickyChannel(1)
    pull = await start_one(channel.pull())
    channel.meanwhile = lambda: channel.push_nowait(2)  # For this, nobody waits.
    with pytest.raises(RefusedError):
        push(channel, BAD)
    assert await pull == 2
    assert is_idle(channel)
    assert channel.empty()


@each_push
async def test_a_pull_that_waits_is_served_after_an_append_that_raises_though_a_handler_found_nobody_waiting(
    push: Push,
) -> None:
    channel = PickyChannel(1)
    pull = await start_one(channel.pull())

    def push_and_pull() -> None:
        channel.push_nowait(2)
        assert channel.pull_nowait() == 2

    channel.meanwhile = push_and_pull
    with pytest.raises(RefusedError):
        push(channel, BAD)
    assert channel.waiting == (0, 1)
    push(channel, 3)
    assert await pull == 3


@each_push
@pytest.mark.parametrize("immediate", [False, True])
async def test_a_close_in_the_middle_of_an_append_that_raises_reaches_the_pull_that_waits(
    picky: AnyPicky, push: Push, *, immediate: bool
) -> None:
    pulls = await start(picky.pull(), picky.pull())
    picky.meanwhile = partial(picky.close, immediate=immediate)
    with pytest.raises(RefusedError):
        push(picky, BAD)
    await step()
    assert all(isinstance(pull.exception(), ChannelClosed) for pull in pulls)
    assert is_idle(picky)


@each_push
async def test_a_pull_that_is_cancelled_in_the_middle_of_an_append_that_raises_is_in_no_line(
    picky: AnyPicky, push: Push
) -> None:
    pulls = await start(picky.pull(), picky.pull())
    picky.meanwhile = pulls[0].cancel
    with pytest.raises(RefusedError):
        push(picky, BAD)
    picky.push_nowait(1)
    assert await pulls[1] == 1
    assert pulls[0].cancelled()
    assert is_idle(picky)


@each_push
@pytest.mark.parametrize("selects", [False, True])
async def test_a_pull_that_is_collected_in_the_middle_of_an_append_that_raises_is_in_no_line(
    picky: AnyPicky, push: Push, *, selects: bool
) -> None:
    pull: Coroutine[object, object, object] = chanselect(picky.pull_case()) if selects else picky.pull()
    pull.send(None)
    picky.meanwhile = pull.close
    with pytest.raises(RefusedError):
        push(picky, BAD)
    assert is_idle(picky)


# A push that waits.


async def iterate(channel: Channel[int]) -> int:
    async for item in channel:
        return item
    raise AssertionError("it was closed")


async def select(channel: Channel[int]) -> int:
    return (await chanselect(Channel[int]().pull_case(), channel.pull_case())).value


async def pull_nowait(channel: Channel[int]) -> int:
    return channel.pull_nowait()


async def select_nowait(channel: Channel[int]) -> int:
    selected = chanselect_nowait(channel.pull_case())
    if selected is None:
        raise ChannelEmpty
    return selected.value


PULLS: dict[str, Callable[[Channel[int]], Coroutine[object, object, int]]] = {
    "pull": lambda channel: channel.pull(),
    "iteration": iterate,
    "select": select,
    "pull_nowait": pull_nowait,
    "select_nowait": select_nowait,
}
WAITING: dict[str, Callable[[Channel[int], int], Coroutine[object, object, object]]] = {
    "push": lambda channel, item: channel.push(item),
    "select": lambda channel, item: chanselect(channel.push_case(item)),
    "select-in-front": lambda channel, item: chanselect(channel.push_case(item), Channel[int]().pull_case()),
    "select-behind": lambda channel, item: chanselect(Channel[int]().pull_case(), channel.push_case(item)),
    "select-between": lambda channel, item: chanselect(
        Channel[int]().pull_case(), channel.push_case(item), Channel[int]().push_case(0)
    ),
}
each_pull = pytest.mark.parametrize("pull", PULLS.values(), ids=PULLS)
each_wait = pytest.mark.parametrize("wait", WAITING.values(), ids=WAITING)
Pull: TypeAlias = "Callable[[Channel[int]], Coroutine[object, object, int]]"
WaitingPush: TypeAlias = "Callable[[Channel[int], int], Coroutine[object, object, object]]"


@each_pull
@each_wait
async def test_a_waiting_push_whose_append_raises_raises_when_it_resumes_and_the_next_has_its_place(
    picky: AnyPicky, pull: Pull, wait: WaitingPush
) -> None:
    held = fill(picky)
    refused, also_refused, good, late = await start(*(wait(picky, item) for item in (BAD, BAD, 1, 2)))
    taken = [at_once(pull(picky))]  # It need not wait, and raises nothing.
    assert not refused.done()
    await step()
    assert refused.exception() is also_refused.exception() is picky.error
    assert good.done()
    assert not late.done()
    assert taken + drain(picky) == [*held, 1, 2]
    await late
    assert is_idle(picky)


@each_pull
@each_wait
async def test_where_the_append_of_the_last_waiting_push_raises_a_pull_takes_what_there_is(
    pull: Pull, wait: WaitingPush
) -> None:
    channel = PickyChannel(2)
    held = fill(channel)
    refused = await start_one(wait(channel, BAD))
    assert at_once(pull(channel)) == held[0]
    await asyncio.wait([refused])
    assert refused.exception() is channel.error
    assert channel.csize() == 1
    assert drain(channel) == held[1:]


@each_wait
@pytest.mark.parametrize("pull", ["pull_nowait", "select_nowait"])
async def test_where_nothing_is_left_once_a_waiting_push_was_refused_a_pull_that_does_not_wait_finds_nothing(
    pull: str, wait: WaitingPush
) -> None:
    channel = PickyRendezvous()
    refused = await start_one(wait(channel, BAD))
    with pytest.raises(ChannelEmpty):
        at_once(PULLS[pull](channel))
    await asyncio.wait([refused])
    assert refused.exception() is channel.error
    assert is_idle(channel)


@each_wait
@pytest.mark.parametrize("pull", ["pull", "iteration", "select"])
async def test_where_nothing_is_left_once_a_waiting_push_was_refused_a_pull_waits(pull: str, wait: WaitingPush) -> None:
    channel = PickyRendezvous()
    refused = await start_one(wait(channel, BAD))
    pulling = await start_one(PULLS[pull](channel))
    await step(2)
    assert refused.exception() is channel.error
    assert not pulling.done()
    await channel.push(1)
    assert await pulling == 1
    assert is_idle(channel)


@each_wait
@pytest.mark.parametrize("immediate", [False, True])
async def test_a_push_that_was_refused_before_a_close_raises_what_it_was_refused_with(
    picky: AnyPicky, wait: WaitingPush, *, immediate: bool
) -> None:
    fill(picky)
    refused, good, late = await start(wait(picky, BAD), wait(picky, 1), wait(picky, 2))
    picky.pull_nowait()
    picky.close(immediate=immediate)
    await asyncio.wait([refused, good, late])
    assert refused.exception() is picky.error
    assert good.exception() is None
    assert isinstance(late.exception(), ChannelClosed)
    assert is_idle(picky)


@each_wait
async def test_a_push_that_finds_room_as_it_joins_its_line_and_is_refused_raises_at_once(
    wait: WaitingPush, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel, make = PickyChannel(1), asyncio.Future[object]
    channel.push_nowait(0)

    def made_while_a_handler_makes_room() -> asyncio.Future[object]:
        channel.pull_nowait()
        return make()

    monkeypatch.setattr("asyncio.Future", made_while_a_handler_makes_room)
    with pytest.raises(RefusedError):
        wait(channel, BAD).send(None)
    assert is_idle(channel)
    assert channel.empty()


def refuse(channel: AnyPicky) -> None:
    """Let the only push that waits be refused, by a pull that makes room."""
    if channel.capacity:
        channel.pull_nowait()
    else:
        with pytest.raises(ChannelEmpty):
            channel.pull_nowait()


@each_wait
async def test_a_refused_push_that_is_cancelled_before_it_resumes_is_cancelled(
    picky: AnyPicky, wait: WaitingPush
) -> None:
    fill(picky)
    push = await start_one(wait(picky, BAD))
    refuse(picky)
    push.cancel()
    await asyncio.wait([push])
    assert push.cancelled()
    assert is_idle(picky)


async def test_a_select_that_is_cancelled_after_a_refusal_is_cancelled_though_another_line_has_passed_it_over() -> None:
    picky, other = PickyChannel(1), Channel[int](1)
    picky.push_nowait(1)
    select = await start_one(chanselect(other.pull_case(), picky.push_case(BAD)))
    assert picky.pull_nowait() == 1
    other.push_nowait(2)
    await cancelled(select)
    assert drain(other) == [2]


@each_wait
async def test_a_refused_push_that_times_out_before_it_resumes_has_timed_out(
    picky: AnyPicky, wait: WaitingPush
) -> None:
    scope = asyncio.timeout(None)

    async def push() -> None:
        with pytest.raises(TimeoutError):
            async with scope:
                await wait(picky, BAD)
        await step(5)  # Nothing was deferred.

    fill(picky)
    task = await start_one(push())
    scope.reschedule(asyncio.get_running_loop().time())
    asyncio.get_running_loop().call_soon(refuse, picky)
    await task
    assert task.cancelling() == 0


@each_wait
@pytest.mark.parametrize("collect", [False, True])
async def test_of_a_refused_push_that_is_closed_or_collected_nothing_is_left(
    picky: AnyPicky, wait: WaitingPush, *, collect: bool
) -> None:
    fill(picky)
    push = wait(picky, BAD)
    push.send(None)
    refuse(picky)
    assert len(_waiting.refused) == 1
    if not collect:
        push.close()
    del push
    gc.collect()
    assert not _waiting.refused
    assert is_idle(picky)


# Whatever is raised.

ERRORS = [TypeError(), KeyboardInterrupt(), SystemExit(), asyncio.CancelledError(), GeneratorExit(), BaseException()]
each_error = pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)


@each_error
@each_push
async def test_whatever_an_append_raises_the_push_raises(picky: AnyPicky, push: Push, error: BaseException) -> None:
    picky.error = error
    pull = picky.pull()
    pull.send(None)
    with pytest.raises(type(error)) as caught:
        push(picky, BAD)
    assert caught.value is error
    push(picky, 1)
    assert at_once(pull) == 1


@each_error
@each_wait
async def test_whatever_an_append_raises_a_waiting_push_raises(
    picky: AnyPicky, wait: WaitingPush, error: BaseException
) -> None:
    held = fill(picky)
    picky.error = error
    push = wait(picky, BAD)
    push.send(None)
    refuse(picky)
    with pytest.raises(type(error)) as caught:
        push.send(None)
    assert caught.value is error
    assert drain(picky) == held[1:]
    await step(2)  # Nothing was deferred.


# What is let go of.


class Item:
    """Something that a weak reference can point to."""


class Unwilling(deque[Item]):
    def append(self, item: Item) -> None:
        raise RefusedError(item)


class UnwillingRendezvous(UnbufferedChannel[Item]):
    """Refuses everything."""

    def _make_buffer(self) -> Buffer[Item]:
        return Unwilling()


ENDS: dict[str, Callable[[asyncio.Task[object]], object]] = {
    "refused": lambda _: None,
    "refused and cancelled": lambda push: push.cancel(),
}


@pytest.mark.usefixtures("_without_the_collector")
@pytest.mark.parametrize("selects", [False, True])
@pytest.mark.parametrize("pulls", [False, True], ids=["pushed at once", "waited to push"])
@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
async def test_what_a_refused_push_held_is_free_as_soon_as_its_task_is_gone(
    end: Callable[[asyncio.Task[object]], object], *, pulls: bool, selects: bool
) -> None:
    channel, item = UnwillingRendezvous(), Item()
    traces: list[ref[object]] = [ref(channel), ref(item)]
    pulling = [channel.pull()] if pulls else []
    for pull in pulling:
        pull.send(None)

    async def in_a_later_step(operation: Coroutine[object, object, object]) -> None:
        await step()
        await operation

    operation = chanselect(channel.push_case(item), Channel[int]().pull_case()) if selects else channel.push(item)
    task: asyncio.Task[object] = asyncio.ensure_future(in_a_later_step(operation))
    del item, operation
    await step(2)
    if not pulls:
        with pytest.raises(ChannelEmpty):
            channel.pull_nowait()
        end(task)
    await asyncio.wait([task])
    if not task.cancelled():
        assert isinstance(task.exception(), RefusedError)
        traces.append(ref(task.exception()))
    traces.append(ref(task))
    while pulling:
        pulling.pop().close()
    del task, channel
    assert not any(trace() for trace in traces)


# What overflows.


class Deciding:
    """Notes what overflows, and decides as it was told."""

    def __init__(self, *buffer: int, decide: Callable[[], bool]) -> None:
        super().__init__(*buffer)
        self.decide = decide
        self.overflowed: list[int] = []

    def _overflow(self, item: int) -> bool:
        self.overflowed.append(item)
        return self.decide()


class DecidingRendezvous(Deciding, UnbufferedChannel[int]):
    """Without a buffer."""


class DecidingChannel(Deciding, BufferedChannel[int]):
    """With one."""


AnyDeciding: TypeAlias = DecidingRendezvous | DecidingChannel
MakeDeciding: TypeAlias = "Callable[[Callable[[], bool]], AnyDeciding]"


@pytest.fixture(params=[None, 1, 2], ids=["unbuffered", "buffer-1", "buffer-2"])
def deciding(request: pytest.FixtureRequest) -> MakeDeciding:
    if request.param is None:
        return lambda decide: DecidingRendezvous(decide=decide)
    return lambda decide: DecidingChannel(request.param, decide=decide)


@each_push
def test_a_push_that_overflows_is_done_where_the_class_says_so(deciding: MakeDeciding, push: Push) -> None:
    channel = deciding(lambda: True)
    held = fill(channel)
    for item in range(3):
        push(channel, item)
    assert channel.overflowed == [0, 1, 2]
    assert drain(channel) == held
    assert is_idle(channel)


async def test_nothing_overflows_where_there_is_room_a_pull_waits_or_the_channel_is_closed(
    deciding: MakeDeciding,
) -> None:
    channel = deciding(lambda: True)
    for push in PUSHES.values():
        pull = await start_one(channel.pull())
        push(channel, 1)
        assert await pull == 1
        fill(channel)
        drain(channel)
    fill(channel)
    channel.close()
    for push in PUSHES.values():
        with pytest.raises(ChannelClosed):
            push(channel, 1)
    assert channel.overflowed == []


async def test_a_push_waits_where_the_class_says_that_it_is_not_done(deciding: MakeDeciding) -> None:
    channel = deciding(lambda: False)
    held = fill(channel)
    with pytest.raises(ChannelFull):
        channel.push_nowait(0)
    assert chanselect_nowait(channel.push_case(1)) is None
    pushes = await start(channel.push(2), channel.push(3))
    assert channel.overflowed == [0, 1, 2, 3]
    assert channel.waiting == (2, 0)
    assert drain(channel) == [*held, 2, 3]
    await asyncio.gather(*pushes)
    assert channel.overflowed == [0, 1, 2, 3]  # Nobody is asked again.


@pytest.mark.parametrize("ordered", [False, True])
async def test_a_select_does_another_case_where_the_class_says_that_a_push_is_not_done(
    deciding: MakeDeciding, *, ordered: bool
) -> None:
    channel, other = deciding(lambda: False), Channel[int](1)
    fill(channel)
    for _ in range(20):
        other.push_nowait(7)
        assert (await chanselect(channel.push_case(0), other.pull_case(), ordered=ordered)).value == 7
        other.push_nowait(8)
        selected = chanselect_nowait(channel.push_case(0), other.pull_case(), ordered=ordered)
        assert selected
        assert selected.value == 8
    assert ordered == (len(channel.overflowed) == 40)
    assert is_idle(channel)


async def test_a_select_waits_where_the_class_says_that_its_push_is_not_done(deciding: MakeDeciding) -> None:
    channel, other = deciding(lambda: False), Channel[int]()
    held = fill(channel)
    for waits_for in (channel, other):
        select = await start_one(chanselect(other.pull_case(), channel.push_case(5)))
        assert channel.waiting == (1, 0)
        await step(2)
        assert not select.done()
        if waits_for is channel:
            assert drain(channel) == [*held, 5]
            fill(channel)
        else:
            other.push_nowait(1)
        assert (await select).channel is waits_for
        assert is_idle(channel)
        assert is_idle(other)


@each_push
@each_error
def test_where_the_decision_raises_the_push_raises_and_changes_nothing(
    deciding: MakeDeciding, push: Push, error: BaseException
) -> None:
    def fail() -> bool:
        raise error

    channel = deciding(fail)
    held = fill(channel)
    with pytest.raises(type(error)) as caught:
        push(channel, 1)
    assert caught.value is error
    assert is_idle(channel)
    assert drain(channel) == held
    channel.decide = lambda: True
    fill(channel)
    push(channel, 2)
    assert drain(channel) == held


class DropsOldestByHand(BufferedChannel[int]):
    """Does what `SlidingChannel` does by nothing but what every user may call."""

    def _overflow(self, item: int) -> bool:
        self.pull_nowait()
        self.push_nowait(item)
        return True


@each_push
@pytest.mark.parametrize("bound", [1, 3])
async def test_what_decides_may_pull_and_push_itself(push: Push, bound: int) -> None:
    channel, like = DropsOldestByHand(bound), SlidingChannel[int](bound)
    pulls = await start(channel.pull(), like.pull())
    for each in (channel, like):
        for item in range(bound + 1):
            push(each, item)
        assert each.full()
    await cancelled(*pulls)  # It leaves one too many.
    for each in (channel, like):
        for item in range(10, 13):
            push(each, item)
        assert each.csize() == bound
        assert each.full()
    assert drain(channel) == drain(like)
    assert is_idle(channel)


async def test_what_decides_and_pulls_takes_the_oldest_and_leaves_a_woken_pull_the_next() -> None:
    channel = DropsOldestByHand(1)
    pull = await start_one(channel.pull())
    for item in range(3):
        channel.push_nowait(item)
    assert await pull == 1
    assert drain(channel) == [2]


# What holds the items.


class Making:
    """Makes one buffer after another, as it was told."""

    def __init__(self, buffers: list[Loosely], *buffer: int) -> None:
        super().__init__(*buffer)
        self.buffers = buffers

    def _make_buffer(self) -> Buffer[int]:
        made = self.buffers.pop(0)
        if isinstance(made, Exception):
            raise made
        buffer: Buffer[int] = made
        return buffer


class MakingRendezvous(Making, UnbufferedChannel[int]):
    """Without room."""


class MakingChannel(Making, BufferedChannel[int]):
    """With room."""


AnyMaking: TypeAlias = MakingRendezvous | MakingChannel
MAKINGS: dict[str, Callable[[list[object]], AnyMaking]] = {
    "unbuffered": MakingRendezvous,
    "buffered": lambda buffers: MakingChannel(buffers, 1),
}
each_making = pytest.mark.parametrize("make", MAKINGS.values(), ids=MAKINGS)
each_wrong = pytest.mark.parametrize(
    ("wrong", "error"),
    [([], TypeError), (None, TypeError), (deque, TypeError), (deque([1]), ValueError), (RefusedError(), RefusedError)],
    ids=["list", "none", "class", "not empty", "raises"],
)


@each_wrong
@each_making
@each_push
async def test_a_buffer_that_is_none_leaves_the_channel_as_it_was(
    make: Callable[[list[object]], AnyMaking], push: Push, wrong: object, error: type[Exception]
) -> None:
    channel = make([wrong, wrong, deque()])
    pull = await start_one(channel.pull())
    for _ in range(2):
        with pytest.raises(error):
            push(channel, 1)
        assert channel.waiting == (0, 1)
    push(channel, 2)
    assert await pull == 2
    assert channel.buffers == []


@each_wrong
@each_wait
async def test_a_push_that_would_have_to_wait_needs_a_buffer_too(
    wait: WaitingPush, wrong: object, error: type[Exception]
) -> None:
    channel = MakingRendezvous([wrong, deque()])
    with pytest.raises(error):
        wait(channel, 1).send(None)
    assert is_idle(channel)
    push = await start_one(wait(channel, 2))
    assert await channel.pull() == 2
    await push
    assert channel.buffers == []


@each_making
async def test_a_buffer_is_made_once_and_not_before_the_first_push(
    make: Callable[[list[object]], AnyMaking],
) -> None:
    channel = make([deque()])
    assert chanselect_nowait(channel.pull_case()) is None
    with pytest.raises(ChannelEmpty):
        channel.pull_nowait()
    pull = await start_one(channel.pull())
    assert (channel.empty(), channel.csize() or 0, channel.waiting) == (True, 0, (0, 1))
    channel.push_case(1)
    assert len(channel.buffers) == 1
    for push in PUSHES.values():
        push(channel, 1)
        assert await pull == 1
        pull = await start_one(channel.pull())
    await cancelled(pull)
    assert channel.buffers == []
    channel.close(immediate=True)


def test_a_close_makes_no_buffer() -> None:
    channel = MakingChannel([RefusedError()], 1)
    channel.close()
    channel.close(immediate=True)
    with pytest.raises(ChannelClosed):
        channel.pull_nowait()
    assert len(channel.buffers) == 1


class Forgets:
    """Begins without the strategy that it stands before, and overrides all that there is."""

    def __init__(self) -> None:
        self.colour = "red"

    def _overflow(self, item: int) -> bool:
        raise AssertionError(item)

    def _make_buffer(self) -> deque[int]:
        raise AssertionError("it has no bound yet")


class Forgetful(Forgets, BufferedChannel[int]):
    """With a buffer."""


class ForgetfulSliding(Forgets, SlidingChannel[int]):
    """The same."""


class ForgetfulDropping(Forgets, DroppingChannel[int]):
    """The same."""


def pushing(push: Push) -> Callable[[Channel[int]], object]:
    return lambda channel: push(channel, 1)


def pulling(pull: Pull) -> Callable[[Channel[int]], object]:
    return lambda channel: at_once(pull(channel))


USES: dict[str, Callable[[Channel[int]], object]] = {
    **{name: pushing(push) for name, push in PUSHES.items()},
    **{f"{name} to pull": pulling(pull) for name, pull in PULLS.items()},
    "close": lambda channel: channel.close(),
    "close at once": lambda channel: channel.close(immediate=True),
    "full": lambda channel: channel.full(),
    "capacity": lambda channel: channel.capacity,
}


@pytest.mark.parametrize("kind", [Forgetful, ForgetfulSliding, ForgetfulDropping])
@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_subclass_that_overrides_everything_and_forgets_to_initialise_is_refused_at_its_first_use(
    kind: Callable[[], Channel[int]], use: Callable[[Channel[int]], object]
) -> None:
    forgetful = kind()
    for _ in range(2):
        with pytest.raises(RuntimeError, match=r"super\(\).__init__\(buffer\)"):
            use(forgetful)
    assert (forgetful.empty(), forgetful.csize(), forgetful.waiting, forgetful.closed) == (True, 0, (0, 0), False)
