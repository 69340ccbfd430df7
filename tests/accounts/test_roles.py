"""Roles: what they hold, who may make and change them, and what nobody may grant."""

from typing import Any

import pytest

from earwitness.accounts.actions import roles as acts
from earwitness.accounts.actions.roles import RoleDraft
from earwitness.accounts.models import Role, Tenant
from earwitness.accounts.tenants import BUILT_IN_ROLES
from earwitness.model.permission import PERMISSION_NAMES
from earwitness.model.problem import Conflict, Forbidden, Invalid, NotFound, NotHeld
from tests.cast import HOME, Cast, Log, role_of


def home() -> Tenant:
    return Tenant.objects.get(name=HOME)


def test_every_tenant_has_the_built_in_roles(cast: Cast) -> None:
    """Administrator, Supervisor, Agent, Auditor, Works council, with permissions that exist."""
    for tenant in Tenant.objects.all():
        names = set(tenant.roles.values_list("name", flat=True))
        assert names == {"Administrator", "Supervisor", "Agent", "Auditor", "Works council"}
    assert all(set(role.permissions) <= PERMISSION_NAMES for role in BUILT_IN_ROLES)


def test_a_role_is_made_changed_and_deleted_and_all_of_it_recorded(cast: Cast, log: Log) -> None:
    """With before and after of each field that changed."""
    ada = cast.actor("ada")
    acts.create(ada, RoleDraft(" Night  shift ", "Nights", ("export_logs", "show_activity_log"), ("10.1.2.3/8",), True))
    role = Role.objects.get(name="Night shift")
    assert role.permissions == ["show_activity_log", "export_logs"]  # in the order of the table
    assert role.accepted_ips == ["10.0.0.0/8"]
    acts.update(ada, "night SHIFT", permissions=("show_activity_log",), mask_phone=False)
    changed = {change.path: (change.old, change.new) for change in log.last()["changes"]}
    assert changed == {
        "permissions": (["show_activity_log", "export_logs"], ["show_activity_log"]),
        "mask_phone": (True, False),
    }
    acts.update(ada, "Night shift", mask_phone=False)  # nothing changes: nothing to record
    acts.delete(ada, "Night shift")
    assert log.acts() == ["role.create", "role.update", "role.delete"]
    assert {e["username"] for e in log.events} == {"ada"}


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": ""}, {"name"}),
        ({"name": "Auditor"}, {"name"}),
        ({"name": "auditor"}, {"name"}),
        (
            {"name": "a/b", "permissions": ("fly",), "accepted_ips": ("office",)},
            {"name", "permissions", "accepted_ips"},
        ),
        ({"description": "x" * 501}, {"description"}),
        ({"accepted_ips": tuple(f"10.0.{n}.0/24" for n in range(201))}, {"accepted_ips"}),
    ],
)
def test_every_wrong_field_is_named_at_once(cast: Cast, fields: dict[str, Any], wrong: set[str]) -> None:
    """One answer, all mistakes."""
    with pytest.raises(Invalid) as caught:
        acts.create(cast.actor("ada"), RoleDraft(**{"name": "New", **fields}))
    assert set(caught.value.fields) == wrong
    assert not Role.objects.filter(name="New").exists()


@pytest.mark.parametrize("name", ["sam", "alex", "audrey"])
def test_without_the_permission_nothing_changes_and_it_is_recorded(cast: Cast, log: Log, name: str) -> None:
    """Create, edit and delete are three permissions; without them there are three refusals."""
    role_of(home(), "Spare")
    for act in (
        lambda actor: acts.create(actor, RoleDraft("New")),
        lambda actor: acts.update(actor, "Spare", mask_phone=True),
        lambda actor: acts.delete(actor, "Spare"),
    ):
        with pytest.raises(Forbidden):
            act(cast.actor(name))
    assert log.acts() == ["access.denied"] * 3
    assert [e["params"]["permission"] for e in log.events] == ["create_role", "edit_role", "delete_role"]
    assert {e["outcome"] for e in log.events} == {"denied"}


def test_a_role_of_another_tenant_does_not_exist(cast: Cast) -> None:
    """The same answer as for a name that nobody ever used."""
    role_of(home(), "Spare")
    answers = []
    for name in ("Spare", "Never was"):
        with pytest.raises(NotFound) as caught:
            acts.update(cast.actor("mallory"), name, mask_phone=True)
        answers.append(caught.value.detail)
    assert answers[0] == answers[1]
    with pytest.raises(NotFound):
        acts.delete(cast.actor("mallory"), "Spare")


@pytest.fixture
def editor(cast: Cast) -> Cast:
    """Sam may also edit roles, but not export; the role Exporter holds what Sam lacks."""
    cast["sam"].roles.set([role_of(home(), "Editor", "create_role", "edit_role", "delete_role", "show_activity_log")])
    role_of(home(), "Exporter", "export_logs")
    role_of(home(), "Viewer", "show_activity_log")
    return cast


