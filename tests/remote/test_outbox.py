"""The sending half of a queue elsewhere: what a push, a flush and leaving promise, whatever becomes of the engine."""

from __future__ import annotations

import asyncio
import copy
import sys
from contextlib import aclosing, suppress
from itertools import pairwise
from math import inf, nan
from typing import TYPE_CHECKING

import anyio
import pytest

from pychanasync import Channel, ChannelClosed, SendChannel, chanselect, chanselect_nowait
from pychanasync._bridge import RemoteQueue
from pychanasync._engine import Codec
from pychanasync._inbox import Delivery
from pychanasync._outbox import NotStored, Outbox
from tests.support.engine import MemoryEngine, Numbers
from tests.support.helpers import start_one, step
from tests.support.virtual_time import VirtualTimeLoop, run, run_on_each

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from tests.support.helpers import Loosely

MANY = 20  # Steps after which nothing more comes, where nothing waits for time.


def now() -> float:
    return asyncio.get_running_loop().time()


async def push_all(out: SendChannel[int], *items: int) -> None:
    for item in items:
        await out.push(item)


def test_what_is_pushed_is_stored_soon_and_in_order() -> None:
    async def main() -> None:
        engine = MemoryEngine()
        async with engine.queue().outbox() as out:
            await push_all(out, *range(5))
            await step(MANY)
            assert engine.appended == [b"0", b"1", b"2", b"3", b"4"]
            assert isinstance(out, SendChannel)

    run_on_each(main)


def test_a_push_does_not_wait_for_the_engine_but_for_room_ahead_of_it() -> None:
    async def main() -> None:
        engine = MemoryEngine(away=True)
        async with engine.queue().outbox(ahead=2) as out:
            assert out.capacity == 2
            await push_all(out, 0, 1)
            await step()  # The first is being stored now.
            await out.push(2)
            await step()
            assert out.full()
            waiting = await start_one(out.push(3))
            assert not waiting.done()
            assert out.waiting == (1, 0)
            engine.away = False
            await waiting
        assert engine.appended == [b"0", b"1", b"2", b"3"]

    run_on_each(main)


def test_flush_waits_until_what_was_pushed_before_it_is_stored() -> None:
    async def main() -> None:
        engine = MemoryEngine(capacity=2)
        async with engine.queue().outbox(ahead=3) as out:
            await out.flush()
            await push_all(out, 0, 1, 2)
            flushing = await start_one(out.flush())
            await push_all(out, 3)
            await asyncio.sleep(5)
            assert engine.appended == [b"0", b"1"]
            assert not flushing.done()
            engine.items.pop()
            await flushing
            assert engine.appended == [b"0", b"1", b"2"]
            engine.capacity = 10

    run_on_each(main)


def test_a_flush_that_is_cancelled_changes_nothing() -> None:
    async def main() -> None:
        engine = MemoryEngine(away=True)
        async with engine.queue().outbox() as out:
            await out.push(0)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1):
                    await out.flush()
            engine.away = False
            await out.flush()
            assert engine.appended == [b"0"]

    run_on_each(main)


def test_what_the_engine_has_no_room_for_is_tried_again_until_it_has() -> None:
    async def main() -> None:
        engine = MemoryEngine(capacity=1)
        async with engine.queue().outbox() as out:
            await push_all(out, 0, 1)
            await asyncio.sleep(60)
            tries = engine.calls.count("append")
            assert 500 < tries < 800  # Ever longer pauses, of up to a tenth of a second.
            engine.items.clear()
            await out.flush()
            assert now() <= 60.2
            assert engine.appended == [b"0", b"1"]

    run_on_each(main)


