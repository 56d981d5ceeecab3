"""Tries out what pychanasync and its peers can do: ``python -m tests.benchmarks.features``.

Invariant: every cell comes from a trial that was run. A "yes" is a small program that worked. A "no" is one that did
not, or a library that offers nothing by such a name; one that offers something fails the run until it is looked at.
The exit status is 1 if the answers are not those of the file, which ``--write`` makes anew, with the tables.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
import threading
from contextlib import suppress
from functools import partial
from importlib.metadata import metadata, version
from itertools import product
from platform import python_version
from typing import TYPE_CHECKING, Protocol, TypeAlias

import anyio
import anyio.lowlevel
import anyio.to_thread

from pychanasync import Broadcast, Channel, chanselect
from pychanasync.debugging import Deadlock, DeadlockLoop
from tests.benchmarks import comparison
from tests.benchmarks.account import Account
from tests.benchmarks.any_loop import Operation, Scopes, settle, tasks
from tests.benchmarks.comparison import NO, YES
from tests.benchmarks.libraries import LIBRARIES
from tests.benchmarks.names import OURS

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable

    from tests.benchmarks.libraries import Library, Pipe

    Trial: TypeAlias = "Callable[[Library], str]"

PATIENCE = 2  # Seconds for what takes none, where threads have part.
PUSHES, PULLS = {"push", "put", "send", "async_put"}, {"pull", "get", "receive", "async_get"}


def rendezvous(library: Library) -> str:
    """A push with no buffer waits until its item is pulled."""

    async def trial() -> bool:
        try:
            pipe = library.make(0)
        except ValueError:
            return False
        async with tasks() as group:
            push = Operation(group, partial(pipe.push, 1))
            await settle()
            waited = push.waits()
            taken = await pipe.pull()
        return waited and taken == 1 and not push.waits()

    return library.run(trial)


def closing(library: Library) -> str:
    """After the close, pulls get what is left and then raise; a pull that was waiting raises, too."""

    async def trial() -> bool:
        left, empty = library.make(2), library.make(2)
        if left.close is None or empty.close is None:
            return library.lacks("close", "shutdown") == YES
        async with tasks() as group:
            waiting = Operation(group, empty.pull)
            await left.push(1)
            await settle()
            waited = waiting.waits()
            for close in (left.close, empty.close):
                close()
            first, second = await left.pull(), Operation(group, left.pull)
        return waited and first == 1 and waiting.error is not None and second.error is not None

    return library.run(trial)


class Iterated(Protocol):
    """What a loop goes over."""

    def __aiter__(self) -> Iterated: ...
    async def __anext__(self) -> object: ...


def iteration(library: Library) -> str:
    """`async for` gets what is left after the close, and then ends."""

    async def trial() -> bool:
        pipe = library.make(2)
        if not hasattr(pipe.receiver, "__aiter__") or pipe.close is None:
            return False
        receiver: Iterated = pipe.receiver  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]  # See above.
        await pipe.push(1)
        await pipe.push(2)
        pipe.close()
        return [item async for item in receiver] == [1, 2]

    return library.run(trial)


class Managed(Protocol):
    """What a block is entered with."""

    async def __aenter__(self) -> object: ...
    async def __aexit__(self, kind: object, error: object, trace: object, /) -> object: ...


def chain(error: BaseException | None) -> Iterable[BaseException]:
    """Follow an error to what it came from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def causes(library: Library) -> str:
    """When a sender fails, a receiver gets what was sent before, and then an error that carries the sender's error."""

    async def trial() -> bool:
        pipe, reason = library.make(2), ArithmeticError()
        if not hasattr(pipe.sender, "__aexit__"):
            words = {"cause", "error", "exception", "reason"}
            given = pipe.close and words & inspect.signature(pipe.close).parameters.keys()
            if given:
                raise SystemExit(f"the close of {library.name} takes {given}: is the answer still no?")
            return False
        sender: Managed = pipe.sender  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]  # See above.
        with suppress(ArithmeticError):
            async with sender:
                await pipe.push(1)
                raise reason
        taken = await pipe.pull()
        async with tasks() as group:
            pull = Operation(group, pipe.pull)
        return taken == 1 and reason in chain(pull.error)

    return library.run(trial)


