"""The documents, that is the README and the pages of the site, as the blocks of code that stand in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sybil import Sybil
from sybil.parsers.markdown import CodeBlockParser

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sybil import Example

ROOT = Path(__file__).parents[1]
SITE = ROOT / "docs"
PAGES = {re.sub(r"\W", "_", str(path.relative_to(SITE).with_suffix(""))): path for path in sorted(SITE.rglob("*.md"))}
DOCUMENTS = {"readme": ROOT / "README.md", **PAGES}
"""By a name that may be that of a module: ``guides_typing``."""


class Block(NamedTuple):
    """A fenced block."""

    language: str
    line: int
    """Of the fence above it."""
    text: str


def blocks(path: Path) -> list[Block]:
    """Find the blocks of Python in a document, and those of what a program said."""
    parsers = [CodeBlockParser(language, _leave) for language in ("python", "text")]
    document = Sybil(parsers, patterns=["*.md"]).parse(path)
    return [Block(each.region.lexemes["arguments"], each.line, each.parsed) for each in document.examples()]


def programs(path: Path) -> list[Block]:
    """Find the blocks of Python in a document."""
    return [block for block in blocks(path) if block.language == "python"]


def in_place(chosen: Iterable[Block]) -> str:
    """Put blocks together, with empty lines for what stood between them: so each line keeps its number."""
    text = ""
    for block in chosen:
        text += "\n" * (block.line - text.count("\n")) + block.text
    return text


def _leave(example: Example) -> None:
    """Sybil only finds the blocks; what is done with them is the affair of the tests."""
