"""Explore the programs, or play one schedule again.

    python -m tests.model [--deeper] [WORDS]
    python -m tests.model TRIAL NUMBER

The first explores the programs whose titles contain the words, or all of them; ``--deeper`` with one cancellation more.
The second tells the story of one schedule, whether it breaks a promise or not.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from tests.model.explorer import Choices, explore, play
from tests.model.programs import PROGRAMS

if TYPE_CHECKING:
    from tests.model.explorer import Trial
    from tests.model.programs import Program


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.model")
    parser.add_argument("words", nargs="?", default="", help="what the titles contain; or the trial to play again")
    parser.add_argument("number", nargs="?", help="of the schedule to play again")
    parser.add_argument("--deeper", action="store_true", help="one cancellation more than the tests")
    arguments = parser.parse_args()
    if arguments.number:
        return replay(arguments.words, arguments.number)
    return explore_all(arguments.words, deeper=arguments.deeper)


def trials(program: Program, *, deeper: bool) -> list[Trial]:
    return [replace(trial, interruptions=trial.interruptions + deeper) for trial in program.trials()]


def replay(name: str, number: str) -> int:
    for program, deeper in product(PROGRAMS, [False, True]):
        for trial in trials(program, deeper=deeper):
            if str(trial) == name:
                print(run := play(trial, Choices.numbered(number)))
                return int(bool(run.violation))
    print(f"there is no trial {name!r}", file=sys.stderr)
    return 2


def explore_all(words: str, *, deeper: bool) -> int:
    programs = [program for program in PROGRAMS if words in program.title]
    total = failed = 0
    for program in programs:
        found = [explore(trial) for trial in trials(program, deeper=deeper)]
        for broken in filter(None, (shortest for _, shortest in found)):
            print(broken)
            failed += 1
        schedules = sum(schedules for schedules, _ in found)
        print(f"{schedules:9,}  {program.title}", flush=True)
        total += schedules
    print(f"{total:9,}  schedules of {len(programs)} programs explored; {failed} trials failed")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
