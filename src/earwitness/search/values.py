"""What is written after a colon, as numbers, moments, addresses and ids. A mistake is a ValueError with advice."""

import datetime as dt
import decimal
import functools
import ipaddress
import re
import uuid
import zoneinfo
from typing import NamedTuple

from earwitness.model import times

_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?", re.ASCII)
_MOMENT = re.compile(
    r"(?P<year>[0-9]{4})(-(?P<month>[0-9]{2})(-(?P<day>[0-9]{2})"
    r"([T ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(:(?P<second>[0-9]{2})([.,](?P<fraction>[0-9]{1,12}))?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?)?)?",
    re.ASCII | re.IGNORECASE,
)
_TOKEN_EDGE = re.compile(r"[\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+")

# What the store can hold: from 1970 to the end of 2261, in microseconds.
EARLIEST_US, LATEST_US = 0, times.to_us(dt.datetime(2262, 1, 1, tzinfo=times.UTC))
MAX_INTEGER = 2**64 - 1


class Span(NamedTuple):
    """From ``start`` up to, but not including, ``end``; microseconds since 1970."""

    start: int
    end: int


def integer(text: str) -> int:
    """Return a whole number from 0 to 2^64 - 1."""
    if not re.fullmatch(r"[0-9]{1,20}", text, re.ASCII) or int(text) > MAX_INTEGER:
        raise ValueError("write a whole number here, such as 1000")
    return int(text)


def number(text: str) -> float:
    """Return a finite number."""
    if not is_number(text):
        raise ValueError("write a number here, such as 30 or 2.5")
    return float(text)


def is_number(text: str) -> bool:
    """Whether ``number`` takes the text."""
    return bool(_NUMBER.fullmatch(text)) and abs(float(text)) < float("inf")


def milliseconds(text: str) -> Span:
    """Return the whole milliseconds that seconds mean: ``30`` is everything from 30 s up to, not including, 31 s."""
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,3})?", text, re.ASCII):
        raise ValueError("write seconds here, such as 30 or 2.5")
    amount = decimal.Decimal(text)
    digits = -int(amount.as_tuple().exponent)
    return Span(int(amount * 1000), int((amount + decimal.Decimal(1).scaleb(-digits)) * 1000))


def token(text: str) -> str:
    """Return one whole word of letters and digits (any character beyond ASCII counts as a letter)."""
    pieces = [piece for piece in _TOKEN_EDGE.split(text) if piece]
    if len(pieces) == 1 and pieces[0] == text:
        return text
    hint = f"write has:{pieces[0]}" if len(pieces) == 1 else "put a phrase in quotes, without has:"
    raise ValueError(f"this takes one whole word of letters and digits: {hint}")


def identifier(text: str) -> uuid.UUID:
    """Return a UUID written as 8-4-4-4-12 hexadecimal digits."""
    if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text, re.ASCII | re.IGNORECASE):
        raise ValueError("write a UUID here, such as 0190a3c8-5d3e-7c1a-9f00-1b2c3d4e5f60")
    return uuid.UUID(text)


def network(text: str) -> tuple[str, str]:
    """Return the first and the last address of a network or single address, as IPv6 text (IPv4 mapped)."""
    try:
        found = ipaddress.ip_network(text.replace("%", " "), strict=False)  # no zones
    except ValueError:
        raise ValueError("write an address or a network here, such as 10.1.2.3, 10.0.0.0/8 or 2001:db8::/32") from None
    prefix = "::ffff:" if found.version == 4 else ""
    return f"{prefix}{found.network_address}", f"{prefix}{found.broadcast_address}"


def span(text: str, zone: dt.tzinfo) -> Span:
    """Return the stretch of time that a date means: a year, month, day, minute, second or fraction of one.

    Texts without a zone are read in ``zone``. Beyond what the store can hold, the ends are cut to what it can.
    """
    found = _MOMENT.fullmatch(text)
    if not found:
        raise ValueError("write a date here, such as 2026-11-01, or a time, such as 2026-11-01T08:30")
    part = found.groupdict()
    second = min(int(part["second"] or 0), 59) if part["second"] != "60" else 59
    if part["second"] and int(part["second"]) > 60:
        raise ValueError("this time does not exist")
    fraction = "999999" if part["second"] == "60" else (part["fraction"] or "")[:6]
    try:
        start = dt.datetime(
            int(part["year"]),
            int(part["month"] or 1),
            int(part["day"] or 1),
            int(part["hour"] or 0),
            int(part["minute"] or 0),
            second,
            int(fraction.ljust(6, "0")),
            tzinfo=_zone(part["zone"]) or zone,
        )
    except ValueError:
        raise ValueError("this date does not exist") from None
    return Span(_cut(start), _end(start, part, fraction))


def _end(start: dt.datetime, part: dict[str, str | None], fraction: str) -> int:
    try:
        if part["day"] is None:
            month = start.month % 12 + 1 if part["month"] else 1
            return _cut(start.replace(year=start.year + (month == 1), month=month))
        if part["hour"] is None:
            return _cut(start + dt.timedelta(days=1))
    except (OverflowError, ValueError):
        return LATEST_US
    if part["second"] is None:
        return _cut(start) + 60_000_000
    return _cut(start) + int(10 ** (6 - len(fraction)))


def _cut(moment: dt.datetime) -> int:
    try:
        us = times.to_us(moment)
    except OverflowError:
        return EARLIEST_US if moment.year < 1970 else LATEST_US
    return max(EARLIEST_US, min(us, LATEST_US))


def _zone(text: str | None) -> dt.tzinfo | None:
    if text is None:
        return None
    if text in "Zz":
        return dt.UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 23 or minutes > 59:
        raise ValueError("this offset does not exist")
    offset = dt.timedelta(hours=hours, minutes=minutes)
    return dt.timezone(-offset if text[0] == "-" else offset)


def zone(name: str) -> dt.tzinfo:
    """Return the time zone of an IANA name such as ``Europe/Berlin``: one that Python and the engine both know."""
    if name not in _zone_names():
        raise ValueError(f"{name!r} is not a time zone; write one such as UTC or Europe/Berlin")
    return zoneinfo.ZoneInfo(name)


@functools.cache
def _zone_names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones() - {"localtime"})
