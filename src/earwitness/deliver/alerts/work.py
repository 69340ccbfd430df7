"""Watches: counts what an alert looks for, fires once, stays quiet until it clears.

An alert is looked at whenever its log has grown, so that it fires within seconds, and now and then besides, so that it
clears. A look that finds nothing new writes nothing.
"""

import datetime as dt
import hashlib
import json
import time
from typing import Any

from django.db import IntegrityError, transaction

from earwitness.accounts.recorder import stopped
from earwitness.deliver import owners, rounds
from earwitness.deliver.alerts import counting, letters
from earwitness.deliver.alerts.counting import Found
from earwitness.deliver.means import Means
from earwitness.deliver.messages.letter import Letter
from earwitness.deliver.models import Alert, Firing, Message
from earwitness.deliver.models.lease import free
from earwitness.model.problem import BadQuery, Forbidden, Problem
from earwitness.model.scope import Scope
from earwitness.model.times import UTC

OFTEN, SELDOM = 5.0, 60.0  # seconds between two looks at a log that does not grow, depending on the window
REST = 20  # a look that took long is not repeated before this many times as long


class _Looks:
    """What this process remembers of its looks: the place that was last in the log then, and when to look again."""

    def __init__(self) -> None:
        self.seen: dict[int, int] = {}
        self.resting: dict[int, float] = {}


_looks = _Looks()


def check_due(means: Means, now: dt.datetime | None = None) -> int:
    """Look at the alerts whose time has come, or whose log has grown; returns how many."""
    now = now or dt.datetime.now(UTC)
    rows = Alert.objects.filter(free(now), enabled=True).select_related("owner", "tenant")
    wanted = (alert for alert in rows if _wants(means, alert, now))
    return rounds.each(means, wanted, lambda alert: _check(means, alert, now))


def _wants(means: Means, alert: Alert, now: dt.datetime) -> bool:
    """Whether to look at an alert in this round."""
    if alert.next_check is None or alert.next_check <= now:
        return True
    if time.monotonic() < _looks.resting.get(alert.pk, 0):
        return False
    try:
        scope = _scope(alert)
        last = means.reader.last_seq(scope, alert.stream)
        if _looks.seen.get(alert.pk) == last:
            return False
        found = _look(means, alert, scope, now, last)
    except (owners.Stopped, Problem):
        return False  # the regular look tells
    _looks.seen[alert.pk] = last
    return _news(alert, found)


def _scope(alert: Alert) -> Scope:
    return owners.scope_of(alert.owner, alert.tenant.name, alert.ip, alert.stream, "create_scheduled_report")


def _news(alert: Alert, found: Found) -> bool:
    """Whether a look found what is not noted yet."""
    noted = {firing.value: firing.count for firing in Firing.objects.filter(alert=alert, ended=None)}
    return any(count > noted.get(value, -1) for value, count in found.counts.items()) or bool(
        noted.keys() - found.counts
    )


def _check(means: Means, alert: Alert, now: dt.datetime) -> int:
    """Look at an alert whose lease is ours, and note what is new."""
    if not alert.enabled:
        return 0
    pause = min(max(alert.window / 20, OFTEN), SELDOM)
    alert.next_check, alert.checked = now + dt.timedelta(seconds=pause), now
    try:
        scope = _scope(alert)
        last = means.reader.last_seq(scope, alert.stream)
        found = _look(means, alert, scope, now, last)
        counting.mark(alert, now, last)
        _looks.seen[alert.pk] = last
        alert.problem = ""
    except owners.Stopped as why:
        alert.enabled, alert.problem = False, str(why)
    except (BadQuery, Forbidden) as problem:
        alert.enabled, alert.problem = False, f"Stopped: {problem.detail}"
    except Problem as problem:
        alert.problem = problem.detail  # the store cannot answer now: the next look tells
    else:
        _settle(alert, found, now, means.base_url)
    if not alert.enabled:
        stopped(alert.tenant.name, alert.owner.username, "alert", alert.name, alert.problem)
    names = ("next_check", "checked", "enabled", "problem", "marks")
    Alert.objects.filter(pk=alert.pk, enabled=True).update(**{name: getattr(alert, name) for name in names})
    return 1


def _look(means: Means, alert: Alert, scope: Scope, now: dt.datetime, last: int) -> Found:
    """Look, and let an alert whose look took long rest."""
    began = time.monotonic()
    found = counting.look(means, alert, scope, now, last)
    ended = time.monotonic()
    _looks.resting[alert.pk] = ended + (ended - began) * REST
    return found


def _settle(alert: Alert, found: Found, now: dt.datetime, base_url: str) -> None:
    """Open a firing for what is new, close those that are over."""
    open_now = {firing.value: firing for firing in Firing.objects.filter(alert=alert, ended=None)}
    for value, firing in open_now.items():
        if value not in found.counts:
            _clear(alert, firing, now, base_url)
    for value, count in found.counts.items():
        if value not in open_now:
            _fire(alert, value, found, now, base_url)
        elif count > open_now[value].count:
            Firing.objects.filter(pk=open_now[value].pk).update(count=count, place_last=found.last)


def _fire(alert: Alert, value: str, found: Found, now: dt.datetime, base_url: str) -> None:
    try:
        with transaction.atomic():
            firing = Firing.objects.create(
                alert=alert,
                value=value,
                count=found.counts[value],
                window_start=now - dt.timedelta(seconds=alert.window),
                window_end=now,
                place_after=found.after,
                place_last=found.last,
                started=now,
            )
            _tell(alert, firing, now, letters.fired(firing, base_url), letters.payload(firing, base_url))
    except IntegrityError:
        return  # another runner was faster


def _clear(alert: Alert, firing: Firing, now: dt.datetime, base_url: str) -> None:
    """Close a firing that is over, and say so to whoever was told of it."""
    with transaction.atomic():
        if Firing.objects.filter(pk=firing.pk, ended=None).update(ended=now):
            firing.alert, firing.ended = alert, now
            told = letters.cleared(firing, base_url), letters.cleared_payload(firing, base_url)
            _tell(alert, firing, now, *told, what="cleared")


def _tell(  # noqa: PLR0913 -- whom, of what, when, and both ways to say it
    alert: Alert, firing: Firing, now: dt.datetime, letter: Letter, payload: dict[str, Any], *, what: str = "firing"
) -> None:
    for address in alert.recipients:
        mark = hashlib.sha256(address.encode()).hexdigest()[:16]
        Message.objects.create(
            key=f"{what}-{firing.pk}-{mark}",
            tenant=alert.tenant,
            kind=Message.MAIL,
            target=address,
            subject=letter.subject,
            body=letter.text,
            html=letter.html,
            firing=firing,
            next_try=now,
        )
    if alert.webhook:
        Message.objects.create(
            key=f"{what}-{firing.pk}-webhook",
            tenant=alert.tenant,
            kind=Message.WEBHOOK,
            target=alert.webhook,
            body=json.dumps(payload),
            firing=firing,
            next_try=now,
        )
