"""Users: who makes, changes, disables and deletes them, and the rules that hold whoever does."""

from typing import Any

import pytest

from earwitness.accounts import access, recorder
from earwitness.accounts.actions import users as acts
from earwitness.accounts.actions.users import UserDraft
from earwitness.accounts.models import Desk, Tenant, User
from earwitness.accounts.recorder import Actor
from earwitness.model.problem import Conflict, Forbidden, Invalid, NotFound, NotHeld, Unavailable
from tests.cast import HOME, PASSWORD, Cast, Log, role_of


def home() -> Tenant:
    return Tenant.objects.get(name=HOME)


def operator(tenant: str = HOME) -> Actor:
    return Actor(access=access.of_operator("os:root", tenant))


def test_a_user_is_made_with_everything(cast: Cast, log: Log) -> None:
    """And the event holds all of it but the password."""
    draft = UserDraft(
        "ana.pop", "Ana  Pop", "Ana@Example.com", ("agent",), ("support",), ("1001", " 1001 "), "Europe/Berlin"
    )
    user = acts.create(cast.actor("ada"), draft, PASSWORD)
    assert (user.name, user.email, user.extensions) == ("Ana Pop", "ana@example.com", ["1001"])
    assert [role.name for role in user.roles.all()] == ["Agent"]
    assert user.check_password(PASSWORD)
    made = {change.path: change.new for change in log.last()["changes"]}
    assert made["roles"] == ["Agent"]
    assert log.acts() == ["user.create"]
    assert PASSWORD not in str(log.events)
    assert user.password not in str(log.events)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"username": ""}, {"username"}),
        ({"username": "SAM"}, {"username"}),
        ({"username": "MALLORY"}, {"username"}),
        ({"username": "os:root"}, {"username"}),
        ({"username": "a b"}, {"username"}),
        ({"username": "a/b"}, {"username"}),
        ({"username": ".."}, {"username"}),
        ({"username": "x" * 151}, {"username"}),
        ({"username": "a\0"}, {"username"}),
        ({"email": "nobody"}, {"email"}),
        ({"time_zone": "Mars/Olympus"}, {"time_zone"}),
        ({"extensions": ("10 01",)}, {"extensions"}),
        ({"name": "A\u202eB"}, {"name"}),
        ({"roles": ("Agent", "King"), "desks": ("Nowhere",)}, {"roles", "desks"}),
    ],
)
def test_every_wrong_field_is_named(cast: Cast, fields: dict[str, Any], wrong: set[str]) -> None:
    """Usernames are one over all tenants, whatever their case."""
    with pytest.raises(Invalid) as caught:
        acts.create(cast.actor("ada"), UserDraft(**{"username": "new", **fields}), PASSWORD)
    assert set(caught.value.fields) == wrong


@pytest.mark.parametrize("password", ["", "short", "megaparol12345", "newnewnewnew1", "x" * 1001, "a\0" * 20])
def test_a_weak_password_is_refused(cast: Cast, password: str) -> None:
    """Short, well known, like the username, or long enough to keep the server busy."""
    with pytest.raises(Invalid) as caught:
        acts.create(cast.actor("ada"), UserDraft("newnewnewnew"), password)
    assert set(caught.value.fields) == {"password"}


ACTS = [
    ("create_user", lambda actor: acts.create(actor, UserDraft("new"), PASSWORD)),
    ("edit_user", lambda actor: acts.update(actor, "alex", name="A")),
    ("edit_user", lambda actor: acts.set_disabled(actor, "alex", True)),
    ("edit_user", lambda actor: acts.set_password(actor, "alex", PASSWORD)),
    ("edit_user", lambda actor: acts.remove_second_factors(actor, "alex")),
    ("edit_user", lambda actor: acts.change(actor, "alex", disabled=True)),
    ("delete_user", lambda actor: acts.delete(actor, "alex")),
]


@pytest.mark.parametrize(("permission", "act"), ACTS)
@pytest.mark.parametrize("name", ["sam", "alex", "audrey"])
def test_without_the_permission_nothing_happens(cast: Cast, log: Log, name: str, permission: str, act: Any) -> None:
    """It is refused, the permission is named, and it is in the log."""
    before = list(User.objects.order_by("pk").values())
    with pytest.raises(Forbidden) as caught:
        act(cast.actor(name))
    assert caught.value.extra == {"permission": permission}
    assert list(User.objects.order_by("pk").values()) == before
    assert log.acts() == ["access.denied"]


