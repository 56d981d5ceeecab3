"""The programs of docs/examples, run whole, in virtual time: what they print is what they are for.

Where tasks are equally ready, which of them is first is left open, here as in the programs.
"""

from __future__ import annotations

import asyncio
import runpy
import subprocess
import sys
from functools import partial
from itertools import accumulate, islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

import pytest

from tests.support import virtual_time
from tests.support.systems import needs_posix_signals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.helpers import Loosely

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
Pattern: TypeAlias = "Callable[[str], list[str]]"


class Run(Protocol):
    """How the tests run a program."""

    def __call__(self, name: str, /, *arguments: str) -> list[str]: ...


@pytest.fixture(params=["stock", "eager"] if sys.version_info >= (3, 12) else ["stock"])
def run(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a program with arguments, and return the lines that it prints."""
    monkeypatch.setattr(asyncio, "run", partial(virtual_time.run, eager=request.param == "eager"))

    def run(name: str, /, *arguments: str) -> list[str]:
        monkeypatch.setattr(sys, "argv", [name, *arguments])
        runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
        return capsys.readouterr().out.splitlines()

    return run


@pytest.fixture
def pattern(run: Run) -> Pattern:
    """Run one of the patterns, and return the lines that it prints below its heading."""

    def pattern(name: str) -> list[str]:
        heading, *lines = run("patterns", name)
        assert heading == f"--- {name}"
        return lines

    return pattern


def said_by(speaker: str, lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith(speaker)]


def numbered(station: str, readings: int) -> list[str]:
    return [f"{station} {number}" for number in range(1, readings + 1)]


def test_generator(pattern: Pattern) -> None:
    assert pattern("generator") == ["north 1", "north 2", "north 3"]


def test_two_generators_in_turn(pattern: Pattern) -> None:
    assert pattern("in_turn") == ["north 1", "south 1", "north 2", "south 2", "north 3", "south 3"]


@pytest.mark.parametrize("fan_in", ["fan_in_tasks", "fan_in_select"])
def test_fan_in_keeps_the_order_of_each_and_ends_with_the_last(pattern: Pattern, fan_in: str) -> None:
    lines = pattern(fan_in)
    assert said_by("north", lines) == numbered("north", 4)
    assert said_by("south", lines) == numbered("south", 4)
    assert len(lines) == 8
    assert any(one[:5] == next_one[:5] for one, next_one in pairwise(lines))  # Not in turn.


def test_the_sequence_is_restored_round_by_round(pattern: Pattern) -> None:
    rounds = [line.split(", ") for line in pattern("sequence")]
    assert [{*told} for told in rounds] == [{f"north {number}", f"south {number}"} for number in (1, 2, 3)]
    assert len({told[0][:5] for told in rounds}) == 2  # Sometimes the one is first, sometimes the other.


def test_a_time_out_of_each_reading_lets_only_quick_ones_pass(pattern: Pattern) -> None:
    assert pattern("timeout_each") == [*numbered("north", 3), "north takes too long"]


def test_a_time_out_of_the_whole_ends_it_in_the_middle(pattern: Pattern) -> None:
    *readings, end = pattern("timeout_whole")
    assert end == "that is enough"
    assert said_by("north", readings) == numbered("north", 5)
    assert said_by("south", readings) == numbered("south", 4)


def test_a_quit_channel_stops_the_sender(pattern: Pattern) -> None:
    assert pattern("quit_channel") == [*numbered("north", 3), "stopped"]


def test_a_sender_that_quits_answers(pattern: Pattern) -> None:
    last_word = "north has put everything in order after 3 readings"
    assert pattern("quit_with_answer") == [*numbered("north", 3), last_word]


def test_a_daisy_chain_of_ten_thousand(pattern: Pattern) -> None:
    assert pattern("daisy_chain") == ["10000"]


def test_without_arguments_every_pattern_runs(run: Run) -> None:
    headings = [line.removeprefix("--- ") for line in run("patterns") if line.startswith("--- ")]
    assert len(headings) == 10


def test_a_pattern_that_there_is_not(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run("patterns", "generator", "turtle")
    assert "no such program: turtle" in capsys.readouterr().err


def test_each_step_of_the_search_is_quicker_and_the_last_finds_all_in_time(run: Run) -> None:
    assert run("replicated_search") == [
        "1.0 137 ms: text from a, pictures from a, music from a",
        "2.0 92 ms: pictures from a, text from a, music from a",
        "2.1 80 ms: pictures from a, text from a",
        "3.0 55 ms: pictures from b, text from b, music from b",
    ]


def test_the_search_gives_up_what_comes_from_no_replica_in_time(run: Run) -> None:
    assert run("replicated_search", "straits")[2:] == [
        "2.1 80 ms: music from a, pictures from a",
        "3.0 80 ms: music from b, pictures from a",
    ]


def primes() -> Iterator[int]:
    number, found = 2, list[int]()
    while True:
        if all(number % prime for prime in found):
            found.append(number)
            yield number
        number += 1


@pytest.mark.parametrize("many", [0, 1, 20, 100])
def test_the_sieve_prints_so_many_primes(run: Run, many: int) -> None:
    assert run("prime_sieve", str(many)) == [str(prime) for prime in islice(primes(), many)]


def test_the_sieve_prints_twenty_primes_if_not_told_otherwise(run: Run) -> None:
    assert run("prime_sieve") == run("prime_sieve", "20")


def read_by(name: str, transcript: list[str]) -> list[str]:
    return [line.removeprefix(f"{name} reads  ") for line in transcript if line.startswith(f"{name} reads  ")]


def test_members_of_the_chat_room_read_what_happens_while_they_are_there_and_the_slow_one_what_it_can(run: Run) -> None:
    transcript = run("chat_room")
    talk = ["Ada: hello, Ben", "Ben: hello", "Ada: how are you?", "Ada: Cyd?", "Cyd: I read slowly"]
    end = ["Ada leaves", "Ben: good night", "the room closes"]
    assert read_by("Ada", transcript) == ["Ada joins", "Ben joins", "Cyd joins", *talk]
    assert read_by("Ben", transcript) == ["Ben joins", "Cyd joins", *talk, *end]
    assert read_by("Cyd", transcript) == [
        "Cyd joins",
        *talk[:3],
        "(1 missed)",
        "Cyd: I read slowly",
        "(2 missed)",
        "the room closes",
    ]
    assert transcript.count("Dee finds the door closed") == 1


def test_whether_the_slow_one_reads_fast_makes_no_difference_to_the_others(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    chat_room = runpy.run_path(str(EXAMPLES / "chat_room.py"))
    scripts: list[Loosely] = [script._replace(reads_for=0) for script in chat_room["SCRIPTS"]]
    virtual_time.run(chat_room["simulate"](scripts, 1.5))
    all_fast = capsys.readouterr().out.splitlines()
    transcript = run("chat_room")
    for name in ("Ada", "Ben"):
        assert read_by(name, all_fast) == read_by(name, transcript)
    assert read_by("Cyd", all_fast) == read_by("Ben", all_fast)[1:]


def test_a_worker_takes_the_most_urgent_job_first_and_equal_ones_as_they_came(run: Run) -> None:
    assert run("priority_channel") == [
        "note: the shop is open",
        "urgency 1: put out the fire",
        "urgency 2: bake",
        "urgency 2: sell",
        "urgency 3: sweep",
        "urgency 3: count the till",
    ]


def test_the_crawler_fetches_each_page_once_and_never_more_than_two_at_a_time(run: Run) -> None:
    lines = [line.split() for line in run("permits")]
    under_way = [*accumulate(1 if what == "fetching" else -1 for what, _ in lines)]
    assert max(under_way) == 2
    fetched = sorted(page for what, page in lines if what == "fetched")
    assert fetched == ["about", "archive", "cart", "home", "news", "shop"]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        pytest.param("batch_writer", [__file__, "--database", ":memory:"], marks=needs_posix_signals),
        ("patterns", ["generator"]),
        ("permits", []),
        ("prime_sieve", []),
        ("priority_channel", []),
        ("replicated_search", []),
    ],
)
def test_programs_run_as_their_users_run_them_and_complain_of_nothing(name: str, arguments: list[str]) -> None:
    command = [sys.executable, "-X", "dev", "-W", "error", str(EXAMPLES / f"{name}.py"), *arguments]
    done = subprocess.run(command, capture_output=True, timeout=60, check=True)
    assert done.stdout
    assert not done.stderr
