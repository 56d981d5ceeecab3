"""Draws the pictures of the documents: ``python docs/pictures/draw.py`` writes them beside this file.

They are SVG, in colours for a light and for a dark page, and say in their title and description what they show. A test
compares what this draws with what lies there.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
STYLE = """\
  <style>
    .box { fill: #eef3fb; stroke: #3b6ea8; stroke-width: 1.5 }
    .whole { fill: #fdf3e1; stroke: #b07a1e }
    .arrow { stroke: #3b6ea8; stroke-width: 1.8; fill: none; marker-end: url(#head) }
    .head { fill: #3b6ea8 }
    text { font: 15px ui-sans-serif, system-ui, sans-serif; fill: #1d2733; text-anchor: middle }
    .code { font-family: ui-monospace, SFMono-Regular, Menlo, monospace }
    .note { font-size: 13px; fill: #55606e }
    @media (prefers-color-scheme: dark) {
      .box { fill: #1c2a3c; stroke: #7fb0ea }
      .whole { fill: #3a2d14; stroke: #e0b565 }
      .arrow { stroke: #7fb0ea }
      .head { fill: #7fb0ea }
      text { fill: #e6edf5 }
      .note { fill: #a7b3c2 }
    }
  </style>
  <defs>
    <marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">
      <path class="head" d="M 0 0 L 10 5 L 0 10 z"/>
    </marker>
  </defs>
"""


class Box(NamedTuple):
    """A box with code in it; its place is its middle."""

    x: int
    y: int
    code: str
    kind: str = "box"
    width: int = 190
    height: int = 44

    def drawn(self) -> str:
        """Draw the box."""
        corner = f'x="{self.x - self.width // 2}" y="{self.y - self.height // 2}"'
        return (
            f'  <rect class="{self.kind}" {corner} width="{self.width}" height="{self.height}" rx="8"/>\n'
            f'  <text class="code" x="{self.x}" y="{self.y + 5}">{self.code}</text>\n'
        )


def arrow(tail: Box, head: Box) -> str:
    """Draw an arrow between boxes that are beside, or above, each other."""
    across, down = (head.x > tail.x) - (head.x < tail.x), (head.y > tail.y) - (head.y < tail.y)
    begin = tail.x + across * tail.width // 2, tail.y + down * tail.height // 2
    end = head.x - across * (head.width // 2 + 2), head.y - down * (head.height // 2 + 2)
    return f'  <path class="arrow" d="M {begin[0]} {begin[1]} L {end[0]} {end[1]}"/>\n'


def note(x: int, y: int, text: str) -> str:
    """Draw words without a box."""
    return f'  <text class="note" x="{x}" y="{y}">{text}</text>\n'


def picture(width: int, height: int, title: str, description: str, parts: Iterator[str]) -> str:
    """Put a picture together."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        'aria-labelledby="title description">\n'
        f'  <title id="title">{title}</title>\n  <desc id="description">{description}</desc>\n'
        f"{STYLE}{''.join(parts)}</svg>\n"
    )


def variance() -> Iterator[str]:
    """Draw which channel may stand where which is asked for."""
    rows = {"object": 90, "int": 190, "bool": 290}
    sending, whole, receiving = (
        {item: Box(x, y, f"{name}[{item}]", kind) for item, y in rows.items()}
        for x, name, kind in ((130, "SendChannel", "box"), (380, "Channel", "box whole"), (630, "RecvChannel", "box"))
    )
    for box in (*sending.values(), *whole.values(), *receiving.values()):
        yield box.drawn()
    for item in rows:
        yield arrow(whole[item], sending[item])
        yield arrow(whole[item], receiving[item])
    for wide, narrow in (("object", "int"), ("int", "bool")):
        yield arrow(sending[wide], sending[narrow])
        yield arrow(receiving[narrow], receiving[wide])
    yield note(130, 40, "takes every narrower item")
    yield note(380, 40, "takes and gives: exactly its own")
    yield note(630, 40, "gives what is every wider item too")
    yield note(380, 350, "An arrow leads from what you have to where it may stand.")


PICTURES: dict[str, Callable[[], str]] = {
    "variance.svg": lambda: picture(
        760,
        370,
        "Which channel may stand where which is asked for",
        "A channel may stand for either of its halves. A sending half may stand for that of a narrower item, a "
        "receiving half for that of a wider one. A whole channel stands for no channel of another item.",
        variance(),
    ),
}


if __name__ == "__main__":
    for name, draw in PICTURES.items():
        (HERE / name).write_text(draw(), encoding="utf-8")
