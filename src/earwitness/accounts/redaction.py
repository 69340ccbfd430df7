"""What an administrator added to the secrets of a tenant: a look-up in memory for every request that records."""

import time

from earwitness.accounts import caches
from earwitness.accounts.models import Tenant
from earwitness.model.redaction import Additions

_known: caches.Remembered[str, Additions] = caches.Remembered(time.monotonic)
caches.forgotten_with_changes(_known.forget)


def additions_of(tenant: str) -> Additions:
    """Return what is secret in a tenant besides what always is; a change counts at once, elsewhere within a second.

    May be called from any thread and from an event loop. Raises Unavailable where the accounts database cannot answer:
    what may be secret is not written then.
    """
    return _known.of(tenant, lambda: _read(tenant))


def _read(tenant: str) -> Additions:
    row = Tenant.objects.filter(name=tenant).values_list("secret_names", "secret_patterns").first()
    return of(*row) if row else Additions()


def of(names: list[str], patterns: list[str]) -> Additions:
    """Return what two columns of a tenant say."""
    return Additions(tuple(names), tuple(patterns))
