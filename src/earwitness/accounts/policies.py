"""The rules of a tenant for listening to calls: a look-up in memory for whoever watches what is recorded."""

import time

from django.db.models import Q

from earwitness.accounts import caches
from earwitness.accounts.models import Tenant
from earwitness.model import policy as policies
from earwitness.model.policy import Policy

_known: caches.Remembered[str, Policy] = caches.Remembered(time.monotonic)
caches.forgotten_with_changes(_known.forget)


def of(tenant: str) -> Policy:
    """Return the rules of a tenant; a change counts at once, elsewhere within a second.

    May be called from any thread. Raises Unavailable where the accounts database cannot answer.
    """
    known = _known.get(tenant)
    if known is None:
        mark = _known.begin()
        known = caches.read(lambda: _read(tenant))
        _known.put(tenant, known, mark)
    return known


def _read(tenant: str) -> Policy:
    row = Tenant.objects.filter(name=tenant).values_list("policy", flat=True).first()
    return policies.read(row or {})


def watched() -> list[str]:
    """Return the names of the tenants that have rules; Unavailable where the accounts database cannot answer."""
    return caches.read(lambda: list(Tenant.objects.filter(policed=True).values_list("name", flat=True)))


def mark(tenant: str) -> int:
    """Return the place in the supervision log up to which a tenant's segments have been held against its rules."""
    return caches.read(lambda: Tenant.objects.filter(name=tenant).values_list("policed_to", flat=True).first() or 0)


def move(tenant: str, seq: int) -> None:
    """Note that everything up to a place in the log has been held against the rules. It never goes back."""
    ahead = Q(policed_to__lt=seq)
    caches.read(lambda: Tenant.objects.filter(ahead, name=tenant).update(policed_to=seq))
