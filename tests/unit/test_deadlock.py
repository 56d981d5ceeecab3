"""DeadlockLoop: it raises where nothing can wake a task, waits where something may, and unwinds what it cancels."""

from __future__ import annotations

import _thread
import asyncio
import faulthandler
import os
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from functools import partial
from math import inf, nan
from selectors import DefaultSelector, SelectorKey
from typing import TYPE_CHECKING, TypeAlias

import pytest

from pychanasync import Channel, UnbufferedChannel
from pychanasync.debugging import Deadlock, DeadlockLoop
from tests.support.alone import be_alone
from tests.support.helpers import step
from tests.support.systems import needs_pipes_in_a_selector_loop, needs_posix_signals, needs_signals_without_a_name

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Iterator
    from contextlib import AbstractAsyncContextManager

    from tests.support.helpers import Loosely

    Wake: TypeAlias = Callable[[], object]
    Thing: TypeAlias = Callable[[Channel[int]], AbstractAsyncContextManager[Wake]]

CERTAIN = "deadlock: all tasks are waiting, and nothing can wake them\n"


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    be_alone(monkeypatch)


def impatient() -> asyncio.Runner:
    """Make a runner that never waits in doubt."""
    return asyncio.Runner(loop_factory=partial(DeadlockLoop, patience=0))


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner(loop_factory=DeadlockLoop) as runner:
        yield runner


