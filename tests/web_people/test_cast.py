"""Every page about people, tried by everybody."""

import re
from typing import Any

import pytest
from django.test import Client

from earwitness.accounts.actions import keys
from earwitness.accounts.models import Role, Tenant
from earwitness.web import menu
from tests.cast import HOME, NAMES, Cast, Log

pytestmark = pytest.mark.usefixtures("house")

# page -> what (ada, sam, alex, audrey, mallory) get. Mallory rules another tenant: its lists, and none of these rows.
PAGES = {
    "/settings/users": (200, 403, 403, 403, 200),
    "/settings/users/new": (200, 403, 403, 403, 200),
    "/settings/users/edit/sam": (200, 403, 403, 403, 404),
    "/settings/users/disable/sam": (200, 403, 403, 403, 404),
    "/settings/users/password/sam": (200, 403, 403, 403, 404),
    "/settings/users/second-factors/sam": (200, 403, 403, 403, 404),
    "/settings/users/sign-out/sam": (200, 403, 403, 403, 404),
    "/settings/users/delete/sam": (200, 403, 403, 403, 404),
    "/settings/users/edit/nobody": (404, 403, 403, 403, 404),
    "/settings/roles": (200, 403, 403, 403, 200),
    "/settings/roles/new": (200, 403, 403, 403, 200),
    "/settings/roles/edit/Spare": (200, 403, 403, 403, 404),
    "/settings/roles/delete/Spare": (200, 403, 403, 403, 404),
    "/settings/desks": (200, 403, 403, 403, 200),
    "/settings/desks/edit/Support": (200, 403, 403, 403, 404),
    "/settings/desks/delete/Support": (200, 403, 403, 403, 404),
    "/settings/keys": (200, 403, 403, 403, 200),
    "/settings/keys/new": (200, 403, 403, 403, 200),
    "/settings/keys/revoke/pbx": (200, 403, 403, 403, 404),
    "/settings/redaction": (200, 403, 403, 403, 200),
    "/settings/redaction/sample": (200, 403, 403, 403, 200),
    "/settings/policies": (200, 403, 403, 403, 200),
    "/settings/system": (200, 200, 403, 403, 200),
    "/me/security": (200, 200, 200, 200, 200),
    "/sessions/1/end": (400, 400, 400, 400, 400),
    "/me/security/sign-out-elsewhere": (400, 400, 400, 400, 400),
    "/settings/tenants": (403, 403, 403, 403, 403),
    "/settings/tenants/visit": (400, 400, 400, 400, 400),
    "/settings/tenants/disable/elsewhere": (403, 403, 403, 403, 403),
    "/setup/": (404, 404, 404, 404, 404),
}


@pytest.fixture
def furnished(cast: Cast, log: Log) -> Cast:
    """A role and a key that another tenant does not have."""
    Role.objects.create(tenant=Tenant.objects.get(name=HOME), name="Spare", description="Spare <b>role</b>")
    keys.create(cast.actor("ada"), keys.KeyDraft("pbx", "ingest"))
    log.clear()
    return cast


@pytest.mark.parametrize("path", PAGES)
def test_every_page_by_everybody(furnished: Cast, path: str) -> None:
    """Shown to those who may, refused to the others; nobody signed in is sent to sign in."""
    for name, status in zip(NAMES, PAGES[path], strict=True):
        answer = furnished.client(name).get(path)
        assert answer.status_code == status, (name, path)
        if path != "/setup/":
            assert "no-store" in answer["Cache-Control"]
        if name == "mallory" and status == 200:
            for secret in ("Support", "audrey", "Spare", "ew_ingest"):
                assert secret not in answer.content.decode()
    if path != "/setup/":
        answer = furnished.client("nobody").get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("path", [path for path, statuses in PAGES.items() if statuses[3] == 403])
def test_a_refusal_names_the_permission_and_is_recorded(furnished: Cast, log: Log, path: str) -> None:
    """And its page shows nothing of what it hides."""
    answer = furnished.client("audrey").get(path)
    permission = log.last()["params"]["permission"]
    assert log.acts() == ["access.denied"]
    assert (log.last()["username"], log.last()["request_uri"]) == ("audrey", path)
    text = answer.content.decode()
    assert permission in text
    for secret in ("Support", "sam", "Spare", "ew_ingest"):
        # As a word: one in a thousand pages has "sam" somewhere in the random letters of its CSRF tokens.
        assert not re.search(rf"\b{secret}\b", text.replace(path, ""))


