"""Time ranges as people say them: presets, words in the address, and moments to the second."""

import datetime as dt
import re
from typing import NamedTuple
from zoneinfo import ZoneInfo

from earwitness.model import times
from earwitness.model.problem import Malformed
from earwitness.search import values

UTC = dt.UTC
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
WITH_ZONE = re.compile(r"(Z|[+-]\d\d:?\d\d)$", re.IGNORECASE)
AGO = re.compile(r"-(\d{1,5})([mhdw])")


class Preset(NamedTuple):
    """A range with a name; start and end as they stand in the address (``from`` and ``to``)."""

    name: str
    label: str
    start: str
    end: str


PRESETS = (
    Preset("15m", "Last 15 minutes", "-15m", ""),
    Preset("1h", "Last hour", "-1h", ""),
    Preset("today", "Today", "today", ""),
    Preset("yesterday", "Yesterday", "yesterday", "today"),
    Preset("7d", "Last 7 days", "-7d", ""),
    Preset("30d", "Last 30 days", "-30d", ""),
    Preset("month", "This month", "month", ""),
    Preset("last-month", "Last month", "last-month", "month"),
    Preset("all", "All time", "", ""),
)
BY_NAME = {preset.name: preset for preset in PRESETS}


class Window(NamedTuple):
    """A range as moments (aware, UTC; None is unbounded), and what a person calls it."""

    start: dt.datetime | None
    end: dt.datetime | None
    label: str
    preset: str


def window(start: str, end: str, zone: ZoneInfo, now: dt.datetime) -> Window:
    """Return what ``from`` and ``to`` of an address mean at ``now`` in a zone; Malformed names a wrong one."""
    first, last = moment(start, "from", zone, now), moment(end, "to", zone, now)
    if first and last and first >= last:
        raise Malformed(
            "The Time Range ends before it begins: exchange its two ends.", fields={"to": "is not after From"}
        )
    preset = next((p for p in PRESETS if (p.start, p.end) == (start, end)), None)
    if preset:
        return Window(first, last, preset.label, preset.name)
    return Window(first, last, _label(first, last, zone), "custom")


def moment(text: str, name: str, zone: ZoneInfo, now: dt.datetime) -> dt.datetime | None:
    """Return one end of a range in UTC, None where it is empty; text: RFC 3339, the same without zone, or a word."""
    text = text.strip()
    if not text:
        return None
    relative = _relative(text, zone, now)
    if relative:
        return max(relative, times.EPOCH)
    try:
        return times.from_us(values.span(text, zone).start)
    except (ValueError, OverflowError):
        field = {"from": "From", "to": "To"}[name]
        raise Malformed(
            f"{field} of the Time Range is not a moment: write it like 2026-11-01 08:00:00.",
            fields={name: "is not a moment"},
        ) from None


def _relative(text: str, zone: ZoneInfo, now: dt.datetime) -> dt.datetime | None:
    ago = AGO.fullmatch(text)
    if ago:
        return (now - dt.timedelta(**{UNITS[ago[2]]: int(ago[1])})).replace(microsecond=0)
    day = now.astimezone(zone).date()
    days = {
        "today": day,
        "yesterday": day - dt.timedelta(days=1),
        "month": day.replace(day=1),
        "last-month": (day.replace(day=1) - dt.timedelta(days=1)).replace(day=1),
    }
    if text == "now":
        return now
    return dt.datetime.combine(days[text], dt.time(), zone).astimezone(UTC) if text in days else None


def is_zoned(text: str) -> bool:
    """Say whether one end of a range means another moment in another zone."""
    return bool(text) and text != "now" and not AGO.fullmatch(text) and not WITH_ZONE.search(text)


def _label(first: dt.datetime | None, last: dt.datetime | None, zone: ZoneInfo) -> str:
    if first and last:
        a, b = first.astimezone(zone), last.astimezone(zone)
        return f"{_short(a)} to {b:%H:%M:%S}" if a.date() == b.date() else f"{_short(a)} to {_short(b)}"
    if first:
        return f"Since {_short(first.astimezone(zone))}"
    return f"Until {_short(last.astimezone(zone))}" if last else "All time"


def _short(moment: dt.datetime) -> str:
    time = "" if moment.time() == dt.time() else f" {moment:%H:%M:%S}"
    return f"{moment.day} {moment:%b %Y}{time}"
