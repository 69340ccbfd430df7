"""Reading people, roles, desks and keys: always of one tenant, always with the permission that it takes."""

from typing import NamedTuple, TypeVar

from django.db.models import Count, Model, Q, QuerySet

from earwitness.accounts import redaction as additions
from earwitness.accounts import sessions
from earwitness.accounts.access import Access
from earwitness.accounts.models import ApiKey, Correction, Desk, DirectoryEntry, Role, Tenant, User, asked, folded
from earwitness.model import policy as policies
from earwitness.model.policy import Policy
from earwitness.model.problem import Forbidden, NotFound
from earwitness.model.redaction import Additions

MANAGE_USERS = ("create_user", "edit_user", "delete_user")
SEE_SESSIONS = ("show_live_sessions", "terminate_current_session", "terminate_all_user_sessions")
MANAGE_ROLES = ("create_role", "edit_role", "delete_role")

M = TypeVar("M", bound=Model)


class UserPage(NamedTuple):
    """Some users in the order of their names; ``next`` is where to go on, or None at the end."""

    items: list[User]
    next: str | None


def users(  # noqa: PLR0913 -- each is one field of the search form
    who: Access,
    *,
    text: str = "",
    role: str = "",
    desk: str = "",
    disabled: bool | None = None,
    after: str = "",
    limit: int = 50,
) -> UserPage:
    """Return users whose username, name or e-mail address holds a text, from one that was the last before.

    role, desk: names, whatever their case; after: ``next`` of the page before; limit: rows, up to 1000.
    """
    who.demand(*MANAGE_USERS)
    found = User.objects.filter(tenant__name=who.tenant).prefetch_related("roles", "desks").order_by("username_key")
    if text:
        named = Q(username_key__contains=folded(text)) | Q(name__icontains=text) | Q(email__icontains=text)
        found = found.filter(named)
    if role:
        found = found.filter(roles__name__iexact=role)
    if desk:
        found = found.filter(desks__name__iexact=desk)
    if disabled is not None:
        found = found.filter(disabled=disabled)
    if after:
        found = found.filter(username_key__gt=after)
    items = list(found[: limit + 1])
    more = len(items) > limit
    return UserPage(items[:limit], items[limit - 1].username_key if more else None)


def user(who: Access, username: str) -> User:
    """Return one user of the tenant; NotFound for anybody else's."""
    who.demand(*MANAGE_USERS)
    found = User.objects.filter(tenant__name=who.tenant, username_key=folded(asked(username)))
    return _one(found.prefetch_related("roles", "desks"), "user")


def self_of(who: Access) -> User:
    """Return the row of whoever asks; NotFound for somebody who is no user."""
    return _one(User.objects.filter(pk=who.user_id or 0).prefetch_related("roles", "desks"), "user")


def roles(who: Access) -> list[Role]:
    """Return the roles of the tenant by name, each with ``holders``, the number of users who have it."""
    who.demand(*MANAGE_ROLES, *MANAGE_USERS)
    return list(Role.objects.filter(tenant__name=who.tenant).annotate(holders=Count("users")).order_by("name"))


def role(who: Access, name: str) -> Role:
    """Return one role of the tenant by name; NotFound for anybody else's."""
    who.demand(*MANAGE_ROLES, *MANAGE_USERS)
    found = Role.objects.filter(tenant__name=who.tenant, name__iexact=asked(name)).annotate(holders=Count("users"))
    return _one(found, "role")


def desks(who: Access) -> list[Desk]:
    """Return the desks of the tenant by name, each with ``seats``, the number of users who sit there."""
    who.demand("admin", *MANAGE_USERS)
    return list(Desk.objects.filter(tenant__name=who.tenant).annotate(seats=Count("users")).order_by("name"))


def desk(who: Access, name: str) -> Desk:
    """Return one desk of the tenant by name; NotFound for anybody else's."""
    who.demand("admin", *MANAGE_USERS)
    found = Desk.objects.filter(tenant__name=who.tenant, name__iexact=asked(name))
    return _one(found.annotate(seats=Count("users")), "desk")


def keys(who: Access, *, revoked: bool = False) -> list[ApiKey]:
    """Return the keys of the tenant by name; ``revoked`` adds those that work no more."""
    who.demand("access_api_key")
    found = ApiKey.objects.filter(tenant__name=who.tenant).select_related("user").order_by("name", "-created")
    return list(found if revoked else found.filter(revoked=None))


