"""Makes scheduled reports when they are due, and mails them when they are made. Each run is made once."""

import datetime as dt
import hashlib

from django.db import transaction

from earwitness.deliver import owners, periods, schedule
from earwitness.deliver.exports.actions import to_json
from earwitness.deliver.means import Means
from earwitness.deliver.models import Export, Message, Run, Schedule
from earwitness.deliver.models.export import KEPT
from earwitness.deliver.models.lease import free
from earwitness.deliver.schedules import letters
from earwitness.model.problem import Problem
from earwitness.model.scope import Scope
from earwitness.model.times import UTC

LATE = dt.timedelta(minutes=10)


def begin_due(means: Means, now: dt.datetime | None = None) -> int:
    """Begin the runs that are due; returns how many."""
    now = now or dt.datetime.now(UTC)
    begun = 0
    for found in Schedule.objects.filter(free(now), enabled=True, next_run__lte=now).order_by("next_run"):
        if found.take(now) and found.enabled and found.next_run <= now:
            begun += _begin(means, found, now)
        found.release()
    return begun


def _begin(means: Means, found: Schedule, now: dt.datetime) -> int:
    try:
        scope = owners.scope_of(
            found.owner, found.tenant.name, found.ip, found.stream, "create_scheduled_report", "export_logs"
        )
        up_to = means.reader.last_seq(scope, found.stream)
    except owners.Stopped as stopped:
        Schedule.objects.filter(pk=found.pk).update(enabled=False, problem=str(stopped))
        return 0
    except Problem as problem:
        Schedule.objects.filter(pk=found.pk).update(problem=problem.detail)  # the store cannot answer: next time
        return 0
    moments = schedule.due(found.rule, found.next_run, now)
    with transaction.atomic():
        begun = sum(_run(found, due, now, scope, up_to) for due in moments)
        later = schedule.next_run(found.rule, now)
        Schedule.objects.filter(pk=found.pk).update(next_run=later, problem="")
    return begun


def _run(found: Schedule, due: dt.datetime, now: dt.datetime, scope: Scope, up_to: int) -> int:
    made_up = now - due > LATE
    run, new = Run.objects.get_or_create(schedule=found, due=due, defaults={"made_up": made_up})
    if not new:
        return 0
    span = periods.span(found.period, due, found.zone)
    notes = [f"Scheduled report of {found.owner.username}."]
    if made_up:
        notes.append(
            f"It was due at {letters.moment(due, found.zone)} and was made up later, "
            "because Earwitness was not running then."
        )
    run.export = Export.objects.create(
        tenant=found.tenant,
        owner=found.owner.username,
        user=found.owner,
        ip=found.ip,
        scope=to_json(scope),
        title=found.name,
        report=found.report,
        stream=found.stream,
        search=found.search,
        start=span.start,
        end=span.end,
        tz=found.zone,
        format=found.format,
        columns=found.columns,
        for_people=True,
        notes=notes,
        up_to=up_to,
        expires=now + KEPT,
    )
    run.save(update_fields=["export"])
    return 1


def post_finished(means: Means) -> int:
    """Write the mails of the runs whose reports are made, or could not be; returns how many mails."""
    rows = Run.objects.filter(messages=None, problem="", mailed=False, export__isnull=False)
    rows = rows.filter(export__status__in=(Export.DONE, Export.FAILED, Export.CANCELLED))
    return sum(_post(means, run) for run in rows.select_related("schedule", "schedule__owner", "export")[:50])


def _post(means: Means, run: Run) -> int:
    found, export = run.schedule, run.export
    assert export is not None  # noqa: S101 -- filtered for
    with transaction.atomic():
        if export.status == Export.DONE:
            letter = letters.report(run, means.base_url)
            addresses = found.recipients
        else:
            problem = export.problem or f"It was {export.status}."
            Run.objects.filter(pk=run.pk).update(problem=problem)
            letter = letters.failure(run, problem, means.base_url)
            addresses = [found.owner.email] if found.owner.email else []
        for address in addresses:
            mark = hashlib.sha256(address.encode()).hexdigest()[:16]
            Message.objects.get_or_create(
                key=f"run-{run.pk}-{mark}",
                defaults={
                    "tenant": found.tenant,
                    "kind": Message.MAIL,
                    "target": address,
                    "subject": letter.subject,
                    "body": letter.text,
                    "html": letter.html,
                    "run": run,
                    "attach": found.attach and export.status == Export.DONE,
                    "next_try": dt.datetime.now(UTC),
                },
            )
    return len(addresses)
