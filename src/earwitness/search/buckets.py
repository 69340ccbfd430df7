"""Stretches of time for a histogram: minutes and hours of fixed length, days, weeks and months of a time zone."""

import datetime as dt
from collections.abc import Iterator
from typing import Final, NamedTuple

from earwitness.model import times
from earwitness.search.values import Span

MINUTE_US: Final = 60_000_000
MOST_BUCKETS: Final = 5000
AUTO: Final = "auto"
AUTO_BUCKETS: Final = 200


class Interval(NamedTuple):
    """name: ISO 8601; us: length in microseconds, roughly for what has no fixed one; calendar: SQL for the local date
    on which the bucket of a moment begins, empty where buckets have a fixed length."""

    name: str
    us: int
    calendar: str = ""


DAY_US: Final = 24 * 60 * MINUTE_US
INTERVALS: Final = (
    Interval("PT1M", MINUTE_US),
    Interval("PT15M", 15 * MINUTE_US),
    Interval("PT1H", 60 * MINUTE_US),
    Interval("P1D", DAY_US, "toDate({moment}, {zone})"),
    Interval("P1W", 7 * DAY_US, "toMonday(toDate({moment}, {zone}))"),
    Interval("P1M", 30 * DAY_US, "toStartOfMonth(toDate({moment}, {zone}))"),
)
BY_NAME: Final = {interval.name: interval for interval in INTERVALS}


def fitting(span: Span) -> Interval:
    """Return the shortest interval that divides a stretch of time into few enough buckets to look at."""
    for interval in INTERVALS:
        if (span.end - span.start) / interval.us <= AUTO_BUCKETS:
            return interval
    return INTERVALS[-1]


def how_many(interval: Interval, span: Span) -> int:
    """Return about how many buckets a stretch of time has, never too few by more than two."""
    return (span.end - span.start) // (interval.us - interval.us // 15 if interval.calendar else interval.us) + 2


def starts(interval: Interval, span: Span, zone: dt.tzinfo) -> list[int]:
    """Return where the buckets that touch a stretch begin, in microseconds since 1970."""
    if span.start >= span.end:
        return []
    if not interval.calendar:
        first = span.start - (span.start + offset_us(interval, span.start, zone)) % interval.us
        return list(range(first, span.end, interval.us))
    return [us for us in (midnight_us(day, zone) for day in _days(interval, span, zone)) if us < span.end]


def offset_us(interval: Interval, us: int, zone: dt.tzinfo) -> int:
    """Return by how much buckets of a fixed length are shifted: in a zone of half hours, hours begin at the half."""
    local = times.from_us(us).astimezone(zone).utcoffset() or dt.timedelta()
    return local // dt.timedelta(microseconds=1) % interval.us


def end_of(interval: Interval, us: int, zone: dt.tzinfo) -> int:
    """Return where the bucket ends that begins at ``us``."""
    if not interval.calendar:
        return us + interval.us
    return midnight_us(_next_day(interval, times.from_us(us).astimezone(zone).date()), zone)


def first_day(interval: Interval, day: dt.date) -> dt.date:
    """Return the day on which the day, week or month of a day begins."""
    if interval.name == "P1W":
        return day - dt.timedelta(days=day.weekday())
    return day.replace(day=1) if interval.name == "P1M" else day


def _days(interval: Interval, span: Span, zone: dt.tzinfo) -> Iterator[dt.date]:
    day = first_day(interval, times.from_us(span.start).astimezone(zone).date())
    last = times.from_us(span.end).astimezone(zone).date()
    while day <= last:
        yield day
        day = _next_day(interval, day)


def _next_day(interval: Interval, day: dt.date) -> dt.date:
    if interval.name == "P1M":
        return (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    return day + dt.timedelta(days=7 if interval.name == "P1W" else 1)


def midnight_us(day: dt.date, zone: dt.tzinfo) -> int:
    """Return when a day begins in a zone: at midnight, or at the moment when the clocks are set forward over it."""
    return times.to_us(dt.datetime.combine(day, dt.time(), zone))
