"""A search over several servers, made faster step by step: ``python docs/examples/replicated_search.py [question]``.

It follows Rob Pike's talk "Go Concurrency Patterns" (2012). Each kind of result comes from its own servers, which take
up to a tenth of a second. No step needs a lock, a callback or a condition variable:

- 1.0 asks one server after another;
- 2.0 asks all at once, and waits for all of them;
- 2.1 does not wait for slow servers;
- 3.0 asks two replicas of each server and takes the first answer, so few answers are slow.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import Random

from pychanasync import Channel, SendChannel

KINDS = ("text", "pictures", "music")
REPLICAS = ("a", "b")

SLOWEST = 0.1
"""The most seconds that a server takes."""

PATIENCE = 0.08
"""Seconds after which a search stops waiting for slow servers."""


async def look_up(kind: str, question: str, replica: str = "a") -> str:
    """Simulate a server on the network. How long it takes is random, but the same in every run."""
    chance = Random(f"{kind} {replica} {question}").random()  # noqa: S311  # No secret.
    await asyncio.sleep(SLOWEST * chance)
    return f"{kind} from {replica}"


async def one_after_the_other(question: str) -> list[str]:
    return [await look_up(kind, question) for kind in KINDS]


async def ask(kind: str, question: str, replica: str, answers: SendChannel[str]) -> None:
    await answers.push(await look_up(kind, question, replica))


async def all_at_once(question: str) -> list[str]:
    answers = Channel[str]()
    async with asyncio.TaskGroup() as tasks:
        for kind in KINDS:
            tasks.create_task(ask(kind, question, "a", answers))
        return [await answers.pull() for _ in KINDS]  # In the order in which they come.


async def all_in_time(question: str) -> list[str]:
    answers, found = Channel[str](), list[str]()
    with suppress(TimeoutError):  # The timeout cancels the group, which cancels the waiting tasks.
        async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as tasks:
            for kind in KINDS:
                tasks.create_task(ask(kind, question, "a", answers))
            for _ in KINDS:
                found.append(await answers.pull())  # Answers that came in time are kept.
    return found


async def ask_replicas(kind: str, question: str, answers: SendChannel[str]) -> None:
    """Send the answer of the replica that answers first."""
    race = Channel[str]()
    async with asyncio.TaskGroup() as tasks:
        runners = [tasks.create_task(ask(kind, question, replica, race)) for replica in REPLICAS]
        first = await race.pull()
        for runner in runners:
            runner.cancel()  # This has no effect on the one that is done.
    await answers.push(first)


async def replicated(question: str) -> list[str]:
    answers, found = Channel[str](), list[str]()
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as tasks:
            for kind in KINDS:
                tasks.create_task(ask_replicas(kind, question, answers))
            for _ in KINDS:
                found.append(await answers.pull())
    return found


STEPS: dict[str, Callable[[str], Awaitable[list[str]]]] = {
    "1.0": one_after_the_other,
    "2.0": all_at_once,
    "2.1": all_in_time,
    "3.0": replicated,
}


async def compare(question: str) -> None:
    now = asyncio.get_running_loop().time
    for version, search in STEPS.items():
        began = now()
        found = await search(question)
        print(f"{version} {1000 * (now() - began):.0f} ms: {', '.join(found)}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Search in four ways, and tell what each finds in what time.")
    parser.add_argument("question", nargs="?", default="tides")
    asyncio.run(compare(parser.parse_args().question))


if __name__ == "__main__":
    main()
