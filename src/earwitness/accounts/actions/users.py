"""Acts on users."""

from dataclasses import dataclass, replace

from django.utils import timezone

from earwitness.accounts import access, rules, sessions
from earwitness.accounts.actions import passwords
from earwitness.accounts.actions.change import changing, demand_valid, differences, permit
from earwitness.accounts.actions.persons import checked_fields
from earwitness.accounts.models import Desk, Role, Tenant, User, folded
from earwitness.accounts.recorder import Actor, record
from earwitness.model.problem import Forbidden, NotFound


@dataclass(frozen=True, slots=True)
class UserDraft:
    """A user as somebody wants them; roles and desks by name, other fields as in ``models.User``."""

    username: str
    name: str = ""
    email: str = ""
    roles: tuple[str, ...] = ()
    desks: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    time_zone: str = ""


def draft_of(user: User) -> UserDraft:
    """Return a user as they are, to change a copy of it."""
    return UserDraft(
        username=user.username,
        name=user.name,
        email=user.email,
        roles=tuple(sorted(role.name for role in user.roles.all())),
        desks=tuple(sorted(desk.name for desk in user.desks.all())),
        extensions=tuple(user.extensions),
        time_zone=user.time_zone,
    )


def find(tenant: Tenant | None, username: str) -> User:
    """Return a user of a tenant by username, whatever its case; NotFound where there is none."""
    user = User.objects.filter(tenant=tenant, username_key=folded(username)).first() if tenant else None
    if user is None:
        raise NotFound("There is no such user.")
    return user


def create(actor: Actor, draft: UserDraft, password: str, *, operator: bool = False) -> User:
    """Make a user. Needs ``create_user`` and everything that is granted; Invalid names every field that is wrong.

    operator: rules all tenants; only somebody on the machine itself may say so.
    """
    permit(actor, "create_user")
    if operator and actor.access.actor_type != "operator":
        raise Forbidden("Operators are made on the command line of the machine only.", extra={"permission": "operator"})
    with changing(actor) as tenant:
        user = User(tenant=tenant, is_operator=operator)
        errors = checked_fields(draft, user)
        roles, desks = _granted(actor, tenant, draft, user, errors)
        _fill(user, draft)
        errors |= passwords.wrong(password, user)
        demand_valid(errors)
        user.set_password(password)
        user.save()
        user.roles.set(roles)
        user.desks.set(desks)
        record(actor, "user", "create", obj=f"user:{user.username}", changes=differences({}, _state(user)))
    return user


def update(actor: Actor, username: str, **fields: object) -> User:
    """Change some fields of a user (names as in ``UserDraft``). Needs ``edit_user`` and everything the user holds."""
    permit(actor, "edit_user")
    with changing(actor) as tenant:
        user = find(tenant, username)
        rules.demand_control(actor.access, user)
        before = _state(user)
        draft = replace(draft_of(user), **fields)  # type: ignore[arg-type]  # checked below
        errors = checked_fields(draft, user)
        roles, desks = _granted(actor, tenant, draft, user, errors)
        demand_valid(errors)
        _fill(user, draft)
        user.save()
        user.roles.set(roles)
        user.desks.set(desks)
        _demand_no_unmasking(actor, user)
        changes = differences(before, _state(user))
        if changes:
            record(actor, "user", "update", obj=f"user:{user.username}", changes=changes)
    return user


def set_disabled(actor: Actor, username: str, disabled: bool) -> User:
    """Disable a user (their sessions and keys end at once) or enable them again. Needs ``edit_user``."""
    permit(actor, "edit_user")
    with changing(actor) as tenant:
        user = find(tenant, username)
        rules.demand_control(actor.access, user)
        if user.disabled != disabled:
            user.disabled = disabled
            user.save(update_fields=["disabled"])
            sessions.end_all(user)
            record(
                actor,
                "user",
                "disable" if disabled else "enable",
                obj=f"user:{user.username}",
                changes=differences({"disabled": not disabled}, {"disabled": disabled}),
            )
    return user


