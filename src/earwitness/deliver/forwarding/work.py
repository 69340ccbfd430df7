"""Sends on what was recorded, batch by batch: read, hand over, and only then move the cursor.

Recording never waits for a receiver: the log itself is the queue, and the cursor is a place in it.
"""

import datetime as dt
import time
from collections.abc import Iterable, Iterator
from typing import Any

import structlog
from django.db.models import F

from earwitness.accounts.recorder import stopped
from earwitness.deliver import owners, rounds, secrets
from earwitness.deliver.forwarding.batches import Batch, Source, batches
from earwitness.deliver.forwarding.lines import Lines, setup_of
from earwitness.deliver.forwarding.senders import NotTaken, Sender, TooLarge
from earwitness.deliver.means import Means
from earwitness.deliver.models import Forward
from earwitness.deliver.models.lease import free, runner
from earwitness.model.problem import BadQuery, Forbidden, Problem
from earwitness.model.scope import Scope
from earwitness.model.times import UTC

log = structlog.get_logger()
ROUND_SECONDS = 10.0  # after which a forward that is far behind lets others have its thread
PAUSES = (1, 2, 5, 10, 30, 60, 120, 300)
_lines = Lines()


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
    sender, setup = _lines.of(forward, means.guard), setup_of(forward)
    until = time.monotonic() + ROUND_SECONDS
    for batch in _taken(sender, batches(Source(means.reader, _scope(forward), forward), sender, now)):
        if not _move(forward, batch):
            return  # somebody began it anew at another place, or has its lease: the next round begins there
        if means.stop.is_set() or time.monotonic() > until or not forward.take(dt.datetime.now(UTC)):
            return
        if not forward.enabled or forward.cursor != batch.up_to or setup_of(forward) != setup:
            return  # it was turned off, replayed or changed meanwhile


def _taken(sender: Sender, found: Iterable[Batch]) -> Iterator[Batch]:
    """Hand batches over and yield each once the receiver has it: in halves where one is more than it takes at once."""
    for batch in found:
        if not batch.items:
            yield batch
            continue
        try:
            sender.send(batch.items)
            yield batch
        except TooLarge as refusal:
            if len(batch.items) == 1:
                raise NotTaken(
                    f"{refusal} One row alone is larger than the receiver takes: raise its limit, or leave the row out "
                    f"with -seq:{batch.items[0]['seq']} in the search.",
                    refusal.retry_after,
                ) from None
            half = len(batch.items) // 2
            first = Batch(batch.items[:half], int(batch.items[half - 1]["seq"]))
            yield from _taken(sender, (first, Batch(batch.items[half:], batch.up_to)))


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
