"""What the forms do: they change what they say, ask for the password again, and show secrets once."""

import html
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from earwitness.accounts import keys
from earwitness.accounts.models import ApiKey, Desk, Role, User
from tests.cast import HOME, IP, PASSWORD, Cast, Log, role_of

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def ada(cast: Cast) -> Client:
    """Ada's browser, in which she has not given her password again."""
    cache.clear()
    return cast.client("ada")


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def secret(answer: Any) -> str:
    """Return what a page shows this once."""
    found = re.search(r'<code id="secret">([^<]+)</code>', answer.content.decode())
    assert found
    return found[1]


def test_a_role_is_made_with_the_password_given_again(ada: Client, log: Log) -> None:
    """Without it, or with a wrong one, nothing is made; after it, not again for a while."""
    role = {
        "name": "Night shift",
        "description": "Nights",
        "permissions": ["show_activity_log", "export_logs"],
        "accepted_ips": "10.1.2.3/8\n 2001:db8::/32, 192.0.2.0/24",
        "mask_phone": "on",
    }
    assert ada.post("/settings/roles/new", role).status_code == 422
    wrong = ada.post("/settings/roles/new", role | {"confirm": "not hers"})
    assert "This is not your password" in text(wrong)
    assert not Role.objects.filter(name="Night shift").exists()
    assert ada.post("/settings/roles/new", role | {"confirm": PASSWORD}).status_code == 302
    made = Role.objects.get(name="Night shift")
    assert made.accepted_ips == ["10.0.0.0/8", "2001:db8::/32", "192.0.2.0/24"]
    assert (made.permissions, made.mask_phone) == (["show_activity_log", "export_logs"], True)
    assert ada.post("/settings/roles/edit/Night%20shift", role | {"name": "Nights"}).status_code == 302
    assert log.acts() == ["user_session.login_failed", "user_session.confirm", "role.create", "role.update"]


def test_a_form_with_mistakes_comes_back_as_filled_in(ada: Client) -> None:
    """All mistakes at their fields, nothing lost, no password asked for in vain."""
    answer = ada.post(
        "/settings/roles/new",
        {"name": "Auditor", "permissions": ["verify_log"], "accepted_ips": "office", "confirm": PASSWORD},
    )
    assert answer.status_code == 422
    shown = text(answer)
    assert "There is a role of this name already." in shown
    assert "'office' is neither an address" in shown
    assert re.search(r">\s*office</textarea>", shown)
    assert re.search(r'value="verify_log"[^>]* checked', shown)
    assert PASSWORD not in shown


def test_the_edit_role_form_shows_every_permission_with_its_sentence(ada: Client) -> None:
    """And which are chosen."""
    from earwitness.model.permission import PERMISSIONS

    shown = text(ada.get("/settings/roles/edit/Supervisor"))
    for permission in PERMISSIONS:
        assert permission.sentence in shown
    chosen = re.findall(r'name="permissions" value="(\w+)"[^>]* checked', shown)
    assert set(chosen) == set(Role.objects.get(tenant__name=HOME, name="Supervisor").permissions)


def test_what_somebody_cannot_grant_cannot_be_chosen(cast: Cast) -> None:
    """The page says so before it is tried, and the act refuses it if it is tried all the same."""
    home = cast["ada"].tenant
    cast["sam"].roles.set([role_of(home, "Editor", "create_role", "edit_role", "create_user", "edit_user")])
    sam = cast.client("sam")
    shown = text(sam.get("/settings/roles/new"))
    assert re.search(r'value="admin"[^>]* disabled', shown)
    assert not re.search(r'value="edit_role"[^>]* disabled', shown)
    answer = sam.post("/settings/roles/new", {"name": "Boss", "permissions": ["admin"], "confirm": PASSWORD})
    assert answer.status_code == 422
    assert "You cannot grant what you do not hold: admin." in text(answer)
    assert re.search(r'value="Administrator"[^>]* disabled', text(sam.get("/settings/users/new")))
    assert "You cannot" not in text(sam.get("/settings/roles/edit/Agent"))
    assert "so you cannot change it" in text(sam.get("/settings/roles/edit/Auditor"))


def test_a_user_is_made_and_can_sign_in(ada: Client) -> None:
    """With the password that was chosen."""
    fields = {"username": "bob", "roles": ["Supervisor"], "desks": ["Support"], "extensions": "1001, 1002"}
    answer = ada.post("/settings/users/new", fields | {"password": "a long password here", "confirm": PASSWORD})
    assert answer.status_code == 302
    bob = User.objects.get(username="bob")
    assert bob.extensions == ["1001", "1002"]
    signed_in = Client().post("/accounts/login/", {"login": "bob", "password": "a long password here"}, REMOTE_ADDR=IP)
    assert signed_in.status_code == 302


def test_a_password_that_is_made_up_is_shown_once_and_works(ada: Client, log: Log) -> None:
    """On the answer to the form, and nowhere afterwards."""
    made = secret(ada.post("/settings/users/new", {"username": "bob", "confirm": PASSWORD}))
    assert User.objects.get(username="bob").check_password(made)
    again = secret(ada.post("/settings/users/password/bob", {}))
    assert User.objects.get(username="bob").check_password(again)
    assert made != again
    for password in (made, again):
        assert password not in text(ada.get("/settings/users/edit/bob"))
        assert password not in str(log.events)
        assert all(password not in str(cookie) for cookie in ada.cookies.values())


