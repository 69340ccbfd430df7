"""What people do with scheduled reports: set up, change, turn on and off, delete, sign off."""

import datetime as dt
from typing import Any

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import Q

from earwitness.accounts.access import Access
from earwitness.accounts.models import Tenant
from earwitness.accounts.recorder import Actor, record
from earwitness.deliver import checks, columns, owners, periods, schedule
from earwitness.deliver.exports import order as orders
from earwitness.deliver.exports.actions import recorded_text, to_json
from earwitness.deliver.means import Means
from earwitness.deliver.models import Run, Schedule
from earwitness.deliver.reports import actions as reports
from earwitness.deliver.reports import catalog, files
from earwitness.deliver.schedule import Rule
from earwitness.deliver.schedules import work
from earwitness.deliver.searches.actions import person_of
from earwitness.model.problem import Conflict, Forbidden, Invalid, NotFound
from earwitness.model.times import UTC

FIELDS = (
    "name",
    "report",
    "stream",
    "search",
    "period",
    "format",
    "attach",
    "every",
    "zone",
    "at",
    "weekday",
    "day",
    "cron",
)


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A report to be mailed. report: name of a report page, empty for the rows themselves; period: one of
    ``periods.PERIODS``; attach: False mails a link; the rest as ``Rule``."""

    name: str
    report: str = ""
    stream: str = "activity"
    search: str = ""
    columns: tuple[str, ...] = ()
    period: str = "yesterday"
    format: str = "pdf"
    attach: bool = True
    recipients: tuple[str, ...] = ()
    every: str = "daily"
    zone: str = "UTC"
    at: str = "07:00"
    weekday: int = 0
    day: int = 1
    cron: str = ""
    enabled: bool = True

    @property
    def rule(self) -> Rule:
        """When it runs."""
        return Rule(every=self.every, zone=self.zone, at=self.at, weekday=self.weekday, day=self.day, cron=self.cron)


def _check(wish: Wish) -> None:
    wrong = checks.name(wish.name) | checks.search(wish.search, wish.stream)
    wrong |= checks.recipients(wish.recipients, needed=True)
    wrong |= checks.choice("period", wish.period, periods.NAMES)
    wrong |= checks.choice("format", wish.format, orders.FORMATS)
    try:
        schedule.check(wish.rule)
    except Invalid as problem:
        wrong |= problem.fields
    if wish.report:
        wrong |= _report_problem(wish)
    elif "stream" not in wrong:
        try:
            columns.chosen(wish.stream, wish.columns)
        except Invalid as problem:
            wrong |= problem.fields
    checks.demand(wrong, "schedule")


def _report_problem(wish: Wish) -> dict[str, str]:
    report = catalog.BY_NAME.get(wish.report)
    if report is None:
        return {"report": f"Choose one of {', '.join(catalog.BY_NAME)}, or none."}
    if report.stream != wish.stream:
        return {"stream": f"This report is about the log {report.stream}."}
    return checks.choice("format", wish.format, files.FORMATS)


def create(actor: Actor, wish: Wish) -> Schedule:
    """Set a schedule up. Raises Forbidden, Invalid, Conflict where the name is taken."""
    return _write(actor, Schedule(), wish, "create")


def change(actor: Actor, found: Schedule, wish: Wish) -> Schedule:
    """Change one's own schedule."""
    if found.owner_id != actor.access.user_id:
        raise Forbidden("This report was set up by somebody else: only its owner changes it.")
    return _write(actor, found, wish, "update")


def _write(actor: Actor, found: Schedule, wish: Wish, act: str) -> Schedule:
    access = actor.access
    access.demand("create_scheduled_report")
    access.demand("export_logs")
    _check(wish)
    owners.demand_stream(access, wish.stream)
    if wish.report:
        reports.permit(access, catalog.find(wish.report))
    found.tenant = Tenant.objects.get(name=access.tenant)
    found.owner = person_of(access)
    found.ip = actor.ip
    for field in FIELDS:
        setattr(found, field, getattr(wish, field))
    found.columns, found.recipients = list(wish.columns), list(wish.recipients)
    found.enabled, found.problem = wish.enabled, ""
    found.next_run = schedule.next_run(wish.rule, dt.datetime.now(UTC))
    try:
        with transaction.atomic():
            found.save()
            record(actor, "scheduled_report", act, obj=f"scheduled_report:{found.name}", params=_told(found, access))
    except IntegrityError:
        raise Conflict(f"You have a scheduled report called {wish.name}: choose another name.") from None
    return found


