"""The channel tests of Go's runtime.

Left out: what they do about stacks that grow and shrink, about several threads, and about the race detector. Where two
threads may interleave anywhere, a test here tries each of the places instead.
"""

from __future__ import annotations

import asyncio
import gc
import random
from itertools import chain
from typing import TYPE_CHECKING

import pytest

from pychanasync import Channel, ChannelClosed, ChannelEmpty, ChannelFull, chanselect, chanselect_nowait
from tests.support.helpers import cancelled, drain, fill, is_idle, start, start_one, step
from tests.support.loops import QUICKEST

if TYPE_CHECKING:
    from collections.abc import Callable

    from pychanasync import SelectCase

BUFFERS: dict[str, int | None] = {"unbuffered": None, "buffer-1": 1, "buffer-10": 10, "buffer-200": 200}
buffers = pytest.mark.parametrize("buffer", BUFFERS.values(), ids=[*BUFFERS])


# TestChan


async def test_pulls_wait_while_a_channel_is_empty(channel: Channel[int]) -> None:
    pulls = await start(channel.pull(), channel.pull())
    await step(3)
    assert not any(pull.done() for pull in pulls)
    with pytest.raises(ChannelEmpty):
        channel.pull_nowait()
    await channel.push(0)
    await channel.push(1)
    assert await asyncio.gather(*pulls) == [0, 1]


async def test_a_push_waits_while_a_channel_is_full(bounded: Channel[int]) -> None:
    held = fill(bounded)
    push = await start_one(bounded.push(0))
    await step(3)
    assert not push.done()
    with pytest.raises(ChannelFull):
        bounded.push_nowait(1)
    assert [await bounded.pull() for _ in range(len(held) + 1)] == [*held, 0]
    await push


async def test_a_closed_channel_gives_what_it_holds_and_then_says_each_time_that_it_is_closed(
    bounded: Channel[int],
) -> None:
    held = fill(bounded)
    bounded.close()
    assert [await bounded.pull() for _ in held] == held
    for _ in range(2):
        with pytest.raises(ChannelClosed):
            await bounded.pull()


async def test_close_wakes_a_pull(channel: Channel[int]) -> None:
    pull = await start_one(channel.pull())
    channel.close()
    with pytest.raises(ChannelClosed):
        await pull


@buffers
async def test_one_producer_and_one_consumer_keep_the_order(buffer: int | None) -> None:
    channel = Channel[int](buffer)

    async def produce() -> None:
        for item in range(100):
            await channel.push(item)

    for _ in range(2):
        producer = asyncio.create_task(produce())
        assert [await channel.pull() for _ in range(100)] == [*range(100)]
        await producer


@buffers
async def test_four_producers_and_four_consumers_exchange_each_item_once(buffer: int | None) -> None:
    channel = Channel[int](buffer)
    count = 250

    async def produce() -> None:
        for item in range(count):
            await channel.push(item)

    async def consume() -> list[int]:
        return [await channel.pull() for _ in range(count)]

    producers = [asyncio.create_task(produce()) for _ in range(4)]
    got = await asyncio.gather(*(consume() for _ in range(4)))
    await asyncio.gather(*producers)
    assert sorted(chain.from_iterable(got)) == sorted([*range(count)] * 4)


def test_a_channel_tells_its_fill_and_its_capacity(bounded: Channel[int]) -> None:
    assert bounded.csize() in {0, None}
    held = fill(bounded)
    assert bounded.csize() == (len(held) or None)
    assert bounded.capacity == len(held)


# TestNonblockRecvRace, TestNonblockSelectRace, TestNonblockSelectRace2