def test_a_user_is_changed_disabled_and_deleted(ada: Client, log: Log) -> None:
    """Each on a page that says what will happen."""
    fields = {"username": "sam", "name": "Sam O", "roles": ["Supervisor"], "desks": []}
    assert ada.post("/settings/users/edit/sam", fields | {"confirm": PASSWORD}).status_code == 302
    sam = User.objects.get(username="sam")
    assert (sam.name, sam.desks.count()) == ("Sam O", 0)
    assert ada.post("/settings/users/disable/sam").status_code == 302
    assert User.objects.get(username="sam").disabled
    assert ada.post("/settings/users/disable/sam").status_code == 302
    assert not User.objects.get(username="sam").disabled
    assert ada.post("/settings/users/delete/sam").status_code == 302
    assert not User.objects.filter(username="sam").exists()
    assert log.acts()[-4:] == ["user.update", "user.disable", "user.enable", "user.delete"]


def test_the_last_administrator_is_told_why_not(ada: Client) -> None:
    """In a sentence that says what to do."""
    for path, fields in (
        ("/settings/users/disable/ada", {}),
        ("/settings/users/delete/ada", {"confirm": PASSWORD}),
        ("/settings/users/edit/ada", {"username": "ada", "roles": ["Agent"], "confirm": PASSWORD}),
    ):
        answer = ada.post(path, fields)
        assert answer.status_code == 422
        assert "make somebody else an administrator first" in text(answer)


def test_a_key_is_shown_once(ada: Client) -> None:
    """And works."""
    answer = ada.post(
        "/settings/keys/new", {"name": "pbx", "scope": "ingest", "sources": "pbx_stats", "confirm": PASSWORD}
    )
    token = secret(answer)
    grant = keys.look_up(token, IP)
    assert grant is not None
    assert grant.sources == ("pbx_stats",)
    assert token not in text(ada.get("/settings/keys"))
    assert ada.post("/settings/keys/revoke/pbx").status_code == 302
    assert keys.look_up(token, IP) is None
    assert "is revoked" in text(ada.get("/settings/keys"))
    assert "ew_ingest" not in text(ada.get("/settings/keys"))
    assert "Revoked" in text(ada.get("/settings/keys?revoked=1"))


def test_a_read_key_needs_somebody(ada: Client) -> None:
    """The mistake stands at the field."""
    answer = ada.post("/settings/keys/new", {"name": "x", "scope": "read", "user": "", "confirm": PASSWORD})
    assert answer.status_code == 422
    assert "belongs to a user" in text(answer)
    assert not ApiKey.objects.exists()


def test_desks_are_made_renamed_and_deleted(ada: Client) -> None:
    """Without a password: nothing is granted."""
    assert ada.post("/settings/desks", {"name": "Sales"}).status_code == 302
    assert ada.post("/settings/desks/edit/Sales", {"name": "Outbound"}).status_code == 302
    assert Desk.objects.get(name="Outbound").former_names == ["Sales"]
    assert ada.post("/settings/desks", {"name": "sales"}).status_code == 422
    assert ada.post("/settings/desks/delete/Outbound").status_code == 302
    assert not Desk.objects.filter(name="Outbound").exists()


def test_one_ends_ones_own_sessions(cast: Cast) -> None:
    """One of them, or all others; the one that asks goes on."""
    cache.clear()
    here, there, third = (Client(REMOTE_ADDR=IP) for _ in range(3))
    for client in (here, there, third):
        client.post("/accounts/login/", {"login": "alex", "password": PASSWORD})
    shown = here.get("/me/security").content.decode()
    assert shown.count("This one") == 1
    first = re.findall(r"/sessions/(\d+)/end", shown)[0]
    assert here.post(f"/sessions/{first}/end", {"back": "/me/security"})["Location"] == "/me/security"
    still = [client.get("/me/security").status_code for client in (here, there, third)]
    assert sorted(still) == [200, 200, 302]
    here.post("/me/security/sign-out-elsewhere")
    assert [client.get("/me/security").status_code for client in (here, there, third)] == [200, 302, 302]


def test_going_back_never_leads_to_another_site(cast: Cast) -> None:
    """Whatever the form says."""
    client = Client(REMOTE_ADDR=IP)
    for back in ("https://evil.example", "//evil.example", "javascript:alert(1)", "/\\evil.example"):
        client.force_login(cast["ada"])
        client.get("/me/security")
        other = Client(REMOTE_ADDR=IP)
        other.force_login(cast["alex"])
        other.get("/me/security")
        number = re.findall(r"/sessions/(\d+)/end", client.get("/settings/system").content.decode())[0]
        assert client.post(f"/sessions/{number}/end", {"back": back})["Location"] == "/me/security"


def test_users_are_searched_and_paged(ada: Client, cast: Cast) -> None:
    """The address holds the search, also on the next page."""
    for number in range(60):
        User.objects.create(tenant=cast["ada"].tenant, username=f"agent{number:02}", password="!")
    first = text(ada.get("/settings/users?q=agent"))
    assert first.count("/settings/users/edit/agent") == 50
    onward = re.search(r'rel="next" href="([^"]+)"', first)
    assert onward
    second = text(ada.get("/settings/users" + onward[1]))
    assert second.count("/settings/users/edit/agent") == 10
    assert "Nobody is like that" in text(ada.get("/settings/users?q=%00%25"))
