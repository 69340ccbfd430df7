"""Sends on what was recorded, batch by batch: read, hand over, and only then move the cursor.

Recording never waits for a receiver: the log itself is the queue, and the cursor is a place in it.
"""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import F

from earwitness.deliver import owners, secrets
from earwitness.deliver.forwarding.senders import SENDERS, NotTaken, Sender
from earwitness.deliver.means import Means
from earwitness.deliver.models import Forward
from earwitness.deliver.models.lease import free
from earwitness.model.problem import BadQuery, Forbidden, Problem
from earwitness.model.scope import Scope
from earwitness.model.times import UTC
from earwitness.search import Query

BATCHES_A_ROUND = 20
LATE = dt.timedelta(seconds=60)  # how long after its end an hour may still get rows
PAUSES = (1, 2, 5, 10, 30, 60, 120, 300)


class Batch(NamedTuple):
    """Rows in their order, and the place in the log up to which the receiver then has everything."""

    items: Sequence[dict[str, Any]]
    up_to: int


def send_due(means: Means, now: dt.datetime | None = None) -> int:
    """Send what waits in every forward that is on; returns how many rows were taken."""
    now = now or dt.datetime.now(UTC)
    taken = 0
    rows = Forward.objects.filter(free(now), enabled=True)
    for forward in rows.exclude(next_try__gt=now).select_related("owner", "tenant"):
        if means.stop.is_set():
            break
        if forward.take(now) and forward.enabled:
            taken += _forward(means, forward, now)
        forward.release()
    return taken


def _forward(means: Means, forward: Forward, now: dt.datetime) -> int:
    sender = SENDERS[forward.kind](forward, means.guard)
    before = forward.sent
    try:
        scope = owners.scope_of(forward.owner, forward.tenant.name, forward.ip, forward.stream, "admin")
        for batch in _batches(means, forward, scope, sender, now):
            if batch.items:
                sender.send(batch.items)
            _move(forward, batch)
            if means.stop.is_set() or not forward.take(dt.datetime.now(UTC)):
                break
    except owners.Stopped as stopped:
        _note(forward, enabled=False, problem=str(stopped))
    except (BadQuery, Forbidden) as problem:
        _note(forward, enabled=False, problem=f"Stopped: {problem.detail}")
    except secrets.Unreadable as error:
        _note(forward, enabled=False, problem=str(error))
    except NotTaken as error:
        _failed(forward, str(error), error.retry_after)
    except Problem as problem:
        _failed(forward, problem.detail, problem.retry_after)
    finally:
        sender.close()
    return forward.sent - before


def _batches(means: Means, forward: Forward, scope: Scope, sender: Sender, now: dt.datetime) -> Iterator[Batch]:
    """Yield what waits, in order; an hour that is not over waits on where the receiver takes hours."""
    last = means.reader.last_seq(scope, forward.stream)
    for _ in range(BATCHES_A_ROUND):
        first = forward.cursor
        if first >= last:
            return
        until = min(last, first + sender.most)
        items = list(read(means, forward, scope, first, until))
        if not sender.hourly:
            yield Batch(items, until)
            continue
        full = until < last
        groups = [list(rows) for _, rows in groupby(items, key=lambda item: item["received_at"][:13])]
        for number, rows in enumerate(groups):
            ended = number + 1 < len(groups) or full or _is_over(rows[-1], now)
            if not ended:
                return
            yield Batch(rows, int(rows[-1]["seq"]))
        yield Batch((), until)


def read(means: Means, forward: Forward, scope: Scope, after: int, until: int) -> Iterator[dict[str, Any]]:
    """Yield the rows of a forward with ``after`` < seq <= ``until``, in the order of the log."""
    range_ = f"seq:{after + 1}..{until}"
    text = f"({forward.search}) {range_}" if forward.search.strip() else range_
    query = Query(stream=forward.stream, text=text, start=None, end=None, tz="UTC")
    rest = b""
    for block in means.reader.export(scope, query, (), form="items", order="seq"):
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            yield json.loads(line)


def _is_over(item: dict[str, Any], now: dt.datetime) -> bool:
    hour = dt.datetime.fromisoformat(item["received_at"]).replace(minute=0, second=0, microsecond=0)
    return now >= hour + dt.timedelta(hours=1) + LATE


def _move(forward: Forward, batch: Batch) -> None:
    now = dt.datetime.now(UTC)
    forward.cursor = batch.up_to
    forward.sent += len(batch.items)
    changes: dict[str, Any] = {"cursor": batch.up_to, "cursor_at": now, "problem": "", "failures": 0, "next_try": None}
    if batch.items:
        changes |= {"sent": F("sent") + len(batch.items), "sent_at": now}
    Forward.objects.filter(pk=forward.pk).update(**changes)


def _failed(forward: Forward, problem: str, retry_after: float | None) -> None:
    pause = max(PAUSES[min(forward.failures, len(PAUSES) - 1)], retry_after or 0)
    later = dt.datetime.now(UTC) + dt.timedelta(seconds=pause)
    Forward.objects.filter(pk=forward.pk).update(problem=problem, failures=F("failures") + 1, next_try=later)


def _note(forward: Forward, *, enabled: bool, problem: str) -> None:
    Forward.objects.filter(pk=forward.pk).update(enabled=enabled, problem=problem)
