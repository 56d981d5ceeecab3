"""The recipes do more than they print: they end, whatever fails or is cancelled, and keep what their texts promise.

Most of them run in virtual time, on a loop that fails at once when every task waits for good.
"""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import sys
from contextlib import suppress
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Protocol

import pytest

from pychanasync import Broadcast, Channel, ChannelClosed, ChannelFailed
from tests.support import virtual_time
from tests.support.documents import DOCUMENTS, programs, said
from tests.support.endings import SenderError
from tests.support.helpers import drain, forever, start, start_one, step
from tests.support.systems import needs_posix_signals

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from tests.support.helpers import Loosely, Result

PAGE = DOCUMENTS["recipes"]
HEADINGS = re.findall(r"^## ([^:\n]*)", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
RECIPES = dict(zip(HEADINGS, programs(PAGE), strict=True))
"""By the first words of its heading."""
MOMENTS = [(when, steps) for when in (0, 0.01, 0.02, 0.05, 0.1) for steps in range(8)]
"""When a program is cancelled: so many seconds after its start, and then so many steps later."""
PATIENCE = 20
"""Seconds that no test here comes near."""
WORDS = ["a", "few", "words", "of", "all", "lengths", "longest", "last", "and", "first"]

recipes = pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=needs_posix_signals if "add_signal_handler" in program.text else ())
        for name, program in RECIPES.items()
    ],
)
eagerness = pytest.mark.parametrize("eager", [False, True] if sys.version_info >= (3, 12) else [False])
fails = pytest.RaisesGroup(pytest.RaisesExc(SenderError))


def load(name: str, *changes: tuple[str, str], run: Callable[[Loosely], object] | None = None) -> dict[str, Loosely]:
    """Define what a recipe defines, and give what it runs to a function; some of its text may be changed before."""
    text = RECIPES[name].text
    for old, new in (("asyncio.run(", "run("), *changes):
        assert text.count(old) == 1
        text = text.replace(old, new)
    names: dict[str, Loosely] = {"run": run or discard, "SenderError": SenderError}
    exec(compile(text, name, "exec"), names)  # noqa: S102  # Our own documents.
    return names


def discard(program: Coroutine[object, object, object]) -> list[object]:
    program.close()
    return []


class Play(Protocol):
    """How the tests run a recipe."""

    def __call__(self, name: str, /, *changes: tuple[str, str], eager: bool = False) -> list[str]: ...


@pytest.fixture
def play(capsys: pytest.CaptureFixture[str]) -> Play:
    """Run a recipe, and return the lines that it prints."""

    def play(name: str, /, *changes: tuple[str, str], eager: bool = False) -> list[str]:
        load(name, *changes, run=lambda program: virtual_time.run(program, eager=eager))
        return capsys.readouterr().out.splitlines()

    return play


async def cancel_at(program: Coroutine[object, object, Result], when: float, steps: int) -> Result:
    """Run a program, and cancel it; if it is done by then, return what it returned."""
    task = asyncio.create_task(program)
    await asyncio.sleep(when)
    await step(steps)
    task.cancel()
    await asyncio.wait([task])
    return task.result()


async def timed(calls: list[float]) -> None:
    calls.append(asyncio.get_running_loop().time())


# --- All of them. ---


@recipes
@eagerness
def test_each_prints_what_it_says_with_eager_tasks_too(name: str, play: Play, *, eager: bool) -> None:
    assert play(name, eager=eager) == said(RECIPES[name]) != []


