"""API keys: how a token becomes a grant.

A token is ``ew_SCOPE_`` and 256 random bits. Only its SHA-256 is kept: there is nothing to guess in 256 random bits, so
a slow password hash would protect nothing and cost every request its time. The digest is found through an index and
compared in constant time; how far a wrong digest agrees with a kept one tells nothing about any token.
"""

import datetime as dt
import hashlib
import hmac
import secrets
import threading
import time
from dataclasses import dataclass

from django.db import DatabaseError
from django.utils import timezone

from earwitness.accounts import access, caches, knocks
from earwitness.accounts.access import Access
from earwitness.accounts.models import ApiKey

SCOPES = (ApiKey.INGEST, ApiKey.READ, ApiKey.ADMIN)
PREFIX = "ew"
SHOWN = 6
USED_EVERY = 60.0


@dataclass(frozen=True, slots=True)
class KeyGrant:
    """What a valid key grants.

    tenant: the tenant it belongs to; scope: ``ingest``, ``read`` or ``admin``; name: its name; sources: the sources it
    may write, None for any that is not reserved; username: whose key it is, if anybody's; access: what it may read and
    change from the address it was used from (None for an ingest key); viewer: names this one key, for cursors.
    """

    tenant: str
    scope: str
    name: str
    sources: tuple[str, ...] | None
    username: str | None
    access: Access | None
    viewer: str = ""


class _Used:
    """Keys that were used and not yet written down; written at most once a minute each."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.written: dict[str, float] = {}

    def due(self, key: str) -> bool:
        now = time.monotonic()
        with self.lock:
            if now - self.written.get(key, -USED_EVERY) < USED_EVERY:
                return False
            self.written[key] = now
            return True


_grants: caches.Remembered[tuple[str, str], KeyGrant] = caches.Remembered(time.monotonic)
_used = _Used()
caches.forgotten_with_changes(_grants.forget)


def generate(scope: str) -> tuple[str, str, str]:
    """Make a token. Returns (token, prefix to show, digest to keep); the token itself is shown once and forgotten."""
    secret = secrets.token_urlsafe(32)
    token = f"{PREFIX}_{scope}_{secret}"
    return token, f"{PREFIX}_{scope}_{secret[:SHOWN]}", digest_of(token)


def digest_of(token: str) -> str:
    """Return what is kept of a token: SHA-256, as hexadecimal digits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def look_up(token: str, ip: str, path: str = "") -> KeyGrant | None:
    """Return what a token grants to somebody at an address, or None: unknown, revoked, or of somebody disabled.

    path: of the request, for the record of a refusal. Remembered shortly: a revocation in this process counts at once,
    one in another within a second. May be called from any thread and from an event loop. Raises Unavailable where the
    accounts database cannot answer.
    """
    digest = digest_of(token)
    known = _grants.get((digest, ip))
    if known is not None:
        return known
    if not token.startswith(f"{PREFIX}_"):
        knocks.refused(knocks.UNKNOWN, ip, path)
        return None
    mark = _grants.begin()
    grant = caches.read(lambda: _grant(digest, ip))
    if isinstance(grant, knocks.Knock):
        knocks.refused(grant, ip, path)
        return None
    _grants.put((digest, ip), grant, mark)
    return grant


def _worthless(key: ApiKey) -> str:
    """Return why a key grants nothing, an empty text where it grants something."""
    person = key.user
    if key.revoked:
        return "The key is revoked."
    if key.tenant.disabled:
        return "The tenant of the key is disabled."
    if person is not None and not person.is_active:
        return "The user of the key is disabled."
    if person is None and key.scope != ApiKey.INGEST:
        return "The user of the key is deleted."
    return ""


def _grant(digest: str, ip: str) -> KeyGrant | knocks.Knock:
    key = ApiKey.objects.select_related("tenant", "user__tenant").filter(digest=digest).first()
    if key is None or not hmac.compare_digest(key.digest, digest):
        return knocks.UNKNOWN
    person = key.user
    if why := _worthless(key):
        return knocks.Knock(why, key.tenant.name, person.username if person else key.name, key.name)
    viewer = f"{person.username if person else ''}#{key.prefix}"
    granted = None
    if person is not None and key.scope != ApiKey.INGEST:
        granted = access.through_key(access.of_user(person, ip), key.scope, key.name, viewer)
    _note_use(key)
    return KeyGrant(
        tenant=key.tenant.name,
        scope=key.scope,
        name=key.name,
        sources=tuple(key.sources) or None,
        username=person.username if person else None,
        access=granted,
        viewer=viewer,
    )


def _note_use(key: ApiKey) -> None:
    """Write down that a key was used, now and then; failing to do so must not refuse the request."""
    if not _used.due(key.digest):
        return
    now: dt.datetime = timezone.now()
    try:
        ApiKey.objects.filter(pk=key.pk).update(last_used=now)
    except DatabaseError:
        with _used.lock:
            _used.written.pop(key.digest, None)
