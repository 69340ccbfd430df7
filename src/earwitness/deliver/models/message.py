"""A message that has to reach somebody: written with what caused it, sent with patience."""

from typing import ClassVar

from django.db import models

from earwitness.accounts.models import Tenant
from earwitness.deliver.models.alert import Firing
from earwitness.deliver.models.lease import Leased
from earwitness.deliver.models.schedule import Run
from earwitness.deliver.wire import http


class Message(Leased):
    """A mail to one address, or a webhook call. Tried with growing pauses until it arrives or ``gave_up``.

    ``key`` is unique: whatever runs twice still sends once, and a webhook carries it as its message id.
    """

    MAIL, WEBHOOK = "mail", "webhook"

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="messages")
    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=10)
    target = models.CharField(max_length=500)
    subject = models.CharField(max_length=300, blank=True)
    body = models.TextField()
    html = models.TextField(blank=True)
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.CASCADE, related_name="messages")
    firing = models.ForeignKey(Firing, null=True, blank=True, on_delete=models.CASCADE, related_name="messages")
    attach = models.BooleanField(default=False)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try = models.DateTimeField(null=True)
    sent = models.DateTimeField(null=True, blank=True)
    gave_up = models.BooleanField(default=False)
    problem = models.TextField(blank=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["next_try"])]
        ordering: ClassVar = ["-created"]

    @property
    def to(self) -> str:
        """Where it goes, as pages show it: of a webhook's address the path is left out."""
        return http.origin(self.target) if self.kind == self.WEBHOOK else self.target

    @property
    def about(self) -> str:
        """What an alert says with it: ``fired``, ``cleared``; empty for what is no alert's."""
        return {"firing": "fired", "cleared": "cleared"}.get(self.key.partition("-")[0], "")

    def __str__(self) -> str:
        return f"{self.kind} to {self.target}"
