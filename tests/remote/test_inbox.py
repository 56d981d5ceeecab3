"""The receiving half of a queue elsewhere: what a delivery and leaving promise, whatever becomes of the engine."""

from __future__ import annotations

import asyncio
import sys
from contextlib import aclosing, suppress
from math import inf
from typing import TYPE_CHECKING

import pytest

from pychanasync import Channel, ChannelClosed, ChannelFailed, RecvChannel, chanselect
from tests.support.engine import Killed, MemoryEngine, process
from tests.support.helpers import start_one, step
from tests.support.virtual_time import VirtualTimeLoop, run, run_on_each

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from pychanasync._inbox import Delivery

    Inbox = RecvChannel[Delivery[int]]

POISON = b"poison"


def holding(*items: int, capacity: int = 100, lease: float = 30.0, attempts: int = 10) -> MemoryEngine:
    """Make an engine that holds some items."""
    engine = MemoryEngine(capacity=capacity, lease=lease, attempts=attempts)
    engine.put(*(b"%d" % item for item in items))
    return engine


def now() -> float:
    return asyncio.get_running_loop().time()


async def use(inbox: Inbox) -> int:
    """Receive one item, and do it."""
    async with await inbox.pull() as item:
        return item


async def fail(inbox: Inbox) -> None:
    """Receive one item, and fail to do it."""
    with suppress(LookupError):
        async with await inbox.pull():
            raise LookupError("of the body")


async def hold(inbox: Inbox, seconds: float = inf) -> None:
    """Receive one item, and work on it for some time."""
    async with await inbox.pull():
        await asyncio.sleep(min(seconds, 1e6))


async def hold_one(engine: MemoryEngine) -> None:
    """Receive one item in an inbox of its own, and never end."""
    async with engine.queue().inbox() as inbox:
        await hold(inbox)


def test_items_come_in_the_order_in_which_they_are_stored() -> None:
    async def main() -> None:
        engine = holding(*range(5))
        async with engine.queue().inbox() as inbox:
            assert isinstance(inbox, RecvChannel)
            got: list[int] = []
            for _ in range(5):
                async with await inbox.pull() as item:
                    got.append(item)
        assert got == [0, 1, 2, 3, 4]
        assert engine.done == [b"0", b"1", b"2", b"3", b"4"]
        assert "drained" not in engine.calls  # That is asked only when nothing came.

    run_on_each(main)


def test_an_item_is_done_once_its_block_is_left_without_an_error() -> None:
    async def main() -> None:
        engine = holding(1, 2)
        async with engine.queue().inbox() as inbox:
            async with await inbox.pull() as item:
                assert item == 1
                assert engine.done == []
            assert engine.done == [b"1"]
        assert [item.data for item in engine.items] == [b"2"]

    run_on_each(main)


def test_after_an_error_an_item_is_given_out_again_a_second_later() -> None:
    async def main() -> None:
        engine = holding(1)
        async with engine.queue().inbox() as inbox:
            with pytest.raises(LookupError):
                async with await inbox.pull() as item:
                    raise LookupError(item)
            failed = now()
            delivery = await inbox.pull()
            assert 1 <= now() - failed < 1.1
            assert delivery.attempt == 2
            async with delivery as item:
                assert item == 1
        assert engine.done == [b"1"]

    run_on_each(main)


def test_after_a_cancellation_an_item_is_given_out_again_at_once() -> None:
    async def main() -> None:
        engine = holding(1)
        async with engine.queue().inbox() as inbox:
            holding_it = await start_one(hold(inbox))
            await asyncio.sleep(0.5)
            began = now()
            holding_it.cancel()
            with pytest.raises(asyncio.CancelledError):
                await holding_it
            delivery = await inbox.pull()
            assert now() - began < 0.1
            assert delivery.attempt == 2
            assert "give back 0" in engine.calls

    run_on_each(main)


def test_a_lease_is_prolonged_as_long_as_the_item_is_held() -> None:
    async def main() -> None:
        engine = holding(1, 2)
        async with engine.queue().inbox() as inbox, engine.queue().inbox(prefetch=9) as other:
            await hold(inbox, 60)
            delivery = await other.pull()
            assert delivery.attempt == 1  # The second item.
            assert engine.done == [b"1"]
            await asyncio.sleep(60)  # It waits for its use.
            async with delivery as item:
                assert item == 2
        assert engine.done == [b"1", b"2"]

    run_on_each(main)