@recipes
def test_each_prints_what_it_says_in_real_time(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    load(name, run=asyncio.run)
    assert capsys.readouterr().out.splitlines() == said(RECIPES[name])


@recipes
@eagerness
def test_each_can_be_cancelled_at_any_time_and_leaves_nothing_behind(name: str, *, eager: bool) -> None:
    for when, steps in MOMENTS:
        with suppress(asyncio.CancelledError):
            load(name, run=lambda program: virtual_time.run(cancel_at(program, when, steps), eager=eager))  # noqa: B023  # It runs at once.


# --- Worker pool, ordered parallel map, crawler. ---


@eagerness
@pytest.mark.parametrize("job", range(6))
def test_an_error_of_a_worker_ends_the_pool_and_is_raised_once(job: int, play: Play, *, eager: bool) -> None:
    work, failure = "    await asyncio.sleep(0.01)  # Your work.", f"    if number == {job}: raise SenderError"
    with fails:
        play("Worker pool", (work, f"{work}\n{failure}"), eager=eager)
    if not eager:  # An eager worker would fail while the group is still being filled, which the group reports, too.
        with fails:
            play("Worker pool", (work, failure))


@eagerness
def test_a_pool_with_nothing_to_do_ends(play: Play, *, eager: bool) -> None:
    assert play("Worker pool", ("range(6)", "range(0)"), eager=eager) == ["[]"]


@eagerness
@pytest.mark.parametrize("seed", range(10))
def test_a_parallel_map_keeps_the_order_however_long_each_job_takes(seed: int, play: Play, *, eager: bool) -> None:
    words = Random(seed).choices(WORDS, k=30)  # noqa: S311  # No secret.
    printed = play("Ordered parallel map", ('["please", "keep", "my", "place"]', repr(words)), eager=eager)
    assert printed == [word.upper() for word in words]


@eagerness
@pytest.mark.parametrize("word", ["please", "keep", "my", "place"])
def test_an_error_of_a_worker_ends_the_map_and_is_raised_once(word: str, play: Play, *, eager: bool) -> None:
    with fails:
        play(
            "Ordered parallel map",
            ("    return word", f"    if word == {word!r}: raise SenderError\n    return word"),
            eager=eager,
        )


@eagerness
def test_a_map_of_nothing_ends(play: Play, *, eager: bool) -> None:
    assert play("Ordered parallel map", ('["please", "keep", "my", "place"]', "[]"), eager=eager) == []


def test_the_workers_of_a_map_do_not_run_further_ahead_than_the_buffer_lets_them() -> None:
    begun: list[str] = []

    async def never(word: str) -> str:
        begun.append(word)
        if word == "first":
            await forever()
        return word

    names = load("Ordered parallel map", ('["please", "keep", "my", "place"]', "['first', *map(str, range(50))]"))
    names["shout"] = never
    with pytest.raises(asyncio.CancelledError):
        virtual_time.run(cancel_at(names["main"](), 1, 0))
    assert len(begun) == 11


@eagerness
@pytest.mark.parametrize("page", ["home", "news", "shop", "cart", "archive"])
def test_an_error_of_a_worker_ends_the_crawl_and_is_raised_once(page: str, play: Play, *, eager: bool) -> None:
    with fails:
        play(
            "Crawler",
            ("    return LINKS", f"    if page == {page!r}: raise SenderError\n    return LINKS"),
            eager=eager,
        )


def test_a_crawl_reads_each_page_once_and_three_at_a_time() -> None:
    reads: list[str] = []
    under_way = most = 0
    links = {"0": ["1", "2", "3", "4", "1"], "1": ["0", "5"], "2": ["5", "6"], "5": ["7"]}

    async def read(page: str) -> list[str]:
        nonlocal under_way, most
        reads.append(page)
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(1)
        under_way -= 1
        return links.get(page, [])

    names = load("Crawler")
    names["read"] = read
    assert virtual_time.run(names["crawl"]("0")) == {*reads} == {*"01234567"}
    assert len(reads) == 8
    assert most == 3


# --- Fan-out, fan-in. ---


async def test_a_consumer_that_is_cancelled_does_not_hold_up_the_others() -> None:
    read, news = load("Fan-out")["read"], Broadcast[int]()
    one, other = await start(*[read(name, news.subscribe()) for name in ("one", "other")])
    one.cancel()
    await asyncio.wait([one])
    assert news.subscribers == 1
    for number in range(50):
        await news.push(number)
    news.close()
    await other


@eagerness
def test_an_error_of_a_consumer_ends_all_and_is_raised_once(play: Play, *, eager: bool) -> None:
    failure = '            print(f"{reader}: {item}")', "            raise SenderError"
    once = (' in ("Ada", "Ben")', ' in ("Ada",)')
    with fails:
        play("Fan-out", failure, once, eager=eager)


async def test_merging_nothing_closes_the_channel() -> None:
    merged = Channel[str]()
    await load("Fan-in")["merge"]([], merged)
    assert merged.closed


async def test_a_source_that_fails_is_the_end_of_the_merged_channel() -> None:
    failed, other, merged = Channel[str](buffer=1), Channel[str](), Channel[str]()
    failed.push_nowait("before")
    failed.close(cause=SenderError())
    merging = asyncio.create_task(load("Fan-in")["merge"]([failed, other], merged))
    received: list[str] = []
    with pytest.raises(ChannelFailed):
        while True:
            received.append(await merged.pull())
    assert received == ["before"]
    with pytest.RaisesGroup(ChannelFailed):
        await merging


async def test_merging_takes_at_most_one_item_ahead_from_each_source() -> None:
    sources = [Channel[str](buffer=3) for _ in range(2)]
    for source in sources:
        for word in "abc":
            source.push_nowait(word)
    merging = await start_one(load("Fan-in")["merge"](sources, Channel[str]()))
    await step(5)
    assert [source.csize() for source in sources] == [2, 2]
    merging.cancel()
    await asyncio.wait([merging])


# --- Semaphore, rate limit, retry. ---


@eagerness
def test_no_more_run_at_once_than_there_are_slots_and_each_slot_is_given_back(*, eager: bool) -> None:
    slots, answers = Channel[None](buffer=2), list[object]()
    under_way = most = 0

    async def work() -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        try:
            await asyncio.sleep(1)
            if len(answers) % 3 == 1:
                raise SenderError
        finally:
            under_way -= 1

    names = load("Semaphore", ("asyncio.sleep(0.01)", "work()"))
    names["work"] = work

    async def main() -> None:
        tasks = await start(*[names["answer"](slots) for _ in range(12)])
        for task in tasks:
            task.add_done_callback(answers.append)
        await asyncio.sleep(0.5)
        tasks[0].cancel()  # It has a slot.
        tasks[5].cancel()  # It waits for one.
        await asyncio.wait(tasks)
        for task in tasks:
            assert task.cancelled() or task.exception() or task.result() == "done"

    virtual_time.run(main(), eager=eager)
    assert len(answers) == 12
    assert most == 2
    assert slots.empty()


def test_a_task_that_waits_five_seconds_for_a_slot_is_told_that_it_is_too_busy(play: Play) -> None:
    *_, results = play("Semaphore", ("asyncio.sleep(0.01)", "asyncio.sleep(4)"))
    assert results == "['done', 'done', 'done', 'done', 'too busy']"


def let_through(turns: Channel[None], *starts: float) -> list[float]:
    """Let calls come at these times, and a turn come every second; return when each call was let through."""
    times: list[float] = []
    names = load("Rate limit", ('    print("call", number)  # Your call.', "    await timed()"))
    names["timed"] = lambda: timed(times)

    async def call(number: int, start: float) -> None:
        await asyncio.sleep(start)
        await names["call"](number, turns)

    async def main() -> None:
        giving = asyncio.create_task(names["give_turns"](turns, 1))
        await asyncio.gather(*[call(number, start) for number, start in enumerate(starts)])
        giving.cancel()
        await asyncio.wait([giving])

    virtual_time.run(main())
    return times


def test_calls_are_let_through_one_at_a_time_in_order_and_no_turns_pile_up(play: Play) -> None:
    assert let_through(Channel(), 0, 0, 0, 0) == [0, 1, 2, 3]
    assert let_through(Channel(), 0, 10, 10, 10) == [0, 10, 11, 12]
    assert play("Rate limit", ("range(3)", "range(0)")) == []


def test_the_recipe_lets_no_calls_through_together_after_a_pause(play: Play) -> None:
    group, call = "        async with asyncio.TaskGroup() as callers:", 'print("call", number)'
    pause = f"        await asyncio.sleep(1)\n{group}"
    printed = play("Rate limit", (group, pause), (call, "print(f'{asyncio.get_running_loop().time():.2f}')"))
    assert printed == ["1.00", "1.02", "1.04"]


def test_with_a_buffer_of_four_five_calls_go_at_once_after_a_pause() -> None:
    assert let_through(Channel(buffer=4), *[10] * 8) == [10] * 5 + [11, 12, 13]


@pytest.mark.parametrize(
    ("starts", "times"),
    [([0.5] * 5, [0.5, 0.5, 0.5, 1, 2]), ([0.5, 10.5, 10.5, 10.5, 10.5], [0.5, 10.5, 10.5, 10.5, 11])],
    ids=["at the start", "after a pause"],
)
def test_a_token_bucket_allows_a_burst_of_as_many_calls_as_it_holds(starts: list[float], times: list[float]) -> None:
    bucket = Channel[None](buffer=3, overflow="drop_newest")
    for _ in range(3):
        bucket.push_nowait(None)
    assert let_through(bucket, *starts) == times


@eagerness
def test_a_call_that_fails_ends_the_turns(play: Play, *, eager: bool) -> None:
    with pytest.RaisesGroup(SenderError, flatten_subgroups=True):
        play("Rate limit", ('    print("call", number)', "    if number == 1: raise SenderError"), eager=eager)


async def test_a_call_that_is_cancelled_while_it_waits_takes_no_turn() -> None:
    call, turns = load("Rate limit")["call"], Channel[None]()
    first, second = await start(call(1, turns), call(2, turns))
    turns.push_nowait(None)
    first.cancel()
    await asyncio.wait([first, second])
    assert first.cancelled()
    assert not second.cancelled()


@eagerness
@pytest.mark.parametrize(("failures", "attempts"), [(0, 1), (1, 2), (3, 4), (4, 4)])
def test_an_attempt_is_made_again_after_longer_and_longer_pauses(failures: int, attempts: int, *, eager: bool) -> None:
    times: list[float] = []

    async def fetch(page: str) -> str:
        await timed(times)
        if len(times) <= failures:
            raise TimeoutError
        return page

    names = load("Retry with backoff")
    names["fetch"] = fetch
    if failures < attempts:
        virtual_time.run(names["main"](), eager=eager)
    else:
        with pytest.RaisesGroup(TimeoutError):
            virtual_time.run(names["main"](), eager=eager)
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert pauses == pytest.approx([0.01, 0.02, 0.04][: attempts - 1])


def test_an_attempt_that_takes_too_long_is_made_again(play: Play) -> None:
    change = "asyncio.sleep(0.01)", "(asyncio.Event().wait() if failures and failures.pop() else asyncio.sleep(0))"
    assert play("Retry with backoff", change) == ["home is here"]


# --- Batch, request and reply, priority queue. ---


async def test_a_batch_that_is_cancelled_while_it_is_collected_stays_in_the_channel() -> None:
    items = Channel[int](buffer=10)
    writing = await start_one(load("Batch")["write"](items))
    items.push_nowait(1)
    await step(3)
    writing.cancel()
    await asyncio.wait([writing])
    assert drain(items) == [1]


def test_a_batch_is_written_half_a_second_after_its_first_item() -> None:
    times: list[float] = []
    names = load("Batch", ('        print("writing", batch)  # Your work.', "        await timed()"))
    names["timed"] = lambda: timed(times)

    async def main() -> None:
        items = Channel[int]()
        writing = await start_one(names["write"](items))
        await asyncio.sleep(3)
        await items.push(1)
        await asyncio.sleep(3)
        items.close()
        await writing

    virtual_time.run(main())
    assert times == [3.5]


@eagerness
def test_an_error_of_the_writer_ends_the_sender(play: Play, *, eager: bool) -> None:
    with fails:
        play(
            "Batch",
            ('        print("writing", batch)', "        raise SenderError"),
            ("range(5)", "range(500)"),
            eager=eager,
        )


@eagerness
def test_a_server_that_fails_ends_the_clients_that_wait_and_the_error_is_raised_once(
    play: Play, *, eager: bool
) -> None:
    with fails:
        play(
            "Request and reply",
            ("            await reply.push(ages[name])", "            raise SenderError"),
            eager=eager,
        )


@eagerness
def test_a_client_that_fails_ends_the_server_and_the_error_is_raised_once(play: Play, *, eager: bool) -> None:
    with fails:
        play(
            "Request and reply", ('        print(await ask("Ada", requests))', "        raise SenderError"), eager=eager
        )


async def test_a_server_does_not_wait_for_a_client_that_has_given_up() -> None:
    names, requests, taken = load("Request and reply"), Channel[object](), Channel[object](buffer=1)
    asking = await start_one(names["ask"]("Ada", requests))
    await taken.push(await requests.pull())
    taken.close()
    asking.cancel()
    await asyncio.wait([asking])
    async with asyncio.timeout(PATIENCE):
        await names["serve"](taken)


async def test_the_most_urgent_comes_first_and_pushes_that_wait_move_in_one_by_one() -> None:
    jobs = load("Priority queue")["PriorityChannel"](buffer=2)
    for urgency in (3, 2):
        jobs.push_nowait((urgency, "early"))
    late = await start(*[jobs.push((urgency, "late")) for urgency in (4, 1)])
    assert [await jobs.pull() for _ in range(4)] == [(2, "early"), (1, "late"), (3, "early"), (4, "late")]
    await asyncio.wait(late)


# --- Ticker, debounce, heartbeat. ---


def ticks_taken(busy: list[float]) -> list[float]:
    """Take ticks that come every second, and be busy after each for so long; return when each was taken."""
    taken: list[float] = []

    async def main() -> None:
        ticks = Channel[float](buffer=1, overflow="drop_newest")
        ticking = asyncio.create_task(load("Ticker")["tick"](ticks, 1))
        for pause in busy:
            await ticks.pull()
            await timed(taken)
            await asyncio.sleep(pause)
        ticking.cancel()
        drain(ticks)
        assert [tick async for tick in ticks] == []  # Ends, since the ticker has closed it.
        await asyncio.wait([ticking])

    virtual_time.run(main())
    return taken


def test_a_ticker_keeps_to_its_times_and_drops_what_nobody_takes() -> None:
    assert ticks_taken([0.5] * 4) == [1, 2, 3, 4]
    assert ticks_taken([0, 3.5, 0, 0, 0]) == [1, 2, 5.5, 6, 7]


@pytest.mark.parametrize(
    ("blocked", "expected"),
    [
        pytest.param(1.5, [1, 2, 3.5, 4, 5, 6], id="a late tick does not shift those after it"),
        pytest.param(10.5, [1, 2, 12.5, 12.5, 13.5, 14.5], id="ticks that were missed are not made up for"),
    ],
)
def test_a_ticker_after_a_pause_of_the_whole_program(blocked: float, expected: list[float]) -> None:
    taken: list[float] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, virtual_time.VirtualTimeLoop)
        ticks = Channel[float](buffer=1, overflow="drop_newest")
        ticking = asyncio.create_task(load("Ticker")["tick"](ticks, 1))
        for number in range(6):
            await ticks.pull()
            await timed(taken)
            if number == 1:
                loop.block(blocked)
        ticking.cancel()
        await asyncio.wait([ticking])

    virtual_time.run(main())
    assert taken == expected


