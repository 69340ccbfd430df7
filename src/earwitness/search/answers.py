"""What the read door answers. Times are aware and in UTC."""

import datetime as dt
from typing import NamedTuple

import msgspec

from earwitness.model.event import Event
from earwitness.model.gap import Gap
from earwitness.model.segment import Segment


class Page(NamedTuple):
    """items: in the order asked for; next: the cursor of the next page, None on the last; gaps: of the whole range."""

    items: tuple[Event | Segment, ...]
    next: str | None
    gaps: tuple[Gap, ...]


class Count(msgspec.Struct, frozen=True):
    """How many rows there are, exactly."""

    count: int
    gaps: tuple[Gap, ...]


class Value(msgspec.Struct, frozen=True):
    """A value and how many rows have it."""

    value: str
    count: int


class Facets(NamedTuple):
    """facets: column -> its top values, most frequent first; other: column -> how many rows have another value."""

    facets: dict[str, tuple[Value, ...]]
    other: dict[str, int]
    gaps: tuple[Gap, ...]

    def rows(self, column: str) -> int:
        """Return how many rows there are in all. column: one of which each row has one value."""
        return sum(value.count for value in self.facets[column]) + self.other[column]


class Bucket(msgspec.Struct, frozen=True):
    """How many rows there are from ``start`` to the start of the next bucket."""

    start: dt.datetime
    count: int


class Histogram(NamedTuple):
    """interval: how long each bucket is (ISO 8601); buckets: without a hole, empty ones included."""

    interval: str
    buckets: tuple[Bucket, ...]
    gaps: tuple[Gap, ...]
