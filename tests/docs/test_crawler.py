"""docs/examples/crawler.py, whose jobs make more jobs: it does each once, and ends in whatever way it is to end."""

from __future__ import annotations

import asyncio
import sys
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import pytest

from docs.examples import crawler
from docs.examples.crawler import ATTEMPTS, PAUSE, Page, Site, crawl
from pychanasync import Channel, ChannelClosed, ChannelFailed
from tests.support import virtual_time
from tests.support.helpers import step

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docs.examples.crawler import Read

WORKERS = [1, 2, 5]
PATIENCE = 20
"""Seconds that no crawl here comes near; one that does not end fails."""
TREE = {"": ["0", "1", "2"], "0": ["00", "01"], "1": ["10"], "10": ["100"]}
PAGES = {"", "0", "1", "2", "00", "01", "10", "100"}


def drawn(seed: int) -> tuple[dict[str, list[str]], set[str]]:
    """Draw links between pages, loops and links named twice among them; and find which pages can be reached."""
    draw = Random(seed)  # noqa: S311  # No secret.
    names = [str(number) for number in range(12)]
    links = {name: draw.choices(names, k=draw.randrange(5)) for name in names}
    reached, new = {"0"}, ["0"]
    while new:
        more = {*links[new.pop()]} - reached
        reached |= more
        new += more
    return links, reached


def reader(links: dict[str, list[str]], *, reads: list[str] | None = None) -> Read:
    """Read pages, each in a few steps of the loop; a page that is not named has no links."""

    async def read(path: str) -> list[str]:
        if reads is not None:
            reads.append(path)
        await step(1 + len(path))
        return links.get(path, [])

    return read


async def crawled(start: Iterable[str], read: Read, workers: int) -> list[Page]:
    pages = Channel[Page]()
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as tasks:
        tasks.create_task(crawl(start, read, workers, pages))
        return [page async for page in pages]


@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize("seed", range(10))
async def test_each_page_that_can_be_reached_is_read_once(seed: int, workers: int) -> None:
    links, reached = drawn(seed)
    reads: list[str] = []
    pages = await crawled(["0"], reader(links, reads=reads), workers)
    assert sorted(page.path for page in pages) == sorted(reached) == sorted(reads)
    assert all(page.links == links[page.path] for page in pages)


@pytest.mark.parametrize("workers", WORKERS)
async def test_with_nothing_to_begin_with_it_ends_at_once(workers: int) -> None:
    assert await crawled([], reader(TREE), workers) == []


async def test_what_is_named_twice_to_begin_with_is_read_once() -> None:
    pages = await crawled(["10", "2", "10"], reader(TREE), 2)
    assert sorted(page.path for page in pages) == ["10", "100", "2"]


@pytest.mark.parametrize("workers", WORKERS)
async def test_no_more_pages_are_read_at_a_time_than_there_are_workers(workers: int) -> None:
    at_a_time = most = 0

    async def read(path: str) -> list[str]:
        nonlocal at_a_time, most
        at_a_time += 1
        most = max(most, at_a_time)
        await step(5)
        at_a_time -= 1
        return [str(number) for number in range(20)] if path == "start" else []

    assert len(await crawled(["start"], read, workers)) == 21
    assert most == workers


@pytest.mark.parametrize("workers", WORKERS)
async def test_a_receiver_that_takes_its_time_makes_the_workers_wait(workers: int) -> None:
    reads: list[str] = []
    pages, received = Channel[Page](), 0
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(crawl([""], reader(TREE, reads=reads), workers, pages))
        async for _ in pages:
            received += 1
            await step(50)
            assert len(reads) <= received + workers
    assert received == len(PAGES)