def debounced(*pauses: float, error: BaseException | None = None) -> list[tuple[int, float]]:
    """Send 0, 1, 2, ... with these pauses after them; return what comes out, and when."""
    came: list[tuple[int, float]] = []

    async def main() -> None:
        source, target = Channel[int](), Channel[int]()
        debouncing = await start_one(load("Debounce")["debounce"](source, target, 1))

        async def send() -> None:
            for number, pause in enumerate(pauses):
                await source.push(number)
                await asyncio.sleep(pause)
            source.close(cause=error)

        sending = asyncio.create_task(send())
        came.extend([(item, asyncio.get_running_loop().time()) async for item in target])
        await asyncio.wait([sending, debouncing])

    virtual_time.run(main())
    return came


def test_an_item_is_sent_on_once_nothing_else_has_come_for_a_while() -> None:
    assert debounced(0.5, 0.5, 2, 0.25, 3) == [(2, 2.0), (4, 4.25)]


def test_the_last_item_is_sent_on_at_the_close_of_the_source() -> None:
    assert debounced() == []
    assert debounced(0.5, 0.25) == [(1, 0.75)]


async def test_the_last_item_is_sent_on_before_the_failure_of_the_source() -> None:
    source, target = Channel[int](buffer=2), Channel[int]()
    debouncing = await start_one(load("Debounce")["debounce"](source, target, 1))
    source.push_nowait(1)
    source.push_nowait(2)
    source.close(cause=SenderError())
    assert await target.pull() == 2
    with pytest.raises(ChannelFailed):
        await target.pull()
    await asyncio.wait([debouncing])
    assert isinstance(debouncing.exception(), ChannelFailed)


