"""The page of docs/examples/live_feed.py, in Chromium: it shows what the server sends."""

from __future__ import annotations

import re
import signal
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

from docs.examples import live_feed
from tests.browser.conftest import CHROMIUM
from tests.support.terminal import PATIENCE, Terminal

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Generator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, Page

COMMAND = [sys.executable, live_feed.__file__, "--every", "0.05"]


@pytest.fixture(scope="session")
def browser() -> Generator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        expect.set_options(timeout=1000 * PATIENCE)
        yield browser
        browser.close()


@pytest.fixture
def address(terminal: Terminal) -> Generator[str]:
    """Let the program run, and hand out where."""
    with started(terminal, port="0") as program:
        yield address_of(terminal)
        program.send_signal(signal.SIGINT)
        program.communicate(timeout=PATIENCE)


def started(terminal: Terminal, port: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
    return terminal.started(COMMAND, "--port", port)


def address_of(terminal: Terminal) -> str:
    terminal.wait_for(b"Press CTRL+C")
    address = re.search(rb"http://127.0.0.1:\d+", terminal.shown)
    assert address
    return address[0].decode()


def opened(browser: Browser, address: str, errors: list[object]) -> Page:
    """Open the page in a window that shares nothing with the others."""
    page = browser.new_page()
    page.on("pageerror", partial(errors.append))  # It sets attributes of what it is given.
    page.goto(address)
    return page


def test_every_window_shows_each_reading_as_it_comes(browser: Browser, address: str) -> None:
    errors: list[object] = []
    pages = [opened(browser, address, errors) for _ in range(3)]
    for page in pages:
        expect(page.locator("#reading")).to_have_text(re.compile(r"Reading \d+ · 3 viewers"))
        expect(page.locator("#celsius")).to_have_text(re.compile(r"\d+\.\d °C"))
        page.wait_for_function("document.querySelector('polyline').points.numberOfItems > 5")
        expect(page.get_by_role("status")).to_have_text("Connected")
        expect(page.locator("#missed")).to_be_empty()
    for page in pages[1:]:
        page.close()
    expect(pages[0].locator("#reading")).to_have_text(re.compile(r"Reading \d+ · 1 viewer$"))
    pages[0].close()
    assert errors == []


def test_a_window_counts_the_readings_that_it_missed(browser: Browser, address: str) -> None:
    page = opened(browser, address, [])
    page.wait_for_function("last > 0")
    reading = '{ lastEventId: String(last + 8), data: \'{"celsius": 20, "viewers": 1}\' }'
    page.evaluate(f"events.onmessage({reading})")
    expect(page.locator("#missed")).to_have_text("This page was too slow for 7 of them.")
    page.close()


def test_a_window_says_that_the_server_has_gone_and_goes_on_when_it_is_back(
    browser: Browser, terminal: Terminal
) -> None:
    errors: list[object] = []
    with started(terminal, port="0") as program:
        address = address_of(terminal)
        page = opened(browser, address, errors)
        status = page.get_by_role("status")
        expect(status).to_have_text("Connected")
        program.send_signal(signal.SIGINT)
        expect(status).to_have_text("The connection is lost. Trying again…")
        program.communicate(timeout=PATIENCE)
    assert program.returncode == 0
    with started(terminal, port=address.rpartition(":")[2]):
        expect(status).to_have_text("Connected")
    page.close()
    assert errors == []
