"""The explorer would find a fault: each that is put into the library here is caught, by a schedule that plays again."""

# The faults are put where the promises are kept, out of users' reach.
# ruff: noqa: SLF001
# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import pytest

from pychanasync import _cancelling
from pychanasync._core import ChannelCore
from pychanasync._failing import Failure
from pychanasync._sending import Sending
from pychanasync._waiting import Timer, was_served
from tests.model.explorer import Choices, explore, play
from tests.model.programs import PROGRAMS

if TYPE_CHECKING:
    from asyncio import CancelledError, Task
    from collections.abc import Iterable
    from weakref import ref

    from pychanasync import Broadcast, Channel, DroppingChannel, SelectCase, SlidingChannel, Subscription
    from pychanasync._receiving import PullCase
    from pychanasync._waiting import AnyLine, Line, Waiter
    from pychanasync.cases import _Timers
    from pychanasync.ending import Future, _Tie
    from tests.model.explorer import Run, Trial

    Choice: TypeAlias = tuple[int, SelectCase[object], AnyLine]

begin_buffer, try_push = ChannelCore[int]._begin_buffer, ChannelCore[int]._try_push
close = Sending[int].close
defer, awaiting, pass_up = _cancelling.defer, _cancelling._awaiting, _cancelling._pass_up


class Fault(NamedTuple):
    """What takes the place of a part of the library, and the program that must show it."""

    part: str
    instead: object
    program: str


def nothing(*_: object) -> None:
    """Do nothing."""


def keep_the_claim_from_the_next(self: ChannelCore[int]) -> bool:
    self._unclaimed += 1
    return False


def claim_what_is_claimed(self: ChannelCore[int]) -> bool:
    if self._items:
        self._unclaimed = max(0, self._unclaimed - 1)
    return bool(self._items)


def take_a_copy_of_the_item(self: PullCase[int]) -> int:
    channel = self.channel
    channel._unclaimed += 1
    items = [channel._items.popleft() for _ in range(len(channel._items))]
    for item in items:
        channel._items.append(item)
    return items[0]


def push_to_the_closed(self: ChannelCore[int], item: int) -> bool:
    if not self._items:
        self._items = self._make_buffer()
    self._items.append(item)
    self._unclaimed += 1
    return True


def claim_at_most(self: ChannelCore[int], limit: int) -> int:
    claimed = min(limit, len(self._items))
    self._unclaimed = max(0, self._unclaimed - claimed)
    return claimed


def let_nobody_in(self: ChannelCore[int], limit: int) -> int:
    claimed = min(limit, self._unclaimed)
    self._unclaimed -= claimed
    return claimed


async def keep_what_is_set_aside(self: Channel[int], claims: int, limit: int, within: float) -> int:
    while within and claims < limit and await self._wait_for_claim():
        claims += 1 + self._claim_some(limit - claims - 1)
    return claims


async def look_no_more_when_the_time_is_over(self: Channel[int], claims: int, limit: int, within: float) -> int:
    timer = Timer(within)
    try:
        while claims < limit and not timer.over and await self._wait_for_claim(timer):
            claims += 1
            claims += self._claim_some(limit - claims)
    finally:
        timer.stop()
    return claims


def leave_the_timer(self: _Timers, waiter: Waiter) -> bool:
    return was_served(waiter, self)


def make_room_at_the_head(self: SlidingChannel[int], item: int) -> bool:
    self._items.popleft()
    self._unclaimed -= 1
    self._dropped += 1
    return self._try_push(item)


def make_room_for_one(self: SlidingChannel[int], item: int) -> bool:
    del self._items[-self._unclaimed]
    self._dropped += 1
    self._items.append(item)
    return True


def drop_uncounted(*_: object) -> bool:
    return True


def drop_the_newest(self: DroppingChannel[int], item: int) -> bool:
    self._items.pop()
    self._items.append(item)
    self._dropped += 1
    return True


def take_what_waits_for_done(self: ChannelCore[int], item: int) -> bool:
    return try_push(self, item) or self._overflows


def begin_a_queue(self: ChannelCore[int]) -> None:
    begin_buffer(self)
    self._items = deque()


def put_back_at_the_end(self: Line[int], waiter: Waiter, item: int) -> None:
    self[waiter] = item


