"""The language of the programs: operations, scripts of them, and how an operation can end; plain data all of it.

Invariant: everything here is a value. It can be compared, printed and used again, and knows nothing of how channels or
event loops work.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import inf
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Push:
    """A push as a case: of a select, or by itself."""

    channel: str
    item: int

    def __str__(self) -> str:
        return f"{self.channel}.push({self.item})"


@dataclass(frozen=True)
class Pull:
    """A pull as a case: of a select, or by itself."""

    channel: str

    def __str__(self) -> str:
        return f"{self.channel}.pull()"


@dataclass(frozen=True)
class Elapse:
    """A time as a case of a select, of which there is one at most: it is over when the schedule says so."""

    channel: str = ""

    def __str__(self) -> str:
        return "a time"


Case: TypeAlias = Push | Pull | Elapse


@dataclass(frozen=True)
class Single:
    """``push``, ``pull``, and both without waiting."""

    case: Push | Pull
    waits: bool = True

    @property
    def cases(self) -> tuple[Case, ...]:
        return (self.case,)

    def __str__(self) -> str:
        return str(self.case) if self.waits else str(self.case).replace("(", "_nowait(")


@dataclass(frozen=True)
class Iterate:
    """``async for``: one pull after the other, until the channel is closed and nothing is left."""

    case: Pull
    waits: bool = True

    @property
    def cases(self) -> tuple[Case, ...]:
        return (self.case,)

    def __str__(self) -> str:
        return f"async for {self.case.channel}"


@dataclass(frozen=True)
class Select:
    """``chanselect`` and ``chanselect_nowait``."""

    cases: tuple[Case | None, ...]
    waits: bool = True
    ordered: bool = False

    def __str__(self) -> str:
        arguments = [*map(str, self.cases), *(["ordered"] if self.ordered else [])]
        return f"select{'' if self.waits else '_nowait'}({', '.join(arguments)})"


class Within(Enum):
    """How long a batch waits for more than it has."""

    NOW = "0"
    TIME = "a time"
    """Until the schedule ends it."""
    EVER = "ever"


@dataclass(frozen=True)
class Batch:
    """``pull_many``."""

    case: Pull
    limit: int
    within: Within = Within.NOW
    waits: bool = True

    @property
    def cases(self) -> tuple[Case, ...]:
        return (self.case,)

    def __str__(self) -> str:
        within = "" if self.within is Within.NOW else f", within {self.within.value}"
        return f"{self.case.channel}.pull_many({self.limit}{within})"


@dataclass(frozen=True)
class Close:
    """``close``."""

    channel: str
    immediate: bool = False
    cause: str = ""
    """What the error says that is the cause, if there is one."""

    def __str__(self) -> str:
        return f"{self.channel}.close({', '.join(filter(None, [self.cause, 'immediate' * self.immediate]))})"


@dataclass(frozen=True)
class CloseAfter:
    """``close_after``, of actors that are tasks."""

    channel: str
    tasks: tuple[str, ...]
    immediate: bool = False

    def __str__(self) -> str:
        return f"close_after({', '.join([self.channel, *self.tasks, *['immediate'] * self.immediate])})"


@dataclass(frozen=True)
class Subscribe:
    """``subscribe``, and give what it returns a name; nothing, where there is one of that name."""

    channel: str

    def __str__(self) -> str:
        return f"subscribe {self.channel}"


@dataclass(frozen=True)
class Unsubscribe:
    """``unsubscribe``; the subscription keeps its name."""

    channel: str

    def __str__(self) -> str:
        return f"{self.channel}.unsubscribe()"


@dataclass(frozen=True)
class Forget:
    """Drop the last reference to a subscription; nothing, while an operation on it is under way."""

    channel: str

    def __str__(self) -> str:
        return f"forget {self.channel}"


@dataclass(frozen=True)
class Fail:
    """Raise an error, which leaves every block and ends the script, unless that is stubborn."""

    error: str = ""
    """What it says; without words it is the `ChannelClosed` of a sender whose push was refused, and no failure."""

    def __str__(self) -> str:
        return f"fail({self.error})"


@dataclass(frozen=True)
class Block:
    """``async with``: whichever way its operations end, the channel is closed."""

    channel: str
    operations: tuple[Operation, ...]

    def __str__(self) -> str:
        return f"async with {self.channel} ({'; '.join(map(str, self.operations))})"


@dataclass(frozen=True)
class Leave:
    """The end of a block, which no script names: in order, by a cancellation, or by an error."""

    channel: str
    cause: str = ""
    """What the error says, if it is a failure."""

    def __str__(self) -> str:
        return f"leave {self.channel}{f' by {self.cause}' if self.cause else ''}"


@dataclass(frozen=True)
class Pause:
    """A wait elsewhere than on a channel: of one step of the loop, or for ever."""

    endless: bool = False

    def __str__(self) -> str:
        return "rest for ever" if self.endless else "pause"


@dataclass(frozen=True)
class TakeBack:
    """``uncancel``: whoever asked for a cancellation no longer wants it, as a time-out says at the end of its block."""

    def __str__(self) -> str:
        return "take back"


@dataclass(frozen=True)
class Await:
    """``await asyncio.create_task(...)``: start a task with a script of its own, and wait until it has ended."""

    script: Script

    def __str__(self) -> str:
        return f"await ({self.script})"


Offering: TypeAlias = Single | Iterate | Select | Batch
Coming: TypeAlias = Subscribe | Unsubscribe | Forget
Step: TypeAlias = Offering | Coming | Close | CloseAfter | Pause | TakeBack | Await
Operation: TypeAlias = Step | Fail | Block

PAUSE = Pause()
REST = Pause(endless=True)
TAKE_BACK = TakeBack()
TIMEOUT = Elapse()


class Name(str):
    """The name of a channel, from which the operations on it are made."""

    __slots__ = ()

    def push(self, item: int) -> Single:
        return Single(Push(self, item))

    def push_nowait(self, item: int) -> Single:
        return Single(Push(self, item), waits=False)

    def pull(self) -> Single:
        return Single(Pull(self))

    def pull_nowait(self) -> Single:
        return Single(Pull(self), waits=False)

    def pull_many(self, limit: int, within: Within = Within.NOW) -> Batch:
        return Batch(Pull(self), limit, within)

    def iterate(self) -> Iterate:
        return Iterate(Pull(self))

    def close(self, *, cause: str = "", immediate: bool = False) -> Close:
        return Close(self, immediate, cause)

    def close_after(self, *tasks: str, immediate: bool = False) -> CloseAfter:
        return CloseAfter(self, tasks, immediate)

    def block(self, *operations: Operation) -> Block:
        return Block(self, operations)

    def subscribe(self) -> Subscribe:
        return Subscribe(self)

    def unsubscribe(self) -> Unsubscribe:
        return Unsubscribe(self)

    def forget(self) -> Forget:
        return Forget(self)


def select(*cases: Single | Elapse | None, waits: bool = True, ordered: bool = False) -> Select:
    """Make a select of operations, and perhaps of a time."""
    return Select(tuple(case.case if isinstance(case, Single) else case for case in cases), waits, ordered)


@dataclass(frozen=True)
class Script:
    """What one actor does, operation after operation; whatever is refused, it goes on.

    A stubborn one goes on after a cancellation or a failure too, outside of its blocks. One by hand is no task but a
    coroutine that is driven by hand: it cannot be cancelled, but it can be abandoned, which closes it.
    """

    operations: tuple[Operation, ...]
    stubborn: bool = False
    by_hand: bool = False

    def family(self) -> Iterator[Script]:
        """List it, and the scripts of the tasks that it awaits, and so on down."""
        yield self
        for operation in _within(self.operations):
            if isinstance(operation, Await):
                yield from operation.script.family()

    def offerings(self) -> Iterator[Offering]:
        """List what it does with channels, but for their ends, in blocks too."""
        return (operation for operation in _within(self.operations) if isinstance(operation, Offering))

    def __str__(self) -> str:
        manner = ", stubborn" * self.stubborn + ", by hand" * self.by_hand
        return "; ".join(map(str, self.operations)) + manner


def _within(operations: tuple[Operation, ...]) -> Iterator[Operation]:
    """List operations, and those in their blocks."""
    for operation in operations:
        yield operation
        if isinstance(operation, Block):
            yield from _within(operation.operations)


class Strategy(Enum):
    """What is different about a kind of channel."""

    PLAIN = ""
    SLIDING = "sliding"
    DROPPING = "dropping"
    PRIORITY = "by priority"
    REFUSING = "refusing"
    """Its buffer raises where an unwelcome item is appended."""
    THINNING = "thinning"
    """It drops an unwelcome item for which there is no room; every other one waits."""

    def drops(self) -> bool:
        """Return whether it may drop an item for which there is no room, so that a select never finds it unready."""
        return self in {Strategy.SLIDING, Strategy.DROPPING, Strategy.THINNING}


def urgency(item: int) -> int:
    """Return how urgent an item is: a priority channel gives the smallest first."""
    return item % 3


def unwelcome(item: int) -> bool:
    """Return whether a refusing channel raises at an item, and a thinning one drops it."""
    return item > 0 and item % 2 == 0


class Kind(NamedTuple):
    """The kind of a channel, and whether its buffer is full when the program begins."""

    bound: float = 0
    full: bool = False
    strategy: Strategy = Strategy.PLAIN

    def held(self) -> list[int]:
        """List what the buffer holds when the program begins."""
        return [*range(-int(self.bound), 0)] if self.full else []

    def __str__(self) -> str:
        strategy = f" {self.strategy.value}" if self.strategy.value else ""
        return f"{'no bound' if self.bound == inf else self.bound}{' full' * self.full}{strategy}"


Policy: TypeAlias = Literal["wait", "drop_oldest", "drop_newest", "fail"]


class Buffer(NamedTuple):
    """The buffer of a subscription, and what a push does when that is full."""

    bound: float = 1
    overflow: Policy = "wait"

    def __str__(self) -> str:
        return f"{'no bound' if self.bound == inf else self.bound} {self.overflow}"


class Hub(NamedTuple):
    """The kind of a hub, which is called h; and of its subscriptions, whenever there are such."""

    s: Buffer = Buffer()
    t: Buffer = Buffer()
    replay: int = 0
    begun: str = "st"
    """The names of those that there are when the program begins."""
    before: int = 0
    """How many items were pushed before the program begins."""

    def buffer(self, name: str) -> Buffer:
        """Return what a subscription is to be."""
        return {"s": self.s, "t": self.t}[name]

    def held(self) -> list[int]:
        """List what was pushed before the program begins."""
        return [*range(-self.before, 0)]

    def __str__(self) -> str:
        facts = [f"s {self.s}", f"t {self.t}"]
        if self.begun != "st":
            facts.append(f"begun with {self.begun or 'none'}")
        if self.replay:
            facts.append(f"replay {self.replay}")
        if self.before:
            facts.append(f"before {self.before}")
        return ", ".join(facts)


HUB = "h"
SUBSCRIPTIONS = "s", "t"


class Outcome(NamedTuple):
    """How an operation ended."""

    how: str
    channel: str = ""
    item: int | None = None
    chosen: int = 0
    """Which case was done."""
    items: tuple[int, ...] = ()
    """What a batch took."""
    cause: str = ""
    """What the error says from which it raises, or the one that it raises."""

    def taken(self) -> tuple[int, ...]:
        """List what the operation took."""
        return self.items if self.item is None else (self.item,)

    def __str__(self) -> str:
        item = "".join(f" {item}" for item in self.taken())
        chosen = f" by case {self.chosen}" if self.chosen else ""
        channel = f" ({self.channel})" if self.how in (CLOSED, FAILED, FULL, EMPTY) else ""
        return f"{self.how}{item}{chosen}{channel}{f' from {self.cause}' if self.cause else ''}"


def refused(item: int) -> Outcome:
    """Make how a push ends whose item a refusing channel does not take."""
    return Outcome(f"raises UnwelcomeError({item})")


DONE = "returns"
CLOSED = "raises ChannelClosed"
FAILED = "raises ChannelFailed"
FAILS = "raises SenderError"
FULL = "raises ChannelFull"
EMPTY = "raises ChannelEmpty"
FELL_BEHIND = "a full buffer"
"""The cause for which a subscription fails."""
EXHAUSTED = "comes to its end"
NONE_READY = "finds no case ready"
CANCELLED = "raises CancelledError"
ABANDONED = "is abandoned"
