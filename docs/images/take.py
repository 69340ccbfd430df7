"""Takes the picture in the README: the activity audit log of a fresh demo, with the params of one event open.

Run by ``make screenshot``. Needs Chromium, and half a minute for the demo's history.
"""

import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PICTURE = Path(__file__).parent / "activity.png"
LARGEST = 300 * 1024
EVENTS = 120_000
SEARCH = "/activity?q=event%3Aqueue_config%2Cagent_config%2Cuser_admin%2Crole%2Csettings&from=-30d"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]


def main() -> None:
    """Start a demo in a passing directory, look at it, and keep what is seen."""
    with tempfile.TemporaryDirectory() as home:
        data = Path(home) / "data"
        command = [sys.executable, "-m", "earwitness.cli", "demo", "--data", str(data), "--port", "0"]
        command += ["--events", str(EVENTS)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 -- our own command
        try:
            url = address(process)
            take(url, json.loads((data / "demo.json").read_text())["passwords"]["audrey"])
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
    size = PICTURE.stat().st_size
    if size > LARGEST:
        sys.exit(f"{PICTURE} has {size:,} bytes: make the window smaller.")
    print(f"{PICTURE}: {size:,} bytes")  # noqa: T201 -- it is a command


def address(process: "subprocess.Popen[str]") -> str:
    """Return where the demo listens, once it says so."""
    assert process.stdout is not None  # noqa: S101 -- asked for above
    for line in process.stdout:
        if found := re.match(r"Listening on (http://\S+)", line):
            return found[1]
    sys.exit("The demo did not start.")


def take(url: str, password: str) -> None:
    """Sign in, search, open one event and keep the picture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        context = browser.new_context(base_url=url, viewport={"width": 1440, "height": 940}, timezone_id="UTC")
        page = context.new_page()
        page.goto("/accounts/login/")
        page.get_by_label("Username or e-mail address").fill("audrey")
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/")
        show(page)
        page.screenshot(path=PICTURE)
        browser.close()


def show(page: Page) -> None:
    """Bring up what the picture shows: a search, and what one event changed."""
    page.goto(SEARCH)
    page.wait_for_load_state("networkidle")
    page.locator("[data-show]").nth(2).click()
    page.locator("tr.details").wait_for()
    page.mouse.move(0, 0)
    page.wait_for_timeout(300)


if __name__ == "__main__":
    main()