def test_the_pauses_between_two_tries_double_up_to_a_tenth_of_a_second() -> None:
    class Noting(MemoryEngine):
        tries: list[float]

        async def append(self, identity: str, data: bytes) -> None:
            self.tries.append(now())
            await super().append(identity, data)

    async def main() -> None:
        engine = Noting(away=True)
        engine.tries = []
        async with engine.queue().outbox() as out:
            await out.push(0)
            await asyncio.sleep(0.4)
            engine.come_back()
        milliseconds = [round(1_000 * (later - earlier)) for earlier, later in pairwise(engine.tries)]
        assert milliseconds == [1, 2, 4, 8, 16, 32, 64, 100, 100, 100]

    run(main())


def test_an_engine_that_swallows_a_cancellation_gets_another_one() -> None:
    class Swallowing(MemoryEngine):
        swallowed = 0

        async def append(self, identity: str, data: bytes) -> None:
            del identity, data
            for _ in range(3):
                with suppress(asyncio.CancelledError):
                    await asyncio.Event().wait()
                self.swallowed += 1
            await asyncio.Event().wait()

    async def main() -> None:
        engine = Swallowing()
        with pytest.raises(NotStored):
            async with engine.queue().outbox(grace=1) as out:
                await out.push(0)
        assert engine.swallowed == 3
        assert round(now(), 3) == 1.3

    run(main())


def test_an_answer_that_was_lost_does_not_store_twice() -> None:
    async def main() -> None:
        engine = MemoryEngine()
        end = engine.end
        lost = [True, True, False]

        async def lose() -> None:
            await end()
            if lost.pop(0):
                engine.away = not engine.away
                await engine.begin("end")

        engine.end = lose  # type: ignore[method-assign]
        async with engine.queue().outbox() as out:
            await out.push(7)
            await asyncio.sleep(1)
            assert engine.appended == [b"7"]
            engine.away = False
            lost[:] = [False]

        assert engine.appended == [b"7"]

    run(main())


def test_leaving_stores_what_was_pushed() -> None:
    async def main() -> None:
        engine = MemoryEngine(away=True)
        async with engine.queue().outbox(ahead=3) as out:
            await push_all(out, 0, 1, 2)
            asyncio.get_running_loop().call_later(9, engine.come_back)
        assert engine.appended == [b"0", b"1", b"2"]
        assert now() <= 9.2
        with pytest.raises(ChannelClosed):
            await out.push(3)
        await out.flush()

    run_on_each(main)


async def fails(out: SendChannel[int]) -> None:
    await push_all(out, 0, 1)
    raise LookupError("of the body")


async def is_cancelled(out: SendChannel[int]) -> None:
    await push_all(out, 0, 1)
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().call_soon(task.cancel)
    await asyncio.sleep(10)


@pytest.mark.parametrize(("body", "kind"), [(fails, LookupError), (is_cancelled, asyncio.CancelledError)])
def test_leaving_on_an_error_or_a_cancellation_stores_what_was_pushed(
    body: Callable[[SendChannel[int]], Awaitable[None]], kind: type[BaseException]
) -> None:
    async def send(engine: MemoryEngine) -> None:
        async with engine.queue().outbox(ahead=3) as out:
            await body(out)

    async def main() -> None:
        engine = MemoryEngine(away=True)
        sending = await start_one(send(engine))
        await asyncio.sleep(9)
        assert not sending.done()
        engine.away = False
        with pytest.raises(kind) as caught:
            await sending
        assert engine.appended == [b"0", b"1"]
        assert not hasattr(caught.value, "__notes__")

    run_on_each(main)


@pytest.mark.parametrize(("body", "kind"), [(fails, LookupError), (is_cancelled, asyncio.CancelledError)])
def test_beside_an_error_or_a_cancellation_what_is_not_stored_is_a_note(
    body: Callable[[SendChannel[int]], Awaitable[None]], kind: type[BaseException]
) -> None:
    async def send(engine: MemoryEngine) -> None:
        async with engine.queue().outbox(ahead=3, grace=2) as out:
            await body(out)

    async def main() -> None:
        sending = await start_one(send(MemoryEngine(away=True)))
        with pytest.raises(kind) as caught:
            await sending
        assert caught.value.__notes__ == [
            "2 items that were pushed could not be stored: the engine is away; not stored: [0, 1]"
        ]
        assert 2 <= now() < 2.2

    run_on_each(main)


