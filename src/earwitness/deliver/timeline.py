"""The buckets of a histogram as charts show them: where they begin and end, what they are called, where gaps are."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from earwitness.deliver import charts
from earwitness.model.gap import Gap
from earwitness.search.answers import Histogram


class Timeline(NamedTuple):
    """The buckets of a histogram in a zone: their first moments, their ends, their names, the words below them; and the
    gaps, as stretches of the whole."""

    starts: list[dt.datetime]
    ends: list[dt.datetime]
    names: list[str]
    ticks: Sequence[charts.Tick]
    gaps: list[charts.Span]


def of(found: Histogram, tz: str) -> Timeline:
    """Return when the buckets are."""
    zone = ZoneInfo(tz)
    starts = [bucket.start.astimezone(zone) for bucket in found.buckets]
    if not starts:
        return Timeline([], [], [], (), [])
    ends = [*starts[1:], _end(starts[-1], found.interval)]
    names = [charts.bucket_label(start, end) for start, end in zip(starts, ends, strict=True)]
    gaps = [_span(gap, starts[0], ends[-1]) for gap in found.gaps]
    return Timeline(starts, ends, names, charts.ticks(starts, ends[-1]), gaps)


def _end(start: dt.datetime, interval: str) -> dt.datetime:
    """Return where a bucket ends, in the zone of its start: a day may have 23 or 25 hours."""
    if interval == "P1M":
        return (start.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    if interval in {"P1D", "P1W"}:
        return start + dt.timedelta(days=7 if interval == "P1W" else 1)
    minutes = {"PT1M": 1, "PT15M": 15}.get(interval, 60)
    return (start.astimezone(dt.UTC) + dt.timedelta(minutes=minutes)).astimezone(start.tzinfo)


def _span(gap: Gap, first: dt.datetime, last: dt.datetime) -> charts.Span:
    length = (last - first).total_seconds()
    start, end = (
        min(max((moment - first).total_seconds() / length, 0), 1) for moment in (gap.started_at, gap.ended_at)
    )
    return charts.Span(start, end, gap.told)
