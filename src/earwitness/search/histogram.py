"""How many rows fall into each stretch of time, empty stretches included."""

import datetime as dt
from typing import Final

from earwitness.model import times
from earwitness.model.problem import Invalid
from earwitness.model.scope import ACTIVITY
from earwitness.search import buckets, values
from earwitness.search.answers import Bucket
from earwitness.search.bound import Bound
from earwitness.search.buckets import AUTO, BY_NAME, MOST_BUCKETS, Interval
from earwitness.search.condition import Lookup
from earwitness.search.edges import QUARTER, QUARTER_US, Edges
from earwitness.search.filter import Clauses, Filter
from earwitness.search.paging import worth_reading
from earwitness.search.values import Span
from earwitness.store import Store

CHOICES: Final = (AUTO, *BY_NAME)


class Counting:
    """Makes one histogram."""

    def __init__(self, store: Store, edges: Edges, asked: Filter, zone: dt.tzinfo) -> None:
        self._store = store
        self._edges = edges
        self._asked = asked
        self._zone = zone

    def histogram(self, name: str) -> tuple[str, tuple[Bucket, ...]]:
        """Return (interval, buckets). Where the range has no bounds, it is that of the rows that were found.

        Raises Invalid for an interval that does not exist or would make too many buckets.
        """
        if name not in CHOICES:
            raise Invalid(f"Choose one of {', '.join(CHOICES)} as interval.", fields={"interval": "It does not exist."})
        span = self._range()
        if any(self._open) and (name == AUTO or buckets.how_many(BY_NAME[name], span) > MOST_BUCKETS):
            # How far rows reach that this caller may not see must show neither in the interval nor in a refusal.
            rough = buckets.fitting(span)
            counted = self._count(rough, span)
            span = self._trimmed(counted, rough, span)
            if name == AUTO and buckets.fitting(span) is rough:
                return self._made(rough, counted, span)
        interval = buckets.fitting(span) if name == AUTO else BY_NAME[name]
        self._check(interval, span)
        counted = self._count(interval, span)
        return self._made(interval, counted, self._trimmed(counted, interval, span))

    def _made(self, interval: Interval, counted: dict[int, int], span: Span) -> tuple[str, tuple[Bucket, ...]]:
        starts = buckets.starts(interval, span, self._zone)
        return interval.name, tuple(Bucket(times.from_us(us), counted.get(us, 0)) for us in starts)

    @property
    def _open(self) -> tuple[bool, bool]:
        """Whether what is shown begins, and ends, with the rows that were found. From a given start it ends now."""
        start, end = self._asked.span
        return start <= values.EARLIEST_US, start <= values.EARLIEST_US and end >= values.LATEST_US

    def _range(self) -> Span:
        """Return the range of the query; where it is open, where the tenant's rows begin or end."""
        start, end = self._asked.span
        from_first, to_last = self._open
        extent = self._edges.extent(self._asked) if from_first else None
        if from_first:
            start = extent.start if extent else end
        if to_last:  # in whole quarters of an hour: nothing is left to count by itself
            end = extent.end if extent else start
        elif end >= values.LATEST_US:
            end = max(self._edges.newest(self._asked) or 0, times.now_us()) + 1
        return Span(start, max(start, end))

    def _trimmed(self, counted: dict[int, int], interval: Interval, span: Span) -> Span:
        """Return the range without what is empty at an open end."""
        start, end = span
        from_first, to_last = self._open
        if from_first:
            start = max(start, min(counted, default=end))
        if to_last:
            end = min(end, buckets.end_of(interval, max(counted), self._zone)) if counted else start
        return Span(start, end)

    def _check(self, interval: Interval, span: Span) -> None:
        if buckets.how_many(interval, span) > MOST_BUCKETS:
            sentence = f"This makes more than {MOST_BUCKETS} buckets: choose a longer interval or a shorter range."
            raise Invalid(sentence, fields={"interval": sentence})

    def _count(self, interval: Interval, span: Span) -> dict[int, int]:
        """Return start of bucket -> count, for the buckets that have rows."""
        if not self._counted_in_quarters(interval, span):
            return self._ask(interval, span, span)
        first, last = -(-span.start // QUARTER_US) * QUARTER_US, span.end // QUARTER_US * QUARTER_US
        if first >= last:
            return self._ask(interval, span, span)
        counted = self._ask(interval, Span(first, last), span, by_quarters=True)
        for edge in (Span(span.start, first), Span(last, span.end)):
            if edge.start < edge.end:
                for us, count in self._ask(interval, edge, span).items():
                    counted[us] = counted.get(us, 0) + count
        return counted

    def _counted_in_quarters(self, interval: Interval, span: Span) -> bool:
        """Whether the engine has counted the rows already: all of a tenant, by quarters of an hour."""
        if self._asked.stream.name != ACTIVITY or self._asked.is_narrowed or interval.us < QUARTER_US:
            return False
        return all(us % QUARTER_US == 0 for us in buckets.starts(interval, span, self._zone))

    def _ask(self, interval: Interval, part: Span, span: Span, *, by_quarters: bool = False) -> dict[int, int]:
        """Count the rows of a part of the range, in buckets of the whole."""
        slots, bound = self._counting(part, by_quarters=by_quarters)
        moment = QUARTER.format(self._asked.stream.time) if by_quarters else self._asked.stream.time
        if interval.calendar:
            slots["bucket"] = interval.calendar.format(moment=moment, zone=bound("String", str(self._zone)))
        else:
            us = f"toInt64(toUnixTimestamp({moment})) * 1000000" if by_quarters else f"toUnixTimestamp64Micro({moment})"
            shift = bound("Int64", buckets.offset_us(interval, span.start, self._zone))
            width = bound("Int64", interval.us)
            slots["bucket"] = f"intDiv({us} + {shift}, {width}) * {width} - {shift}"
        found = self._store.query("rows.buckets", parameters=bound.values, slots=slots).rows
        if interval.calendar:
            return {buckets.midnight_us(day, self._zone): count for day, count in found}
        return dict(found)

    def _counting(self, part: Span, *, by_quarters: bool) -> Clauses:
        if by_quarters:
            # The projection is used only where it is its own expression that is bounded.
            quarter, bound = QUARTER.format(self._asked.stream.time), Bound()
            bound.values["tenant"] = self._asked.scope.tenant
            limits = f" AND {quarter} >= {bound.moment(part.start)} AND {quarter} < {bound.moment(part.end)}"
            if all(self._open):  # then it lies within all rows, and to say so would double the time it takes
                limits = ""
            return Clauses({"table": self._asked.stream.table, "prewhere": "", "range": limits}, bound)
        few = self._asked.uses_index_for_parts and worth_reading(self._store, self._asked, part)
        return self._asked.clauses(part, lookup=Lookup.WORDS if few else Lookup.PARTS)