def select_of_two(library: Library) -> str:
    """One call waits for the first of several pulls, and does only that one."""

    async def trial() -> bool:
        one, other = Channel[int](buffer=1), Channel[int](buffer=1)

        async def select() -> tuple[int, int]:
            chosen = await chanselect(one.pull_case(), other.pull_case())
            return chosen.index, chosen.value

        async with tasks() as group:
            selecting = Operation(group, select)
            await settle()
            waited = selecting.waits()
            await other.push(2)
            await one.push(1)
        return waited and selecting.results == [(1, 2)] and (one.csize(), other.csize()) == (1, 0)

    return library.run(trial) if library.name == OURS else library.lacks("select")


def halves(library: Library) -> str:
    """There is a type that can only push, and one that can only pull."""
    kinds = [each for place in library.surface for each in [place, *vars(place).values()] if isinstance(each, type)]
    pushing, pulling = ([kind for kind in kinds if names & {*dir(kind)}] for names in (PUSHES, PULLS))
    return YES if {*pushing} - {*pulling} and {*pulling} - {*pushing} else NO


def in_turn(library: Library) -> str:
    """A waiting task is served before one that comes later, at both ends. Nothing is cancelled here."""

    async def pushes() -> bool:
        pipe = library.make(1)
        await pipe.push(1)

        async def pull_and_push() -> None:
            await pipe.pull()
            await pipe.push(3)

        async with tasks() as group:
            Operation(group, partial(pipe.push, 2))
            await settle()
            group.start_soon(pull_and_push)
            await settle()
            order = [await pipe.pull(), await pipe.pull()]
        return order == [2, 3]

    async def pulls() -> bool:
        pipe = library.make(1)

        async def push_and_pull() -> int:
            await pipe.push(1)
            return await pipe.pull()

        async with tasks() as group:
            early = Operation(group, pipe.pull)
            await settle()
            late = Operation(group, push_and_pull)
            await settle()
            await pipe.push(2)
        return (early.results, late.results) == ([1], [2])

    return YES if {library.run(pushes), library.run(pulls)} == {YES} else NO


def yielding(library: Library) -> str:
    """Other tasks run even during pushes and pulls that do not have to wait: a loop of them holds nobody up."""

    async def trial() -> bool:
        pipe, turns = library.make(8), 0

        async def other() -> None:
            nonlocal turns
            while True:
                turns += 1
                await anyio.lowlevel.checkpoint()

        async with tasks() as group:
            group.start_soon(other)
            await settle()
            before = turns
            for item in range(8):
                await pipe.push(item)
            for _ in range(8):
                await pipe.pull()
            after = turns
        return after > before

    return library.run(trial)


def exact(library: Library) -> str:
    """Whatever is cancelled, nothing is lost or delivered twice, and a push that raised delivered nothing.

    On asyncio, this was [counted](chaos.md). For trio, it was tried in random runs under trio's own scopes.
    """
    if library.backend != "trio":
        return comparison.COUNTED

    async def trial() -> bool:
        total = Account()
        for capacity, seed in product((0, 1, 8), range(40)):
            pipe = library.make(capacity)
            total += await Scopes(pipe.push, pipe.pull, seed).account()
        # trio wakes tasks in random order, so whose pull returned first says nothing of who was served first.
        return total.faults().keys() <= {"unserved"}

    return library.run(trial)


