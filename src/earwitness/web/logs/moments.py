"""Moments as pages show them and as addresses hold them, and where the buckets of a histogram end."""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.utils.html import format_html
from django.utils.safestring import SafeString

from earwitness.model import times


def moment(value: dt.datetime, zone: ZoneInfo) -> SafeString:
    """Return a moment to the millisecond in a zone as HTML, carrying the exact one in UTC."""
    local = value.astimezone(zone)
    return format_html(
        '<time datetime="{}">{} <b>{}</b><i>.{}</i></time>',
        times.text(value),
        f"{local:%Y-%m-%d}",
        f"{local:%H:%M:%S}",
        f"{local.microsecond // 1000:03d}",
    )


def text_of(moment: dt.datetime) -> str:
    """Return a moment as it stands in an address: to the second where that is exact."""
    text = times.text(moment)
    return text.replace(".000000Z", "Z")


def ends_of(starts: Sequence[dt.datetime], interval: str) -> list[dt.datetime]:
    """Return where the buckets of a histogram end that begin at these moments."""
    return [*starts[1:], *([after(starts[-1], interval)] if starts else [])]


def after(start: dt.datetime, interval: str) -> dt.datetime:
    """Return where a bucket ends, in the zone of its start: a day may have 23 or 25 hours."""
    if interval == "P1M":
        return (start.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    if interval in {"P1D", "P1W"}:
        return start + dt.timedelta(days=7 if interval == "P1W" else 1)
    minutes = {"PT1M": 1, "PT15M": 15, "PT1H": 60}.get(interval, 60)
    return (start.astimezone(dt.UTC) + dt.timedelta(minutes=minutes)).astimezone(start.tzinfo)
