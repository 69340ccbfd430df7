"""Two people at the same form: nobody's change is lost without a word, and a form that is sent twice acts once."""

import html
import re
from typing import Any

import pytest
from django.test import Client

from earwitness.accounts.models import Role, Tenant, User
from earwitness.web.people.forms import CHANGED_MEANWHILE
from tests.cast import HOME, PASSWORD, Cast, Log

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def ada(cast: Cast) -> Client:
    """Ada's browser."""
    return cast.client("ada")


def seen(answer: Any) -> str:
    """Return what a form says of what it was filled from."""
    found = re.search(r'name="seen" value="([0-9a-f]+)"', answer.content.decode())
    assert found
    return found[1]


FORMS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "/settings/roles/edit/Supervisor": (
        {"name": "Supervisor", "permissions": ["show_activity_log"]},
        {"name": "Supervisor", "permissions": ["show_activity_log", "export_logs"]},
    ),
    "/settings/users/edit/sam": (
        {"username": "sam", "roles": ["Agent"], "desks": ["Support"]},
        {"username": "sam", "roles": ["Supervisor"], "desks": ["Support"], "name": "Sam"},
    ),
    "/settings/policies": ({"no_listen_extensions": "1001"}, {"quota": "3"}),
    "/settings/redaction": ({"names": "iban"}, {"names": "birthday"}),
}


@pytest.mark.parametrize("path", FORMS)
def test_a_change_made_meanwhile_is_not_lost_without_a_word(ada: Client, log: Log, path: str) -> None:
    """Whoever saves an older form is told; saved once more, it is what they want."""
    theirs, mine = FORMS[path]
    Tenant.objects.update(policed=True)  # then nobody asks where the log ends now
    opened = seen(ada.get(path))
    assert ada.post(path, theirs | {"seen": opened, "confirm": PASSWORD}).status_code == 302
    acts = log.acts()
    refused = ada.post(path, mine | {"seen": opened})
    assert refused.status_code == 422
    assert CHANGED_MEANWHILE in html.unescape(refused.content.decode())
    assert log.acts() == acts
    assert ada.post(path, mine | {"seen": seen(refused)}).status_code == 302
    assert len(log.acts()) > len(acts)


def test_a_permission_taken_away_meanwhile_stays_away(ada: Client) -> None:
    """A form that is older than the change gives nothing back."""
    path = "/settings/roles/edit/Supervisor"
    opened = seen(ada.get(path))
    ada.post(path, {"name": "Supervisor", "permissions": [], "seen": opened, "confirm": PASSWORD})
    ada.post(path, {"name": "Supervisor", "permissions": ["export_logs"], "description": "mine", "seen": opened})
    assert Role.objects.get(tenant__name=HOME, name="Supervisor").permissions == []


def test_disabling_sent_twice_does_not_enable_again(ada: Client) -> None:
    """The button says what is wanted, whatever holds when it arrives."""
    for _ in range(2):
        assert ada.post("/settings/users/disable/sam", {"act": "Disable"}).status_code == 302
        assert User.objects.get(username="sam").disabled
    for _ in range(2):
        assert ada.post("/settings/users/disable/sam", {"act": "Enable"}).status_code == 302
        assert not User.objects.get(username="sam").disabled
