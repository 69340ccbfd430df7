"""Moments as they are sent: RFC 3339 with a zone, read strictly, given to the engine as text in UTC."""

import datetime as dt
import re

from earwitness.model.times import EPOCH, UTC

AHEAD = dt.timedelta(hours=24)

# RFC 3339 section 5.6, with the space that its note allows for readability.
_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)?", re.ASCII)
_RANGE = "must lie between 1970-01-01 and 24 hours from now"


class MomentError(ValueError):
    """The text is no moment that may be recorded; the message completes the sentence ``created ...``."""


def parse(text: str, now: dt.datetime) -> dt.datetime:
    """Return the moment that ``text`` names, in UTC, cut to microseconds; ``:60`` becomes ``:59.999999``.

    Raises MomentError for anything but RFC 3339 with a zone between 1970-01-01 and 24 hours after ``now``.
    """
    match = _MOMENT.fullmatch(text)
    if not match:
        raise MomentError("must be a moment in RFC 3339, such as 2026-11-01T08:00:00Z")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    digits, zone = match[7], match[8]
    if zone is None:
        raise MomentError("needs a time zone: end it with Z or an offset such as +02:00")
    microsecond = int(digits[:6].ljust(6, "0")) if digits else 0
    if second == 60:
        second, microsecond = 59, 999_999
    try:
        if zone in {"Z", "z"}:
            offset = dt.timedelta()
        else:
            clock = dt.time(int(zone[1:3]), int(zone[4:6]))
            offset = dt.timedelta(hours=clock.hour, minutes=clock.minute) * (-1 if zone[0] == "-" else 1)
        moment = dt.datetime(max(year, 1), month, day, hour, minute, second, microsecond, tzinfo=UTC)
    except ValueError:
        raise MomentError("names a day or an hour that does not exist") from None
    try:
        moment -= offset
    except OverflowError:
        raise MomentError(_RANGE) from None
    if year < 1 or not EPOCH <= moment <= now + AHEAD:
        raise MomentError(_RANGE)
    return moment


def for_engine(moment: dt.datetime) -> str:
    """Return an aware moment as the engine reads it in a ``DateTime64(6, 'UTC')`` column."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
