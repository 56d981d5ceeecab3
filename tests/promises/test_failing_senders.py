"""An error leaves the `async with` of a channel: senders hear of it at once, receivers a little later.

So a task group that fails by that error cancels the receivers among its members before they hear of it.
"""

from __future__ import annotations

import asyncio
import gc
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING, Protocol, TypeVar
from weakref import ref

import anyio
import pytest

from pychanasync import (
    Channel,
    ChannelClosed,
    ChannelEmpty,
    ChannelFailed,
    ChannelFull,
    UnbufferedChannel,
    chanselect,
    chanselect_nowait,
)
from tests.support import virtual_time
from tests.support.endings import (
    PULLS,
    PUSHES,
    WAITING_PULLS,
    WAITING_PUSHES,
    SenderError,
    iterate,
    leave,
    let_go,
)
from tests.support.helpers import cancelled, drain, fill, forever, start, start_one, step, unheard

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from pychanasync import RecvChannel, SendChannel
    from tests.support.endings import Operation
    from tests.support.helpers import Loosely

    Member = Coroutine[object, object, object]

Error = TypeVar("Error", bound=BaseException)


async def leave_and_go_on(channel: SendChannel[int], error: BaseException) -> None:
    with suppress(type(error)):
        await leave(channel, error)


def left(channel: SendChannel[int], error: Error) -> Error:
    """Leave the block of a channel by an error, without a step of the loop; return the error."""
    with pytest.raises(type(error)) as caught:
        leave(channel, error).send(None)
    assert caught.value is error
    return error


def has_ended(channel: Channel[int]) -> bool:
    """Return whether a pull that finds nothing would raise, not wait."""
    try:
        channel.pull_nowait()
    except ChannelEmpty:
        return False
    except (ChannelClosed, ChannelFailed):
        return True
    raise AssertionError


def callbacks(task: asyncio.Task[object]) -> list[object]:
    """List what is to be called when a task is done."""
    return [callback for callback, _ in getattr(task, "_callbacks", None) or ()]


def current() -> asyncio.Task[object]:
    task = asyncio.current_task()
    assert task
    return task


# For senders: at once.


@pytest.mark.parametrize("push", PUSHES.values(), ids=PUSHES)
async def test_pushes_are_refused_at_once_though_pulls_wait(channel: Channel[int], push: Operation) -> None:
    pull = await start_one(channel.pull())
    error = left(channel, SenderError())
    assert channel.closed
    with pytest.raises(ChannelClosed) as caught:
        push(channel).send(None)
    assert caught.value.__cause__ is error
    assert channel.waiting == (0, 1)
    with pytest.raises(ChannelFailed):
        await pull


@pytest.mark.parametrize("push", WAITING_PUSHES.values(), ids=WAITING_PUSHES)
async def test_pushes_that_wait_get_the_close_at_once(bounded: Channel[int], push: Operation) -> None:
    held = fill(bounded)
    pushes = await start(push(bounded), push(bounded))
    error = left(bounded, SenderError())
    assert bounded.waiting == (0, 0)
    await step()
    for task in pushes:
        assert task.done()
        refusal = task.exception()
        assert isinstance(refusal, ChannelClosed)
        assert refusal.__cause__ is error
    assert [bounded.pull_nowait() for _ in held] == held
    assert not has_ended(bounded)


async def test_a_select_that_waits_to_push_or_pull_gets_the_close_at_once_of_its_push(bounded: Channel[int]) -> None:
    fill(bounded)
    select = await start_one(chanselect(Channel[int]().pull_case(), bounded.push_case(1)))
    error = left(bounded, SenderError())
    with pytest.raises(ChannelClosed) as caught:
        await select
    assert caught.value.index == 1
    assert caught.value.__cause__ is error


# For receivers: later.


