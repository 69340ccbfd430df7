"""The frame of the pages: menus, mistakes, what is shown of gaps and of numbers that are masked."""

import datetime as dt
import random
import re
import string
import uuid

import pytest
from django.urls import NoReverseMatch, reverse

from earwitness.accounts.models import Desk, User
from earwitness.model.gap import Gap
from earwitness.model.permission import PERMISSION_NAMES
from earwitness.web import icons, menu
from tests.cast import page_of
from tests.web.conftest import Pages

ENTRIES = [entry for group in menu.MENU for entry in group.entries]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.label)
def test_an_entry_names_permissions_and_an_icon_that_exist(entry: menu.Entry) -> None:
    """A misspelt permission would show an entry to nobody."""
    assert set(entry.permissions) <= PERMISSION_NAMES | {menu.OPERATOR}
    assert entry.icon in icons.ICONS


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.label)
def test_an_entry_is_shown_to_those_who_hold_one_of_its_permissions(entry: menu.Entry) -> None:
    """And only once its page exists."""
    try:
        built = bool(reverse(entry.route))
    except NoReverseMatch:
        built = False
    for permission in PERMISSION_NAMES:
        shown = [item.label for _, items in menu.visible(permission.__eq__, "/") for item in items]
        assert (entry.label in shown) == (built and (not entry.permissions or permission in entry.permissions))


def test_every_page_of_the_menu_answers_ada(pages: Pages) -> None:
    """No entry leads to a page that fails."""
    ada = pages.client("ada")
    for _, items in menu.visible(lambda name: name != menu.OPERATOR, "/"):
        for item in items:
            assert ada.get(item.url).status_code == 200, item.url


def test_pages_are_kept_in_no_cache(pages: Pages) -> None:
    """After signing out, the way back shows nothing."""
    for path in ("/", "/me", "/activity"):
        assert "no-store" in pages.client("ada").get(path)["Cache-Control"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/no/such/page", 404),
        (f"/activity/{uuid.uuid4()}", 404),
        ("/activity?q=(", 400),
        ("/activity?from=never", 400),
        ("/activity?from=2026-02-01&to=2026-01-01", 400),
        ("/activity?tz=Mars/Olympus", 400),
        ("/activity?cursor=abc", 400),
        ("/activity?cursor=1...AAAA", 400),
        ("/activity?q=%00", 400),
        ("/activity?add=nonsense&value=x", 400),
        ("/activity?add=user&value=%00", 400),
        ("/activity/newer?since=x", 400),
        ("/activity/total?q=%22", 400),
        ("/activity/facets?tz=Mars", 400),
        ("/activity/suggest?field=nonsense&text=a", 200),
        ("/activity/suggest?text=user:&at=999999999999999999999", 200),
        ("/activity/text?q=%22", 200),
        ("/activity?columns=,,nonsense&order=sideways&was=%22&q=x&go=1", 302),
        ("/activity?q=" + "x" * 9000, 400),
    ],
)
def test_whatever_is_asked_is_answered_with_a_page(pages: Pages, path: str, status: int) -> None:
    """Never a failure, whatever was made of the address by hand."""
    answer = pages.client("ada").get(path)
    assert answer.status_code == status
    if status == 400 and "/activity?" in path:
        assert b"Activity audit log" in answer.content


def test_a_wrong_host_is_told(pages: Pages) -> None:
    """Without a person, a session or a log."""
    assert pages.client("nobody").get("/", headers={"host": "evil.example"}).status_code == 400


def test_gaps_in_the_range_are_announced(pages: Pages) -> None:
    """Whoever reads a range in which a source could not be heard is told so, at the list and in the histogram."""
    start = dt.datetime(2025, 3, 1, 12, tzinfo=dt.UTC)
    for part in range(2):  # one that lasts is recorded in parts
        gap = Gap(
            id=str(uuid.uuid4()),
            source="asterisk",
            pbx="berlin",
            started_at=start + dt.timedelta(minutes=5 * part),
            reason="The line was cut.",
            ended_at=start + dt.timedelta(minutes=5 * part + 5),
        )
        pages.recorder.record_gap(gap)
    ada = pages.client("ada")
    within = page_of(ada.get("/activity", {"from": "2025-03-01", "to": "2025-03-02", "summary": "1"}))
    assert "could not be heard from 2025-03-01 12:00:00 to 2025-03-01 12:10:00" in within
    assert "The line was cut." in within
    assert 'class="gap"' in within
    outside = ada.get("/activity", {"from": "2025-03-03", "to": "2025-03-04"}).content.decode()
    assert "could not be heard" not in outside


def test_numbers_are_masked_in_rows_and_params(pages: Pages) -> None:
    """A masked viewer sees no digit of a telephone number anywhere on the page."""
    word = "".join(random.choices(string.ascii_lowercase, k=14))  # digits in it would be masked as well
    pages.record(comments=f"called +442079460188 {word}", params={"number": "+442079460188"})
    role = pages.cast["audrey"].roles.get()
    role.mask_phone = True
    role.save()
    audrey = pages.client("audrey")
    html = audrey.get("/activity", {"q": word}).content.decode()
    params = audrey.get(re.findall(r'data-show="([^"?]+)', html)[0]).content.decode()
    assert "+XXXXXXXXXXXX" in html
    assert "+XXXXXXXXXXXX" in params
    assert "2079460188" not in html + params


def test_chosen_columns_are_remembered_and_forgotten(pages: Pages) -> None:
    """Until they are reset, every list of this person has them."""
    pages.record()  # an empty log has no columns
    ada = pages.client("ada")
    answer = ada.get("/activity?q=x&column=seq&column=created")
    assert answer.headers["Location"] == "/activity?q=x&columns=seq%2Ccreated"
    assert ada.get("/activity").content.decode().count('role="columnheader"') == 3
    assert pages.client("audrey").get("/activity").content.decode().count('role="columnheader"') == 9
    ada.get("/activity?column=default")
    assert ada.get("/activity").content.decode().count('role="columnheader"') == 9


def test_a_part_of_a_page_sends_its_page_to_sign_in(pages: Pages) -> None:
    """A session that ended elsewhere puts no sign-in form into the middle of the list: the whole page goes there."""
    nobody = pages.client("nobody")
    for part in ("newer?since=..1", "total", "histogram", "facets"):
        answer = nobody.get(f"/activity/{part}", headers={"HX-Request": "true"})
        assert (answer.status_code, answer["HX-Refresh"]) == (401, "true"), part
    assert nobody.get("/activity").status_code == 302


def test_an_empty_log_says_whose_rows_are_missing(pages: Pages) -> None:
    """Whoever sees the rows of their own desks alone is not told that nothing was recorded at all."""
    client = pages.client("sam")
    sam = User.objects.get(username="sam")
    sam.desks.clear()
    assert "you sit at none" in client.get("/activity").content.decode()
    sam.desks.add(Desk.objects.create(tenant=sam.tenant, name=f"Attic {uuid.uuid4().hex[:8]}"))
    assert "You see what the people of Attic" in client.get("/activity").content.decode()


def test_what_the_list_cuts_short_is_whole_among_the_details(pages: Pages) -> None:
    """A comment of pages is six lines in the list, and all of it one click away."""
    pages.record(comments="long " * 1000 + "end", event="long_comment")
    client = pages.client("ada")
    found = re.search(r'id="e([0-9a-f-]{36})"', client.get("/activity?q=event%3Along_comment").content.decode())
    assert found
    assert "long end</dd>" in client.get(f"/activity/{found[1]}/params").content.decode()
    assert client.get(f"/activity/{found[1]}").content.decode().count("long end</dd>") == 1
