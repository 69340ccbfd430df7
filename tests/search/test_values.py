"""What is written after a colon: numbers, moments, zones."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from earwitness.model import times
from earwitness.search import values
from earwitness.store import Store
from tests.search.engine import evaluate

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026", "2025-12-31T23:00:00.000000Z", "2026-12-31T23:00:00.000000Z"),
        ("2026-11", "2026-10-31T23:00:00.000000Z", "2026-11-30T23:00:00.000000Z"),
        ("2026-12", "2026-11-30T23:00:00.000000Z", "2026-12-31T23:00:00.000000Z"),
        ("2026-03-29", "2026-03-28T23:00:00.000000Z", "2026-03-29T22:00:00.000000Z"),
        ("2026-11-01T08:30", "2026-11-01T07:30:00.000000Z", "2026-11-01T07:31:00.000000Z"),
        ("2026-11-01 08:30:15", "2026-11-01T07:30:15.000000Z", "2026-11-01T07:30:16.000000Z"),
        ("2026-11-01T08:30:15.25Z", "2026-11-01T08:30:15.250000Z", "2026-11-01T08:30:15.260000Z"),
        ("2026-11-01T08:30:15.1234567Z", "2026-11-01T08:30:15.123456Z", "2026-11-01T08:30:15.123457Z"),
        ("2026-11-01T08:30+05:30", "2026-11-01T03:00:00.000000Z", "2026-11-01T03:01:00.000000Z"),
        ("2026-11-01T08:30-0500", "2026-11-01T13:30:00.000000Z", "2026-11-01T13:31:00.000000Z"),
        ("2026-06-30T23:59:60Z", "2026-06-30T23:59:59.999999Z", "2026-07-01T00:00:00.000000Z"),
        ("0001-01-01", "1970-01-01T00:00:00.000000Z", "1970-01-01T00:00:00.000000Z"),
        ("9999-12-31", "2262-01-01T00:00:00.000000Z", "2262-01-01T00:00:00.000000Z"),
    ],
)
def test_a_date_is_the_stretch_it_names(text: str, start: str, end: str) -> None:
    """A date without a zone is read in the page's zone; it means its whole year, month, day, minute or second."""
    span = values.span(text, BERLIN)
    assert tuple(times.text(times.from_us(moment)) for moment in (span.start, span.end)) == (start, end)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-13",
        "2026-02-30",
        "2026-11-01T24:00",
        "2026-11-01T08:60",
        "20261101",
        "2026-11-01T08:00+25:00",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    """A mistake says what to write."""
    with pytest.raises(ValueError, match=r"write|exist"):
        values.span(text, dt.UTC)


def test_a_zone_is_one_that_the_engine_knows(store: Store) -> None:
    """Every zone that is accepted can be asked for in SQL; names of the machine's own are not accepted."""
    known = {row[0] for row in evaluate(store, "SELECT time_zone FROM system.time_zones", {})}
    assert values._zone_names() <= known
    for name in ("localtime", "posixrules", "right/UTC", "utc", "Mars/Base", "", "../etc/passwd", "/etc/localtime"):
        with pytest.raises(ValueError, match="is not a time zone"):
            values.zone(name)
