"""Acts on users."""

import datetime as dt
from dataclasses import dataclass, replace

from django.db.models import Max
from django.utils import timezone

from earwitness.accounts import access, rules, seats, sessions
from earwitness.accounts.actions import desks, passwords
from earwitness.accounts.actions.change import Turn, changing, differences, permit, refusal
from earwitness.accounts.actions.names import wrong_name
from earwitness.accounts.actions.persons import checked_fields
from earwitness.accounts.faults import Withheld, demand_valid
from earwitness.accounts.models import Desk, FormerName, Role, Tenant, User, asked, folded
from earwitness.accounts.recorder import Actor
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
    user = User.objects.filter(tenant=tenant, username_key=folded(asked(username))).first() if tenant else None
    if user is None:
        raise NotFound("There is no such user.")
    return user


def create(actor: Actor, draft: UserDraft, password: str, *, operator: bool = False) -> User:
    """Make a user. Needs ``create_user`` and everything that is granted; Invalid names every field that is wrong.

    operator: rules all tenants; only somebody on the machine itself may say so.
    """
    permit(actor, "create_user")
    if operator and actor.access.actor_type != "operator":
        wrong_place = "Operators are made on the command line of the machine only."
        raise refusal(actor, Forbidden(wrong_place, extra={"permission": "operator"}))
    with changing(actor) as turn:
        user = User(tenant=turn.tenant, is_operator=operator)
        errors = checked_fields(draft, user)
        _with_desks(actor, turn, draft)
        roles, seated = _granted(actor, turn.tenant, draft, user, errors)
        _fill(user, draft)
        errors |= passwords.wrong(password, user)
        demand_valid(errors)
        user.set_password(password)
        user.own_since = _theirs_since(user)
        user.save()
        user.roles.set(roles)
        user.desks.set(seated)
        turn.note("user", "create", obj=f"user:{user.username}", changes=differences({}, _state(user)))
    return user


def update(actor: Actor, username: str, /, **fields: object) -> User:
    """Change some fields of a user (names as in ``UserDraft``). Needs ``edit_user`` and everything the user holds."""
    permit(actor, "edit_user")
    with changing(actor) as turn:
        user = find(turn.tenant, username)
        rules.demand_control(actor.access, user)
        before = _state(user)
        draft = replace(draft_of(user), **fields)  # type: ignore[arg-type]  # checked below
        errors = checked_fields(draft, user)
        _with_desks(actor, turn, draft)
        roles, seated = _granted(actor, turn.tenant, draft, user, errors)
        demand_valid(errors)
        former = user.username
        _fill(user, draft)
        if folded(user.username) != folded(former):
            _leave_name(user, former)
            user.own_since = _theirs_since(user)
        user.save()
        user.roles.set(roles)
        with seats.kept(turn.tenant, [user.pk]):
            user.desks.set(seated)
        _demand_no_unmasking(actor, user)
        changes = differences(before, _state(user))
        if changes:
            turn.note("user", "update", obj=f"user:{user.username}", changes=changes)
    return user


def change(actor: Actor, username: str, /, **fields: object) -> User:
    """Change fields of a user, and with ``disabled`` and ``password`` those too: all of it, or nothing."""
    permit(actor, "edit_user")
    password, disabled = fields.pop("password", None), fields.pop("disabled", None)
    with changing(actor) as turn:
        user = find(turn.tenant, username)
        if fields:
            user = update(actor, username, **fields)
        if password is not None:
            user = set_password(actor, user.username, str(password))
        if disabled is not None:
            user = set_disabled(actor, user.username, bool(disabled))
    return user


def set_disabled(actor: Actor, username: str, disabled: bool) -> User:
    """Disable a user (their sessions and keys end at once) or enable them again. Needs ``edit_user``."""
    permit(actor, "edit_user")
    with changing(actor) as turn:
        user = find(turn.tenant, username)
        rules.demand_control(actor.access, user)
        if user.disabled != disabled:
            user.disabled = disabled
            user.save(update_fields=["disabled"])
            sessions.end_all(user)
            turn.note(
                "user",
                "disable" if disabled else "enable",
                obj=f"user:{user.username}",
                changes=differences({"disabled": not disabled}, {"disabled": disabled}),
            )
    return user


def set_password(actor: Actor, username: str, password: str) -> User:
    """Set a user's password and sign them out everywhere. Needs ``edit_user`` and everything the user holds."""
    permit(actor, "edit_user")
    with changing(actor) as turn:
        user = find(turn.tenant, username)
        rules.demand_control(actor.access, user)
        demand_valid(passwords.wrong(password, user))
        user.set_password(password)
        user.save(update_fields=["password"])
        sessions.end_all(user)
        turn.note("user", "set_password", obj=f"user:{user.username}")
    return user