async def test_a_task_that_goes_on_lets_pulls_know_in_the_iteration_after_the_next(channel: Channel[int]) -> None:
    before = callbacks(current())
    pulls = await start(*(pull(channel) for pull in WAITING_PULLS.values()))
    error = left(channel, SenderError())
    for _ in range(2):
        assert channel.waiting == (0, len(pulls))
        assert not has_ended(channel)
        assert not channel.pull_case().ready()
        assert chanselect_nowait(channel.pull_case()) is None
        await step()
    assert channel.waiting == (0, 0)
    assert has_ended(channel)
    assert callbacks(current()) == before
    assert not any(pull.done() for pull in pulls)
    await step()
    for task in pulls:
        failure = task.exception()
        assert isinstance(failure, ChannelFailed)
        assert failure.__cause__ is error
    for pull in PULLS.values():
        with pytest.raises(ChannelFailed) as caught:
            await pull(channel)
        assert caught.value.__cause__ is error


@pytest.mark.parametrize("pull", WAITING_PULLS.values(), ids=WAITING_PULLS)
async def test_a_pull_that_comes_in_between_waits_and_then_hears_of_it(channel: Channel[int], pull: Operation) -> None:
    left(channel, SenderError())
    tasks = await start(pull(channel))
    tasks += await start(pull(channel))
    assert channel.waiting == (0, 0)
    for task in tasks:
        with pytest.raises(ChannelFailed):
            await task


async def test_a_task_that_ends_by_the_error_lets_pulls_know_behind_its_done_callbacks(channel: Channel[int]) -> None:
    seen: list[bool] = []
    gate = asyncio.get_running_loop().create_future()

    async def send() -> None:
        async with channel:
            await gate

    sender, pull = await start(send(), channel.pull())
    sender.add_done_callback(lambda _: seen.append(has_ended(channel)))
    gate.set_exception(SenderError())
    await step()
    assert sender.done()
    for _ in range(2):
        assert channel.waiting == (0, 1)
        assert not has_ended(channel)
        await step()
    assert has_ended(channel)
    assert seen == [False]
    with pytest.raises(ChannelFailed) as caught:
        await pull
    assert caught.value.__cause__ is sender.exception()


async def test_what_the_channel_holds_can_be_pulled_meanwhile(bounded: Channel[int]) -> None:
    held = fill(bounded)
    left(bounded, SenderError())
    assert [bounded.pull_nowait() for _ in held] == held
    assert not has_ended(bounded)
    await step(2)
    assert has_ended(bounded)


async def test_what_the_channel_holds_comes_before_the_failure(channel: Channel[int]) -> None:
    let_go(channel, 1)
    left(channel, SenderError())
    await step(3)
    assert await channel.pull() == 1
    with pytest.raises(ChannelFailed):
        await channel.pull()


async def test_a_claim_that_is_let_go_meanwhile_goes_to_a_pull_that_waits(channel: Channel[int]) -> None:
    woken, waiting = await start(channel.pull(), channel.pull())
    channel.push_nowait(1)
    left(channel, SenderError())
    await cancelled(woken)
    assert await waiting == 1
    with pytest.raises(ChannelFailed):
        await channel.pull()


async def test_a_pull_that_is_cancelled_meanwhile_leaves_nothing(channel: Channel[int]) -> None:
    first, second = await start(channel.pull(), channel.pull())
    left(channel, SenderError())
    first.cancel()
    await step()
    assert first.cancelled()
    assert channel.waiting == (0, 1)
    with pytest.raises(ChannelFailed):
        await second


@pytest.mark.parametrize("ticks", [0, 1, 2])
@pytest.mark.parametrize("pull", WAITING_PULLS.values(), ids=WAITING_PULLS)
async def test_a_pull_that_is_cancelled_before_it_resumes_is_cancelled(
    channel: Channel[int], pull: Operation, ticks: int
) -> None:
    task = await start_one(pull(channel))
    left(channel, SenderError())
    await step(ticks)
    assert channel.waiting == (0, 1 if ticks < 2 else 0)
    await cancelled(task)


# What of it is left.


async def test_nothing_is_left_on_a_task_that_lives_on(channel: Channel[int]) -> None:
    async def send() -> None:
        await leave_and_go_on(channel, SenderError())
        await forever()

    sender = await start_one(send())
    await step(2)
    assert callbacks(sender) == []
    await cancelled(sender)