def test_after_the_grace_not_stored_is_raised_with_the_items_in_order() -> None:
    async def main() -> None:
        engine = MemoryEngine(capacity=2)
        block = engine.queue().outbox(ahead=5, grace=3)
        out = await block.__aenter__()
        await push_all(out, *range(6))
        await asyncio.sleep(1)
        with pytest.raises(NotStored) as caught:
            await block.__aexit__(None, None, None)
        assert caught.value.items == [2, 3, 4, 5]
        assert str(caught.value) == "4 items that were pushed could not be stored: the queue is full"
        assert 4 <= now() < 4.2
        assert engine.appended == [b"0", b"1"]
        with pytest.raises(NotStored) as flushed:
            await out.flush()
        assert flushed.value.items == [2, 3, 4, 5]

    run_on_each(main)


def test_public_names_carry_the_public_module() -> None:
    assert {each.__module__ for each in (Codec, Delivery, NotStored, Outbox)} == {"pychanasync.nats"}


def test_not_stored_can_be_copied_with_its_items() -> None:
    other = copy.copy(NotStored([1, 2]))
    assert other.items == [1, 2]
    assert str(other) == "2 items that were pushed could not be stored"


def test_with_no_grace_leaving_does_not_wait() -> None:
    async def main() -> None:
        engine = MemoryEngine()
        with pytest.raises(NotStored) as caught:
            async with engine.queue().outbox(grace=0) as out:
                await out.push(5)
        assert caught.value.items == [5]
        assert str(caught.value) == "1 item that was pushed could not be stored"
        async with engine.queue().outbox(grace=0) as out:
            await out.push(6)
            await out.flush()

    run_on_each(main)


def test_that_the_queue_was_full_for_a_while_is_not_the_reason_for_what_was_not_tried() -> None:
    async def main() -> None:
        engine = MemoryEngine(capacity=1)
        with pytest.raises(NotStored) as caught:
            async with engine.queue().outbox(grace=0) as out:
                await push_all(out, 0, 1)
                await asyncio.sleep(1)
                engine.items.clear()
                await out.flush()
                await out.push(2)
        assert caught.value.items == [2]
        assert caught.value.__cause__ is None

    run_on_each(main)


def test_an_endless_grace_waits_for_ever() -> None:
    async def send(engine: MemoryEngine) -> None:
        async with engine.queue().outbox(grace=inf) as out:
            await out.push(0)

    async def main() -> None:
        engine = MemoryEngine(away=True)
        sending = await start_one(send(engine))
        await asyncio.sleep(100)
        engine.away = False
        await sending

    run_on_each(main)


async def test_an_endless_grace_is_one_on_each_loop() -> None:
    engine = MemoryEngine()
    async with engine.queue().outbox(grace=inf) as out:
        await out.push(0)
    assert engine.appended == [b"0"]


def test_a_cancellation_does_not_cut_the_grace_short_and_comes_after_it() -> None:
    async def send(engine: MemoryEngine) -> None:
        async with engine.queue().outbox() as out:
            await out.push(0)

    async def main() -> None:
        engine = MemoryEngine(away=True)
        sending = await start_one(send(engine))
        for _ in range(3):
            sending.cancel()
            await asyncio.sleep(2)
            assert not sending.done()
        engine.away = False
        with pytest.raises(asyncio.CancelledError) as caught:
            await sending
        assert engine.appended == [b"0"]
        assert not hasattr(caught.value, "__notes__")

    run_on_each(main)


