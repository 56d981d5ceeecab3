"""timeout_case and timeout_at_case: chosen once it is time. What all such cases do is in test_cases."""

from __future__ import annotations

import asyncio
import sys
from decimal import Decimal
from fractions import Fraction
from math import inf, nan
from typing import TYPE_CHECKING, Final

import pytest

from pychanasync import Channel, chanselect, chanselect_nowait, timeout_at_case, timeout_case
from tests.support import virtual_time
from tests.support.helpers import Loosely, cancelled, is_idle, push_every_second, start, start_one, step, unheard
from tests.support.loops import LOOPS

if TYPE_CHECKING:
    from collections.abc import Callable

    from pychanasync import SelectCase
    from tests.support.clock import Clock

each_kind = pytest.mark.parametrize("kind", [timeout_case, timeout_at_case], ids=["timeout", "timeout-at"])


def now() -> float:
    return asyncio.get_running_loop().time()


def test_a_select_that_waits_so_long_is_done_then_and_not_before(channel: Channel[int]) -> None:
    async def main() -> None:
        for delay in (0.5, 3, Decimal("1.5"), Fraction(5, 2)):
            began = now()
            case: SelectCase[None] = timeout_case(float(delay)) if isinstance(delay, float) else loosely(delay)
            selected = await chanselect(channel.pull_case(), case)
            assert (selected.index, selected.channel, selected.value) == (1, None, None)
            assert now() == began + float(delay)
            assert is_idle(channel)

    virtual_time.run_on_each(main)


def test_each_select_that_waits_counts_the_delay_anew(channel: Channel[int]) -> None:
    async def main() -> None:
        case, began = timeout_case(2), now()
        pushing = asyncio.create_task(push_every_second(channel, 5))
        taken = 0
        while (await chanselect(channel.pull_case(), case)).index == 0:
            taken += 1
        assert taken == 5
        assert now() == began + 5 + 2
        await pushing

    virtual_time.run_on_each(main)


def test_a_point_in_time_is_the_same_for_one_select_after_another(channel: Channel[int]) -> None:
    async def main() -> None:
        began = now()
        case = timeout_at_case(began + 3.5)
        pushing = asyncio.create_task(push_every_second(channel, 5))
        taken = 0
        while (await chanselect(channel.pull_case(), case)).index == 0:
            taken += 1
        assert taken == 3
        assert now() == began + 3.5
        assert (await chanselect(channel.pull_case(), case)).index == 1  # And so it stays.
        assert now() == began + 3.5
        await asyncio.gather(pushing, channel.pull(), channel.pull())

    virtual_time.run_on_each(main)


def test_several_selects_at_once_each_count_their_own_time(channel: Channel[int]) -> None:
    async def main() -> None:
        case, began = timeout_case(2), now()
        ended: list[float] = []

        async def wait() -> None:
            await chanselect(channel.pull_case(), case)
            ended.append(now() - began)

        first = await start_one(wait())
        await asyncio.sleep(1)
        await wait()
        await first
        assert ended == [2, 3]

    virtual_time.run_on_each(main)


def test_of_several_times_the_first_to_come_is_chosen(channel: Channel[int]) -> None:
    async def main() -> None:
        at = now()
        cases = timeout_case(3), timeout_at_case(at + 1), timeout_case(2), timeout_case(None), timeout_at_case(inf)
        selected = await chanselect(channel.pull_case(), *cases)
        assert (selected.index, now()) == (2, at + 1)

    virtual_time.run_on_each(main)


@each_kind
@pytest.mark.parametrize("when", [None, inf])
async def test_what_never_comes_starts_no_timer_and_waits_for_ever_alone(
    channel: Channel[int], clock: Clock, kind: Callable[[float | None], SelectCase[None]], when: float | None
) -> None:
    alone, beside = await start(chanselect(kind(when)), chanselect(kind(when), channel.pull_case()))
    clock.advance(1e9)
    await step(3)
    assert not alone.done()
    assert not beside.done()
    assert clock.running() == 0
    assert chanselect_nowait(kind(when)) is None
    channel.push_nowait(1)
    assert (await beside).index == 1
    await cancelled(alone)


