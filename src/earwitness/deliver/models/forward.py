"""A forward: rows that are sent on to another system as they are recorded, in order, from where it stands."""

from typing import ClassVar

from django.db import models

from earwitness.accounts.models import Tenant, User
from earwitness.deliver.models.lease import Leased


class Forward(Leased):
    """``cursor`` is the place in the log up to which the receiver has everything; it moves only after the receiver
    took it. ``problem`` is what is wrong now, ``last_error`` what was wrong last. ``settings`` are those of its kind
    (``forwarding.kinds``), ``secret`` is encrypted (``secrets``)."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="forwards")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="forwards")
    ip = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10)
    words = models.CharField(max_length=10, default="json")
    stream = models.CharField(max_length=20)
    search = models.TextField(blank=True)
    settings = models.JSONField(default=dict)
    secret = models.TextField(blank=True)
    enabled = models.BooleanField(default=True)
    problem = models.TextField(blank=True)
    last_error = models.TextField(blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)
    cursor = models.PositiveBigIntegerField(default=0)
    cursor_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent = models.PositiveBigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    next_try = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "name"], name="forward_name_once_a_tenant")]
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name
