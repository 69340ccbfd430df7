"""An empty house: the code that the server prints makes the first administrator."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import said

pytestmark = pytest.mark.journey


@pytest.fixture
def empty_house(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Start a server on an empty data directory; yields its address and the code it printed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EARWITNESS_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "earwitness.cli", "serve", "--data", tmp_path / "data", "--port", "0"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield _printed(process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _printed(process: subprocess.Popen[str]) -> tuple[str, str]:
    url = code = ""
    lines = []
    for line in said(process, 90):
        lines.append(line)
        if found := re.search(r"enter the code (\S+)", line):
            code = found[1]
        if found := re.search(r"Listening on (http://\S+)", line):
            url = found[1]
        if url and code:
            break
    assert url, lines
    assert code, lines
    return url, code


def test_the_first_visit_makes_the_administrator(chromium: Browser, empty_house: tuple[str, str]) -> None:
    """With the code, once; then the page is gone and the administrator signs in."""
    url, code = empty_house
    page = chromium.new_context(base_url=url).new_page()
    page.goto("/setup/")
    page.get_by_label("Code that the server printed").fill("AAAA-BBBB-CCCC")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password", exact=True).fill("a long password here")
    page.get_by_label("The same password again").fill("a long password here")
    page.get_by_role("button", name="Make the administrator").click()
    expect(page.get_by_text("This is not the code")).to_be_visible()
    page.get_by_label("Code that the server printed").fill(code)
    page.get_by_label("Password", exact=True).fill("a long password here")
    page.get_by_label("The same password again").fill("a long password here")
    page.get_by_role("button", name="Make the administrator").click()
    expect(page.get_by_text("ada is the administrator now")).to_be_visible()
    page.get_by_label("Username or e-mail address").fill("ada")
    page.get_by_label("Password").fill("a long password here")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dashboard")
    answer = page.goto("/setup/")
    assert answer is not None
    assert answer.status == 404
    page.context.close()
