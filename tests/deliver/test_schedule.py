"""Schedules run at their wall-clock time, once a day, whatever the clocks do."""

import datetime as dt

import pytest

from earwitness.deliver import periods
from earwitness.deliver.schedule import MOST_MADE_UP, Rule, check, due, next_run
from earwitness.model.problem import Invalid
from earwitness.model.times import UTC


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=UTC)


def runs(rule: Rule, after: str, count: int) -> list[str]:
    found, moment = [], at(after)
    for _ in range(count):
        moment = next_run(rule, moment)
        found.append(moment.strftime("%Y-%m-%dT%H:%M"))
    return found


def test_a_daily_run_keeps_its_wall_clock_time_when_summer_time_begins() -> None:
    """Bucharest goes from +2 to +3 on 2026-03-29: 07:00 is 05:00 UTC before, 04:00 after."""
    rule = Rule(every="daily", zone="Europe/Bucharest", at="07:00")
    assert runs(rule, "2026-03-27T12:00", 3) == ["2026-03-28T05:00", "2026-03-29T04:00", "2026-03-30T04:00"]


def test_a_time_that_the_clock_leaps_over_runs_at_the_end_of_the_hole() -> None:
    """03:00 to 04:00 is missing in Bucharest on 2026-03-29, 02:00 to 03:00 in New York on 2026-03-08."""
    bucharest = Rule(every="daily", zone="Europe/Bucharest", at="03:30")
    assert runs(bucharest, "2026-03-28T00:00", 3) == ["2026-03-28T01:30", "2026-03-29T01:00", "2026-03-30T00:30"]
    new_york = Rule(every="daily", zone="America/New_York", at="02:30")
    assert runs(new_york, "2026-03-07T00:00", 3) == ["2026-03-07T07:30", "2026-03-08T07:00", "2026-03-09T06:30"]


def test_a_time_that_comes_twice_runs_once_at_the_first() -> None:
    """03:30 comes twice in Bucharest on 2026-10-25, 01:30 in New York on 2026-11-01."""
    bucharest = Rule(every="daily", zone="Europe/Bucharest", at="03:30")
    assert runs(bucharest, "2026-10-24T12:00", 3) == ["2026-10-25T00:30", "2026-10-26T01:30", "2026-10-27T01:30"]
    new_york = Rule(every="daily", zone="America/New_York", at="01:30")
    assert runs(new_york, "2026-10-31T12:00", 3) == ["2026-11-01T05:30", "2026-11-02T06:30", "2026-11-03T06:30"]


@pytest.mark.parametrize(
    ("zone", "cron", "after", "expected"),
    [
        ("Europe/Bucharest", "30 3 * * *", "2026-03-28T12:00", ["2026-03-29T01:00", "2026-03-30T00:30"]),
        ("Europe/Bucharest", "30 3 * * *", "2026-10-24T12:00", ["2026-10-25T00:30", "2026-10-26T01:30"]),
        ("America/New_York", "30 2 * * *", "2026-03-07T12:00", ["2026-03-08T07:00", "2026-03-09T06:30"]),
        ("America/New_York", "30 1 * * *", "2026-10-31T12:00", ["2026-11-01T05:30", "2026-11-02T06:30"]),
        ("Europe/Bucharest", "0 7 * * MON-FRI", "2026-11-20T12:00", ["2026-11-23T05:00", "2026-11-24T05:00"]),
    ],
)
def test_a_cron_schedule_runs_once_on_the_days_the_clock_changes(
    zone: str, cron: str, after: str, expected: list[str]
) -> None:
    """Five-field cron in a named zone neither skips nor doubles a daily run."""
    assert runs(Rule(every="cron", zone=zone, cron=cron), after, 2) == expected


def test_a_monthly_run_on_the_31st_is_on_the_last_day_of_shorter_months() -> None:
    """Every month has exactly one run."""
    rule = Rule(every="monthly", zone="UTC", at="06:00", day=31)
    assert runs(rule, "2026-01-31T12:00", 3) == ["2026-02-28T06:00", "2026-03-31T06:00", "2026-04-30T06:00"]


def test_a_weekly_run_is_on_its_day() -> None:
    """Monday 07:00 in New York follows the zone into winter time."""
    rule = Rule(every="weekly", zone="America/New_York", at="07:00", weekday=0)
    assert runs(rule, "2026-10-26T12:00", 2) == ["2026-11-02T12:00", "2026-11-09T12:00"]


def test_missed_runs_are_named_and_bounded() -> None:
    """Three days off give three runs; a year off gives the last MOST_MADE_UP."""
    rule = Rule(every="daily", zone="UTC", at="07:00")
    assert due(rule, at("2026-11-01T07:00"), at("2026-11-03T08:00")) == [
        at("2026-11-01T07:00"),
        at("2026-11-02T07:00"),
        at("2026-11-03T07:00"),
    ]
    many = due(rule, at("2025-11-01T07:00"), at("2026-11-03T08:00"))
    assert (len(many), many[-1]) == (MOST_MADE_UP, at("2026-11-03T07:00"))
    assert due(rule, at("2026-11-04T07:00"), at("2026-11-03T08:00")) == []


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (Rule(every="hourly", zone="UTC"), "every"),
        (Rule(every="daily", zone="Europe/Nowhere"), "zone"),
        (Rule(every="daily", zone="../etc/passwd"), "zone"),
        (Rule(every="daily", zone=""), "zone"),
        (Rule(every="daily", zone="UTC", at="25:00"), "at"),
        (Rule(every="daily", zone="UTC", at="7"), "at"),
        (Rule(every="weekly", zone="UTC", weekday=7), "weekday"),
        (Rule(every="monthly", zone="UTC", day=0), "day"),
        (Rule(every="cron", zone="UTC", cron="* * * *"), "cron"),
        (Rule(every="cron", zone="UTC", cron="61 * * * *"), "cron"),
        (Rule(every="cron", zone="UTC", cron="0 0 30 2 *"), "cron"),
        (Rule(every="cron", zone="UTC", cron="* * * * * *"), "cron"),
    ],
)
def test_a_rule_that_cannot_run_is_refused_by_field(rule: Rule, field: str) -> None:
    """The field at fault is named with what to write."""
    with pytest.raises(Invalid) as caught:
        check(rule)
    assert set(caught.value.fields) == {field}


def test_periods_begin_at_midnight_of_the_zone() -> None:
    """Yesterday is 23 hours long in Bucharest on the day summer time begins."""
    found = periods.span("yesterday", at("2026-03-30T06:00"), "Europe/Bucharest")
    assert found == (at("2026-03-28T22:00"), at("2026-03-29T21:00"))
    assert periods.span("last-week", at("2026-11-25T06:00"), "UTC") == (at("2026-11-16T00:00"), at("2026-11-23T00:00"))
    assert periods.span("last-month", at("2026-03-01T06:00"), "UTC") == (at("2026-02-01T00:00"), at("2026-03-01T00:00"))
    assert periods.previous(periods.span("last-24-hours", at("2026-11-02T00:00"), "UTC")).start == at(
        "2026-10-31T00:00"
    )
    for period in periods.PERIODS:
        span = periods.span(period.name, at("2026-11-02T00:00"), "UTC")
        assert span.start < span.end <= at("2026-11-02T00:00")
    with pytest.raises(Invalid):
        periods.span("tomorrow", at("2026-11-02T00:00"), "UTC")
