"""The programs: two to four actors each, in the places where operations meet."""

from tests.model.programs.awaiting import AWAITING, CHAINS, GOING_ON, TAKEN_BACK
from tests.model.programs.batches import BATCHES, COLLECTING, TIMED, TIMED_SELECTS
from tests.model.programs.broadcasting import BROADCASTING, COMING_AND_GOING, HUB_SELECTS, HUBS_ENDING, SLOW
from tests.model.programs.closing import CLOSING
from tests.model.programs.crossed import CROSSED
from tests.model.programs.ending import BLOCKS, CAUSES, TIES
from tests.model.programs.interrupted import BY_HAND, HANDED_ON
from tests.model.programs.overflowing import OVERFLOWS, PRIORITIES, REFUSALS, SELECTS_THAT_OVERFLOW
from tests.model.programs.pairs import PAIRS
from tests.model.programs.plain import NEWCOMERS, PUSH_AND_PULL
from tests.model.programs.program import Program
from tests.model.programs.selects import CLOSED_SELECTS, SELECTS

__all__ = ["PROGRAMS", "Program"]

PROGRAMS = [
    *PUSH_AND_PULL,
    *NEWCOMERS,
    *CLOSING,
    *CAUSES,
    *BLOCKS,
    *TIES,
    *HANDED_ON,
    *BY_HAND,
    *AWAITING,
    *GOING_ON,
    *TAKEN_BACK,
    *CHAINS,
    *SELECTS,
    *CLOSED_SELECTS,
    *CROSSED,
    *OVERFLOWS,
    *SELECTS_THAT_OVERFLOW,
    *REFUSALS,
    *PRIORITIES,
    *BATCHES,
    *COLLECTING,
    *TIMED,
    *TIMED_SELECTS,
    *PAIRS,
    *BROADCASTING,
    *COMING_AND_GOING,
    *SLOW,
    *HUB_SELECTS,
    *HUBS_ENDING,
]
