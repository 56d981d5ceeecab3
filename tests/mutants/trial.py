"""The trial of a mutant: the tests run on it, the quickest and most telling first, until one fails.

A process in which pytest has collected the tests waits for mutants. For each it forks, sets the code of the mutant into
the functions of the package, and runs the tests: first those that noticed a mutant lately, since the next is often much
the same; that takes a tenth of a second where one of them fails. What is not within a function, and what survived, is
imported anew instead, in a process of its own.
"""

from __future__ import annotations

import ast
import importlib
import multiprocessing
import os
import resource
import selectors
import shlex
import sys
from collections import deque
from functools import cache
from multiprocessing import util
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, NamedTuple, TypeVarTuple, Unpack
from unittest import mock

import pytest
from poodle.data_types import MutantTrialResult

from tests.mutants.verdict import Finding, listed

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from multiprocessing.sharedctypes import Synchronized

    from poodle.data_types import Mutant, PoodleConfig

Arguments = TypeVarTuple("Arguments")
FORK = multiprocessing.get_context("fork")
MEMORY = 4 * 2**30  # A mutant may loop for ever over what it allocates.
PATIENCE = 2.0  # In seconds.
KEPT = 40  # So many of the tests that noticed a mutant lately: they take a second or two where none notices.
CANNOT_BE_SET = 98  # The exit status where the mutant must be imported anew,
NOT_THE_MUTANT = 99  # and that of a trial that would have tested something else.


class Request(NamedTuple):
    """What the waiting process is asked for."""

    module: Path
    """The mutant."""
    tests: list[str] | None
    """The files and folders of the tests to run; ``None`` asks for those that noticed a mutant lately."""
    timeout: float | None


class Answer(NamedTuple):
    """What the waiting process answers."""

    status: int | None
    """The exit status of the tests; ``None`` where they took too long."""
    last: str
    """The test that ran last; unless the status is 0, the one that failed or was not done in time."""


def try_out(
    config: PoodleConfig,
    echo: Callable[[str], None],
    run_folder: Path,
    mutant: Mutant,
    timeout: float | None,
    **_: object,
) -> MutantTrialResult:
    """Run the stages until one fails; a mutant that is listed as equivalent is spared the last."""
    options, stages, afresh = (config.runner_opts[name] for name in ("options", "stages", "afresh"))
    if mutant.source_file is None:  # Nothing is mutated.
        return _result(_afresh(run_folder / mutant.source_folder, [*options, *stages, *afresh], None, aloud=True))
    finding = Finding.of(mutant)
    if _is_within_a_function(mutant):
        waiting = _waiting(tuple(options), tuple(stages))
        for tests in [None, *(stage.split() for stage in stages)]:
            waiting.send(Request(run_folder / mutant.source_file, tests, timeout))
            answer = waiting.recv()
            if answer.status == CANNOT_BE_SET:
                break
            if answer.status != 0:
                return _result(*answer)
        else:
            stages = afresh
    if finding not in listed():
        status = _afresh(run_folder / mutant.source_folder, [*options, *stages], timeout, aloud=False)
        if status != 0:
            return _result(status)
        echo(f"survived, and is not listed:\n{finding}")
    return _result(0)


def _result(status: int | None, last: str | None = None) -> MutantTrialResult:
    if status == NOT_THE_MUTANT:
        raise RuntimeError("the tests would import another pychanasync than the mutant")
    if status == 0:
        return MutantTrialResult(found=False, reason_code=MutantTrialResult.RC_NOT_FOUND)
    reason = MutantTrialResult.RC_TIMEOUT if status is None else MutantTrialResult.RC_FOUND
    return MutantTrialResult(found=True, reason_code=reason, reason_desc=last)


def _is_within_a_function(mutant: Mutant) -> bool:
    assert mutant.source_file is not None
    return any(
        isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.body[0].lineno <= mutant.lineno
        and mutant.end_lineno <= (node.end_lineno or 0)
        for node in ast.walk(ast.parse(mutant.source_file.read_text("utf-8")))
    )


def _status(
    target: Callable[[Unpack[Arguments]], None], arguments: tuple[*Arguments], timeout: float | None
) -> int | None:
    """Run something in a process of its own; return its exit status, or ``None`` where it took too long."""
    process = FORK.Process(target=target, args=arguments)
    process.start()
    process.join(timeout)
    if process.is_alive():
        process.kill()
        process.join()
        return None
    return process.exitcode


def _afresh(sources: Path, arguments: list[str], timeout: float | None, *, aloud: bool) -> int | None:
    """Import the package from a folder, and run pytest; return its exit status."""
    return _status(_import_and_run, (sources.resolve(), shlex.split(" ".join(arguments)), aloud), timeout)


