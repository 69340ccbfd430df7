"""``/tenants``: the customers of a hosted PBX; an operator's alone."""

from django.http import HttpRequest
from ninja import Router, Status

from earwitness.accounts import questions
from earwitness.accounts.actions import tenants as acts
from earwitness.accounts.recorder import actor_of
from earwitness.api.manage import shapes

router = Router(tags=["tenants"])


@router.get("", response=shapes.TenantList, summary="List tenants")
def list_tenants(request: HttpRequest) -> shapes.TenantList:
    """An operator's alone."""
    actor = actor_of(request)
    acts.demand_operator(actor)
    return shapes.TenantList(items=[shapes.tenant(row) for row in questions.tenants(actor.access)])


@router.post("", response={201: shapes.TenantShown}, summary="Make a tenant with the built-in roles")
def make_tenant(request: HttpRequest, body: shapes.NewTenant) -> Status[shapes.TenantShown]:
    """An operator's alone."""
    return Status(201, shapes.tenant(acts.create(actor_of(request), body.name)))


@router.patch("/{name}", response=shapes.TenantShown, summary="Disable or enable a tenant")
def change_tenant(request: HttpRequest, name: str, body: shapes.TenantChange) -> shapes.TenantShown:
    """An operator's alone. In a disabled tenant nobody signs in and no key works; nothing is deleted."""
    return shapes.tenant(acts.set_disabled(actor_of(request), name, body.disabled))
