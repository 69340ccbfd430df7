"""When a schedule runs: daily, weekly, monthly or by cron, at a wall-clock time of a named zone.

Where the clock goes forward over the time, the run is at the first moment after the hole; where it goes back and the
time comes twice, the run is at the first of the two. So a day has one run, however its clock changes.
"""

import calendar
import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from cronsim import CronSim, CronSimError

from earwitness.model.problem import Invalid
from earwitness.model.times import UTC

DAILY, WEEKLY, MONTHLY, CRON = "daily", "weekly", "monthly", "cron"
EVERY = (DAILY, WEEKLY, MONTHLY, CRON)
MOST_MADE_UP = 31


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """every: one of EVERY; at: ``HH:MM`` in ``zone``; weekday: 0 is Monday; day: 1 to 31, the last day of shorter
    months; cron: five fields, used with every="cron" alone; zone: an IANA name."""

    every: str
    zone: str
    at: str = "07:00"
    weekday: int = 0
    day: int = 1
    cron: str = ""


def check(rule: Rule) -> None:
    """Raise Invalid, naming each field, where a rule can never run or is not understood."""
    wrong: dict[str, str] = {}
    if rule.every not in EVERY:
        wrong["every"] = f"Choose one of {', '.join(EVERY)}."
    try:
        zone_of(rule)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        wrong["zone"] = "Name a time zone such as Europe/Bucharest."
    if rule.every == CRON:
        wrong |= _cron_problem(rule.cron)
    else:
        wrong |= _clock_problem(rule)
    if wrong:
        raise Invalid("The schedule is not valid: " + " ".join(wrong.values()), fields=wrong)


def _cron_problem(expression: str) -> dict[str, str]:
    try:
        five = " ".join(expression.split()[:5]) if len(expression.split()) == 5 else ""
        next(CronSim(five, dt.datetime(2026, 1, 1, tzinfo=UTC)))
    except (CronSimError, StopIteration) as error:
        said = str(error) or "it never comes"
        return {"cron": f"Write five cron fields, such as 30 7 * * MON-FRI ({said})."}
    return {}


def _clock_problem(rule: Rule) -> dict[str, str]:
    wrong: dict[str, str] = {}
    try:
        dt.time.fromisoformat(rule.at)
    except ValueError:
        wrong["at"] = "Write the time as HH:MM."
    else:
        if len(rule.at) != 5:
            wrong["at"] = "Write the time as HH:MM."
    if not 0 <= rule.weekday <= 6:
        wrong["weekday"] = "Choose a day of the week, 0 (Monday) to 6 (Sunday)."
    if not 1 <= rule.day <= 31:
        wrong["day"] = "Choose a day of the month, 1 to 31."
    return wrong


DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def said(rule: Rule) -> str:
    """Return when a rule runs, as people say it, without its zone."""
    if rule.every == WEEKLY:
        return f"every {DAYS[rule.weekday]} at {rule.at}"
    if rule.every == MONTHLY:
        day = "the last day" if rule.day == 31 else f"day {rule.day}"
        return f"on {day} of every month at {rule.at}"
    return f"by cron: {rule.cron}" if rule.every == CRON else f"every day at {rule.at}"


def zone_of(rule: Rule) -> ZoneInfo:
    """Return the zone of a rule."""
    return ZoneInfo(rule.zone)


def next_run(rule: Rule, after: dt.datetime) -> dt.datetime:
    """Return the first run strictly after a moment, in UTC."""
    if rule.every == CRON:
        return _next_cron(rule, after)
    return next(run for run in _clock_runs(rule, after) if run > after)


def _next_cron(rule: Rule, after: dt.datetime) -> dt.datetime:
    for run in CronSim(rule.cron, after.astimezone(zone_of(rule))):
        if run.astimezone(UTC) > after:
            return run.astimezone(UTC)
    raise Invalid("The schedule never runs again.", fields={"cron": "This never comes."})


def _clock_runs(rule: Rule, after: dt.datetime) -> Iterator[dt.datetime]:
    """Yield the runs around and after a moment, beginning at most one period before it."""
    at = dt.time.fromisoformat(rule.at)
    zone = zone_of(rule)
    day = after.astimezone(zone).date() - dt.timedelta(days=1)
    while True:
        if _falls_on(rule, day):
            yield _moment(day, at, zone)
        day += dt.timedelta(days=1)


def _falls_on(rule: Rule, day: dt.date) -> bool:
    if rule.every == WEEKLY:
        return day.weekday() == rule.weekday
    if rule.every == MONTHLY:
        last = calendar.monthrange(day.year, day.month)[1]
        return day.day == min(rule.day, last)
    return True


def _moment(day: dt.date, at: dt.time, zone: ZoneInfo) -> dt.datetime:
    """Return a wall-clock time as a moment: the first where it comes twice, the end of the hole where it never does."""
    local = dt.datetime.combine(day, at, zone)  # fold=0: the first of two
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    return _end_of_hole(moment, zone)


def _end_of_hole(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return the moment at which the clock went forward, to the minute; ``moment`` lies within a day after it."""
    minute = dt.timedelta(minutes=1)
    offset = moment.astimezone(zone).utcoffset()
    while (moment - minute).astimezone(zone).utcoffset() == offset:
        moment -= minute
    return moment


def due(rule: Rule, planned: dt.datetime, now: dt.datetime) -> list[dt.datetime]:
    """Return the runs that should have been by ``now``, beginning with ``planned``: the last MOST_MADE_UP of them."""
    found: list[dt.datetime] = []
    run = planned
    while run <= now:
        found.append(run)
        del found[:-MOST_MADE_UP]
        run = next_run(rule, run)
    return found
