"""Moments: RFC 3339 in UTC with six decimals outside, whole microseconds since 1970 inside."""

import datetime as dt

UTC = dt.UTC
EPOCH = dt.datetime(1970, 1, 1, tzinfo=UTC)


def now_us() -> int:
    """Return the present moment in microseconds since 1970-01-01T00:00:00Z."""
    return to_us(dt.datetime.now(UTC))


def to_us(moment: dt.datetime) -> int:
    """Return an aware moment as whole microseconds since 1970-01-01T00:00:00Z, without going through a float."""
    return (moment - EPOCH) // dt.timedelta(microseconds=1)


def from_us(us: int) -> dt.datetime:
    """Return microseconds since 1970-01-01T00:00:00Z as an aware moment in UTC."""
    return EPOCH + dt.timedelta(microseconds=us)


def text(moment: dt.datetime) -> str:
    """Return an aware moment as RFC 3339 (``2026-11-01T08:00:00.000000Z``)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
