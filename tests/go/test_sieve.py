"""Prime sieves: a chain of filters (sieve1), and a merge of multiples with a feedback loop (sieve2)."""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import pytest

from pychanasync import Channel, chanselect
from tests.go.program import Program

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97]


async def count(out: Channel[int], first: int, by: int) -> None:
    number = first
    while True:
        await out.push(number)
        number += by


async def filter_out(prime: int, source: Channel[int], out: Channel[int]) -> None:
    while True:
        number = await source.pull()
        if number % prime:
            await out.push(number)


async def chain_filters(primes: Channel[int], program: Program, buffer: int | None) -> None:
    """Put a filter for each prime behind the last."""
    source = Channel[int](buffer)
    program.start(count(source, 2, 1))
    while True:
        prime = await source.pull()
        await primes.push(prime)
        filtered = Channel[int](buffer)
        program.start(filter_out(prime, source, filtered))
        source = filtered


async def buffer_without_bound(source: Channel[int], out: Channel[int]) -> None:
    """Take whatever comes, and give whatever is there: the push is no case while nothing is."""
    held: deque[int] = deque()
    while True:
        selected = await chanselect(source.pull_case(), out.push_case(held[0]) if held else None)
        if selected.index == 0:
            held.append(selected.value)
        else:
            held.popleft()


async def merge_multiples(primes: Channel[int], composites: Channel[int], program: Program) -> None:
    """Give the odd multiples of all primes from their squares on, each once, in order."""
    heads: list[tuple[int, int, Channel[int]]] = []

    async def advance() -> int:
        """Take the smallest head and pull the next of its kind."""
        smallest, prime, multiples = heappop(heads)
        heappush(heads, (await multiples.pull(), prime, multiples))
        return smallest

    last = 0
    while True:
        prime = await primes.pull()
        multiples = Channel[int](10)
        program.start(count(multiples, prime * prime, 2 * prime))
        square = await multiples.pull()
        while heads and heads[0][0] < square:  # Only then is the next prime needed.
            if (smallest := await advance()) != last:
                last = smallest
                await composites.push(smallest)
        heappush(heads, (square, prime, multiples))


async def sieve_out_composites(out: Channel[int], program: Program, buffer: int | None) -> None:
    """Give the numbers that are missing among the composites, and feed them back to make the next composites."""
    candidates, composites, primes, slow_primes = (Channel[int](buffer) for _ in range(4))
    program.start(count(candidates, 7, 2))
    program.start(merge_multiples(slow_primes, composites, program))
    program.start(buffer_without_bound(primes, slow_primes))
    await out.push(2)
    for prime in (3, 5):  # Only the square of 5 tells that all composites below it are multiples of 3.
        await out.push(prime)
        await primes.push(prime)
    candidate = await candidates.pull()
    while True:
        composite = await composites.pull()
        while candidate < composite:
            await primes.push(candidate)
            await out.push(candidate)
            candidate = await candidates.pull()
        if candidate == composite:
            candidate = await candidates.pull()


@pytest.mark.parametrize("sieve", [chain_filters, sieve_out_composites])
@pytest.mark.parametrize("buffer", [None, 1, 50], ids=["unbuffered", "buffer-1", "buffer-50"])
async def test_primes_up_to_100(
    sieve: Callable[[Channel[int], Program, int | None], Coroutine[object, object, None]], buffer: int | None
) -> None:
    primes = Channel[int](buffer)
    async with Program() as program:
        program.start(sieve(primes, program, buffer))
        assert [await primes.pull() for _ in PRIMES] == PRIMES
