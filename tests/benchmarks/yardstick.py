"""What channels cost beside the least that asyncio allows, and their peers: ``python -m tests.benchmarks.yardstick``.

Every figure comes from this one process. With ``--write`` they go to a file of this interpreter's, from which
``nox -s performance`` makes the pages and a chart.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from importlib.metadata import version
from platform import machine, python_version, system

import pyperf

from tests.benchmarks import (
    broadcasting,
    crossing,
    draining,
    growth,
    making,
    memory,
    parking,
    passing,
    peers,
    promises,
    results,
    selecting,
    strategies,
)
from tests.benchmarks.anatomy import anatomies
from tests.benchmarks.pipe import OURS
from tests.benchmarks.results import Results, Spread, ratios
from tests.benchmarks.turns import GRAIN, LOOPS, Match, Pace, Times

SCENARIOS = {
    **passing.SCENARIOS,
    **promises.SCENARIOS,
    **draining.SCENARIOS,
    **making.SCENARIOS,
    **selecting.SCENARIOS,
    **strategies.SCENARIOS,
    **broadcasting.SCENARIOS,
    **crossing.SCENARIOS,
    **parking.SCENARIOS,
    **growth.SCENARIOS,
}
ON_ONE_LOOP = {
    *promises.SCENARIOS,
    *growth.SCENARIOS,
    *broadcasting.SCENARIOS,
}  # They take long, and show the package and not the loop.


@dataclass(frozen=True)
class Options:
    """What was asked for on the command line."""

    pace: Pace
    only: str
    write: bool

    @classmethod
    def parsed(cls) -> Options:
        parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.yardstick", description=__doc__)
        parser.add_argument("--rounds", type=int, default=Pace.rounds, help="in which each contender has its turn")
        parser.add_argument("--turn", type=float, default=Pace.turn, metavar="SECONDS", help="of one contender")
        parser.add_argument("--only", default="", metavar="WORD", help="the scenarios whose names hold this word")
        parser.add_argument("--write", action="store_true", help=f"write {results.FOLDER.name}/cpython-*.json")
        given = parser.parse_args()
        if given.only and given.write:
            parser.error("a part of the scenarios is not to be written")
        return cls(Pace(given.rounds, given.turn), given.only, given.write)

    def command(self) -> str:
        pace = " ".join(f"--{field.name} {getattr(self.pace, field.name)}" for field in fields(Pace))
        return f"python -m tests.benchmarks.yardstick {pace}"


def described_machine() -> str:
    """Name the system and the processor; nothing that would only tell how one machine was set up."""
    metadata = pyperf.Run([1.0]).get_metadata()
    model = [str(metadata["cpu_model_name"])] if "cpu_model_name" in metadata else []
    return ", ".join([system(), machine().replace("_", "-"), *model, f"{metadata['cpu_count']} cores"])


def versions() -> dict[str, str]:
    """Tell the version of everything that is measured."""
    kinds = {"pychanasync": OURS, **peers.KINDS}
    loops = {name: version(name) for name in LOOPS if name != "stock"}
    return {**{name: kind.version for name, kind in kinds.items()}, "trio": version("trio"), **loops}


def show(title: str, times: Times) -> None:
    """Print what a scenario showed, in ratios to its first contender."""
    print(f"\n{title}\n  {'ns':>56}{'ratio':>9}{'quartiles':>16}")
    first, *_ = times.values()
    for name, figures in times.items():
        low, middle, high = Spread.of(ratios(figures, first))
        print(f"  {name:44}{Spread.of(figures).middle:12.0f}{middle:9.2f}{low:10.2f}{high:6.2f}", flush=True)


def measured(loop: str, options: Options) -> dict[str, Times]:
    """Run the scenarios on a loop."""
    found: dict[str, Times] = {}
    for title, scenario in SCENARIOS.items():
        if options.only in title and (loop == "stock" or title not in ON_ONE_LOOP):
            found[title] = Match(scenario, loop, options.pace).times()
            show(f"{title}, {loop} loop: {scenario.operation}", found[title])
    return found


def main() -> None:
    """Measure, print and write."""
    options = Options.parsed()
    gc.freeze()  # What was imported stays: the collector need not look at it before each turn.
    found: Results = {
        "python": python_version(),
        "machine": described_machine(),
        "versions": versions(),
        "missing": sorted(peers.MISSING),
        "command": options.command(),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "rounds": options.pace.rounds,
        "scenarios": {
            title: {"about": scenario.about, "operation": scenario.operation} for title, scenario in SCENARIOS.items()
        },
        "times": {loop: measured(loop, options) for loop in LOOPS},
        "weights": asyncio.run(memory.weights()),
        "anatomy": anatomies(SCENARIOS, GRAIN),
    }
    for weighed, weights in found["weights"].items():
        print(f"\n{weighed}: bytes")
        for name, weight in weights.items():
            print(f"  {name:44}{weight:12.0f}")
    if options.write:
        results.write(found)


if __name__ == "__main__":
    main()
