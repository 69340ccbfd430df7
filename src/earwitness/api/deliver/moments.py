"""Moments as requests write them."""

import datetime as dt
from zoneinfo import ZoneInfo

from earwitness.model import times
from earwitness.model.problem import Invalid
from earwitness.search import values


def moment(text: str | None, name: str, tz: str) -> dt.datetime | None:
    """Return a moment (RFC 3339, or a date or time in ``tz``); None where there is none. Raises Invalid."""
    if not text:
        return None
    try:
        return times.from_us(values.span(text, ZoneInfo(tz)).start)
    except (LookupError, ValueError, OverflowError, OSError):
        raise Invalid(
            f"{name} is not a moment: write it like 2026-11-01T08:00:00Z.",
            fields={name: "Write it like 2026-11-01T08:00:00Z."},
        ) from None
