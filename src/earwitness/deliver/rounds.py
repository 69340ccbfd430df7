"""One round over rows that wait: each is worked on under its lease, and none keeps the others.

A receiver that hangs, or a row that breaks its worker, delays nobody else: rows that wait for receivers are worked on
side by side by a crew; a failure is logged with the row it belongs to.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

import structlog

from earwitness.deliver.crew import Crew
from earwitness.deliver.means import Means
from earwitness.deliver.models.lease import Leased
from earwitness.model.times import UTC

log = structlog.get_logger()
L = TypeVar("L", bound=Leased)


def each(means: Means, rows: Iterable[L], work: Callable[[L], int], crew: Crew | None = None) -> int:
    """Work on each row whose lease is free. Returns the sum of what was done; with a crew, how many rows were begun."""
    done = 0
    for row in rows:
        if means.stop.is_set():
            break
        task = partial(under_lease, row, work)
        done += crew.begin(row, task) if crew else task()
    return done


def under_lease(row: L, work: Callable[[L], int]) -> int:
    """Work on one row if its lease is free, and give it back; a failure is logged and ends nothing else."""
    try:
        if not row.take(dt.datetime.now(UTC)):
            return 0
        try:
            return work(row)
        finally:
            row.release()
    except Exception:
        log.exception("delivery_failed", kind=row._meta.label, row=str(row.pk))
        return 0
