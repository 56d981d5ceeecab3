"""Sieve the prime numbers with a chain of tasks: ``python docs/examples/prime_sieve.py [how many]``.

The idea is Doug McIlroy's, and many people know it from Go. All numbers from 2 on run through a chain of filters, one
for each prime found so far. A filter passes on the numbers that its prime does not divide. The first number to come out
at the end of the chain is the next prime, and gets a filter of its own.
"""

import argparse
import asyncio
from itertools import count

from pychanasync import Channel, RecvChannel, SendChannel


async def send_numbers(target: SendChannel[int]) -> None:
    for number in count(2):
        await target.push(number)  # Unbuffered: waits for the first filter, which waits for the next.


async def filter_multiples(prime: int, source: RecvChannel[int], target: SendChannel[int]) -> None:
    async for number in source:
        if number % prime:
            await target.push(number)


async def sieve(many: int, primes: SendChannel[int]) -> None:
    """Send this many primes, then close the channel."""
    async with primes, asyncio.TaskGroup() as tasks:
        end_of_chain = Channel[int]()
        chain = [tasks.create_task(send_numbers(end_of_chain))]
        for _ in range(many):
            source, end_of_chain = end_of_chain, Channel[int]()
            prime = await source.pull()
            await primes.push(prime)
            chain.append(tasks.create_task(filter_multiples(prime, source, end_of_chain)))
        for link in chain:  # The stream of numbers never ends by itself.
            link.cancel()


async def print_primes(many: int) -> None:
    primes = Channel[int]()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(sieve(many, primes))
        async for prime in primes:
            print(prime)


def main() -> None:
    parser = argparse.ArgumentParser(description="Print prime numbers, from 2 on.")
    parser.add_argument("many", nargs="?", type=int, default=20, help="how many, default 20")
    asyncio.run(print_primes(parser.parse_args().many))


if __name__ == "__main__":
    main()
