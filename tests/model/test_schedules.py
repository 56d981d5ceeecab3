"""No schedule of any program does what the reference does not allow."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import pytest

from tests.conftest import EXPLORED
from tests.model.explorer import explore
from tests.model.operations import Push
from tests.model.programs import PROGRAMS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.model.programs import Program


@pytest.mark.long(4, inf)
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.title)
def test_every_schedule_keeps_the_promises(
    program: Program, size: float, record_property: Callable[[str, object], None]
) -> None:
    found = [explore(trial, size) for trial in program.trials()]
    record_property(EXPLORED, sum(schedules for schedules, _ in found))
    broken = [*filter(None, (shortest for _, shortest in found))]
    if broken:
        pytest.fail(str(min(broken, key=lambda run: run.moves)), pytrace=False)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.title)
def test_an_item_is_offered_once_in_a_program(program: Program) -> None:
    scripts = [script for one in program.scripts for script in one.family()]
    cases = [case for script in scripts for operation in script.offerings() for case in operation.cases]
    offered = [case.item for case in cases if isinstance(case, Push)]
    assert len(set(offered)) == len(offered)
