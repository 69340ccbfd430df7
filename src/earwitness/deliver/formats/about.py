"""What every file for people says about itself: the search, the range, who made it, when, how many rows, which gaps."""

import datetime as dt
from zoneinfo import ZoneInfo

import msgspec

STREAM_TITLES = {"activity": "Activity audit log", "supervision": "Whisper/Barge/Listen log"}


class Missing(msgspec.Struct, frozen=True):
    """A time range in which a source could not be heard: the rows of the file are incomplete there."""

    source: str
    start: dt.datetime
    end: dt.datetime | None


class About(msgspec.Struct, frozen=True, kw_only=True):
    """One export or report. ``start`` and ``end`` None mean unbounded; ``rows`` counts the rows of the whole search."""

    title: str
    search: str
    start: dt.datetime | None
    end: dt.datetime | None
    tz: str
    who: str
    when: dt.datetime
    rows: int
    tenant: str = "default"
    gaps: tuple[Missing, ...] = ()
    masked: bool = False
    notes: tuple[str, ...] = ()


def moment(value: dt.datetime | None, tz: str, unbounded: str) -> str:
    """Return a moment as people read it, in the zone of the file, to the second; ``unbounded`` where there is none."""
    return value.astimezone(ZoneInfo(tz)).strftime("%Y-%m-%d %H:%M:%S") if value else unbounded


def span(about: About) -> str:
    """Return the range as people read it; its end is exclusive."""
    start = moment(about.start, about.tz, "the beginning")
    return f"{start} to {moment(about.end, about.tz, 'now')} ({about.tz})"


def gap_text(gap: Missing, tz: str) -> str:
    """Return one gap as a sentence without its full stop."""
    return f"{gap.source} could not be heard from {moment(gap.start, tz, '')} to {moment(gap.end, tz, 'now')}"


def lines(about: About) -> list[tuple[str, str]]:
    """Return what a header sheet or title page says, as (label, text) in the order of reading."""
    found = [
        ("Report", about.title),
        ("Search", about.search or "everything"),
        ("Range", span(about)),
        ("Time zone", about.tz),
        ("Made by", about.who),
        ("Made at", f"{moment(about.when, about.tz, '')} ({about.tz})"),
        ("Rows", f"{about.rows:,}"),
    ]
    if about.tenant != "default":
        found.append(("Tenant", about.tenant))
    if about.masked:
        found.append(("Masking", "The digits of telephone numbers are replaced by X."))
    found += [("Gap", gap_text(gap, about.tz)) for gap in about.gaps]
    if not about.gaps:
        found.append(("Gaps", "none known in this range"))
    return found + [("Note", note) for note in about.notes]


def sentence(about: About) -> str:
    """Return all of it on one line, for a file that has room for one line only."""
    return "About this file: " + "; ".join(f"{label}: {text}" for label, text in lines(about))
