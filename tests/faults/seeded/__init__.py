"""The faults: each breaks one promise of channels, in one place of the package.

Their names say what a program would see.
"""

from __future__ import annotations

from tests.faults.seeded.awaited_tasks import AWAITED_TASKS
from tests.faults.seeded.batches import BATCHES
from tests.faults.seeded.broadcasting import BROADCASTING
from tests.faults.seeded.cancellation import CANCELLATION
from tests.faults.seeded.cases import CASES
from tests.faults.seeded.closing import CLOSING
from tests.faults.seeded.debugging import DEBUGGING
from tests.faults.seeded.endings import ENDINGS
from tests.faults.seeded.interrupted import INTERRUPTED
from tests.faults.seeded.order import ORDER
from tests.faults.seeded.overflowing import OVERFLOWING, REFUSED
from tests.faults.seeded.remote import REMOTE
from tests.faults.seeded.selecting import SELECTING
from tests.faults.seeded.surroundings import SURROUNDINGS
from tests.faults.seeded.threads import THREADS

SUBJECTS = {
    "order": ORDER,
    "closing": CLOSING,
    "endings": ENDINGS,
    "cancellation": CANCELLATION,
    "awaited tasks": AWAITED_TASKS,
    "selecting": SELECTING,
    "cases": CASES,
    "batches": BATCHES,
    "broadcasting": BROADCASTING,
    "overflowing": OVERFLOWING,
    "refused": REFUSED,
    "interrupted": INTERRUPTED,
    "surroundings": SURROUNDINGS,
    "threads": THREADS,
    "remote": REMOTE,
    "debugging": DEBUGGING,
}
FAULTS = [fault for faults in SUBJECTS.values() for fault in faults]
