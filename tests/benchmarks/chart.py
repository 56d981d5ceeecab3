"""Draws the chart of the figures that users look for: ``python -m tests.benchmarks.chart`` writes it beside them.

It is SVG, in colours for a light and for a dark page, and says in its title and description what it shows.
"""

# Of what type their keywords are, matplotlib's methods do not say.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from tests.benchmarks import names, results
from tests.benchmarks.overview import COLUMNS
from tests.benchmarks.performance import MAIN
from tests.benchmarks.results import Spread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

    from tests.benchmarks.results import Results
    from tests.benchmarks.turns import Times

SHOWN = ("buffer 100", "unbuffered", "many to many", "select_rx of 2")
NAMED = ("pychanasync", "asyncio.Queue")  # In the description, which cannot name all.
ACROSS = 2
LABELS = {names.QUEUE_AND_WAIT: "asyncio.wait on tasks"}  # What is too long.
INK, OURS, FLOORS, PEERS = "#010101", "#020202", "#030303", "#040404"  # Stand for the colours of the style.
CLASSES = {INK: "ink", OURS: "ours", FLOORS: "floor", PEERS: "peer"}
STYLE = """
  <style>
    svg { --ink: #1d2733; --ours: #b3261e; --floor: #2e7d32; --peer: #3b6ea8 }
    @media (prefers-color-scheme: dark) {
      svg { --ink: #e6edf5; --ours: #ff8a75; --floor: #86d48a; --peer: #7fb0ea }
    }
  </style>
"""


def colour(name: str) -> str:
    if name.startswith("floor"):
        return FLOORS
    return OURS if name.startswith("pychanasync") or name.endswith("of pychanasync") else PEERS


def draw(axes: Axes, title: str, operation: str, times: Times) -> None:
    """Draw the median of each contender as a point, and the quartiles as a line through it; the fastest on top."""
    spreads = {name: Spread.of(figures) for name, figures in times.items()}
    ordered = sorted(spreads, key=lambda name: spreads[name].middle, reverse=True)
    for place, name in enumerate(ordered):
        low, middle, high = spreads[name]
        axes.hlines(place, low, high, color=colour(name), linewidth=2)
        axes.plot(middle, place, "o", color=colour(name), markersize=5)
        axes.annotate(f"{middle:,.0f}", (high, place), (5, 0), textcoords="offset points", va="center", fontsize=8)
    axes.set_yticks(range(len(ordered)), [LABELS.get(name, name) for name in ordered], fontsize=8.5)
    axes.set_xscale("log")
    axes.set_title(f"{title}: ns for {operation}", fontsize=9.5, loc="left")
    axes.margins(x=0.2, y=0.08)
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.minorticks_off()
    axes.tick_params(axis="x", labelsize=8)
    axes.grid(axis="x", alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)


def plain(found: Results) -> str:
    """Draw with the colours that stand for others."""
    rows = -(-len(SHOWN) // ACROSS)
    with mpl.rc_context(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": "pychanasync",  # The same figures give the same file.
            "text.color": INK,
            "axes.edgecolor": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "grid.color": INK,
        }
    ):
        figure = Figure(figsize=(8.6, 2.7 * rows), layout="constrained")
        for place, title in enumerate(SHOWN):
            axes, operation = figure.add_subplot(rows, ACROSS, place + 1), found["scenarios"][title]["operation"]
            draw(axes, COLUMNS[title], operation, found["times"]["stock"][title])
        text = StringIO()
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return text.getvalue()


def described(found: Results) -> tuple[str, str]:
    """Say in words what the chart shows."""
    sentences = ["A point is a median, the line through it the middle half of the rounds; the scales are logarithmic."]
    for scenario in SHOWN:
        times = found["times"]["stock"][scenario]
        medians = [f"{name} {Spread.of(times[name]).middle:,.0f}" for name in NAMED if name in times]
        operation = found["scenarios"][scenario]["operation"]
        sentences.append(f"{COLUMNS[scenario]}, in nanoseconds for {operation}: {', '.join(medians)}.")
    return f"What operations take on CPython {found['python']} and asyncio's own loop", " ".join(sentences)


def chart(every: Mapping[str, Results]) -> str:
    """Draw, and put in the colours, the title and the description."""
    found = every[MAIN]
    text = plain(found)
    for mark, name in CLASSES.items():
        text = text.replace(mark, f"var(--{name})")
    title, description = described(found)
    before, opening, rest = text.partition("<svg ")
    attributes, _, rest = rest.partition(">")
    label = f'\n  <title id="title">{title}</title>\n  <desc id="description">{description}</desc>{STYLE}'
    return f'{before}{opening}role="img" aria-labelledby="title description" {attributes}>{label}{rest.lstrip()}'


if __name__ == "__main__":
    (results.FOLDER / "times.svg").write_text(chart(results.read()), encoding="utf-8")
