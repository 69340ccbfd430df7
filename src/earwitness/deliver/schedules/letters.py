"""What the mails of scheduled reports say."""

import datetime as dt
from zoneinfo import ZoneInfo

from earwitness.deliver.exports.fronts import Front
from earwitness.deliver.exports.order import TITLES
from earwitness.deliver.formats.about import gap_lines
from earwitness.deliver.messages.letter import Letter, make, moment
from earwitness.deliver.models import Export, Run
from earwitness.deliver.schedule import said

LARGEST = 20 * 1024 * 1024  # bytes: most mail servers take no more


def report(run: Run, base_url: str, front: Front | None = None) -> Letter:
    """Return the mail that carries a report, attached or linked. front: what it shows of it."""
    found, export = run.schedule, run.export
    assert export is not None and export.start and export.end  # noqa: S101, PT018 -- a scheduled report has a range
    zone = ZoneInfo(found.zone)
    start, end = export.start.astimezone(zone), export.end.astimezone(zone)
    facts = [
        ("Log", TITLES[found.stream]),
        ("Search", found.search or "everything"),
        ("Range", f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} ({found.zone})"),
        ("Rows", f"{export.total or 0:,}"),
        *map(_figure, front.figures if front else ()),
        *gap_lines(export.missing, found.zone),
        *(("Note", note) for note in export.notes),
    ]
    first = (
        f"{found.name} is attached."
        if found.attach
        else f"{found.name} is ready. It is kept for 7 days, and opens for those who may see the same as its owner."
    )
    foot = f"{found.owner.username} scheduled this report: {said(found.rule)} ({found.zone})."
    return make(
        f"{found.name}: {_days(start, end)}",
        first,
        facts,
        _link(export, base_url),
        foot,
        front.pictures if front else (),
    )


def _days(start: dt.datetime, end: dt.datetime) -> str:
    """Return the days of a range, of which the end does not belong to it."""
    last = end - dt.timedelta(microseconds=1)
    return f"{start:%Y-%m-%d}" if start.date() == last.date() else f"{start:%Y-%m-%d} to {last:%Y-%m-%d}"


def failure(run: Run, problem: str, base_url: str) -> Letter:
    """Return the mail that tells the owner that a report could not be made."""
    found = run.schedule
    facts = [("Report", found.name), ("Due", moment(run.due, found.zone)), ("Problem", problem)]
    link = f"{base_url}/schedules/{found.pk}" if base_url else ""
    first = "A scheduled report could not be made. Its next run is tried as always."
    return make(f"{found.name} could not be made", first, facts, link, "You set this report up.")


def _link(export: Export, base_url: str) -> str:
    return f"{base_url}/exports/{export.pk}" if base_url else ""


def _figure(figure: tuple[str, str]) -> tuple[str, str]:
    """Return a figure as a fact: on paper its label holds how it stands against the period before."""
    label, _, before = figure[0].partition(": ")
    return label, f"{figure[1]} ({before})" if before else figure[1]
