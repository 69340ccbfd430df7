"""Segments as people read them: grouped into sessions, each with a bar that shows its modes over time to scale."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from earwitness.model.segment import END_REASONS, Person, Segment
from earwitness.web.logs.moments import moment

ENDED_BY = {reason.name: reason.sentence for reason in END_REASONS}
LABELS = {"listen": "Listen", "whisper": "Whisper", "barge": "Barge", "unknown": "Unknown"}
BAR_WIDTH = 1000


class Row(NamedTuple):
    """One segment of the table. at: when it began, as plain text, for the names of its links."""

    segment: Segment
    started: SafeString
    at: str
    action: str
    agent: str
    duration: str
    ended_by: str
    call_url: str


class Session(NamedTuple):
    """One session: its rows on this page, its bar, how long it lasted in all, whether more of it is elsewhere, and the
    segment that speaks for it: the one that broke the most policies."""

    id: str
    started: str
    manager: str
    manager_extension: str
    bar: SafeString
    duration: str
    rows: list[Row]
    partly: bool
    spokesman: Segment


def named(person: Person) -> str:
    """Return what a person is called: the name, else the username, else the extension."""
    return person.name or person.username or person.extension or "not known"


def with_extension(person: Person) -> str:
    """Return what a person is called, with the extension where that says more."""
    name = named(person)
    return name if person.extension in {"", name} else f"{name} ({person.extension})"


def duration(ms: int) -> str:
    """Return a duration as people read it: ``8 s``, ``2:05``, ``1:00:00``."""
    seconds = round(ms / 1000)
    if seconds < 60:
        return f"{ms / 1000:.1f} s" if ms < 10_000 else f"{seconds} s"
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def grouped(shown: Sequence[Segment], whole: Sequence[Segment], zone: ZoneInfo) -> list[Session]:
    """Return the sessions of one page.

    shown: the segments that were found, in the order of the page; whole: all segments of their sessions.
    """
    everything: dict[str, list[Segment]] = {}
    for segment in whole:
        everything.setdefault(segment.session_id, []).append(segment)
    found: dict[str, list[Segment]] = {}
    for segment in shown:
        found.setdefault(segment.session_id, []).append(segment)
    return [_session(rows, everything.get(key) or rows, zone) for key, rows in found.items()]


def _session(rows: list[Segment], whole: list[Segment], zone: ZoneInfo) -> Session:
    first = min(whole, key=lambda segment: segment.started_at)
    total = max(segment.ended_at for segment in whole) - first.started_at
    return Session(
        id=first.session_id,
        started=f"{first.started_at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
        manager=named(first.manager),
        manager_extension=first.manager.extension,
        bar=bar(whole),
        duration=duration(total // dt.timedelta(milliseconds=1)),
        rows=[_row(segment, zone) for segment in rows],
        partly=len(rows) < len(whole),
        spokesman=max(rows, key=lambda segment: len(segment.breaches)),
    )


def _row(segment: Segment, zone: ZoneInfo) -> Row:
    ended = ENDED_BY.get(segment.end_reason, segment.end_reason)
    call = segment.call_linkedid or segment.cdr_id
    return Row(
        segment=segment,
        started=moment(segment.started_at, zone),
        at=f"{segment.started_at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
        action=LABELS.get(segment.action, segment.action),
        agent=segment.agent.name or segment.agent.username,
        duration=duration(segment.duration_ms),
        ended_by=ended,
        call_url=f"/calls/{quote(call, safe='')}" if call else "",
    )


def bar(segments: Sequence[Segment]) -> SafeString:
    """Return the modes of one session over time, to scale, as SVG with a text alternative."""
    ordered = sorted(segments, key=lambda segment: segment.started_at)
    begin = ordered[0].started_at
    span = max((max(s.ended_at for s in ordered) - begin) / dt.timedelta(milliseconds=1), 1.0)
    parts, words = [], []
    for segment in ordered:
        at = (segment.started_at - begin) / dt.timedelta(milliseconds=1) / span * BAR_WIDTH
        width = max(segment.duration_ms / span * BAR_WIDTH, 3.0)
        words.append(f"{LABELS.get(segment.action, segment.action)} {duration(segment.duration_ms)}")
        parts.append((segment.action, f"{at:.1f}", f"{width:.1f}", words[-1]))
    return format_html(
        '<svg class="modes" viewBox="0 0 {} 10" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        BAR_WIDTH,
        ", then ".join(words),
        format_html_join(
            "", '<rect class="mode-{}" x="{}" y="0" width="{}" height="10"><title>{}</title></rect>', parts
        ),
    )