def stay(self: Line[int], waiter: Waiter) -> bool:
    return waiter.done() and not waiter.cancelled() and waiter.result() is self


def jump(self: Line[int], waiter: Waiter, item: int) -> None:
    self[waiter] = item
    self.move_to_end(waiter, last=False)


def serve_the_last(self: Line[int]) -> tuple[Waiter, int] | None:
    while self:
        waiter, item = self.popitem()
        if not waiter.done():
            waiter.set_result(self)
            return waiter, item
    return None


def take_the_last(self: Line[int]) -> tuple[Waiter, int] | None:
    while self:
        waiter, item = self.popitem()
        if not waiter.done():
            return waiter, item
    return None


def leave_if_not_cancelled(enrolled: Iterable[Choice], waiter: Waiter) -> Choice | None:
    served = [] if waiter.cancelled() else [choice for choice in enrolled if choice[2].leave(waiter)]
    return served[0] if served else None


def defer_whatever_is_taken_back(cancellation: CancelledError, _: int) -> None:
    defer(cancellation, -1)


def nobody(*_: object) -> list[_cancelling._Awaiting]:
    return []


def only_the_next(task: Task[object], before: int) -> list[_cancelling._Awaiting]:
    return [each._replace(above=[]) for each in awaiting(task, before)]


def all_requests_but_one(task: Task[object], before: int) -> list[_cancelling._Awaiting]:
    return [each._replace(before=each.task.cancelling() - 1) for each in awaiting(task, before)]


def no_requests(task: Task[object], before: int) -> list[_cancelling._Awaiting]:
    return [each._replace(before=0) for each in awaiting(task, before)]


def pass_up_in_the_next_iteration(
    deferred: _cancelling._Deferred, before: int, above: list[_cancelling._Awaiting], ended: Task[object]
) -> None:
    ended.get_loop().call_soon(pass_up, deferred, before, above, ended)


def pass_up_what_was_taken_back_below(
    deferred: _cancelling._Deferred, _: int, above: list[_cancelling._Awaiting], ended: Task[object]
) -> None:
    pass_up(deferred, -1, above, ended)


def pass_up_what_was_raised_below(
    deferred: _cancelling._Deferred, before: int, above: list[_cancelling._Awaiting], ended: Task[object]
) -> None:
    deferred.raised = False
    pass_up(deferred, before, above, ended)


def close_anew(self: Sending[int], *, cause: BaseException | None = None, immediate: bool = False) -> None:
    if self._closed:
        self._failure = None if cause is None else Failure(cause)
    close(self, cause=cause, immediate=immediate)


def always(_: object) -> bool:
    return True


def stay_on_the_task(self: Failure) -> None:
    self._task = self._call = None


def come_in_the_same_iteration(self: Failure, ended: Task[object] | None = None) -> None:
    if self._task and (ended or not self._task.done()):
        self._come()


def close_after_the_first(self: _Tie, task: Future) -> None:
    del task
    self._channel.close(immediate=self._immediate)


def close_for_the_last_failure(self: _Tie, task: Future) -> None:
    self._left -= 1
    self._cause = (None if task.cancelled() else task.exception()) or self._cause
    if not self._left:
        self._channel.close(cause=self._cause, immediate=self._immediate)


def give_to_the_first(self: Broadcast[int], item: int) -> None:
    self._recent.append(item)
    for subscription in self._all()[:1]:
        subscription._try_push(item)


def wait_for_the_first(self: Broadcast[int], due: int = 0) -> bool:
    self._full = {some._key for some in self._all()[:1] if some._makes_wait(due)}
    return bool(self._full)


def drop_without_a_word(self: Subscription[int], _: int) -> bool:
    return self._policy != "wait"


def forget_quietly(self: Broadcast[int], key: ref[Subscription[int]]) -> None:
    self._subscribers.pop(key, None)


