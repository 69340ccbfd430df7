"""Sends on what was recorded, batch by batch: read, hand over, and only then move the cursor.

Recording never waits for a receiver: the log itself is the queue, and the cursor is a place in it.
"""

import datetime as dt
import time
from collections.abc import Generator, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import msgspec
import structlog
from django.db.models import F

from earwitness.accounts.recorder import stopped
from earwitness.deliver import owners, rounds, secrets
from earwitness.deliver.forwarding.lines import Lines, setup_of
from earwitness.deliver.forwarding.senders import NotTaken, Sender
from earwitness.deliver.means import Means
from earwitness.deliver.models import Forward
from earwitness.deliver.models.lease import free, runner
from earwitness.model.problem import BadQuery, Forbidden, Problem
from earwitness.model.scope import Scope
from earwitness.model.times import UTC
from earwitness.search import Query

log = structlog.get_logger()
ROUND_SECONDS = 10.0  # after which a forward that is far behind lets others have its thread
READ_AT_ONCE = 2000  # places: a look into the log costs the same for one row as for many
LATE = dt.timedelta(seconds=60)  # how long after its end an hour may still get rows
PAUSES = (1, 2, 5, 10, 30, 60, 120, 300)
_AS_SENT = frozenset({"params", "changes"})  # told on to the digit: 1e400 is a number, though no float
_NOTHING = (b"{}", b"[]", b"null")
_decode = msgspec.json.Decoder().decode
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_lines = Lines()


class Batch(NamedTuple):
    """Rows in their order, and the place in the log up to which the receiver then has everything."""

    items: Sequence[dict[str, Any]]
    up_to: int


def send_due(means: Means, now: dt.datetime | None = None) -> int:
    """Send what waits in every forward that is on. Returns how many rows were taken (with a crew: forwards begun)."""
    now = now or dt.datetime.now(UTC)
    enabled = Forward.objects.filter(enabled=True)
    _lines.keep(list(enabled.values_list("pk", flat=True)))
    due = enabled.filter(free(now)).exclude(next_try__gt=now).select_related("owner", "tenant")
    waiting = (forward for forward in due if _waits(means, forward))
    return rounds.each(means, waiting, lambda forward: _forward(means, forward, now), means.crew)


def _waits(means: Means, forward: Forward) -> bool:
    """Whether anything is to be done, so that a forward with nothing to send writes nothing into the accounts."""
    try:
        return forward.cursor < means.reader.last_seq(_scope(forward), forward.stream)
    except (owners.Stopped, Problem):
        return True  # has to be told


def _scope(forward: Forward) -> Scope:
    return owners.scope_of(forward.owner, forward.tenant.name, forward.ip, forward.stream, "admin")


def hang_up() -> None:
    """Close all connections, at the end of the house."""
    _lines.keep(())


def _forward(means: Means, forward: Forward, now: dt.datetime) -> int:
    """Send what waits in one forward whose lease is ours; note how it went."""
    before = forward.sent
    if not forward.enabled:
        return 0
    try:
        _send(means, forward, now)
    except owners.Stopped as why:
        _stop(forward, str(why))
    except (BadQuery, Forbidden) as problem:
        _stop(forward, f"Stopped: {problem.detail}")
    except secrets.Unreadable as error:
        _stop(forward, str(error))
    except NotTaken as error:
        _failed(forward, str(error), error.retry_after)
    except Problem as problem:
        _failed(forward, problem.detail, problem.retry_after)
    except Exception:
        log.exception("forward_failed", forward=forward.pk)
        _failed(forward, "It could not be sent, for a reason that the log of the server tells.", None)
    return forward.sent - before


def _send(means: Means, forward: Forward, now: dt.datetime) -> None:
    scope = _scope(forward)
    sender, setup = _lines.of(forward, means.guard), setup_of(forward)
    until = time.monotonic() + ROUND_SECONDS
    for batch in _batches(means, forward, scope, sender, now):
        if batch.items:
            sender.send(batch.items)
        if not _move(forward, batch):
            return  # somebody began it anew at another place, or has its lease: the next round begins there
        if means.stop.is_set() or time.monotonic() > until or not forward.take(dt.datetime.now(UTC)):
            return
        if not forward.enabled or forward.cursor != batch.up_to or setup_of(forward) != setup:
            return  # it was turned off, replayed or changed meanwhile