def _import_and_run(sources: Path, arguments: list[str], aloud: bool) -> None:  # noqa: FBT001  # By position.
    _confine(aloud=aloud)
    _import_from(sources)
    sys.exit(pytest.main(arguments))


def _import_from(sources: Path) -> None:
    sys.path.insert(0, str(sources))
    os.environ["PYTHONPATH"] = str(sources)  # For what tests start.
    package = importlib.import_module("pychanasync")
    if not Path(package.__file__ or "").is_relative_to(sources):
        sys.exit(NOT_THE_MUTANT)


def _confine(*, aloud: bool) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    if not aloud:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)


@cache
def _waiting(options: tuple[str, ...], stages: tuple[str, ...]) -> Connection[Request, Answer]:
    """Start the process that waits for mutants; return what it is asked and answers through."""
    ours, theirs = FORK.Pipe()
    FORK.Process(target=_collect_and_wait, args=(ours, theirs, shlex.split(" ".join([*options, *stages])))).start()
    theirs.close()
    util.Finalize(ours, ours.close, exitpriority=1)  # Before this process waits for the end of that one.
    return ours


def _collect_and_wait(
    theirs: Connection[Request, Answer], ours: Connection[Answer, Request], arguments: list[str]
) -> None:
    theirs.close()  # Else its end would never be seen here.
    _confine(aloud=False)
    _import_from(Path("src").resolve())
    pytest.main(arguments, plugins=[Waiting(ours)])


class Waiting:
    """A plug-in for pytest that runs the collected tests on each mutant that it is sent."""

    def __init__(self, requests: Connection[Answer, Request]) -> None:
        self.requests = requests
        self.running: Synchronized[int] = FORK.Value("i")
        """The number of the test that runs, as the process says that runs it."""
        self.noticed: deque[int] = deque(maxlen=KEPT)
        """The numbers of tests that noticed a mutant, the last one first."""

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Answer requests until there are no more."""
        while True:
            try:
                request = self.requests.recv()
            except EOFError:
                return True
            arguments = session, request.module, self.chosen(session, request), self.running
            status = _status(_set_and_run, arguments, request.timeout)
            last = self.running.value
            if status not in {0, CANNOT_BE_SET}:
                self.remember(last)
            self.requests.send(Answer(status, session.items[last].nodeid))

    def chosen(self, session: pytest.Session, request: Request) -> list[int]:
        """Choose the tests that are asked for, by their numbers."""
        if request.tests is None:
            return [*self.noticed]
        roots = [Path(test).resolve() for test in request.tests]
        return [
            number for number, item in enumerate(session.items) if any(item.path.is_relative_to(root) for root in roots)
        ]

    def remember(self, number: int) -> None:
        """Put a test before the others that noticed a mutant."""
        if number in self.noticed:
            self.noticed.remove(number)
        self.noticed.appendleft(number)


def _wait_no_longer() -> None:
    """End this process where an event loop has nothing to do for long: every task waits, and nothing will wake one."""
    select = selectors.DefaultSelector.select

    def impatient(self: selectors.DefaultSelector, timeout: float | None = None) -> object:
        ready = select(self, PATIENCE if timeout is None else min(timeout, PATIENCE))
        if not ready and (timeout is None or timeout > PATIENCE):
            os._exit(pytest.ExitCode.TESTS_FAILED)
        return ready

    mock.patch.object(selectors.DefaultSelector, "select", impatient).start()


def _set_and_run(session: pytest.Session, module: Path, numbers: list[int], running: Synchronized[int]) -> None:
    _wait_no_longer()
    holder = sys.modules[f"pychanasync.{module.stem}"]
    # Under the name of the file whose place it takes: tests tell by that what is the package's own.
    code = compile(module.read_text("utf-8"), holder.__file__ or "", "exec", dont_inherit=True)
    if not _set(code, holder):
        sys.exit(CANNOT_BE_SET)
    items = [session.items[number] for number in numbers]
    for number, item, following in zip(numbers, items, [*items[1:], None], strict=False):
        running.value = number
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            sys.exit(pytest.ExitCode.TESTS_FAILED)


def _set(code: CodeType, holder: type | ModuleType) -> bool:
    """Set the code of the functions that a body defines into the functions that are there; tell whether that can be."""
    last = {inner.co_name: inner for inner in code.co_consts if isinstance(inner, CodeType)}  # After the overloads.
    for name, inner in last.items():
        there = vars(holder).get(name)
        there = getattr(there, "__func__", getattr(there, "fget", there))
        if isinstance(there, type) and not _set(inner, there):
            return False
        if isinstance(there, FunctionType):
            if there.__code__.co_freevars != inner.co_freevars:
                return False
            there.__code__ = inner
    return True
