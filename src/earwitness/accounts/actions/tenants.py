"""Acts on tenants; an operator's alone."""

import re
from dataclasses import replace

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import F

from earwitness.accounts import access, caches, sessions, tenants
from earwitness.accounts.actions.change import differences, refusal
from earwitness.accounts.faults import TakenName, demand_valid
from earwitness.accounts.models import TENANT_PATTERN, Tenant, User, asked
from earwitness.accounts.recorder import Actor, record
from earwitness.model.problem import Conflict, Forbidden, NotFound
from earwitness.model.scope import DEFAULT_TENANT


def demand_operator(actor: Actor) -> None:
    """Raise Forbidden unless the actor is an operator; the refusal is recorded."""
    if not actor.access.rules_all_tenants:
        raise refusal(actor, Forbidden("Only an operator may do this.", extra={"permission": "operator"}))


def visit(actor: Actor, name: str) -> Tenant:
    """Let an operator look at another tenant, or at their own again; recorded where they come from and where they go.

    Returns the tenant; the caller keeps it in the session.
    """
    demand_operator(actor)
    tenant = Tenant.objects.filter(name=asked(name)).first()
    if tenant is None:
        raise NotFound(f"There is no tenant {name[:64]}.")
    here = actor.access
    if name == here.tenant:
        return tenant
    person = User.objects.get(pk=here.user_id or 0)
    at_home = replace(actor, access=access.of_user(person, actor.ip))
    if here.home:
        _note_visit(actor, at_home, "leave")
    if name != here.home_tenant:
        _note_visit(replace(actor, access=access.of_user(person, actor.ip, name)), at_home, "visit")
    return tenant


def _note_visit(away: Actor, at_home: Actor, act: str) -> None:
    """Tell both logs: the tenant has to know who from outside looks at it, the operator's own house where they went."""
    for actor in (away, at_home):
        record(actor, "tenant", act, obj=f"tenant:{away.tenant}", params={"from": at_home.tenant})


@transaction.atomic
def create(actor: Actor, name: str) -> Tenant:
    """Make a tenant with its built-in roles."""
    demand_operator(actor)
    if not re.fullmatch(TENANT_PATTERN, name) or len(name) > 64:
        demand_valid(
            {"name": "A tenant's name has lower-case letters, digits, dots, hyphens and underscores, at most 64."}
        )
    if Tenant.objects.filter(name=name).exists():
        demand_valid({"name": TakenName("There is a tenant of this name already.")})
    tenant = tenants.ensure(name)
    record(actor, "tenant", "create", obj=f"tenant:{name}", changes=differences({}, {"name": name}))
    return tenant


@transaction.atomic
def set_disabled(actor: Actor, name: str, disabled: bool) -> Tenant:
    """Disable a tenant (everybody in it is signed out, its keys stop working) or enable it again."""
    demand_operator(actor)
    tenant = Tenant.objects.select_for_update().filter(name=name).first()
    if tenant is None:
        raise NotFound(f"There is no tenant {name[:64]}.")
    if disabled and name == DEFAULT_TENANT:
        raise Conflict("The default tenant cannot be disabled: stop the server instead.")
    if tenant.disabled != disabled:
        tenant.disabled = disabled
        tenant.generation = F("generation") + 1
        tenant.save()
        tenant.refresh_from_db()
        if disabled:
            User.objects.filter(tenant=tenant).update(session_epoch=F("session_epoch") + 1)
            sessions.end(UserSession.objects.filter(user__tenant=tenant).values_list("session_key", flat=True))
        act = "disable" if disabled else "enable"
        changes = differences({"disabled": not disabled}, {"disabled": disabled})
        record(actor, "tenant", act, obj=f"tenant:{name}", changes=changes)
        caches.forget()
        transaction.on_commit(caches.forget)
    return tenant