def remove_second_factors(actor: Actor, username: str) -> int:
    """Remove a user's authenticator app, passkeys and recovery codes (a lost telephone); returns how many."""
    from allauth.mfa.models import Authenticator

    permit(actor, "edit_user")
    with changing(actor) as turn:
        user = find(turn.tenant, username)
        rules.demand_control(actor.access, user)
        kinds = sorted(Authenticator.objects.filter(user=user).values_list("type", flat=True))
        if kinds:
            Authenticator.objects.filter(user=user).delete()
            sessions.end_all(user)
            turn.note("user", "second_factor_remove", obj=f"user:{user.username}", params={"types": kinds})
    return len(kinds)


def delete(actor: Actor, username: str) -> None:
    """Delete a user and revoke their keys; what they did stays in the log. Needs ``delete_user``."""
    permit(actor, "delete_user")
    with changing(actor) as turn:
        user = find(turn.tenant, username)
        rules.demand_control(actor.access, user)
        before = _state(user)
        user.keys.filter(revoked=None).update(revoked=timezone.now())
        sessions.end_all(user)
        _leave_name(user, user.username)
        with seats.kept(turn.tenant, [user.pk]):
            user.delete()
        turn.note("user", "delete", obj=f"user:{before['username']}", changes=differences(before, {}))


def _leave_name(user: User, username: str) -> None:
    """Remember that a username was this person's until now."""
    FormerName.objects.create(tenant=user.tenant, username_key=folded(username), person=user.pk)


def _theirs_since(user: User) -> dt.datetime | None:
    """Return until when a person's username was somebody else's, None if it never was."""
    others = FormerName.objects.filter(tenant=user.tenant, username_key=folded(user.username))
    until: dt.datetime | None = others.exclude(person=user.pk or 0).aggregate(until=Max("until"))["until"]
    return until


def _with_desks(actor: Actor, turn: Turn, draft: UserDraft) -> None:
    """Make the desks of a draft that do not exist yet: the command line has no other way to make one."""
    if actor.access.actor_type != "operator":
        return
    known = {name.casefold() for name in turn.tenant.desks.values_list("name", flat=True)}
    for name in draft.desks:
        if name.casefold() not in known and not wrong_name(name):
            desks.create(actor, name)


def _granted(
    actor: Actor, tenant: Tenant, draft: UserDraft, user: User, errors: dict[str, str]
) -> tuple[list[Role], list[Desk]]:
    """Return the roles and desks of a draft; adds to ``errors`` what does not exist or may not be granted."""
    wanted_roles = {name.casefold(): name for name in draft.roles}
    wanted_desks = {name.casefold(): name for name in draft.desks}
    roles = [role for role in tenant.roles.all() if role.name.casefold() in wanted_roles]
    seated = [desk for desk in tenant.desks.all() if desk.name.casefold() in wanted_desks]
    had_roles = {role.pk for role in user.roles.all()} if user.pk else set()
    had_desks = {desk.pk for desk in user.desks.all()} if user.pk else set()
    if missing := wanted_roles.keys() - {role.name.casefold() for role in roles}:
        errors["roles"] = f"There is no role {', '.join(sorted(wanted_roles[name] for name in missing))[:200]}."
    for role in roles:
        if role.pk not in had_roles and (
            wrong := rules.may_grant_role(actor.access, role.permissions, role.mask_phone)
        ):
            errors.setdefault("roles", Withheld(f"{role.name}: {wrong}", wrong.permission))
    if missing := wanted_desks.keys() - {desk.name.casefold() for desk in seated}:
        errors["desks"] = f"There is no desk {', '.join(sorted(wanted_desks[name] for name in missing))[:200]}."
    elif wrong := rules.may_grant_desks(actor.access, [desk for desk in seated if desk.pk not in had_desks]):
        errors["desks"] = wrong
    return roles, seated


def _demand_no_unmasking(actor: Actor, user: User) -> None:
    """Raise Invalid where somebody who sees masked numbers takes away the role that masked them for a user."""
    if actor.access.scope.masked and user.roles.exists() and not access.potential(user).scope.masked:
        sentence = "You see masked telephone numbers, so you cannot take away the role that masks them."
        demand_valid({"roles": Withheld(sentence, "admin")})


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
