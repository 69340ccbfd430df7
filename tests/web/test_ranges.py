"""Time ranges mean what people mean by them."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from earwitness.model.problem import Malformed
from earwitness.web.logs import ranges

BERLIN = ZoneInfo("Europe/Berlin")
UTC = ZoneInfo("UTC")
NOW = dt.datetime(2026, 3, 29, 12, 34, 56, 789, tzinfo=dt.UTC)  # the day on which Berlin's clocks go forward


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("15m", "2026-03-29T12:19:56Z", None),
        ("today", "2026-03-28T23:00:00Z", None),
        ("yesterday", "2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z"),
        ("7d", "2026-03-22T12:34:56Z", None),
        ("30d", "2026-02-27T12:34:56Z", None),
        ("month", "2026-02-28T23:00:00Z", None),
        ("last-month", "2026-01-31T23:00:00Z", "2026-02-28T23:00:00Z"),
        ("all", None, None),
    ],
)
def test_presets_count_days_in_the_zone_of_the_page(name: str, start: str | None, end: str | None) -> None:
    """Days and months begin at midnight of the page's zone, whatever its clocks do; the rest counts back from now."""
    preset = ranges.BY_NAME[name]
    window = ranges.window(preset.start, preset.end, BERLIN, NOW)
    assert (window.start, window.end) == (start and at(start), end and at(end))
    assert (window.label, window.preset) == (preset.label, name)


def test_a_moment_without_a_zone_is_read_in_the_zone_of_the_page() -> None:
    """Custom ranges go to the second."""
    window = ranges.window("2026-07-01T08:00:01", "2026-07-01 09:30:00", BERLIN, NOW)
    assert (window.start, window.end) == (at("2026-07-01T06:00:01Z"), at("2026-07-01T07:30:00Z"))
    assert window.preset == "custom"


def test_a_moment_with_a_zone_keeps_it() -> None:
    """RFC 3339 from a shared address is exact."""
    assert ranges.window("2026-07-01T08:00:00.25+05:30", "", BERLIN, NOW).start == at("2026-07-01T02:30:00.25Z")


@pytest.mark.parametrize("text", ["yesteryear", "2026-13-01", "2026-02-30", "12:00", "-5y", "2026-01-01T25:00", "--"])
def test_what_is_no_moment_is_told(text: str) -> None:
    """The sentence says which end is wrong and how to write it."""
    with pytest.raises(Malformed, match=r"^From of the Time Range"):
        ranges.window(text, "", UTC, NOW)


def test_a_range_that_ends_before_it_begins_is_told() -> None:
    """Nothing would be found, and nobody would know why."""
    with pytest.raises(Malformed, match="ends before it begins"):
        ranges.window("2026-02-01", "2026-01-01", UTC, NOW)


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31T23:59:59Z", "-99999w", "-99999d"])
def test_moments_at_the_edge_of_time_do_not_fail(text: str) -> None:
    """Beyond what the log can hold, the range ends where the log does."""
    assert ranges.window(text, "", UTC, NOW).start is not None


@pytest.mark.parametrize("text", ["today", "2026-01-01", "2026-01-01T08:00:00", "last-month"])
def test_days_and_plain_moments_depend_on_the_zone(text: str) -> None:
    """So a shared address names the zone."""
    assert ranges.is_zoned(text)


@pytest.mark.parametrize("text", ["", "now", "-7d", "2026-01-01T08:00:00Z", "2026-01-01T08:00:00+01:00"])
def test_exact_moments_and_distances_do_not(text: str) -> None:
    """They mean the same everywhere."""
    assert not ranges.is_zoned(text)


def test_every_preset_of_the_menu_is_unlike_the_others() -> None:
    """The address tells which preset was chosen."""
    assert len({(p.start, p.end) for p in ranges.PRESETS}) == len(ranges.PRESETS)