def test_a_cancellation_at_any_step_of_leaving_is_raised_and_all_is_stored() -> None:
    async def send(engine: MemoryEngine, left: asyncio.Event) -> None:
        async with engine.queue().outbox(ahead=3) as out:
            await push_all(out, 0, 1, 2)
            left.set()

    async def main() -> None:
        sending: asyncio.Task[None] | None = None
        for steps in range(60):
            engine, left = MemoryEngine(), asyncio.Event()
            sending = asyncio.create_task(send(engine, left))
            await left.wait()
            await step(steps)
            if sending.cancel():
                with pytest.raises(asyncio.CancelledError):
                    await sending
            assert engine.appended == [b"0", b"1", b"2"], steps
            assert asyncio.all_tasks() == {asyncio.current_task()}, steps
        assert sending is not None
        assert not sending.cancelled()  # The last came too late.

    run_on_each(main)


def test_a_cancellation_in_the_grace_gets_the_note_and_not_the_error_of_the_body() -> None:
    async def send(engine: MemoryEngine) -> None:
        async with engine.queue().outbox(grace=2) as out:
            await fails(out)

    async def main() -> None:
        sending = await start_one(send(MemoryEngine(away=True)))
        await asyncio.sleep(1)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await sending
        assert caught.value.__notes__[0].endswith("not stored: [0, 1]")

    run_on_each(main)


def test_a_timeout_around_it_is_told_of_after_the_grace() -> None:
    async def main() -> None:
        engine = MemoryEngine(away=True)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1), engine.queue().outbox(grace=3) as out:
                await push_all(out, 0, 1, 2)
        assert 4 <= now() < 4.2

    run_on_each(main)


def test_a_scope_of_anyio_that_is_cancelled_leaves_the_grace_as_it_is() -> None:
    async def main() -> None:
        engine = MemoryEngine(away=True)
        asyncio.get_running_loop().call_later(0.05, engine.come_back)
        with anyio.CancelScope() as scope:
            async with engine.queue().outbox(ahead=2) as out:
                await push_all(out, 0, 1)
                scope.cancel()
                await asyncio.sleep(10)
        assert scope.cancelled_caught
        assert engine.appended == [b"0", b"1"]

    asyncio.run(main())  # In a time that passes: the scope cancels again in each iteration.


def test_when_all_tasks_are_cancelled_at_once_what_was_pushed_is_stored() -> None:
    async def send(engine: MemoryEngine) -> None:
        async with engine.queue().outbox(ahead=3) as out:
            await push_all(out, 0, 1, 2)
            await asyncio.sleep(10)

    async def main() -> None:
        engine = MemoryEngine(away=True)
        sending = await start_one(send(engine))
        await asyncio.sleep(1)
        engine.away = False
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        assert len(tasks) == 2
        for task in tasks:  # As asyncio.run does at its end.
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert engine.appended == [b"0", b"1", b"2"]

    run_on_each(main)


def test_if_only_the_task_that_stores_is_cancelled_pushes_are_refused_and_leaving_stores() -> None:
    async def main() -> None:
        engine = MemoryEngine()
        async with engine.queue().outbox(ahead=2) as out:
            (storing,) = asyncio.all_tasks() - {asyncio.current_task()}
            await push_all(out, 0, 1)
            storing.cancel()
            await step(2)
            with pytest.raises(ChannelClosed) as refused:
                await out.push(2)
            assert isinstance(refused.value.__cause__, asyncio.CancelledError)
            assert str(refused.value.__cause__) == "the task that stores was cancelled"
            with pytest.raises(NotStored):
                await out.flush()
        assert engine.appended == [b"0", b"1"]

    run(main())


def test_an_asynchronous_generator_that_is_closed_in_the_block_stores_what_was_pushed() -> None:
    async def stage(engine: MemoryEngine) -> AsyncGenerator[int, None]:
        async with engine.queue().outbox(ahead=3, grace=2) as out:
            for item in range(3):
                await out.push(item)
                yield item

    async def main() -> None:
        engine = MemoryEngine(away=True)
        async with aclosing(stage(engine)) as items:
            async for item in items:
                if item == 1:
                    break
            asyncio.get_running_loop().call_later(1, engine.come_back)
        assert engine.appended == [b"0", b"1"]
        items = stage(MemoryEngine(away=True))
        await anext(items)
        with pytest.raises(NotStored) as caught:
            await items.aclose()
        assert caught.value.items == [0]

    run_on_each(main)


