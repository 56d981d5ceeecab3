"""The README, the site and the docstrings: every Python block runs, and prints what its comments say it prints."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
import runpy
import sys
from code import InteractiveConsole
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import pytest

import pychanasync
from tests.support import virtual_time
from tests.support.alone import be_alone
from tests.support.documents import (
    DOCUMENTS,
    MODULES,
    ROOT,
    WITH_SERVER,
    docstring_examples,
    in_place,
    programs,
    said,
    wholes,
)
from tests.support.systems import needs_posix_signals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from types import CodeType

    from _pytest.mark import ParameterSet

    from tests.support.documents import Block

    Run: TypeAlias = Callable[[Block, Path, dict[str, object]], None]

documents = pytest.mark.parametrize("path", DOCUMENTS.values(), ids=[*DOCUMENTS])
ABOUT_PROGRAMS = ("readme", "index", "tutorial", "recipes", "guides_", "coming_from_")
ABOUT_THE_END = DOCUMENTS["guides_shutting_down"]  # It shows what `asyncio.run` does with tasks that are left behind.
OTHER_LANGUAGES = {"console", "go", "sh", "text", "toml"}
DIRECTIVES = {"{eval-rst}", "{figure}", "{literalinclude}", "{toctree}", "{warning}"}


def runnable(paths: Sequence[Path]) -> list[ParameterSet]:
    """Let what runs the programs of documents say where it needs what a system may lack."""
    handling = {path for path in paths if any("add_signal_handler" in program.text for program in programs(path))}
    return [pytest.param(path, marks=needs_posix_signals if path in handling else ()) for path in paths]


def fences(path: Path) -> list[str]:
    """Say in what each fenced block of a document is written."""
    found = re.findall(
        r"^ *(`{3,}|~{3,})(.*?)\n.*?^ *\1 *$", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    return [language.split(" ")[0] for _, language in found]


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> Iterator[asyncio.Runner]:
    """Run in no time, and as if this were the only thread, which the guide to programs that hang is about."""
    be_alone(monkeypatch)
    with asyncio.Runner(loop_factory=virtual_time.VirtualTimeLoop) as runner:
        yield runner


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, runner: asyncio.Runner) -> Run:
    """Run blocks with ``await`` at the top, each after those before."""

    def run(block: Block, path: Path, namespace: dict[str, object]) -> None:
        monkeypatch.setattr(asyncio, "run", partial(virtual_time.run, forgets=path == ABOUT_THE_END))
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code = compile(in_place([block]), str(path), "exec", flags, dont_inherit=True)
        outcome = eval(code, namespace)  # noqa: S307  # Our own documents.
        if inspect.iscoroutine(outcome):
            runner.run(outcome)
        assert capsys.readouterr().out.splitlines() == said(block)

    return run


@pytest.fixture
def paste(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, runner: asyncio.Runner) -> Run:
    """Run blocks as `python -m asyncio` does, line by line: the loop goes on between two statements."""
    monkeypatch.setattr(sys, "displayhook", say_nothing)

    async def evaluate(statement: CodeType, namespace: dict[str, object]) -> None:
        outcome = eval(statement, namespace)  # noqa: S307  # Our own documents.
        if inspect.iscoroutine(outcome):
            await outcome
        for _ in range(10):
            await asyncio.sleep(0)

    def paste(block: Block, path: Path, namespace: dict[str, object]) -> None:
        for statement in statements(block, path):
            runner.run(evaluate(statement, namespace))
        assert capsys.readouterr().out.splitlines() == said(block)

    return paste


def say_nothing(_: object) -> None:
    """Show no value of a statement."""


def statements(block: Block, path: Path) -> Iterator[CodeType]:
    """Compile each statement where a shell takes it to be complete."""
    shell = InteractiveConsole()
    shell.compile.compiler.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    lines: list[str] = []
    for line in [*block.text.splitlines(), ""]:
        lines.append(line)
        code = shell.compile("\n".join(lines), f"{path}, in the block at line {block.line}")
        if code:
            lines.clear()
            yield code
    assert not lines


@pytest.mark.parametrize("path", runnable([path for path in DOCUMENTS.values() if path not in WITH_SERVER]))
def test_every_python_block_prints_what_it_says(path: Path, run: Run) -> None:
    for whole in wholes(path):
        namespace: dict[str, object] = {}
        for program in whole:
            run(program, path, namespace)


@pytest.mark.parametrize("path", MODULES, ids=[path.relative_to(ROOT).as_posix() for path in MODULES])
def test_every_example_of_a_docstring_prints_what_it_says(path: Path, run: Run) -> None:
    for example in docstring_examples(path):
        run(example, path, {"asyncio": asyncio, **vars(pychanasync)})


def test_no_example_of_a_docstring_goes_unseen() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in MODULES)
    examples = [example for path in MODULES for example in docstring_examples(path)]
    assert len(re.findall(r"^ *Examples?:", source, re.MULTILINE)) == len(examples) > 0
    assert all("# prints " in example.text for example in examples)


@pytest.mark.parametrize(
    "path", runnable([path for path in DOCUMENTS.values() if "python -m asyncio" in path.read_text(encoding="utf-8")])
)
def test_blocks_for_a_shell_can_be_pasted_into_one(path: Path, run: Run, paste: Run) -> None:
    namespace: dict[str, object] = {}
    for program in programs(path):
        in_a_shell = "asyncio.run(" not in program.text
        (paste if in_a_shell else run)(program, path, namespace)


@documents
def test_no_python_block_goes_unseen(path: Path) -> None:
    found = fences(path)
    assert found.count("python") == len(programs(path)) == path.read_text(encoding="utf-8").count("```python\n")
    assert {*found} <= {"python"} | OTHER_LANGUAGES | DIRECTIVES


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name.startswith(ABOUT_PROGRAMS)])
def test_pages_about_programs_show_some_and_what_they_print(name: str) -> None:
    assert any("# prints " in program.text for program in programs(DOCUMENTS[name]))


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_between_files_lead_somewhere(name: str) -> None:  # Those of the site are looked at when it is built.
    prose = re.sub(r"(?ms)^```.*?^```$|`[^`]+`", "", (ROOT / name).read_text(encoding="utf-8"))
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", prose)
    assert [target for target in targets if not (ROOT / target).exists()] == []


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
