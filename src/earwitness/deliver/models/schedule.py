"""A schedule: a report that is made and mailed at set times; and each time it was."""

from typing import ClassVar

from django.db import models

from earwitness.accounts.models import Tenant, User
from earwitness.deliver.models.export import Export
from earwitness.deliver.models.lease import Leased
from earwitness.deliver.schedule import Rule


class Schedule(Leased):
    """``report`` names a report page, empty for the rows of ``search`` themselves. ``period`` is one of ``periods``.

    ``problem`` says why it stopped: then ``enabled`` is False until its owner turns it on again.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="schedules")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="schedules")
    ip = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=100)
    report = models.CharField(max_length=60, blank=True)
    stream = models.CharField(max_length=20)
    search = models.TextField(blank=True)
    columns = models.JSONField(default=list, blank=True)
    period = models.CharField(max_length=20, default="yesterday")
    format = models.CharField(max_length=10, default="pdf")
    attach = models.BooleanField(default=True)
    recipients = models.JSONField(default=list)
    every = models.CharField(max_length=10, default="daily")
    zone = models.CharField(max_length=64, default="UTC")
    at = models.CharField(max_length=5, default="07:00")
    weekday = models.PositiveSmallIntegerField(default=0)
    day = models.PositiveSmallIntegerField(default=1)
    cron = models.CharField(max_length=100, blank=True)
    enabled = models.BooleanField(default=True)
    problem = models.TextField(blank=True)
    next_run = models.DateTimeField()
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "name"], name="schedule_name_once_an_owner")]
        indexes: ClassVar = [models.Index(fields=["enabled", "next_run"])]
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def rule(self) -> Rule:
        """When it runs."""
        return Rule(every=self.every, zone=self.zone, at=self.at, weekday=self.weekday, day=self.day, cron=self.cron)


class Run(models.Model):
    """One run of a schedule. ``(schedule, due)`` is unique: a report that was due at a moment is made once."""

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="runs")
    due = models.DateTimeField()
    made_up = models.BooleanField(default=False)
    export = models.OneToOneField(Export, null=True, blank=True, on_delete=models.SET_NULL, related_name="run")
    mailed = models.BooleanField(default=False)
    problem = models.TextField(blank=True)
    created = models.DateTimeField(auto_now_add=True)
    signed_by = models.CharField(max_length=150, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_comment = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["schedule", "due"], name="run_once")]
        ordering: ClassVar = ["-due"]

    def __str__(self) -> str:
        return f"{self.schedule} of {self.due:%Y-%m-%d %H:%M}"