def test_throttled_items_are_sent_on_every_so_often_while_they_keep_coming() -> None:
    came: list[tuple[int, float]] = []

    async def send(source: Channel[int]) -> None:
        async with source:
            for number in range(10):
                await source.push(number)
                await asyncio.sleep(0.3)

    async def main() -> None:
        source = Channel[int](buffer=10)
        sending = asyncio.create_task(send(source))
        with suppress(ChannelClosed):
            while True:
                *_, last = await source.pull_many(1000, within=1)
                came.append((last, round(asyncio.get_running_loop().time(), 6)))
        await sending

    virtual_time.run(main())
    assert [last for last, _ in came] == [3, 7, 9]
    assert came[0][1] == 1
    assert all(later - earlier >= 1 for (_, earlier), (_, later) in pairwise(came[:2]))


def test_a_watch_sees_that_a_task_is_done(play: Play) -> None:
    *_, last = play("Heartbeat", ("    await asyncio.Event().wait()  # It is stuck.", "    await asyncio.sleep(0.01)"))
    assert last == "it is done"


def test_a_watch_lets_a_task_go_on_that_gives_signs_of_life(play: Play) -> None:
    slow = "        await asyncio.sleep(0.04)\n        await beats.push(None)"
    printed = play("Heartbeat", ("        await beats.push(None)", slow), ("range(3)", "range(30)"))
    assert printed[-2:] == ["piece 29", "it was stuck"]


