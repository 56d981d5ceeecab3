"""The README and the guides: every Python block runs in turn, and prints what its comments say it prints."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
import runpy
from typing import TYPE_CHECKING

import pytest

from tests.documents import DOCUMENTS, ROOT, blocks, in_place

if TYPE_CHECKING:
    from pathlib import Path

documents = pytest.mark.parametrize("path", DOCUMENTS.values(), ids=[*DOCUMENTS])


@documents
def test_every_python_block_prints_what_it_says(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    programs = [block for block in blocks(path) if block.language == "python"]
    assert len(programs) == path.read_text(encoding="utf-8").count("```python\n") > 5
    namespace: dict[str, object] = {}
    with asyncio.Runner() as runner:  # As `python -m asyncio` does: with ``await`` at the top, each after those before.
        for program in programs:
            code = compile(in_place([program]), str(path), "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            outcome = eval(code, namespace)  # noqa: S307  # Our own documents.
            if inspect.iscoroutine(outcome):
                runner.run(outcome)
            assert capsys.readouterr().out.splitlines() == re.findall(r"# prints (.*)", program.text)


def test_the_first_block_of_the_readme_is_the_two_commands() -> None:
    text = DOCUMENTS["readme"].read_text(encoding="utf-8")
    language, commands = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)[0]
    assert language == "sh"
    run, test = commands.splitlines()
    assert "docs/examples/digest_tree.py" in run
    assert test.endswith("nox")


def test_the_pictures_are_as_their_program_draws_them() -> None:
    pictures = ROOT / "docs" / "pictures"
    drawn = runpy.run_path(str(pictures / "draw.py"))["PICTURES"]
    assert {path.name for path in pictures.glob("*.svg")} == drawn.keys()
    for name, draw in drawn.items():
        assert (pictures / name).read_text(encoding="utf-8") == draw(), "run: python docs/pictures/draw.py"
