"""What the mails of scheduled reports say."""

import datetime as dt
from html import escape
from typing import NamedTuple
from zoneinfo import ZoneInfo

from earwitness.deliver.exports.order import TITLES
from earwitness.deliver.models import Export, Run

LARGEST = 20 * 1024 * 1024  # bytes: most mail servers take no more


class Letter(NamedTuple):
    """A mail: plain text, and the same in HTML."""

    subject: str
    text: str
    html: str


def moment(value: dt.datetime, zone: str) -> str:
    """Return a moment as people read it."""
    return f"{value.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"


def report(run: Run, base_url: str) -> Letter:
    """Return the mail that carries a report, attached or linked."""
    found, export = run.schedule, run.export
    assert export is not None and export.start and export.end  # noqa: S101, PT018 -- a scheduled report has a range
    span = f"{moment(export.start, found.zone)} to {moment(export.end, found.zone)}"
    facts = [
        ("Log", TITLES[found.stream]),
        ("Search", found.search or "everything"),
        ("Range", span),
        ("Rows", f"{export.total or 0:,}"),
        *(
            ("Gap", f"{gap['source']} could not be heard from {gap['from']} to {gap['to'] or 'now'}")
            for gap in export.gaps
        ),
        *(("Note", note) for note in export.notes),
    ]
    how = "The report is attached." if found.attach else "The report is kept for 7 days."
    return make(
        f"{found.name}: {export.start.astimezone(ZoneInfo(found.zone)):%Y-%m-%d}", how, facts, _link(export, base_url)
    )


def failure(run: Run, problem: str, base_url: str) -> Letter:
    """Return the mail that tells the owner that a report could not be made."""
    found = run.schedule
    facts = [("Report", found.name), ("Due", moment(run.due, found.zone)), ("Problem", problem)]
    link = f"{base_url}/schedules/{found.pk}" if base_url else ""
    return make(f"{found.name} could not be made", "A scheduled report could not be made.", facts, link)


def _link(export: Export, base_url: str) -> str:
    return f"{base_url}/exports/{export.pk}" if base_url else ""


def make(subject: str, first: str, facts: list[tuple[str, str]], link: str) -> Letter:
    """Return a mail of a sentence, some facts and a link (empty: none)."""
    subject = " ".join(subject.split())
    lines = [first, "", *(f"{label}: {text}" for label, text in facts)]
    rows = "".join(
        f'<tr><td style="color:#5b6675;padding:4px 16px 4px 0;vertical-align:top">{escape(label)}</td>'
        f'<td style="padding:4px 0">{escape(text)}</td></tr>'
        for label, text in facts
    )
    if link:
        lines += ["", link]
    shown = f'<p><a href="{escape(link)}">Open it in Earwitness</a></p>' if link else ""
    html = (
        '<div style="font:15px/1.5 Arial,sans-serif;color:#1c2430;max-width:640px">'
        f"<p>{escape(first)}</p><table>{rows}</table>{shown}</div>"
    )
    return Letter(subject, "\n".join(lines) + "\n", html)
