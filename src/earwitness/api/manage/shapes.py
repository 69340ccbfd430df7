"""The shapes of requests and answers. A field that nobody knows is refused by name."""

from typing import Annotated, Any

from ninja import Schema
from pydantic import ConfigDict, Field, StrictBool, StringConstraints

from earwitness.accounts.models import ApiKey, Desk, Role, Tenant, User
from earwitness.accounts.sessions import LiveSession
from earwitness.model import times
from earwitness.model.redaction import Additions

WITHOUT_NUL = r"^[^\x00]*$"  # as JSON Schema and pydantic both read it
Text = Annotated[str, StringConstraints(max_length=2000, pattern=WITHOUT_NUL)]
Asked = Annotated[str, StringConstraints(max_length=500, pattern=WITHOUT_NUL)]
Texts = Annotated[tuple[Text, ...], Field(max_length=1000)]


class Request(Schema):
    """A body that somebody sends."""

    model_config = ConfigDict(extra="forbid")

    def given(self) -> dict[str, Any]:
        """Return the fields that were sent: an absent one stays as it is."""
        return self.model_dump(exclude_unset=True)


class NewUser(Request):
    """A user to make. ``operator`` may be said on the machine itself only."""

    username: Text
    password: Text
    name: Text = ""
    email: Text = ""
    roles: Texts = ()
    desks: Texts = ()
    extensions: Texts = ()
    time_zone: Text = ""
    operator: StrictBool = False


class UserChange(Request):
    """What to change about a user; what is absent stays."""

    username: Text = ""
    name: Text = ""
    email: Text = ""
    roles: Texts = ()
    desks: Texts = ()
    extensions: Texts = ()
    time_zone: Text = ""
    disabled: StrictBool = False
    password: Text = ""


class UserQuery(Request):
    """Which users to list: a text, a role, a desk, disabled ones alone or enabled ones alone, from where, how many."""

    q: Asked = ""
    role: Asked = ""
    desk: Asked = ""
    disabled: bool | None = None
    after: Asked = ""
    limit: Annotated[int, Field(ge=1, le=1000)] = 1000


class UserShown(Schema):
    """A user."""

    username: str
    name: str
    email: str
    roles: list[str]
    desks: list[str]
    extensions: list[str]
    time_zone: str
    operator: bool
    disabled: bool
    created: str
    last_login: str | None


class UserList(Schema):
    """Some users; ``next`` goes into ``after``."""

    items: list[UserShown]
    next: str | None


class NewRole(Request):
    """A role to make."""

    name: Text
    description: Text = ""
    permissions: Texts = ()
    accepted_ips: Texts = ()
    mask_phone: StrictBool = False


class RoleChange(Request):
    """What to change about a role; what is absent stays."""

    name: Text = ""
    description: Text = ""
    permissions: Texts = ()
    accepted_ips: Texts = ()
    mask_phone: StrictBool = False


class RoleShown(Schema):
    """A role; ``users`` is how many have it."""

    name: str
    description: str
    permissions: list[str]
    accepted_ips: list[str]
    mask_phone: bool
    built_in: bool
    users: int


class RoleList(Schema):
    """All roles of the tenant."""

    items: list[RoleShown]


class DeskNamed(Request):
    """The name of a desk."""

    name: Text


class DeskShown(Schema):
    """A desk; ``users`` is how many sit there."""

    name: str
    former_names: list[str]
    users: int


class DeskList(Schema):
    """All desks of the tenant."""

    items: list[DeskShown]


class NewKey(Request):
    """A key to make. ``user`` is needed for the scopes read and admin; ``sources`` is for ingest alone."""

    name: Text
    scope: Text
    user: Text = ""
    sources: Texts = ()


class KeyShown(Schema):
    """A key, by what it begins with."""

    name: str
    scope: str
    user: str
    sources: list[str]
    prefix: str
    created: str
    created_by: str
    last_used: str | None
    revoked: str | None


class KeyMade(KeyShown):
    """A key and its token, which is shown this once."""

    key: str


class KeyList(Schema):
    """Keys of the tenant."""

    items: list[KeyShown]


class RedactionChange(Request):
    """What is secret besides passwords, tokens, cookies and card numbers; what is absent stays."""

    names: Texts | None = None
    patterns: Texts | None = None


class RedactionShown(Schema):
    """names: of secret fields, whatever their case and separators; patterns: RE2 expressions of secret texts."""

    names: list[str]
    patterns: list[str]


class NewTenant(Request):
    """A tenant to make."""

    name: Text


class TenantChange(Request):
    """Disable or enable a tenant."""

    disabled: StrictBool


class TenantShown(Schema):
    """A tenant."""

    name: str
    disabled: bool
    created: str


class TenantList(Schema):
    """All tenants."""

    items: list[TenantShown]


class SessionShown(Schema):
    """Somebody who is signed in."""

    id: int
    username: str
    ip: str
    user_agent: str
    started: str
    seen: str
    current: bool


class SessionList(Schema):
    """Live sessions, the last seen first."""

    items: list[SessionShown]


class Ended(Schema):
    """How many sessions ended."""

    ended: int


def user(row: User) -> UserShown:
    """Return a user as it is shown."""
    return UserShown(
        username=row.username,
        name=row.name,
        email=row.email,
        roles=sorted(role.name for role in row.roles.all()),
        desks=sorted(desk.name for desk in row.desks.all()),
        extensions=row.extensions,
        time_zone=row.time_zone,
        operator=row.is_operator,
        disabled=row.disabled,
        created=times.text(row.created),
        last_login=times.text(row.last_login) if row.last_login else None,
    )


def role(row: Role) -> RoleShown:
    """Return a role as it is shown."""
    return RoleShown(
        name=row.name,
        description=row.description,
        permissions=row.permissions,
        accepted_ips=row.accepted_ips,
        mask_phone=row.mask_phone,
        built_in=bool(row.built_in),
        users=row.users.count(),
    )


def desk(row: Desk) -> DeskShown:
    """Return a desk as it is shown."""
    return DeskShown(name=row.name, former_names=row.former_names, users=row.users.count())


def redaction(additions: Additions) -> RedactionShown:
    """Return what is secret besides, as it is shown."""
    return RedactionShown(names=list(additions.names), patterns=list(additions.patterns))


def key(row: ApiKey) -> KeyShown:
    """Return a key as it is shown."""
    return KeyShown(**_key(row))


def key_made(row: ApiKey, token: str) -> KeyMade:
    """Return a key that was made this moment, with its token."""
    return KeyMade(**_key(row), key=token)


def _key(row: ApiKey) -> dict[str, Any]:
    return {
        "name": row.name,
        "scope": row.scope,
        "user": row.user.username if row.user else "",
        "sources": row.sources,
        "prefix": row.prefix,
        "created": times.text(row.created),
        "created_by": row.created_by,
        "last_used": times.text(row.last_used) if row.last_used else None,
        "revoked": times.text(row.revoked) if row.revoked else None,
    }


def tenant(row: Tenant) -> TenantShown:
    """Return a tenant as it is shown."""
    return TenantShown(name=row.name, disabled=row.disabled, created=times.text(row.created))


def session(row: LiveSession) -> SessionShown:
    """Return a session as it is shown."""
    return SessionShown(
        id=row.id,
        username=row.username,
        ip=row.ip,
        user_agent=row.user_agent,
        started=times.text(row.started),
        seen=times.text(row.seen),
        current=row.current,
    )
