"""What scenarios and contenders are called where figures are compared: the page needs the names, and no peer."""

from __future__ import annotations

OURS, QUEUE, NAMESAKE, TRIO = "pychanasync", "asyncio.Queue", "other pychanasync", "trio, on its own loop"

TWO_COROUTINES = "floor: two trivial coroutines over a deque"
ITERATOR = "floor: a trivial asynchronous iterator"
FUTURES = "floor: bare futures"
LISTED_FUTURES = "floor: bare futures in a list"
SWITCHES = "floor: asyncio.sleep(0)"
A_PULL = "a pull of pychanasync"

CANCELLED_OF_FEW, CANCELLED_OF_MANY = 10, 20_000
CLOSED_FEW, CLOSED_MANY = 1_000, 100_000

IDLE, WAITING = "an idle channel", "a waiting task, beyond its future"


def one_of(contender: str, waiting: int) -> str:
    """Name a contender of which one of so many waiting tasks is cancelled."""
    return f"{contender}, one of {waiting:,}"


def closed_on(contender: str, waiting: int) -> str:
    """Name a contender that is closed while so many tasks wait."""
    return f"{contender}, {waiting:,} waiting"