def _told(found: Schedule, access: Access) -> dict[str, Any]:
    return {
        "stream": found.stream,
        "search": recorded_text(access, found.search),
        "period": found.period,
        "format": found.format,
        "recipients": found.recipients,
        "rule": msgspec.to_builtins(found.rule),
        "enabled": found.enabled,
    }


def run_now(actor: Actor, means: Means, found: Schedule) -> Run:
    """Make one's own scheduled report now, and mail it as it always is; its next run stays as it was.

    Raises Forbidden to others than its owner, Conflict where its owner may not have it any more.
    """
    if found.owner_id != actor.access.user_id:
        raise Forbidden("This report was set up by somebody else: only its owner runs it.")
    try:
        run = work.begin_now(means, found, dt.datetime.now(UTC), actor.access.username)
    except owners.Stopped as stopped:
        raise Conflict(str(stopped)) from None
    record(actor, "scheduled_report", "run", obj=f"scheduled_report:{found.name}", params=_told(found, actor.access))
    return run


def delete(actor: Actor, found: Schedule) -> None:
    """Delete one's own schedule, or, with the permission, anybody's."""
    if found.owner_id != actor.access.user_id:
        actor.access.demand("delete_scheduled_report")
    with transaction.atomic():
        name = found.name
        found.delete()
        record(actor, "scheduled_report", "delete", obj=f"scheduled_report:{name}")


def visible(access: Access) -> list[Schedule]:
    """Return one's own schedules; all of the tenant for those who may delete them."""
    access.demand("create_scheduled_report", "delete_scheduled_report")
    rows = Schedule.objects.filter(tenant__name=access.tenant).select_related("owner")
    if not access.has("delete_scheduled_report"):
        rows = rows.filter(owner_id=access.user_id)
    return list(rows)


def find(access: Access, schedule_id: int) -> Schedule:
    """Return a schedule that somebody may see; NotFound else."""
    for found in visible(access):
        if found.pk == schedule_id:
            return found
    raise NotFound("There is no such scheduled report.")


def runs(access: Access, limit: int = 100, run_id: int | None = None) -> list[Run]:
    """Return the runs of one's own schedules, and those of others that show what one sees oneself; newest first."""
    access.demand("export_logs", "create_scheduled_report")
    rows = Run.objects.filter(schedule__tenant__name=access.tenant, schedule__stream__in=access.scope.streams)
    rows = rows.select_related("schedule", "schedule__owner", "export").prefetch_related("messages")
    mine, scope = Q(schedule__owner_id=access.user_id or 0), to_json(access.scope)
    if run_id is not None:
        rows = rows.filter(pk=run_id)
    newest = rows.filter(mine | Q(export__isnull=False))[: limit * 10]
    return [run for run in newest if _sees(access, run, scope)][:limit]


def _sees(access: Access, run: Run, scope: dict[str, object]) -> bool:
    return run.schedule.owner_id == access.user_id or (run.export is not None and run.export.scope == scope)


def sign_off(actor: Actor, run_id: int, comment: str) -> Run:
    """Say that a report was reviewed. Recorded once: a report that was signed off stays so."""
    access = actor.access
    access.demand("export_logs", "create_scheduled_report")
    found = runs(access, 1, run_id)
    if not found:
        raise NotFound("There is no such report.")
    run = found[0]
    if run.export is None or run.export.status != run.export.DONE:
        raise Conflict("This report was not made, so it cannot be signed off.")
    if len(comment) > 2000:
        raise Invalid("The comment is too long.", fields={"comment": "At most 2,000 characters."})
    with transaction.atomic():
        changed = Run.objects.filter(pk=run.pk, signed_at=None).update(
            signed_by=access.username, signed_at=dt.datetime.now(UTC), signed_comment=comment
        )
        if not changed:
            raise Conflict(f"{run.signed_by or 'Somebody'} has signed this report off already.")
        record(
            actor,
            "scheduled_report",
            "sign_off",
            obj=f"scheduled_report:{run.schedule.name}",
            comments=comment,
            params={"due": run.due.isoformat(), "export": str(run.export.pk), "rows": run.export.total},
        )
    run.refresh_from_db()
    return run
