"""The documents, that is the README and the pages of the site, as the blocks of code that stand in them."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, NamedTuple

from sybil import Sybil
from sybil.parsers.markdown import CodeBlockParser

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sybil import Example

ROOT = Path(__file__).parents[2]
SITE = ROOT / "docs"
PAGES = {re.sub(r"\W", "_", str(path.relative_to(SITE).with_suffix(""))): path for path in sorted(SITE.rglob("*.md"))}
DOCUMENTS = {"readme": ROOT / "README.md", **PAGES}
"""By a name that may be that of a module: ``guides_typing``."""
WITH_SERVER = {DOCUMENTS["guides_another_machine"]}
"""What needs a NATS server: its programs are run by `tests/server`."""
OF_WHOLE_PROGRAMS = {DOCUMENTS["recipes"]}
"""Each block there is a program of its own; elsewhere a block builds on those before."""
MODULES = sorted((ROOT / "src").rglob("*.py"))
EXAMPLE = re.compile(r"^Example::\n((?:\n| .*)+)", re.MULTILINE)


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


def wholes(path: Path) -> list[list[Block]]:
    """Find the blocks of Python in a document, those together that build on each other."""
    found = programs(path)
    return [[block] for block in found] if path in OF_WHOLE_PROGRAMS else [found]


def said(block: Block) -> list[str]:
    """Find what a block says that it prints."""
    return re.findall(r"# prints (.*)", block.text)


def in_place(chosen: Iterable[Block]) -> str:
    """Put blocks together, with empty lines for what stood between them: so each line keeps its number."""
    text = ""
    for block in chosen:
        text += "\n" * (block.line - text.count("\n")) + block.text
    return text


def docstring_examples(path: Path) -> Iterator[Block]:
    """Find what stands indented below ``Example::`` in the docstrings of a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for example in EXAMPLE.findall(ast.get_docstring(node) or ""):
            yield Block("python", node.body[0].lineno, dedent(example))


def _leave(example: Example) -> None:
    """Sybil only finds the blocks; what is done with them is the affair of the tests."""