async def test_a_channel_that_has_failed_keeps_no_task(channel: Channel[int]) -> None:
    async def send() -> None:
        await step()  # The frames around the first one keep an eager task.
        await leave_and_go_on(channel, SenderError())

    gc.collect()
    gc.disable()
    try:
        task = asyncio.create_task(send())
        await asyncio.wait([task])
        trace = ref(task)
        await step(3)
        del task
        assert trace() is None
    finally:
        gc.enable()
    assert has_ended(channel)


@pytest.mark.parametrize("immediate", [False, True])
@pytest.mark.parametrize(("ticks", "later"), [(0, None), (1, SenderError("later"))], ids=["plain", "other"])
async def test_an_explicit_close_meanwhile_brings_the_end_and_keeps_the_first_cause(
    channel: Channel[int], ticks: int, later: SenderError | None, *, immediate: bool
) -> None:
    before = callbacks(current())
    pull = await start_one(channel.pull())
    error = left(channel, SenderError())
    await step(ticks)
    channel.close(cause=later, immediate=immediate)
    assert channel.waiting == (0, 0)
    assert has_ended(channel)
    assert callbacks(current()) == before
    with pytest.raises(ChannelFailed) as caught:
        await pull
    assert caught.value.__cause__ is error
    await step(2)  # What the loop still calls does no harm.
    with pytest.raises(ChannelFailed) as caught:
        await channel.pull()
    assert caught.value.__cause__ is error


async def test_an_immediate_close_meanwhile_throws_away_what_the_channel_holds(channel: Channel[int]) -> None:
    let_go(channel, 1)
    left(channel, SenderError())
    channel.close(immediate=True)
    assert has_ended(channel)


async def test_an_explicit_close_in_the_iteration_of_the_tasks_end_brings_the_end_too(channel: Channel[int]) -> None:
    pull = await start_one(channel.pull())
    sender = asyncio.create_task(leave(channel, SenderError()))
    while not sender.done():
        await step()
    sender.add_done_callback(lambda _: channel.close())
    await step()
    assert has_ended(channel)
    with pytest.raises(ChannelFailed) as caught:
        await pull
    assert caught.value.__cause__ is sender.exception()


OTHER_WAYS_OUT: dict[str, BaseException | None] = {
    "in order": None,
    "by an error": SenderError("second"),
    "by a cancellation": asyncio.CancelledError(),
    "by its push": ChannelClosed(),
}


@pytest.mark.parametrize("other", OTHER_WAYS_OUT.values(), ids=OTHER_WAYS_OUT)
@pytest.mark.parametrize("ticks", [0, 1])
async def test_another_sender_that_leaves_its_block_meanwhile_does_not_bring_the_end_early(
    ticks: int, other: BaseException | None
) -> None:
    channel = Channel[int]()
    pull = await start_one(channel.pull())
    error = left(channel, SenderError("first"))
    await step(ticks)
    if other is None:
        async with channel:
            pass
    else:
        left(channel, other)
    for _ in range(2 - ticks):
        assert channel.waiting == (0, 1)
        assert not has_ended(channel)
        await step()
    assert has_ended(channel)
    with pytest.raises(ChannelFailed) as caught:
        await pull
    assert caught.value.__cause__ is error


async def test_a_sender_that_leaves_in_order_first_has_closed_for_all(channel: Channel[int]) -> None:
    async with channel:
        pass
    left(channel, SenderError())
    assert has_ended(channel)
    with pytest.raises(ChannelClosed) as caught:
        channel.pull_nowait()
    assert caught.value.__cause__ is None


async def test_an_error_that_leaves_the_blocks_of_several_channels_ends_each() -> None:
    first, second = Channel[int](), Channel[int](1)
    error = SenderError()
    with suppress(SenderError):
        async with first, second:
            raise error
    assert not has_ended(first)
    assert not has_ended(second)
    await step(2)
    for channel in (first, second):
        with pytest.raises(ChannelFailed) as caught:
            channel.pull_nowait()
        assert caught.value.__cause__ is error


