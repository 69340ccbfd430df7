"""What somebody may see and do: resolved from roles, desks and the address they come from, at every request."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from earwitness.accounts import networks
from earwitness.accounts.models import Desk, Role, User
from earwitness.model.permission import PERMISSION_NAMES
from earwitness.model.problem import Forbidden
from earwitness.model.scope import ACTIVITY, DEFAULT_TENANT, SUPERVISION, Scope

if TYPE_CHECKING:
    from earwitness.accounts.keys import KeyGrant

READING = frozenset(
    {
        "show_activity_log",
        "show_whisper_log",
        "show_all_desks",
        "export_logs",
        "verify_log",
        "show_live_sessions",
        "api_docs",
    }
)
STREAM_PERMISSIONS = {"show_activity_log": ACTIVITY, "show_whisper_log": SUPERVISION}


@dataclass(frozen=True, slots=True)
class Access:
    """Somebody who asks, and what they may.

    scope: the part of the log they see; permissions: names, with everything that ``admin`` implies spelled out;
    username: as the log names them; desks: current names of their own desks, for the events they cause;
    actor_type: ``user``, ``operator`` or ``api_key``; user_id: their row, None for somebody who is no user;
    key: name of the API key they act through; refused_by_ip: they have roles, and none counts from their address;
    rules_all_tenants: an operator; home: the tenant they belong to while they look at another, else empty;
    only_reads: they act through a key that changes nothing, whatever its person may;
    own_since: from when on rows under their username are theirs, where it was somebody else's before.
    """

    scope: Scope
    permissions: frozenset[str]
    username: str
    desks: tuple[str, ...] = ()
    actor_type: str = "user"
    user_id: int | None = None
    key: str = ""
    refused_by_ip: bool = False
    rules_all_tenants: bool = False
    home: str = ""
    only_reads: bool = False
    own_since: dt.datetime | None = None

    @property
    def tenant(self) -> str:
        """Name of the one tenant that exists for this caller."""
        return self.scope.tenant

    @property
    def home_tenant(self) -> str:
        """Name of the tenant this caller belongs to, where their own account and sessions are."""
        return self.home or self.tenant

    @property
    def own_scope(self) -> Scope:
        """The scope of the page ``/me``: what this person did, whatever their desk. Who listened: ``own.listened``."""
        return Scope(
            tenant=self.home_tenant,
            streams=frozenset() if self.refused_by_ip or self.user_id is None else frozenset({ACTIVITY}),
            desks=None,
            masked=self.scope.masked,
            viewer=self.scope.viewer,
            own=self.username,
            own_since=self.own_since,
        )

    def has(self, permission: str) -> bool:
        """Say whether this caller holds a permission; a name that is none is a mistake of ours (ValueError)."""
        if permission not in PERMISSION_NAMES:
            raise ValueError(f"{permission} is not a permission")
        return permission in self.permissions

    def has_any(self, *permissions: str) -> bool:
        """Say whether this caller holds at least one of several permissions."""
        return any(self.has(name) for name in permissions)

    def demand(self, *permissions: str) -> None:
        """Raise Forbidden, naming what is lacking, unless one of these permissions is held."""
        if not self.has_any(*permissions):
            wanted = " or ".join(permissions)
            raise Forbidden(f"This needs the permission {wanted}.", extra={"permission": permissions[0]})


def implied(permissions: Iterable[str]) -> frozenset[str]:
    """Return the permissions that a role's list means: ``admin`` is all of them, a name of the past is none."""
    named = frozenset(permissions) & PERMISSION_NAMES
    return PERMISSION_NAMES if "admin" in named else named


def desk_names(desks: Iterable[Desk]) -> frozenset[str]:
    """Return every name under which rows of these desks were recorded."""
    return frozenset(name for desk in desks for name in (desk.name, *desk.former_names))


