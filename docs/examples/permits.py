"""Permits that a select can wait for, together with channels: ``python docs/examples/permits.py``.

Any object with the members of `SelectCase` is a case of a select. Here it is a limited number of permits, like a
semaphore. If a select chooses this case, it has a permit. A crawler uses this to fetch at most two pages at a time. Its
one select waits for whatever comes first: a permit to fetch the next page, or the links of a fetched page.
"""

import asyncio

from pychanasync import Channel, ChannelEmpty, SendChannel, chanselect
from pychanasync.strategy import AnyLine, Line, Waiter


class Permits:
    """A number of permits. Waiting tasks get one in the order in which they began to wait."""

    def __init__(self, free: int) -> None:
        self.free = free
        self._line = Line[None]()

    async def acquire(self) -> None:
        """Take a permit; wait while none is free."""
        await chanselect(self)

    def release(self) -> None:
        """Give a permit back. If tasks are waiting, it goes to the one that has waited longest."""
        if self._line.commit() is None:  # Raises before any change, if another loop's task waits.
            self.free += 1

    # The members of a case of a select, in the order of use:

    @property
    def channel(self) -> object:
        return self  # What `selected.channel` is.

    def ready(self) -> bool:
        return self.free > 0

    def proceed(self) -> None:
        if not self.free:  # A signal handler took it first. The select goes on as if this had not been ready.
            raise ChannelEmpty(self)
        self.free -= 1

    @property
    def line(self) -> AnyLine:
        return self._line

    def enrol(self, waiter: Waiter) -> None:
        self._line.join(waiter, None)
        if self.free:  # A signal handler gave one back after `ready` was called: do not wait for it.
            self.free -= 1
            self.release()

    def finish(self) -> None:
        """Do nothing: `release` did not count the permit as free, so this task now has it."""

    def abandon(self) -> bool:
        try:
            self.release()  # The task was cancelled before it ran: give the permit to the next.
        except RuntimeError:  # The next is another loop's task. This must not raise, so the permit is free again.
            self.free += 1
        return True


LINKS = {"home": ["news", "about", "shop"], "news": ["archive"], "shop": ["archive", "cart"]}


async def fetch(page: str, found: SendChannel[list[str]], permits: Permits) -> None:
    try:
        print("fetching", page)
        await asyncio.sleep(0.1)  # The network takes a while.
        print("fetched ", page)
    finally:
        permits.release()
    await found.push(LINKS.get(page, []))


async def crawl(first: str, at_once: int) -> None:
    permits, found = Permits(at_once), Channel[list[str]]()
    seen, pages, expected = {first}, [first], 0
    async with asyncio.TaskGroup() as tasks:
        while pages or expected:
            selected = await chanselect(found.pull_case(), permits if pages else None, ordered=True)
            if selected.index == 0:
                expected -= 1
                new = [page for page in selected.value if page not in seen]
                seen.update(new)
                pages += new
            else:  # We have a permit. The task that fetches releases it.
                expected += 1
                tasks.create_task(fetch(pages.pop(0), found, permits))


if __name__ == "__main__":
    asyncio.run(crawl("home", at_once=2))