async def test_an_exit_stack_leaves_a_channel_as_a_block_does(channel: Channel[int]) -> None:
    error = SenderError()
    with suppress(SenderError):
        async with AsyncExitStack() as stack:
            assert await stack.enter_async_context(channel) is channel
            raise error
    assert not has_ended(channel)
    await step(2)
    with pytest.raises(ChannelFailed) as caught:
        channel.pull_nowait()
    assert caught.value.__cause__ is error


# Which errors are a cause.

CAUSES: dict[str, Exception] = {
    "an error": SenderError(),
    "a timeout": TimeoutError(),
    "of another channel that has failed": ChannelFailed(),
    "of a full channel": ChannelFull(),
    "of an empty channel": ChannelEmpty(),
    "a group": ExceptionGroup("", [SenderError()]),
    "a mixed group": ExceptionGroup("", [ChannelClosed(), SenderError()]),
    "a mixed group within": ExceptionGroup("", [ChannelClosed(), ExceptionGroup("", [SenderError(), ChannelClosed()])]),
    "a group of a failure": ExceptionGroup("", [ChannelFailed()]),
}
NO_CAUSES: dict[str, BaseException] = {
    "of a closed channel": ChannelClosed(),
    "a group of closed channels": ExceptionGroup("", [ChannelClosed(), ChannelClosed()]),
    "such groups within": ExceptionGroup("", [ExceptionGroup("", [ChannelClosed()]), ChannelClosed()]),
    "a cancellation": asyncio.CancelledError(),
    "Ctrl-C": KeyboardInterrupt(),
    "an exit": SystemExit(),
    "the end of a generator": GeneratorExit(),
    "a group with Ctrl-C": BaseExceptionGroup("", [KeyboardInterrupt(), SenderError()]),
}


@pytest.mark.parametrize("error", CAUSES.values(), ids=CAUSES)
async def test_an_error_is_the_cause(error: Exception) -> None:
    channel = Channel[int]()
    left(channel, error)
    assert not has_ended(channel)
    await step(2)
    with pytest.raises(ChannelFailed) as caught:
        channel.pull_nowait()
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("error", NO_CAUSES.values(), ids=NO_CAUSES)
async def test_what_only_says_that_the_sender_stops_closes_plainly_and_at_once(error: BaseException) -> None:
    channel = Channel[int]()
    pull = await start_one(channel.pull())
    left(channel, error)
    assert channel.waiting == (0, 0)
    with pytest.raises(ChannelClosed) as caught:
        channel.pull_nowait()
    assert caught.value.__cause__ is None
    with pytest.raises(ChannelClosed):
        await pull


async def test_a_sender_that_is_cancelled_closes_plainly(channel: Channel[int]) -> None:
    async def send() -> None:
        async with channel:
            await forever()

    sender, pull = await start(send(), channel.pull())
    await cancelled(sender)
    with pytest.raises(ChannelClosed):
        await pull


async def test_a_sender_whose_coroutine_is_closed_closes_plainly(channel: Channel[int]) -> None:
    async def send() -> None:
        async with channel:
            await forever()

    sender = send()
    sender.send(None)
    sender.close()
    with pytest.raises(ChannelClosed):
        await channel.pull()


@pytest.mark.parametrize("inside", [False, True])
def test_a_deadline_inside_the_block_is_a_cause_and_one_around_it_is_none(*, inside: bool) -> None:
    async def send(channel: SendChannel[int]) -> None:
        if inside:
            async with channel, asyncio.timeout(1):
                await channel.push(1)
        else:
            async with asyncio.timeout(1), channel:
                await channel.push(1)

    async def main() -> None:
        channel = Channel[int]()
        with pytest.raises(TimeoutError):
            await send(channel)
        with pytest.raises(ChannelFailed if inside else ChannelClosed):
            await channel.pull()

    virtual_time.run(main())


# Task groups.


class Group(Protocol):
    """Runs members, and a body of its own, in a group."""

    def __call__(self, *members: Member, body: Callable[[], Member] = step) -> Coroutine[object, object, None]: ...


