"""Makes scheduled reports when they are due, and mails them when they are made. Each run is made once."""

import datetime as dt
import hashlib

from django.db import transaction

from earwitness.accounts.recorder import stopped
from earwitness.deliver import owners, periods, rounds, schedule
from earwitness.deliver.exports import fronts
from earwitness.deliver.exports.actions import to_json
from earwitness.deliver.means import Means
from earwitness.deliver.messages.letter import moment
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
    waiting = Schedule.objects.filter(free(now), enabled=True, next_run__lte=now).order_by("next_run")
    return rounds.each(means, waiting, lambda found: _begin(means, found, now))


def _begin(means: Means, found: Schedule, now: dt.datetime) -> int:
    if not found.enabled or found.next_run > now:
        return 0  # another runner was faster
    try:
        scope = owners.scope_of(
            found.owner, found.tenant.name, found.ip, found.stream, "create_scheduled_report", "export_logs"
        )
        up_to = means.reader.last_seq(scope, found.stream)
    except owners.Stopped as why:
        Schedule.objects.filter(pk=found.pk).update(enabled=False, problem=str(why))
        stopped(found.tenant.name, found.owner.username, "scheduled_report", found.name, str(why))
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


def begin_now(means: Means, found: Schedule, now: dt.datetime, who: str) -> Run:
    """Begin a run that somebody asked for, besides those of the timetable. Raises owners.Stopped, Problem."""
    needed = ("create_scheduled_report", "export_logs")
    scope = owners.scope_of(found.owner, found.tenant.name, found.ip, found.stream, *needed)
    up_to = means.reader.last_seq(scope, found.stream)
    with transaction.atomic():
        run = Run.objects.create(schedule=found, due=now)
        _order(run, now, scope, up_to, f"{who} asked for it at {moment(now, found.zone)}.")
    return run


def _run(found: Schedule, due: dt.datetime, now: dt.datetime, scope: Scope, up_to: int) -> int:
    made_up = now - due > LATE
    run, new = Run.objects.get_or_create(schedule=found, due=due, defaults={"made_up": made_up})
    if not new:
        return 0
    late = (
        f"It was due at {moment(due, found.zone)} and was made up later, "
        "because Earwitness was not running then, or could not read the log."
    )
    _order(run, now, scope, up_to, late if made_up else "")
    return 1


def _order(run: Run, now: dt.datetime, scope: Scope, up_to: int, note: str) -> None:
    """Put the export of a run into the queue."""
    found = run.schedule
    span = periods.span(found.period, run.due, found.zone)
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
        notes=[f"Scheduled report of {found.owner.username}.", *([note] if note else [])],
        up_to=up_to,
        expires=now + KEPT,
    )
    run.save(update_fields=["export"])


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
            letter = letters.report(run, means.base_url, fronts.of(means.folder, export))
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
