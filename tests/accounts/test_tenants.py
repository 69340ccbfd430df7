"""Tenants: an operator's alone, and closed as a whole."""

from typing import Any

import pytest

from earwitness.accounts import access, questions
from earwitness.accounts.actions import tenants as acts
from earwitness.accounts.models import Role, Tenant, User
from earwitness.accounts.recorder import Actor
from earwitness.model.problem import Conflict, Forbidden, Invalid, NotFound
from tests.cast import Cast, Log

OPERATOR = Actor(access=access.of_operator("os:root"))


@pytest.mark.parametrize("name", ["ada", "sam", "alex", "audrey", "mallory"])
@pytest.mark.parametrize(
    "act",
    [
        lambda actor: acts.create(actor, "new"),
        lambda actor: acts.set_disabled(actor, "elsewhere", True),
        lambda actor: questions.tenants(actor.access),
    ],
)
def test_nobody_but_an_operator_rules_tenants(cast: Cast, name: str, act: Any) -> None:
    """Not even an administrator, whose tenant is one of them."""
    with pytest.raises(Forbidden):
        act(cast.actor(name))


def test_a_tenant_comes_with_its_roles(cast: Cast, log: Log) -> None:
    """Its first user can be given one at once."""
    acts.create(OPERATOR, "acme")
    assert Role.objects.filter(tenant__name="acme").count() == 5
    assert [t.name for t in questions.tenants(OPERATOR.access)] == ["acme", "default", "elsewhere"]
    assert log.acts() == ["tenant.create"]


@pytest.mark.parametrize("name", ["", "Acme", "a b", "-a", "a/b", "x" * 65, "default"])
def test_a_wrong_or_taken_name_is_refused(cast: Cast, name: str) -> None:
    """Names stand in addresses and in every row."""
    with pytest.raises(Invalid) as caught:
        acts.create(OPERATOR, name)
    assert set(caught.value.fields) == {"name"}


def test_a_disabled_tenant_lets_nobody_in(cast: Cast, log: Log) -> None:
    """Until it is enabled again; the default tenant is not to be disabled."""
    acts.set_disabled(OPERATOR, "elsewhere", True)
    assert not User.objects.get(username="mallory").is_active
    acts.set_disabled(OPERATOR, "elsewhere", False)
    assert User.objects.get(username="mallory").is_active
    assert log.acts() == ["tenant.disable", "tenant.enable"]
    with pytest.raises(Conflict):
        acts.set_disabled(OPERATOR, "default", True)
    with pytest.raises(NotFound):
        acts.set_disabled(OPERATOR, "nowhere", True)
    assert not Tenant.objects.filter(disabled=True).exists()
