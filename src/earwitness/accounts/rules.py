"""The rules of granting: nobody grants, takes over or unmasks what they do not hold, and no tenant is left unruled."""

from collections.abc import Collection, Iterable

from earwitness.accounts import access
from earwitness.accounts.access import Access
from earwitness.accounts.faults import Withheld
from earwitness.accounts.models import Desk, Role, Tenant, User
from earwitness.model.problem import Conflict, Forbidden


def may_grant_role(who: Access, permissions: Iterable[str], mask_phone: bool) -> Withheld | None:
    """Return why somebody may not hand out a role with these permissions, or None where they may."""
    lacking = sorted(access.implied(permissions) - who.permissions)
    if lacking:
        named = "admin" if "admin" in lacking else ", ".join(lacking)
        return Withheld(f"You cannot grant what you do not hold: {named}.", named)
    if who.scope.masked and not mask_phone:
        sentence = "You see masked telephone numbers, so you cannot grant a role that shows them: turn on Mask Phone."
        return Withheld(sentence, "admin")
    return None


def may_grant_desks(who: Access, desks: Iterable[Desk]) -> Withheld | None:
    """Return why somebody may not seat people at these desks, or None where they may."""
    if who.scope.desks is None:
        return None
    lacking = sorted(desk.name for desk in desks if desk.name not in who.scope.desks)
    if not lacking:
        return None
    return Withheld(f"You cannot grant desks beyond your own: {', '.join(lacking)}.", "show_all_desks")


def demand_control(who: Access, user: User) -> None:
    """Raise Forbidden unless somebody holds at least what this person may get from anywhere, or is that person.

    Without this, whoever may set passwords could become anybody.
    """
    if user.pk == who.user_id:
        return
    theirs = access.potential(user)
    reason = ""
    if theirs.rules_all_tenants and not who.rules_all_tenants:
        reason = "Only an operator may change an operator."
    elif theirs.permissions - who.permissions:
        reason = "This user holds permissions that you do not hold."
    elif who.scope.masked and not theirs.scope.masked:
        reason = "This user sees telephone numbers that are masked for you."
    elif not _sees_desks(who, theirs):
        reason = "This user sees desks that you do not see."
    if reason:
        raise Forbidden(f"{reason} Ask somebody who does, or an administrator.", extra={"permission": "admin"})


def _sees_desks(who: Access, theirs: Access) -> bool:
    if who.scope.desks is None:
        return True
    return theirs.scope.desks is not None and theirs.scope.desks <= who.scope.desks


def grantable_roles(who: Access, roles: Iterable[Role]) -> list[Role]:
    """Return the roles that somebody may hand out."""
    return [role for role in roles if not may_grant_role(who, role.permissions, role.mask_phone)]


def grantable_permissions(who: Access) -> frozenset[str]:
    """Return the permissions that somebody may put into a role."""
    return who.permissions


def administrators(tenant: Tenant) -> Collection[int]:
    """Return the ids of the people who rule a tenant: enabled, with a role that says ``admin``."""
    ruling = [role.pk for role in tenant.roles.all() if "admin" in role.permissions]
    return set(User.objects.filter(tenant=tenant, disabled=False, roles__in=ruling).values_list("pk", flat=True))


def demand_administrator(tenant: Tenant) -> None:
    """Raise Conflict where nobody rules a tenant any more."""
    if not administrators(tenant):
        raise Conflict(
            "This would leave the tenant without an administrator: make somebody else an administrator first."
        )
