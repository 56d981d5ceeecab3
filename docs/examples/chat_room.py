"""A chat room, driven by one select: ``python docs/examples/chat_room.py``.

One task owns the state of the room, and waits for whatever comes first: somebody joins, leaves or says something, or
a clock ticks. Nothing needs a lock, and no two things happen at the same time. Each member has a channel with a small
buffer for the lines from the room. A member that does not keep up misses lines, is told at the next tick how many, and
does not slow anybody down. To end the program, close the room's door (the channel ``joins``): the room then closes its
other channels, and every loop over them and every wait on them ends.

The members are actors with scripts. The program prints what each of them reads.
"""

import asyncio
from contextlib import suppress
from typing import NamedTuple, assert_never

from pychanasync import Channel, RecvChannel, SendChannel, chanselect


class Member(NamedTuple):
    name: str
    inbox: SendChannel[str]


class Message(NamedTuple):
    author: str
    text: str


class Room:
    """A room. Anybody may use its channels; everything else belongs to the task that runs it."""

    def __init__(self) -> None:
        self.joins = Channel[Member]()
        self.leaves = Channel[Member]()
        self.messages = Channel[Message]()
        self.ticks = Channel[None]()
        self._missed: dict[Member, int] = {}  # The members, and how many lines each one has missed.

    async def run(self) -> None:
        """Handle one event after another until a channel of the room, such as its door, is closed."""
        async with self.joins, self.leaves, self.messages, self.ticks:  # Closes all, so nobody waits for the room.
            with suppress(Channel.Closed):
                while True:
                    await self._next_event()
        self._own_up()
        self._tell_all("the room closes")
        for member in self._missed:
            member.inbox.close()  # The lines in it can still be read.

    async def _next_event(self) -> None:
        selected = await chanselect(
            self.joins.pull_case(),
            self.leaves.pull_case(),
            self.messages.pull_case(),
            self.ticks.pull_case() if any(self._missed.values()) else None,  # None is a case that is never ready.
        )
        match selected.index:
            case 0:
                self._let_in(selected.value)  # Type checkers know that this is a Member,
            case 1:
                self._let_out(selected.value)
            case 2:
                self._tell_all(f"{selected.value.author}: {selected.value.text}")  # and this a Message;
            case 3:
                self._own_up()
            case _:
                assert_never(selected)  # they report this line if a case is not handled.

    def _let_in(self, member: Member) -> None:
        self._missed[member] = 0
        self._tell_all(f"{member.name} joins")

    def _let_out(self, member: Member) -> None:
        del self._missed[member]
        member.inbox.close()
        self._tell_all(f"{member.name} leaves")

    def _tell_all(self, line: str) -> None:
        for member in self._missed:
            if not told(member, line):
                self._missed[member] += 1

    def _own_up(self) -> None:
        for member, lines in self._missed.items():
            if lines and told(member, f"({lines} missed)"):
                self._missed[member] = 0


def told(member: Member, line: str) -> bool:
    try:
        member.inbox.push_nowait(line)  # A push that waits would wait for the slowest member.
    except Channel.Full:
        return False
    return True


async def tick(ticks: SendChannel[None], seconds: float) -> None:
    with suppress(Channel.Closed):
        while True:
            await asyncio.sleep(seconds)
            with suppress(Channel.Full):  # A tick that nobody waits for is dropped.
                ticks.push_nowait(None)


class Script(NamedTuple):
    """What a member does: say lines after pauses, and then leave. All times are in seconds."""

    name: str
    comes_at: float
    lines: list[tuple[float, str]]
    leaves_after: float
    reads_for: float = 0
    """How long it takes to read each line."""


async def visit(room: Room, script: Script) -> None:
    inbox = Channel[str](buffer=2)
    member = Member(script.name, inbox)
    await asyncio.sleep(script.comes_at)
    try:
        await room.joins.push(member)
    except Channel.Closed:
        print(f"{script.name} finds the door closed")
        return
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(read(script, inbox))  # Ends when the room has closed the inbox and it is read.
        with suppress(Channel.Closed):  # The room has ended: stop speaking, but read on.
            for pause, text in script.lines:
                await asyncio.sleep(pause)
                await room.messages.push(Message(script.name, text))
            await asyncio.sleep(script.leaves_after)
            await room.leaves.push(member)


async def read(script: Script, inbox: RecvChannel[str]) -> None:
    async for line in inbox:
        print(f"{script.name} reads  {line}")
        await asyncio.sleep(script.reads_for)


async def simulate(scripts: list[Script], seconds: float) -> None:
    room = Room()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(room.run())
        tasks.create_task(tick(room.ticks, 0.27))
        for script in scripts:
            tasks.create_task(visit(room, script))
        await asyncio.sleep(seconds)
        room.joins.close()


SCRIPTS = [
    Script("Ada", 0.00, [(0.30, "hello, Ben"), (0.25, "how are you?"), (0.10, "Cyd?")], leaves_after=0.40),
    Script("Ben", 0.10, [(0.35, "hello"), (0.67, "good night")], leaves_after=0.60),
    Script("Cyd", 0.20, [(0.75, "I read slowly")], leaves_after=0.80, reads_for=0.24),
    Script("Dee", 1.60, [], leaves_after=0),
]

if __name__ == "__main__":
    asyncio.run(simulate(SCRIPTS, seconds=1.5))
