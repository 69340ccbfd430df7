"""What people do with reports: see them, turn those about single agents on and off."""

from django.db import IntegrityError, transaction

from earwitness.accounts.access import Access
from earwitness.accounts.models import Tenant
from earwitness.accounts.recorder import Actor, record
from earwitness.deliver import owners
from earwitness.deliver.models import PersonalReport
from earwitness.deliver.reports.catalog import REPORTS, Report
from earwitness.model.problem import Conflict, Forbidden, Invalid

SHORTEST_PURPOSE = 10


def turned_on(tenant: str) -> dict[str, PersonalReport]:
    """Return the reports about single agents that are on in a tenant, by name."""
    return {found.report: found for found in PersonalReport.objects.filter(tenant__name=tenant)}


def visible(access: Access) -> list[Report]:
    """Return the reports that somebody may see now."""
    on = turned_on(access.tenant)
    return [r for r in REPORTS if r.stream in access.scope.streams and (not r.personal or r.name in on)]


def permit(access: Access, report: Report) -> None:
    """Raise Forbidden unless somebody may see a report."""
    owners.demand_stream(access, report.stream)
    if report.personal and report.name not in turned_on(access.tenant):
        raise Forbidden(
            f"The report {report.title} is about single agents and is turned off: "
            "an administrator can turn it on for a purpose that is recorded.",
            extra={"permission": "admin"},
        )


def turn_on(actor: Actor, report: Report, purpose: str) -> None:
    """Turn a report about single agents on. Raises Forbidden, Invalid without a purpose."""
    actor.access.demand("admin")
    purpose = purpose.strip()
    if len(purpose) < SHORTEST_PURPOSE or len(purpose) > 1000:
        raise Invalid("Say what this is for.", fields={"purpose": "Say what this is for, in a sentence."})
    try:
        with transaction.atomic():
            tenant = Tenant.objects.get(name=actor.tenant)
            name = actor.access.username
            PersonalReport.objects.create(tenant=tenant, report=report.name, purpose=purpose, username=name)
            record(actor, "report", "turn_on", obj=f"report:{report.name}", comments=purpose)
    except IntegrityError:
        raise Conflict("This report is on already.") from None


def turn_off(actor: Actor, report: Report) -> None:
    """Turn a report about single agents off."""
    actor.access.demand("admin")
    with transaction.atomic():
        PersonalReport.objects.filter(tenant__name=actor.tenant, report=report.name).delete()
        record(actor, "report", "turn_off", obj=f"report:{report.name}")
