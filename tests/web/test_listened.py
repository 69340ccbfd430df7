"""What agents see of who listened to their own calls: as much as the administrator chose, and nothing of others'."""

import datetime as dt
import html
import uuid
from typing import Any

import pytest

from earwitness.accounts import caches
from earwitness.accounts.actions import users
from earwitness.accounts.models import Tenant, User
from earwitness.model.segment import Person, Segment
from tests.cast import HOME, key_of
from tests.web.conftest import Pages


def chosen(**policy: Any) -> None:
    Tenant.objects.filter(name=HOME).update(policy=policy)
    caches.forget()


def listened(pages: Pages, username: str, days_ago: float, **fields: Any) -> str:
    """Record a segment of somebody's call; returns its queue, which marks it on a page."""
    began = dt.datetime.now(dt.UTC) - dt.timedelta(days=days_ago)
    queue = f"q{uuid.uuid4().hex[:12]}"
    known: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "session_id": str(uuid.uuid4()),
        "pbx": "main",
        "action": "whisper",
        "talks_to": "agent",
        "manager": Person(username="sam", name="Sam Secret", extension="2044"),
        "agent": Person(username=username, extension="1001"),
        "started_at": began,
        "ended_at": began + dt.timedelta(seconds=42),
        "customer_number": "+442079460123",
        "queue": queue,
    }
    pages.recorder.record_segments([Segment(**(known | fields))])
    return queue


def agent(pages: Pages) -> User:
    """Make an agent of a name of a test's own: the log is shared."""
    return users.create(pages.cast.actor("ada"), users.UserDraft(f"agent{uuid.uuid4().hex[:10]}"), "a long password 7")


def shown(pages: Pages, user: User, path: str = "/me") -> str:
    client = pages.cast.client("nobody")
    client.force_login(User.objects.get(pk=user.pk))
    answer = client.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_at_first_after_seven_days_and_without_the_name(pages: Pages) -> None:
    """Neither the manager nor the customer is anywhere on the page."""
    chosen()
    one = agent(pages)
    old, new = listened(pages, one.username, 8), listened(pages, one.username, 6)
    for path in ("/me", "/me/listened"):
        page = shown(pages, one, path)
        assert old in page
        assert new not in page
        assert "Whispered to you" in page
        for secret in ("Sam Secret", "2044", "9460123"):
            assert secret not in page
    assert "1 time" in shown(pages, one)
    assert "7 days after" in shown(pages, one)


@pytest.mark.parametrize(
    ("policy", "sees", "names"),
    [
        ({"agents_see": "nothing"}, False, False),
        ({"agents_see": "without-manager", "agents_see_after_days": 0}, True, False),
        ({"agents_see": "everything", "agents_see_after_days": 0}, True, True),
        ({"agents_see": "everything", "agents_see_after_days": 2}, False, False),
    ],
)
def test_the_administrator_chooses(pages: Pages, policy: dict[str, Any], sees: bool, names: bool) -> None:
    """Off, after a delay, without the name, in full."""
    chosen(**policy)
    one = agent(pages)
    mark = listened(pages, one.username, 1)
    for path in ("/me", "/me/listened"):
        page = shown(pages, one, path)
        assert (mark in page) is sees
        assert ("Sam Secret" in page) is names
        assert "9460123" not in page
    assert ("1 time" in shown(pages, one)) is sees


def test_nobody_sees_the_calls_of_others_there(pages: Pages) -> None:
    """Whatever their role; and a key opens no more than the person may."""
    chosen(agents_see="everything", agents_see_after_days=0)
    mark = listened(pages, agent(pages).username, 1)
    for name in ("ada", "sam", "alex", "audrey", "mallory"):
        for path in ("/me", "/me/listened"):
            assert mark not in shown(pages, pages.cast[name], path)
    one = agent(pages)
    token = key_of(one.tenant, "read", one)
    for path in ("/supervision", "/supervision/count", "/supervision/facets?by=action", "/supervision/histogram"):
        answer = pages.cast.client("nobody").get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()["permission"]) == (403, "show_whisper_log")


def test_pages_go_on_where_they_were_and_show_no_later_call(pages: Pages) -> None:
    """The end of the range travels with the address; it can be moved back, never on."""
    chosen()
    one = agent(pages)
    for _ in range(7):
        listened(pages, one.username, 9)
    new = listened(pages, one.username, 1)
    page = shown(pages, one)
    assert "7 times" in page
    assert 'href="/me/listened"' in page
    assert new not in shown(pages, one, f"/me/listened?until={dt.date.today().year + 5}-01-01T00:00:00%2B00:00")
    assert "7 times" in shown(pages, one, "/me/listened?until=nonsense")


def test_a_username_that_comes_again_does_not_show_what_was_its_formers(pages: Pages) -> None:
    """Deleted or renamed away: what is recorded from then on is the new person's, in both logs."""
    chosen(agents_see="everything", agents_see_after_days=0)
    ada = pages.cast.actor("ada")
    one = agent(pages)
    name = one.username
    mark = listened(pages, name, 1)
    pages.record(username=name, comments="mine alone")
    assert mark in shown(pages, one)
    users.delete(ada, name)
    again = users.create(ada, users.UserDraft(name.upper()), "a long password 7")
    users.update(ada, name, username=name)
    for path in ("/me", "/me/listened"):
        page = shown(pages, again, path)
        assert mark not in page
        assert "mine alone" not in page
    pages.record(username=name, comments="of the new one")
    assert "of the new one" in shown(pages, again)
    token = key_of(again.tenant, "read", User.objects.get(pk=again.pk))
    by_key = pages.cast.client("nobody").get("/me", headers={"Authorization": f"Bearer {token}"})
    assert "mine alone" not in by_key.content.decode()
    users.update(ada, name, username=f"{name}2")
    third = users.create(ada, users.UserDraft(name), "a long password 7")
    assert "of the new one" not in shown(pages, third)
    users.delete(ada, name)
    users.update(ada, f"{name}2", username=name)
    assert "of the new one" not in shown(pages, again), "it was another's in between"