def broadcasting(library: Library) -> str:
    """One push gives the item to each of two subscribers."""

    async def trial() -> bool:
        hub = Broadcast[int](buffer=1)
        one, other = hub.subscribe(), hub.subscribe()
        await hub.push(1)
        return (await one.pull(), await other.pull()) == (1, 1)

    return library.run(trial) if library.name == OURS else library.lacks("broadcast", "subscri", "publish")


def threads(library: Library) -> str:
    """A thread pushes to a task and pulls from one, with the library's own calls, which block the thread."""

    async def trial() -> bool:
        pipe = library.make(1)
        if pipe.push_in_thread is None or pipe.pull_in_thread is None:
            return library.lacks("thread", "sync_", "blocking") == YES
        push, pull, items = pipe.push_in_thread, pipe.pull_in_thread, [1, 2, 3]

        async def push_all() -> None:
            for item in items:
                await pipe.push(item)

        async with tasks() as group:
            group.start_soon(anyio.to_thread.run_sync, lambda: [push(item) for item in items])
            there = [await pipe.pull() for _ in items]
        async with tasks() as group:
            group.start_soon(push_all)
            back = await anyio.to_thread.run_sync(lambda: [pull() for _ in items])
        return (there, back) == (items, items)

    return library.run(trial)


def no_loop(library: Library) -> str:
    """Two threads pass items to each other with no event loop."""
    items, got = [1, 2, 3], list[int]()
    try:
        pipe = library.make(1)
    except RuntimeError:
        return NO
    push, pull = pipe.push_in_thread, pipe.pull_in_thread
    if push is None or pull is None:
        return NO

    def pull_all() -> None:
        with suppress(Exception):
            got.extend(pull() for _ in items)

    def push_all() -> None:
        with suppress(Exception):
            for item in items:
                push(item)

    workers = [threading.Thread(target=target, daemon=True) for target in (pull_all, push_all)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(PATIENCE)
    return YES if got == items else NO


def two_loops(library: Library) -> str:
    """Tasks on two asyncio event loops, each in its own thread, pass items to each other."""
    if library.backend != "asyncio":
        return comparison.NOT_TRIED
    items, got = [*range(20)], list[int]()
    pipes: list[Pipe] = []
    made = threading.Event()

    async def pull_all() -> None:
        pipes.append(library.make(1))
        made.set()
        got.extend([await pipes[0].pull() for _ in items])

    async def push_all() -> None:
        for item in items:
            await pipes[0].push(item)

    def run(job: Callable[[], Coroutine[object, object, None]]) -> None:
        with suppress(Exception):
            asyncio.run(asyncio.wait_for(job(), PATIENCE))

    workers = [threading.Thread(target=run, args=(job,)) for job in (pull_all, push_all)]
    for worker in workers:
        worker.start()
        made.wait()
    for worker in workers:
        worker.join()
    return YES if got == items else NO


def deadlock(library: Library) -> str:
    """A program in which no task can go on ends with a report that names the channel and the task."""
    if library.name != OURS:
        return library.lacks("deadlock")

    async def main() -> None:
        await asyncio.create_task(Channel[int](name="orders").pull(), name="the worker")

    try:
        with asyncio.Runner(loop_factory=DeadlockLoop) as runner:
            runner.run(main())
    except Deadlock as report:
        return YES if "orders" in str(report) and "the worker" in str(report) else NO
    return NO


def priorities(library: Library) -> str:
    """The library has a queue that gives the smallest item first."""
    if library.priority is None:
        return library.lacks("priority")

    async def trial(make: Callable[[], Pipe] = library.priority) -> bool:
        pipe = make()
        for item in (3, 1, 2):
            await pipe.push(item)
        return [await pipe.pull() for _ in range(3)] == [1, 2, 3]

    return library.run(trial)


class Joined(Protocol):
    """What one can wait for the end of."""

    def task_done(self) -> None: ...
    async def join(self) -> None: ...


def joining(library: Library) -> str:
    """A call waits until every item that was pulled has been reported as done."""

    async def trial() -> bool:
        pipe = library.make(1)
        if not (hasattr(pipe.receiver, "join") and hasattr(pipe.receiver, "task_done")):
            return library.lacks("task_done") == YES
        receiver: Joined = pipe.receiver  # pyright: ignore[reportAssignmentType]  # See above.
        await pipe.push(1)
        await pipe.pull()
        async with tasks() as group:
            join = Operation(group, receiver.join)
            await settle()
            waited = join.waits()
            receiver.task_done()
        return waited and not join.waits() and join.error is None

    return library.run(trial)


def on_asyncio(library: Library) -> str:
    """A pull that is waiting in an asyncio task gets the item that is pushed."""
    return meeting(library, "asyncio")


def on_trio(library: Library) -> str:
    """A pull that is waiting in a trio task gets the item that is pushed."""
    return meeting(library, "trio")


def meeting(library: Library, backend: str) -> str:
    async def trial() -> bool:
        pipe = library.make(1)
        async with tasks() as group:
            pull = Operation(group, pipe.pull)
            await settle()
            await pipe.push(1)
        return pull.results == [1]

    try:
        return library.run(trial, backend)
    except Exception:  # noqa: BLE001  # Whatever it says to a loop that it does not know.
        return NO


def oldest_python(library: Library) -> str:
    """The oldest Python that the package supports, by its own metadata."""
    if library.package is None:
        return "built in"
    wanted: str = metadata(library.package)["Requires-Python"]
    return wanted.partition(",")[0].removeprefix(">=")


def status(library: Library) -> str:
    """The development status in the package's metadata."""
    if library.package is None:
        return "built in"
    found: list[str] = metadata(library.package).get_all("Classifier") or []
    (said,) = [each for each in found if each.startswith("Development Status")]
    return said.rpartition(" - ")[2].rpartition("/")[2].lower()


TRIALS: dict[str, Trial] = {
    comparison.RENDEZVOUS: rendezvous,
    comparison.CLOSE: closing,
    comparison.ITERATION: iteration,
    comparison.CAUSES: causes,
    comparison.SELECT: select_of_two,
    comparison.HALVES: halves,
    comparison.IN_TURN: in_turn,
    comparison.EXACT: exact,
    comparison.BROADCAST: broadcasting,
    comparison.DEADLOCK: deadlock,
    comparison.THREADS: threads,
    comparison.NO_LOOP: no_loop,
    comparison.TWO_LOOPS: two_loops,
    comparison.PRIORITY: priorities,
    comparison.JOIN: joining,
    comparison.YIELDS: yielding,
    comparison.ON_ASYNCIO: on_asyncio,
    comparison.ON_TRIO: on_trio,
    comparison.PYTHON: oldest_python,
    comparison.STATUS: status,
}


def versions() -> dict[str, str]:
    """Say which versions of the peers were tried."""
    return {
        each.name: version(each.package) if each.package else python_version()
        for each in LIBRARIES
        if each.name != OURS
    }


def meanings() -> dict[str, str]:
    """Say of each feature what a yes means: what its trial says of itself."""
    return {feature: " ".join((inspect.getdoc(trial) or "").split()) for feature, trial in TRIALS.items()}


def tried() -> dict[str, dict[str, str]]:
    """Try all, and print the answers as they come."""
    answers: dict[str, dict[str, str]] = {}
    for feature, trial in TRIALS.items():
        answers[feature] = {library.name: trial(library) for library in LIBRARIES}
        print(f"{feature}: {answers[feature]}", flush=True)
    return answers


def main() -> None:
    """Try all, and compare the answers with those of the file, or write them."""
    answers = tried()
    if sys.argv[1:] == ["--write"]:
        comparison.keep({"versions": versions(), "tried": meanings(), "answers": answers})
        comparison.write()
    elif answers != comparison.kept()["answers"]:
        sys.exit("these are not the answers of the tables: python -m tests.benchmarks.features --write")


if __name__ == "__main__":
    main()