async def in_task_group(*members: Member, body: Callable[[], Member] = step) -> None:
    async with asyncio.TaskGroup() as group:
        for member in members:
            try:
                group.create_task(member)
            except RuntimeError:  # It is ending already: an eager sender has failed.
                member.close()
        await body()


async def in_anyio_group(*members: Member, body: Callable[[], Member] = step) -> None:
    async with anyio.create_task_group() as group:
        for member in members:
            group.create_task(member)
        await body()


GROUPS: dict[str, Group] = {"TaskGroup": in_task_group, "anyio": in_anyio_group}
each_group = pytest.mark.parametrize("in_group", GROUPS.values(), ids=GROUPS)


class Program:
    """A sender that fails and receivers, and what they noted."""

    def __init__(self, channel: Channel[int]) -> None:
        self.channel = channel
        self.error = SenderError()
        self.items: list[int] = []
        self.finished: list[str] = []
        self.failed: list[ChannelFailed] = []
        self.cancelled = 0

    async def send(self, *, ticks: int = 0) -> None:
        async with self.channel:
            await step(ticks)
            raise self.error

    async def receive(self, pull: Operation = iterate) -> None:
        try:
            await pull(self.channel)
            self.finished.append("in order")
        except ChannelClosed:
            self.finished.append("at the close")
        except ChannelFailed as failure:
            self.failed.append(failure)
            raise
        except asyncio.CancelledError:
            self.cancelled += 1
            raise

    def reports_once(self) -> None:
        """See that all receivers were cancelled; what the group raises is seen by the caller."""
        assert self.failed == []
        assert self.finished == []


@each_group
@pytest.mark.parametrize("pull", WAITING_PULLS.values(), ids=WAITING_PULLS)
@pytest.mark.parametrize("ticks", [0, 2])
@pytest.mark.parametrize("sender_first", [False, True])
async def test_a_group_reports_the_error_once_and_no_receiver_in_it_takes_half_for_the_whole(
    channel: Channel[int], in_group: Group, pull: Operation, ticks: int, *, sender_first: bool
) -> None:
    program = Program(channel)
    members = [program.receive(pull), program.send(ticks=ticks), program.receive(pull)]
    with pytest.raises(ExceptionGroup) as caught:
        await in_group(*(members[1:] if sender_first else members[:2]), members[0 if sender_first else 2])
    assert caught.value.exceptions == (program.error,)
    program.reports_once()


@each_group
@pytest.mark.parametrize("sender_first", [False, True])
async def test_a_receiver_that_is_woken_with_an_item_in_the_step_of_the_error_is_cancelled_too(
    channel: Channel[int], in_group: Group, *, sender_first: bool
) -> None:
    program = Program(channel)

    async def send() -> None:
        async with channel:
            await step(2)
            channel.push_nowait(1)
            raise program.error

    members = [send(), program.receive()]
    with pytest.raises(ExceptionGroup) as caught:
        await in_group(*(members if sender_first else members[::-1]))
    assert caught.value.exceptions == (program.error,)
    program.reports_once()


@each_group
@pytest.mark.parametrize("ticks", [1, 2, 3, 4])
@pytest.mark.parametrize("sender_first", [False, True])
async def test_a_receiver_that_comes_to_pull_in_the_iterations_of_the_error_is_cancelled_too(
    in_group: Group, ticks: int, *, sender_first: bool
) -> None:
    program = Program(Channel())
    event = asyncio.Event()

    async def receive() -> None:
        await event.wait()
        await program.receive()

    async def wake() -> None:
        await step(ticks)
        event.set()

    members = [program.send(ticks=2), receive(), wake()]
    with pytest.raises(ExceptionGroup) as caught:
        await in_group(*(members if sender_first else members[::-1]))
    assert caught.value.exceptions == (program.error,)
    program.reports_once()


