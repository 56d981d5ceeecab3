"""A server and a client for the tests; where what they need is not installed, they are left out, and that is said."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from nats.aio.client import Client

    from tests.support.nats_server import NatsServer

MISSING = [package for package in ("nats", "msgspec") if find_spec(package) is None]
if MISSING:
    collect_ignore_glob = ["test_*.py"]


def pytest_report_header() -> str | None:
    return f"not installed: {', '.join(MISSING)}; without them tests/server is left out" if MISSING else None


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """Start a server, for all tests that do not harm it."""
    from tests.support.nats_server import NatsServer  # noqa: PLC0415  # It needs what may be missing.

    server = NatsServer(tmp_path_factory.mktemp("nats"))
    yield server
    server.kill()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[NatsServer]:
    """Start a server for one test, to do with as it likes."""
    from tests.support.nats_server import NatsServer  # noqa: PLC0415  # The same.

    server = NatsServer(tmp_path)
    yield server
    server.resume()
    server.kill()


@pytest_asyncio.fixture
async def client(server: NatsServer) -> AsyncIterator[Client]:
    """Connect to the server."""
    from tests.support.nats_server import connected  # noqa: PLC0415  # The same.

    async with connected(server.url) as client:
        yield client


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """Make a name for a queue that nobody else has."""
    return "".join(each if each.isalnum() else "-" for each in str(request.node.name))