@pytest.mark.parametrize("moment", range(3))
def test_a_full_channel_that_is_closed_is_ready_at_every_moment(moment: int) -> None:
    channel = Channel[int](buffer=1)
    channel.push_nowait(1)
    steps: list[Callable[[], object]] = [channel.close, channel.pull_nowait]
    for do in steps[:moment]:
        do()
    if moment < 2:
        selected = chanselect_nowait(channel.pull_case())
        assert selected is not None
        assert selected.value == 1
    else:
        with pytest.raises(ChannelClosed):
            chanselect_nowait(channel.pull_case())


@pytest.mark.parametrize("moment", range(3))
@pytest.mark.parametrize("then", ["push", "close"])
@pytest.mark.parametrize("ordered", [False, True], ids=["any", "ordered"])
def test_a_select_sees_all_channels_at_one_moment(moment: int, then: str, ordered: bool) -> None:  # noqa: FBT001  # A parameter of the test.
    first, second = Channel[int](buffer=1), Channel[int](buffer=1)
    first.push_nowait(1)
    steps: list[Callable[[], object]] = [
        second.close if then == "close" else lambda: second.push_nowait(2),
        first.pull_nowait,
    ]
    for do in steps[:moment]:
        do()
    cases = first.pull_case(), second.pull_case()
    possible: list[Channel[int]] = [*[first] * (moment < 2), *[second] * (moment > 0)]
    try:
        selected = chanselect_nowait(*cases, ordered=ordered)
    except ChannelClosed as error:
        outcome = error.channel
        assert then == "close"
    else:
        assert selected is not None
        outcome = selected.channel
    assert outcome is possible[0] if ordered else outcome in possible


# TestSelfSelect


@pytest.mark.parametrize("buffer", [None, 1, 10], ids=["unbuffered", "buffer-1", "buffer-10"])
async def test_two_tasks_that_select_both_ways_on_one_channel_exchange_items(buffer: int | None) -> None:
    channel = Channel[int](buffer)
    count = 500
    pushed = [0, 0]
    got = [0, 0]  # How many of each task's items.

    async def select(number: int) -> None:
        for turn in range(count):
            push, pull = channel.push_case(number), channel.pull_case()
            cases: list[SelectCase[int | None]] = [push, pull] if number == 0 or turn % 2 else [pull, push]
            _, value = await chanselect(*cases)
            if value is None:
                pushed[number] += 1
            else:
                assert buffer is not None or value != number
                got[value] += 1

    await asyncio.gather(select(0), select(1))
    for item in drain(channel):
        got[item] += 1
    assert pushed == got
    assert is_idle(channel)


@pytest.mark.parametrize("tasks", [3, 10])
@pytest.mark.parametrize("buffer", [None, 1, 10], ids=["unbuffered", "buffer-1", "buffer-10"])
async def test_many_tasks_that_select_both_ways_on_one_channel_never_meet_themselves(
    buffer: int | None, tasks: int
) -> None:
    channel = Channel[tuple[int, int]](buffer)
    pushed: list[tuple[int, int]] = []
    got: list[tuple[int, int]] = []

    async def select(number: int) -> None:
        turn = 0
        while True:
            turn += 1
            selected = await chanselect(channel.push_case((number, turn)), channel.pull_case())
            if selected.index == 0:
                pushed.append((number, turn))
            else:
                assert selected.value != (number, turn)
                got.append(selected.value)
            if turn % 7 == number % 7:
                await step()

    selects = await start(*(select(number) for number in range(tasks)))
    await step(200)
    await cancelled(*selects)
    got += drain(channel)
    assert len(got) > 100
    assert sorted(got) == sorted(pushed)
    assert is_idle(channel)


# TestSelectStress