def key(who: Access, name: str) -> ApiKey:
    """Return the key of a name that works; NotFound where there is none."""
    who.demand("access_api_key")
    return _one(ApiKey.objects.filter(tenant__name=who.tenant, name__iexact=asked(name), revoked=None), "key")


def redaction(who: Access) -> Additions:
    """Return what is secret in the tenant besides what always is."""
    who.demand("admin")
    row = Tenant.objects.filter(name=who.tenant).values_list("secret_names", "secret_patterns").first()
    return additions.of(*row) if row else Additions()


def policy(who: Access) -> Policy:
    """Return the rules of the tenant for listening to calls."""
    who.demand("admin")
    row = Tenant.objects.filter(name=who.tenant).values_list("policy", flat=True).first()
    return policies.read(row or {})


def directory(who: Access, text: str = "", *, limit: int = 200) -> list[DirectoryEntry]:
    """Return who sits at which extension, as far as an entry holds a text."""
    who.demand("admin")
    found = DirectoryEntry.objects.filter(tenant__name=who.tenant)
    if text:
        found = found.filter(Q(extension__icontains=text) | Q(username__icontains=text) | Q(name__icontains=text))
    return list(found[:limit])


def directory_entry(who: Access, number: int) -> DirectoryEntry:
    """Return one entry of the tenant's directory; NotFound for anybody else's."""
    who.demand("admin")
    return _one(DirectoryEntry.objects.filter(tenant__name=who.tenant, pk=number), "entry")


def corrections(who: Access, limit: int = 5) -> list[Correction]:
    """Return what changes of the directory correct in the log, the latest first."""
    who.demand("admin")
    return list(Correction.objects.filter(tenant__name=who.tenant)[:limit])


def tenants(who: Access) -> list[Tenant]:
    """Return all tenants by name; an operator's question."""
    if not who.rules_all_tenants:
        raise Forbidden("Only an operator may do this.", extra={"permission": "operator"})
    return list(Tenant.objects.annotate(people=Count("users")).order_by("name"))


class TenantPage(NamedTuple):
    """Some tenants in the order of their names; ``next`` is where to go on, or None at the end."""

    items: list[Tenant]
    next: str | None


def tenants_named(who: Access, text: str = "", *, after: str = "", limit: int = 50) -> TenantPage:
    """Return tenants whose name holds a text, each with ``people``, from one that was the last before.

    For somebody with ten thousand of them: only those that are shown are counted. An operator's question.
    """
    if not who.rules_all_tenants:
        raise Forbidden("Only an operator may do this.", extra={"permission": "operator"})
    found = Tenant.objects.order_by("name")
    if text:
        found = found.filter(name__contains=text.lower())
    if after:
        found = found.filter(name__gt=after)
    names = list(found.values_list("name", flat=True)[: limit + 1])
    shown = Tenant.objects.filter(name__in=names[:limit]).annotate(people=Count("users")).order_by("name")
    return TenantPage(list(shown), names[limit - 1] if len(names) > limit else None)


def live_sessions(who: Access, username: str = "", *, current_key: str | None = None) -> list[sessions.LiveSession]:
    """Return who is signed in, the last seen first: one's own sessions without a permission, others' with one."""
    own = who.user_id is not None and folded(username) == folded(who.username)
    if not own:
        who.demand(*SEE_SESSIONS)
    key = folded(username) if username else None
    return sessions.live(who.home_tenant if own else who.tenant, key, current_key)


def demand_tenant(who: Access) -> None:
    """Raise NotFound where an operator looks at a tenant that does not exist; anybody else has one."""
    if who.rules_all_tenants and not Tenant.objects.filter(name=who.tenant).exists():
        raise NotFound(f"There is no tenant {who.tenant[:64]}.")


def exists_administrator() -> bool:
    """Say whether anybody rules the default tenant, or everything: until then the first visit makes somebody."""
    from earwitness.accounts import rules
    from earwitness.model.scope import DEFAULT_TENANT

    if User.objects.filter(is_operator=True, disabled=False).exists():
        return True
    tenant = Tenant.objects.filter(name=DEFAULT_TENANT).first()
    return tenant is not None and bool(rules.administrators(tenant))


def _one(found: "QuerySet[M]", noun: str) -> M:
    row = found.first()
    if row is None:
        raise NotFound(f"There is no such {noun}.")
    return row
