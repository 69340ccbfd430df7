"""How many rows fall into each stretch of time, empty stretches included."""

import datetime as dt
from typing import Final

from earwitness.model import times
from earwitness.model.problem import Invalid
from earwitness.search import buckets, values
from earwitness.search.answers import Bucket
from earwitness.search.buckets import AUTO, BY_NAME, MOST_BUCKETS, Interval
from earwitness.search.filter import Filter
from earwitness.search.paging import Edges, worth_reading
from earwitness.search.query import NEWEST, OLDEST
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
        if name == AUTO or buckets.how_many(BY_NAME[name], span) > MOST_BUCKETS:
            span = self._narrowed(span)
        interval = buckets.fitting(span) if name == AUTO else BY_NAME[name]
        self._check(interval, span)
        counted = self._count(interval, span)
        starts = buckets.starts(interval, self._trimmed(counted, interval, span), self._zone)
        return interval.name, tuple(Bucket(times.from_us(us), counted.get(us, 0)) for us in starts)

    @property
    def _open(self) -> tuple[bool, bool]:
        """Whether what is shown begins, and ends, with the rows that were found. From a given start it ends now."""
        start, end = self._asked.span
        return start <= values.EARLIEST_US, start <= values.EARLIEST_US and end >= values.LATEST_US

    def _range(self) -> Span:
        """Return the range of the query; where it is open, where the tenant's rows begin or end."""
        start, end = self._asked.span
        if end >= values.LATEST_US:
            last = self._edges.now(self._asked, NEWEST) or 0
            end = max(last, times.now_us() if start > values.EARLIEST_US else 0) + 1
        if start <= values.EARLIEST_US:
            first = self._edges.now(self._asked, OLDEST)
            start = end if first is None else first
        return Span(start, max(start, end))

    def _narrowed(self, span: Span) -> Span:
        """Return the range of the rows themselves: how far other rows reach, which this caller may not see, must
        not show in the choice of an interval."""
        if not any(self._open):
            return span
        rough = buckets.fitting(span)
        return self._trimmed(self._count(rough, span), rough, span)

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
        few = self._asked.uses_index_for_parts and worth_reading(self._store, self._asked, span)
        slots, bound = self._asked.clauses(span, index_parts=not few)
        column = self._asked.stream.time
        if interval.calendar:
            zone = bound("String", str(self._zone))
            slots["bucket"] = interval.calendar.format(moment=column, zone=zone)
        else:
            shift = buckets.offset_us(interval, span.start, self._zone)
            width = bound("Int64", interval.us)
            moved = f"toUnixTimestamp64Micro({column}) + {bound('Int64', shift)}"
            slots["bucket"] = f"intDiv({moved}, {width}) * {width} - {bound('Int64', shift)}"
        slots["table"] = self._asked.stream.table
        found = self._store.query("rows.buckets", parameters=bound.values, slots=slots).rows
        if interval.calendar:
            return {buckets.midnight_us(day, self._zone): count for day, count in found}
        return dict(found)
