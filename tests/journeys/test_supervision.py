"""Whisper/Barge/Listen in a real browser, over the demo's history of supervision."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visits
from tests.journeys.test_looks import violations

pytestmark = pytest.mark.journey


def rows(page: Page) -> int:
    return page.locator("tr.event").count()


def test_fields_lead_to_text_and_text_to_fields(visit: Visits) -> None:
    """A manager who looks for long barges presses Search once, and shares the address."""
    page = visit("audrey")
    page.get_by_role("link", name="Whisper/Barge/Listen").click()
    page.get_by_label("Action").select_option("Barge")
    page.get_by_label("At least (seconds)").fill("20")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("#q")).to_have_value("action:barge duration:>=20")
    expect(page.get_by_label("Action")).to_have_value("barge")
    assert set(page.locator("td.c-action").all_inner_texts()) == {"Barge"}
    page.get_by_label("Search", exact=True).fill("action:whisper duration:>=20")
    page.get_by_label("Search", exact=True).press("Enter")
    expect(page.get_by_label("Action")).to_have_value("whisper")
    assert set(page.locator("td.c-action").all_inner_texts()) == {"Whisper"}


def test_the_bar_of_a_session_is_to_scale(visit: Visits) -> None:
    """What takes twice as long is twice as wide, as far as a screen can draw it."""
    page = visit("audrey")
    page.goto("/supervision")
    session = page.locator("tbody.session", has=page.locator("tr.event:nth-of-type(4)")).first
    told = session.locator("svg.modes").get_attribute("aria-label") or ""
    lasting = [float(seconds) for seconds in re.findall(r"(\d+(?:\.\d)?) s", told)]
    widths = [rect.bounding_box() for rect in session.locator("svg.modes rect").all()]
    drawn = [box["width"] for box in widths if box]
    assert len(drawn) >= 3
    if ":" not in told:  # minutes are written otherwise
        for length, width in zip(lasting, drawn, strict=True):
            assert width / sum(drawn) == pytest.approx(length / sum(lasting), abs=0.05)


def test_evidence_opens_in_place_by_keyboard(visit: Visits) -> None:
    """Enter on a row opens how it is known; the link to the segment leads to a page that says the same."""
    page = visit("audrey")
    page.goto("/supervision")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    details = page.locator("tr.details")
    expect(details.get_by_role("heading", name="Evidence")).to_be_visible()
    expect(details.get_by_text("Who hears the manager")).to_be_visible()
    assert violations(page) == []
    details.get_by_role("link", name="Open this segment").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("listened to|whispered to|barged into"))
    page.get_by_role("link", name="This call").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Call ")


def test_a_supervisor_sees_their_desk_without_numbers(visit: Visits) -> None:
    """Sam has one desk; nobody else's agents stand on the page."""
    page = visit("audrey")
    page.goto("/supervision?q=desk:Support")
    of_the_desk = page.locator("#list-title").inner_text()
    page = visit("sam")
    page.goto("/supervision")
    expect(page.locator("#list-title")).to_have_text(of_the_desk)


def test_names_are_offered_while_somebody_types(visit: Visits) -> None:
    """Arrow and Enter take one; the search finds that agent's calls alone."""
    page = visit("audrey")
    page.goto("/supervision")
    agent = page.locator("td.c-agent").first.inner_text()
    field = page.get_by_role("combobox", name="Agents")
    field.press_sequentially(agent[:4])
    page.locator("#suggestions [role=option][data-end='4']", has_text=agent).first.wait_for()
    field.press("ArrowDown")
    field.press("Enter")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("#q")).to_have_value(re.compile("^agent:"))
    assert rows(page) > 0


def test_without_javascript_the_log_can_be_read(visit: Visits) -> None:
    """Form, totals, pages and details are plain links and forms."""
    page = visit("audrey", java_script_enabled=False)
    page.goto("/supervision")
    page.get_by_label("Managers").fill("sam")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("#q")).to_have_value("manager:sam")
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("Page 2")).to_be_visible()
    page.get_by_role("link", name="Show details").first.click()
    expect(page.get_by_role("heading", name="Evidence")).to_be_visible()


def test_whoever_may_not_learns_which_permission_is_lacking(visit: Visits) -> None:
    """Alex has no entry in the menu, and the page says why."""
    page = visit("alex")
    expect(page.get_by_role("link", name="Whisper/Barge/Listen")).to_have_count(0)
    page.goto("/supervision")
    expect(page.get_by_text("show_whisper_log")).to_be_visible()
    assert rows(page) == 0


def test_the_histogram_is_one_stop_on_the_way(visit: Visits) -> None:
    """Whoever goes by keyboard does not pass through every column: arrows walk among them."""
    page = visit("audrey")
    page.goto("/supervision?from=-30d")
    bars = page.locator(".histogram a.bar")
    expect(page.locator(".histogram a.bar[tabindex='0']")).to_have_count(1)
    bars.first.focus()
    page.keyboard.press("ArrowRight")
    expect(bars.nth(1)).to_be_focused()