@pytest.mark.skipif(sys.version_info < (3, 13), reason="older ones do not close what a closed coroutine awaits")
def test_a_block_whose_coroutine_is_closed_cannot_wait_and_leaves_no_task_behind() -> None:
    async def send(engine: MemoryEngine) -> None:
        async with engine.queue().outbox() as out:
            await out.push(0)
            await asyncio.Event().wait()

    async def main() -> None:
        engine = MemoryEngine(away=True)
        sending = send(engine)
        sending.send(None)
        with pytest.raises(RuntimeError, match="ignored GeneratorExit"):
            sending.close()
        sending.close()
        await step(MANY)
        assert engine.appended == []

    run_on_each(main)


def test_a_block_that_is_closed_after_its_loop_leaves_with_no_wait() -> None:
    loop = VirtualTimeLoop()

    async def send() -> None:
        async with MemoryEngine(away=True).queue().outbox() as out:
            await out.push(0)
            await asyncio.Event().wait()

    async def begin() -> asyncio.Task[None]:
        sending = asyncio.create_task(send())
        await asyncio.sleep(1)  # The task that stores waits now.
        return sending

    sending = loop.run_until_complete(begin())
    coroutine = sending.get_coro()
    loop.set_exception_handler(lambda _loop, _context: None)  # Of tasks that are destroyed as they wait.
    loop.close()
    assert coroutine is not None
    coroutine.close()


def test_after_finish_pushes_end_in_not_stored() -> None:
    async def main() -> None:
        engine = MemoryEngine()
        queue = engine.queue()
        with pytest.raises(NotStored) as caught:
            async with queue.outbox() as out:
                await out.push(0)
                await out.flush()
                await queue.finish()
                for item in range(1, 10):
                    await out.push(item)
        assert engine.appended == [b"0"]
        assert caught.value.items == [*range(1, 1 + len(caught.value.items))]
        assert 1 <= len(caught.value.items) <= 2
        assert str(caught.value.__cause__) == "the queue was finished"
        assert isinstance(caught.value.__context__, ChannelClosed | None)

    run_on_each(main)


def test_where_the_queue_is_gone_the_outbox_is_closed_with_the_cause() -> None:
    async def main() -> None:
        gone = LookupError("no such queue")
        engine = MemoryEngine(gone=gone)
        with pytest.raises(NotStored) as left:
            async with engine.queue().outbox(ahead=2) as out:
                await push_all(out, 0, 1)
                with pytest.raises(NotStored) as flushed:
                    await out.flush()
                assert flushed.value.items == [0, 1]
                assert flushed.value.__cause__ is gone
                assert out.closed
                with pytest.raises(ChannelClosed) as refused:
                    await out.push(2)
                assert refused.value.__cause__ is gone
                assert refused.value.channel is out
        assert left.value.items == [0, 1]
        assert left.value.__cause__ is gone
        assert engine.calls == ["append"]

    run_on_each(main)


def test_a_group_of_nothing_but_refused_pushes_makes_room_for_not_stored() -> None:
    async def main() -> None:
        engine = MemoryEngine(gone=LookupError("no such queue"))
        with pytest.raises(NotStored) as caught:
            async with engine.queue().outbox() as out, asyncio.TaskGroup() as tasks:
                for item in range(4):
                    tasks.create_task(out.push(item))
        assert caught.value.items[0] == 0

    run_on_each(main)


def test_that_the_outbox_is_closed_is_raised_where_everything_is_stored() -> None:
    async def main() -> None:
        engine = MemoryEngine()
        with pytest.raises(ChannelClosed):
            async with engine.queue().outbox() as out:
                await out.push(0)
                out.close()
                await out.push(1)
        assert engine.appended == [b"0"]

    run_on_each(main)


