"""Finding events: the box, the form, ranges, paging, and what is told when nothing or too much is found."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import House, Visits, sign_in

pytestmark = pytest.mark.journey


def rows(page: Page) -> list[str]:
    found: list[str] = page.locator("tr.event").evaluate_all("rows => rows.map(row => row.id)")
    return found


def test_a_search_is_typed_and_submitted(visit: Visits, house: House, word: str) -> None:
    """What was acknowledged is found by the next search, and the address says what was searched."""
    house.record(username="zoe.search", comments=f"hello {word}")
    page = visit("audrey")
    page.goto("/activity")
    page.get_by_label("Search", exact=True).fill(f"user:zoe.search {word}")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page).to_have_url(re.compile(rf"/activity\?q=user%3Azoe\.search\+{word}$"))
    expect(page.locator("tr.event")).to_have_count(1)
    expect(page.locator("#list-title")).to_have_text("1 event")


def test_fields_and_text_are_kept_in_step(visit: Visits) -> None:
    """A field that is filled in appears in the text, a text that is written appears in the fields."""
    page = visit("audrey")
    page.goto("/activity")
    page.get_by_label("Event", exact=True).fill("call")
    page.get_by_label("User Ip").fill("10.0.0.0/8")
    page.get_by_label("User Ip").blur()
    expect(page.locator("#q")).to_have_value("ip:10.0.0.0/8 event:call")
    page.locator("#q").fill("user:ana* outcome:failure,denied")
    page.locator("#q").blur()
    expect(page.get_by_label("Users")).to_have_value("ana*")
    expect(page.get_by_label("Outcome")).to_have_value("failure,denied")
    expect(page.get_by_label("Event", exact=True)).to_have_value("")


def test_every_field_of_the_form_narrows_the_search(visit: Visits, house: House, word: str) -> None:
    """Each field finds its own event among those that differ in that field alone."""
    base = {"username": "fay.form", "event": "form_test", "sub_event": "one", "event_object": f"thing:{word}"}
    base |= {"comments": f"said {word}", "request_uri": f"/form/{word}", "user_ip": "198.51.100.7"}
    house.record(**base, outcome="success", params={"deep": {"value": word}})
    house.record(username="other", event="form_test", sub_event="two", user_ip="198.51.100.99", outcome="failure")
    page = visit("audrey")
    filled = {
        "Users": "fay.form",
        "User Ip": "198.51.100.0/28",
        "Event Object": f"thing:{word}",
        "Comments": f"said {word}",
        "Request Uri": f"/form/{word}",
        "Sub Event": "one",
        "Outcome": "success",
    }
    for label, value in filled.items():
        page.goto("/activity?q=event%3Aform_test")
        page.get_by_label(label, exact=True).fill(value)
        page.get_by_role("button", name="Search", exact=True).click()
        expect(page.locator("tr.event", has_text="fay.form").first).to_be_visible()
        expect(page.locator("tr.event", has_text="198.51.100.99")).to_have_count(0)
    page.goto("/activity")
    page.get_by_label("Params path").fill("deep.value")
    page.get_by_label("Params value").fill(word)
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("tr.event")).to_have_count(1)


def test_users_are_suggested_while_typing(visit: Visits) -> None:
    """Names come from the log; arrow and Enter take one."""
    page = visit("audrey")
    page.goto("/activity")
    field = page.get_by_label("Users")
    field.press_sequentially("ana.mar")
    expect(page.get_by_role("option").first).to_contain_text(re.compile(r"^ana\.mar"))
    name = page.get_by_role("option").first.locator("span").first.inner_text()
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value(name)
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.locator("#q")).to_have_value(f"user:{name}")


def test_the_box_suggests_fields_and_values(visit: Visits) -> None:
    """Somebody who knows no field learns them while typing."""
    page = visit("audrey")
    page.goto("/activity")
    box = page.locator("#q")
    box.press_sequentially("eve")
    expect(page.get_by_role("option", name="event:")).to_be_visible()
    box.press("ArrowDown")
    box.press("Tab")
    expect(box).to_have_value("event:")
    expect(page.get_by_role("option").first).to_be_visible()


def test_a_mistake_points_at_its_character(visit: Visits) -> None:
    """Under the box stand the sentence and the text with the place marked; nothing was searched."""
    page = visit("audrey")
    answer = page.goto('/activity?q=user%3Aana+(event%3Alogin+OR+"x')
    assert answer is not None
    assert answer.status == 400
    expect(page.get_by_role("alert")).to_contain_text("This quote is not closed")
    expect(page.locator(".mistake mark")).to_have_text('"x')
    expect(page.locator("#q")).to_have_value('user:ana (event:login OR "x')
    assert page.locator("tr.event").count() == 0


def test_a_wrong_field_is_told_at_the_field(visit: Visits) -> None:
    """What was typed stays there to be corrected."""
    page = visit("audrey")
    page.goto("/activity")
    page.get_by_label("User Ip").fill("10.0.0.999")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("#e-ip")).to_contain_text("address")
    expect(page.get_by_label("User Ip")).to_have_value("10.0.0.999")


def test_a_preset_narrows_the_range(visit: Visits) -> None:
    """One click, and the address says it."""
    page = visit("audrey")
    page.goto("/activity?q=event%3Acall")
    page.locator(".range summary").click()
    page.get_by_label("Last 7 days").check()
    expect(page).to_have_url(re.compile(r"/activity\?q=event%3Acall&from=-7d$"))
    expect(page.locator("#range-label")).to_have_text("Last 7 days")


def test_a_custom_range_goes_to_the_second(visit: Visits, house: House, word: str) -> None:
    """From is included, To is not."""
    for second in ("08:00:00", "08:00:01", "08:00:02"):
        house.record(created=f"2026-05-01T{second}Z", comments=word, sub_event=second)
    page = visit("audrey")
    page.goto(f"/activity?q={word}")
    page.locator(".range summary").click()
    page.get_by_label("From").fill("2026-05-01T08:00:01")
    page.get_by_label("To", exact=True).fill("2026-05-01T08:00:02")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("tr.event")).to_have_count(1)
    expect(page.locator("tr.event")).to_contain_text("08:00:01")
    expect(page.locator("#range-label")).to_contain_text("1 May 2026")


def test_pages_survive_going_back_and_forward(visit: Visits) -> None:
    """Three pages share no row, and back and forward show the same rows again."""
    page = visit("audrey")
    page.goto("/activity?q=event%3Acall")
    seen = [rows(page)]
    for _ in range(2):
        page.get_by_role("link", name="Next").click()
        page.wait_for_load_state()
        seen.append(rows(page))
    assert len({row for part in seen for row in part}) == 150
    page.go_back()
    assert rows(page) == seen[1]
    page.go_back()
    assert rows(page) == seen[0]
    page.go_forward()
    assert rows(page) == seen[1]
    page.get_by_role("link", name="Previous").click()
    page.wait_for_load_state()
    assert rows(page) == seen[0]
    page.go_back()
    page.get_by_role("link", name="First page").click()
    page.wait_for_load_state()
    assert rows(page) == seen[0]


def test_a_cursor_of_another_search_is_refused(visit: Visits) -> None:
    """The page says so and how to go on."""
    page = visit("audrey")
    page.goto("/activity?q=event%3Acall")
    following = page.get_by_role("link", name="Next").get_attribute("href") or ""
    answer = page.goto(following.replace("call", "report"))
    assert answer is not None
    assert answer.status == 400


def test_newest_or_oldest_first(visit: Visits) -> None:
    """The order turns round and is told in the head of the column."""
    page = visit("audrey")
    page.goto("/activity?q=event%3Areport")
    stamps = "times => times.map(time => time.getAttribute('datetime'))"
    newest = page.locator("td.c-time time").evaluate_all(stamps)
    assert newest == sorted(newest, reverse=True)
    page.get_by_role("link", name="Oldest first").click()
    page.wait_for_load_state()
    oldest = page.locator("td.c-time time").evaluate_all(stamps)
    assert oldest == sorted(oldest)
    assert oldest[0] < newest[-1]
    expect(page.get_by_role("columnheader", name="Created (UTC)")).to_have_attribute("aria-sort", "ascending")


def test_newer_events_are_announced_and_do_not_move_rows(visit: Visits, house: House, word: str) -> None:
    """The rows stay where they are; a link says how many came and shows them."""
    house.record(comments=word, sub_event="old")
    page = visit("audrey")
    page.goto(f"/activity?q={word}")
    before = rows(page)
    house.record(comments=word, sub_event="new")
    page.evaluate("htmx.ajax('GET', document.getElementById('newer').getAttribute('hx-get'), '#newer')")
    expect(page.get_by_role("link", name="1 newer event")).to_be_visible()
    assert rows(page) == before
    page.get_by_role("link", name="1 newer event").click()
    expect(page.locator("tr.event")).to_have_count(2)


def test_nothing_found_says_what_to_try(visit: Visits, word: str) -> None:
    """An empty answer leads on."""
    page = visit("audrey")
    page.goto(f"/activity?q={word}&from=today")
    expect(page.get_by_role("heading", name="No event matches")).to_be_visible()
    page.get_by_role("link", name="Search all time").click()
    expect(page).to_have_url(re.compile(rf"\?q={word}$"))


def test_a_column_of_the_histogram_narrows_the_range(visit: Visits) -> None:
    """It holds as many rows as it says."""
    page = visit("audrey")
    page.goto("/activity?q=event%3Acall")
    bar = page.locator(".histogram a.bar:has(.column)").first
    said = bar.get_attribute("aria-label") or ""
    bar.click(position={"x": 2, "y": 40})
    expect(page).to_have_url(re.compile("from=.*&to="))
    count = said.rpartition(": ")[2].removesuffix(" events")
    expect(page.locator("#list-title")).to_have_text(f"{count} event{'' if count == '1' else 's'}")


def test_dragging_over_the_histogram_narrows_the_range(visit: Visits) -> None:
    """A stretch is chosen with the mouse."""
    page = visit("audrey")
    page.goto("/activity")
    page.locator(".histogram a.bar").first.wait_for()
    plot = page.locator("[data-plot]").bounding_box()
    assert plot is not None
    page.mouse.move(plot["x"] + plot["width"] * 0.5, plot["y"] + 30)
    page.mouse.down()
    page.mouse.move(plot["x"] + plot["width"] * 0.8, plot["y"] + 30, steps=5)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"from=\d{4}-.*&to=\d{4}-"))


def test_a_top_value_is_chosen_excluded_and_given_up(visit: Visits) -> None:
    """Counts stand beside the values, and choosing one leaves exactly as many rows."""
    page = visit("audrey", width=1800)
    page.goto("/activity")
    value = page.locator(".facet", has_text="Sub Event").locator(".values li").first
    name, count = value.locator(".cut").inner_text(), value.locator(".number").inner_text()
    value.locator("a").first.click()
    expect(page.locator("#q")).to_have_value(f"sub:{name}")
    expect(page.locator("#list-title")).to_have_text(f"{count} events")
    page.locator(".values .chosen a").first.click()
    expect(page.locator("#q")).to_have_value("")
    page.locator(".facet", has_text="Sub Event").locator(".values li").first.hover()
    page.get_by_role("link", name=f"Without {name}", exact=True).click()
    expect(page.locator("#q")).to_have_value(f"-sub:{name}")


def test_a_part_that_fails_says_so_and_is_asked_for_again(visit: Visits) -> None:
    """The rows stay; what could not be loaded has a button of its own."""
    page = visit("audrey")
    page.route("**/activity/histogram?*", lambda route: route.fulfill(status=503, body="not now"))
    page.route("**/activity/total?*", lambda route: route.abort())
    page.goto("/activity")
    expect(page.get_by_text("This could not be loaded.")).to_have_count(2)
    expect(page.locator("tr.event").first).to_be_visible()
    page.unroute_all()
    page.locator("#list-title").get_by_role("button", name="Try again").click()
    expect(page.locator("#list-title")).to_contain_text("events")
    page.locator(".histogram").get_by_role("button", name="Try again").click()
    expect(page.locator(".histogram a.bar").first).to_be_visible()
    told = [line for line in visit.complaints if not line.startswith(("Response Status Error Code 503", "htmx:"))]
    visit.complaints[:] = told  # htmx writes down the two failures that this test made


def test_a_session_that_ended_leads_to_sign_in(visit: Visits, house: House) -> None:
    """Whatever part asks first: nothing of a sign-in page stands in the middle of the list."""
    page = visit()
    sign_in(page, "audrey", house.passwords["audrey"])
    page.wait_for_url("**/")
    page.goto("/activity")
    page.context.clear_cookies(name="earwitness_session")
    page.evaluate("htmx.ajax('GET', document.getElementById('newer').getAttribute('hx-get'), '#newer')")
    page.wait_for_url("**/accounts/login/?next=/activity")