def _scope(tenant: str, permissions: frozenset[str], desks: frozenset[str], masked: bool, viewer: str) -> Scope:
    return Scope(
        tenant=tenant,
        streams=frozenset(stream for name, stream in STREAM_PERMISSIONS.items() if name in permissions),
        desks=None if "show_all_desks" in permissions else desks,
        masked=masked,
        viewer=viewer,
    )


def of_user(user: User, ip: str, tenant: str = "") -> Access:
    """Return what a person may, coming from an address.

    ip: address of the client as text, empty where there is none; tenant: the tenant an operator looks at, by default
    their own (anybody else sees their own whatever is asked). A disabled person may nothing.
    """
    roles = list(user.roles.all())
    counting = [role for role in roles if networks.accepts(role.accepted_ips, ip)]
    refused = bool(roles) and not counting
    active = user.is_active and not refused
    rules_all = user.is_operator and active
    permissions = frozenset[str]().union(*(implied(role.permissions) for role in counting)) if active else frozenset()
    desks = list(user.desks.all())
    home = user.tenant.name
    chosen = tenant if rules_all and tenant else home
    return Access(
        scope=_scope(
            chosen,
            PERMISSION_NAMES if rules_all else permissions,
            desk_names(desks),
            masked=not active or any(role.mask_phone for role in counting),
            viewer=user.username,
        ),
        permissions=PERMISSION_NAMES if rules_all else permissions,
        username=user.username,
        desks=tuple(sorted(desk.name for desk in desks)) if chosen == home else (),
        user_id=user.pk,
        refused_by_ip=refused,
        rules_all_tenants=rules_all,
        home="" if chosen == home else home,
        own_since=user.own_since,
    )


def potential(user: User) -> Access:
    """Return the most that a person may from whatever address: what somebody who takes the account over would get."""
    roles: list[Role] = list(user.roles.all())
    permissions = frozenset[str]().union(*(implied(role.permissions) for role in roles))
    return Access(
        scope=_scope(
            user.tenant.name,
            permissions,
            desk_names(user.desks.all()),
            masked=all(role.mask_phone for role in roles) or any(r.mask_phone and not r.accepted_ips for r in roles),
            viewer=user.username,
        ),
        permissions=permissions,
        username=user.username,
        user_id=user.pk,
        rules_all_tenants=user.is_operator,
    )


def of_operator(name: str, tenant: str = DEFAULT_TENANT) -> Access:
    """Return what somebody on the machine itself may (``os:NAME``): everything, in every tenant."""
    return Access(
        scope=_scope(tenant, PERMISSION_NAMES, frozenset(), masked=False, viewer=name),
        permissions=PERMISSION_NAMES,
        username=name,
        actor_type="operator",
        rules_all_tenants=True,
    )


def of_key(grant: "KeyGrant") -> Access:
    """Return what a key may: what its person may from here; an ingest key nothing but to write."""
    if grant.access is not None:
        return grant.access
    viewer = grant.viewer
    return Access(
        scope=_scope(grant.tenant, frozenset(), frozenset(), masked=True, viewer=viewer),
        permissions=frozenset(),
        username=grant.username or grant.name,
        actor_type="api_key",
        key=grant.name,
    )


def through_key(person: Access, scope: str, key: str, viewer: str) -> Access:
    """Return a person's access as narrowed by a key: a ``read`` key changes nothing, whatever its person may."""
    permissions = person.permissions if scope == "admin" else person.permissions & READING
    narrowed = Scope(
        tenant=person.scope.tenant,
        streams=person.scope.streams,
        desks=person.scope.desks,
        masked=person.scope.masked,
        viewer=viewer,
    )
    return Access(
        scope=narrowed,
        permissions=permissions,
        username=person.username,
        desks=person.desks,
        actor_type="api_key",
        user_id=person.user_id,
        key=key,
        refused_by_ip=person.refused_by_ip,
        rules_all_tenants=person.rules_all_tenants and scope == "admin",
        only_reads=scope != "admin",
        own_since=person.own_since,
    )
