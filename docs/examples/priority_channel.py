"""A strategy of your own, the most urgent item first: ``python docs/examples/priority_channel.py``.

A strategy overrides only what is different. This one keeps its items in a different order, so it makes its own buffer.
"""

import asyncio
from bisect import insort
from dataclasses import dataclass, field
from typing import Protocol, Self, TypeVar

from pychanasync import BufferedChannel, Channel, RecvChannel, chanselect
from pychanasync.strategy import Buffer


class Ordered(Protocol):
    def __lt__(self, other: Self, /) -> bool: ...


Item = TypeVar("Item", bound=Ordered)


class Sorted(list[Item]):
    """The smallest item comes first, and equal items come in the order in which they were added."""

    def append(self, item: Item, /) -> None:
        insort(self, item)  # Unlike with a heap, a comparison that raises changes nothing.

    def popleft(self) -> Item:
        return self.pop(0)


class PriorityChannel(BufferedChannel[Item]):
    """A channel with a buffer that gives the smallest item first."""

    def _make_buffer(self) -> Buffer[Item]:
        return Sorted()


@dataclass(order=True)
class Job:
    urgency: int
    name: str = field(compare=False)


async def work(jobs: RecvChannel[Job], notes: RecvChannel[str]) -> None:
    while True:
        selected = await chanselect(jobs.pull_case(), notes.pull_case(), ordered=True)  # Jobs before notes.
        if selected.index == 0:
            print(f"urgency {selected.value.urgency}: {selected.value.name}")
        elif selected.value == "stop":
            return
        else:
            print(f"note: {selected.value}")


async def main() -> None:
    jobs, notes = PriorityChannel[Job](buffer=3), Channel[str](buffer=2)
    async with asyncio.TaskGroup() as group:
        group.create_task(work(jobs, notes))
        await asyncio.sleep(0)  # Let the worker run until it waits.
        await notes.push("the shop is open")
        for urgency, name in (3, "sweep"), (2, "bake"), (1, "put out the fire"), (2, "sell"), (3, "count the till"):
            await jobs.push(Job(urgency, name))  # From the fourth on, it waits for room.
        await notes.push("stop")


if __name__ == "__main__":
    asyncio.run(main())