@pytest.mark.parametrize("delay", [0, -1, -0.0, -inf])
async def test_a_delay_of_0_or_less_is_a_case_that_is_ready(channel: Channel[int], clock: Clock, delay: float) -> None:
    case = timeout_case(delay)
    for _ in range(2):
        selected = chanselect_nowait(channel.pull_case(), case)
        assert selected
        assert (selected.index, selected.channel, selected.value) == (1, None, None)
    select = chanselect(channel.pull_case(), case)
    with pytest.raises(StopIteration):
        select.send(None)
    push = await start_one(channel.push(1))
    assert (await chanselect(channel.pull_case(), case, ordered=True)).index == 0
    await push
    assert clock.running() == 0


@pytest.mark.parametrize("delay", [5e-324, 1e-9, 1, sys.maxsize, sys.float_info.max])
async def test_a_longer_delay_is_never_ready_without_waiting(clock: Clock, delay: float) -> None:
    case = timeout_case(delay)
    assert chanselect_nowait(case) is None
    clock.advance(delay)
    assert chanselect_nowait(case) is None
    await cancelled(await start_one(chanselect(case)))
    assert clock.running() == 0


async def test_a_point_in_time_is_ready_from_then_on(channel: Channel[int], clock: Clock) -> None:
    case = timeout_at_case(clock.now + 1)
    assert chanselect_nowait(channel.pull_case(), case) is None
    clock.advance(1 - 2**-10)
    assert chanselect_nowait(channel.pull_case(), case) is None
    clock.advance(2**-10)
    assert chanselect_nowait(channel.pull_case(), case) is not None
    assert chanselect_nowait(channel.pull_case(), timeout_at_case(-inf)) is not None


def test_with_no_loop_there_is_a_delay_and_no_clock(channel: Channel[int]) -> None:
    assert chanselect_nowait(channel.pull_case(), timeout_case(1)) is None
    assert chanselect_nowait(channel.pull_case(), timeout_case(0)) is not None
    assert chanselect_nowait(channel.pull_case(), timeout_at_case(None)) is None
    with pytest.raises(RuntimeError, match="no running event loop"):
        chanselect_nowait(channel.pull_case(), timeout_at_case(0))
    assert is_idle(channel)


def test_a_case_can_be_used_under_one_loop_after_another(channel: Channel[int]) -> None:
    case = timeout_case(3)

    async def main() -> None:
        began = now()
        assert (await chanselect(channel.pull_case(), case)).index == 1
        assert now() == began + 3

    virtual_time.run_on_each(main)


@pytest.mark.parametrize("factory", LOOPS.values(), ids=LOOPS)
def test_a_select_whose_loop_is_closed_can_still_be_collected(
    channel: Channel[int], factory: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    loop = factory()
    loop.set_exception_handler(unheard)
    select = chanselect(channel.pull_case(), timeout_case(60), timeout_at_case(loop.time() + 60))
    task = loop.create_task(select)
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    select.close()
    del task
    assert is_idle(channel)


async def test_a_select_for_which_the_loop_starts_no_timer_leaves_nothing_behind(
    channel: Channel[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("no timer")

    monkeypatch.setattr(asyncio.get_running_loop(), "call_at", refuse)
    with pytest.raises(RuntimeError, match="no timer"):
        await chanselect(channel.pull_case(), timeout_case(1))
    assert is_idle(channel)


loosely: Final[Loosely] = timeout_case
loosely_at: Final[Loosely] = timeout_at_case
each_made = pytest.mark.parametrize("make", [loosely, loosely_at], ids=["timeout", "timeout-at"])


@each_made
@pytest.mark.parametrize("wrong", [True, False, "1", b"1", 1j, Channel[int](), float], ids=repr)
def test_what_is_not_a_number_is_refused(make: Loosely, wrong: object) -> None:
    with pytest.raises(TypeError):
        make(wrong)


def test_a_number_beyond_every_clock_never_comes_or_has_come_long_ago() -> None:
    assert chanselect_nowait(timeout_case(10**400)) is None
    assert chanselect_nowait(timeout_case(-(10**400))) is not None


@each_made
@pytest.mark.parametrize("wrong", [nan, Decimal("nan")], ids=repr)
def test_what_is_not_a_time_though_a_float_is_refused(make: Loosely, wrong: object) -> None:
    with pytest.raises(ValueError, match="must be a number of seconds, got"):
        make(wrong)


@pytest.mark.parametrize(("make", "name"), [(loosely, "delay"), (loosely_at, "when")])
def test_its_argument_has_no_name(make: Loosely, name: str) -> None:
    with pytest.raises(TypeError, match="positional-only"):
        make(**{name: 1})