@each_group
@pytest.mark.parametrize("ticks", [0, 1, 2, 3])
async def test_a_receiver_that_starts_in_the_iterations_of_the_error_is_cancelled_too(
    in_group: Group, ticks: int
) -> None:
    program = Program(Channel())

    async def start_late() -> None:
        async with asyncio.TaskGroup() as group:
            await step(ticks)
            group.create_task(program.receive())

    with pytest.raises(ExceptionGroup) as caught:
        await in_group(program.send(ticks=2), start_late())
    assert caught.value.exceptions == (program.error,)
    program.reports_once()


@pytest.mark.parametrize("ticks", [1, 2, 3])
async def test_a_receiver_that_a_group_of_anyio_starts_in_the_iterations_of_the_error_is_cancelled_too(
    ticks: int,
) -> None:
    program = Program(Channel())
    with pytest.raises(ExceptionGroup) as caught:
        async with anyio.create_task_group() as group:
            group.start_soon(program.send)
            await step(ticks)
            group.start_soon(program.receive)
    assert caught.value.exceptions == (program.error,)
    program.reports_once()


@each_group
@pytest.mark.parametrize("ticks", [0, 2])
async def test_the_body_of_a_group_may_be_the_sender(channel: Channel[int], in_group: Group, ticks: int) -> None:
    program = Program(channel)
    with pytest.raises(ExceptionGroup) as caught:
        await in_group(program.receive(), program.receive(), body=lambda: program.send(ticks=ticks))
    assert caught.value.exceptions == (program.error,)
    program.reports_once()


@each_group
async def test_items_are_received_before_the_group_fails(channel: Channel[int], in_group: Group) -> None:
    program = Program(channel)

    async def receive() -> None:
        async for item in channel:
            program.items.append(item)

    async def send() -> None:
        async with channel:
            for item in range(5):
                await channel.push(item)
                await step(2)
            raise program.error

    with pytest.raises(ExceptionGroup) as caught:
        await in_group(send(), receive())
    assert caught.value.exceptions == (program.error,)
    assert program.items == [0, 1, 2, 3, 4]


@each_group
async def test_a_second_sender_that_the_group_cancels_changes_nothing(channel: Channel[int], in_group: Group) -> None:
    program = Program(channel)

    async def send_for_ever() -> None:
        async with channel:
            await forever()

    with pytest.raises(ExceptionGroup) as caught:
        await in_group(program.receive(), send_for_ever(), program.send(ticks=2), program.receive())
    assert caught.value.exceptions == (program.error,)
    program.reports_once()


def leaves(error: BaseException) -> list[BaseException]:
    """List the errors of a group and of those within it."""
    if not isinstance(error, BaseExceptionGroup):
        return [error]
    errors: tuple[BaseException, ...] = error.exceptions  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return [leaf for each in errors for leaf in leaves(each)]


@each_group
async def test_of_nested_groups_the_inner_one_cancels_its_receivers_and_a_reader_in_the_outer_one_fails_too(
    channel: Channel[int], in_group: Group
) -> None:
    program = Program(channel)
    outer = Program(channel)
    inner = in_group(program.send(ticks=2), program.receive())
    with pytest.raises(ExceptionGroup) as caught:
        await in_group(inner, outer.receive())
    program.reports_once()
    assert {*leaves(caught.value)} == {program.error, *outer.failed}
    (failure,) = outer.failed
    assert failure.__cause__ is program.error


async def test_a_reader_in_no_group_fails(channel: Channel[int]) -> None:
    program = Program(channel)
    reader = await start_one(program.receive())
    with pytest.raises(ExceptionGroup):
        await in_task_group(program.send())
    with pytest.raises(ChannelFailed) as caught:
        await reader
    assert caught.value.__cause__ is program.error


async def test_gather_reports_the_error_and_the_receiver_fails(channel: Channel[int]) -> None:
    program = Program(channel)
    results = await asyncio.gather(program.receive(), program.send(), return_exceptions=True)
    assert [*results] == [*program.failed, program.error]


