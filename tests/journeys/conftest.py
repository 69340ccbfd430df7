"""A whole Earwitness in a process of its own, with the demo's people and history, and a real Chromium before it."""

import json
import shutil
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.started import Started

EVENTS = 20_000
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
)


@dataclass(frozen=True)
class House:
    """A running server: its address, its data directory, and who may sign in with what."""

    url: str
    data: Path
    passwords: dict[str, str]
    ingest_key: str
    server: Started

    def record(self, **event: Any) -> dict[str, Any]:
        """Send one event as an application would; returns the server's answer."""
        return self.send(json.dumps({"username": "ana.pop", "event": "journey", **event}).encode())

    def send(self, body: bytes) -> dict[str, Any]:
        """Send one event as it stands; returns the server's answer."""
        request = urllib.request.Request(
            f"{self.url}/api/v1/events",
            body,
            {"Authorization": f"Bearer {self.ingest_key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
        assert found["recorded"] == 1, found
        return found


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Start the demo on a free port, once for all journeys."""
    data = tmp_path_factory.mktemp("journeys") / "data"
    server = Started(data, "demo", "--events", str(EVENTS), "--no-switch")
    kept = json.loads((data / "demo.json").read_text())
    yield House(server.url, data, kept["passwords"], kept["keys"]["ingest"], server)
    server.stop()


@pytest.fixture
def there(house: House) -> Iterator[None]:
    """Say before and after a journey, with its last words, that the server has gone, where it has."""
    house.server.check()
    yield
    house.server.check()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Return a browser. One for each file: its event loop must not be there while other tests use the database."""
    if not CHROMIUM:
        pytest.fail("Chromium is missing: install the package chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Visits:
    """Opens pages for people, and keeps what their browsers complained about."""

    chromium: Browser
    house: House
    signed_in: dict[str, Any]
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __call__(self, name: str = "", *, width: int = 1280, height: int = 900, **options: Any) -> Page:
        """Return a page at the dashboard, signed in as somebody; without a name, at the sign-in page."""
        state = self.state_of(name) if name else None
        context = self.chromium.new_context(
            base_url=self.house.url,
            viewport={"width": width, "height": height},
            storage_state=state,
            timezone_id="Europe/Berlin",
            locale="en-GB",
            permissions=["clipboard-read", "clipboard-write"],
            **options,
        )
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._console)
        page.goto("/")
        return page

    def _console(self, message: Any) -> None:
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def state_of(self, name: str) -> Any:
        """Sign somebody in once; their other pages share the session, as windows of one browser do."""
        if name not in self.signed_in:
            context = self.chromium.new_context(base_url=self.house.url)
            page = context.new_page()
            sign_in(page, name, self.house.passwords[name])
            page.wait_for_url("**/")
            self.signed_in[name] = context.storage_state()
            context.close()
        return self.signed_in[name]


def sign_in(page: Page, name: str, password: str) -> None:
    """Fill in the sign-in page and send it."""
    page.goto("/accounts/login/")
    page.get_by_label("Username or e-mail address").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.fixture(scope="session")
def signed_in() -> dict[str, Any]:
    """Sessions by name of the person."""
    return {}


@pytest.fixture
def visit(chromium: Browser, house: House, there: None, signed_in: dict[str, Any]) -> Iterator[Visits]:
    """Open pages; a script that fails or breaks the content security policy fails the test."""
    visits = Visits(chromium, house, signed_in)
    yield visits
    for context in visits.contexts:
        context.close()
    assert visits.complaints == []


@pytest.fixture
def word() -> str:
    """Return a word that stands nowhere else in the log."""
    return f"w{uuid.uuid4().hex[:12]}"


Visit = Callable[..., Page]