@pytest.mark.parametrize("failures", range(ATTEMPTS + 1))
@pytest.mark.parametrize("eager", [False, True] if sys.version_info >= (3, 12) else [False])
def test_a_page_that_cannot_be_read_is_tried_again_after_longer_and_longer_pauses(
    failures: int, *, eager: bool
) -> None:
    times: list[float] = []

    async def read(path: str) -> list[str]:
        if path != "1":
            return TREE.get(path, [])
        times.append(asyncio.get_running_loop().time())
        if len(times) <= failures:
            raise TimeoutError("the server is busy")
        return TREE[path]

    pages = {page.path: page for page in virtual_time.run(crawled([""], read, 2), eager=eager)}
    pauses = [PAUSE, 2 * PAUSE][:failures]
    assert [later - earlier for earlier, later in pairwise(times)] == pauses
    if failures < ATTEMPTS:
        assert pages.keys() == PAGES
        assert pages["1"] == Page("1", ["10"])
    else:  # It is given up, and what it links to is not found.
        assert pages.keys() == PAGES - {"10", "100"}
        assert isinstance(pages["1"].error, TimeoutError)


@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize("path", sorted(PAGES))
async def test_an_error_of_a_worker_ends_all_and_a_task_group_reports_it_once(path: str, workers: int) -> None:
    with pytest.RaisesGroup(pytest.RaisesGroup(pytest.RaisesExc(ValueError, match="mistake"))):
        await crawled([""], failing_at(path), workers)
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize("path", sorted(PAGES))
async def test_who_receives_elsewhere_learns_that_a_worker_failed(path: str, workers: int) -> None:
    pages, received = Channel[Page](), list[str]()
    crawling = asyncio.create_task(crawl([""], failing_at(path), workers, pages))
    with pytest.raises(ChannelFailed) as caught:
        async with asyncio.timeout(PATIENCE):
            async for page in pages:
                received.append(page.path)
    await asyncio.wait([crawling])
    assert caught.value.__cause__ is crawling.exception()
    assert path not in received


def failing_at(failing: str) -> Read:
    read = reader(TREE)

    async def read_or_fail(path: str) -> list[str]:
        links = await read(path)
        if path == failing:
            raise ValueError("a mistake in the program")
        return links

    return read_or_fail


@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize("ticks", range(60))
async def test_a_crawl_that_is_cancelled_leaves_nothing_behind_and_ends_its_channel(ticks: int, workers: int) -> None:
    pages, received = Channel[Page](), list[str]()

    async def receive() -> None:
        async for page in pages:
            received.append(page.path)

    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as tasks:
        crawling = tasks.create_task(crawl([""], reader(TREE), workers, pages))
        await step()  # Cancelled before its first step, it would not close the channel.
        tasks.create_task(receive())
        await step(ticks)
        crawling.cancel()
    assert pages.closed
    assert crawling.done()
    assert len({*received}) == len(received)
    assert {*received} <= PAGES
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_receiver_that_leaves_and_closes_the_channel_ends_the_crawl() -> None:
    pages = Channel[Page]()
    with pytest.RaisesGroup(ChannelClosed, flatten_subgroups=True):
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(crawl([""], reader(TREE), 1, pages))
            await pages.pull()
            pages.close(immediate=True)


async def test_the_made_up_site_fails_once_where_it_is_told_to() -> None:
    site = Site({"": []}, [""])
    with pytest.raises(TimeoutError):
        await site.read("")
    assert await site.read("") == []


@pytest.mark.parametrize("workers", [1, 3, 32])
def test_the_program_prints_what_became_of_each_page(
    workers: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(asyncio, "run", virtual_time.run)
    monkeypatch.setattr(sys, "argv", ["crawler", "--workers", str(workers)])
    assert crawler.main() == 1
    linked = {f"{path}: {len(links)} links" for path, links in crawler.SITE.items()}
    assert sorted(capsys.readouterr().out.splitlines()) == sorted(
        linked | {"/guide/third: no such page", "/news/yesterday: no such page"}
    )


def test_the_program_says_by_its_status_that_all_could_be_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(asyncio, "run", virtual_time.run)
    monkeypatch.setattr(sys, "argv", ["crawler"])
    monkeypatch.setattr(crawler, "SITE", {"/": []})
    assert crawler.main() == 0
    assert capsys.readouterr().out == "/: 0 links\n"
