"""The stretches of time in which a source could not be heard: every answer over one says so."""

import threading
import time
from collections.abc import Iterable
from typing import Final

import msgspec

from earwitness.model import times
from earwitness.model.gap import Gap
from earwitness.search.filter import Filter
from earwitness.store import Store

FRESH_SECONDS: Final = 2.0


class Gaps:
    """The gaps of tenants, remembered shortly: every answer wants them, and few tenants have any."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, tuple[Gap, ...]]] = {}

    def of(self, asked: Filter) -> tuple[Gap, ...]:
        """Return the gaps that touch the range of a query, oldest first."""
        start, end = (times.from_us(us) for us in asked.span)
        found = self._of_tenant(asked.scope.tenant)
        return tuple(gap for gap in found if gap.started_at < end and gap.ended_at > start)

    def _of_tenant(self, tenant: str) -> tuple[Gap, ...]:
        now = time.monotonic()
        with self._lock:
            at, known = self._known.get(tenant, (-FRESH_SECONDS, ()))
        if now - at < FRESH_SECONDS:
            return known
        rows = self._store.query("gaps.list", parameters={"tenant": tenant}).rows
        found = tuple(_whole(Gap(tenant=tenant, **dict(zip(NAMES, row, strict=True))) for row in rows))
        with self._lock:
            self._known[tenant] = (now, found)
        return found


NAMES: Final = ("id", "source", "pbx", "started_at", "ended_at", "reason", "session_id")


def _whole(parts: Iterable[Gap]) -> list[Gap]:
    """Return gaps, oldest first: one that lasts long is recorded in parts, while it lasts."""
    gaps: list[Gap] = []
    places: dict[tuple[str, str, str, str], int] = {}
    for part in parts:
        kind = (part.source, part.pbx, part.session_id, part.reason)
        place = places.get(kind)
        if place is not None and part.started_at <= gaps[place].ended_at:
            ended_at = max(part.ended_at, gaps[place].ended_at)
            gaps[place] = msgspec.structs.replace(gaps[place], ended_at=ended_at)
        else:
            places[kind] = len(gaps)
            gaps.append(part)
    return gaps
