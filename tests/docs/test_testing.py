"""The loop of the guide to testing whose clock is moved by hand."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pychanasync import Channel, chanselect, timeout_case
from tests.support.documents import DOCUMENTS, programs

if TYPE_CHECKING:
    from tests.support.helpers import Loosely

BLOCK = programs(DOCUMENTS["guides_testing"])[-1].text


def test_what_waits_for_the_time_goes_on_when_the_clock_has_moved() -> None:
    made: Loosely = {}
    exec(BLOCK, made)  # noqa: S102  # Our own document.
    skipped: list[float] = made["skipped"]

    async def main() -> None:
        lines = Channel[str](buffer=1)
        await lines.push("one")
        batch = asyncio.create_task(lines.pull_many(100, within=1_000))
        timeout = asyncio.create_task(chanselect(Channel[str]().pull_case(), timeout_case(1_000)))
        await asyncio.sleep(0)
        assert not batch.done()
        skipped.append(999)
        for _ in range(5):
            await asyncio.sleep(0)
        assert not batch.done()
        assert not timeout.done()
        skipped.append(2)
        assert await batch == ["one"]
        assert (await timeout).index == 1

    with asyncio.Runner(loop_factory=made["SkippingLoop"]) as runner:
        runner.run(main())