def test_a_lease_is_prolonged_of_what_has_come_and_was_not_fetched_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        engine = holding(1, 2)
        source = engine.source()
        source.arrived += engine.borrow(1)
        monkeypatch.setattr(engine, "source", lambda: source)
        async with engine.queue().inbox() as inbox:
            await hold(inbox, 60)
            assert engine.done == [b"2"]
            assert engine.items[0].ready_at > now()
            assert engine.items[0].attempt == 1

    run_on_each(main)


def test_a_lease_is_prolonged_again_after_the_engine_was_away() -> None:
    async def main() -> None:
        engine = holding(1)
        async with engine.queue().inbox() as inbox:
            holding_it = await start_one(hold(inbox, 60))
            await asyncio.sleep(1)
            engine.away = True
            await asyncio.sleep(15)
            engine.away = False
            await holding_it
        assert engine.done == [b"1"]
        assert engine.calls.count("settle") == 1

    run_on_each(main)


def test_of_a_process_that_is_killed_others_get_the_items_when_the_leases_have_run_out() -> None:
    async def killed(engine: MemoryEngine) -> None:
        process.set("killed")
        async with engine.queue().inbox(prefetch=2) as inbox, await inbox.pull():
            await asyncio.sleep(40)
            raise engine.kill()

    async def main() -> None:
        engine = holding(1, 2)
        with pytest.raises(Killed):
            await asyncio.create_task(killed(engine))
        assert engine.calls.count("extend") == 2 * 3
        assert not any(call.startswith("give back") for call in engine.calls)
        end = now()
        async with engine.queue().inbox(prefetch=2) as inbox:
            deliveries = [await inbox.pull(), await inbox.pull()]
            assert 20 < now() - end <= 31
            assert [delivery.attempt for delivery in deliveries] == [2, 2]

    run_on_each(main)


def test_so_many_items_are_on_loan_at_a_time_those_in_use_included() -> None:
    async def main() -> None:
        engine = holding(*range(10))
        async with engine.queue().inbox(prefetch=3) as inbox:
            await asyncio.sleep(5)
            assert inbox.csize() == 3
            holding_it = await start_one(hold(inbox))
            await asyncio.sleep(5)
            assert sum(item.lent for item in engine.items) == 3
            assert await use(inbox) == 1
            await asyncio.sleep(5)
            assert sum(item.lent for item in engine.items) == 3
            holding_it.cancel()

    run_on_each(main)


def test_what_comes_above_the_number_asked_for_is_held_too() -> None:
    async def main() -> None:
        engine = holding(*range(4))
        engine.surplus = 2
        async with engine.queue().inbox() as inbox:
            assert [await use(inbox) for _ in range(4)] == [0, 1, 2, 3]
        assert engine.calls.count("fetch") < 4

    run_on_each(main)


def test_what_cannot_be_decoded_is_put_aside_with_the_reason_and_no_worker_dies_of_it() -> None:
    async def main() -> None:
        engine = holding(1)
        engine.put(POISON)
        engine.put(b"2")
        async with engine.queue().inbox(prefetch=2) as inbox:
            assert [await use(inbox), await use(inbox)] == [1, 2]
        ((data, reason),) = engine.dead
        assert data == POISON
        assert reason.startswith("cannot be decoded: invalid literal")

    run_on_each(main)


def test_what_raised_at_its_last_attempt_is_put_aside_with_the_error() -> None:
    async def main() -> None:
        engine = holding(1, attempts=3)
        async with engine.queue().inbox() as inbox:
            for _ in range(3):
                await fail(inbox)
            await asyncio.sleep(1)
        assert engine.dead == [(b"1", "the last attempt raised LookupError('of the body')")]
        assert engine.calls.count("give back 1") == 2

    run_on_each(main)


def test_an_error_that_cannot_be_shown_is_named_by_its_type() -> None:
    class UnshowableError(Exception):
        def __repr__(self) -> str:
            raise ZeroDivisionError

    async def main() -> None:
        engine = holding(1, attempts=1)
        async with engine.queue().inbox() as inbox:
            with pytest.raises(UnshowableError):
                async with await inbox.pull():
                    raise UnshowableError
        assert engine.dead == [(b"1", "the last attempt raised UnshowableError")]

    run_on_each(main)


def test_what_was_given_out_too_often_is_put_aside_and_not_given_out_again() -> None:
    async def main() -> None:
        engine = holding(1, 2, attempts=3)
        engine.items[0].attempt = 3  # As by three workers that were killed.
        async with engine.queue().inbox() as inbox:
            assert await use(inbox) == 2
        assert engine.dead == [(b"1", "given out 3 times and not done")]

    run_on_each(main)


