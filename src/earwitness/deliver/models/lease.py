"""A row that one runner works on at a time, however many processes share the database."""

import datetime as dt
import os
import socket
import uuid

from django.db import models
from django.db.models import Q

RUNNER = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
LEASE = dt.timedelta(seconds=60)


def runner() -> str:
    """Return the name of this process among those that share the accounts database."""
    return RUNNER


class Leased(models.Model):
    """The lease is one conditional UPDATE: the database decides who gets it. It ends by itself when its holder dies."""

    lease_holder = models.CharField(max_length=200, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    def take(self, now: dt.datetime, holder: str = RUNNER) -> bool:
        """Take or prolong the lease; False where somebody else holds it."""
        free = Q(lease_until=None) | Q(lease_until__lt=now) | Q(lease_holder=holder)
        rows = type(self)._default_manager.filter(free, pk=self.pk)
        taken = rows.update(lease_holder=holder, lease_until=now + LEASE) == 1
        if taken:
            self.refresh_from_db()
        return taken

    def release(self, holder: str = RUNNER) -> None:
        """Give the lease back, if it is still ours."""
        rows = type(self)._default_manager.filter(pk=self.pk, lease_holder=holder)
        rows.update(lease_holder="", lease_until=None)


def free(now: dt.datetime) -> Q:
    """Return the condition that nobody holds the lease."""
    return Q(lease_until=None) | Q(lease_until__lt=now)
