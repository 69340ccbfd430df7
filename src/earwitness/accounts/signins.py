"""Sign-ins and what becomes of them, as events."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest

from earwitness.accounts import access
from earwitness.accounts.access import Access
from earwitness.accounts.models import User, folded
from earwitness.accounts.recorder import Actor, actor_of, record, refused
from earwitness.model.scope import DEFAULT_TENANT, Scope

SHOWN = 150


def tried(credentials: Mapping[str, Any]) -> str:
    """Return the name that somebody tried to sign in with."""
    return str(credentials.get("username") or credentials.get("email") or "")


def _nobody(request: HttpRequest, name: str) -> Actor:
    """Return an actor for a name that proved nothing: in the tenant of the user of that name, if there is one."""
    user = User.objects.filter(username_key=folded(name)).first() or (
        User.objects.filter(email=name.lower()).first() if "@" in name else None
    )
    tenant = user.tenant.name if user else DEFAULT_TENANT
    username = user.username if user else name[:SHOWN]
    scope = Scope(tenant=tenant, streams=frozenset(), desks=frozenset(), masked=True, viewer=username)
    return actor_of(request, Access(scope=scope, permissions=frozenset(), username=username))


def _person(request: HttpRequest, user: User) -> Actor:
    ip = str(getattr(getattr(request, "earwitness", None), "ip", ""))
    return actor_of(request, access.of_user(user, ip))


def succeeded(request: HttpRequest, user: User, methods: Sequence[str]) -> None:
    """Record that somebody signed in, and how they proved who they are."""
    record(_person(request, user), "user_session", "login", params={"methods": list(methods)})


def failed(request: HttpRequest, name: str, why: str = "") -> None:
    """Record a sign-in (or a password given again) that failed. What was typed as password is kept nowhere."""
    again = bool(request.user.is_authenticated)
    why = why or ("A password given again was wrong." if again else "The password was wrong, or there is no such user.")
    record(
        _nobody(request, name),
        "user_session",
        "login_failed",
        comments=why,
        params={"login": name[:SHOWN], "password": "***"},
        outcome="failure",
    )


def locked(request: HttpRequest, name: str) -> None:
    """Record that somebody tried more often than anybody mistypes; once a minute at most for one name and address."""
    refused(_nobody(request, name), why="Too many failed sign-ins.", event="user_session", sub_event="locked")


def refused_by_ip(request: HttpRequest, user: User) -> None:
    """Record that somebody with the right password came from an address where none of their roles counts."""
    refused(
        _person(request, user),
        why="The address is in the Accepted IPs of none of the user's roles.",
        event="user_session",
        sub_event="login_refused",
    )


def confirmed(request: HttpRequest, user: User) -> None:
    """Record that somebody gave their password again."""
    record(_person(request, user), "user_session", "confirm")


def signed_out(request: HttpRequest, user: User) -> None:
    """Record that somebody signed out."""
    record(_person(request, user), "user_session", "logout")
