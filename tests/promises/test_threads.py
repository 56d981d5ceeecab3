"""What other threads do with a channel: the same as tasks, while they block."""

from __future__ import annotations

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from math import inf, nan
from threading import Barrier, Event, Thread
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import ref

import pytest

from pychanasync import Broadcast, Channel, ChannelClosed, ChannelFailed, threads
from pychanasync.threads import ThreadReceiver, ThreadSender
from tests.support.helpers import drain, fill, is_idle, step, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.helpers import Loosely

Item = TypeVar("Item")
in_thread = asyncio.to_thread


class Slow(Generic[Item]):
    """Both halves of a channel, without deriving from it, with a step of the loop in each operation that may wait."""

    def __init__(self, channel: Channel[Item]) -> None:
        self._channel = channel

    def __getattr__(self, name: str) -> Loosely:
        return getattr(self._channel, name)

    async def push(self, item: Item) -> None:
        await step()
        await self._channel.push(item)

    async def pull(self) -> Item:
        await step()
        return await self._channel.pull()


def as_sender(channel: Loosely) -> ThreadSender[int]:
    return ThreadSender(channel)


def as_receiver(channel: Loosely) -> ThreadReceiver[int]:
    return ThreadReceiver(channel)


async def test_a_push_of_a_thread_waits_for_room(bounded: Channel[int]) -> None:
    sender, held = ThreadSender(bounded), fill(bounded)
    push = asyncio.create_task(in_thread(sender.push, 1))
    await until(lambda: bounded.waiting.pushes)
    assert drain(bounded) == [*held, 1]
    await push
    assert is_idle(bounded)


async def test_a_pull_of_a_thread_waits_for_an_item() -> None:
    channel = Channel[int](1)
    pull = asyncio.create_task(in_thread(ThreadReceiver(channel).pull))
    await until(lambda: channel.waiting.pulls)
    await channel.push(1)
    assert await pull == 1


async def test_a_batch_of_a_thread_waits_for_a_first_item_and_then_for_more_if_asked_to() -> None:
    channel = Channel[int](1)
    receiver = ThreadReceiver(channel)
    batches = [asyncio.create_task(in_thread(receiver.pull_many, 2, within=within)) for within in (0, inf)]
    await until(lambda: channel.waiting.pulls == 2)
    for item in range(2):
        await channel.push(item)
    await until(lambda: any(batch.done() for batch in batches))
    assert not all(batch.done() for batch in batches)
    await channel.push(2)
    assert sorted(await asyncio.gather(*batches), key=len) in ([[0], [1, 2]], [[1], [0, 2]])


async def test_two_threads_meet(bounded: Channel[int]) -> None:
    def count() -> None:
        with sender:
            for item in range(20):
                sender.push(item)

    sender, receiver = ThreadSender(bounded), ThreadReceiver(bounded)
    taken, _ = await asyncio.gather(in_thread(list, receiver), in_thread(count))
    assert taken == [*range(20)]