@eagerness
def test_an_error_of_a_watched_task_is_raised_once(play: Play, *, eager: bool) -> None:
    with fails:
        play("Heartbeat", ("    await asyncio.Event().wait()", "    raise SenderError"), eager=eager)


# --- Sockets and signals. ---


async def test_a_receiver_of_lines_gets_what_came_before_a_connection_broke() -> None:
    reader, lines = asyncio.StreamReader(), Channel[str](buffer=10)
    reader.feed_data(b"whole\nha")
    reading = await start_one(load("Read a socket into a channel")["read_lines"](reader, lines))
    reader.set_exception(ConnectionResetError())
    with pytest.raises(ChannelFailed) as caught:
        while True:
            assert await lines.pull() == "whole"
    await asyncio.wait([reading])
    assert caught.value.__cause__ is reading.exception()
    assert isinstance(reading.exception(), ConnectionResetError)


async def test_while_nobody_pulls_lines_the_other_side_has_to_wait() -> None:
    ours, theirs = socket.socketpair()
    theirs.settimeout(0)
    reader, writer = await asyncio.open_connection(sock=ours)
    lines = Channel[str](buffer=10)
    reading = asyncio.create_task(load("Read a socket into a channel")["read_lines"](reader, lines))
    full = sent = 0
    while full < 5:  # Its buffers may still be emptied into those of the reader.
        try:
            sent += theirs.send(b"line\n" * 1000)
            full = 0
        except BlockingIOError:
            full += 1
            await step(5)
        assert sent < 100_000_000
    assert lines.waiting.pushes == 1
    reading.cancel()
    await asyncio.wait([reading])
    theirs.close()
    writer.close()
    await step(2)