def test_an_outbox_that_is_closed_in_its_block_stores_what_it_has() -> None:
    async def main() -> None:
        engine = MemoryEngine()
        with pytest.raises(LookupError):
            async with engine.queue().outbox(ahead=3) as out, out:
                await fails(out)
        assert engine.appended == [b"0", b"1"]

    run_on_each(main)


def test_an_immediate_close_discards_what_is_not_being_stored_and_flush_does_not_wait_for_it() -> None:
    async def main() -> None:
        engine = MemoryEngine(away=True)
        async with engine.queue().outbox(ahead=3) as out:
            await push_all(out, 0)
            await step()
            await push_all(out, 1, 2)
            flushing = await start_one(out.flush())
            out.close(immediate=True)
            await step(MANY)
            assert not flushing.done()  # The first is not stored.
            engine.away = False
            await flushing
        assert engine.appended == [b"0"]

    run_on_each(main)


def test_what_cannot_be_encoded_is_the_error_of_the_push() -> None:
    async def main() -> None:
        engine = MemoryEngine()
        async with engine.queue().outbox() as out:
            with pytest.raises(OverflowError):
                await out.push(-1)
            with pytest.raises(OverflowError):
                out.push_nowait(-1)
            with pytest.raises(OverflowError):
                await chanselect(out.push_case(-1))
            with pytest.raises(ValueError, match="too large"):
                await out.push(10**30)
            await out.push(1)
        assert engine.appended == [b"1"]

    run_on_each(main)


@pytest.mark.parametrize("wrong", ["1", None, bytearray(b"1")])
def test_what_is_not_encoded_as_bytes_is_the_error_of_the_push(wrong: bytes) -> None:
    class Wrong(Numbers):
        def encode(self, item: int, /) -> bytes:
            return super().encode(item) if item else wrong

    async def main() -> None:
        engine = MemoryEngine()
        async with RemoteQueue(engine, Wrong(), "numbers").outbox() as out:
            with pytest.raises(TypeError, match=r"^encode must return bytes, got"):
                await out.push(0)
            await out.push(1)
        assert engine.appended == [b"1"]

    run_on_each(main)


def test_what_cannot_be_encoded_is_the_error_of_a_push_that_waited() -> None:
    async def main() -> None:
        engine = MemoryEngine(away=True)
        async with engine.queue().outbox() as out:
            await push_all(out, 0, 1)
            wrong, right = await start_one(out.push(-1)), await start_one(out.push(2))
            engine.away = False
            with pytest.raises(OverflowError):
                await wrong
            await right
        assert engine.appended == [b"0", b"1", b"2"]

    run_on_each(main)


def test_an_identity_lets_the_engine_drop_what_it_has_had() -> None:
    async def main() -> None:
        engine = MemoryEngine()
        async with engine.queue().outbox(identity=lambda item: f"item {item % 2}") as out:
            await push_all(out, 0, 1, 2, 3)
        async with engine.queue().outbox(identity="item {}".format) as out:
            await push_all(out, 1, 5)
        assert engine.appended == [b"0", b"1", b"5"]

    run_on_each(main)


def test_without_an_identity_equal_items_are_all_stored() -> None:
    async def main() -> None:
        engine = MemoryEngine()
        for _ in range(2):
            async with engine.queue().outbox() as out:
                await push_all(out, 1, 1)
        assert engine.appended == [b"1"] * 4

    run_on_each(main)


@pytest.mark.parametrize(("identity", "kind"), [("", ValueError), (None, TypeError), (b"1", TypeError)])
def test_what_is_no_identity_is_the_error_of_the_push(identity: str, kind: type[Exception]) -> None:
    async def main() -> None:
        async with MemoryEngine().queue().outbox(identity=lambda _: identity) as out:
            with pytest.raises(kind, match="identity"):
                await out.push(1)

    run_on_each(main)