async def test_pushes_pulls_and_selects_of_both_exchange_all_items_over_four_channels() -> None:
    count = 200
    channels: list[Channel[int]] = [Channel(), Channel(), Channel(2), Channel(3)]
    got = [0] * 4

    async def push(which: int) -> None:
        for item in range(count):
            await channels[which].push(item)

    async def pull(which: int) -> None:
        for _ in range(count):
            await channels[which].pull()
            got[which] += 1

    async def push_by_select() -> None:
        left = [count] * 4
        while any(left):
            cases = [channel.push_case(0) if left[which] else None for which, channel in enumerate(channels)]
            selected = await chanselect(cases[3], cases[2], cases[0], cases[1])
            left[(3, 2, 0, 1)[selected.index]] -= 1

    async def pull_by_select() -> None:
        left = [count] * 4
        while any(left):
            cases = [channel.pull_case() if left[which] else None for which, channel in enumerate(channels)]
            selected = await chanselect(*cases)
            left[selected.index] -= 1
            got[selected.index] += 1

    await asyncio.gather(*map(push, range(4)), *map(pull, range(4)), push_by_select(), pull_by_select())
    assert got == [2 * count] * 4
    assert all(is_idle(channel) and channel.empty() for channel in channels)


# TestSelectFairness, TestPseudoRandomSend


@pytest.mark.asyncio(loop_factories=[QUICKEST])
async def test_a_select_over_two_full_channels_and_two_idle_ones_is_fair_to_the_full_ones() -> None:
    random.seed(1)
    trials = 10_000
    one, two = Channel[int](trials + 1), Channel[int](trials + 1)
    for _ in range(trials + 1):
        one.push_nowait(1)
        two.push_nowait(2)
    idle, quiet, out, done = (Channel[int]() for _ in range(4))

    async def choose() -> None:
        while True:
            _, item = await chanselect(idle.pull_case(), quiet.pull_case(), one.pull_case(), two.pull_case())
            selected = await chanselect(out.push_case(item), done.pull_case())
            if selected.index == 1:
                return

    chooser = asyncio.create_task(choose())
    ones = [await out.pull() for _ in range(trials)].count(1)
    await done.push(0)
    await chooser
    assert abs(ones / trials - 1 / 2) < 4.89 / (2 * trials**0.5)  # One in a million would miss it.


@pytest.mark.parametrize("buffer", [None, 100], ids=["unbuffered", "buffer-100"])
async def test_a_select_of_two_pushes_on_one_channel_chooses_at_random(buffer: int | None) -> None:
    random.seed(1)
    channel = Channel[int](buffer)

    async def receive() -> list[int]:
        return [await channel.pull() for _ in range(100)]

    receiver = await start_one(receive())
    for _ in range(100):
        await chanselect(channel.push_case(0), channel.push_case(1))
        await step()  # The receiver waits again: both pushes are ready. Where both have to wait, the first is served.
    assert 30 < sum(await receiver) < 70


# TestChanSendInterface, TestChanSendBarrier, TestChanSendSelectBarrier


def test_an_item_that_is_given_twice_is_the_same_item() -> None:
    item = object()
    channel = Channel[object](buffer=1)
    channel.push_nowait(item)
    assert chanselect_nowait(channel.push_case(item)) is None
    assert chanselect_nowait(channel.push_case(item), channel.push_case(object())) is None
    assert channel.pull_nowait() is item
    assert chanselect_nowait(channel.push_case(item), channel.push_case(item)) is not None
    assert channel.pull_nowait() is item


@pytest.mark.parametrize("by_select", [False, True], ids=["push", "select"])
async def test_many_requests_each_get_the_answer_of_a_task_of_their_own(by_select: bool) -> None:  # noqa: FBT001  # A parameter of the test.
    async def answer(answers: Channel[tuple[int, Exception]], done: Channel[None], number: int) -> None:
        item = number, ValueError(number)
        if by_select:
            await chanselect(answers.push_case(item), done.pull_case())
        else:
            await answers.push(item)

    async def request(first: int) -> None:
        for number in range(first, first + 50):
            answers, done = Channel[tuple[int, Exception]](), Channel[None]()
            task = asyncio.create_task(answer(answers, done, number))
            got, error = await answers.pull()
            assert got == number
            assert error.args == (number,)
            await task
            assert is_idle(done)

    await asyncio.gather(*(request(50 * client) for client in range(10)))


