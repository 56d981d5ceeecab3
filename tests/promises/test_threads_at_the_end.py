"""Threads beside the end of their loop: none hangs, and what raised was not done."""

from __future__ import annotations

import asyncio
import gc
from functools import partial
from itertools import count
from threading import Event, Thread
from typing import TYPE_CHECKING
from weakref import ref

import pytest

from pychanasync import Channel, threads
from pychanasync.threads import ThreadReceiver, ThreadSender
from tests.support.helpers import drain, is_idle, step, unheard, until
from tests.support.loops import LOOPS

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator

    from tests.support.helpers import Loosely, Result

ENDED = "the channel's event loop is closed or closing"


@pytest.fixture(params=LOOPS.values(), ids=[*LOOPS])
def new_loop(request: pytest.FixtureRequest) -> Callable[[], asyncio.AbstractEventLoop]:
    """Hand out what makes a loop."""
    make: Callable[[], asyncio.AbstractEventLoop] = request.param
    return make


@pytest.fixture
def loop(new_loop: Callable[[], asyncio.AbstractEventLoop]) -> Generator[asyncio.AbstractEventLoop]:
    """Make a loop that nobody runs yet."""
    loop = new_loop()
    yield loop
    loop.close()


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the tests not take long."""
    monkeypatch.setattr("pychanasync.threads._LOOK", 0.001)


class Attempt:
    """What a thread tries, and what comes of it."""

    def __init__(self, operation: Callable[[], object]) -> None:
        self.outcome: object = None
        self._operation = operation
        self._thread = Thread(target=self.run)

    def start(self) -> None:
        self._thread.start()

    def start_in_pool(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start in a thread of the loop's own executor: a runner waits for those before it closes the loop."""
        self._pooled = loop.run_in_executor(None, self.run)

    def run(self) -> None:
        try:
            self.outcome = self._operation()
        except Exception as error:  # noqa: BLE001  # Whatever it is.
            self.outcome = error

    def ended(self) -> object:
        """Wait for the end of the thread."""
        self._thread.join()
        return self.outcome

    def was_broken_off(self) -> bool:
        return isinstance(self.outcome, RuntimeError) and ENDED in str(self.outcome)


def run_to_the_end(loop: asyncio.AbstractEventLoop, main: Callable[[], object]) -> None:
    """Do what ``asyncio.run`` does."""

    async def run() -> None:
        outcome = main()
        if asyncio.iscoroutine(outcome):
            await outcome

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(run())


def every_wait(full: Channel[int], empty: Channel[int], loop: asyncio.AbstractEventLoop) -> list[Attempt]:
    """Make an attempt at each operation that has to wait."""
    sender, receiver = ThreadSender(full, loop=loop), ThreadReceiver(empty, loop=loop)
    waits: list[Callable[[], object]] = [
        partial(sender.push, 1),
        partial(sender.push, 1, 3600),
        receiver.pull,
        partial(receiver.pull_many, 2),
        partial(list, receiver),
    ]
    return [Attempt(wait) for wait in waits]


def test_who_waits_as_the_run_ends_is_broken_off_in_whatever_thread(loop: asyncio.AbstractEventLoop) -> None:
    full, empty = Channel[int](1), Channel[int]()
    full.push_nowait(0)
    own, pooled = every_wait(full, empty, loop), every_wait(full, empty, loop)

    async def main() -> None:
        for attempt in own:
            attempt.start()
        for attempt in pooled:
            attempt.start_in_pool(loop)
        await until(lambda: (full.waiting.pushes, empty.waiting.pulls) == (4, 6))

    run_to_the_end(loop, main)
    for attempt in own:
        attempt.ended()
    assert all(attempt.was_broken_off() for attempt in own + pooled)
    assert drain(full) == [0]
    assert is_idle(empty)


def test_who_comes_while_the_last_tasks_end_is_broken_off(loop: asyncio.AbstractEventLoop) -> None:
    channel, ending = Channel[int](), Event()
    ends = list[ThreadReceiver[int]]()

    def pull() -> int:
        ending.wait()
        return ends[0].pull()

    attempt = Attempt(pull)

    async def linger() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            ending.set()
            await until(lambda: channel.waiting.pulls)

    async def main() -> None:
        ends.append(ThreadReceiver(channel))
        attempt.start_in_pool(loop)
        lingering.append(asyncio.create_task(linger()))
        await step()

    lingering = list[asyncio.Task[None]]()
    run_to_the_end(loop, main)
    assert attempt.was_broken_off()
    assert is_idle(channel)


@pytest.mark.parametrize("made_before", [True, False])
def test_who_comes_while_the_loop_waits_for_its_threads_is_refused(
    loop: asyncio.AbstractEventLoop, *, made_before: bool
) -> None:
    channel, last = Channel[int](1), Event()

    def push() -> None:
        last.wait()
        (sender or ThreadSender(channel, loop=loop)).push(1)

    sender = ThreadSender(channel, loop=loop) if made_before else None
    attempt = Attempt(push)
    loop.run_until_complete(step())
    attempt.start_in_pool(loop)
    loop.run_until_complete(loop.shutdown_asyncgens())
    last.set()
    loop.run_until_complete(loop.shutdown_default_executor())
    assert attempt.was_broken_off()
    assert channel.empty()


