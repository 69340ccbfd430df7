"""Where the rows of a tenant begin and end, and how close they stand there: a place to start looking, never a limit."""

import time
from typing import Final, NamedTuple

from earwitness.search.filter import Filter
from earwitness.search.query import NEWEST
from earwitness.search.values import Span
from earwitness.store import Store

# As the projection `quarters` (schema/0001_events.sql) counts rows: a statement over it costs the same at any size.
QUARTER: Final = "toStartOfFifteenMinutes({})"
QUARTER_US: Final = 15 * 60 * 1_000_000
FRESH_SECONDS: Final = 60.0
EVERYTHING_US: Final = 1 << 62


class Edge(NamedTuple):
    """us: the end of the log, in microseconds, to a quarter of an hour; quarters: (distance from there to the far side
    of a quarter of an hour that has rows, rows up to there), nearest first."""

    us: int
    quarters: tuple[tuple[int, int], ...]

    def reach(self, rows: int) -> int:
        """Return how far from the end, in microseconds, so many rows reach, about."""
        for distance, seen in self.quarters:
            if seen >= rows:
                return distance if distance > QUARTER_US else max(1, QUARTER_US * rows // seen)
        return EVERYTHING_US


class Edges:
    """The ends of logs, remembered for a while."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[tuple[str, str, str], tuple[float, Edge | None]] = {}

    def of(self, asked: Filter, order: str) -> Edge | None:
        """Return the newest or the oldest end of a tenant's log, as of lately; None where it was empty."""
        key = (asked.scope.tenant, asked.stream.name, order)
        at, edge = self._known.get(key, (-FRESH_SECONDS, None))
        now = time.monotonic()
        if edge is None or now - at > FRESH_SECONDS:
            edge = self._read(asked, order)
            self._known[key] = (now, edge)
        return edge

    def newest(self, asked: Filter) -> int | None:
        """Return the time of a tenant's newest row at this moment; None if there is none."""
        slots = {"table": asked.stream.table, "time": asked.stream.time}
        found = self._store.query("rows.newest", parameters={"tenant": asked.scope.tenant}, slots=slots).rows
        return found[0][0] if found else None

    def extent(self, asked: Filter) -> Span | None:
        """Return the whole quarters of an hour in which all rows of a tenant lie at this moment; None without any."""
        slots = self._slots(asked)
        rows, first, last = self._store.query(
            "rows.extent", parameters={"tenant": asked.scope.tenant}, slots=slots
        ).rows[0]
        return Span(first * 1_000_000, last * 1_000_000 + QUARTER_US) if rows else None

    def _read(self, asked: Filter, order: str) -> Edge | None:
        slots = self._slots(asked) | {"direction": "DESC" if order == NEWEST else "ASC"}
        found = self._store.query("rows.edge", parameters={"tenant": asked.scope.tenant}, slots=slots).rows
        if not found:
            return None
        first = found[0][0] * 1_000_000
        edge = first + QUARTER_US if order == NEWEST else first
        quarters = []
        seen = 0
        for seconds, rows in found:
            seen += rows
            quarters.append((abs(seconds * 1_000_000 - first) + QUARTER_US, seen))
        return Edge(edge, tuple(quarters))

    @staticmethod
    def _slots(asked: Filter) -> dict[str, str]:
        return {"table": asked.stream.table, "quarter": QUARTER.format(asked.stream.time)}
