"""A row and what is behind it: params in place, copying, links, columns, zones, keys."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import House, Visits

pytestmark = pytest.mark.journey

EVIL = "<script>document.title='owned'</script><img src=x onerror=alert(1)>"


def one(page: Page, word: str) -> None:
    page.goto(f"/activity?q={word}")
    expect(page.locator("tr.event")).to_have_count(1)


def place(page: Page, selector: str) -> float:
    """Return how far from the left something stands, in pixels."""
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["x"]


def test_params_open_in_place_and_close_again(visit: Visits, house: House, word: str) -> None:
    """The page stays where it is; the button says what it does next."""
    house.record(comments=word, params={"queue": "north", "deep": {"list": [1, 2]}})
    page = visit("audrey")
    one(page, word)
    page.get_by_text("Show Params").click()
    expect(page.locator("tr.details")).to_contain_text("queue")
    expect(page.get_by_text("Hide Params")).to_have_attribute("aria-expanded", "true")
    page.get_by_text("Hide Params").click()
    expect(page.locator("tr.details")).to_be_hidden()
    expect(page.get_by_text("Show Params")).to_have_attribute("aria-expanded", "false")
    assert page.url.endswith(f"?q={word}")


def test_the_button_of_a_row_is_called_after_it(visit: Visits, house: House, word: str) -> None:
    """Fifty times "Show Params" in a screen reader's list of links would tell nobody which."""
    house.record(
        username="ana.pop", event="agent_state", sub_event="busy", comments=word, created="2026-11-02T08:00:01Z"
    )
    page = visit("audrey")
    one(page, word)
    told = "Params: ana.pop, agent_state busy, 2026-11-02 08:00:01"
    page.get_by_role("link", name=f"Show {told}", exact=True).click()
    page.get_by_role("link", name=f"Hide {told}", exact=True).click()
    expect(page.get_by_role("link", name=f"Show {told}", exact=True)).to_be_visible()


def test_before_and_after_stand_side_by_side(visit: Visits, house: House, word: str) -> None:
    """What changed is shown, what stayed is counted."""
    house.record(comments=word, params={"before": {"name": "North", "size": 3}, "after": {"name": "South", "size": 3}})
    page = visit("audrey")
    one(page, word)
    page.get_by_text("Show Params").click()
    expect(page.locator(".diff del")).to_have_text("North")
    expect(page.locator(".diff ins")).to_have_text("South")
    expect(page.get_by_text("1 more value is the same")).to_be_visible()
    heads = [place(page, f".diff thead th:nth-child({nth})") for nth in (2, 3)]
    assert heads[0] <= place(page, ".diff del") < heads[1] <= place(page, ".diff ins")  # each below its heading


def test_params_fold(visit: Visits, house: House, word: str) -> None:
    """A branch closes and opens; all close and open at once."""
    house.record(comments=word, params={"outer": {"inner": {"leaf": "found"}}})
    page = visit("audrey")
    one(page, word)
    page.get_by_text("Show Params").click()
    leaf = page.get_by_text('"found"', exact=True)
    expect(leaf).to_be_visible()
    page.get_by_role("button", name="Fold", exact=True).click()
    expect(leaf).to_be_hidden()
    page.get_by_role("button", name="Unfold").click()
    expect(leaf).to_be_visible()


def test_all_params_or_one_value_are_copied(visit: Visits, house: House, word: str) -> None:
    """The clipboard holds exactly what was sent."""
    params = {"name": 'a "quoted" \\ value\nin two lines', "number": 5}
    house.record(comments=word, params=params)
    page = visit("audrey")
    one(page, word)
    page.get_by_text("Show Params").click()
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    assert json.loads(page.evaluate("navigator.clipboard.readText()")) == params
    page.locator(".json .leaf").first.hover()
    page.locator(".json .leaf .cp").first.click()
    assert page.evaluate("navigator.clipboard.readText()") == params["name"]


def test_one_event_has_an_address(visit: Visits, house: House, word: str) -> None:
    """The copied link leads to a page that shows it whole."""
    house.record(comments=word, params={"queue": "north"})
    page = visit("audrey")
    one(page, word)
    page.get_by_text("Show Params").click()
    page.get_by_role("button", name="Copy link").click()
    page.goto(page.evaluate("navigator.clipboard.readText()"))
    expect(page.get_by_role("heading", level=1)).to_have_text("journey by ana.pop")
    expect(page.get_by_text(word)).to_be_visible()
    expect(page.get_by_text('"north"', exact=True)).to_be_visible()


def test_a_value_of_the_params_is_found_elsewhere(visit: Visits, house: House, word: str) -> None:
    """From one value to every event that holds it at the same place."""
    house.record(comments=f"one {word}", params={"ticket": word})
    house.record(comments="two", params={"ticket": word})
    page = visit("audrey")
    one(page, f'"one {word}"')
    page.get_by_text("Show Params").click()
    page.locator(".json .leaf").first.hover()
    page.locator(".json .only").first.click()
    expect(page.locator("#q")).to_have_value(f'"one {word}" params.ticket:{word}')