def test_who_comes_from_a_generator_that_the_runner_closes_is_refused(loop: asyncio.AbstractEventLoop) -> None:
    channel = Channel[int](1)
    attempts = list[Attempt]()

    async def generate() -> AsyncGenerator[int]:
        try:
            yield 1
        finally:
            attempts.append(Attempt(partial(ThreadSender(channel).push, 1)))
            attempts[0].start_in_pool(loop)

    async def main() -> None:
        await anext(generator)

    generator = generate()
    run_to_the_end(loop, main)
    assert attempts[0].was_broken_off()
    assert channel.empty()


def test_a_push_that_was_done_in_the_last_step_returns(loop: asyncio.AbstractEventLoop) -> None:
    channel, taken = Channel[int](), list[int]()

    async def main() -> None:
        attempts.append(Attempt(partial(ThreadSender(channel).push, 1)))
        attempts[0].start_in_pool(loop)
        await until(lambda: channel.waiting.pushes)
        taken.append(channel.pull_nowait())

    attempts = list[Attempt]()
    run_to_the_end(loop, main)
    assert taken == [1]
    assert attempts[0].outcome is None


def test_a_push_that_is_done_while_the_runner_closes_generators_returns(loop: asyncio.AbstractEventLoop) -> None:
    channel, ending, taken = Channel[int](), Event(), list[int]()

    async def take_at_the_end() -> AsyncGenerator[int]:
        try:
            yield 1
        finally:
            taken.extend(drain(channel))

    async def linger() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            ending.set()  # The runner has cancelled all tasks: that of the push is not among them.
            await until(lambda: channel.waiting.pushes)

    async def main() -> None:
        sender = ThreadSender(channel)

        def push() -> None:
            ending.wait()
            sender.push(1)

        attempts.append(Attempt(push))
        attempts[0].start_in_pool(loop)
        lingering.append(asyncio.create_task(linger()))
        for generator in generators:  # That of the sender is one of them, in whatever order the runner closes them.
            await anext(generator)

    attempts, lingering = list[Attempt](), list[asyncio.Task[None]]()
    generators = [take_at_the_end() for _ in range(20)]
    run_to_the_end(loop, main)
    assert attempts[0].was_broken_off() == (taken == [])


class LastMoment:
    """A loop that is closed as a thread looks, or asks for more than so many calls; before that, something happens."""

    def __init__(self, loop: asyncio.AbstractEventLoop, last: Callable[[], object], calls: int) -> None:
        self._loop = loop
        self._last = last
        self._calls = calls

    def __getattr__(self, name: str) -> Loosely:
        return getattr(self._loop, name)

    def call_soon_threadsafe(self, callback: Callable[[], object]) -> None:
        if not self._calls:
            self._last()
            raise RuntimeError
        self._calls -= 1
        self._loop.call_soon_threadsafe(callback)

    def is_closed(self) -> bool:
        self._last()
        return True


@pytest.mark.parametrize("seconds", [None, 1e-9])
def test_an_answer_that_comes_just_before_the_loop_is_closed_counts(
    loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch, seconds: float | None
) -> None:
    channel, done, waits = Channel[int](), Event(), count()
    wait: Loosely = vars(threads)["_Call"].wait

    def wait_too_short(call: Loosely, seconds: float) -> bool:
        return next(waits) > 0 and bool(wait(call, seconds))

    async def take() -> None:
        await until(lambda: channel.waiting.pushes)
        taken.append(channel.pull_nowait())
        await step(3)
        done.set()

    monkeypatch.setattr("pychanasync.threads._Call.wait", wait_too_short)
    taken = list[int]()
    dying: Loosely = LastMoment(loop, done.wait, 2)  # It begins to listen for the end, and to push.
    push = Attempt(partial(ThreadSender(channel, loop=dying).push, 1, seconds))
    push.start()
    loop.run_until_complete(take())
    push.ended()
    assert push.outcome is None
    assert taken == [1]


def test_who_waits_as_the_loop_is_closed_without_a_word_is_broken_off(loop: asyncio.AbstractEventLoop) -> None:
    full, empty = Channel[int](1), Channel[int]()
    full.push_nowait(0)
    loop.set_exception_handler(unheard)
    attempts = every_wait(full, empty, loop)
    for attempt in attempts:
        attempt.start()

    async def main() -> None:
        await until(lambda: (full.waiting.pushes, empty.waiting.pulls) == (2, 3))

    loop.run_until_complete(main())
    loop.close()
    for attempt in attempts:
        attempt.ended()
        assert attempt.was_broken_off()
    gc.collect()
    assert drain(full) == [0]


