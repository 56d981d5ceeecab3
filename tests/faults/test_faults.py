"""Each seeded fault still finds its place, and what is said of a layer is what it did."""

from __future__ import annotations

import ast
import re
from signal import SIGSEGV
from subprocess import CompletedProcess
from typing import TYPE_CHECKING

import pytest

from tests.faults import __main__ as program
from tests.faults import layers
from tests.faults.fault import Fault
from tests.faults.layers import Finding, Layer, check_import
from tests.faults.seeded import FAULTS, SUBJECTS

if TYPE_CHECKING:
    from pathlib import Path

DRAINED = "test_a_pull_after_the_close_raises_once_nothing_is_left[stock-unbuffered]"
CLOSED = "if self._has_ended():\n            raise self._closed_to_pulls()\n"
CAUGHT = Fault(
    "a pull finds a closed channel empty", "_core.py", CLOSED, CLOSED.replace("self._closed_to_pulls()", "ChannelEmpty")
)
HANGS = Fault("a pull never ends", "_core.py", CLOSED, CLOSED.replace("if", "while").replace("raise ", ""))
MISSED = Fault("a channel shows itself as another", "_core.py", 'facts.append("closed")', 'facts.append("open")')


def layer(*arguments: str) -> Layer:
    """Make a layer of one short test."""
    return Layer(["tests/promises/test_closing.py"], ["-k", DRAINED, *arguments])


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_a_fault_applies_to_the_source_and_changes_what_it_does(fault: Fault) -> None:
    source = (program.SOURCE / fault.file).read_text(encoding="utf-8")
    faulty = fault.applied(source)
    compile(faulty, fault.file, "exec")
    assert ast.dump(ast.parse(faulty)) != ast.dump(ast.parse(source))


def test_each_fault_has_a_name_of_its_own() -> None:
    names = [fault.name for fault in FAULTS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("source", "times"), [("b", 0), ("aa", 2)])
def test_a_fault_whose_place_is_not_the_only_one_is_refused_with_its_name(source: str, times: int) -> None:
    fault = Fault("a turns into b", "letters.py", "a", "b")
    with pytest.raises(LookupError, match=f"'a turns into b'.* letters.py, and stands {times} times"):
        fault.applied(source)


def test_the_status_and_the_table_tell_which_faults_were_caught(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(program, "FAULTS", [CAUGHT, MISSED])
    monkeypatch.setattr(program, "LAYERS", {"one test": layer(), "gone": Layer(["tests/gone.py"], [])})
    assert program.main(["--fault", CAUGHT.name]) == 0
    assert program.main([]) == 1
    said = capsys.readouterr().out
    assert "gone: skipped, there is no tests/gone.py" in said
    assert re.search(rf"{CAUGHT.name}\n +one test +{re.escape(f'promises/test_closing.py::{DRAINED}')}\n", said)
    assert f"| {CAUGHT.name} | by a test |\n| {MISSED.name} | - |\n| 2 faults | 1 |" in said
    assert f"Only one test caught 1:\n    {CAUGHT.name}\n\nNo layer caught 1:\n    {MISSED.name}\n" in said


def test_with_first_a_fault_is_done_with_once_a_layer_has_caught_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(program, "FAULTS", [CAUGHT])
    monkeypatch.setattr(program, "LAYERS", {"one test": layer(), "again": layer()})
    assert program.main(["--first"]) == 0
    assert f"| {CAUGHT.name} | not run | by a test | not run |\n| 1 faults | 0 | 1 | 0 |" in capsys.readouterr().out


def test_with_first_the_tests_of_the_subject_of_a_fault_come_before_any_layer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(program, "FAULTS", [CAUGHT])
    monkeypatch.setattr(program, "SUBJECTS", {"closing": [CAUGHT]})
    monkeypatch.setattr(program, "LIKELY", {"closing": layer()})
    monkeypatch.setattr(program, "LAYERS", {"again": layer()})
    assert program.main(["--first"]) == 0
    assert f"| {CAUGHT.name} | by a test | not run |\n" in capsys.readouterr().out


def test_each_subject_of_faults_has_tests_that_are_there() -> None:
    assert {*layers.LIKELY} == {*SUBJECTS}
    assert not any(layer.missing for layer in layers.LIKELY.values())


def found_nothing(*_: object) -> None:
    """Pass without a run."""


@pytest.mark.parametrize(("number", "at"), [("20260107", [7]), ("10", [0, 10])])
def test_a_tenth_of_the_faults_is_chosen_by_the_last_digit(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: str, at: list[int]
) -> None:
    faults = [CAUGHT._replace(name=f"fault {place}") for place in range(12)]
    monkeypatch.setattr(program, "FAULTS", faults)
    monkeypatch.setattr(program, "LAYERS", {"nothing": layer()})
    monkeypatch.setattr(Layer, "find", found_nothing)
    assert program.main(["--tenth", number]) == 1
    said = capsys.readouterr().out
    assert [place for place in range(12) if f"\n    fault {place}\n" in said] == at


def test_a_test_that_does_not_end_is_stopped_and_found_by_time() -> None:
    with program.copied(HANGS) as package:
        finding = layer("-o", "faulthandler_timeout=3").find(package)
    assert finding == Finding(f"promises/test_closing.py::{DRAINED}", by_time=True)


def test_a_process_that_crashes_while_it_is_stopped_is_found_by_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def crashed(_: Path, *command: str) -> CompletedProcess[str]:
        said = f"tests/promises/test_closing.py::{DRAINED} "
        return CompletedProcess(command, -SIGSEGV, said, "Timeout (0:00:03)!\n")

    monkeypatch.setattr(layers, "run", crashed)
    assert layer().find(tmp_path) == Finding(f"promises/test_closing.py::{DRAINED}", by_time=True)


def test_a_layer_without_a_test_is_none_that_passes() -> None:
    with program.copied(None) as package, pytest.raises(RuntimeError, match="pytest ended with status 5"):
        layer("-k", "nowhere").find(package)


def test_a_layer_that_fails_without_a_fault_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(_: Layer, __: Path) -> Finding:
        return Finding("a test", by_time=False)

    monkeypatch.setattr(Layer, "find", find)
    monkeypatch.setattr(program, "LAYERS", {"one test": layer()})
    with pytest.raises(RuntimeError, match="one test finds something where there is no fault: a test"):
        program.main([])


def test_tests_that_would_run_on_another_package_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="the tests would not run on"):
        check_import(tmp_path)