def test_a_script_in_any_field_is_text(visit: Visits, house: House, word: str) -> None:
    """Whatever an application sends, in the list, the details, the page of the event and the top values."""
    names: tuple[str, ...] = (
        "username",
        "event",
        "sub_event",
        "event_object",
        "comments",
        "request_uri",
        "user_agent",
        "session_id",
    )
    names += ("call_id", "reason", "extension", "error", "producer", "on_behalf_of")
    sent = dict.fromkeys(names, EVIL) | {"comments": f"{EVIL} {word}"}
    change = {"path": EVIL, "old": EVIL, "new": {EVIL: EVIL}}
    answer = house.record(**sent, params={EVIL: [EVIL, {EVIL: EVIL}]}, changes=[change])
    page = visit("audrey", width=1800)
    one(page, word)
    page.get_by_text("Show Params").click()
    expect(page.locator("tr.details")).to_contain_text("<script>")
    expect(page.locator(".facets")).to_contain_text("<script>")
    page.goto(f"/activity?q={word}&columns=username,user_agent,reason,error,call_id")
    page.goto(f"/activity/{answer['results'][0]['id']}")
    expect(page.locator("main")).to_contain_text("<script>")
    assert page.title() != "owned"
    assert page.locator("main script, main img").count() == 0


def test_what_turns_text_around_turns_its_own_value_alone(visit: Visits, house: House, word: str) -> None:
    """A right-to-left override is kept, ends with its value, and is named beside it."""
    house.record(username=f"odd\u202e{word}", comments=word, params={"file": "a\u202egpj.exe", "sum": 1})
    page = visit("audrey")
    one(page, word)
    page.get_by_text("Show Params").click()
    details = page.locator("tr.details")
    expect(details).to_contain_text("U+202E right-to-left override")
    styles = page.eval_on_selector_all(
        ".rows td > span, .json .s", "all => [...new Set(all.map(e => getComputedStyle(e).unicodeBidi))]"
    )
    assert styles == ["isolate"]


def test_params_are_shown_to_the_digit(visit: Visits, house: House, word: str) -> None:
    """What no computer holds as a number is shown, and copied, as it was sent."""
    body = f'{{"username":"ana.pop","event":"journey","comments":"{word}","params":{{"sum":0.10,"huge":1e400}}}}'
    house.send(body.encode())
    page = visit("audrey")
    one(page, word)
    page.get_by_text("Show Params").click()
    expect(page.locator(".json .n")).to_have_text(["0.10", "1e400"])
    page.locator(".params").get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator("#toast")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").split() == ["{", '"sum":', "0.10,", '"huge":', "1e400", "}"]


def test_columns_are_chosen_and_remembered(visit: Visits, house: House) -> None:
    """The address says them; the next visit has them again, and only this person's."""
    page = visit("sam")
    page.goto("/activity")
    page.locator("summary", has_text="Columns").click()
    page.get_by_role("checkbox", name="Request Uri").uncheck()
    page.get_by_role("checkbox", name="Source").check()
    page.get_by_role("button", name="Show these").click()
    heads = page.get_by_role("columnheader")
    expect(heads.filter(has_text="Source")).to_be_visible()
    expect(heads.filter(has_text="Request Uri")).to_have_count(0)
    assert "columns=" in page.url
    page.goto("/activity")
    expect(heads.filter(has_text="Source")).to_be_visible()
    other = visit("audrey")
    other.goto("/activity")
    expect(other.get_by_role("columnheader").filter(has_text="Source")).to_have_count(0)
    page.locator("summary", has_text="Columns").click()
    page.get_by_role("button", name="Reset").click()
    expect(heads.filter(has_text="Request Uri")).to_be_visible()


def test_times_are_shown_in_the_viewers_zone(visit: Visits, house: House, word: str) -> None:
    """On hover, and for all of the list by a switch that is remembered."""
    house.record(comments=word, created="2026-07-01T10:00:00Z")
    page = visit("ada")
    page.goto(f"/activity?q={word}")
    time = page.locator("td.c-time time").first
    expect(time).to_contain_text("10:00:00")
    time.hover()
    expect(time).to_have_attribute("title", re.compile(r"12:00:00\.000 \(Europe/Berlin\)"))
    page.get_by_role("link", name="Berlin").click()
    expect(page.get_by_role("columnheader", name="Created (Europe/Berlin)")).to_be_visible()
    expect(page.locator("td.c-time time").first).to_contain_text("12:00:00")
    page.get_by_role("link", name="UTC").click()
    expect(page.get_by_role("columnheader", name="Created (UTC)")).to_be_visible()


def test_everything_goes_by_keyboard(visit: Visits) -> None:
    """Slash searches, j and k walk, Enter opens, question mark helps, Escape closes, n goes on."""
    page = visit("audrey")
    page.goto("/activity?q=event%3Acall")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.locator("#q").blur()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("tr.event").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("tr.details")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("tr.details")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("n")
    expect(page.get_by_text("Page 2")).to_be_visible()


def test_a_cell_offers_to_filter_by_its_value(visit: Visits) -> None:
    """With the mouse: only this, or without this."""
    page = visit("audrey")
    page.goto("/activity")
    cell = page.locator("td.c-username").first
    name = cell.locator("span").first.inner_text()
    cell.hover()
    page.locator(".cell-filter .with").click()
    expect(page.get_by_label("Users")).to_have_value(re.compile(re.escape(name)))
