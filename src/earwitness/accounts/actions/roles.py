"""Acts on roles."""

from dataclasses import dataclass, replace

from earwitness.accounts import networks, rules
from earwitness.accounts.actions.change import changing, differences, permit
from earwitness.accounts.actions.names import wrong_name
from earwitness.accounts.faults import TakenName, demand_valid
from earwitness.accounts.models import Role, Tenant, asked
from earwitness.accounts.recorder import Actor
from earwitness.model.permission import PERMISSION_NAMES, PERMISSIONS
from earwitness.model.problem import Conflict, Forbidden, NotFound

NETWORKS_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class RoleDraft:
    """A role as somebody wants it; fields as in ``models.Role``."""

    name: str = ""
    description: str = ""
    permissions: tuple[str, ...] = ()
    accepted_ips: tuple[str, ...] = ()
    mask_phone: bool = False


def draft_of(role: Role) -> RoleDraft:
    """Return a role as it is, to change a copy of it."""
    return RoleDraft(role.name, role.description, tuple(role.permissions), tuple(role.accepted_ips), role.mask_phone)


def find(tenant: Tenant, name: str) -> Role:
    """Return a role of a tenant by name, whatever its case; NotFound where there is none."""
    role = tenant.roles.filter(name__iexact=asked(name)).first()
    if role is None:
        raise NotFound("There is no such role.")
    return role


def create(actor: Actor, draft: RoleDraft) -> Role:
    """Make a role. Needs ``create_role``; Invalid names every field that is wrong."""
    permit(actor, "create_role")
    with changing(actor) as turn:
        clean = _checked(actor, turn.tenant, draft, None)
        role = Role(tenant=turn.tenant)
        _write(role, clean)
        turn.note("role", "create", obj=f"role:{role.name}", changes=differences({}, _state(role)))
    return role


def update(actor: Actor, name: str, /, **fields: object) -> Role:
    """Change some fields of a role (names as in ``RoleDraft``). Needs ``edit_role`` and everything the role holds."""
    permit(actor, "edit_role")
    with changing(actor) as turn:
        role = find(turn.tenant, name)
        _demand_control(actor, role)
        before = _state(role)
        clean = _checked(actor, turn.tenant, replace(draft_of(role), **fields), role)  # type: ignore[arg-type]  # checked there
        _write(role, clean)
        changes = differences(before, _state(role))
        if changes:
            turn.note("role", "update", obj=f"role:{role.name}", changes=changes)
    return role


def delete(actor: Actor, name: str) -> None:
    """Delete a role that nobody has. Needs ``delete_role`` and everything the role holds."""
    permit(actor, "delete_role")
    with changing(actor) as turn:
        role = find(turn.tenant, name)
        _demand_control(actor, role)
        if role.built_in:
            raise Conflict("A built-in role cannot be deleted.")
        holders = role.users.count()
        if holders:
            raise Conflict(f"{holders} {'user has' if holders == 1 else 'users have'} this role: take it away first.")
        before, title = _state(role), role.name
        role.delete()
        turn.note("role", "delete", obj=f"role:{title}", changes=differences(before, {}))


def _demand_control(actor: Actor, role: Role) -> None:
    reason = rules.may_grant_role(actor.access, role.permissions, mask_phone=True)
    if reason:
        raise Forbidden("This role holds permissions that you do not hold.", extra={"permission": "admin"})


def _checked(actor: Actor, tenant: Tenant, draft: RoleDraft, role: Role | None) -> RoleDraft:
    """Return a draft in its canonical form; Invalid with all its errors at once."""
    errors: dict[str, str] = {}
    name = " ".join(draft.name.split())
    taken = tenant.roles.filter(name__iexact=name).exclude(pk=role.pk if role else 0)
    if wrong := wrong_name(name):
        errors["name"] = wrong
    elif taken.exists():
        errors["name"] = TakenName("There is a role of this name already.")
    elif role is not None and role.built_in and name != role.name:
        errors["name"] = "A built-in role keeps its name."
    if len(draft.description) > 500:
        errors["description"] = "A description has at most 500 characters."
    if wrong := _wrong_permissions(actor, draft, role):
        errors["permissions"] = wrong
    accepted, wrong = _networks(draft.accepted_ips)
    if wrong:
        errors["accepted_ips"] = wrong
    withheld = None if errors else rules.may_grant_role(actor.access, draft.permissions, draft.mask_phone)
    if withheld:
        errors["mask_phone" if "Mask Phone" in withheld else "permissions"] = withheld
    demand_valid(errors)
    order = [permission.name for permission in PERMISSIONS if permission.name in draft.permissions]
    return RoleDraft(name, draft.description.strip(), tuple(order), accepted, draft.mask_phone)


def _wrong_permissions(actor: Actor, draft: RoleDraft, role: Role | None) -> str:
    unknown = sorted(set(draft.permissions) - PERMISSION_NAMES)
    if unknown:
        return f"There is no permission {', '.join(unknown)[:200]}."
    if role is not None and role.built_in == "administrator" and "admin" not in draft.permissions:
        return "The built-in role Administrator keeps the permission admin."
    return rules.may_grant_role(actor.access, draft.permissions, mask_phone=True) or ""


def _networks(entries: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    found: list[str] = []
    for entry in filter(None, (entry.strip() for entry in entries)):
        try:
            found.append(networks.canonical(entry))
        except ValueError as error:
            return (), f"{error}."
    if len(found) > NETWORKS_AT_MOST:
        return (), f"A role has at most {NETWORKS_AT_MOST} accepted IPs; name networks instead of single addresses."
    return tuple(dict.fromkeys(found)), ""


def _state(role: Role) -> dict[str, object]:
    return {
        "name": role.name,
        "description": role.description,
        "permissions": list(role.permissions),
        "accepted_ips": list(role.accepted_ips),
        "mask_phone": role.mask_phone,
    }


def _write(role: Role, draft: RoleDraft) -> None:
    role.name, role.description = draft.name, draft.description
    role.permissions, role.accepted_ips = list(draft.permissions), list(draft.accepted_ips)
    role.mask_phone = draft.mask_phone
    role.save()
