"""chanselect and chanselect_nowait: the first of several operations, that one and no other."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pytest

from pychanasync import Channel, ChannelClosed, SelectCase, Selected, chanselect, chanselect_nowait
from tests.support.helpers import Loosely, cancelled, drain, fill, is_idle, start, start_one, step

if TYPE_CHECKING:
    from collections.abc import Callable

    from pychanasync.strategy import Waiter

loosely: Final[Loosely] = chanselect
loosely_nowait: Final[Loosely] = chanselect_nowait


async def test_a_ready_pull_is_done_at_once(channel: Channel[int]) -> None:
    push = await start_one(channel.push(1))
    other = Channel[str]()
    selected = await chanselect(other.pull_case(), channel.pull_case())
    assert (selected.index, selected.channel, selected.value) == (1, channel, 1)
    await push
    assert is_idle(other)


async def test_a_ready_push_is_done_at_once(channel: Channel[int]) -> None:
    pull = await start_one(channel.pull())
    other = Channel[str]()
    selected = await chanselect(channel.push_case(1), other.push_case("x"))
    assert (selected.index, selected.channel, selected.value) == (0, channel, None)
    assert await pull == 1
    assert is_idle(other)


async def test_of_several_ready_cases_one_is_done_and_no_other() -> None:
    first, second = Channel[int](3), Channel[int](3)

    def held() -> int:
        return first.csize() + second.csize()

    await chanselect(first.push_case(1), second.push_case(1))
    assert held() == 1
    chanselect_nowait(first.push_case(2), second.push_case(2))
    assert held() == 2
    first.push_nowait(3)
    second.push_nowait(3)
    await chanselect(first.pull_case(), second.pull_case())
    assert held() == 3
    chanselect_nowait(first.pull_case(), second.pull_case())
    assert held() == 2


async def test_a_select_that_can_proceed_does_not_suspend(channel: Channel[int]) -> None:
    push = await start_one(channel.push(1))
    ran: list[str] = []
    asyncio.get_running_loop().call_soon(ran.append, "another callback")
    await chanselect(channel.pull_case(), Channel[int]().pull_case())
    assert ran == []
    await push


async def test_a_select_waits_for_the_first_case_and_does_only_that(channel: Channel[int]) -> None:
    other = Channel[int]()
    select = await start_one(chanselect(other.pull_case(), channel.pull_case(), other.push_case(9)))
    await step(3)
    assert not select.done()
    channel.push_nowait(1)
    selected = await select
    assert (selected.index, selected.channel, selected.value) == (1, channel, 1)
    assert is_idle(channel)
    assert is_idle(other)
    with pytest.raises(Channel.Empty):
        other.pull_nowait()


async def test_a_select_waits_to_push(bounded: Channel[int]) -> None:
    held = fill(bounded)
    other = Channel[int]()
    select = await start_one(chanselect(bounded.push_case(0), other.pull_case()))
    assert drain(bounded) == [*held, 0]
    selected = await select
    assert (selected.index, selected.channel, selected.value) == (0, bounded, None)
    assert is_idle(other)


async def test_one_future_is_made_and_only_by_what_must_wait(
    channel: Channel[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Waiter] = []
    make = asyncio.Future

    def counted() -> Waiter:
        made.append(make())
        return made[-1]

    monkeypatch.setattr("asyncio.Future", counted)
    other = Channel[int]()
    tasks = asyncio.all_tasks()

    select = chanselect(other.pull_case(), channel.pull_case(), other.push_case(1))
    select.send(None)
    assert len(made) == 1
    await channel.push(2)
    with pytest.raises(StopIteration):
        select.send(None)

    pull = channel.pull()
    pull.send(None)
    assert len(made) == 2
    assert (await chanselect(channel.push_case(3), other.pull_case())).index == 0
    with pytest.raises(StopIteration):
        pull.send(None)
    assert len(made) == 2
    assert asyncio.all_tasks() == tasks


async def test_what_a_select_returns_can_be_made_by_hand_for_a_comparison() -> None:
    channel = Channel[int](buffer=1)
    made = Selected(channel, None, 0)
    selected = await chanselect(channel.push_case(1))
    assert (made, made.index, type(made)) == (selected, selected.index, type(selected))


async def test_what_was_selected_unpacks_and_shows_itself() -> None:
    channel = Channel[int](buffer=1)
    channel.push_nowait(7)
    selected = await chanselect(channel.pull_case())
    which, value = selected
    assert which is channel
    assert value == 7
    assert len(selected) == 2
    assert repr(selected) == "Selected(channel=<BufferedChannel: 0 of 1 item>, value=7, index=0)"


async def test_selects_meet_selects() -> None:
    left, right = Channel[int](), Channel[int]()
    first = await start_one(chanselect(left.pull_case(), right.push_case(1)))
    second = await chanselect(left.push_case(2), right.push_case(3))
    assert second.index == 0
    assert (await first).value == 2
    third = await start_one(chanselect(left.push_case(4), right.push_case(5)))
    fourth = await chanselect(right.pull_case())
    assert fourth.value == 5
    assert (await third).index == 1
    assert is_idle(left)
    assert is_idle(right)


async def test_a_select_never_meets_itself() -> None:
    channel = Channel[int]()
    select = await start_one(chanselect(channel.pull_case(), channel.push_case(1)))
    await step(3)
    assert not select.done()
    assert repr(channel) == "<UnbufferedChannel: unbuffered, 1 push waiting, 1 pull waiting>"
    assert await channel.pull() == 1
    assert (await select).index == 1

    select = await start_one(chanselect(channel.pull_case(), channel.push_case(1)))
    channel.push_nowait(2)
    assert (await select).value == 2
    assert is_idle(channel)


async def test_two_selects_with_both_directions_of_one_channel_meet_each_other() -> None:
    channel = Channel[str]()
    selects = await start(
        *(chanselect(channel.pull_case(), channel.push_case(name)) for name in ("a", "b", "c", "d")),
    )
    results = [await select for select in selects]
    assert Counter(result.index for result in results) == {0: 2, 1: 2}
    assert is_idle(channel)


async def test_of_several_waiting_cases_on_one_channel_the_first_written_is_served(bounded: Channel[int]) -> None:
    pulls = await start_one(chanselect(None, bounded.pull_case(), bounded.pull_case()))
    bounded.push_nowait(1)
    assert (await pulls).index == 1

    held = fill(bounded)
    pushes = await start_one(chanselect(bounded.push_case(1), bounded.push_case(2)))
    assert drain(bounded) == [*held, 1]
    assert (await pushes).index == 0
    assert is_idle(bounded)


async def test_none_in_the_place_of_a_case_keeps_the_positions_of_the_others(channel: Channel[int]) -> None:
    push = await start_one(channel.push(1))
    off: SelectCase[str] | None = None
    assert (await chanselect(off, channel.pull_case(), None)).index == 1
    await push
    waiting = await start_one(chanselect(None, off, channel.pull_case()))
    await channel.push(2)
    assert (await waiting).index == 2


@pytest.mark.parametrize("cases", [(), (None,), (None, None, None)])
async def test_no_case_that_could_ever_be_ready_is_refused(cases: tuple[None, ...]) -> None:
    with pytest.raises(ValueError, match="would wait forever"):
        await loosely(*cases)


def test_without_waiting_nones_only_are_never_ready_and_nothing_at_all_is_refused() -> None:
    assert chanselect_nowait(None) is None
    assert loosely_nowait(None, None) is None
    with pytest.raises(ValueError, match="needs at least one case"):
        loosely_nowait()


async def test_what_is_not_a_case_is_refused_with_the_way_to_one_and_nothing_else(channel: Channel[int]) -> None:
    case = channel.pull_case()
    for wrong in (channel, channel.pull, 3):
        with pytest.raises(TypeError, match=r"argument 1 is not a case but .*: write channel\.pull_case\(\)") as caught:
            await loosely(case, wrong)
        assert caught.value.__suppress_context__  # A traceback shows no internal error above it.
        with pytest.raises(TypeError, match="argument 0 is not a case"):
            loosely_nowait(wrong)
    assert is_idle(channel)


async def test_a_future_or_an_event_in_the_place_of_a_case_is_refused_with_its_case() -> None:
    future = asyncio.get_running_loop().create_future()
    with pytest.raises(TypeError, match=r"argument 0 is not a case but .*: write done_case\(future\)$"):
        await loosely(future)
    with pytest.raises(TypeError, match=r"argument 0 is not a case but .*: write event_case\(event\)$"):
        loosely_nowait(asyncio.Event())


@pytest.mark.parametrize("kind", [list, tuple])
async def test_cases_in_a_list_are_refused_with_the_star_that_is_missing(
    kind: Callable[[list[object]], object], channel: Channel[int]
) -> None:
    cases = kind([channel.pull_case()])
    with pytest.raises(TypeError, match=r"argument 0 is a (list|tuple), not a case: write chanselect\(\*cases\)"):
        await loosely(cases)
    with pytest.raises(TypeError, match=r"argument 1 is a (list|tuple), not a case: write chanselect\(\*cases\)"):
        loosely_nowait(None, cases)
    assert is_idle(channel)


async def test_an_attribute_error_of_a_case_of_the_users_own_is_not_disguised() -> None:
    class Faulty:
        def ready(self) -> bool:
            raise AttributeError("of its own")

    with pytest.raises(AttributeError, match="of its own"):
        await loosely(Faulty())


async def test_a_case_is_inert_and_may_be_used_again_and_again(bounded: Channel[int]) -> None:
    held = fill(bounded)
    pull, push = bounded.pull_case(), bounded.push_case(0)
    assert drain(bounded) == held
    assert is_idle(bounded)
    for _ in range(3):
        waiting = await start(chanselect(pull), chanselect(pull))
        assert (await chanselect(push)).index == 0
        assert (await chanselect(push)).index == 0
        assert [(await select).value for select in waiting] == [0, 0]
    assert is_idle(bounded)


async def test_one_case_may_stand_in_a_select_twice(channel: Channel[int]) -> None:
    case = channel.pull_case()
    select = await start_one(chanselect(case, case))
    channel.push_nowait(1)
    assert (await select).index == 0
    assert is_idle(channel)


def test_without_waiting_a_select_returns_none_where_no_case_is_ready(bounded: Channel[int]) -> None:
    fill(bounded)
    empty = Channel[str]()
    assert chanselect_nowait(bounded.push_case(0), empty.pull_case()) is None
    assert is_idle(bounded)
    assert is_idle(empty)


async def test_without_waiting_a_select_does_a_ready_case(channel: Channel[int]) -> None:
    pull = await start_one(channel.pull())
    pushed = chanselect_nowait(Channel[str]().pull_case(), channel.push_case(1))
    assert pushed
    assert (pushed.index, pushed.channel, pushed.value) == (1, channel, None)
    assert await pull == 1
    push = await start_one(channel.push(2))
    pulled = chanselect_nowait(channel.pull_case())
    assert pulled
    assert pulled.value == 2
    await push


async def test_a_select_does_not_take_the_item_of_a_woken_pull(channel: Channel[int]) -> None:
    pull = await start_one(channel.pull())
    channel.push_nowait(1)
    assert chanselect_nowait(channel.pull_case()) is None
    assert await pull == 1


async def test_what_a_woken_pull_has_a_claim_to_takes_no_room_from_a_push_case(buffered: Channel[int]) -> None:
    pull = await start_one(buffered.pull())
    buffered.push_nowait(1)  # Set aside for the pull, which has yet to resume.
    assert chanselect_nowait(buffered.push_case(2)) is not None
    assert await pull == 1
    assert drain(buffered) == [2]


async def test_a_case_on_a_closed_channel_is_ready_and_raises(channel: Channel[int]) -> None:
    other = Channel[int]()
    channel.close()
    for case in (channel.pull_case(), channel.push_case(1)):
        with pytest.raises(ChannelClosed) as caught:
            await chanselect(other.pull_case(), case)
        assert caught.value.channel is channel
        with pytest.raises(ChannelClosed):
            chanselect_nowait(case)
    assert is_idle(other)


async def test_a_closed_channel_is_drained_before_its_pull_raises(channel: Channel[int]) -> None:
    held = fill(channel)
    channel.close()
    assert [(await chanselect(channel.pull_case())).value for _ in held] == held
    with pytest.raises(ChannelClosed):
        await chanselect(channel.pull_case())


async def test_a_close_wakes_a_waiting_select_with_the_channel_that_was_closed(bounded: Channel[int]) -> None:
    other = Channel[int]()
    pulling = await start_one(chanselect(other.pull_case(), bounded.pull_case()))
    bounded.close()
    with pytest.raises(ChannelClosed) as caught:
        await pulling
    assert (caught.value.channel, caught.value.index) == (bounded, 1)

    full = Channel[int](None if bounded.capacity == 0 else bounded.capacity)
    fill(full)
    pushing = await start_one(chanselect(full.push_case(1), other.pull_case()))
    full.close(immediate=True)
    with pytest.raises(ChannelClosed) as caught:
        await pushing
    assert (caught.value.channel, caught.value.index) == (full, 0)
    assert is_idle(other)


async def test_an_error_that_no_select_raised_has_no_position(channel: Channel[int]) -> None:
    channel.close()
    with pytest.raises(ChannelClosed) as caught:
        await channel.pull()
    assert caught.value.index is None


async def test_a_select_served_before_the_close_still_has_its_value(channel: Channel[int]) -> None:
    other = Channel[int]()
    select = await start_one(chanselect(channel.pull_case(), other.pull_case()))
    channel.push_nowait(1)
    channel.close(immediate=True)
    other.close()
    assert (await select).value == 1


async def test_of_two_channels_that_become_ready_in_one_tick_the_first_to_do_so_is_chosen() -> None:
    left, right = Channel[int](), Channel[int]()
    select = await start_one(chanselect(left.pull_case(), right.pull_case()))
    right.push_nowait(2)
    with pytest.raises(Channel.Full):
        left.push_nowait(1)
    assert (await select).value == 2


async def test_of_two_buffers_filled_in_one_tick_one_keeps_its_item() -> None:
    left, right = Channel[int](1), Channel[int](1)
    select = await start_one(chanselect(left.pull_case(), right.pull_case()))
    left.push_nowait(1)
    right.push_nowait(2)
    assert (await select).value == 1
    assert drain(right) == [2]


async def test_a_waiting_select_and_plain_waiters_are_served_first_come_first_served(channel: Channel[int]) -> None:
    other = Channel[int]()
    served: list[str] = []

    async def plain(name: str) -> None:
        await channel.pull()
        served.append(name)

    async def selecting(name: str) -> None:
        await chanselect(other.pull_case(), channel.pull_case())
        served.append(name)

    waiting = await start(plain("a"), selecting("b"), plain("c"), selecting("d"), selecting("e"), plain("f"))
    for item in range(6):
        channel.push_nowait(item)
    await asyncio.gather(*waiting)
    assert served == ["a", "b", "c", "d", "e", "f"]


async def test_waiting_pushes_and_selects_are_served_first_come_first_served(bounded: Channel[int]) -> None:
    held = fill(bounded)
    other = Channel[int]()
    waiting = await start(
        bounded.push(0),
        chanselect(bounded.push_case(1), other.pull_case()),
        bounded.push(2),
        chanselect(other.pull_case(), bounded.push_case(3)),
    )
    assert drain(bounded) == [*held, 0, 1, 2, 3]
    await asyncio.gather(*waiting)


async def test_a_select_that_was_served_elsewhere_is_passed_over() -> None:
    left, right = Channel[int](), Channel[int]()
    select = await start_one(chanselect(left.pull_case(), right.pull_case()))
    pull = await start_one(right.pull())
    left.push_nowait(1)  # The select still stands in the line of the other channel, but waits no more.
    right.push_nowait(2)
    assert (await select).value == 1
    assert await pull == 2


def chi_square(counts: dict[object, int], outcomes: int) -> float:
    """Measure how far counts are from even."""
    expected = sum(counts.values()) / outcomes
    missing = outcomes - len(counts)
    return sum((count - expected) ** 2 / expected for count in counts.values()) + missing * expected


@pytest.mark.parametrize(("ready", "bound"), [((0, 1), 10.8), ((1, 3), 10.8), ((0, 2, 3), 13.8), ((0, 1, 2, 3), 16.3)])
@pytest.mark.parametrize("wait", [True, False], ids=["chanselect", "chanselect_nowait"])
async def test_the_choice_is_uniform_among_the_ready(ready: tuple[int, ...], bound: float, wait: bool) -> None:  # noqa: FBT001  # A parameter of the test.
    # Chance exceeds these bounds once in a thousand runs; the generator is seeded. A select that looked from a random
    # start, or from the next in turn, would favour the first ready case after a gap, or repeat itself.
    random.seed(1)
    channels = [Channel[int](1) for _ in range(4)]
    cases = [channel.pull_case() for channel in channels]
    for number in ready:
        channels[number].push_nowait(number)
    chosen: list[int] = []
    for _ in range(4_000):
        selected = await chanselect(*cases) if wait else chanselect_nowait(*cases)
        assert selected
        chosen.append(selected.index)
        channels[selected.index].push_nowait(selected.value)
    assert set(chosen) == set(ready)
    assert chi_square(Counter[object](chosen), len(ready)) < bound
    in_a_row = Counter[object](pairwise(chosen))
    assert chi_square(in_a_row, len(ready) ** 2) < 3 * bound


async def test_a_repeated_seed_repeats_the_choices() -> None:
    channels = [Channel[int](1) for _ in range(3)]
    for channel in channels:
        channel.push_nowait(0)

    def choices() -> list[int]:
        random.seed(7)
        indexes: list[int] = []
        for _ in range(20):
            selected = chanselect_nowait(*(channel.pull_case() for channel in channels))
            assert selected
            indexes.append(selected.index)
            channels[selected.index].push_nowait(0)
        return indexes

    chosen = choices()
    assert chosen == choices()
    assert {*chosen} == {0, 1, 2}


async def test_where_one_case_is_ready_nothing_is_drawn(channel: Channel[int]) -> None:
    push = await start_one(channel.push(1))
    state = random.getstate()
    await chanselect(channel.pull_case(), Channel[int]().pull_case())
    assert random.getstate() == state
    await push


async def test_ordered_takes_the_first_ready_in_the_order_written() -> None:
    empty, first, second = Channel[int](1), Channel[int](1), Channel[int](1)
    for _ in range(50):
        first.push_nowait(1)
        second.push_nowait(2)
        cases = [empty.pull_case(), first.pull_case(), second.pull_case()]
        assert (await chanselect(*cases, ordered=True)).index == 1
        assert (await chanselect(*cases, ordered=True)).index == 2
        first.push_nowait(1)
        second.push_nowait(2)
        selected = chanselect_nowait(*cases, ordered=True)
        assert selected
        assert selected.index == 1
        second.pull_nowait()


async def test_another_loops_task_on_any_channel_refuses_the_select_and_changes_nothing(channel: Channel[int]) -> None:
    other = Channel[int]()
    pull = await start_one(other.pull())

    async def elsewhere() -> None:
        with pytest.raises(RuntimeError, match="another event loop"):
            await chanselect(channel.pull_case(), other.pull_case())
        with pytest.raises(RuntimeError, match="another event loop"):
            await chanselect(channel.pull_case(), other.push_case(1))
        assert is_idle(channel)

    await asyncio.to_thread(asyncio.run, elsewhere())
    await cancelled(pull)


def test_a_select_that_need_not_wait_works_with_no_loop_running() -> None:
    channel = Channel[int](1)
    assert chanselect_nowait(channel.push_case(1))
    with pytest.raises(StopIteration) as done:
        chanselect(channel.pull_case()).send(None)
    result: Selected[int, int] = done.value.value
    assert result.value == 1
    with pytest.raises(RuntimeError, match="no running event loop"):
        chanselect(channel.pull_case()).send(None)
    assert is_idle(channel)


async def test_draining_several_channels_until_all_are_closed() -> None:
    sources = [Channel[int](4), Channel[int](4), Channel[int](4)]
    for number, source in enumerate(sources):
        for item in range(3):
            source.push_nowait(10 * number + item)
        source.close()
    items: list[int] = []
    cases: dict[object, SelectCase[int] | None] = {source: source.pull_case() for source in sources}
    while any(cases.values()):
        try:
            items.append((await chanselect(*cases.values())).value)
        except ChannelClosed as closed:
            cases[closed.channel] = None
    assert sorted(items) == [0, 1, 2, 10, 11, 12, 20, 21, 22]


async def test_a_select_that_was_served_is_in_no_line_any_more() -> None:
    one, other = Channel[int](), Channel[int]()
    cases = one.pull_case(), one.push_case(1), other.pull_case(), other.push_case(2)
    select = await start_one(chanselect(*cases))
    lines: list[Loosely] = [case.line for case in cases]
    assert [len(line) for line in lines] == [1, 1, 1, 1]
    one.push_nowait(3)
    await select
    assert [len(line) for line in lines] == [0, 0, 0, 0]


async def test_an_ordered_select_looks_no_further_than_the_first_ready_case(channel: Channel[int]) -> None:
    class NotToBeAsked:
        def ready(self) -> bool:
            raise AssertionError("it was looked at")

    channel.close()
    with pytest.raises(ChannelClosed):
        await loosely(None, channel.pull_case(), NotToBeAsked(), ordered=True)
    with pytest.raises(AssertionError, match="looked at"):
        await loosely(None, channel.pull_case(), NotToBeAsked())


async def test_an_ordered_select_whose_first_ready_case_fails_after_all_takes_the_next() -> None:
    class GoneMeanwhile:
        channel = None

        def ready(self) -> bool:
            return True

        def proceed(self) -> None:
            raise Channel.Empty

    channel = Channel[int](buffer=1)
    channel.push_nowait(1)
    assert loosely_nowait(GoneMeanwhile(), channel.pull_case(), ordered=True).index == 1
    assert loosely_nowait(GoneMeanwhile(), channel.pull_case(), ordered=True) is None


async def test_a_select_that_was_served_before_another_case_is_refused_returns_what_was_done() -> None:
    one, other = Channel[int](), Channel[int]()

    class Refused:
        line = other.pull_case().line
        channel = other

        def ready(self) -> bool:
            return False

        def enrol(self, _: object) -> None:  # As if a handler had come between, and then found another loop.
            assert one.pull_nowait() == 1
            raise RuntimeError

    selected = await loosely(one.push_case(1), Refused())
    assert (selected.channel, selected.index) == (one, 0)
    assert is_idle(one)


async def test_a_select_of_which_a_case_is_refused_gives_back_the_pull_that_was_served(channel: Channel[int]) -> None:
    class Refused:
        line = Channel[int]().pull_case().line

        def ready(self) -> bool:
            return False

        def enrol(self, _: object) -> None:
            channel.push_nowait(1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await loosely(channel.pull_case(), Refused())
    assert drain(channel) == [1]
    assert is_idle(channel)
