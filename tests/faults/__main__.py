"""Seed faults in copies of the package, one at a time, and see which layer of tests catches each.

Run as ``python -m tests.faults``; ``--fault WORDS`` and ``--layer WORDS`` choose by name, and with ``--first`` a fault
is done with as soon as one layer has caught it, and the tests of its subject are tried before any layer. With ``--tenth
NUMBER`` only a tenth of the faults is tried, another one for each last digit, and it is left to the tests themselves to
show that they pass without a fault. As many are tried at once as there are cores. The status is not 0 where a fault is
caught by no layer. The tree itself is left alone.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeAlias

from tests.faults.layers import LAYERS, LIKELY, ROOT, check_import
from tests.faults.seeded import FAULTS, SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence
    from concurrent.futures import Executor

    from tests.faults.fault import Fault
    from tests.faults.layers import Finding, Layer

Findings: TypeAlias = "dict[str, Finding | None]"

OWN = "its own subject"
SOURCE = ROOT / "src" / "pychanasync"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="See which layer catches which fault.")
    parser.add_argument("--fault", default="", metavar="WORDS", help="only faults with these words in their names")
    parser.add_argument("--layer", default="", metavar="WORDS", help="only layers with these words in their names")
    parser.add_argument("--first", action="store_true", help="only up to the first layer that catches a fault")
    parser.add_argument("--tenth", type=int, metavar="NUMBER", help="only a tenth of the faults, by the last digit")
    asked = parser.parse_args(arguments)
    faults = [fault for fault in FAULTS if asked.fault in fault.name]
    if asked.tenth is not None:
        faults = faults[asked.tenth % 10 :: 10]
    layers = {name: layer for name, layer in LAYERS.items() if asked.layer in name}
    if not faults or not layers:
        parser.error("there is no such fault, or no such layer")
    layers = present(layers)
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # Each waits for one process at a time.
        if asked.tenth is None:
            prove(pool, layers)
        table: dict[str, Findings] = {}
        for fault, found in zip(faults, pool.map(partial(findings, layers, first=asked.first), faults), strict=True):
            table[fault.name] = found
            tell(fault.name, found)
    show(table, [OWN, *layers] if asked.first else [*layers])
    return int(any(not any(found.values()) for found in table.values()))


def present(layers: Mapping[str, Layer]) -> dict[str, Layer]:
    """Leave out the layers of which files are missing, and say so."""
    for name, layer in layers.items():
        if layer.missing:
            print(f"{name}: skipped, there is no {', '.join(layer.missing)}")
    return {name: layer for name, layer in layers.items() if not layer.missing}


def prove(pool: Executor, layers: Mapping[str, Layer]) -> None:
    """See that each layer passes on a copy without a fault, else what it finds says nothing.

    Raises:
        RuntimeError: One does not.
    """
    for found in pool.map(partial(findings, fault=None), [{name: layer} for name, layer in layers.items()]):
        tell("no fault", found)
        for name, finding in found.items():
            if finding:
                raise RuntimeError(f"{name} finds something where there is no fault: {finding}")


def findings(layers: Mapping[str, Layer], fault: Fault | None, *, first: bool = False) -> Findings:
    """Run each layer, or up to the first that finds something, on a copy with a fault, or without.

    Where one is enough, the tests of the fault's subject come first.
    """
    if fault and first:
        for subject, faults in SUBJECTS.items():
            if fault in faults:
                layers = {OWN: LIKELY[subject], **layers}
    found: Findings = {}
    with copied(fault) as package:
        for name, layer in layers.items():
            found[name] = layer.find(package)
            if first and found[name]:
                break
    return found


def tell(title: str, found: Findings) -> None:
    """Print what each layer found."""
    print(f"\n{title}", *(f"    {name:20}{finding or '-'}" for name, finding in found.items()), sep="\n", flush=True)


@contextmanager
def copied(fault: Fault | None) -> Generator[Path]:
    """Copy the package into a folder of its own, with a fault or without."""
    with TemporaryDirectory() as folder:
        package = Path(folder).resolve()
        copy = package / SOURCE.name
        shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        if fault:
            place = copy / fault.file
            place.write_text(fault.applied(place.read_text(encoding="utf-8")), encoding="utf-8")
        check_import(package)
        yield package


def show(table: Mapping[str, Findings], layers: Sequence[str]) -> None:
    """Print which layers caught what, how much each of them, and what only one or none."""
    print(f"\n| fault | {' | '.join(layers)} |\n|---|{'---|' * len(layers)}")
    for fault, found in table.items():
        print(f"| {fault} | {' | '.join(mark(found[layer]) if layer in found else 'not run' for layer in layers)} |")
    caught = {fault: [layer for layer in layers if found.get(layer)] for fault, found in table.items()}
    print(
        f"| {len(table)} faults | {' | '.join(str(sum(layer in by for by in caught.values())) for layer in layers)} |"
    )
    for layer in layers:
        show_list(f"Only {layer} caught", [fault for fault, by in caught.items() if by == [layer]])
    show_list("No layer caught", [fault for fault, by in caught.items() if not by])


def show_list(title: str, faults: Sequence[str]) -> None:
    """Print faults one below the other, and how many they are."""
    print(f"\n{title} {len(faults)}:", *faults, sep="\n    ")


def mark(finding: Finding | None) -> str:
    """Say in a word whether something was found, and how."""
    if not finding:
        return "-"
    return "by time" if finding.by_time else "by a test"


if __name__ == "__main__":
    sys.exit(main())
