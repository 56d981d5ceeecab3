"""The README and the site: every Python block runs in turn, and prints what its comments say it prints."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
import runpy
from typing import TYPE_CHECKING

import pytest

from tests import virtual_time
from tests.documents import DOCUMENTS, ROOT, in_place, programs

if TYPE_CHECKING:
    from pathlib import Path

documents = pytest.mark.parametrize("path", DOCUMENTS.values(), ids=[*DOCUMENTS])
ABOUT_PROGRAMS = ("readme", "index", "tutorial", "guides_", "coming_from_")
OTHER_LANGUAGES = {"console", "go", "sh", "text", "toml"}
DIRECTIVES = {"{eval-rst}", "{figure}", "{literalinclude}", "{toctree}"}


def fences(path: Path) -> list[str]:
    """Say in what each fenced block of a document is written."""
    found = re.findall(
        r"^ *(`{3,}|~{3,})(.*?)\n.*?^ *\1 *$", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    return [language.split(" ")[0] for _, language in found]


@documents
def test_every_python_block_prints_what_it_says(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asyncio, "run", virtual_time.run)
    namespace: dict[str, object] = {}
    # As `python -m asyncio` does: with ``await`` at the top, each after those before; but time passes at once.
    with asyncio.Runner(loop_factory=virtual_time.VirtualTimeLoop) as runner:
        for program in programs(path):
            code = compile(in_place([program]), str(path), "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            outcome = eval(code, namespace)  # noqa: S307  # Our own documents.
            if inspect.iscoroutine(outcome):
                runner.run(outcome)
            assert capsys.readouterr().out.splitlines() == re.findall(r"# prints (.*)", program.text)


@documents
def test_no_python_block_goes_unseen(path: Path) -> None:
    found = fences(path)
    assert found.count("python") == len(programs(path)) == path.read_text(encoding="utf-8").count("```python\n")
    assert {*found} <= {"python"} | OTHER_LANGUAGES | DIRECTIVES


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name.startswith(ABOUT_PROGRAMS)])
def test_pages_about_programs_show_some_and_what_they_print(name: str) -> None:
    assert any("# prints " in program.text for program in programs(DOCUMENTS[name]))


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
