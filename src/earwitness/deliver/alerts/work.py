"""Watches: counts what an alert looks for, fires once, stays quiet until it clears."""

import datetime as dt
import hashlib
import json

from django.db import IntegrityError, transaction

from earwitness.deliver import owners
from earwitness.deliver.alerts import letters
from earwitness.deliver.means import Means
from earwitness.deliver.models import Alert, Firing, Message
from earwitness.deliver.models.lease import free
from earwitness.model.problem import BadQuery, Forbidden, Problem
from earwitness.model.scope import SUPERVISION, Scope
from earwitness.model.times import UTC
from earwitness.search import Query

MOST_VALUES = 1000
OFTEN, SELDOM = 5.0, 60.0  # seconds between two looks, depending on the window
ARRIVAL = dt.timedelta(days=1)  # how long after its start a segment may be recorded and still count


def check_due(means: Means, now: dt.datetime | None = None) -> int:
    """Look at the alerts whose time has come; returns how many."""
    now = now or dt.datetime.now(UTC)
    looked = 0
    rows = Alert.objects.filter(free(now), enabled=True)
    for alert in rows.exclude(next_check__gt=now).select_related("owner", "tenant"):
        if means.stop.is_set():
            break
        if alert.take(now) and alert.enabled:
            _check(means, alert, now)
            looked += 1
        alert.release()
    return looked


def _check(means: Means, alert: Alert, now: dt.datetime) -> None:
    pause = min(max(alert.window / 20, OFTEN), SELDOM)
    alert.next_check, alert.checked = now + dt.timedelta(seconds=pause), now
    try:
        scope = owners.scope_of(alert.owner, alert.tenant.name, alert.ip, alert.stream, "create_scheduled_report")
        found = _counts(means, alert, scope, now)
        alert.problem = ""
    except owners.Stopped as stopped:
        alert.enabled, alert.problem = False, str(stopped)
    except (BadQuery, Forbidden) as problem:
        alert.enabled, alert.problem = False, f"Stopped: {problem.detail}"
    except Problem as problem:
        alert.problem = problem.detail  # the store cannot answer now: the next look tells
    else:
        _settle(alert, found, now, means.base_url)
    names = ["next_check", "checked", "enabled", "problem", "marks"]
    alert.save(update_fields=names)


def _counts(means: Means, alert: Alert, scope: Scope, now: dt.datetime) -> dict[str, int]:
    """Return value -> count for what is over the threshold (for absence: below it)."""
    query = _window(means, alert, scope, now)
    if alert.per:
        facet = means.reader.facets(scope, query, (alert.per,), MOST_VALUES).facets[alert.per]
        return {str(item.value)[:300]: item.count for item in facet if item.count >= alert.threshold}
    count = means.reader.count(scope, query).count
    if alert.absence:
        old_enough = alert.created <= now - dt.timedelta(seconds=alert.window)
        return {"": count} if count < alert.threshold and old_enough else {}
    return {"": count} if count >= alert.threshold else {}


def _window(means: Means, alert: Alert, scope: Scope, now: dt.datetime) -> Query:
    """Return what happened within the window. A segment is recorded when it ends, perhaps long after it began: for
    those the window is of what was recorded, told by the places in the log that were last at earlier looks."""
    start = now - dt.timedelta(seconds=alert.window)
    if alert.stream != SUPERVISION:
        return Query(stream=alert.stream, text=alert.search, start=start, end=None, tz="UTC")
    last = means.reader.last_seq(scope, alert.stream)
    marks = [(when, seq) for when, seq in alert.marks if when > start.timestamp()]
    before = [(when, seq) for when, seq in alert.marks if when <= start.timestamp()][-1:]
    alert.marks = [*before, *marks, (now.timestamp(), last)][-500:]
    after = before[0][1] if before else (marks[0][1] if marks else last)
    text = f"({alert.search}) seq:>{after}" if alert.search.strip() else f"seq:>{after}"
    return Query(stream=alert.stream, text=text, start=start - ARRIVAL, end=None, tz="UTC")


def _settle(alert: Alert, found: dict[str, int], now: dt.datetime, base_url: str) -> None:
    """Open a firing for what is new, close those that are over."""
    open_now = {firing.value: firing for firing in Firing.objects.filter(alert=alert, ended=None)}
    for value, firing in open_now.items():
        if value not in found:
            Firing.objects.filter(pk=firing.pk).update(ended=now)
    for value, count in found.items():
        if value in open_now:
            if count > open_now[value].count:
                Firing.objects.filter(pk=open_now[value].pk).update(count=count)
        else:
            _fire(alert, value, count, now, base_url)


def _fire(alert: Alert, value: str, count: int, now: dt.datetime, base_url: str) -> None:
    try:
        with transaction.atomic():
            firing = Firing.objects.create(
                alert=alert,
                value=value,
                count=count,
                window_start=now - dt.timedelta(seconds=alert.window),
                window_end=now,
                started=now,
            )
            _tell(alert, firing, base_url)
    except IntegrityError:
        return  # another runner was faster


def _tell(alert: Alert, firing: Firing, base_url: str) -> None:
    letter = letters.fired(firing, base_url)
    for address in alert.recipients:
        mark = hashlib.sha256(address.encode()).hexdigest()[:16]
        Message.objects.create(
            key=f"firing-{firing.pk}-{mark}",
            tenant=alert.tenant,
            kind=Message.MAIL,
            target=address,
            subject=letter.subject,
            body=letter.text,
            html=letter.html,
            firing=firing,
            next_try=firing.started,
        )
    if alert.webhook:
        Message.objects.create(
            key=f"firing-{firing.pk}-webhook",
            tenant=alert.tenant,
            kind=Message.WEBHOOK,
            target=alert.webhook,
            body=json.dumps(letters.payload(firing, base_url)),
            firing=firing,
            next_try=firing.started,
        )
