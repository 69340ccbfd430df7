"""What the mails of scheduled reports say."""

import datetime as dt
from collections.abc import Sequence
from html import escape
from typing import NamedTuple
from zoneinfo import ZoneInfo

from earwitness.deliver.exports.fronts import Front, Picture
from earwitness.deliver.exports.order import TITLES
from earwitness.deliver.models import Export, Run
from earwitness.deliver.schedule import said

LARGEST = 20 * 1024 * 1024  # bytes: most mail servers take no more


class Letter(NamedTuple):
    """A mail: plain text, and the same in HTML."""

    subject: str
    text: str
    html: str


def moment(value: dt.datetime, zone: str) -> str:
    """Return a moment as people read it."""
    return f"{value.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"


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
        *(
            ("Gap", f"{gap['source']} could not be heard from {gap['from']} to {gap['to'] or 'now'}")
            for gap in export.gaps
        ),
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


def cid_of(place: int) -> str:
    """Return the name under which a mail holds its first, second ... picture."""
    return f"chart-{place}@earwitness"


def _picture(place: int, picture: Picture) -> str:
    return (
        f'<p style="margin:24px 0 6px;font-size:14px;font-weight:600">{escape(picture.caption)}</p>'
        f'<img src="cid:{cid_of(place)}" alt="{escape(picture.text)}" width="{picture.width}" '
        'style="display:block;max-width:100%;height:auto;border:0">'
    )


MOST_SUBJECT = 250
CELL = "padding:5px 0;border-top:1px solid #e4e8ec;vertical-align:top"


def make(  # noqa: PLR0913, PLR0917 -- the parts of a mail, in their order
    subject: str,
    first: str,
    facts: list[tuple[str, str]],
    link: str,
    foot: str = "",
    pictures: Sequence[Picture] = (),
) -> Letter:
    """Return a mail of a sentence, some facts, a link (empty: none), why one gets it, and pictures, which whoever sends
    it adds under the names that ``cid_of`` gives."""
    subject = " ".join(subject.split())[:MOST_SUBJECT]
    lines = [first, "", *(f"{label}: {text}" for label, text in facts)]
    rows = "".join(
        f'<tr><td style="{CELL};color:#5b6675;padding-right:18px;white-space:nowrap">{escape(label)}</td>'
        f'<td style="{CELL};word-break:break-word">{escape(text)}</td></tr>'
        for label, text in facts
    )
    shown = "".join(_picture(place, picture) for place, picture in enumerate(pictures, 1))
    lines += ["", *(picture.text for picture in pictures)] if pictures else []
    if link:
        lines += ["", f"Open it in Earwitness: {link}"]
        button = "display:inline-block;padding:9px 16px;border-radius:7px;background:#0b6e75;color:#ffffff;"
        button += "text-decoration:none;font-weight:600"
        shown += f'<p style="margin:20px 0 0"><a href="{escape(link)}" style="{button}">Open it in Earwitness</a></p>'
    if foot:
        lines += ["", "-- ", foot]
        shown += f'<p style="margin:24px 0 0;font-size:13px;color:#5b6675">{escape(foot)}</p>'
    html = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(subject)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"></head>'
        '<body style="margin:0;padding:24px 16px;background:#ffffff">'
        '<div style="font:15px/1.5 Arial,Helvetica,sans-serif;color:#1c2430;max-width:720px;margin:0 auto">'
        f'<p style="margin:0 0 16px;font-size:17px;font-weight:600">{escape(first)}</p>'
        f'<table role="presentation" style="width:100%;border-collapse:collapse;font-size:14px">{rows}</table>'
        f"{shown}</div></body></html>"
    )
    return Letter(subject, "\n".join(lines) + "\n", html)