@pytest.mark.parametrize("permissions", [("export_logs",), ("admin",), ("show_activity_log", "erase_personal_data")])
def test_nobody_grants_a_permission_they_do_not_hold(editor: Cast, permissions: tuple[str, ...]) -> None:
    """Neither in a new role nor in one that exists."""
    with pytest.raises(NotHeld) as caught:
        acts.create(editor.actor("sam"), RoleDraft("New", permissions=permissions))
    assert set(caught.value.fields) == {"permissions"}
    assert caught.value.extra["permission"] in permissions
    with pytest.raises(NotHeld):
        acts.update(editor.actor("sam"), "Viewer", permissions=permissions)
    acts.update(editor.actor("sam"), "Viewer", permissions=("show_activity_log", "edit_role"))


def test_trying_to_grant_more_is_a_refusal_that_is_recorded(editor: Cast, log: Log) -> None:
    """Whoever reaches for more than they hold is to be found in the log."""
    with pytest.raises(NotHeld):
        acts.update(editor.actor("sam"), "Viewer", permissions=("admin",))
    assert log.acts() == ["access.denied"]
    assert (log.last()["username"], log.last()["comments"]) == ("sam", "You cannot grant what you do not hold: admin.")


def test_nobody_touches_a_role_that_holds_more_than_they_do(editor: Cast) -> None:
    """Opening its Accepted IPs would be granting what it holds."""
    with pytest.raises(Forbidden):
        acts.update(editor.actor("sam"), "Exporter", accepted_ips=())
    with pytest.raises(Forbidden):
        acts.delete(editor.actor("sam"), "Exporter")


def test_nobody_whose_numbers_are_masked_unmasks(editor: Cast) -> None:
    """Not for others, and not for themselves through their own role."""
    Role.objects.filter(name="Editor").update(mask_phone=True)
    with pytest.raises(NotHeld) as caught:
        acts.update(editor.actor("sam"), "Editor", mask_phone=False)
    assert set(caught.value.fields) == {"mask_phone"}
    with pytest.raises(Invalid):
        acts.create(editor.actor("sam"), RoleDraft("Open", permissions=("show_activity_log",)))
    acts.create(editor.actor("sam"), RoleDraft("Closed", permissions=("show_activity_log",), mask_phone=True))


def test_a_permission_counts_for_granting_only_where_it_counts_at_all(editor: Cast) -> None:
    """From outside its Accepted IPs, a role gives nothing that could be handed on."""
    Role.objects.filter(name="Exporter").update(accepted_ips=["10.0.0.0/8"])
    editor["sam"].roles.add(Role.objects.get(name="Exporter"))
    acts.create(editor.actor("sam", "10.1.1.1"), RoleDraft("At work", permissions=("export_logs",)))
    with pytest.raises(Invalid):
        acts.create(editor.actor("sam", "192.0.2.1"), RoleDraft("At home", permissions=("export_logs",)))


def test_the_administrator_role_stays_one(cast: Cast) -> None:
    """It keeps its name and the permission admin, and is not deleted."""
    ada = cast.actor("ada")
    with pytest.raises(Invalid) as caught:
        acts.update(ada, "Administrator", name="Boss", permissions=("create_user",))
    assert set(caught.value.fields) == {"name", "permissions"}
    with pytest.raises(Conflict):
        acts.delete(ada, "Auditor")


def test_the_last_administrator_is_not_removed_by_way_of_their_role(cast: Cast) -> None:
    """A role of one's own that says admin counts as much as the built-in one."""
    role_of(home(), "Boss", "admin")
    cast["ada"].roles.set(Role.objects.filter(name="Boss", tenant=home()))
    with pytest.raises(Conflict, match="administrator"):
        acts.update(cast.actor("ada"), "Boss", permissions=("create_user", "edit_role"))
    assert Role.objects.get(name="Boss").permissions == ["admin"]


def test_nobody_locks_themselves_out_by_accepted_ips(cast: Cast, log: Log) -> None:
    """An administrator who mistypes their own network stays in, and nothing is recorded as done."""
    ada = cast.actor("ada", "192.0.2.10")
    with pytest.raises(Conflict, match="lock you out"):
        acts.update(ada, "Administrator", accepted_ips=("10.0.0.0/8",))
    assert Role.objects.get(tenant=home(), name="Administrator").accepted_ips == []
    assert log.acts() == []
    acts.update(ada, "Administrator", accepted_ips=("10.0.0.0/8", "192.0.2.0/24"))
    assert log.acts() == ["role.update"]


def test_a_role_that_somebody_has_is_not_deleted(cast: Cast) -> None:
    """Taking a role away is an act on people, and done there."""
    cast["alex"].roles.set([role_of(home(), "Spare")])
    with pytest.raises(Conflict, match="1 user has this role"):
        acts.delete(cast.actor("ada"), "Spare")


def test_a_permission_of_the_past_counts_for_nothing(cast: Cast) -> None:
    """A name that a later release dropped grants nothing and breaks nothing."""
    cast["alex"].roles.set([role_of(home(), "Old", "fly", "show_activity_log")])
    assert cast.actor("alex").access.permissions == {"show_activity_log"}