FAULTS = {
    "a push forgets its cancellation": Fault("_sending.defer", nothing, "a push before a rest"),
    "a select forgets its cancellation": Fault("select.defer", nothing, "a select of one push"),
    "what was deferred is not raised at the next wait": Fault(
        "_waiting.raise_pending", nothing, "a push before a pull"
    ),
    "what was deferred is not delivered": Fault("_cancelling._deliver", nothing, "a push before a rest"),
    "what was taken back is raised": Fault(
        "_sending.defer", defer_whatever_is_taken_back, "a cancellation taken back before pauses"
    ),
    "a cancellation ends with its task": Fault("_cancelling._awaiting", nobody, "an awaited push before a rest"),
    "a cancellation goes up one level": Fault("_cancelling._awaiting", only_the_next, "a chain of three"),
    "one of two requests does not go up": Fault(
        "_cancelling._awaiting", all_requests_but_one, "taken back after an awaited push"
    ),
    "an older request goes up": Fault(
        "_cancelling._awaiting", no_requests, "an older request above an awaited push, and one taken back"
    ),
    "a busy partner outruns what goes up": Fault(
        "_cancelling._pass_up", pass_up_in_the_next_iteration, "an awaited push before a busy partner"
    ),
    "what was taken back below goes up": Fault(
        "_cancelling._pass_up", pass_up_what_was_taken_back_below, "taken back in an awaited task"
    ),
    "what was raised below goes up": Fault(
        "_cancelling._pass_up", pass_up_what_was_raised_below, "an awaited row that is stubborn"
    ),
    "a released claim is kept": Fault("_core.ChannelCore._release_claim", nothing, "two pulls and a push"),
    "a claim does not go to the next": Fault(
        "_core.ChannelCore._release_claim", keep_the_claim_from_the_next, "two pulls and a push"
    ),
    "a later arrival takes what is claimed": Fault(
        "_core.ChannelCore._try_claim", claim_what_is_claimed, "a newcomer beside a woken pull"
    ),
    "a later arrival overtakes": Fault("_waiting.Line.join", jump, "two pulls and a push"),
    "an item is delivered twice": Fault(
        "_receiving.PullCase.finish", take_a_copy_of_the_item, "a select and an iteration"
    ),
    "a closed channel takes an item": Fault("_core.ChannelCore._try_push", push_to_the_closed, "pushes and a close"),
    "a close forgets who waits": Fault("_waiting.Line.wake_closed", nothing, "pulls and a close"),
    "who leaves stays in line": Fault("_waiting.Line.leave", stay, "a push by hand"),
    "the last in line is served": Fault("_waiting.Line.take", take_the_last, "two pulls and a push"),
    "a cancelled select stays in line": Fault("select._leave", leave_if_not_cancelled, "a select of two pulls"),
    "the last in line is let in": Fault("_waiting.Line.commit", serve_the_last, "three pushes and a pull"),
    "a claimed item is dropped": Fault(
        "sliding.SlidingChannel._overflow", make_room_at_the_head, "pushes that overflow behind claims"
    ),
    "one item alone is dropped where there are two too many": Fault(
        "sliding.SlidingChannel._overflow",
        make_room_for_one,
        "a push that overflows above the bound, where a claim was let go",
    ),
    "what is dropped is not counted": Fault(
        "dropping.DroppingChannel._overflow", drop_uncounted, "pushes that overflow"
    ),
    "what is pushed takes the place of the newest": Fault(
        "dropping.DroppingChannel._overflow", drop_the_newest, "pushes that overflow"
    ),
    "a push that has to wait is done": Fault(
        "_core.ChannelCore._try_push", take_what_waits_for_done, "a wait and an overflow"
    ),
    "a batch takes what is set aside for others": Fault(
        "_core.ChannelCore._claim_some", claim_at_most, "two batches in turns"
    ),
    "a batch lets no push in": Fault("_core.ChannelCore._claim_some", let_nobody_in, "a batch and waiting pushes"),
    "a batch keeps what it has": Fault(
        "channel.Channel._claim_more",
        keep_what_is_set_aside,
        "a batch that has some, and others that take what it lets go",
    ),
    "a batch overlooks what comes as its time ends": Fault(
        "channel.Channel._claim_more", look_no_more_when_the_time_is_over, "a batch, and its time beside an item"
    ),
    "the timer of a batch runs on": Fault("_waiting.Timer.stop", nothing, "a batch and its time"),
    "a time that is over is not told": Fault("_waiting.Timer._ring", nothing, "a time alone"),
    "the timer of a select runs on": Fault(
        "cases._Timers.leave", leave_the_timer, "a select of a pull and a time beside a push"
    ),
    "a cause is forgotten": Fault("_sending._to_failure", nothing, "a select with itself and a cause"),
    "a later close changes the cause": Fault("_sending.Sending.close", close_anew, "two closes with causes"),
    "receivers hear of an error at once": Fault("_failing.Failure.delay", nothing, "an awaited block"),
    "receivers hear of an error an iteration early": Fault(
        "_failing.Failure._come_next", come_in_the_same_iteration, "what need not wait after a block"
    ),
    "receivers never hear of an error": Fault("_failing.Failure._come", nothing, "an awaited block"),
    "an end that has come stays on the task": Fault(
        "_failing.Failure.end", stay_on_the_task, "what need not wait after a block"
    ),
    "a sender that was refused has failed": Fault("_sending.is_failure", always, "a block left by a refusal"),
    "a task that was refused has failed": Fault(
        "ending.is_failure", always, "a close after a task that was refused and one that fails"
    ),
    "a channel is closed after the first task": Fault(
        "ending._Tie.count", close_after_the_first, "a close after tasks that have ended"
    ),
    "a channel is closed for the last failure": Fault(
        "ending._Tie.count", close_for_the_last_failure, "a close after tasks that have ended"
    ),
    "a strategy is not asked for its buffer": Fault(
        "_core.ChannelCore._begin_buffer", begin_a_queue, "a row of pushes by priority"
    ),
    "a push that was refused returns": Fault(
        "_sending.raise_refusal", nothing, "a waiting push refused before another"
    ),
    "a select that was refused returns": Fault("select.raise_refusal", nothing, "a waiting select refused"),
    "a pull is forgotten whose push was refused": Fault(
        "_waiting.Line.put_back", nothing, "a push refused beside pulls"
    ),
    "a push reaches the first subscriber alone": Fault(
        "broadcast.Broadcast._give", give_to_the_first, "pushes without waiting"
    ),
    "a push waits for the first subscriber alone": Fault(
        "broadcast.Broadcast._must_wait", wait_for_the_first, "a push that stands before another"
    ),
    "who makes room for a push does not say so": Fault(
        "broadcast.Broadcast._make_way", nothing, "pushes that wait for both"
    ),
    "who unsubscribes makes no room for a push": Fault(
        "broadcast.Broadcast._forget", forget_quietly, "who unsubscribes while a push waits"
    ),
    "who is forgotten makes no room for a push": Fault(
        "broadcast._when_collected", nothing, "who is forgotten while pushes wait"
    ),
    "nothing is replayed": Fault("broadcast.Subscription._replay", nothing, "who subscribes between pushes"),
    "who falls behind is not told": Fault(
        "broadcast.Subscription._overflow", drop_without_a_word, "who falls behind, and goes"
    ),
    "the end of a hub is not that of its subscriptions": Fault(
        "broadcast.Broadcast._end_all", nothing, "pushes, pulls and a close of the hub"
    ),
    "an immediate close of a hub leaves what was pushed": Fault(
        "broadcast.Broadcast._discard_all", nothing, "an immediate close of a hub with a cause"
    ),
    "a pull loses its place whose push was refused": Fault(
        "_waiting.Line.put_back", put_back_at_the_end, "a push refused beside pulls"
    ),
}
PROGRAMS_THAT_SHOW_FAULTS = sorted({fault.program for fault in FAULTS.values()})


def trials_of(title: str) -> list[Trial]:
    """List the trials of the program with a title; there is one."""
    (program,) = [program for program in PROGRAMS if program.title == title]
    return [*program.trials()]


def first_broken(title: str) -> Run | None:
    """Explore the trials of a program up to the first that breaks a promise."""
    return next((run for _, run in map(explore, trials_of(title)) if run), None)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_found_and_shown_again(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"pychanasync.{fault.part}", fault.instead)
    run = first_broken(fault.program)
    assert run
    assert str(play(run.trial, Choices.numbered(run.number))) == str(run)


@pytest.mark.parametrize("title", PROGRAMS_THAT_SHOW_FAULTS)
def test_the_programs_that_show_faults_are_sound_without_them(title: str) -> None:
    assert not first_broken(title)
