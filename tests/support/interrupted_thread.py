"""A program that waits for Ctrl-C in a thread: ``python -m tests.support.interrupted_thread WHERE LOOP SIDE``.

WHERE is "beside", where the main thread waits for a loop in another one, or "below", where it runs the loop and other
threads wait. It says "ready" once they wait, and when it was interrupted "right", or what is wrong.
"""

from __future__ import annotations

import asyncio
import sys
from threading import Thread
from typing import TYPE_CHECKING

from pychanasync import Channel
from pychanasync.threads import ThreadReceiver, ThreadSender
from tests.support.helpers import drain, is_idle, until
from tests.support.loops import LOOPS

if TYPE_CHECKING:
    from collections.abc import Callable


def operation_on(channel: Channel[int], side: str, loop: asyncio.AbstractEventLoop) -> Callable[[], object]:
    """Return what has to wait on a channel."""
    if side == "push":
        channel.push_nowait(0)
        return lambda: ThreadSender(channel, loop=loop).push(1)
    return ThreadReceiver(channel, loop=loop).pull


async def say_when_they_wait(channel: Channel[int], threads: int) -> None:
    await until(lambda: sum(channel.waiting) == threads)
    print("ready", flush=True)  # noqa: T201  # Who interrupts waits for this.


def beside(loop: asyncio.AbstractEventLoop, side: str) -> Channel[int]:
    """Wait in the main thread for a loop in another one; see that the loop goes on, and that nothing was done."""
    channel = Channel[int](1)
    running = Thread(target=loop.run_forever)
    running.start()
    try:
        asyncio.run_coroutine_threadsafe(say_when_they_wait(channel, 1), loop)
        operation_on(channel, side, loop)()
    except KeyboardInterrupt:
        asyncio.run_coroutine_threadsafe(until(lambda: is_idle(channel)), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        running.join()
        loop.close()
    return channel


def below(loop: asyncio.AbstractEventLoop, side: str) -> Channel[int]:
    """Run the loop, which other threads wait for, among them one of the loop's own."""
    channel, ends = Channel[int](1), list[str]()
    wait = operation_on(channel, side, loop)

    def attempt() -> None:
        try:
            wait()
        except RuntimeError:
            ends.append("broken off")

    async def main() -> None:
        own.start()
        pooled = loop.run_in_executor(None, attempt)
        await say_when_they_wait(channel, 2)
        await pooled

    own = Thread(target=attempt)
    try:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(main())
    except KeyboardInterrupt:
        own.join()
        assert ends == ["broken off"] * 2
    return channel


def main(where: str, loop: str, side: str) -> None:
    channel = (beside if where == "beside" else below)(LOOPS[loop](), side)
    assert is_idle(channel)
    assert drain(channel) == ([0] if side == "push" else [])
    print("right", flush=True)  # noqa: T201  # The same.


if __name__ == "__main__":
    main(*sys.argv[1:])
