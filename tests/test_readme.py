"""The README: every Python block runs in turn, and prints what its comments say it prints."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING

from sybil import Sybil
from sybil.parsers.markdown import CodeBlockParser

if TYPE_CHECKING:
    import pytest
    from sybil import Example

README = Path(__file__).parents[1] / "README.md"


def run_block(example: Example) -> None:
    """Run a block as `python -m asyncio` would: with ``await`` at the top, in the namespace of those before."""
    text = "\n" * example.line + example.parsed  # So that an error shows its line in the README.
    code = compile(text, str(README), "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    outcome = eval(code, example.namespace)  # noqa: S307  # Our own README.
    if inspect.iscoroutine(outcome):
        runner: asyncio.Runner = example.namespace["runner"]
        runner.run(outcome)


def test_every_python_block_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    document = Sybil(parsers=[CodeBlockParser("python", run_block)], patterns=["*.md"]).parse(README)
    assert len(list(document.examples())) == README.read_text(encoding="utf-8").count("```python\n") > 5
    with asyncio.Runner() as runner:
        document.namespace["runner"] = runner
        for example in document.examples():
            example.evaluate()
            said = re.findall(r"# prints (.*)", example.parsed)
            assert capsys.readouterr().out.splitlines() == said


def test_the_first_block_is_the_two_commands() -> None:
    fences = re.findall(r"^```(\w*)\n(.*?)^```$", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    language, commands = fences[0]
    assert language == "sh"
    run, test = commands.splitlines()
    assert "docs/examples/digest_tree.py" in run
    assert test.endswith("nox")
