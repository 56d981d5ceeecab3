"""Draws the pictures of the documents: ``python docs/pictures/draw.py`` writes them beside this file.

They are SVG on a panel of their own, and so look the same on a light and on a dark page. Each says in its title and
description what it shows. A test compares what this draws with what lies there.

One language for all: blue is a task, amber a channel, a disc an item, red a cancellation or a close. Time runs to the
right or downwards; a line is broken while its task waits.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import indent
from typing import NamedTuple

HERE = Path(__file__).parent
HEAD = """\
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
        return f'  <rect class="{self.kind}" {corner} width="{self.width}" height="{self.height}" rx="8"/>\n' + text(
            self.x, self.y + 5, self.code, "code"
        )


def text(x: int, y: int, words: str, kind: str = "note") -> str:
    """Draw words."""
    return f'  <text class="{kind}" x="{x}" y="{y}">{words}</text>\n'


def line(kind: str, *points: tuple[int, int]) -> str:
    """Draw a line through points."""
    return f'  <path class="{kind}" d="M {" L ".join(f"{x} {y}" for x, y in points)}"/>\n'


def arrow(tail: Box, head: Box) -> str:
    """Draw an arrow between boxes that are beside, or above, each other."""
    across, down = (head.x > tail.x) - (head.x < tail.x), (head.y > tail.y) - (head.y < tail.y)
    begin = tail.x + across * tail.width // 2, tail.y + down * tail.height // 2
    end = head.x - across * (head.width // 2 + 2), head.y - down * (head.height // 2 + 2)
    return line("arrow", begin, end)


def item(x: int, y: int, name: str, *, taken: bool = True) -> str:
    """Draw an item; with a broken rim if the channel has not taken it yet."""
    kind, words = ("item", "on") if taken else ("held", "name")
    return f'  <circle class="{kind}" cx="{x}" cy="{y}" r="14"/>\n' + text(x, y + 5, name, words)


def cross(x: int, y: int) -> str:
    """Draw what ends something."""
    return line("end", (x - 8, y - 8), (x + 8, y + 8)) + line("end", (x - 8, y + 8), (x + 8, y - 8))


def lane(y: int, name: str, *stretches: tuple[int, str]) -> str:
    """Draw the life of a task: up to which moment it does what."""
    drawn = text(36, y + 5, name, "code left")
    begin = 200
    for end, kind in stretches:
        drawn += line(f"line {kind}".strip(), (begin, y), (end, y))
        begin = end
    return drawn


class Row(NamedTuple):
    """A moment of a channel with a buffer: what is done, what stands where, and what to say of it."""

    code: str
    waiting: str
    held: str
    """The newest first, a blank for a free place."""
    taken: str
    words: str
    closed: bool = False

    def drawn(self, y: int) -> str:
        """Draw the moment: items come from the left, and leave to the right."""
        drawn = text(36, y + 5, self.code, "code left")
        if self.waiting:
            drawn += item(225, y, self.waiting, taken=False)
        for place, name in enumerate(self.held):
            x = 280 + 46 * place
            drawn += f'  <rect class="box whole" x="{x - 23}" y="{y - 21}" width="46" height="42"/>\n'
            drawn += item(x, y, name) if name != " " else ""
        end = 257 + 46 * len(self.held)
        if self.closed:
            drawn += cross(225, y) if self.waiting else ""
            drawn += line("end", (257, y - 24), (257, y + 24))
        if self.taken:
            drawn += line("arrow", (end + 4, y), (end + 34, y)) + item(end + 52, y, self.taken)
        return drawn + text(end + 84, y + 5, self.words, "note left")


def rows(*moments: Row) -> Iterator[str]:
    """Draw moments one below the other."""
    for number, moment in enumerate(moments):
        yield moment.drawn(50 + 64 * number)


def variance() -> Iterator[str]:
    """Draw which channel may stand where which is asked for."""
    places = {"object": 90, "int": 190, "bool": 290}
    sending, whole, receiving = (
        {name: Box(x, y, f"{half}[{name}]", kind) for name, y in places.items()}
        for x, half, kind in ((130, "SendChannel", "box"), (380, "Channel", "box whole"), (630, "RecvChannel", "box"))
    )
    for box in (*sending.values(), *whole.values(), *receiving.values()):
        yield box.drawn()
    for name in places:
        yield arrow(whole[name], sending[name])
        yield arrow(whole[name], receiving[name])
    for wide, narrow in (("object", "int"), ("int", "bool")):
        yield arrow(sending[wide], sending[narrow])
        yield arrow(receiving[narrow], receiving[wide])
    yield text(130, 40, "takes every narrower item")
    yield text(380, 40, "takes and gives: exactly its own")
    yield text(630, 40, "gives what is every wider item too")
    yield text(380, 350, "An arrow leads from what you have to where it may stand.")


def rendezvous() -> Iterator[str]:
    """Draw both ways in which a push and a pull meet."""
    waits, runs = (470, "waits"), (720, "")
    for top, first, pushes, pulls in (
        (64, "The push comes first", ((270, ""), waits, runs), (runs,)),
        (234, "The pull comes first", (runs,), ((270, ""), waits, runs)),
    ):
        yield text(36, top - 26, first, "name left")
        yield lane(top + 8, 'push("a")', *pushes) + lane(top + 88, "pull()", *pulls)
        yield line("arrow", (470, top + 12), (470, top + 84)) + item(470, top + 46, "a")
        late, waiting = (top + 88, top + 8) if len(pushes) > 1 else (top + 8, top + 88)
        yield line("line", (270, waiting - 8), (270, waiting + 8)) + line("line", (470, late - 8), (470, late + 8))
        yield text(370, waiting - 10, "waits")
        yield text(600, waiting - 10, "resumes")
        yield text(600, late - 10, "goes on at once")


def select() -> Iterator[str]:
    """Draw the three passes of a select among three cases."""
    cases = {"a.pull_case()": 130, "b.push_case(7)": 200, "stop.pull_case()": 270}
    passes: tuple[tuple[int, str, str, tuple[str, ...]], ...] = (
        (140, "1  Look", "No case is ready.", ()),
        (390, "2  Join", "One waiter, in every line.", (*cases,)),
        (640, "3  Leave", "b is pulled: that case alone.", ("b.push_case(7)",)),
    )
    for x, name, words, joined in passes:
        yield text(x, 44, name, "name") + text(x, 68, words)
        served = len(joined) == 1
        for code, y in cases.items():
            yield Box(x, y, code, "box whole waits" if served and code not in joined else "box whole", 164).drawn()
            if code in joined:
                yield line("line" if served else "line waits", (x - 116, 200), (x - 98, 200), (x - 98, y), (x - 82, y))
        if joined:
            yield f'  <circle class="{"item" if served else "held"}" cx="{x - 116}" cy="200" r="11"/>\n'


def commit() -> Iterator[str]:
    """Draw what a cancellation does that comes between the commit and the step of the task."""
    yield text(36, 38, "A pull is undone", "name left")
    yield lane(76, "push(1)", (724, "")) + lane(146, "pull()", (240, ""), (430, "waits"))
    yield lane(216, "next pull()", (270, ""), (540, "waits"), (724, ""))
    yield line("arrow", (320, 80), (320, 142)) + text(
        332, 116, "1 is set aside in the channel for the pull", "note left"
    )
    yield cross(385, 146) + text(385, 174, "cancelled")
    yield line("end", (430, 136), (430, 156)) + text(444, 151, "raises, and never had the item", "note left")
    yield line("arrow", (430, 158), (490, 212)) + text(484, 190, "the item goes to the next", "note left")
    yield item(540, 216, "1") + text(540, 248, "takes the item")
    yield text(36, 276, "A push is done", "name left")
    yield lane(320, "push(2)", (240, ""), (430, "waits"), (620, "")) + lane(390, "pull()", (724, ""))
    yield line("arrow", (320, 324), (320, 386)) + item(320, 355, "2")
    yield text(344, 360, "the item is taken", "note left")
    yield cross(385, 320) + text(385, 302, "cancelled")
    yield line("line", (430, 312), (430, 328)) + text(444, 308, "returns", "note left")
    yield cross(620, 320) + text(620, 302, "raised at its next wait")


def picture(width: int, height: int, title: str, description: str, parts: Iterator[str]) -> str:
    """Put a picture together."""
    style = indent((HERE / "style.css").read_text(encoding="utf-8"), "    ")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        'aria-labelledby="title description">\n'
        f'  <title id="title">{title}</title>\n  <desc id="description">{description}</desc>\n'
        f"  <style>\n{style}  </style>\n{HEAD}"
        f'  <rect class="panel" x="1" y="1" width="{width - 2}" height="{height - 2}" rx="12"/>\n'
        f"{''.join(parts)}</svg>\n"
    )