@pytest.mark.parametrize(("permission", "act"), ACTS[1:])
def test_a_user_of_another_tenant_does_not_exist(cast: Cast, permission: str, act: Any) -> None:
    """Mallory rules her own tenant and cannot tell whether alex exists in another."""
    with pytest.raises(NotFound):
        act(cast.actor("mallory"))


@pytest.fixture
def clerk(cast: Cast) -> Cast:
    """Sam may make and edit users and see the activity log of his desk; no more."""
    cast["sam"].roles.set([role_of(home(), "Clerk", "create_user", "edit_user", "delete_user", "show_activity_log")])
    Desk.objects.create(tenant=home(), name="Sales")
    return cast


@pytest.mark.parametrize("role", ["Administrator", "Supervisor", "Auditor"])
def test_nobody_gives_a_role_that_holds_more_than_they_do(clerk: Cast, role: str) -> None:
    """Neither to somebody new, nor to somebody there, nor to themselves."""
    sam = clerk.actor("sam")
    with pytest.raises(NotHeld) as caught:
        acts.create(sam, UserDraft("new", roles=(role,)), PASSWORD)
    assert set(caught.value.fields) == {"roles"}
    assert caught.value.status == 403
    for target in ("alex", "sam"):
        with pytest.raises(NotHeld):
            acts.update(sam, target, roles=(role,))


def test_nobody_seats_people_beyond_their_own_desks(clerk: Cast) -> None:
    """Unless they see all desks."""
    with pytest.raises(NotHeld) as caught:
        acts.update(clerk.actor("sam"), "alex", desks=("Support", "Sales"))
    assert set(caught.value.fields) == {"desks"}
    assert caught.value.extra == {"permission": "show_all_desks"}
    with pytest.raises(NotHeld):
        acts.update(clerk.actor("sam"), "sam", desks=("Sales",))
    acts.update(clerk.actor("ada"), "alex", desks=("Support", "Sales"))
    acts.update(clerk.actor("sam"), "sam", name="Sam")


@pytest.mark.parametrize("target", ["ada", "audrey"])
def test_nobody_takes_over_somebody_mightier(clerk: Cast, target: str) -> None:
    """Whoever could set an administrator's password would be one."""
    for act in (
        lambda: acts.set_password(clerk.actor("sam"), target, PASSWORD),
        lambda: acts.update(clerk.actor("sam"), target, email="sam@example.com"),
        lambda: acts.set_disabled(clerk.actor("sam"), target, True),
        lambda: acts.remove_second_factors(clerk.actor("sam"), target),
        lambda: acts.delete(clerk.actor("sam"), target),
    ):
        with pytest.raises(Forbidden):
            act()
    acts.set_password(clerk.actor("sam"), "alex", "another long password")


def test_nobody_takes_over_somebody_who_sees_other_desks(clerk: Cast) -> None:
    """The same permissions at another desk are more."""
    clerk["alex"].desks.set(Desk.objects.filter(name="Sales"))
    with pytest.raises(Forbidden):
        acts.set_password(clerk.actor("sam"), "alex", PASSWORD)


def test_nobody_whose_numbers_are_masked_unmasks_or_takes_over_the_unmasked(clerk: Cast) -> None:
    """Masking holds against one's own permissions to edit."""
    masking = role_of(home(), "Masked", mask_phone=True)
    viewer = role_of(home(), "Viewer", "show_activity_log")
    clerk["sam"].roles.add(masking)
    clerk["alex"].roles.set([viewer])
    with pytest.raises(Forbidden):
        acts.set_password(clerk.actor("sam"), "alex", PASSWORD)
    clerk["alex"].roles.set([viewer, masking])
    with pytest.raises(Invalid):
        acts.update(clerk.actor("sam"), "alex", roles=("Viewer",))
    with pytest.raises(Invalid):
        acts.update(clerk.actor("sam"), "sam", roles=("Clerk",))
    with pytest.raises(Invalid):
        acts.create(clerk.actor("sam"), UserDraft("new", roles=("Viewer",)), PASSWORD)


