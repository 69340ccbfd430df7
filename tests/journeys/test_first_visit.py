"""An empty house: the code that the server prints makes the first administrator."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.started import Started

pytestmark = pytest.mark.journey


@pytest.fixture
def empty_house(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Start a server on an empty data directory; yields its address and the code it printed."""
    server = Started(tmp_path / "data", "serve")
    code = server.wait_for(r"enter the code (\S+)")[1]
    yield server.url, code
    server.stop()


def test_the_first_visit_makes_the_administrator(chromium: Browser, empty_house: tuple[str, str]) -> None:
    """With the code, once; then the page is gone and the administrator signs in."""
    url, code = empty_house
    page = chromium.new_context(base_url=url).new_page()
    page.goto("/")  # which is where a newcomer goes
    expect(page).to_have_url(f"{url}/setup/")
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
