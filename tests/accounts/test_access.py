"""What somebody may see and do follows from their roles, their desks and where they come from."""

import pytest

from earwitness.accounts import access
from earwitness.accounts.access import Access
from earwitness.accounts.models import Desk, Tenant, User
from earwitness.model.permission import PERMISSION_NAMES
from earwitness.model.problem import Forbidden
from tests.cast import HOME, IP, Cast, role_of


def of(user: User, ip: str = IP) -> Access:
    return access.of_user(User.objects.get(pk=user.pk), ip)


def test_each_of_the_cast_gets_what_their_role_says(cast: Cast) -> None:
    """The built-in roles mean what the interface promises."""
    found = {name: of(cast[name]) for name in ("ada", "sam", "alex", "audrey", "mallory")}
    assert found["ada"].permissions == PERMISSION_NAMES
    assert found["ada"].scope.desks is None
    assert found["sam"].scope.streams == {"activity", "supervision"}
    assert found["sam"].scope.desks == frozenset({"Support"})
    assert found["alex"].permissions == frozenset()
    assert found["alex"].scope.streams == frozenset()
    assert found["audrey"].scope.desks is None
    assert not found["audrey"].has_any("create_user", "edit_role", "access_api_key", "erase_personal_data")
    assert found["mallory"].tenant == "elsewhere"


def test_the_works_council_sees_whispers_of_all_desks_masked(cast: Cast) -> None:
    """Works council: whisper log, all desks, masked."""
    cast["alex"].roles.set(Tenant.objects.get(name=HOME).roles.filter(name="Works council"))
    scope = of(cast["alex"]).scope
    assert (scope.streams, scope.desks, scope.masked) == (frozenset({"supervision"}), None, True)


def test_a_role_counts_only_from_its_accepted_ips(cast: Cast) -> None:
    """From elsewhere its permissions, and its Mask Phone, are as if it were not there."""
    home = Tenant.objects.get(name=HOME)
    inside = role_of(home, "Inside", "show_activity_log", accepted_ips=["10.0.0.0/8"], mask_phone=True)
    anywhere = role_of(home, "Anywhere", "show_whisper_log")
    cast["alex"].roles.set([inside, anywhere])
    at_work, at_home = of(cast["alex"], "10.1.2.3"), of(cast["alex"], "203.0.113.1")
    assert (at_work.scope.streams, at_work.scope.masked) == (frozenset({"activity", "supervision"}), True)
    assert (at_home.scope.streams, at_home.scope.masked) == (frozenset({"supervision"}), False)
    assert not at_home.refused_by_ip


def test_somebody_whose_roles_all_do_not_count_is_refused(cast: Cast) -> None:
    """They may nothing, not even look at their own page."""
    inside = role_of(Tenant.objects.get(name=HOME), "Inside", "admin", accepted_ips=["2001:db8::/32"])
    cast["alex"].roles.set([inside])
    refused = of(cast["alex"], "192.0.2.1")
    assert refused.refused_by_ip
    assert refused.permissions == frozenset()
    assert refused.own_scope.streams == frozenset()
    assert not of(cast["alex"], "2001:db8::5").refused_by_ip


def test_permissions_add_up_and_one_masking_role_masks(cast: Cast) -> None:
    """Two roles are the sum of what they allow, and numbers are masked if either says so."""
    home = Tenant.objects.get(name=HOME)
    cast["alex"].roles.set(
        [role_of(home, "One", "show_activity_log"), role_of(home, "Two", "export_logs", mask_phone=True)]
    )
    found = of(cast["alex"])
    assert found.permissions == {"show_activity_log", "export_logs"}
    assert found.scope.masked


def test_a_renamed_desk_still_shows_its_old_rows(cast: Cast) -> None:
    """Rows keep the name the desk had; the scope knows both."""
    Desk.objects.filter(pk=cast.desk.pk).update(name="Care", former_names=["Support"])
    assert of(cast["sam"]).scope.desks == frozenset({"Care", "Support"})
    assert of(cast["sam"]).desks == ("Care",)


@pytest.mark.parametrize("who", ["person", "tenant"])
def test_the_disabled_may_nothing(cast: Cast, who: str) -> None:
    """A disabled person, or anybody of a disabled tenant."""
    if who == "person":
        User.objects.filter(pk=cast["ada"].pk).update(disabled=True)
    else:
        Tenant.objects.filter(name=HOME).update(disabled=True)
    assert of(cast["ada"]).permissions == frozenset()
    assert of(cast["ada"]).scope.streams == frozenset()


def test_only_an_operator_sees_another_tenant(cast: Cast) -> None:
    """Whoever else asks for one gets their own."""
    assert access.of_user(cast["ada"], IP, "elsewhere").tenant == HOME
    User.objects.filter(pk=cast["alex"].pk).update(is_operator=True)
    alex = User.objects.get(pk=cast["alex"].pk)
    assert access.of_user(alex, IP, "elsewhere").tenant == "elsewhere"
    assert access.of_user(alex, IP, "elsewhere").permissions == PERMISSION_NAMES
    assert access.of_operator("os:root", "elsewhere").rules_all_tenants


def test_a_lack_names_the_permission(cast: Cast) -> None:
    """403 says which permission is lacking, and nothing about data."""
    with pytest.raises(Forbidden) as caught:
        of(cast["alex"]).demand("edit_role")
    assert caught.value.extra == {"permission": "edit_role"}
    assert "edit_role" in caught.value.detail


def test_a_permission_that_is_none_is_a_mistake_of_ours(cast: Cast) -> None:
    """A typing error in a page must not read as a lack."""
    with pytest.raises(ValueError, match="show_activity"):
        of(cast["ada"]).has("show_activity")