# TestMultiConsumer


@pytest.mark.parametrize("buffer", [None, 1, 69], ids=["unbuffered", "buffer-1", "buffer-69"])
async def test_many_workers_between_two_channels_pass_everything_on(buffer: int | None) -> None:
    numbers = [2, 3, 7, 11, 13, 17, 19, 23, 27, 31]
    work = [numbers[turn % len(numbers)] for turn in range(1000)]
    todo, done = Channel[int](buffer), Channel[int](buffer)

    async def worker(number: int) -> None:
        async for item in todo:
            if item == numbers[number % len(numbers)]:
                await step()  # Others may overtake.
            await done.push(item)

    async def feed() -> None:
        async with todo:
            for item in work:
                await todo.push(item)

    async def run() -> None:
        async with done, asyncio.TaskGroup() as group:
            group.create_task(feed())
            for number in range(23):
                group.create_task(worker(number))

    running = asyncio.create_task(run())
    got = [item async for item in done]
    await running
    assert sorted(got) == sorted(work)


# TestShrinkStackDuringBlockedSend, TestNoShrinkStackWhileParking, TestSelectStackAdjust


@pytest.mark.asyncio(loop_factories=[QUICKEST])
async def test_a_garbage_collection_does_not_disturb_who_waits(lossless: Channel[int]) -> None:
    other = Channel[int]()

    async def push() -> None:
        for item in range(10):
            selected = await chanselect(lossless.push_case(item), other.pull_case())
            assert selected.index == 0

    async def pull() -> list[int]:
        got: list[int] = []
        for _ in range(10):
            got.append((await chanselect(lossless.pull_case(), other.pull_case())).value)
            gc.collect()
            await step()
        return got

    pushing = await start_one(push())
    gc.collect()
    assert await pull() == [*range(10)]
    await pushing
    pulling = await start_one(pull())
    gc.collect()
    await push()
    assert await pulling == [*range(10)]
    assert is_idle(other)


# TestSelectDuplicateChannel


async def test_a_select_that_pulls_twice_from_one_channel_leaves_its_line_wholly() -> None:
    line, other, done = Channel[int](), Channel[int](), Channel[int]()

    async def select() -> None:
        selected = await chanselect(line.pull_case(), line.pull_case(), other.pull_case())
        assert selected.index == 2
        await done.push(9)

    selecting = await start_one(select())
    pulling = await start_one(line.pull())
    await other.push(7)
    assert await done.pull() == 9
    await line.push(8)
    assert await pulling == 8
    await selecting
    assert is_idle(line)


async def test_a_select_that_pushes_twice_to_one_channel_leaves_its_line_wholly(bounded: Channel[int]) -> None:
    held = fill(bounded)
    other = Channel[int]()
    selecting = await start_one(chanselect(bounded.push_case(1), bounded.push_case(2), other.push_case(3)))
    pushing = await start_one(bounded.push(8))
    assert await other.pull() == 3
    assert (await selecting).index == 2
    assert drain(bounded) == [*held, 8]
    await pushing
    assert is_idle(bounded)


@pytest.mark.parametrize("side", ["pull", "push"])
async def test_a_select_that_waits_twice_on_one_channel_is_served_once(side: str, bounded: Channel[int]) -> None:
    if side == "pull":
        selecting = await start_one(chanselect(bounded.pull_case(), bounded.pull_case()))
        bounded.push_nowait(1)
        selected = await selecting
        assert (selected.index, selected.value) == (0, 1)
        left: list[int] = []
    else:
        left = fill(bounded)
        select = await start_one(chanselect(bounded.push_case(1), bounded.push_case(2)))
        left.append(1)
        assert bounded.pull_nowait() == left.pop(0)
        assert (await select).index == 0
    assert drain(bounded) == left
    assert is_idle(bounded)
