"""What channels make of operations that are cancelled: ``python -m tests.benchmarks.chaos``.

The same workloads for ours and its peers. The tables are printed and, with ``--write PAGE``, put between the marks in a
page; if that is the page of the documents, what sums it up elsewhere is made anew too. The exit status is 1 if ours has
a fault in any column.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, fields
from pathlib import Path
from platform import python_version
from shlex import quote
from textwrap import wrap
from typing import TYPE_CHECKING

from tests.benchmarks import peers, scopes, summary
from tests.benchmarks.account import Account
from tests.benchmarks.columns import HEADINGS, HEADINGS_GOING_ON
from tests.benchmarks.page import put
from tests.benchmarks.pipe import OURS, POLLED
from tests.benchmarks.workload import GOING_ON, WORKLOADS, Size, account_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.benchmarks.pipe import Kind
    from tests.benchmarks.workload import Way

CAPACITIES = (0, 1, 8)
OURS_ALONE = "pychanasync"
"""Ours under asyncio's own cancellations, where it is to have no fault at all."""


@dataclass(frozen=True)
class Contender:
    """A kind of channel, and how its users cancel operations."""

    kind: Kind
    workloads: Mapping[str, Sequence[Way]]


CONTENDERS = {
    OURS_ALONE: Contender(OURS, WORKLOADS),
    "a polled deque": Contender(POLLED, WORKLOADS),
    **{name: Contender(kind, WORKLOADS) for name, kind in peers.KINDS.items()},
    "anyio, its own scopes": Contender(peers.KINDS["anyio"], scopes.SCOPED),
    "pychanasync, anyio's scopes": Contender(OURS, scopes.SCOPED),
}


@dataclass(frozen=True)
class Options:
    """What was asked for on the command line."""

    size: Size
    seed: int
    runs: int
    only: str | None
    write: Path | None

    @classmethod
    def parsed(cls) -> Options:
        parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.chaos", description=__doc__)
        parser.add_argument("--seed", type=int, default=0, help="of the first run; each next run takes the next")
        parser.add_argument("--runs", type=int, default=100, help="of each channel, capacity and workload")
        for field in fields(Size):
            parser.add_argument(f"--{field.name}", type=int, default=field.default)
        parser.add_argument("--only", choices=CONTENDERS, metavar="NAME", help="run this contender alone")
        parser.add_argument("--write", type=Path, metavar="PAGE", help="put the tables into this page")
        given = parser.parse_args()
        if given.only and given.write:
            parser.error("a page shows all contenders: --write does not go with --only")
        size = Size(given.producers, given.consumers, given.items)
        return cls(size, given.seed, given.runs, given.only, given.write)

    def command(self) -> str:
        size = " ".join(f"--{field.name} {getattr(self.size, field.name)}" for field in fields(Size))
        only = f" --only {quote(self.only)}" if self.only else ""
        return f"python -m tests.benchmarks.chaos --seed {self.seed} --runs {self.runs} {size}{only}"


def row(headings: Sequence[str], cells: Sequence[object]) -> str:
    """Lay out a line of a table."""
    name, *numbers = cells
    widths = [max(8, len(heading)) for heading in headings]
    laid_out = [f"{name:27}", *(f"{number:>{width}}" for number, width in zip(numbers, widths, strict=True))]
    return f"| {' | '.join(laid_out)} |"


def preamble(options: Options) -> Iterator[str]:
    """Say what is compared, and how."""
    versions = [f"{name} {kind.version}" for name, kind in {OURS_ALONE: OURS, **peers.KINDS}.items()]
    left_out = [f"Not installed, and left out: {name}." for name in sorted(peers.MISSING)]
    yield from ("```sh", options.command(), "```", "")
    yield from wrap(" ".join([f"CPython {python_version()}; {', '.join(versions)}.", *left_out]), 120)


class Comparison:
    """All runs of all contenders, as lines of a page."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.ours = Account()

    def lines(self) -> Iterator[str]:
        yield from preamble(self.options)
        for workload in WORKLOADS:
            yield from ("", f"### {workload}", "")
            yield from self.table(workload)

    def table(self, workload: str) -> Iterator[str]:
        columns = HEADINGS_GOING_ON if workload == GOING_ON else HEADINGS
        headings = ["capacity", *columns.values()]
        yield row(headings, ["", *headings])
        yield row(headings, ["---", *["---:"] * len(headings)])
        for name, contender in CONTENDERS.items():
            if self.options.only not in {name, None}:
                continue
            for capacity in contender.kind.capacities(*CAPACITIES):
                account = self.account(contender, workload, capacity)
                yield row(headings, [name, capacity, *(getattr(account, field) for field in columns)])

    def account(self, contender: Contender, workload: str, capacity: int) -> Account:
        total = Account()
        for seed in range(self.options.seed, self.options.seed + self.options.runs):
            total += account_of(contender.kind, capacity, contender.workloads[workload], self.options.size, seed)
        if contender is CONTENDERS[OURS_ALONE]:
            self.ours += total
        return total


def main() -> None:
    """Compare, print, write, and fail if ours was not flawless."""
    options = Options.parsed()
    comparison = Comparison(options)
    lines: list[str] = []
    for line in comparison.lines():
        print(line, flush=True)
        lines.append(line)
    if options.write is not None:
        put(options.write, summary.TABLES, lines)
        if options.write.resolve() == summary.PAGE:
            summary.write()
    if comparison.ours.faults():
        sys.exit(f"pychanasync was not flawless: {comparison.ours}")


if __name__ == "__main__":
    main()