class Blocked:
    """What is done at the moment when the loop begins to wait for events that have not come yet."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.then: Wake = int
        select = DefaultSelector.select

        def watched(selector: DefaultSelector, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:  # type: ignore[explicit-any]  # A key may hold any data.
            if timeout is None or timeout > 0:
                then, self.then = self.then, int
                then()
            return select(selector, timeout)

        monkeypatch.setattr(DefaultSelector, "select", watched)


@pytest.fixture
def blocked(monkeypatch: pytest.MonkeyPatch) -> Blocked:
    return Blocked(monkeypatch)


def give(channel: Channel[int]) -> None:
    """Push, if anybody waits for it."""
    with suppress(Channel.Full):
        channel.push_nowait(1)


# What may wake a task, each while it is there: it yields what makes it wake the one that pulls from the channel.


@asynccontextmanager
async def timer(channel: Channel[int]) -> AsyncGenerator[Wake, None]:
    handle = asyncio.get_running_loop().call_later(0.001, give, channel)
    try:
        yield int
    finally:
        handle.cancel()


@asynccontextmanager
async def reader(channel: Channel[int]) -> AsyncGenerator[Wake, None]:
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        loop.add_reader(ours, lambda: give(channel) if ours.recv(1) else None)
        try:
            yield lambda: theirs.send(b"x")
        finally:
            loop.remove_reader(ours)


@asynccontextmanager
async def writer(channel: Channel[int]) -> AsyncGenerator[Wake, None]:
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)  # noqa: FBT003  # It has no name.
        theirs.setblocking(False)  # noqa: FBT003  # It has no name.

        def write() -> None:
            if loop.remove_writer(ours):
                give(channel)

        def read() -> None:
            with suppress(BlockingIOError):
                while theirs.recv(1 << 16):
                    pass

        with suppress(BlockingIOError):
            while ours.send(b"x" * (1 << 16)):
                pass
        loop.add_writer(ours, write)
        try:
            yield read
        finally:
            loop.remove_writer(ours)


@asynccontextmanager
async def transport(channel: Channel[int]) -> AsyncGenerator[Wake, None]:
    ours, theirs = socket.socketpair()
    with theirs:
        lines, connection = await asyncio.open_connection(sock=ours)

        async def read() -> None:
            await lines.readexactly(1)
            give(channel)

        reading = asyncio.create_task(read())
        try:
            yield lambda: theirs.send(b"x")
        finally:
            reading.cancel()
            connection.close()
            await connection.wait_closed()


class Listening(asyncio.Protocol):
    """Pushes once something has come."""

    def __init__(self, channel: Channel[int]) -> None:
        self._channel = channel

    def data_received(self, data: bytes) -> None:  # noqa: ARG002  # That it comes is enough.
        give(self._channel)


@asynccontextmanager
async def pipe(channel: Channel[int]) -> AsyncGenerator[Wake, None]:
    ours, theirs = os.pipe()
    with os.fdopen(ours, "rb") as end:
        connected, _ = await asyncio.get_running_loop().connect_read_pipe(partial(Listening, channel), end)
        try:
            yield lambda: os.write(theirs, b"x")
        finally:
            connected.close()
            os.close(theirs)
            await step(3)


@asynccontextmanager
async def server(channel: Channel[int]) -> AsyncGenerator[Wake, None]:
    def greet(_: asyncio.StreamReader, connection: asyncio.StreamWriter) -> None:
        connection.close()
        give(channel)

    listening = await asyncio.start_server(greet, "127.0.0.1", 0)
    with socket.socket() as client:
        try:
            yield partial(client.connect, listening.sockets[0].getsockname())
        finally:
            listening.close()
            await step(5)


@asynccontextmanager
async def handler_of_the_loop(channel: Channel[int]) -> AsyncGenerator[Wake, None]:
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, give, channel)
    try:
        yield partial(signal.raise_signal, signal.SIGTERM)
    finally:
        loop.remove_signal_handler(signal.SIGTERM)


@asynccontextmanager
async def handler(channel: Channel[int], number: int = signal.SIGTERM) -> AsyncGenerator[Wake, None]:
    def handle(*_: object) -> None:
        give(channel)

    before = signal.signal(number, handle)
    try:
        yield partial(signal.raise_signal, number)
    finally:
        signal.signal(number, before)


@asynccontextmanager
async def handler_of_a_signal_without_a_name(channel: Channel[int]) -> AsyncGenerator[Wake, None]:
    async with handler(channel, signal.SIGRTMIN + 3) as wake:
        yield wake


@asynccontextmanager
async def thread(channel: Channel[int]) -> AsyncGenerator[Wake, None]:
    loop, go = asyncio.get_running_loop(), threading.Event()

    def run() -> None:
        go.wait()
        loop.call_soon_threadsafe(give, channel)

    started = threading.Thread(target=run, name="lonely")
    started.start()
    try:
        yield go.set
    finally:
        go.set()
        started.join()
        await step()


@asynccontextmanager
async def run_outside(
    channel: Channel[int], start: Callable[[Callable[[], None]], object]
) -> AsyncGenerator[Wake, None]:
    """Start something that blocks beside the loop until it is to wake the task; when it has begun, go on."""
    loop = asyncio.get_running_loop()
    begun, go, ended = (threading.Event() for _ in range(3))

    def run() -> None:
        begun.set()
        go.wait()
        loop.call_soon_threadsafe(give, channel)
        ended.set()

    start(run)
    begun.wait()
    try:
        yield go.set
    finally:
        go.set()
        ended.wait()
        await step()


@asynccontextmanager
async def thread_unknown_to_threading(channel: Channel[int]) -> AsyncGenerator[Wake, None]:
    async with run_outside(channel, lambda run: _thread.start_new_thread(run, ())) as wake:
        yield wake


@asynccontextmanager
async def call(channel: Channel[int], executor: ThreadPoolExecutor | None = None) -> AsyncGenerator[Wake, None]:
    go = threading.Event()
    called = asyncio.get_running_loop().run_in_executor(executor, go.wait)

    def done(_: asyncio.Future[bool]) -> None:
        give(channel)

    called.add_done_callback(done)
    try:
        yield go.set
    finally:
        go.set()
        await called
        await step()


@asynccontextmanager
async def call_in_an_own_executor(channel: Channel[int]) -> AsyncGenerator[Wake, None]:
    with ThreadPoolExecutor(1, thread_name_prefix="mine") as executor:
        async with call(channel, executor) as wake:
            yield wake


@asynccontextmanager
async def cancelled_call(channel: Channel[int]) -> AsyncGenerator[Wake, None]:
    calls: list[asyncio.Future[None]] = []

    def start(run: Callable[[], None]) -> None:
        calls.append(asyncio.get_running_loop().run_in_executor(None, run))

    async with run_outside(channel, start) as wake:
        calls.pop().cancel()
        yield wake


@asynccontextmanager
async def process(channel: Channel[int]) -> AsyncGenerator[Wake, None]:
    started = await asyncio.create_subprocess_exec("cat", stdin=asyncio.subprocess.PIPE)
    assert started.stdin is not None

    async def wait() -> None:
        await started.wait()
        give(channel)

    waiting = asyncio.create_task(wait())
    try:
        yield started.stdin.close
    finally:
        started.stdin.close()
        await waiting


@asynccontextmanager
async def process_without_a_pipe(channel: Channel[int]) -> AsyncGenerator[Wake, None]:
    ours, theirs = socket.socketpair()
    with ours:
        started = await asyncio.create_subprocess_exec("cat", stdin=theirs.fileno())
        theirs.close()

        async def wait() -> None:
            await started.wait()
            give(channel)

        waiting = asyncio.create_task(wait())
        try:
            yield partial(ours.shutdown, socket.SHUT_WR)
        finally:
            ours.shutdown(socket.SHUT_WR)
            await waiting


WATCHED = r"files or sockets that it watches \(1\)"
IN_DOUBT: dict[str, tuple[Thing, str]] = {
    "a reader": (reader, WATCHED),
    "a writer": (writer, WATCHED),
    "a transport": (transport, WATCHED),
    "a pipe": (pipe, WATCHED),
    "a server": (server, WATCHED),
    "a handler of the loop": (handler_of_the_loop, r"signal handlers \(SIGTERM\)"),
    "a handler": (handler, r"signal handlers \(SIGTERM\)"),
    "a handler without a name": (
        handler_of_a_signal_without_a_name,
        r"signal handlers \(signal \d+\)",
    ),
    "a handler of Ctrl-C": (partial(handler, number=signal.SIGINT), r"signal handlers \(SIGINT\)"),
    "a thread": (thread, r"other threads \(lonely\)"),
    "a thread unknown to threading": (thread_unknown_to_threading, r"other threads \(number \d+\)"),
    "a call in the default executor": (call, r"calls in an executor"),
    "a call in an executor": (call_in_an_own_executor, r"calls in an executor and other threads \(mine_0\)"),
    "a cancelled call": (cancelled_call, r"calls in an executor"),
}
THINGS: dict[str, Thing] = {
    "a timer": timer,
    "a process": process,
    "a process without a pipe": process_without_a_pipe,
    **{name: thing for name, (thing, _) in IN_DOUBT.items()},
}
NEEDS = {
    "a process": needs_pipes_in_a_selector_loop,
    "a process without a pipe": needs_pipes_in_a_selector_loop,
    "a pipe": needs_pipes_in_a_selector_loop,
    "a handler of the loop": needs_posix_signals,
    "a handler": needs_posix_signals,
    "a handler without a name": needs_signals_without_a_name,
    "a handler of Ctrl-C": needs_posix_signals,
}


def each(things: Iterable[str]) -> pytest.MarkDecorator:
    """Run a test with each of these that the system has."""
    return pytest.mark.parametrize("name", [pytest.param(name, marks=NEEDS.get(name, ())) for name in things])


async def wait_for(thing: Thing, blocked: Blocked) -> int:
    channel = Channel[int]()
    async with thing(channel) as wake:
        blocked.then = wake
        return await channel.pull()


@each(THINGS)
def test_the_loop_waits_while_something_may_wake_a_task(name: str, runner: asyncio.Runner, blocked: Blocked) -> None:
    assert runner.run(wait_for(THINGS[name], blocked)) == 1


@pytest.mark.parametrize("patience", [inf, 60])
def test_the_loop_waits_until_its_patience_ends(patience: float, blocked: Blocked) -> None:
    with asyncio.Runner(loop_factory=partial(DeadlockLoop, patience=patience)) as runner:
        assert runner.run(wait_for(thread, blocked)) == 1


@each(THINGS)
def test_it_is_a_deadlock_once_that_is_gone(name: str, runner: asyncio.Runner) -> None:
    async def main() -> None:
        channel = Channel[int]()
        async with THINGS[name](channel):
            await step()
        await channel.pull()

    with pytest.raises(Deadlock, match=f"^{CERTAIN}"):
        runner.run(main())


@each(IN_DOUBT)
def test_a_deadlock_in_doubt_says_what_might_have_woken_a_task(name: str) -> None:
    thing, doubt = IN_DOUBT[name]

    async def main() -> None:
        channel = Channel[int]()
        async with thing(channel):
            await channel.pull()

    in_doubt = rf"^probably a deadlock: all tasks have been waiting for 0 s\nNot certain, because there are ({doubt})"
    with (
        asyncio.Runner(loop_factory=partial(DeadlockLoop, patience=0)) as runner,
        pytest.raises(Deadlock, match=in_doubt),
    ):
        runner.run(main())


# Where it is certain.


async def wait_for_nothing() -> None:
    await Channel[int](name="jobs").pull()


def test_the_text_is_a_headline_and_what_each_task_waits_for(runner: asyncio.Runner) -> None:
    jobs = Channel[int](name="jobs")

    async def main() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(jobs.pull(), name="one")
            tasks.create_task(jobs.pull(), name="two")

    with pytest.raises(Deadlock) as raised:
        runner.run(main())
    headline, one, two, waits_for_them = str(raised.value).split("\n\n")
    assert headline + "\n" == CERTAIN
    assert one.startswith(
        "one waits in pull on <UnbufferedChannel 'jobs': unbuffered, 2 pulls waiting>; also waiting: two"
    )
    assert two.startswith("two waits")
    assert "TaskGroup" in waits_for_them


def test_without_a_test_runner_around_it_a_program_ends_with_the_report() -> None:
    program = (
        "import asyncio\n"
        "from pychanasync import Channel\n"
        "from pychanasync.debugging import DeadlockLoop\n"
        "with asyncio.Runner(loop_factory=DeadlockLoop) as runner:\n"
        "    runner.run(Channel[int](name='jobs').pull())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=False, timeout=60
    )
    assert done.returncode == 1
    assert done.stderr.endswith(
        f"pychanasync.debugging.Deadlock: {CERTAIN}\n"
        "Task-1 waits in pull on <UnbufferedChannel 'jobs': unbuffered, 1 pull waiting>\n"
    )


def test_a_transport_that_reads_nothing_can_wake_nobody(runner: asyncio.Runner) -> None:
    async def main() -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            connection, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=ours)
            connection.pause_reading()
            try:
                await wait_for_nothing()
            finally:
                connection.close()

    with pytest.raises(Deadlock, match=f"^{CERTAIN}"):
        runner.run(main())


@needs_posix_signals
def test_a_handler_in_c_does_not_count(runner: asyncio.Runner) -> None:
    faulthandler.register(signal.SIGUSR2)
    try:
        with pytest.raises(Deadlock, match=f"^{CERTAIN}"):
            runner.run(wait_for_nothing())
    finally:
        faulthandler.unregister(signal.SIGUSR2)


def test_the_idle_threads_of_another_default_executor_count() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1, thread_name_prefix="another"))
        await loop.run_in_executor(None, int)
        await wait_for_nothing()

    with impatient() as runner, pytest.raises(Deadlock, match=r"other threads \(another_0\)"):
        runner.run(main())


def test_the_number_of_a_thread_that_has_ended_may_be_that_of_another_one() -> None:
    go = threading.Event()
    with impatient() as runner:
        loop = runner.get_loop()
        number = runner.run(asyncio.to_thread(threading.get_ident))
        loop.run_until_complete(loop.shutdown_default_executor())
        threads: list[threading.Thread] = []
        while len(threads) < 10 and number not in [thread.ident for thread in threads]:
            threads.append(threading.Thread(target=go.wait))
            threads[-1].start()
        with pytest.raises(Deadlock, match=r"other threads") as raised:
            runner.run(wait_for_nothing())
    go.set()
    assert all(thread.name in str(raised.value) for thread in threads)
    for thread in threads:
        thread.join()


def test_the_end_of_the_default_executor_is_waited_for_with_all_patience(blocked: Blocked) -> None:
    go = threading.Event()
    called: list[asyncio.Future[bool]] = []

    async def main() -> None:
        called.append(asyncio.get_running_loop().run_in_executor(None, go.wait))

    with impatient() as runner:
        runner.run(main())
        blocked.then = go.set
        runner.get_loop().run_until_complete(runner.get_loop().shutdown_default_executor())  # As a runner that closes.


def test_a_thread_that_ends_unnoticed_leaves_a_deadlock(runner: asyncio.Runner, blocked: Blocked) -> None:
    async def main() -> None:
        go = threading.Event()
        threading.Thread(target=go.wait).start()
        blocked.then = go.set
        await wait_for_nothing()

    with pytest.raises(Deadlock, match=f"^{CERTAIN}"):
        runner.run(main())


def test_in_doubt_the_loop_waits_no_longer_than_its_patience(blocked: Blocked) -> None:
    reached: list[bool] = []

    async def main() -> None:
        async with thread(Channel[int]()):
            await wait_for_nothing()

    blocked.then = lambda: reached.append(True)
    with (
        asyncio.Runner(loop_factory=partial(DeadlockLoop, patience=0.15)) as runner,
        pytest.raises(Deadlock, match=r"have been waiting for 0\.15 s\nNot certain"),
    ):
        runner.run(main())
    assert reached


class Waking(UnbufferedChannel[int]):
    """Serves who waits when it is shown, as a finaliser might at any time."""

    def __repr__(self) -> str:
        if self.waiting.pulls:
            self.push_nowait(1)
        return super().__repr__()


def test_who_is_woken_while_the_report_is_made_is_not_cancelled(runner: asyncio.Runner) -> None:
    assert runner.run(Waking().pull()) == 1


# How it is unwound.


def test_everything_is_unwound_before_it_is_raised(runner: asyncio.Runner) -> None:
    log: list[str] = []

    async def work(channel: Channel[int]) -> None:
        try:
            async with channel:
                await Channel[int]().pull()
        finally:
            log.append("worker")

    async def main() -> None:
        channel = Channel[int]()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(work(channel))
                await channel.pull()
        finally:
            log.append("main")

    with pytest.raises(Deadlock) as raised:
        runner.run(main())
    assert log == ["worker", "main"]
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None


def test_if_all_wait_again_while_they_unwind_all_are_cancelled(runner: asyncio.Runner) -> None:
    log: list[str] = []

    async def work() -> None:
        try:
            await Channel[int](name="work").pull()
        finally:
            log.append("worker")

    async def main() -> None:
        worker = asyncio.create_task(work())
        try:
            await Channel[int](name="main").pull()
        finally:
            await asyncio.wait([worker])
            log.append("main")

    with pytest.raises(Deadlock, match="'main'"):
        runner.run(main())
    assert log == ["worker"]


def test_who_takes_no_notice_of_being_cancelled_is_left(runner: asyncio.Runner) -> None:
    cancelled = 0

    async def main() -> None:
        nonlocal cancelled
        while cancelled < 11:
            try:
                await wait_for_nothing()
            except asyncio.CancelledError:
                cancelled += 1
        await wait_for_nothing()

    with pytest.raises(Deadlock) as raised:
        runner.run(main())
    assert cancelled == 11
    assert raised.value.__cause__ is None
    assert len(asyncio.all_tasks(runner.get_loop())) == 1  # The runner, as it closes, cancels it once more.


def test_an_error_with_which_the_main_task_ends_is_the_cause(runner: asyncio.Runner) -> None:
    async def main() -> None:
        try:
            await wait_for_nothing()
        finally:
            raise ValueError

    with pytest.raises(Deadlock, match=f"^{CERTAIN}") as raised:
        runner.run(main())
    assert isinstance(raised.value.__cause__, ValueError)


def test_a_main_task_that_returns_all_the_same_does_not_hide_it(runner: asyncio.Runner) -> None:
    async def main() -> None:
        with suppress(asyncio.CancelledError):
            await wait_for_nothing()

    with pytest.raises(Deadlock, match=f"^{CERTAIN}"):
        runner.run(main())


def test_what_ends_the_loop_while_it_unwinds_goes_on_as_it_is(runner: asyncio.Runner) -> None:
    async def main() -> None:
        try:
            await wait_for_nothing()
        finally:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())


def test_a_task_that_waits_may_be_interrupted(runner: asyncio.Runner, blocked: Blocked) -> None:
    async def main() -> None:
        async with thread(Channel[int]()):
            blocked.then = partial(signal.raise_signal, signal.SIGINT)
            await wait_for_nothing()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())


def test_a_cancellation_without_a_deadlock_is_one(runner: asyncio.Runner) -> None:
    async def main() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        runner.run(main())


def test_an_error_without_a_deadlock_is_one(runner: asyncio.Runner) -> None:
    async def main() -> None:
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        runner.run(main())


def test_a_task_that_does_not_end_for_the_runner_is_told_of_as_the_runner_closes() -> None:
    async def hold() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await Channel[int](name="held").pull()

    async def main() -> set[asyncio.Task[None]]:
        tasks = {asyncio.create_task(hold())}
        await step()
        return tasks

    with pytest.raises(Deadlock, match="'held'"), asyncio.Runner(loop_factory=DeadlockLoop) as runner:
        runner.run(main())


def test_a_generator_that_does_not_end_is_told_of_as_the_runner_closes() -> None:
    async def generate() -> AsyncGenerator[int, None]:
        try:
            yield 1
        finally:
            await Channel[int](name="held").pull()

    kept = generate()

    async def main() -> None:
        await anext(kept)

    with pytest.raises(Deadlock, match="'held'"), asyncio.Runner(loop_factory=DeadlockLoop) as runner:
        runner.run(main())


# As an event loop.


def test_a_loop_runs_again_after_a_deadlock(runner: asyncio.Runner) -> None:
    async def answer() -> int:
        await step()
        return 7

    for _ in range(2):
        with pytest.raises(Deadlock):
            runner.run(wait_for_nothing())
        assert runner.run(answer()) == 7


class Awaitable:
    """Something to await that is not a coroutine."""

    def __await__(self) -> Generator[object, None, None]:
        return wait_for_nothing().__await__()


def future() -> asyncio.Future[None]:
    return asyncio.get_event_loop().create_future()


def gathered() -> asyncio.Future[tuple[None, None]]:
    async def gather() -> asyncio.Future[tuple[None, None]]:
        return asyncio.gather(wait_for_nothing(), wait_for_nothing())

    return asyncio.get_event_loop().run_until_complete(gather())


@pytest.mark.parametrize("make", [wait_for_nothing, Awaitable, future, gathered])
def test_whatever_the_loop_runs_until_it_is_complete_may_find_a_deadlock(make: Callable[[], Loosely]) -> None:
    loop = DeadlockLoop()
    asyncio.set_event_loop(loop)
    try:
        with pytest.raises(Deadlock):
            loop.run_until_complete(make())
        assert not asyncio.all_tasks(loop)
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def test_run_forever_waits_whatever_happens(blocked: Blocked) -> None:
    loop = DeadlockLoop()
    loop.run_until_complete(step())
    task = loop.create_task(wait_for_nothing())
    blocked.then = lambda: loop.call_soon_threadsafe(loop.stop)
    loop.run_forever()
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        loop.run_until_complete(task)
    loop.close()


def test_a_loop_that_runs_or_is_closed_refuses_as_any_other_does(runner: asyncio.Runner) -> None:
    closed = DeadlockLoop()
    closed.close()

    async def main() -> None:
        running = asyncio.get_running_loop()
        for loop, said in ((running, "already running"), (closed, "closed")):
            nothing = wait_for_nothing()
            with pytest.raises(RuntimeError, match=said):
                loop.run_until_complete(nothing)
            nothing.close()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    runner.run(main())


def test_what_cannot_be_awaited_is_refused(runner: asyncio.Runner) -> None:
    nothing: Loosely = 3
    with pytest.raises(TypeError):
        runner.get_loop().run_until_complete(nothing)


@pytest.mark.parametrize(
    ("patience", "error"), [("1", TypeError), (True, TypeError), (-1, ValueError), (nan, ValueError)]
)
def test_a_patience_that_is_none_is_refused(patience: Loosely, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"^patience must be "):
        DeadlockLoop(patience=patience)