def _batches(means: Means, forward: Forward, scope: Scope, sender: Sender, now: dt.datetime) -> Iterator[Batch]:
    """Yield what waits, in order; an hour that is not over waits on where the receiver takes hours."""
    last = means.reader.last_seq(scope, forward.stream)
    at_once = max(sender.most, READ_AT_ONCE)
    while forward.cursor < last:
        until = min(last, forward.cursor + at_once)
        items = list(read(means, forward, scope, forward.cursor, until))
        if sender.hourly:
            if not (yield from _hours(forward, items, until, now, is_full=until < last)):
                return
            continue
        for start in range(0, len(items), sender.most):
            part = items[start : start + sender.most]
            yield Batch(part, until if start + sender.most >= len(items) else int(part[-1]["seq"]))
        if not items:
            yield Batch((), until)


def _hours(
    forward: Forward, items: list[dict[str, Any]], until: int, now: dt.datetime, *, is_full: bool
) -> Generator[Batch, None, bool]:
    """Yield the hours that are over, or as large as one object may be; says whether all was yielded.

    What is left is looked at again when its hour is over, and not before: reading it every second would be for nothing.
    """
    groups = [list(rows) for _, rows in groupby(items, key=lambda item: item["received_at"][:13])]
    for number, rows in enumerate(groups):
        over = _over(rows[-1])
        if number + 1 == len(groups) and not is_full and now < over:
            Forward.objects.filter(pk=forward.pk).update(next_try=over)
            return False
        yield Batch(rows, int(rows[-1]["seq"]))
    yield Batch((), until)
    return True


def read(means: Means, forward: Forward, scope: Scope, after: int, until: int) -> Iterator[dict[str, Any]]:
    """Yield the rows of a forward with ``after`` < seq <= ``until``, in the order of the log."""
    range_ = f"seq:{after + 1}..{until}"
    text = f"({forward.search}) {range_}" if forward.search.strip() else range_
    query = Query(stream=forward.stream, text=text, start=None, end=None, tz="UTC")
    rest = b""
    for block in means.reader.export(scope, query, (), form="items", order="seq"):
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            yield _item(line)


def _item(line: bytes) -> dict[str, Any]:
    """Return a row as the mappings take it; what was sent as JSON stays the text that it was."""
    return {
        name: value if name in _AS_SENT and bytes(value) not in _NOTHING else _decode(value)
        for name, value in _fields(line).items()
    }


def _over(item: dict[str, Any]) -> dt.datetime:
    """Return when the hour of a row is over."""
    hour = dt.datetime.fromisoformat(item["received_at"]).replace(minute=0, second=0, microsecond=0)
    return hour + dt.timedelta(hours=1) + LATE


def _move(forward: Forward, batch: Batch) -> bool:
    """Move the cursor behind a batch; False where it stands elsewhere by now, or the lease is not ours any more."""
    now = dt.datetime.now(UTC)
    changes: dict[str, Any] = {"cursor": batch.up_to, "cursor_at": now, "problem": "", "failures": 0, "next_try": None}
    if batch.items:
        changes |= {"sent": F("sent") + len(batch.items), "sent_at": now}
    mine = Forward.objects.filter(pk=forward.pk, lease_holder=runner(), cursor=forward.cursor)
    if not mine.update(**changes):
        return False
    forward.cursor = batch.up_to
    forward.sent += len(batch.items)
    return True


def _failed(forward: Forward, problem: str, retry_after: float | None) -> None:
    _lines.hang_up(forward.pk)
    now = dt.datetime.now(UTC)
    pause = max(PAUSES[min(forward.failures, len(PAUSES) - 1)], retry_after or 0)
    Forward.objects.filter(pk=forward.pk).update(
        problem=problem,
        last_error=problem,
        last_error_at=now,
        failures=F("failures") + 1,
        next_try=now + dt.timedelta(seconds=pause),
    )


def _stop(forward: Forward, problem: str) -> None:
    now = dt.datetime.now(UTC)
    Forward.objects.filter(pk=forward.pk).update(
        enabled=False, problem=problem, last_error=problem, last_error_at=now, next_try=None
    )
    stopped(forward.tenant.name, forward.owner.username, "forward", forward.name, problem)