def test_asyncio_run_whose_main_task_fails_cancels_who_waits(channel: Channel[int]) -> None:
    program = Program(channel)

    async def main() -> None:
        _receiver = await start_one(program.receive())
        await program.send()

    with pytest.raises(SenderError):
        asyncio.run(main())
    assert program.cancelled == 1
    program.reports_once()


# Without a task, or under another loop, the end has come at once.


def test_with_no_loop_running_the_end_comes_at_once(channel: Channel[int]) -> None:
    error = left(channel, SenderError())
    with pytest.raises(ChannelFailed) as caught:
        channel.pull_nowait()
    assert caught.value.__cause__ is error
    with pytest.raises(ChannelFailed):
        asyncio.run(channel.pull())


async def test_with_no_task_running_the_end_comes_at_once(channel: Channel[int]) -> None:
    pull = await start_one(channel.pull())
    found: list[object] = []

    def leave_by_hand() -> None:
        left(channel, SenderError())
        found.extend([channel.waiting, has_ended(channel)])

    asyncio.get_running_loop().call_soon(leave_by_hand)
    await step()
    assert found == [(0, 0), True]
    with pytest.raises(ChannelFailed):
        await pull


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(unheard)
    yield loop
    if not loop.is_closed():
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


async def ask(channel: RecvChannel[int], seen: list[bool]) -> None:
    """Note whether a pull would wait, in the first step of a task."""
    try:
        channel.pull_nowait()
    except ChannelEmpty:
        seen.append(False)
    except ChannelFailed:
        seen.append(True)


@pytest.mark.parametrize("close_the_loop", [False, True])
def test_under_another_loop_or_none_the_end_has_come(
    channel: Channel[int], loop: asyncio.AbstractEventLoop, *, close_the_loop: bool
) -> None:
    error = SenderError()

    async def leave_last() -> None:
        loop.stop()
        await leave_and_go_on(channel, error)
        await forever()

    task = loop.create_task(leave_last())
    loop.run_forever()
    if close_the_loop:
        loop.close()
    with pytest.raises(ChannelFailed) as caught:
        channel.pull_nowait()
    assert caught.value.__cause__ is error
    with pytest.raises(ChannelFailed):
        asyncio.run(channel.pull())
    if close_the_loop:
        return
    seen: list[bool] = []
    loop.run_until_complete(ask(channel, seen))
    assert seen == [False]  # In the next iteration of its own loop.
    loop.run_until_complete(asyncio.sleep(0))
    loop.run_until_complete(ask(channel, seen))
    assert seen == [False, True]
    assert callbacks(task) == []


def test_a_pull_that_waits_meanwhile_hears_of_it_when_its_loop_goes_on(
    channel: Channel[int], loop: asyncio.AbstractEventLoop
) -> None:
    async def leave_last() -> None:
        loop.stop()
        await leave_and_go_on(channel, SenderError())

    pull = loop.create_task(channel.pull())
    loop.run_until_complete(asyncio.sleep(0))
    _sender = loop.create_task(leave_last())
    loop.run_forever()
    assert channel.waiting == (0, 1)
    with pytest.raises(ChannelFailed):
        asyncio.run(channel.pull())
    with pytest.raises(RuntimeError, match="another event loop"):
        asyncio.run(close(channel))
    with pytest.raises(ChannelFailed):
        loop.run_until_complete(pull)


async def close(channel: SendChannel[int]) -> None:
    channel.close()


# A close that is refused, and one that a subclass overrides.


@pytest.mark.parametrize("error", [SenderError(), ChannelClosed(), asyncio.CancelledError()], ids=repr)
def test_a_refused_close_leaves_the_channel_open_without_a_cause_and_a_note_on_the_error(
    channel: Channel[int], loop: asyncio.AbstractEventLoop, error: BaseException
) -> None:
    async def leave_and_look() -> None:
        before = callbacks(current())
        left(channel, error)
        assert not channel.closed
        assert callbacks(current()) == before
        await step(3)

    pull = loop.create_task(channel.pull())
    loop.run_until_complete(asyncio.sleep(0))
    error.__notes__ = list[str]()
    asyncio.run(leave_and_look())
    (note,) = error.__notes__
    assert "was not closed: a task of another event loop" in note
    assert channel.waiting == (0, 1)
    channel.push_nowait(1)
    assert loop.run_until_complete(pull) == 1
    channel.close()
    with pytest.raises(ChannelClosed) as caught:
        channel.pull_nowait()
    assert caught.value.__cause__ is None


