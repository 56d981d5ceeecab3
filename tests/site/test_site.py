"""The built site: its search and its inventory lead to what people look for, and its pages show what they should."""

from __future__ import annotations

import json
import re
import zlib
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import pytest

from tests.site.conftest import SITE

if TYPE_CHECKING:
    from collections.abc import Iterator

BUILT = Path(SITE or "")
MEMBERS = {
    "capacity": "property",
    "close": "method",
    "closed": "property",
    "csize": "method",
    "empty": "method",
    "full": "method",
    "pull": "method",
    "pull_case": "method",
    "pull_many": "method",
    "pull_nowait": "method",
    "push": "method",
    "push_case": "method",
    "push_nowait": "method",
    "waiting": "property",
}


class Index(TypedDict):
    """What the search knows, as far as it is looked at here."""

    docnames: list[str]
    alltitles: dict[str, list[tuple[int, str | None]]]
    """By title, on which pages it is."""
    objects: dict[str, list[tuple[int, int, int, str, str]]]
    """By module or class, on which page each member is, and, last, its name."""


def index() -> Index:
    """Read what the search reads."""
    text = (BUILT / "searchindex.js").read_text(encoding="utf-8")
    read: Index = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))
    return read


def about(words: str) -> Iterator[str]:
    """Find the pages with a title, or with a documented name, that has these words."""
    known = index()
    for title, places in known["alltitles"].items():
        if words in title.casefold():
            yield from (known["docnames"][page] for page, _ in places)
    for members in known["objects"].values():
        yield from (known["docnames"][page] for page, *_, name in members if words in name.casefold())


def inventory() -> dict[str, str]:
    """Read of what kind each name is that other projects can link to."""
    _, _, _, _, packed = (BUILT / "objects.inv").read_bytes().split(b"\n", 4)
    entries = [line.split() for line in zlib.decompress(packed).decode().splitlines()]
    return {name: kind for name, kind, *_ in entries}


def shown(page: str) -> str:
    """Read a page without its tags, all space as one blank."""
    text = (BUILT / f"{page}.html").read_text(encoding="utf-8")
    return " ".join(unescape(re.sub(r"<[^>]*>", "", text)).split())


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("backpressure", "guides/backpressure"),
        ("broadcast", "guides/broadcast"),
        ("graceful", "recipes"),
        ("graceful", "guides/shutting-down"),
        ("shutdown", "recipes"),
        ("shutdown", "guides/shutting-down"),
        ("shutting down", "guides/shutting-down"),
        ("deadlock", "reference/debugging"),
        ("hang", "guides/hanging"),
        ("timeout", "guides/cancellation"),
        ("batch", "recipes"),
        ("retry", "recipes"),
        ("rate limit", "recipes"),
        ("semaphore", "recipes"),
        ("thread", "guides/threads"),
        ("install", "install"),
    ],
)
def test_the_search_finds_a_page_about_it(words: str, page: str) -> None:
    assert page in {*about(words)}


def test_the_inventory_has_what_a_channel_can_do() -> None:
    found = inventory()
    assert {name: found.get(f"pychanasync.Channel.{name}") for name in MEMBERS} == {
        name: f"py:{kind}" for name, kind in MEMBERS.items()
    }


@pytest.mark.parametrize("name", MEMBERS)
def test_the_page_of_channels_lists_each_member_and_describes_it(name: str) -> None:
    text = (BUILT / "reference" / "channel.html").read_text(encoding="utf-8")
    assert f'<dt class="sig sig-object py" id="pychanasync.Channel.{name}">' in text
    listed = "".join(re.findall(r'<table class="autosummary.*?</table>', text, re.DOTALL))
    assert f'href="#pychanasync.Channel.{name}"' in listed


@pytest.mark.parametrize(
    "result",
    [
        pytest.param("Selected[Literal[0], V0] | Selected[Literal[1], V1]", id="chanselect"),
        pytest.param("Selected[Literal[0], V0] | Selected[Literal[1], V1] | None", id="chanselect_nowait"),
    ],
)
def test_a_select_is_shown_for_two_cases(result: str) -> None:
    arguments = "case0: SelectCase[V0] | None, case1: SelectCase[V1] | None, /, *, ordered: bool = False, )"
    assert f"{arguments} → {result}¶" in shown("reference/select")


def test_a_page_shows_the_version_and_offers_to_copy_its_blocks() -> None:
    text = (BUILT / "index.html").read_text(encoding="utf-8")
    assert re.search(r'<span class="sidebar-brand-text">pychanasync \d+\.\d+\.\d+', text)
    assert "copybutton.js" in text
