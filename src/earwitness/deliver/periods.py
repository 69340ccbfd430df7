"""The stretches of time that a scheduled report covers, reckoned in its zone from the moment it was due."""

import datetime as dt
from typing import NamedTuple
from zoneinfo import ZoneInfo

from earwitness.model.problem import Invalid
from earwitness.model.times import UTC


class Period(NamedTuple):
    """name: as stored; sentence: how people choose it."""

    name: str
    sentence: str


PERIODS = (
    Period("yesterday", "The day before"),
    Period("last-7-days", "The seven days before"),
    Period("last-week", "The week before, Monday to Sunday"),
    Period("last-30-days", "The thirty days before"),
    Period("last-month", "The month before"),
    Period("last-24-hours", "The 24 hours before"),
    Period("last-hour", "The hour before"),
)
NAMES = frozenset(p.name for p in PERIODS)


class Span(NamedTuple):
    """start is inclusive, end exclusive; both aware and in UTC."""

    start: dt.datetime
    end: dt.datetime


def span(name: str, moment: dt.datetime, zone: str) -> Span:
    """Return what a period means at a moment; days begin at midnight of the zone. Raises Invalid."""
    if name in HOURS:
        return Span(moment - dt.timedelta(hours=HOURS[name]), moment)
    today = moment.astimezone(ZoneInfo(zone)).date()
    monday = today - dt.timedelta(days=today.weekday())
    first = today.replace(day=1)
    starts = {
        "yesterday": (today - dt.timedelta(days=1), today),
        "last-7-days": (today - dt.timedelta(days=7), today),
        "last-week": (monday - dt.timedelta(days=7), monday),
        "last-30-days": (today - dt.timedelta(days=30), today),
        "last-month": ((first - dt.timedelta(days=1)).replace(day=1), first),
    }
    if name not in starts:
        raise Invalid("The period is not known.", fields={"period": f"Choose one of {', '.join(sorted(NAMES))}."})
    start, end = starts[name]
    return Span(midnight(start, zone), midnight(end, zone))


HOURS = {"last-hour": 1, "last-24-hours": 24}


def midnight(day: dt.date, zone: str) -> dt.datetime:
    """Return the beginning of a day in a zone, in UTC."""
    return dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).astimezone(UTC)


def previous(found: Span) -> Span:
    """Return the stretch of the same length just before, to compare with."""
    return Span(found.start - (found.end - found.start), found.start)