PICTURES: dict[str, Callable[[], str]] = {
    "variance.svg": lambda: picture(
        760,
        370,
        "Which channel may stand where which is asked for",
        "A channel may stand for either of its halves. A sending half may stand for that of a narrower item, a "
        "receiving half for that of a wider one. A whole channel stands for no channel of another item.",
        variance(),
    ),
    "rendezvous.svg": lambda: picture(
        760,
        350,
        "A rendezvous on an unbuffered channel",
        "Whichever of a push and a pull comes first waits for the other. When they meet, the item goes over, the one "
        "that came last goes on at once, and the one that waited resumes.",
        rendezvous(),
    ),
    "buffer.svg": lambda: picture(
        760,
        292,
        "A buffer of three, filling",
        "Pushes go on at once while the buffer has room. At the full buffer a push waits. A pull takes the oldest "
        "item; the waiting push moves in and returns.",
        rows(
            Row("push(1)", "", "  1", "", "There is room: it returns at once."),
            Row("push(2), push(3)", "", "321", "", "The buffer is full."),
            Row("push(4)", "4", "321", "", "The push waits."),
            Row("pull()", "", "432", "1", "The oldest leaves, 4 moves in."),
        ),
    ),
    "closing.svg": lambda: picture(
        760,
        356,
        "Closing a channel, and draining it",
        "At the close a waiting push gets ChannelClosed, and its item is not delivered. What the buffer holds can "
        "still be pulled, in order. Then pulls get ChannelClosed, and iterations end.",
        rows(
            Row("push(3)", "3", "21", "", "The buffer is full: the push waits."),
            Row("close()", "3", "21", "", "The push gets ChannelClosed; 3 is not given.", closed=True),
            Row("pull()", "", " 2", "1", "What was buffered can be pulled.", closed=True),
            Row("pull()", "", "  ", "2", "In order, to the last.", closed=True),
            Row("pull()", "", "  ", "", "ChannelClosed, and async for ends.", closed=True),
        ),
    ),
    "select.svg": lambda: picture(
        760,
        320,
        "A select among three cases",
        "A select first looks whether a case is ready. If none is, it joins the line of every case with one "
        "waiter. The first counterpart that comes completes its case alone, and the select leaves the other lines.",
        select(),
    ),
    "commit.svg": lambda: picture(
        760,
        420,
        "A cancellation that comes at the last moment",
        "An item is set aside for a waiting pull. Cancelled before it resumes, the pull raises, and the next pull "
        "takes the item. A waiting push whose item was taken and that is cancelled before it resumes returns; the "
        "cancellation is raised at the next wait of its task.",
        commit(),
    ),
}


if __name__ == "__main__":
    for name, draw in PICTURES.items():
        (HERE / name).write_text(draw(), encoding="utf-8")