SHUTDOWN = "Graceful shutdown on SIGTERM and SIGINT"
RAISED = "loop.call_later(0.1, signal.raise_signal, signal.SIGTERM)"


@needs_posix_signals
@eagerness
@pytest.mark.parametrize("number", ["SIGTERM", "SIGINT"])
@pytest.mark.parametrize("when", [0, 0.01, 0.015, 0.02, 1])
def test_at_a_signal_all_that_was_accepted_is_done(play: Play, number: str, when: float, *, eager: bool) -> None:
    change = RAISED, f"loop.call_later({when}, signal.raise_signal, signal.{number})"
    assert play(SHUTDOWN, change, eager=eager) == ["all done: True"]


@needs_posix_signals
def test_a_second_signal_changes_nothing(play: Play) -> None:
    again = f"{RAISED}; loop.call_later(0.11, signal.raise_signal, signal.SIGINT)"
    assert play(SHUTDOWN, (RAISED, again)) == ["all done: True"]


async def test_nothing_is_accepted_once_it_is_told_to_stop() -> None:
    stop, accept = asyncio.Event(), load(SHUTDOWN)["accept"]
    stop.set()
    assert [await accept(Channel[int](buffer=10), stop) for _ in range(20)] == [0] * 20


@needs_posix_signals
def test_what_takes_less_than_ten_seconds_is_done(play: Play) -> None:
    assert play(SHUTDOWN, ("asyncio.sleep(0.01)", "asyncio.sleep(1.9)")) == ["all done: True"]


@needs_posix_signals
@pytest.mark.parametrize("work", [2.1, 30])
def test_what_is_not_done_in_ten_seconds_is_cancelled(play: Play, work: float) -> None:
    with pytest.raises(TimeoutError):
        play(SHUTDOWN, ("asyncio.sleep(0.01)", f"asyncio.sleep({work})"))


@needs_posix_signals
@eagerness
@pytest.mark.parametrize("job", [0, 5, 29, 35])
def test_an_error_of_a_worker_ends_the_service(play: Play, job: int, *, eager: bool) -> None:
    with fails:
        play(SHUTDOWN, ("        done.append(job)", f"        if job == {job}: raise SenderError"), eager=eager)


def test_the_handler_for_windows_stops_it_as_well(play: Play) -> None:
    handler = "signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(stop.set))"
    assert handler in PAGE.read_text(encoding="utf-8")
    before = signal.getsignal(signal.SIGINT)
    try:
        printed = play(
            SHUTDOWN,
            ("loop.add_signal_handler(number, stop.set)", handler),
            (RAISED, "loop.call_later(0.1, signal.raise_signal, signal.SIGINT)"),
        )
    finally:
        signal.signal(signal.SIGINT, before)
    assert printed == ["all done: True"]