def set_password(actor: Actor, username: str, password: str) -> User:
    """Set a user's password and sign them out everywhere. Needs ``edit_user`` and everything the user holds."""
    permit(actor, "edit_user")
    with changing(actor) as tenant:
        user = find(tenant, username)
        rules.demand_control(actor.access, user)
        demand_valid(passwords.wrong(password, user))
        user.set_password(password)
        user.save(update_fields=["password"])
        sessions.end_all(user)
        record(actor, "user", "set_password", obj=f"user:{user.username}")
    return user


def remove_second_factors(actor: Actor, username: str) -> int:
    """Remove a user's authenticator app, passkeys and recovery codes (a lost telephone); returns how many."""
    from allauth.mfa.models import Authenticator

    permit(actor, "edit_user")
    with changing(actor) as tenant:
        user = find(tenant, username)
        rules.demand_control(actor.access, user)
        kinds = sorted(Authenticator.objects.filter(user=user).values_list("type", flat=True))
        if kinds:
            Authenticator.objects.filter(user=user).delete()
            sessions.end_all(user)
            record(actor, "user", "second_factor_remove", obj=f"user:{user.username}", params={"types": kinds})
    return len(kinds)


def delete(actor: Actor, username: str) -> None:
    """Delete a user and revoke their keys; what they did stays in the log. Needs ``delete_user``."""
    permit(actor, "delete_user")
    with changing(actor) as tenant:
        user = find(tenant, username)
        rules.demand_control(actor.access, user)
        before = _state(user)
        user.keys.filter(revoked=None).update(revoked=timezone.now())
        sessions.end_all(user)
        user.delete()
        record(actor, "user", "delete", obj=f"user:{before['username']}", changes=differences(before, {}))


def _granted(
    actor: Actor, tenant: Tenant, draft: UserDraft, user: User, errors: dict[str, str]
) -> tuple[list[Role], list[Desk]]:
    """Return the roles and desks of a draft; adds to ``errors`` what does not exist or may not be granted."""
    wanted_roles = {name.casefold() for name in draft.roles}
    wanted_desks = {name.casefold() for name in draft.desks}
    roles = [role for role in tenant.roles.all() if role.name.casefold() in wanted_roles]
    desks = [desk for desk in tenant.desks.all() if desk.name.casefold() in wanted_desks]
    had_roles = {role.pk for role in user.roles.all()} if user.pk else set()
    had_desks = {desk.pk for desk in user.desks.all()} if user.pk else set()
    if missing := wanted_roles - {role.name.casefold() for role in roles}:
        errors["roles"] = f"There is no role {', '.join(sorted(missing))[:200]}."
    for role in roles:
        if role.pk not in had_roles and (
            wrong := rules.may_grant_role(actor.access, role.permissions, role.mask_phone)
        ):
            errors.setdefault("roles", f"{role.name}: {wrong}")
    if missing := wanted_desks - {desk.name.casefold() for desk in desks}:
        errors["desks"] = f"There is no desk {', '.join(sorted(missing))[:200]}."
    elif wrong := rules.may_grant_desks(actor.access, [desk for desk in desks if desk.pk not in had_desks]):
        errors["desks"] = wrong
    return roles, desks


def _demand_no_unmasking(actor: Actor, user: User) -> None:
    """Raise Invalid where somebody who sees masked numbers takes away the role that masked them for a user."""
    if actor.access.scope.masked and user.roles.exists() and not access.potential(user).scope.masked:
        demand_valid({"roles": "You see masked telephone numbers, so you cannot take away the role that masks them."})


def _fill(user: User, draft: UserDraft) -> None:
    user.username, user.name = draft.username.strip(), " ".join(draft.name.split())
    user.email, user.time_zone = draft.email.strip().lower(), draft.time_zone
    user.extensions = list(dict.fromkeys(filter(None, (each.strip() for each in draft.extensions))))


def _state(user: User) -> dict[str, object]:
    draft = draft_of(user)
    return {
        "username": draft.username,
        "name": draft.name,
        "email": draft.email,
        "roles": draft.roles,
        "desks": draft.desks,
        "extensions": draft.extensions,
        "time_zone": draft.time_zone,
        "operator": user.is_operator,
        "disabled": user.disabled,
    }
