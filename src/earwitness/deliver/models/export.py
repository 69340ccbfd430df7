"""An export: a file that somebody asked for, made in the background and kept for some days."""

import datetime as dt
import uuid
from typing import ClassVar

from django.db import models

from earwitness.accounts.models import Tenant, User
from earwitness.deliver.models.lease import Leased
from earwitness.model.gap import Gap
from earwitness.search import items

KEPT = dt.timedelta(days=7)


class Export(Leased):
    """``scope`` is what the owner saw when they asked, ``file`` a name in the exports folder, ``problem`` a sentence.

    ``owner`` is the name in the log; ``user`` is None for an operator on the machine itself. ``up_to`` is the last
    place in the log that belongs to it: what is recorded later does not, however long the work takes.
    """

    QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
    OPEN: ClassVar = (QUEUED, RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="exports")
    owner = models.CharField(max_length=150)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="exports")
    ip = models.CharField(max_length=60, blank=True)
    scope = models.JSONField()
    title = models.CharField(max_length=200)
    report = models.CharField(max_length=60, blank=True)
    stream = models.CharField(max_length=20)
    search = models.TextField(blank=True)
    start = models.DateTimeField(null=True, blank=True)
    end = models.DateTimeField(null=True, blank=True)
    tz = models.CharField(max_length=64, default="UTC")
    format = models.CharField(max_length=10)
    columns = models.JSONField(default=list)
    order = models.CharField(max_length=10, default="newest")
    for_people = models.BooleanField(default=False)
    proof = models.BooleanField(default=False)
    notes = models.JSONField(default=list)
    status = models.CharField(max_length=10, default=QUEUED)
    cancel_asked = models.BooleanField(default=False)
    up_to = models.PositiveBigIntegerField(null=True, blank=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True, blank=True)
    file = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    gaps = models.JSONField(default=list)
    problem = models.TextField(blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    created = models.DateTimeField(auto_now_add=True)
    finished = models.DateTimeField(null=True, blank=True)
    expires = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["status", "created"]), models.Index(fields=["tenant", "owner"])]
        ordering: ClassVar = ["-created"]

    def __str__(self) -> str:
        return f"{self.title} ({self.format})"

    @property
    def missing(self) -> tuple[Gap, ...]:
        """The gaps in its range."""
        return tuple(map(items.gap_of, self.gaps))

    @property
    def is_fed(self) -> bool:
        """Whether all its rows are written: what is left is to put the file together, a minute for a large workbook."""
        return self.total is not None and 0 < self.total <= self.done

    @property
    def percent(self) -> int:
        """How much of it is made, 0 to 100."""
        if self.status == self.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0