def test_its_pushes_take_part_in_a_select() -> None:
    async def main() -> None:
        engine = MemoryEngine(away=True)
        async with engine.queue().outbox() as out:
            other = Channel[int]()
            case = out.push_case(1)
            for _ in range(2):
                selected = await chanselect(other.pull_case(), case)
                assert selected.index == 1
                assert selected.channel is out
                await step()
            assert chanselect_nowait(case) is None
            waiting = await start_one(chanselect(other.pull_case(), case))
            engine.away = False
            assert (await waiting).index == 1
        assert engine.appended == [b"1"] * 3
        with pytest.raises(ChannelClosed) as refused:
            await chanselect(case)
        assert refused.value.channel is out

    run_on_each(main)


def test_a_push_that_raised_is_not_stored_and_one_that_returned_is() -> None:
    async def main() -> None:
        engine = MemoryEngine(capacity=1)
        pushed: list[bytes] = []

        async def push(out: SendChannel[int], item: int) -> None:
            with suppress(TimeoutError):
                async with asyncio.timeout(0.03):
                    await out.push(item)
                pushed.append(b"%d" % item)

        async def take() -> None:
            while len(engine.appended) < 10:
                await asyncio.sleep(0.05)
                engine.items.clear()

        taking = await start_one(take())
        async with engine.queue().outbox() as out:
            for item in range(40):
                await push(out, item)
            await taking
            engine.capacity = 100
        assert engine.appended == pushed
        assert 10 <= len(pushed) < 40

    run_on_each(main)


@pytest.mark.parametrize("away", [False, True])
def test_whenever_a_producer_is_cancelled_what_it_pushed_is_stored_and_nothing_else(*, away: bool) -> None:
    async def send(engine: MemoryEngine, pushed: list[bytes]) -> None:
        async with engine.queue().outbox(ahead=2) as out:
            for item in range(4):
                await out.push(item)
                pushed.append(b"%d" % item)
            await out.flush()

    async def main() -> None:
        for steps in range(40):
            engine, pushed = MemoryEngine(away=away), list[bytes]()
            sending = asyncio.create_task(send(engine, pushed))
            await step(steps)
            sending.cancel()
            await step(2)
            engine.come_back()
            with suppress(asyncio.CancelledError):
                await sending
            assert engine.appended == pushed, steps
            assert asyncio.all_tasks() == {asyncio.current_task()}

    run_on_each(main)


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ({"ahead": 0}, ValueError),
        ({"ahead": 1.5}, TypeError),
        ({"ahead": inf}, TypeError),
        ({"ahead": True}, TypeError),
        ({"grace": -1}, ValueError),
        ({"grace": nan}, ValueError),
        ({"grace": "1"}, TypeError),
    ],
)
def test_wrong_arguments_are_refused_by_name(arguments: dict[str, float], kind: type[Exception]) -> None:
    (name,) = arguments
    outbox: Loosely = MemoryEngine().queue().outbox
    with pytest.raises(kind, match=rf"^{name} must be"):
        outbox(**arguments)


def test_its_name_is_that_of_the_queue() -> None:
    async def main() -> None:
        async with MemoryEngine().queue().outbox(ahead=3) as out:
            assert repr(out) == "<OutboxChannel 'numbers': 0 of 3 items>"
            out.close()
            with pytest.raises(ChannelClosed, match=r"^cannot push to OutboxChannel 'numbers': the channel is closed$"):
                await out.push(1)

    run(main())


def test_finish_is_tried_again_while_the_engine_is_away() -> None:
    async def main() -> None:
        engine = MemoryEngine(away=True)
        finishing = await start_one(engine.queue().finish())
        await asyncio.sleep(60)
        assert not finishing.done()
        engine.away = False
        await finishing
        await engine.queue().finish()
        assert engine.finished

    run_on_each(main)
