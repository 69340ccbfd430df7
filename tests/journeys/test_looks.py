"""Every page, on narrow and wide screens, light and dark: accessible, whole, and still."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from earwitness.web.activity.columns import COLUMNS
from tests.journeys.conftest import House, Visits

pytestmark = pytest.mark.journey

PAGES: tuple[str, ...] = (
    "/",
    "/me",
    "/activity",
    "/activity?q=event%3Acall&from=-7d",
    "/activity?q=%22",
    "/activity?q=nowhere.at.all",
    "/supervision",
    "/supervision?q=action%3Abarge&from=-30d",
    "/supervision?q=%22",
    "/supervision?q=nowhere.at.all",
    "/supervision/help",
)
PAGES += ("/activity/help", "/activity/columns", "/nothing/here", "/me/security", "/accounts/password/change/")
PAGES += ("/settings/users", "/settings/roles", "/settings/desks", "/settings/keys", "/settings/system")
PAGES += ("/settings/roles/edit/Supervisor", "/settings/users/edit/alex", "/settings/policies", "/settings/redaction")
PAGES += ("/settings/sources", "/settings/forwarding", "/saved-searches", "/schedules/new", "/alerts/new", "/exports")
PAGES += ("/activity/tail", "/activity?columns=" + "%2C".join(column.name for column in COLUMNS))
WIDTHS = (360, 768, 1280, 2560)
CUT = """() => [...document.querySelectorAll("#rows td, #rows td > span")]
  .filter(each => each.clientWidth)
  .filter(each => each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1)
  .map(each => each.textContent)"""
SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(e => { if (!e.hadRecentInput) sum += e.value; }))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 200);
})"""


def open_page(page: Page, path: str) -> None:
    page.goto(path)
    page.wait_for_function("() => !document.querySelector('.htmx-request, .total-room, .histogram .chart-room')")


def violations(page: Page) -> list[dict[str, Any]]:
    found = Axe().run(page).response["violations"]
    return [{"rule": each["id"], "where": [node["html"][:120] for node in each["nodes"][:3]]} for each in found]


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_axe_finds_nothing(visit: Visits, width: int, scheme: str) -> None:
    """On any page, nor with everything open that can be opened."""
    page = visit("ada", width=width, color_scheme=scheme)
    wrong: dict[str, Any] = {}
    for path in PAGES:
        open_page(page, path)
        wrong[path] = violations(page)
    open_page(page, "/activity")
    page.locator("[data-show]").first.click()
    page.locator("tr.details").wait_for()
    page.evaluate("document.documentElement.dataset.facets = 'open'")
    page.locator(".range summary").click()
    page.locator(".facet").first.wait_for()
    wrong["opened"] = violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    wrong["help"] = violations(page)
    for path in ("/activity?q=event%3Acall", "/supervision?from=-30d"):
        open_page(page, path)
        open_page(page, page.locator("[data-show]").first.get_attribute("href") or "")
        wrong[f"one row of {path}"] = violations(page)
    open_page(page, "/supervision?from=-30d")
    open_page(page, page.locator(".c-cdr a").first.get_attribute("href") or "")
    wrong["call"] = violations(page)
    assert {path: found for path, found in wrong.items() if found} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_at_sign_in(visit: Visits, scheme: str) -> None:
    """The first page that anybody sees."""
    assert violations(visit(color_scheme=scheme)) == []


def test_no_page_is_wider_than_its_screen(visit: Visits) -> None:
    """From a telephone to a wall: nothing has to be scrolled sideways."""
    page = visit("ada")
    wide = {}
    for path in PAGES:
        open_page(page, path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if over > 0:
                wide[path, width] = over
    assert wide == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_moves_while_the_page_loads(visit: Visits, width: int) -> None:
    """Total, histogram and top values arrive where room was kept for them."""
    page = visit("audrey", width=width)
    for path in ("/activity", "/activity?q=event%3Acall", "/supervision", "/"):
        open_page(page, path)
        assert page.evaluate(SHIFT) < 0.01, path


@pytest.mark.parametrize("width", [1024, 1280, 1440, 1920])
def test_nothing_in_the_list_is_cut(visit: Visits, house: House, word: str, width: int) -> None:
    """On the screens that people have, the usual columns show long values whole, without pointing at them."""
    house.record(
        username="maria-magdalena.featherstonehaugh",
        user_ip="2001:db8:1234:5678:9abc:def0:1234:5678",
        event="conference_bridge",
        sub_event="recording_started",
        event_object="cdr:1795760584.24304",
        comments=f"{word} Ticket escalated to the second tier, waiting for the engineer to call back",
        request_uri="/api/v2/calls/1795760584.24304/recording?agent=1005&queue=outbound-8&sid=0b1a130e5f6a",
    )
    page = visit("ada", width=width)
    open_page(page, f"/activity?q={word}")
    cut = page.evaluate(CUT)
    assert page.locator("#rows tr.event").count() == 1
    assert cut == []


def test_the_menu_of_a_narrow_screen_opens_and_closes(visit: Visits) -> None:
    """It is reached from the bar on top, and Escape closes it."""
    page = visit("ada", width=360)
    expect(page.get_by_role("link", name="Activity audit log")).to_be_hidden()
    page.get_by_role("link", name="Open the menu").click()
    page.get_by_role("link", name="Activity audit log").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Activity audit log")


def test_an_appearance_is_chosen_for_good(visit: Visits) -> None:
    """Dark stays dark on the next page, whatever the system says."""
    page = visit("audrey", color_scheme="light")
    page.locator(".side-foot summary").click()
    page.get_by_role("button", name="Dark").click()
    page.goto("/activity")
    background = page.evaluate("getComputedStyle(document.body.parentElement).colorScheme")
    assert background == "dark"


def test_without_javascript_everything_that_matters_works(visit: Visits) -> None:
    """Search, form, ranges, pages, params, figures and menus are plain links and forms."""
    page = visit("audrey", java_script_enabled=False)
    page.goto("/activity")
    page.get_by_label("Event", exact=True).fill("call")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("#q")).to_have_value("event:call")
    page.get_by_role("link", name="show the total, the histogram and the top values").click()
    expect(page.locator("#list-title")).to_contain_text("events")
    expect(page.locator(".histogram a.bar").first).to_be_visible()
    expect(page.locator(".facet").first).to_be_visible()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("Page 2")).to_be_visible()
    page.get_by_role("link", name="Show Params").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("call")


def test_what_opens_is_on_the_screen(visit: Visits) -> None:
    """On a telephone no pop-over is cut off at an edge, whichever button opens it."""
    page = visit("ada", width=360)
    open_page(page, "/activity")
    pops = page.locator("main details[data-pop]")
    for pop in pops.all():
        pop.locator("summary").first.click()
        place = pop.locator(".panel").bounding_box()
        assert place is not None
        assert place["x"] >= 0, pop.inner_text()
        assert place["x"] + place["width"] <= 360, pop.inner_text()
        page.keyboard.press("Escape")
    assert pops.count() >= 3