POSTS: list[tuple[str, dict[str, Any]]] = [
    ("/settings/users/new", {"username": "eve", "password": "a long password here", "roles": ["Administrator"]}),
    ("/settings/users/edit/sam", {"username": "sam", "roles": ["Administrator"]}),
    ("/settings/users/disable/sam", {}),
    ("/settings/users/password/sam", {"password": "a long password here"}),
    ("/settings/users/second-factors/sam", {}),
    ("/settings/users/sign-out/sam", {}),
    ("/settings/users/delete/sam", {}),
    ("/settings/roles/new", {"name": "New"}),
    ("/settings/roles/edit/Spare", {"name": "Spare", "permissions": ["admin"]}),
    ("/settings/roles/delete/Spare", {}),
    ("/settings/desks", {"name": "Sales"}),
    ("/settings/desks/edit/Support", {"name": "Care"}),
    ("/settings/desks/delete/Support", {}),
    ("/settings/keys/new", {"name": "k", "scope": "admin", "user": "ada"}),
    ("/settings/keys/revoke/pbx", {}),
    ("/settings/redaction", {"names": "iban"}),
    ("/settings/policies", {"quota": "1"}),
]
OF_THE_TENANT = ("/settings/desks", "/settings/redaction", "/settings/policies")
OPERATORS: list[tuple[str, dict[str, Any]]] = [
    ("/settings/tenants", {"name": "acme"}),
    ("/settings/tenants/visit", {"tenant": "elsewhere"}),
    ("/settings/tenants/disable/elsewhere", {}),
]


@pytest.mark.parametrize(("path", "fields"), OPERATORS)
def test_only_an_operator_reaches_another_tenant(furnished: Cast, log: Log, path: str, fields: dict[str, Any]) -> None:
    """Administrators rule their own tenant, whatever they send."""
    for name in NAMES:
        client = furnished.client(name)
        assert client.post(path, fields).status_code == 403, name
        assert "elsewhere" not in client.session.get("earwitness.tenant", "")
    assert set(log.acts()) == {"access.denied"}
    assert not Tenant.objects.filter(name="acme").exists()
    assert not Tenant.objects.filter(disabled=True).exists()


@pytest.mark.parametrize(("path", "fields"), POSTS)
def test_nobody_changes_what_they_may_not(furnished: Cast, log: Log, path: str, fields: dict[str, Any]) -> None:
    """A form sent by hand gets no further than the page."""
    from tests.api_manage.test_cast import state

    before = state()
    for name in ("sam", "alex", "audrey", "nobody"):
        answer = furnished.client(name).post(path, fields)
        assert answer.status_code == (302 if name == "nobody" else 403), name
    assert state() == before
    assert set(log.acts()) == {"access.denied"}


@pytest.mark.parametrize(
    ("path", "fields"),
    [row for row in POSTS if "new" not in row[0] and row[0] not in OF_THE_TENANT],
)
def test_an_administrator_changes_nothing_of_another_tenant(furnished: Cast, path: str, fields: dict[str, Any]) -> None:
    """Whatever she names is not there."""
    from tests.api_manage.test_cast import state

    before = state()
    assert furnished.client("mallory").post(path, fields).status_code in (404, 422)
    assert state() == before


@pytest.mark.parametrize(("path", "fields"), POSTS + OPERATORS)
def test_every_form_is_safe_from_other_sites(furnished: Cast, path: str, fields: dict[str, Any]) -> None:
    """Without the token of the page it is refused."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(furnished["ada"])
    assert client.post(path, fields).status_code == 403


@pytest.mark.parametrize("name", NAMES)
def test_the_menu_offers_what_may_be_opened(furnished: Cast, name: str) -> None:
    """No entry leads to a refusal, and none that may be opened is missing."""
    client = furnished.client(name)
    shown = client.get("/me/security").content.decode()
    for group in menu.MENU:
        for entry in group.entries:
            url = menu.address(entry.route)
            if entry.route in ("users", "roles", "desks", "keys", "redaction", "policies", "system") and url:
                assert (f'href="{url}"' in shown) == (client.get(url).status_code == 200), (name, url)


def test_what_people_wrote_is_text_and_nothing_else(furnished: Cast) -> None:
    """A description with signs of HTML is shown as it was written."""
    text = furnished.client("ada").get("/settings/roles").content.decode()
    assert "Spare &lt;b&gt;role&lt;/b&gt;" in text
    assert "<b>role" not in text
