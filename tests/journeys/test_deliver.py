"""What goes out, in a real browser: the live tail, files that are saved, reports, forms."""

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import House, Visits
from tests.journeys.test_looks import violations

pytestmark = pytest.mark.journey

PAGES = ("/reports", "/reports/users", "/reports/hours?from=-7d", "/reports/sign-ins", "/reports/managers", "/exports")
PAGES += ("/reports/agents", "/saved-searches", "/saved-searches/new", "/schedules", "/schedules/new", "/alerts")
PAGES += ("/alerts/new", "/settings/forwarding", "/settings/forwarding/new/syslog", "/settings/forwarding/new/s3")
PAGES += ("/activity/tail", "/activity/tail?q=%22")
EVIL = "<script>document.title='owned'</script><img src=x onerror=alert(1)>"


def test_the_live_tail_shows_what_is_recorded_now(visit: Visits, house: House, word: str) -> None:
    """A matching event comes by itself, markup as text; paused it waits; what does not match stays away."""
    page = visit("ada")
    page.goto(f"/activity?tail&q={word}")
    expect(page).to_have_url(f"{house.url}/activity/tail?q={word}")
    expect(page.locator("#state")).to_contain_text("Following. Nothing so far.")
    house.record(comments=f"{word} {EVIL}")
    expect(page.locator("#tail tr")).to_have_count(1)
    expect(page.locator("#tail")).to_contain_text("<script>")
    page.get_by_role("button", name="Pause").click()
    house.record(comments="something else")
    house.record(comments=f"{word} second")
    expect(page.locator("#state")).to_contain_text("1 waiting")
    expect(page.locator("#tail tr")).to_have_count(1)
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#tail tr")).to_have_count(2)
    expect(page.locator("#tail tr").first).to_contain_text("second")
    assert page.title().startswith("Live tail")


def test_a_mistake_in_a_followed_search_is_told(visit: Visits) -> None:
    """At its field, with nothing followed."""
    page = visit("ada")
    page.goto("/activity/tail?q=%22open")
    expect(page.get_by_role("alert")).to_contain_text("quote")
    assert page.locator("#tail").count() == 0


def test_everything_on_the_page_is_saved_as_a_file(visit: Visits, house: House, word: str, tmp_path: Path) -> None:
    """Export offers five formats; the CSV holds the rows of the search with the columns of the page."""
    for n in range(3):
        house.record(comments=f"{word} {n}")
    page = visit("ada")
    page.goto(f"/activity?q={word} -source:earwitness")
    page.get_by_text("Export", exact=True).click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSV").click()
    assert saved.value.suggested_filename.endswith(".csv")
    text = Path(saved.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert sorted(row["Comments"] for row in rows) == [f"{word} {n}" for n in range(3)]
    if not page.get_by_role("button", name="XLSX").is_visible():
        page.get_by_text("Export", exact=True).click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="XLSX").click()
    assert zipfile.is_zipfile(saved.value.path())


def test_a_large_export_is_made_in_the_background_and_fetched(visit: Visits) -> None:
    """The whole history as a workbook: a progress that ends, then a file."""
    page = visit("ada")
    page.goto("/activity")
    page.get_by_text("Export", exact=True).click()
    page.get_by_role("button", name="XLSX").click()
    expect(page.get_by_role("heading", name="Exports")).to_be_visible()
    expect(page.get_by_text("Ready").first).to_be_visible(timeout=60_000)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download").first.click()
    assert zipfile.is_zipfile(saved.value.path())


@pytest.mark.parametrize("width", [360, 1280])
def test_reports_lead_to_the_rows_they_count(visit: Visits, width: int) -> None:
    """A bar of the chart opens the log with as many events; nothing is wider than the window."""
    page = visit("ada", width=width)
    page.goto("/reports")
    page.get_by_role("link", name="Activity by event").click()
    page.goto(page.url + "?from=-7d")
    row = page.locator(".report-table tbody tr").first
    count = row.locator("td").first.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(row.locator("a").first.get_attribute("href") or "")
    expect(page.locator("#list-title")).to_contain_text(f"{count} event")


def test_a_search_is_saved_from_the_log_and_opened_again(visit: Visits, word: str) -> None:
    """Its words and its range come along, and lead back."""
    page = visit("ada")
    page.goto(f"/activity?q={word}&from=-7d")
    page.get_by_role("link", name="Save search").click()
    page.get_by_label("Name").fill(f"Search {word}")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name=f"Search {word}", exact=True).click()
    assert f"q={word}" in page.url
    assert "from=-7d" in page.url


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_axe_finds_nothing(visit: Visits, width: int, scheme: str) -> None:
    """On any page of what goes out; and none is wider than its window."""
    page = visit("ada", width=width, color_scheme=scheme)
    wrong: dict[str, Any] = {}
    for path in PAGES:
        page.goto(path)
        wrong[path] = violations(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong[path].append({"rule": "too wide", "where": []})
    assert {path: found for path, found in wrong.items() if found} == {}


def test_who_may_not_export_sees_no_button(visit: Visits) -> None:
    """A supervisor without the permission sees the log and no Export."""
    page = visit("sam")
    page.goto("/activity")
    may = page.get_by_text("Export", exact=True).count()
    page.goto("/exports")
    refused = page.get_by_text("export_logs").count()
    assert bool(may) != bool(refused)
