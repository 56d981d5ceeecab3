"""Operations driven by hand, and the account of them: none lost, none doubled, nobody left to wait in vain."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from math import inf
from typing import TYPE_CHECKING

from pychanasync import (
    Channel,
    ChannelClosed,
    ChannelEmpty,
    ChannelFailed,
    ChannelFull,
    chanselect,
    chanselect_nowait,
)
from tests.support.endings import SenderError, leave
from tests.support.helpers import drain, dropped

if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator

    from tests.support.kinds import Make

SCENES: dict[str, tuple[str, ...]] = {
    "nobody": (),
    "pulls": ("pull", "pull"),
    "pushes": ("push_nowait", "push", "push"),
    "selects-that-pull": ("select_pull", "select_pull"),
    "selects-that-push": ("push_nowait", "select_push", "select_push"),
    "a-select-with-itself": ("select_both",),
    "pulls-the-first-cancelled": ("pull", "pull", "cancel_first"),
    "pushes-the-first-cancelled": ("push_nowait", "push", "push", "cancel_first"),
    "a-woken-pull": ("pull", "push_nowait"),
    "a-woken-pull-and-a-waiting-one": ("pull", "pull", "push_nowait"),
    "a-woken-pull-cancelled-and-a-waiting-one": ("pull", "pull", "push_nowait", "cancel_first"),
    "a-woken-pull-and-a-full-buffer": ("pull", "push_nowait", "push_nowait", "push_nowait"),
    "a-woken-push-and-a-waiting-one": ("push_nowait", "push_nowait", "push", "push", "pull_nowait"),
    "an-item-let-go-and-waiting-pushes": ("pull", "push_nowait", "push_nowait", "push", "push", "collect"),
    "two-items-let-go": ("pull", "pull", "push_nowait", "push_nowait", "push_nowait", "collect", "collect"),
    "closed-with-an-item": ("push_nowait", "close"),
    "closed-with-a-woken-pull": ("pull", "push_nowait", "push_nowait", "close"),
    "a-batch-that-has-one": ("pull_many_within", "push_nowait", "resume"),
    "a-batch-that-has-one-and-waiting-pulls": ("pull_many_within", "push_nowait", "resume", "pull", "pull"),
    "a-woken-batch-that-has-one-and-a-waiting-pull": (
        "pull_many_within",
        "push_nowait",
        "resume",
        "pull",
        "push_nowait",
    ),
}
LEFT_BY_AN_ERROR: dict[str, tuple[str, ...]] = {  # And no loop goes on, so that pulls do not know yet.
    "left-by-an-error": ("close_by_error",),
    "left-by-an-error-with-a-waiting-pull": ("pull", "close_by_error"),
    "left-by-an-error-with-an-item": ("push_nowait", "close_by_error"),
    "left-by-an-error-with-a-woken-pull-and-a-waiting-one": ("pull", "pull", "push_nowait", "close_by_error"),
    "left-by-an-error-with-a-select-and-a-pull": ("select_pull", "pull", "close_by_error"),
}
CALLS = [
    "push_nowait",
    "pull_nowait",
    "select_push_nowait",
    "select_pull_nowait",
    "push",
    "pull",
    "pull_many",
    "pull_many_within",
    "select_push",
    "select_pull",
    "select_both",
    "close",
    "close_at_once",
    "collect",
    "resume",
]
MEANWHILE = [
    "push_nowait",
    "pull_nowait",
    "select_push_nowait",
    "select_pull_nowait",
    "close",
    "close_at_once",
    "cancel_first",
    "cancel_second",
    "collect",
]
FAILURES = ["close_with_cause", "close_by_error"]


class Wait:
    """An operation that is driven to its wait, and on once that is over, as a task does it."""

    def __init__(self, operation: Coroutine[object, None, object], *sides: str, aside: int = 0) -> None:
        self.operation = operation
        self.sides = sides
        self.aside = aside  # How many items may be set aside for it while it waits for more.
        self.future: asyncio.Future[object] | None = None
        self.cancelled = False
        self.go_on()

    def cancel(self) -> None:
        """Do what `Task.cancel` does at once: even what has been served is cancelled when it resumes."""
        self.cancelled = True
        if self.future is not None:
            self.future.cancel()

    def go_on(self) -> None:
        cancelled, self.cancelled, self.future = self.cancelled, False, None
        try:
            future = self.operation.throw(asyncio.CancelledError()) if cancelled else self.operation.send(None)
        except StopIteration:
            return
        except asyncio.CancelledError:
            assert cancelled
            return
        assert isinstance(future, asyncio.Future)
        self.future = future


class Acts:
    """What is done by hand, and what became of the items that were offered."""

    def __init__(self) -> None:
        self.numbers = count()
        self.waits: list[Wait] = []
        self.given: set[int] = set()
        self.refused: set[int] = set()
        self.undecided: set[int] = set()  # Of coroutines that were closed: delivered or not.
        self.broken_off: list[int] = []  # The same, until `collect` sees what became of them.
        self.ends: set[BaseException | None] = set()  # With which cause the channel has ended, for whoever met it.
        self.left_by_error = False  # So that pulls may not know yet.
        self.thrown_away = False
        self.late_items = False  # Whether an item may have been let go, or brought by a call under way, after that.
        self.under_way = 0
        self.errors: list[BaseException] = []

    @property
    def closed(self) -> bool:
        raise NotImplementedError

    def do(self, name: str) -> None:
        """Do what one of the methods below does."""
        act: object = getattr(self, name)
        assert callable(act)
        self.under_way += 1
        try:
            act()
        finally:
            self.under_way -= 1

    def do_meanwhile(self, name: str) -> None:
        """Do it as a handler, which must not raise itself, and note what nobody may see."""
        try:
            self.do(name)
        except BaseException as error:  # noqa: BLE001  # Whatever it is, `check` raises it.
            self.errors.append(error)

    @contextmanager
    def offering(self) -> Generator[int]:
        """Note what becomes of an item."""
        item = next(self.numbers)
        try:
            yield item
        except ChannelFull:
            self.refused.add(item)
        except (ChannelClosed, ChannelFailed) as end:
            self.ends.add(end.__cause__)
            self.refused.add(item)
        except asyncio.CancelledError:
            self.refused.add(item)
            raise
        except GeneratorExit:
            self.broken_off.append(item)
            raise
        else:
            self.given.add(item)

    def waiting(self) -> list[Wait]:
        return [wait for wait in self.waits if wait.future is not None]

    def cancel_first(self) -> None:
        self.cancel(0)

    def cancel_second(self) -> None:
        self.cancel(1)

    def cancel(self, number: int) -> None:
        """Cancel who waits; like a task it learns of it when it resumes."""
        for wait in self.waiting()[number : number + 1]:
            self.late_items = True
            wait.cancel()

    def collect(self) -> None:
        """Do what happens to a coroutine that the garbage collector finds, to the first."""
        for wait in self.waiting()[:1]:
            self.late_items = True
            future, wait.future = wait.future, None
            wait.operation.close()
            assert future
            served = future.done() and not future.cancelled()
            ended, self.broken_off = self.broken_off, []
            if not served:
                self.refused.update(ended)
            elif self.closed or len(wait.sides) > 1:
                self.undecided.update(ended)
            else:
                self.given.update(ended)

    def resume(self) -> None:
        """Let the first go on whose wait is over."""
        for wait in self.waiting():
            if wait.future and wait.future.done():
                wait.go_on()
                return

    def come_to_rest(self) -> None:
        while any(wait.future and wait.future.done() for wait in self.waits):
            self.resume()


class Scene(Acts):
    """One channel and what is done to it."""

    def __init__(self, make: Make, *before: str) -> None:
        super().__init__()
        self.channel: Channel[int] = make()
        self.taken: list[int] = []
        for name in before:
            self.do(name)

    @property
    def closed(self) -> bool:
        return self.channel.closed

    @contextmanager
    def pulling(self) -> Generator[None]:
        """Note with which cause the channel has ended, if it has."""
        try:
            yield
        except ChannelEmpty:
            pass
        except (ChannelClosed, ChannelFailed) as end:
            self.ends.add(end.__cause__)

    def push_nowait(self) -> None:
        with self.offering() as item:
            self.channel.push_nowait(item)

    def pull_nowait(self) -> None:
        with self.pulling():
            self.taken.append(self.channel.pull_nowait())

    def select_push_nowait(self) -> None:
        with self.offering() as item:
            if chanselect_nowait(self.channel.push_case(item)) is None:
                raise ChannelFull

    def select_pull_nowait(self) -> None:
        with self.pulling():
            selected = chanselect_nowait(self.channel.pull_case())
            if selected is not None:
                self.taken.append(selected.value)

    def push_and_pull(self) -> None:
        """Leave the channel as it was, but for what a call under way has seen of it."""
        self.push_nowait()
        self.pull_nowait()

    def pull_and_push(self) -> None:
        self.pull_nowait()
        self.push_nowait()

    def close(self) -> None:
        self.channel.close()
        self.left_by_error = False

    def close_at_once(self) -> None:
        self.thrown_away = True
        self.late_items |= self.under_way > 1
        self.channel.close(immediate=True)
        self.left_by_error = False

    def close_with_cause(self) -> None:
        self.channel.close(cause=SenderError())
        self.left_by_error = False

    def close_and_look(self) -> None:
        self.close()
        self.push_nowait()

    def close_with_cause_and_look(self) -> None:
        self.close_with_cause()
        self.push_nowait()

    def close_by_error(self) -> None:
        """Let an error leave the block of the channel; the end for pulls comes with a close, since no loop goes on."""
        if not self.channel.closed:
            self.left_by_error = True
        with suppress(SenderError):
            leave(self.channel, SenderError()).send(None)

    def push(self) -> None:
        async def push() -> None:
            with self.offering() as item:
                await self.channel.push(item)

        self.waits.append(Wait(push(), "push"))

    def pull(self) -> None:
        async def pull() -> None:
            with self.pulling():
                self.taken.append(await self.channel.pull())

        self.waits.append(Wait(pull(), "pull"))

    def pull_many(self) -> None:
        async def pull() -> None:
            with self.pulling():
                self.taken += await self.channel.pull_many(2)

        self.waits.append(Wait(pull(), "pull"))

    def pull_many_within(self) -> None:
        """The same, and wait for so many however long it takes."""

        async def pull() -> None:
            with self.pulling():
                self.taken += await self.channel.pull_many(3, within=inf)

        self.waits.append(Wait(pull(), "pull", aside=2))

    def select_push(self) -> None:
        async def push() -> None:
            with self.offering() as item:
                await chanselect(self.channel.push_case(item))

        self.waits.append(Wait(push(), "push"))

    def select_pull(self) -> None:
        async def pull() -> None:
            with self.pulling():
                self.taken.append((await chanselect(self.channel.pull_case())).value)

        self.waits.append(Wait(pull(), "pull"))

    def select_both(self) -> None:
        async def push_or_pull() -> None:
            with self.offering() as item:
                selected = await chanselect(self.channel.push_case(item), self.channel.pull_case())
                if selected.index == 1:
                    self.taken.append(selected.value)
                    raise ChannelFull  # The item was not offered to anybody.

        self.waits.append(Wait(push_or_pull(), "push", "pull"))

    def aside(self) -> int:
        """Count how many items at most are set aside for who waits for more."""
        return sum(wait.aside for wait in self.waiting())

    def check(self) -> None:
        """See that who waits has to, that the channel goes on working, and that the account is right."""
        if self.errors:
            raise self.errors[0]
        self.come_to_rest()
        self.check_counts()
        if not self.channel.closed:
            self.check_waiting()
            self.check_room()
        self.close()
        self.come_to_rest()
        self.taken += drain(self.channel)
        self.check_end()
        self.check_account()

    def check_counts(self) -> None:
        """See that the channel says of itself what the account says of it."""
        sides = [side for wait in self.waiting() for side in wait.sides]
        assert self.channel.waiting == (sides.count("push"), sides.count("pull"))
        assert not self.channel.closed or not sides or (self.left_by_error and "push" not in sides)
        assert not self.thrown_away or self.late_items or self.channel.empty()
        least = len(self.given.difference(self.taken)) - dropped(self.channel)
        most = least + len(self.undecided.difference(self.taken))
        least = 0 if self.thrown_away else max(0, least - self.aside())
        held = self.channel.csize()
        if held is None:
            assert self.channel.full()
            assert least == 0 if self.channel.empty() else most > 0
        else:
            assert least <= held <= most
            assert self.channel.empty() == (held == 0)
            assert self.channel.full() == (held >= self.channel.capacity)

    def check_waiting(self) -> None:
        """See that those who wait cannot be served, and that each is as soon as somebody comes."""
        while many := len(self.waiting()):
            pushes, pulls = self.channel.waiting
            assert not pulls or self.channel.empty()
            assert not pushes or self.channel.full()
            assert not (pulls and pushes) or many == 1  # A select with itself.
            # Above its bound a channel first gives what it holds.
            above = len((self.given | self.undecided).difference(self.taken)) - self.channel.capacity
            above -= dropped(self.channel)
            for _ in range(1 + int(max(above, 0)) + self.aside()):
                if len(self.waiting()) == many:
                    self.do("push_nowait" if pulls else "pull_nowait")
                    self.come_to_rest()
            assert len(self.waiting()) == many - 1

    def check_room(self) -> None:
        """See that nobody waits, that nothing is claimed and that there is as much room as there should be."""
        assert self.channel.waiting == (0, 0)
        self.taken += drain(self.channel)
        assert self.channel.empty()
        room = int(min(self.channel.capacity, 3))
        for _ in range(room):
            self.push_nowait()
        assert self.channel.csize() in {room, None}
        assert self.channel.full() == (room == self.channel.capacity)
        turned_away = len(self.refused) + dropped(self.channel)
        if self.channel.full():
            self.push_nowait()
            assert len(self.refused) + dropped(self.channel) == turned_away + 1
        before = len(self.taken)
        self.taken += drain(self.channel)
        assert len(self.taken) == before + room

    def check_end(self) -> None:
        """See that the closed channel is empty, and says so to everybody."""
        assert not self.waiting()
        assert self.channel.waiting == (0, 0)
        assert self.channel.csize() in {0, None}
        assert self.channel.empty()
        for call in (self.channel.pull_nowait, partial(self.channel.push_nowait, 0)):
            try:
                call()
            except (ChannelClosed, ChannelFailed) as end:
                self.ends.add(end.__cause__)
                continue
            raise AssertionError
        assert len(self.ends) == 1

    def check_account(self) -> None:
        """See that nothing was lost or doubled but what was dropped, and that nothing came of a push that raised."""
        assert len(set(self.taken)) == len(self.taken)
        assert set(self.taken) <= self.given | self.undecided
        lost = len(self.given.difference(self.taken))
        assert lost == dropped(self.channel) or (self.thrown_away and lost > dropped(self.channel))
