"""An alert: a search that is watched, and each time it fired."""

from typing import ClassVar

from django.db import models

from earwitness.accounts.models import Tenant, User
from earwitness.deliver.models.lease import Leased


class Alert(Leased):
    """Fires where ``search`` has at least ``threshold`` rows within ``window`` seconds, or, ``absence``, fewer.

    ``per`` is a facet (``username``, ``manager`` ...): then each of its values is counted by itself.
    ``since``: from when on it listens as it is set up now; ``marks``: (moment, last place in the log then), for windows
    of what was recorded.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="alerts")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="alerts")
    ip = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=100)
    stream = models.CharField(max_length=20)
    search = models.TextField(blank=True)
    absence = models.BooleanField(default=False)
    threshold = models.PositiveIntegerField(default=1)
    window = models.PositiveIntegerField(default=600)
    per = models.CharField(max_length=40, blank=True)
    recipients = models.JSONField(default=list, blank=True)
    webhook = models.CharField(max_length=500, blank=True)
    secret = models.TextField(blank=True)
    enabled = models.BooleanField(default=True)
    problem = models.TextField(blank=True)
    marks = models.JSONField(default=list, blank=True)
    checked = models.DateTimeField(null=True, blank=True)
    next_check = models.DateTimeField(null=True, blank=True)
    since = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "name"], name="alert_name_once_an_owner")]
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Firing(models.Model):
    """One time an alert fired; ``ended`` None while it lasts. ``value`` is the one of ``per``, empty without.

    ``place_after`` and ``place_last``: the places in the log between which its rows are, where they were found by what
    was recorded within the window and not by what happened within it.
    """

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="firings")
    value = models.CharField(max_length=300, blank=True)
    count = models.PositiveBigIntegerField()
    window_start = models.DateTimeField()
    window_end = models.DateTimeField()
    place_after = models.PositiveBigIntegerField(null=True, blank=True)
    place_last = models.PositiveBigIntegerField(null=True, blank=True)
    started = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["alert", "value"], name="one_open_firing_a_value", condition=models.Q(ended=None)
            )
        ]
        ordering: ClassVar = ["-started"]

    def __str__(self) -> str:
        return f"{self.alert} at {self.started:%Y-%m-%d %H:%M}"
