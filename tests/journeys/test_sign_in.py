"""Everybody of the cast signs in, sees what is theirs, and nothing else."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import House, Visits, sign_in

pytestmark = pytest.mark.journey

MENUS = {
    "ada": {"Dashboard", "Activity audit log", "Users", "Roles", "Desks", "API keys"},
    "sam": {"Dashboard", "Activity audit log"},
    "alex": {"Dashboard"},
    "audrey": {"Dashboard", "Activity audit log"},
    "mallory": {"Dashboard", "Activity audit log", "Users", "Roles", "Desks", "API keys"},
}


@pytest.mark.parametrize("name", MENUS)
def test_everybody_sees_their_own_menu(visit: Visits, name: str) -> None:
    """An entry is there for those who hold its permission, and for nobody else."""
    page = visit(name)
    expect(page.get_by_role("heading", level=1)).to_have_text("Dashboard")
    shown = set(page.get_by_role("navigation", name="Main").get_by_role("link").all_inner_texts())
    configuration = {"Users", "Roles", "Desks", "API keys"}
    assert MENUS[name] <= shown
    assert not (shown & configuration) - MENUS[name]
    assert ("Activity audit log" in shown) == ("Activity audit log" in MENUS[name])


def test_a_wrong_password_is_told_without_saying_what_was_wrong(visit: Visits, house: House) -> None:
    """A stranger does not learn whether the name exists."""
    page = visit()
    sign_in(page, "ada", "not her password")
    known = page.get_by_role("alert").inner_text()
    sign_in(page, "no-such-person", "not her password")
    assert page.get_by_role("alert").inner_text() == known


def test_the_way_to_a_page_goes_through_sign_in(visit: Visits, house: House) -> None:
    """After signing in, a person is where they wanted to be, with the whole search."""
    page = visit()
    page.goto("/activity?q=event%3Acall&order=oldest")
    page.get_by_label("Username or e-mail address").fill("audrey")
    page.get_by_label("Password").fill(house.passwords["audrey"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(f"{house.url}/activity?q=event%3Acall&order=oldest")


def test_signing_out_ends_the_session(visit: Visits, house: House) -> None:
    """Afterwards the pages ask for sign-in again, also on the way back."""
    page = visit()
    sign_in(page, "alex", house.passwords["alex"])
    expect(page.get_by_role("heading", level=1)).to_have_text("Dashboard")
    page.locator(".side-foot summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/me")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_an_agent_is_told_which_permission_is_lacking(visit: Visits) -> None:
    """The page says what to ask for and shows nothing of the log."""
    page = visit("alex")
    answer = page.goto("/activity")
    assert answer is not None
    assert answer.status == 403
    expect(page.get_by_text("show_activity_log")).to_be_visible()
    assert page.locator("table").count() == 0


@pytest.mark.parametrize("part", ["total", "histogram", "facets", "newer", "text", "suggest", "help"])
def test_parts_of_the_page_are_as_closed_as_the_page(visit: Visits, part: str) -> None:
    """Neither figures nor names leak through the addresses that a page loads its parts from."""
    page = visit("alex")
    answer = page.request.get(f"/activity/{part}?field=user&text=a")
    assert answer.status == 403


def test_another_tenant_sees_its_own_log_alone(visit: Visits, house: House, word: str) -> None:
    """Mallory rules her tenant and finds nothing of the other one, not even by its id."""
    seq = house.record(comments=word)["results"][0]
    page = visit("mallory")
    page.goto(f"/activity?q={word}")
    expect(page.get_by_role("heading", name="No event matches")).to_be_visible()
    answer = page.goto(f"/activity/{seq['id']}")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing here")


def test_everybody_sees_their_own_activity(visit: Visits, house: House, word: str) -> None:
    """Alex may not see the log, and sees what it holds about alex."""
    house.record(username="alex", event="journey", comments=f"mine {word}")
    house.record(username="sam", event="journey", comments=f"other {word}")
    page = visit("alex")
    page.goto("/me")
    expect(page.get_by_text(f"mine {word}")).to_be_visible()
    expect(page.get_by_text(f"other {word}")).to_have_count(0)
