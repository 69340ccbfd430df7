"""Which desks somebody sits at, for every event that is recorded: a look-up in memory."""

import threading
import time
from collections.abc import Mapping

from earwitness.accounts import caches
from earwitness.accounts.models import Tenant, User, folded


class _Seating:
    """Who sits where in one tenant, as of one generation of it; looked at again when something changed."""

    def __init__(self) -> None:
        self.generation = -1
        self.checked = 0.0
        self.desks: Mapping[str, tuple[str, ...]] = {}


_tenants: dict[str, _Seating] = {}
_lock = threading.Lock()


def _forget() -> None:
    with _lock:
        for seating in _tenants.values():
            seating.checked = 0.0


caches.forgotten_with_changes(_forget)


def desks_of(tenant: str, username: str) -> tuple[str, ...]:
    """Return the names of the desks where a person sits now, in order; none for somebody who has no account.

    Usernames are compared whatever their case. Costs a dictionary look-up; the database is asked at most once a second
    whether anything changed. Raises Unavailable where it cannot answer and nothing is known yet.
    """
    seating = _tenants.get(tenant)
    if seating is None or time.monotonic() - seating.checked > caches.SECONDS:
        seating = _renewed(tenant)
    return seating.desks.get(folded(username), ())


def _renewed(tenant: str) -> _Seating:
    with _lock:
        seating = _tenants.get(tenant) or _Seating()
        now = time.monotonic()
        if seating.checked and now - seating.checked <= caches.SECONDS:
            return seating
        caches.read(lambda: _refresh(seating, tenant))
        seating.checked = now
        if seating.generation >= 0:  # a tenant that does not exist is not worth remembering
            _tenants[tenant] = seating
        return seating


def _refresh(seating: _Seating, tenant: str) -> None:
    generation = Tenant.objects.filter(name=tenant).values_list("generation", flat=True).first()
    if generation is None:
        seating.generation, seating.desks = -1, {}
    elif generation != seating.generation:
        through = User.desks.through.objects.filter(user__tenant__name=tenant).order_by("desk__name")
        found: dict[str, tuple[str, ...]] = {}
        for key, desk in through.values_list("user__username_key", "desk__name"):
            found[key] = (*found.get(key, ()), desk)
        seating.desks, seating.generation = found, generation
