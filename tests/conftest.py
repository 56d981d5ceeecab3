"""What every test gets: the loops it runs on, channels of each kind, and a check that nothing is left behind.

What a test measures or hears without judging it, it tells to `report`; that stands below the results.
"""

from __future__ import annotations

import asyncio
import gc
import inspect
import signal
from functools import partial
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.support import proof
from tests.support.awaited import AWAITED, Awaited
from tests.support.clock import Clock
from tests.support.kinds import BOUNDED, BUFFERED, KINDS, LOSSLESS
from tests.support.loops import LOOPS, SHARED, StockLoop, is_for_another
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from pychanasync import Channel
    from tests.support.kinds import Make

# What tests record with their results, since each may run in another process than the one that prints the summary.
REPORTED, EXPLORED = "reported", "schedules explored"


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run each asynchronous test on each loop."""
    return LOOPS


def pytest_report_header() -> str:
    """Say which loops there are: what a system or an interpreter lacks goes unnoticed otherwise."""
    return f"loops: {', '.join(LOOPS)}{'' if 'uvloop' in LOOPS else '; uvloop is not installed'}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what other interpreters run, if asked to; begin with the long tests.

    A long test that comes last would keep one core busy and leave the others idle.
    """
    if SHARED:
        nodes = {item.nodeid for item in items}
        firsts = {*{item.nodeid.partition("[")[0]: item.nodeid for item in reversed(items)}.values()}
        left_out = {node for node in nodes if is_for_another(node, nodes, first=node in firsts)}
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid in left_out])
        items[:] = [item for item in items if item.nodeid not in left_out]
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was reported."""
    tests = [test for outcome in ("passed", "failed") for test in terminalreporter.getreports(outcome)]
    lines = [str(line) for test in tests for name, line in test.user_properties if name == REPORTED]
    schedules = [int(str(number)) for test in tests for name, number in test.user_properties if name == EXPLORED]
    if schedules:
        lines.append(f"model: {sum(schedules):,} schedules of {len(schedules)} programs explored")
    if lines:
        terminalreporter.section("reported, not judged")
        for line in lines:
            terminalreporter.line(line)


@pytest.fixture
def _without_the_collector() -> Iterator[None]:
    """Let nothing but counts of references free what a test lets go of."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def size(request: pytest.FixtureRequest) -> float:
    """Hand out how much a long test does."""
    short, whole = request.node.get_closest_marker("long").args
    chosen: float = whole if proof.SEED else short
    return chosen


@pytest.fixture
def report(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Hand out what takes a line for the report."""
    return partial(record_property, REPORTED)


@pytest.fixture(autouse=True, scope="session")
def _collections_pass_pytest_over() -> Iterator[None]:
    """Keep what pytest holds from the garbage collector: to walk it would take most of the time of many tests."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True, scope="session")
def _ctrl_c_interrupts() -> Iterator[None]:
    """Heed SIGINT, and so in programs that tests start: in the background of some shells it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(autouse=True)
def _nothing_left_behind(request: pytest.FixtureRequest) -> None:
    if inspect.iscoroutinefunction(getattr(request, "function", None)):
        request.getfixturevalue("_tasks_and_errors")


@pytest_asyncio.fixture
async def _tasks_and_errors(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """Fail a test that leaves a task behind, or an error that nobody saw."""
    unseen: list[dict[str, object]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: unseen.append(context))
    # Here, since the runner that plays the test sets its own mode after it has made the loop.
    loop.set_debug(isinstance(loop, StockLoop) and request.node.get_closest_marker("heavy") is None)
    yield
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left
    assert not unseen


@pytest.fixture(params=[*KINDS.values()], ids=[*KINDS])
def channel(request: pytest.FixtureRequest) -> Channel[int]:
    """Make a channel of each kind."""
    make: Make = request.param
    return make()


@pytest.fixture(params=[*BOUNDED.values()], ids=[*BOUNDED])
def bounded(request: pytest.FixtureRequest) -> Channel[int]:
    """Make a channel of each kind on which a push can be made to wait."""
    make: Make = request.param
    return make()


@pytest.fixture(params=[*LOSSLESS.values()], ids=[*LOSSLESS])
def lossless(request: pytest.FixtureRequest) -> Channel[int]:
    """Make a channel of each kind that drops nothing."""
    make: Make = request.param
    return make()


@pytest.fixture(params=[*BUFFERED.values()], ids=[*BUFFERED])
def buffered(request: pytest.FixtureRequest) -> Channel[int]:
    """Make a channel of each kind that has a buffer."""
    make: Make = request.param
    return make()


@pytest_asyncio.fixture
async def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Put a clock that is set by hand into the loop of the test."""
    return Clock(asyncio.get_running_loop(), monkeypatch)


@pytest.fixture(params=[*AWAITED.values()], ids=[*AWAITED])
def awaited(request: pytest.FixtureRequest, clock: Clock) -> Awaited:
    """Make each thing that a select may wait for and that is not a channel."""
    make: type[Awaited] = request.param
    return make(clock)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """Open a terminal for a program."""
    opened = Terminal()
    yield opened
    opened.close()