async def test_an_override_of_close_is_called_with_the_error_and_receivers_hear_of_it_later() -> None:
    given: list[BaseException | None] = []

    class Noting(UnbufferedChannel[int]):
        def close(self, *, cause: BaseException | None = None, immediate: bool = False) -> None:
            given.append(cause)
            super().close(cause=cause, immediate=immediate)

    channel = Noting()
    error = left(channel, SenderError())
    assert given == [error]
    assert not has_ended(channel)
    await step(2)
    assert has_ended(channel)
    assert given == [error]
    other = Noting()
    async with other:
        pass
    assert given == [error, None]
    assert has_ended(other)


async def test_an_override_of_close_may_leave_the_channel_open() -> None:
    class Kept(UnbufferedChannel[int]):
        senders = 2

        def close(self, *, cause: BaseException | None = None, immediate: bool = False) -> None:
            self.senders -= 1
            if not self.senders:
                super().close(cause=cause, immediate=immediate)

    before, channel = callbacks(current()), Kept()
    pull = await start_one(channel.pull())
    left(channel, SenderError())
    assert not channel.closed
    assert callbacks(current()) == before
    await step(3)
    async with channel:
        channel.push_nowait(1)
    assert await pull == 1
    with pytest.raises(ChannelClosed):
        await channel.pull()


async def test_an_override_of_close_may_drop_the_cause() -> None:
    class Plain(UnbufferedChannel[int]):
        def close(self, *, cause: BaseException | None = None, immediate: bool = False) -> None:
            del cause
            super().close(immediate=immediate)

    before, channel = callbacks(current()), Plain()
    left(channel, SenderError())
    assert callbacks(current()) == before
    with pytest.raises(ChannelClosed) as caught:
        channel.pull_nowait()
    assert caught.value.__cause__ is None


async def test_an_override_of_close_may_name_another_cause_of_which_receivers_hear_later() -> None:
    another = SenderError("another")

    class Translating(UnbufferedChannel[int]):
        def close(self, *, cause: BaseException | None = None, immediate: bool = False) -> None:
            super().close(cause=cause and another, immediate=immediate)

    channel = Translating()
    left(channel, SenderError())
    assert not has_ended(channel)
    await step(2)
    with pytest.raises(ChannelFailed) as caught:
        channel.pull_nowait()
    assert caught.value.__cause__ is another


async def test_an_override_of_close_that_takes_no_cause_is_a_refusal() -> None:
    class Old(UnbufferedChannel[int]):
        def close(self, *, immediate: bool = False) -> None:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]  # That is it.
            super().close(immediate=immediate)

    channel: Loosely = Old()
    error = left(channel, SenderError())
    (note,) = error.__notes__
    assert "was not closed: " in note
    assert "unexpected keyword argument 'cause'" in note
    assert not channel.closed
    async with channel:
        pass
    assert has_ended(channel)


async def test_an_override_of_close_that_raises_after_it_has_closed_does_not_bring_the_end_early() -> None:
    class Raising(UnbufferedChannel[int]):
        def close(self, *, cause: BaseException | None = None, immediate: bool = False) -> None:
            super().close(cause=cause, immediate=immediate)
            raise SenderError("on the way out")

    channel = Raising()
    error = left(channel, SenderError())
    (note,) = error.__notes__
    assert note.endswith("on the way out")
    assert channel.closed
    assert not has_ended(channel)
    await step(2)
    with pytest.raises(ChannelFailed) as caught:
        channel.pull_nowait()
    assert caught.value.__cause__ is error


async def test_what_is_drained_by_hand_after_a_failure_is_all_that_there_was(bounded: Channel[int]) -> None:
    held = fill(bounded)
    left(bounded, SenderError())
    assert drain(bounded) == held
