"""Crawl a site, a fixed number of pages at a time: ``python docs/examples/crawler.py [start] [--workers N]``.

Each job makes more jobs, because a page has links to other pages, and a page that could not be read is tried again.
You do not know in advance how many jobs there will be. One task hands out the jobs. The workers tell it when a job is
done and which new jobs it made. When no job is waiting and none is running, it closes the channel of jobs.

The site is made up, so the program needs no network. Some of its links lead nowhere, and one of its pages cannot be
read at first. Exit status: 0 every page was read, 1 some page could not be read.
"""

import argparse
import asyncio
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple, TypeAlias

from pychanasync import Channel, RecvChannel, SendChannel, chanselect

ATTEMPTS = 3
PAUSE = 0.5
"""Seconds before the second attempt. Each later pause is twice as long as the one before."""


class Job(NamedTuple):
    path: str
    attempt: int = 1


class Page(NamedTuple):
    path: str
    links: list[str]
    error: OSError | None = None  # Why it could not be read.


Read: TypeAlias = Callable[[str], Awaitable[list[str]]]
"""Reads a page, and returns its links."""


async def crawl(start: Iterable[str], read: Read, workers: int, pages: SendChannel[Page]) -> None:
    """Send each reachable page once, and close the channel after the last one."""
    jobs, done = Channel[Job](), Channel[list[Job]]()
    async with pages, asyncio.TaskGroup() as tasks:  # An error in one task cancels all of them.
        tasks.create_task(hand_out([Job(path) for path in start], jobs, done))
        for _ in range(workers):
            tasks.create_task(work(read, jobs, done, pages))


async def hand_out(first: Iterable[Job], jobs: SendChannel[Job], done: RecvChannel[list[Job]]) -> None:
    """Hand out each job once, including jobs that other jobs make. Close the channel when all are done."""
    left = deque(dict.fromkeys(first))
    seen, under_way = {*left}, 0
    async with jobs:  # Closing it ends the workers.
        while left or under_way:
            selected = await chanselect(done.pull_case(), jobs.push_case(left[0]) if left else None)
            if selected.index == 0:
                under_way -= 1
                new = [job for job in dict.fromkeys(selected.value) if job not in seen]
                seen.update(new)
                left.extend(new)
            else:
                left.popleft()
                under_way += 1


async def work(read: Read, jobs: RecvChannel[Job], done: SendChannel[list[Job]], pages: SendChannel[Page]) -> None:
    async for job in jobs:
        page = await visit(job, read)
        if page.error and job.attempt < ATTEMPTS:
            await asyncio.sleep(PAUSE * 2 ** (job.attempt - 1))
            await done.push([job._replace(attempt=job.attempt + 1)])  # A new job, because the attempt differs.
        else:
            await pages.push(page)
            await done.push([Job(link) for link in page.links])


async def visit(job: Job, read: Read) -> Page:
    try:
        return Page(job.path, await read(job.path))
    except OSError as error:  # Any other error is a bug, and ends the whole crawl.
        return Page(job.path, [], error)


class Site:
    """A made-up site. Reading a page takes a while."""

    def __init__(self, links: dict[str, list[str]], unreadable_at_first: Iterable[str] = ()) -> None:
        self._links = links
        self._unreadable = {*unreadable_at_first}

    async def read(self, path: str) -> list[str]:
        await asyncio.sleep(0.01 * len(path))
        if path not in self._links:
            raise FileNotFoundError("no such page")
        if path in self._unreadable:
            self._unreadable.remove(path)
            raise TimeoutError("the server is busy")
        return self._links[path]


SITE = {
    "/": ["/guide", "/news", "/about"],
    "/guide": ["/", "/guide/first", "/guide/second"],
    "/guide/first": ["/guide", "/guide/second"],
    "/guide/second": ["/guide", "/guide/first", "/guide/third"],
    "/news": ["/", "/news/today", "/news/yesterday"],
    "/news/today": ["/news", "/news/yesterday"],
    "/about": ["/"],
}


async def print_pages(start: str, workers: int) -> int:
    """Print the result for each page as soon as there is one; return how many could not be read."""
    pages, unread = Channel[Page](), 0
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(crawl([start], Site(SITE, ["/news"]).read, workers, pages))
        async for page in pages:
            unread += page.error is not None
            print(f"{page.path}: {page.error or f'{len(page.links)} links'}")
    return unread


def main() -> int:
    parser = argparse.ArgumentParser(description="Crawl a site that is made up, and print what became of each page.")
    parser.add_argument("start", nargs="?", default="/", help="the page to begin with, default /")
    parser.add_argument("--workers", metavar="N", type=int, choices=range(1, 33), default=3, help="1 to 32, default 3")
    arguments = parser.parse_args()
    return 1 if asyncio.run(print_pages(arguments.start, arguments.workers)) else 0


if __name__ == "__main__":
    sys.exit(main())