async def test_threads_that_share_both_ends_get_each_item_once_and_keep_the_order_of_each(
    bounded: Channel[int],
) -> None:
    def count(first: int) -> None:
        for item in range(first, first + 10):
            sender.push(item)

    def take() -> list[int]:
        return [item for item in receiver]  # noqa: C416  # list() would ask for more than is to be shown.

    sender, receiver = ThreadSender(bounded), iter(ThreadReceiver(bounded))
    taking = [asyncio.create_task(in_thread(take)) for _ in range(2)]
    await asyncio.gather(*(in_thread(count, first) for first in (0, 10, 20)))
    await in_thread(sender.close)
    taken = await asyncio.gather(*taking)
    assert sorted(taken[0] + taken[1]) == [*range(30)]
    for items in taken:
        assert all(own == sorted(own) for own in ([item for item in items if item // 10 == tens] for tens in range(3)))


async def test_a_push_goes_through_a_method_that_a_subclass_overrides() -> None:
    class Doubling(Channel[int]):
        async def push(self, item: int) -> None:
            await super().push(2 * item)

    channel = Doubling()
    assert (await asyncio.gather(in_thread(ThreadSender(channel).push, 1), channel.pull()))[1] == 2


async def test_whatever_has_the_members_of_a_half_can_be_lent() -> None:
    channel = Slow(Channel[int](1))
    sender, receiver = as_sender(channel), as_receiver(channel)
    await in_thread(sender.push, 1, 60)
    assert await in_thread(receiver.pull, 60) == 1
    with pytest.raises(TimeoutError):  # It would have to wait, though not long.
        await in_thread(sender.push, 1, 0)
    await in_thread(sender.close)
    assert await in_thread(list, receiver) == []


async def test_threads_push_to_a_hub_and_pull_from_a_subscription() -> None:
    def count() -> None:
        with sender:
            for item in range(5):
                sender.push(item)

    hub = Broadcast[int](1)
    sender = ThreadSender(hub)
    async with hub.subscribe() as one, hub.subscribe() as other:
        ends = ThreadReceiver(one), ThreadReceiver(other)
        *taken, _ = await asyncio.gather(*(in_thread(list, end) for end in ends), in_thread(count))
    assert taken == [[*range(5)]] * 2


async def test_an_iteration_ends_at_the_close_and_fails_at_its_cause() -> None:
    async def pulled_until_closed(cause: Exception | None) -> list[int]:
        taken: list[int] = []
        channel = Channel[int](1)
        channel.push_nowait(1)
        channel.close(cause=cause)
        await in_thread(lambda: taken.extend(ThreadReceiver(channel, loop=loop)))
        return taken

    loop, cause = asyncio.get_running_loop(), ArithmeticError()
    assert await pulled_until_closed(None) == [1]
    with pytest.raises(ChannelFailed) as failure:
        await pulled_until_closed(cause)
    assert failure.value.__cause__ is cause


async def test_errors_of_the_channel_are_raised_in_the_thread() -> None:
    channel = Channel[int]()
    channel.close()
    sender, receiver = ThreadSender(channel), ThreadReceiver(channel)
    operations: list[Callable[[], object]] = [partial(sender.push, 1), receiver.pull, partial(receiver.pull_many, 1)]
    for operation in operations:
        with pytest.raises(ChannelClosed) as error:
            await in_thread(operation)
        assert error.value.channel is channel


async def test_a_close_meets_the_threads_that_wait() -> None:
    full, empty = Channel[int](1), Channel[int]()
    fill(full)
    push = asyncio.create_task(in_thread(ThreadSender(full).push, 1))
    pull = asyncio.create_task(in_thread(ThreadReceiver(empty).pull))
    await until(lambda: full.waiting.pushes and empty.waiting.pulls)
    for channel, waiting in ((full, push), (empty, pull)):
        channel.close()
        with pytest.raises(ChannelClosed):
            await waiting


async def test_a_thread_closes_as_the_sending_half_does() -> None:
    channel = Channel[int](1)
    fill(channel)
    sender, cause = ThreadSender(channel), ArithmeticError()
    await in_thread(partial(sender.close, cause=cause))
    assert channel.closed
    await in_thread(partial(sender.close, immediate=True))
    with pytest.raises(ChannelFailed) as failure:
        channel.pull_nowait()
    assert failure.value.__cause__ is cause


async def test_what_is_no_cause_leaves_the_channel_open() -> None:
    channel = Channel[int]()
    cause: Loosely = ArithmeticError
    with pytest.raises(TypeError, match="cause must be"):
        await in_thread(partial(ThreadSender(channel).close, cause=cause))
    assert not channel.closed


def leave_by(sender: ThreadSender[int], error: BaseException | None) -> BaseException | None:
    """Leave the block of a sender, and return the error that comes out."""
    try:
        with sender as itself:
            assert itself is sender
            if error is not None:
                raise error  # noqa: TRY301  # As a block does.
    except BaseException as raised:  # noqa: BLE001  # It is what is asked for.
        return raised
    return None


async def test_an_error_in_the_block_is_the_cause_and_receivers_learn_of_it_at_once() -> None:
    channel = Channel[int]()
    error = ArithmeticError()
    assert await in_thread(leave_by, ThreadSender(channel), error) is error
    with pytest.raises(ChannelFailed) as failure:
        channel.pull_nowait()
    assert failure.value.__cause__ is error


@pytest.mark.parametrize(
    "error", [None, ChannelClosed(), ExceptionGroup("", [ChannelClosed()]), KeyboardInterrupt(), GeneratorExit()]
)
async def test_a_block_that_is_left_in_any_other_way_closes_plainly(error: BaseException | None) -> None:
    channel = Channel[int]()
    assert await in_thread(leave_by, ThreadSender(channel), error) is error
    with pytest.raises(ChannelClosed):
        channel.pull_nowait()


class RefusingToClose(Channel[int]):
    def close(self, *, cause: BaseException | None = None, immediate: bool = False) -> None:
        raise RuntimeError(f"not with {cause!r}, {immediate}")


async def test_an_error_of_the_close_is_raised_or_noted_on_that_of_the_block() -> None:
    sender, error = ThreadSender(RefusingToClose()), ArithmeticError()
    refusal = await in_thread(leave_by, sender, None)
    assert isinstance(refusal, RuntimeError)
    assert await in_thread(leave_by, sender, error) is error
    assert [note.partition(">")[2] for note in error.__notes__] == [
        " was not closed: not with ArithmeticError(), False"
    ]


async def test_with_a_timeout_of_0_what_need_not_wait_is_done_and_nothing_else(bounded: Channel[int]) -> None:
    sender, receiver = ThreadSender(bounded), ThreadReceiver(bounded)
    held = fill(bounded)
    with pytest.raises(TimeoutError):
        await in_thread(sender.push, 1, 0)
    assert is_idle(bounded)
    assert [await in_thread(receiver.pull, 0) for _ in held] == held
    for operation in (partial(receiver.pull, 0), partial(receiver.pull_many, 1, within=inf, timeout=0)):
        with pytest.raises(TimeoutError):
            await in_thread(operation)
    assert is_idle(bounded)
    push = asyncio.create_task(bounded.push(2))
    await step()
    assert await in_thread(partial(receiver.pull_many, 2, within=inf, timeout=0)) == [2]
    await push
    pull = asyncio.create_task(bounded.pull())
    await step()
    await in_thread(sender.push, 3, 0)
    assert await pull == 3


@pytest.mark.parametrize("seconds", [1e-9, 0.001])
async def test_what_timed_out_did_nothing_and_waits_no_longer(bounded: Channel[int], seconds: float) -> None:
    held, empty = fill(bounded), Channel[int]()
    receiver = ThreadReceiver(empty)
    operations: list[Callable[[], object]] = [
        partial(ThreadSender(bounded).push, 1, seconds),
        partial(receiver.pull, seconds),
        partial(receiver.pull_many, 2, timeout=seconds),
    ]
    for operation in operations:
        with pytest.raises(TimeoutError, match="nothing was done"):
            await in_thread(operation)
    assert is_idle(bounded)
    assert is_idle(empty)
    assert drain(bounded) == held


async def test_a_batch_that_times_out_gives_back_what_it_had() -> None:
    channel = Channel[int](2)
    channel.push_nowait(1)
    with pytest.raises(TimeoutError):
        await in_thread(partial(ThreadReceiver(channel).pull_many, 2, within=inf, timeout=0.001))
    assert drain(channel) == [1]


@pytest.mark.parametrize("side", ["push", "pull"])
async def test_a_push_that_is_done_as_its_time_is_over_returns_and_a_pull_leaves_its_item(
    monkeypatch: pytest.MonkeyPatch, side: str
) -> None:
    """The other side comes after the thread has said that its time is over, but before the loop hears of it."""
    over, said = Event(), Event()
    wait, tell = threads._wait, threads._tell  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # To come between.

    def wait_until_over(loop: asyncio.AbstractEventLoop, call: Loosely, seconds: float) -> bool:
        return not over.wait() if seconds < inf else wait(loop, call, seconds)

    def tell_and_say(loop: asyncio.AbstractEventLoop, callback: Callable[[], object]) -> None:
        tell(loop, callback)
        if over.is_set():
            said.set()

    monkeypatch.setattr(threads, "_wait", wait_until_over)
    monkeypatch.setattr(threads, "_tell", tell_and_say)
    channel = Channel[int](1) if side == "push" else Channel[int]()
    held = [*fill(channel), 1]
    sender, receiver = ThreadSender(channel), ThreadReceiver(channel)
    operation: Callable[[], int | None] = partial(sender.push, 1, 60) if side == "push" else partial(receiver.pull, 60)
    waiting = asyncio.create_task(in_thread(operation))
    await until(lambda: any(channel.waiting))
    over.set()
    said.wait()
    if side == "push":
        assert drain(channel) == held
        assert await waiting is None
    else:  # It takes when it resumes, and so took nothing.
        channel.push_nowait(1)
        with pytest.raises(TimeoutError):
            await waiting
        assert await channel.pull() == 1


@pytest.mark.parametrize(
    ("seconds", "error"), [(-1, ValueError), (nan, ValueError), ("1", TypeError), (False, TypeError)]
)
async def test_what_is_no_timeout_is_refused_and_nothing_done(seconds: Loosely, error: type[Exception]) -> None:
    channel = Channel[int]()
    sender, receiver = ThreadSender(channel), ThreadReceiver(channel)
    operations: list[Callable[[], object]] = [
        partial(sender.push, 1, seconds),
        partial(receiver.pull, seconds),
        partial(receiver.pull_many, 1, timeout=seconds),
    ]
    for operation in operations:
        with pytest.raises(error, match="timeout must be"):
            await in_thread(operation)
    assert channel.empty()


@pytest.mark.parametrize(
    ("limit", "within", "error"), [(0, 0, ValueError), (1.5, 0, TypeError), (1, -1, ValueError), (1, nan, ValueError)]
)
async def test_a_batch_refuses_what_that_of_the_receiving_half_refuses(
    limit: Loosely, within: float, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await in_thread(partial(ThreadReceiver(Channel[int]()).pull_many, limit, within=within))


async def test_an_operation_that_fails_in_any_way_fails_in_the_thread() -> None:
    with pytest.raises(AttributeError):
        await in_thread(as_sender(None).push, 1)
    with pytest.raises(AttributeError):
        await in_thread(as_sender(None).close)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_operation_for_which_no_task_can_be_made_fails_in_the_thread(error: type[BaseException]) -> None:
    def refuse(loop: asyncio.AbstractEventLoop, *_: object, **__: object) -> Loosely:
        loop.stop()
        raise error

    channel = Channel[int](1)
    with ThreadPoolExecutor(1) as pool, asyncio.Runner() as runner:
        loop = runner.get_loop()
        loop.set_task_factory(refuse)
        pushing = pool.submit(ThreadSender(channel, loop=loop).push, 1)
        with suppress(KeyboardInterrupt):  # It leaves the loop as well.
            loop.run_forever()
        loop.set_task_factory(None)
        with pytest.raises(error):
            pushing.result(timeout=10)
    assert channel.empty()


async def test_in_the_thread_of_the_loop_every_operation_is_refused() -> None:
    channel = Channel[int]()
    sender, receiver = ThreadSender(channel), ThreadReceiver(channel)
    operations: list[Callable[[], object]] = [
        partial(sender.push, 1),
        sender.close,
        receiver.pull,
        partial(receiver.pull_many, 1),
    ]
    for operation in operations:
        with pytest.raises(RuntimeError, match="would wait for itself"):
            operation()
    assert channel.empty()
    assert not channel.closed


def test_where_no_loop_runs_one_must_be_given() -> None:
    channel = Channel[int]()
    for make in (ThreadSender, ThreadReceiver):
        with pytest.raises(RuntimeError, match="no running event loop"):
            make(channel)


async def test_another_thread_may_make_the_ends_if_it_gives_the_loop() -> None:
    channel = Channel[int](1)

    def meet(loop: asyncio.AbstractEventLoop) -> int:
        with ThreadPoolExecutor(1) as pool:
            push = pool.submit(ThreadSender(channel, loop=loop).push, 1)
            item = ThreadReceiver(channel, loop=loop).pull()
            push.result()
        return item

    assert await in_thread(meet, asyncio.get_running_loop()) == 1


async def test_a_thread_with_a_loop_of_its_own_blocks_that_one() -> None:
    channel = Channel[int](1)
    fill(channel)
    sender = ThreadSender(channel)

    async def push() -> None:
        sender.push(1)

    pushing = asyncio.create_task(in_thread(asyncio.run, push()))
    await until(lambda: channel.waiting.pushes)
    assert drain(channel)[-1] == 1
    await pushing


async def test_many_threads_find_one_loop_at_once() -> None:
    def find(loop: asyncio.AbstractEventLoop) -> None:
        barrier.wait()
        ThreadSender(channel, loop=loop).push(1)

    channel, barrier = Channel[int](8), Barrier(8)
    finders = [Thread(target=find, args=[asyncio.get_running_loop()]) for _ in range(8)]
    for thread in finders:
        thread.start()
    await channel.pull_many(8, within=inf)
    for thread in finders:
        await in_thread(thread.join)


async def test_what_a_thread_was_told_and_what_it_pushed_is_free_without_the_collector() -> None:
    class Thing:
        pass

    def refuse(sender: ThreadSender[Thing]) -> ref[Thing]:
        thing = Thing()
        with pytest.raises(TimeoutError):
            sender.push(thing, 0)
        with pytest.raises(ChannelClosed):
            sender.push(thing)
        return ref(thing)

    if asyncio.get_running_loop().get_task_factory():
        pytest.skip("a frame around its first step keeps an eager task")
    channel = Channel[Thing]()
    gc.disable()
    try:
        refusing = asyncio.create_task(in_thread(refuse, ThreadSender(channel)))
        await until(lambda: channel.waiting.pushes)
        channel.close()
        thing = await refusing
        await step(2)
        assert thing() is None
    finally:
        gc.enable()
