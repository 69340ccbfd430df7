"""Reports about single agents: each is off until an administrator turns it on and says what for."""

from typing import ClassVar

from django.db import models

from earwitness.accounts.models import Tenant


class PersonalReport(models.Model):
    """A report about single agents that is turned on, by whom and for which purpose."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="personal_reports")
    report = models.CharField(max_length=60)
    purpose = models.TextField()
    username = models.CharField(max_length=150)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "report"], name="personal_report_once")]

    def __str__(self) -> str:
        return self.report