def test_who_waits_for_a_loop_that_is_closed_before_it_ever_runs_is_broken_off(loop: asyncio.AbstractEventLoop) -> None:
    channel = Channel[int](1)
    attempts = every_wait(channel, channel, loop)
    for attempt in attempts:
        attempt.start()
    loop.close()
    for attempt in attempts:
        attempt.ended()
        assert attempt.was_broken_off()
    assert channel.empty()


def test_who_comes_after_the_loop_was_closed_is_refused(loop: asyncio.AbstractEventLoop) -> None:
    channel = Channel[int](1)
    sender, receiver = ThreadSender(channel, loop=loop), ThreadReceiver(channel, loop=loop)
    loop.close()
    operations: list[Callable[[], object]] = [
        partial(sender.push, 1, 0),
        sender.close,
        receiver.pull,
        partial(ThreadSender, channel, loop=loop),
        partial(ThreadReceiver, channel, loop=loop),
    ]
    for operation in operations:
        with pytest.raises(RuntimeError, match=ENDED):
            operation()
    assert channel.empty()
    assert not channel.closed


def test_the_block_of_a_sender_says_that_it_could_not_close(loop: asyncio.AbstractEventLoop) -> None:
    sender = ThreadSender(Channel[int](1), loop=loop)
    loop.close()
    with pytest.raises(ArithmeticError) as error, sender:
        raise ArithmeticError
    assert [note.partition(">")[2] for note in error.value.__notes__] == [
        f" was not closed: {ENDED}: it takes no more calls from threads"
    ]
    with pytest.raises(RuntimeError, match=ENDED), sender:
        pass


def test_a_loop_that_stands_still_is_waited_for(loop: asyncio.AbstractEventLoop) -> None:
    channel = Channel[int](2)
    sender, asked = ThreadSender(channel, loop=loop), Event()

    def push() -> None:
        for item in range(4):
            sender.push(item)
            asked.set()

    attempt = Attempt(push)
    attempt.start()
    taken = [loop.run_until_complete(channel.pull()) for _ in range(4)]  # Each is a run.
    assert taken == [0, 1, 2, 3]
    loop.run_until_complete(asyncio.to_thread(attempt.ended))
    assert attempt.outcome is None


def test_while_the_loop_stands_still_time_passes_and_what_has_not_begun_does_not_begin_later(
    loop: asyncio.AbstractEventLoop,
) -> None:
    channel = Channel[int](1)
    sender, receiver = ThreadSender(channel, loop=loop), ThreadReceiver(channel, loop=loop)
    for operation in (partial(sender.push, 1, 0.001), partial(receiver.pull, 0.001)):
        with pytest.raises(TimeoutError):
            operation()
    loop.run_until_complete(step(3))
    assert channel.empty()
    assert is_idle(channel)


def test_what_has_begun_before_the_loop_stands_still_is_done_once_or_not_at_all(
    loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    over, said = Event(), Event()
    tell = threads._tell  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # To hear of it.

    def tell_and_say(loop: asyncio.AbstractEventLoop, callback: Callable[[], object]) -> None:
        tell(loop, callback)
        if over.is_set():
            said.set()

    def clock() -> float:
        return 100.0 if next(asked) and over.is_set() else 0.0

    async def wait_for(waiting: tuple[int, int]) -> None:
        await until(lambda: channel.waiting == waiting)

    monkeypatch.setattr(threads, "_tell", tell_and_say)
    monkeypatch.setattr(threads, "monotonic", clock)
    channel, asked = Channel[int](), count()
    push = Attempt(partial(ThreadSender(channel, loop=loop).push, 1, 50))
    push.start()
    loop.run_until_complete(wait_for((1, 0)))
    over.set()
    said.wait()
    assert channel.pull_nowait() == 1  # It comes first, although the thread has given up: the loop has not heard of it.
    loop.run_until_complete(asyncio.to_thread(push.ended))
    assert push.outcome is None
    assert channel.empty()


def test_the_end_of_one_run_is_not_that_of_the_loop(loop: asyncio.AbstractEventLoop) -> None:
    channel = Channel[int](1)
    with asyncio.Runner(loop_factory=lambda: loop) as runner:

        async def first() -> ThreadSender[int]:
            return ThreadSender(channel)

        async def second() -> int:
            await asyncio.to_thread(sender.push, 1)
            return await channel.pull()

        sender = runner.run(first())
        assert [runner.run(second()) for _ in range(2)] == [1, 1]


def made_in(loop: asyncio.AbstractEventLoop, by: Callable[[Channel[int]], Result]) -> Result:
    async def make() -> Result:
        return by(Channel[int]())

    return loop.run_until_complete(make())


@pytest.mark.parametrize("in_order", [True, False])
def test_a_loop_that_was_closed_is_kept_by_nothing(
    new_loop: Callable[[], asyncio.AbstractEventLoop], loop: asyncio.AbstractEventLoop, *, in_order: bool
) -> None:
    other = new_loop()
    made_in(other, ThreadSender)
    if in_order:
        other.run_until_complete(other.shutdown_asyncgens())
    other.close()
    if not in_order:
        made_in(loop, ThreadReceiver)
    gone = ref(other)
    del other
    gc.collect()
    assert gone() is None
