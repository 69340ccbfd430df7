"""Live sessions: who is signed in where, and how sessions end."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from earwitness.accounts.models import User

LISTED_AT_MOST = 1000


class LiveSession(NamedTuple):
    """One session. ``id`` names it (the secret key of the session never leaves the database)."""

    id: int
    username: str
    ip: str
    user_agent: str
    started: dt.datetime
    seen: dt.datetime
    current: bool


def live(
    tenant: str, username_key: str | None = None, current_key: str | None = None, limit: int = LISTED_AT_MOST
) -> list[LiveSession]:
    """Return the sessions of a tenant, or of one person, the last seen first.

    username_key: folded username; current_key: session key of whoever asks, to mark their own.
    """
    rows = UserSession.objects.filter(user__tenant__name=tenant).select_related("user").order_by("-last_seen_at")
    if username_key is not None:
        rows = rows.filter(user__username_key=username_key)
    rows = rows[:limit]
    alive = _alive(row.session_key for row in rows)
    return [
        LiveSession(
            id=row.pk,
            username=row.user.get_username(),
            ip=str(row.ip),
            user_agent=row.user_agent,
            started=row.created_at,
            seen=row.last_seen_at,
            current=row.session_key == current_key,
        )
        for row in rows
        if row.session_key in alive
    ]


def _alive(keys: Iterable[str]) -> set[str]:
    return set(
        Session.objects.filter(session_key__in=list(keys), expire_date__gt=timezone.now()).values_list(
            "session_key", flat=True
        )
    )


def end(keys: Iterable[str]) -> int:
    """End sessions by their keys; returns how many there were."""
    listed = list(keys)
    UserSession.objects.filter(session_key__in=listed).delete()
    ended, _ = Session.objects.filter(session_key__in=listed).delete()
    return ended


def end_all(user: User, *, but: str | None = None) -> int:
    """End every session of a person, known or not, apart from the one with the key ``but``; returns how many.

    A session that is spared needs ``update_session_auth_hash`` afterwards, as raising the epoch ends it too.
    """
    user.session_epoch += 1
    user.save(update_fields=["session_epoch"])
    keys = list(
        UserSession.objects.filter(user=user).exclude(session_key=but or "").values_list("session_key", flat=True)
    )
    end(keys)
    return len(keys)


def sweep() -> int:
    """Remove sessions that have expired, and what was noted about sessions that are gone; returns how many expired.

    For a background task, once an hour or so.
    """
    expired, _ = Session.objects.filter(expire_date__lte=timezone.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return expired