LAST = [
    lambda actor: acts.set_disabled(actor, "ada", True),
    lambda actor: acts.delete(actor, "ada"),
    lambda actor: acts.update(actor, "ada", roles=("Agent",)),
    lambda actor: acts.change(actor, "ada", name="A", disabled=True),
]


@pytest.mark.parametrize("act", LAST)
@pytest.mark.parametrize("who", ["ada", "operator"])
def test_the_last_administrator_stays(cast: Cast, log: Log, act: Any, who: str) -> None:
    """Not even an operator leaves a tenant unruled, and what was refused is not recorded as done."""
    with pytest.raises(Conflict):
        act(operator() if who == "operator" else cast.actor("ada"))
    ada = User.objects.get(username="ada")
    assert (ada.disabled, ada.name, [r.name for r in ada.roles.all()]) == (False, "", ["Administrator"])
    assert log.acts() == []


def test_with_a_second_administrator_the_first_may_go(cast: Cast) -> None:
    """A disabled one does not count."""
    acts.create(cast.actor("ada"), UserDraft("bob", roles=("Administrator",)), PASSWORD)
    acts.set_disabled(cast.actor("ada"), "bob", True)
    with pytest.raises(Conflict):
        acts.delete(cast.actor("ada"), "ada")
    acts.set_disabled(cast.actor("ada"), "bob", False)
    acts.delete(cast.actor("ada"), "ada")


def test_operators_are_made_on_the_machine_only(cast: Cast) -> None:
    """An administrator cannot rise above their tenant, nor touch somebody who has."""
    with pytest.raises(Forbidden):
        acts.create(cast.actor("ada"), UserDraft("root"), PASSWORD, operator=True)
    acts.create(operator(), UserDraft("root", roles=("Agent",)), PASSWORD, operator=True)
    with pytest.raises(Forbidden):
        acts.set_password(cast.actor("ada"), "root", "another long password")


def test_the_command_line_makes_the_desks_it_names(cast: Cast, log: Log) -> None:
    """It has no command for desks; a page has, and there a wrong name is a mistake."""
    acts.create(operator(), UserDraft("bob", roles=("Supervisor",), desks=("Claims",)), PASSWORD)
    assert log.acts() == ["desk.create", "user.create"]
    assert (log.last()["actor_type"], log.last()["username"]) == ("operator", "os:root")
    assert list(User.objects.get(username="bob").desks.values_list("name", flat=True)) == ["Claims"]


def test_an_operator_in_a_tenant_that_does_not_exist_is_told_so(cast: Cast) -> None:
    """A mistyped --tenant changes nothing."""
    with pytest.raises(NotFound, match="no tenant nowhere"):
        acts.create(operator("nowhere"), UserDraft("bob"), PASSWORD)


def test_what_cannot_be_recorded_does_not_happen(cast: Cast, log: Log) -> None:
    """No change without its event, whatever state the log is in."""

    def full(*_: Any, **__: Any) -> int:
        raise Unavailable("The disk is full.")

    recorder.set_recorder(full)
    with pytest.raises(Unavailable):
        acts.update(cast.actor("ada"), "alex", name="Changed")
    with pytest.raises(Unavailable):
        acts.create(cast.actor("ada"), UserDraft("new"), PASSWORD)
    recorder.set_recorder(log)
    assert User.objects.get(username="alex").name == ""
    assert not User.objects.filter(username="new").exists()


def test_several_changes_happen_together_or_not_at_all(cast: Cast, log: Log) -> None:
    """A wrong password undoes the new name, and nothing of it is recorded."""
    with pytest.raises(Invalid):
        acts.change(cast.actor("ada"), "alex", name="Changed", password="short")
    assert User.objects.get(username="alex").name == ""
    assert log.acts() == []
    acts.change(cast.actor("ada"), "alex", username="lex", password="another long password", disabled=True)
    assert log.acts() == ["user.update", "user.set_password", "user.disable"]
    assert User.objects.get(username="lex").disabled


def test_somebody_renamed_to_their_own_name_in_other_letters_is_no_clash(cast: Cast) -> None:
    """The check for taken names leaves oneself out."""
    acts.update(cast.actor("ada"), "alex", username="Alex")
    assert User.objects.get(username_key="alex").username == "Alex"
