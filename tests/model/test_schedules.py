"""No schedule of any program does what the reference does not allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.model.explorer import explore
from tests.model.operations import Offering, Push
from tests.model.programs import PROGRAMS

if TYPE_CHECKING:
    from collections import Counter

    from tests.model.explorer import Run
    from tests.model.programs import Program


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.title)
def test_every_schedule_keeps_the_promises(program: Program, explored: Counter[str]) -> None:
    broken: list[Run] = []
    for trial in program.trials():
        schedules, shortest = explore(trial)
        explored[program.title] += schedules
        if shortest:
            broken.append(shortest)
    if broken:
        pytest.fail(str(min(broken, key=lambda run: run.moves)), pytrace=False)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.title)
def test_an_item_is_offered_once_in_a_program(program: Program) -> None:
    operations = [operation for script in program.scripts for operation in script.operations]
    cases = [case for operation in operations if isinstance(operation, Offering) for case in operation.cases]
    offered = [case.item for case in cases if isinstance(case, Push)]
    assert len(set(offered)) == len(offered)
