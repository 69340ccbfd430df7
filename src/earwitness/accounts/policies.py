"""The rules of a tenant for listening to calls: a look-up in memory for whoever watches what is recorded."""

import datetime as dt
import time
from typing import NamedTuple

from django.db.models import Q

from earwitness.accounts import caches
from earwitness.accounts.models import FormerPolicy, Tenant
from earwitness.model import policy as policies
from earwitness.model.policy import Policy


class _Known(NamedTuple):
    """policy: that of now; former: those before, each with the moment until which it held, the oldest first."""

    policy: Policy
    former: tuple[tuple[dt.datetime, Policy], ...]


_known: caches.Remembered[str, _Known] = caches.Remembered(time.monotonic)
caches.forgotten_with_changes(_known.forget)


def of(tenant: str) -> Policy:
    """Return the rules of a tenant; a change counts at once, elsewhere within a second.

    May be called from any thread. Raises Unavailable where the accounts database cannot answer.
    """
    return _known.of(tenant, lambda: _read(tenant)).policy


def at(tenant: str, moment: dt.datetime) -> Policy:
    """Return the rules that a tenant had at a moment; the first that are known hold for the time before them too.

    May be called from any thread. Raises Unavailable where the accounts database cannot answer.
    """
    known = _known.of(tenant, lambda: _read(tenant))
    return next((former for until, former in known.former if moment < until), known.policy)


def ever_demanding(tenant: str) -> bool:
    """Whether a tenant has or had a rule that can be broken."""
    known = _known.of(tenant, lambda: _read(tenant))
    return any(policy.demands_anything for policy in (known.policy, *(policy for _, policy in known.former)))


def _read(tenant: str) -> _Known:
    row = Tenant.objects.filter(name=tenant).values_list("policy", flat=True).first()
    former = FormerPolicy.objects.filter(tenant__name=tenant).order_by("until").values_list("until", "policy")
    return _Known(policies.read(row or {}), tuple((until, policies.read(stored)) for until, stored in former))


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