def test_an_error_of_the_codec_that_says_nothing_of_the_data_closes_the_inbox() -> None:
    async def main() -> None:
        engine = holding(666, 1)
        async with engine.queue().inbox(prefetch=2) as inbox:
            with pytest.raises(ChannelFailed) as failed:
                await inbox.pull()
        assert isinstance(failed.value.__cause__, KeyError)
        assert not any(item.lent for item in engine.items)

    run_on_each(main)


def test_a_delivery_is_entered_once() -> None:
    async def main() -> None:
        engine = holding(1)
        async with engine.queue().inbox() as inbox:
            delivery = await inbox.pull()
            async with delivery:
                with pytest.raises(RuntimeError, match="entered before"):
                    await delivery.__aenter__()
            with pytest.raises(RuntimeError, match="entered before"):
                async with delivery:
                    pass
        assert engine.done == [b"1"]

    run_on_each(main)


def test_a_delivery_cannot_be_entered_after_its_inbox_was_left() -> None:
    async def main() -> None:
        engine = holding(1)
        async with engine.queue().inbox() as inbox:
            delivery = await inbox.pull()
        with pytest.raises(RuntimeError, match=r"^the inbox of this delivery was left, and has given the item back$"):
            async with delivery:
                pass
        assert engine.done == []
        with pytest.raises(ChannelClosed):
            await inbox.pull()

    run_on_each(main)


def test_leaving_gives_back_what_is_held_and_what_is_in_use() -> None:
    async def main() -> None:
        engine = holding(1, 2, 3)
        async with engine.queue().inbox(prefetch=3) as inbox:
            holding_it = await start_one(hold(inbox, 100))
            await inbox.pull()
            await step(5)
        assert not any(item.lent for item in engine.items)
        assert engine.calls.count("give back 0") == 3
        await holding_it  # That it is done in the end is not told any more.
        assert engine.done == []

    run_on_each(main)


def test_an_asynchronous_generator_that_is_closed_in_a_delivery_gives_the_item_back_at_once() -> None:
    async def items(inbox: Inbox) -> AsyncGenerator[int, None]:
        async for delivery in inbox:
            async with delivery as item:
                yield item

    async def main() -> None:
        engine = holding(1)
        async with engine.queue().inbox() as inbox:
            async with aclosing(items(inbox)) as first:
                assert await anext(first) == 1
            async with asyncio.timeout(1):
                assert (await inbox.pull()).attempt == 2

    run_on_each(main)


def test_an_asynchronous_generator_that_is_closed_in_the_block_gives_back_what_is_held() -> None:
    async def items(engine: MemoryEngine) -> AsyncGenerator[int, None]:
        async with engine.queue().inbox(prefetch=2) as inbox:
            async for delivery in inbox:
                async with delivery as item:
                    yield item

    async def main() -> None:
        engine = holding(1, 2)
        async with aclosing(items(engine)) as first:
            assert await anext(first) == 1
        assert [item.lent for item in engine.items] == [False, False]
        assert now() < 1

    run_on_each(main)


@pytest.mark.skipif(sys.version_info < (3, 13), reason="older ones do not close what a closed coroutine awaits")
def test_a_block_whose_coroutine_is_closed_cannot_wait_and_leaves_no_task_behind() -> None:
    async def main() -> None:
        receiving = hold_one(holding(1))
        receiving.send(None)
        with pytest.raises(RuntimeError, match="ignored GeneratorExit"):
            receiving.close()
        receiving.close()
        await step(5)

    run_on_each(main)


def test_a_block_that_is_closed_after_its_loop_leaves_with_no_wait() -> None:
    loop = VirtualTimeLoop()

    async def begin() -> asyncio.Task[None]:
        receiving = asyncio.create_task(hold_one(holding(1)))
        await asyncio.sleep(1)
        return receiving

    coroutine = loop.run_until_complete(begin()).get_coro()
    loop.set_exception_handler(lambda _loop, _context: None)  # Of tasks that are destroyed as they wait.
    loop.close()
    assert coroutine is not None
    coroutine.close()


def test_leaving_gives_back_what_came_too_late() -> None:
    async def main() -> None:
        engine = holding(1, 2)
        async with engine.queue().inbox() as inbox:
            await inbox.pull()
            engine.late = 1
        assert sum(item.attempt for item in engine.items) == 2
        assert engine.calls.count("give back 0") == 2
        assert not any(item.lent for item in engine.items)

    run_on_each(main)


