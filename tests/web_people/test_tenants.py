"""An operator goes from tenant to tenant, and both tenants know it."""

import pytest
from django.test import Client

from earwitness.accounts import access
from earwitness.accounts.models import Desk, Tenant, User
from earwitness.accounts.visits import KEPT
from earwitness.deliver import owners
from tests.cast import AWAY, HOME, IP, PASSWORD, Cast, Log, person

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def olga(cast: Cast, log: Log, password_hash: str) -> Client:
    """A browser in which an operator is signed in."""
    made = person(Tenant.objects.get(name=HOME), "olga", password_hash)
    made.is_operator = True
    made.save()
    cast.people["olga"] = made
    return cast.client("olga")


def visit(client: Client, tenant: str) -> str:
    """Press the button; returns where it leads."""
    return str(client.post("/settings/tenants/visit", {"tenant": tenant})["Location"])


def test_an_operator_sees_the_tenant_they_chose(olga: Client) -> None:
    """Its people instead of their own, on every page, until they leave."""
    assert "mallory" not in olga.get("/settings/users").content.decode()
    assert visit(olga, AWAY) == "/"
    text = olga.get("/settings/users").content.decode()
    assert "mallory" in text
    assert "audrey" not in text
    assert f"You see the tenant <b>{AWAY}</b>" in text
    visit(olga, HOME)
    assert "audrey" in olga.get("/settings/users").content.decode()
    assert KEPT not in olga.session


def test_both_tenants_are_told(olga: Client, log: Log) -> None:
    """That somebody came and went, as an operator; what they do there stands in that tenant's log."""
    visit(olga, AWAY)
    assert [(e["tenant"], e["sub_event"], e["actor_type"]) for e in log.events] == [
        (AWAY, "visit", "operator"),
        (HOME, "visit", "user"),
    ]
    log.clear()
    olga.post("/settings/desks", {"name": "Night"})
    assert (log.last()["tenant"], log.last()["username"], log.last()["actor_type"]) == (AWAY, "olga", "operator")
    assert Desk.objects.get(name="Night").tenant.name == AWAY
    log.clear()
    visit(olga, AWAY)
    assert log.acts() == [], "they are there already"
    visit(olga, HOME)
    assert [(e["tenant"], e["sub_event"]) for e in log.events] == [(AWAY, "leave"), (HOME, "leave")]


def test_from_one_tenant_to_the_next(olga: Client, log: Log) -> None:
    """Leaving the one is told as well."""
    olga.post("/settings/tenants", {"name": "acme", "confirm": PASSWORD})
    visit(olga, AWAY)
    log.clear()
    visit(olga, "acme")
    assert [(e["tenant"], e["sub_event"], e["event_object"]) for e in log.events] == [
        (AWAY, "leave", f"tenant:{AWAY}"),
        (HOME, "leave", f"tenant:{AWAY}"),
        ("acme", "visit", "tenant:acme"),
        (HOME, "visit", "tenant:acme"),
    ]


def test_their_own_account_stays_their_own(olga: Client) -> None:
    """Sessions and security are at home, wherever they look."""
    visit(olga, AWAY)
    answer = olga.get("/me/security")
    assert answer.status_code == 200
    assert "olga" in answer.content.decode()
    assert olga.post("/me/security/sign-out-elsewhere").status_code == 302
    assert olga.get("/settings/users").status_code == 200, "this session goes on"


@pytest.mark.parametrize("name", ["nowhere", "", "x" * 500, "a\0b", "<script>"])
def test_a_tenant_that_is_none(olga: Client, log: Log, name: str) -> None:
    """Nothing is chosen and nothing recorded."""
    assert olga.post("/settings/tenants/visit", {"tenant": name}).status_code == 404
    assert KEPT not in olga.session
    assert log.acts() == []


def test_who_is_no_operator_any_more_is_at_home(olga: Client, cast: Cast) -> None:
    """What the session says counts for operators alone."""
    visit(olga, AWAY)
    User.objects.filter(username="olga").update(is_operator=False)
    answer = olga.get("/me/security").content.decode()
    assert "You see the tenant" not in answer
    assert olga.get("/settings/tenants").status_code == 403
    ada = cast.client("ada")
    session = ada.session
    session[KEPT] = AWAY
    session.save()
    text = ada.get("/settings/users").content.decode()
    assert "audrey" in text
    assert "mallory" not in text


def test_what_they_set_up_in_a_tenant_is_about_that_tenant(olga: Client, cast: Cast) -> None:
    """A schedule or alert sees the log of the tenant it was made in, and stops with the operator's power."""
    olga_now = User.objects.get(username="olga")
    assert owners.scope_of(olga_now, AWAY, IP, "activity").tenant == AWAY
    User.objects.filter(username="olga").update(is_operator=False)
    olga_now.roles.set(list(olga_now.tenant.roles.filter(name="Administrator")))
    with pytest.raises(owners.Stopped, match="no longer an operator"):
        owners.scope_of(olga_now, AWAY, IP, "activity")
    assert access.of_user(cast["ada"], IP, AWAY).tenant == HOME


def test_the_list_is_paged_and_searched(olga: Client) -> None:
    """Ten thousand customers are found by name."""
    Tenant.objects.bulk_create(Tenant(name=f"pbx-{i:05d}") for i in range(300))
    first = olga.get("/settings/tenants").content.decode()
    assert "pbx-00010" in first
    assert "pbx-00299" not in first
    assert 'rel="next"' in first
    assert "pbx-00299" in olga.get("/settings/tenants?q=0299").content.decode()
    assert "No tenant is called like that" in olga.get("/settings/tenants?q=zzz").content.decode()
    assert "pbx-00051" in olga.get("/settings/tenants?q=pbx&after=pbx-00050").content.decode()


def test_a_tenant_is_made_and_disabled(olga: Client, log: Log) -> None:
    """With the password once more, as everything dangerous."""
    assert olga.post("/settings/tenants", {"name": "acme"}).status_code == 422
    assert olga.post("/settings/tenants", {"name": "acme", "confirm": PASSWORD}).status_code == 302
    assert olga.post("/settings/tenants", {"name": "A B"}).status_code == 422
    assert olga.post("/settings/tenants/disable/acme").status_code == 302
    assert Tenant.objects.get(name="acme").disabled
    assert log.acts()[-2:] == ["tenant.create", "tenant.disable"]
    assert olga.get("/settings/tenants/disable/nowhere").status_code == 404
    assert olga.post("/settings/tenants/disable/default", {}).status_code == 422
