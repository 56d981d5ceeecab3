"""What scenarios and contenders are called where figures are compared: the page needs the names, and no peer."""

from __future__ import annotations

OURS, QUEUE, NAMESAKE, TRIO = "pychanasync", "asyncio.Queue", "other pychanasync", "trio, on its own loop"

TWO_COROUTINES = "floor: two trivial coroutines over a deque"
ITERATOR = "floor: a trivial asynchronous iterator"
FUTURES = "floor: bare futures"
LISTED_FUTURES = "floor: bare futures in a list"
SWITCHES = "floor: asyncio.sleep(0)"
KEEPING_LAST = "floor: a trivial coroutine over a deque with maxlen"
OLDEST_FIRST = "pychanasync, the oldest first"
TRIVIAL_HUB = "floor: a trivial coroutine over a list of deques"
QUEUES = "asyncio.Queue, one for each subscriber"
A_PULL = "a pull of pychanasync"
QUEUE_OF_ONE = "asyncio.Queue, buffer 1"
QUEUE_AND_WAIT = "asyncio.Queue, tasks and asyncio.wait"
BY_HAND = "asyncio.Queue, run_coroutine_threadsafe"
IN_BATCHES = "pychanasync, pull_many"
ONE_BY_ONE = "pychanasync, pull_nowait again and again"

PROMISES = (
    "without a promise, nothing waits",
    "without a promise, buffer 1",
    "without a promise, unbuffered",
    "without a promise, fan-in",
)
WITHOUT_LOOP = "without asking whose loop a task waits under"
WITHOUT_LOOK = "without a second look from within the line"
WITHOUT_COUNT = "without counting the cancellations before a wait"
WITHOUT_CLAIMS = "without claims: what is pushed is handed over"
WITHOUT_ALL = "without these four"
WITHOUT_UNCLAIMED = "without a count of what is unclaimed"

CANCELLED_OF_FEW, CANCELLED_OF_MANY = 10, 20_000
CLOSED_FEW, CLOSED_MANY = 1_000, 100_000

IDLE, WAITING = "an idle channel", "a waiting task, beyond its future"
IDLE_HUB = "an idle hub, and what a subscriber adds to it"


def one_of(contender: str, waiting: int) -> str:
    """Name a contender of which one of so many waiting tasks is cancelled."""
    return f"{contender}, one of {waiting:,}"


def closed_on(contender: str, waiting: int) -> str:
    """Name a contender that is closed while so many tasks wait."""
    return f"{contender}, {waiting:,} waiting"
