"""The guide to another machine: its blocks run, one after the other, and print what they say."""

from __future__ import annotations

import ast
import asyncio
import inspect
from typing import TYPE_CHECKING

import pytest

from tests.support.documents import WITH_SERVER, in_place, programs, said

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.nats_server import NatsServer


@pytest.mark.parametrize("path", WITH_SERVER, ids=[path.stem for path in WITH_SERVER])
def test_every_python_block_prints_what_it_says(
    path: Path, server: NatsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    namespace: dict[str, object] = {}
    with asyncio.Runner() as runner:
        for program in programs(path):
            text = in_place([program]).replace("nats://127.0.0.1:4222", server.url)
            code = compile(text, str(path), "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
            outcome = eval(code, namespace)  # noqa: S307  # Our own documents.
            if inspect.iscoroutine(outcome):
                runner.run(outcome)
            assert capsys.readouterr().out.splitlines() == said(program)