def test_leaving_gives_back_what_has_come_even_if_the_source_cannot_be_left(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        engine = holding(1, 2)
        source = engine.source()
        source.arrived += engine.borrow(1)
        monkeypatch.setattr(engine, "source", lambda: source)
        engine.gone, engine.gone_for = LookupError("no such connection"), "leave"
        async with engine.queue().inbox() as inbox:
            assert await use(inbox) == 2
        assert [item.lent for item in engine.items] == [False]

    run_on_each(main)


def test_leaving_while_the_engine_is_away_takes_a_few_seconds_and_the_leases_run_out() -> None:
    async def main() -> None:
        engine = holding(1)
        async with engine.queue().inbox() as inbox:
            await inbox.pull()
            await asyncio.sleep(100)
            engine.away = True
            began = now()
        assert 5 <= now() - began < 5.2
        assert engine.items[0].lent

    run_on_each(main)


def test_leaving_sees_that_the_engine_hears_of_what_is_done() -> None:
    async def main() -> None:
        engine = holding(1)
        async with engine.queue().inbox() as inbox:
            engine_back = asyncio.get_running_loop().call_later
            delivery = await inbox.pull()
            engine.away = True
            using = await start_one(delivery.__aenter__())
            assert await using == 1
            leaving = await start_one(delivery.__aexit__(None, None, None))
            leaving.cancel()
            with pytest.raises(asyncio.CancelledError):
                await leaving
            engine_back(3, engine.come_back)
        assert engine.done == [b"1"]

    run_on_each(main)


def test_an_item_that_is_done_stays_done_though_the_wait_for_the_confirmation_is_cancelled() -> None:
    async def main() -> None:
        engine = holding(1)
        async with engine.queue().inbox() as inbox:
            using = await start_one(use(inbox))
            while "settle" not in engine.calls:
                await step()
            using.cancel()
            with pytest.raises(asyncio.CancelledError):
                await using
        assert engine.done == [b"1"]
        assert engine.calls.count("settle") == 1

    run_on_each(main)


def test_that_an_item_is_done_is_told_again_until_it_is_confirmed() -> None:
    async def main() -> None:
        engine = holding(1, 2)
        async with engine.queue().inbox() as inbox:
            async with await inbox.pull():
                engine.away = True
                asyncio.get_running_loop().call_later(60, engine.come_back)
            assert 60 <= now() < 61
            assert engine.done == [b"1"]
            assert await use(inbox) == 2

    run_on_each(main)


def test_loops_end_after_finish_when_nothing_is_stored_or_on_loan_to_anybody() -> None:
    async def receive(engine: MemoryEngine, ended: list[float]) -> None:
        async with engine.queue().inbox() as inbox:
            async for delivery in inbox:
                async with delivery as item:
                    await asyncio.sleep(item)
        ended.append(now())

    async def main() -> None:
        engine, ended = holding(1, 20), list[float]()
        async with asyncio.TaskGroup() as tasks:
            for _ in range(2):
                tasks.create_task(receive(engine, ended))
            await asyncio.sleep(10)
            assert ended == []
            await engine.queue().finish()
        assert all(20 <= end < 22 for end in ended)
        async with engine.queue().inbox() as inbox:  # Then and later.
            assert [delivery async for delivery in inbox] == []

    run_on_each(main)


def test_what_is_given_back_after_finish_is_received_by_others() -> None:
    async def give_up(engine: MemoryEngine) -> None:
        async with engine.queue().inbox() as inbox:
            await hold(inbox)

    async def main() -> None:
        engine = holding(1)
        giving_up = await start_one(give_up(engine))
        await engine.queue().finish()
        asyncio.get_running_loop().call_later(10, giving_up.cancel)
        got: list[int] = []
        async with engine.queue().inbox() as inbox:
            async for delivery in inbox:
                async with delivery as item:
                    got.append(item)
        assert got == [1]
        assert giving_up.cancelled()

    run_on_each(main)


def test_where_the_queue_is_gone_the_inbox_is_closed_with_the_cause() -> None:
    async def main() -> None:
        engine = holding(1)
        gone = LookupError("no such queue")
        async with engine.queue().inbox() as inbox:
            delivery = await inbox.pull()
            engine.gone = gone
            async with delivery:
                pass
            with pytest.raises(ChannelFailed) as failed:
                await inbox.pull()
            assert failed.value.__cause__ is gone
            fetched = engine.calls.count("fetch")
            await asyncio.sleep(10)
            assert engine.calls.count("fetch") == fetched
        async with engine.queue().inbox() as inbox:
            with pytest.raises(ChannelFailed) as failed:
                await inbox.pull()
            assert failed.value.__cause__ is gone

    run_on_each(main)


def test_an_inbox_that_cannot_tell_what_is_done_borrows_no_more() -> None:
    async def main() -> None:
        engine = holding(*range(5))
        engine.gone, engine.gone_for = LookupError("no such queue"), "settle"
        async with engine.queue().inbox() as inbox:
            assert await use(inbox) == 0
            with pytest.raises(ChannelFailed) as failed:
                await inbox.pull()
            assert failed.value.__cause__ is engine.gone
            await asyncio.sleep(10)
            assert sum(item.attempt for item in engine.items) == 1

    run_on_each(main)


def test_an_inbox_that_cannot_tell_what_is_done_prolongs_what_is_in_use() -> None:
    async def main() -> None:
        engine = holding(1, 2)
        async with engine.queue().inbox(prefetch=2) as inbox:
            holding_it = await start_one(hold(inbox, 60))
            engine.gone, engine.gone_for = LookupError("no such queue"), "settle"
            await use(inbox)
            engine.gone = None
            await holding_it
        assert len(engine.done) == 1
        assert engine.calls.count("extend") >= 5

    run_on_each(main)


def test_a_lease_that_cannot_be_prolonged_once_is_prolonged_the_next_time() -> None:
    async def main() -> None:
        engine = holding(1)
        async with engine.queue().inbox() as inbox:
            holding_it = await start_one(hold(inbox, 60))
            await asyncio.sleep(1)
            engine.gone, engine.gone_for = LookupError("no such queue"), "extend"
            await asyncio.sleep(11)
            engine.gone = None
            await holding_it
        assert engine.items == []
        assert engine.calls.count("extend") == 6

    run_on_each(main)


def test_what_was_not_pulled_before_the_inbox_was_left_cannot_be_pulled_after_it() -> None:
    async def main() -> None:
        engine = holding(1, 2)
        async with engine.queue().inbox(prefetch=2) as inbox:
            await asyncio.sleep(1)
            assert inbox.csize() == 2
        with pytest.raises(ChannelClosed):
            await inbox.pull()
        assert [item.lent for item in engine.items] == [False, False]

    run_on_each(main)


def test_its_pulls_take_part_in_a_select() -> None:
    async def main() -> None:
        engine = holding(1)
        async with engine.queue().inbox() as inbox:
            selected = await chanselect(Channel[int]().pull_case(), inbox.pull_case())
            assert selected.index == 1
            assert selected.channel is inbox
            async with selected.value as item:
                assert item == 1

    run_on_each(main)


def test_a_pull_that_is_cancelled_took_nothing() -> None:
    async def main() -> None:
        engine = holding(*range(20))
        got: list[int] = []
        async with engine.queue().inbox() as inbox:
            while len(got) < 20:
                pulling = await start_one(inbox.pull())
                await step(len(got) % 7)
                pulling.cancel()
                with suppress(asyncio.CancelledError):
                    async with await pulling as item:
                        got.append(item)
                        continue
                got.append(await use(inbox))
        assert got == [*range(20)]
        assert max(item.attempt for item in [*engine.items, *holding(1).items]) == 0
        assert engine.done == [b"%d" % item for item in range(20)]

    run_on_each(main)


def test_when_all_tasks_are_cancelled_at_once_items_are_given_back_and_what_is_done_stays_done() -> None:
    async def receive(engine: MemoryEngine) -> None:
        async with engine.queue().inbox(prefetch=3) as inbox:
            async with await inbox.pull():
                pass
            async with await inbox.pull():
                engine.away = True
            await inbox.pull()

    async def main() -> None:
        engine = holding(1, 2, 3)
        receiving = await start_one(receive(engine))
        await asyncio.sleep(1)
        engine.away = False
        for task in asyncio.all_tasks() - {asyncio.current_task()}:  # As asyncio.run does at its end.
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await receiving
        assert engine.done == [b"1", b"2"]
        assert [item.lent for item in engine.items] == [False]

    run_on_each(main)


def test_whenever_a_worker_is_cancelled_what_it_has_done_is_done_and_the_rest_is_given_back() -> None:
    async def receive(engine: MemoryEngine, done: list[bytes]) -> None:
        async with engine.queue().inbox(prefetch=2) as inbox:
            while len(done) < 3:
                async with await inbox.pull() as item:
                    await step(2)
                    done.append(b"%d" % item)

    async def main() -> None:
        for steps in range(60):
            engine, done = holding(1, 2, 3), list[bytes]()
            receiving = asyncio.create_task(receive(engine, done))
            await step(steps)
            receiving.cancel()
            with suppress(asyncio.CancelledError):
                await receiving
            assert engine.done == done, steps
            assert not any(item.lent for item in engine.items), steps
            assert len(engine.items) == 3 - len(done)
            assert asyncio.all_tasks() == {asyncio.current_task()}

    run_on_each(main)


def test_what_is_told_while_the_inbox_is_left_is_told_again_if_its_task_is_cancelled() -> None:
    async def receive(engine: MemoryEngine) -> None:
        async with engine.queue().inbox(prefetch=2) as inbox:
            await inbox.pull()
            await inbox.pull()
            engine.away = True

    async def main() -> None:
        engine = holding(1, 2)
        receiving = await start_one(receive(engine))
        await asyncio.sleep(1)
        engine.away = False
        for task in asyncio.all_tasks() - {asyncio.current_task(), receiving}:
            task.cancel()
        await receiving
        assert not any(item.lent for item in engine.items)
        assert now() < 2

    run_on_each(main)


@pytest.mark.parametrize("steps", [0, 5])
def test_if_only_the_task_that_receives_is_cancelled_the_inbox_is_closed_for_it(steps: int) -> None:
    async def main() -> None:
        async with holding(1).queue().inbox() as inbox:
            await step(steps)
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
            with pytest.raises(ChannelFailed) as failed:
                async for _ in inbox:
                    pass
            assert isinstance(failed.value.__cause__, asyncio.CancelledError)
            assert str(failed.value.__cause__) == "the task that receives was cancelled"

    run(main())


def test_a_cancellation_while_the_inbox_is_left_comes_after_it() -> None:
    async def receive(engine: MemoryEngine) -> None:
        async with engine.queue().inbox() as inbox:
            await inbox.pull()
            engine.away = True

    async def main() -> None:
        engine = holding(1)
        receiving = await start_one(receive(engine))
        await asyncio.sleep(1)
        receiving.cancel()
        await asyncio.sleep(1)
        assert not receiving.done()
        engine.away = False
        with pytest.raises(asyncio.CancelledError):
            await receiving
        assert not engine.items[0].lent

    run_on_each(main)


def test_a_cancellation_at_any_step_of_leaving_the_inbox_is_raised_and_all_is_given_back() -> None:
    async def receive(engine: MemoryEngine, left: asyncio.Event) -> None:
        async with engine.queue().inbox(prefetch=2) as inbox:
            await inbox.pull()
            left.set()

    async def main() -> None:
        receiving: asyncio.Task[None] | None = None
        for steps in range(60):
            engine, left = holding(1, 2), asyncio.Event()
            receiving = asyncio.create_task(receive(engine, left))
            await left.wait()
            await step(steps)
            if receiving.cancel():
                with pytest.raises(asyncio.CancelledError):
                    await receiving
            assert not any(item.lent for item in engine.items), steps
            assert asyncio.all_tasks() == {asyncio.current_task()}, steps
        assert receiving is not None
        assert not receiving.cancelled()  # The last came too late.

    run_on_each(main)


def test_an_error_leaves_the_block_as_it_is() -> None:
    async def main() -> None:
        engine = holding(1)
        with pytest.raises(LookupError):
            async with engine.queue().inbox() as inbox, await inbox.pull():
                raise LookupError
        assert engine.calls.count("give back 1") == 1
        assert not engine.items[0].lent

    run_on_each(main)


@pytest.mark.parametrize(("prefetch", "kind"), [(0, ValueError), (-1, ValueError), (1.5, TypeError), (None, TypeError)])
def test_a_wrong_prefetch_is_refused(prefetch: int, kind: type[Exception]) -> None:
    with pytest.raises(kind, match=r"^prefetch must be"):
        MemoryEngine().queue().inbox(prefetch=prefetch)


def test_a_delivery_shows_its_item_and_its_attempt() -> None:
    async def main() -> None:
        async with holding(7).queue().inbox() as inbox:
            assert repr(await inbox.pull()) == "<Delivery of 7, attempt 1>"
            assert repr(inbox) == "<BufferedChannel 'numbers': 0 of 1 item>"

    run(main())
