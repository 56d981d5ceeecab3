"""Operations driven by hand, and the account of them: none lost, none doubled, nobody left to wait in vain."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, suppress
from itertools import count
from typing import TYPE_CHECKING

from pychanasync import Channel, ChannelClosed, ChannelEmpty, ChannelFull, chanselect, chanselect_nowait
from tests.support.helpers import drain, is_idle

if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator


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
    "a-woken-pull-and-a-full-buffer": ("pull", "push_nowait", "push_nowait", "push_nowait"),
    "an-item-let-go-and-waiting-pushes": ("pull", "push_nowait", "push_nowait", "push", "push", "collect"),
}
CALLS = [
    "push_nowait",
    "pull_nowait",
    "select_push_nowait",
    "select_pull_nowait",
    "push",
    "pull",
    "select_push",
    "select_pull",
    "select_both",
    "close",
    "close_at_once",
    "collect",
    "resume",
]


class Wait:
    """An operation that is driven to its wait, and on once that is over, as a task does it."""

    def __init__(self, operation: Coroutine[object, None, None]) -> None:
        self.operation = operation
        self.future: asyncio.Future[object] | None = None
        self.go_on()

    def go_on(self) -> None:
        over, self.future = self.future, None
        with suppress(StopIteration, asyncio.CancelledError):
            cancelled = over is not None and over.cancelled()
            future = self.operation.throw(asyncio.CancelledError()) if cancelled else self.operation.send(None)
            assert isinstance(future, asyncio.Future)
            self.future = future


class Scene:
    """One channel and what is done to it."""

    def __init__(self, buffer: float | None, *before: str) -> None:
        self.channel = Channel[int](buffer)
        self.numbers = count()
        self.waits: list[Wait] = []
        self.given: set[int] = set()
        self.refused: set[int] = set()
        self.abandoned: set[int] = set()  # By pushes whose coroutine was closed: delivered or not.
        self.taken: list[int] = []
        self.thrown_away = False
        for name in before:
            self.do(name)

    def do(self, name: str) -> None:
        """Do what one of the methods below does."""
        act: object = getattr(self, name)
        assert callable(act)
        act()

    @contextmanager
    def offering(self) -> Generator[int]:
        """Note what becomes of an item."""
        item = next(self.numbers)
        try:
            yield item
        except (ChannelFull, ChannelClosed):
            self.refused.add(item)
        except asyncio.CancelledError:
            self.refused.add(item)
            raise
        except GeneratorExit:
            self.abandoned.add(item)
            raise
        else:
            self.given.add(item)

    def push_nowait(self) -> None:
        with self.offering() as item:
            self.channel.push_nowait(item)

    def pull_nowait(self) -> None:
        with suppress(ChannelEmpty, ChannelClosed):
            self.taken.append(self.channel.pull_nowait())

    def select_push_nowait(self) -> None:
        with self.offering() as item:
            if chanselect_nowait(self.channel.push_case(item)) is None:
                raise ChannelFull

    def select_pull_nowait(self) -> None:
        with suppress(ChannelClosed):
            selected = chanselect_nowait(self.channel.pull_case())
            if selected is not None:
                self.taken.append(selected.value)

    def close(self) -> None:
        self.channel.close()

    def close_at_once(self) -> None:
        self.thrown_away = True
        self.channel.close(immediate=True)

    def push(self) -> None:
        async def push() -> None:
            with self.offering() as item:
                await self.channel.push(item)

        self.waits.append(Wait(push()))

    def pull(self) -> None:
        async def pull() -> None:
            with suppress(ChannelClosed):
                self.taken.append(await self.channel.pull())

        self.waits.append(Wait(pull()))

    def select_push(self) -> None:
        async def push() -> None:
            with self.offering() as item:
                await chanselect(self.channel.push_case(item))

        self.waits.append(Wait(push()))

    def select_pull(self) -> None:
        async def pull() -> None:
            with suppress(ChannelClosed):
                self.taken.append((await chanselect(self.channel.pull_case())).value)

        self.waits.append(Wait(pull()))

    def select_both(self) -> None:
        async def push_or_pull() -> None:
            with self.offering() as item:
                selected = await chanselect(self.channel.push_case(item), self.channel.pull_case())
                if selected.index == 1:
                    self.taken.append(selected.value)
                    raise ChannelFull  # The item was not offered to anybody.

        self.waits.append(Wait(push_or_pull()))

    def waiting(self) -> list[Wait]:
        return [wait for wait in self.waits if wait.future is not None]

    def cancel_first(self) -> None:
        self.cancel(0)

    def cancel_second(self) -> None:
        self.cancel(1)

    def cancel(self, number: int) -> None:
        """Do what `Task.cancel` does at once; the task learns of it when it resumes."""
        for wait in self.waiting()[number : number + 1]:
            assert wait.future
            wait.future.cancel()

    def collect(self) -> None:
        """Do what happens to a coroutine that the garbage collector finds, to the first."""
        for wait in self.waiting()[:1]:
            wait.future = None
            wait.operation.close()

    def resume(self) -> None:
        """Let the first go on whose wait is over."""
        for wait in self.waiting():
            if wait.future and wait.future.done():
                wait.go_on()
                return

    def come_to_rest(self) -> None:
        while any(wait.future and wait.future.done() for wait in self.waits):
            self.resume()

    def check(self) -> None:
        """See that who waits has to, that the channel goes on working, and that the account is right."""
        self.come_to_rest()
        if self.channel.closed:
            assert not self.waiting()
        elif self.waiting():
            self.check_waiting()
        else:
            self.check_room()
        self.channel.close()
        self.come_to_rest()
        self.taken += drain(self.channel)
        assert is_idle(self.channel)
        assert not self.waiting()
        self.check_account()

    def check_waiting(self) -> None:
        """See that those who wait cannot be served, and can be as soon as somebody comes."""
        many, seen = len(self.waiting()), repr(self.channel)
        pulls, pushes = "pull" in seen, "push" in seen
        assert not pulls or self.channel.empty()
        assert not pushes or self.channel.full()
        assert not (pulls and pushes) or many == 1  # A select with itself.
        for _ in range(3):  # Above its bound a channel first gives what it holds.
            if len(self.waiting()) == many:
                self.do("push_nowait" if pulls else "pull_nowait")
                self.come_to_rest()
        assert len(self.waiting()) == many - 1

    def check_room(self) -> None:
        """See that nobody waits, that nothing is claimed and that there is as much room as there should be."""
        assert is_idle(self.channel)
        self.taken += drain(self.channel)
        room = int(min(self.channel.capacity, 3))
        for _ in range(room):
            self.push_nowait()
        assert self.channel.csize() in {room, None}
        assert self.channel.full() == (room == self.channel.capacity)
        before = len(self.taken)
        self.taken += drain(self.channel)
        assert len(self.taken) == before + room

    def check_account(self) -> None:
        assert len(set(self.taken)) == len(self.taken)
        assert set(self.taken) <= self.given | self.abandoned
        assert set(self.taken) >= self.given or self.thrown_away
