"""What every file for people says about itself: the search, the range, who made it, when, how many rows, which gaps."""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import msgspec

from earwitness.model.gap import Gap

MOST_GAPS = 20  # told one by one


class About(msgspec.Struct, frozen=True, kw_only=True):
    """One export or report. ``start`` and ``end`` None mean unbounded; ``rows`` counts the rows of the whole search;
    ``gaps``: where they are incomplete."""

    title: str
    search: str
    start: dt.datetime | None
    end: dt.datetime | None
    tz: str
    who: str
    when: dt.datetime
    rows: int
    tenant: str = "default"
    gaps: tuple[Gap, ...] = ()
    masked: bool = False
    notes: tuple[str, ...] = ()


def moment(value: dt.datetime | None, tz: str, unbounded: str) -> str:
    """Return a moment as people read it, in the zone of the file, to the second; ``unbounded`` where there is none."""
    return value.astimezone(ZoneInfo(tz)).strftime("%Y-%m-%d %H:%M:%S") if value else unbounded


def span(about: About) -> str:
    """Return the range as people read it; its end is exclusive."""
    start = moment(about.start, about.tz, "the beginning")
    return f"{start} to {moment(about.end, about.tz, 'now')} ({about.tz})"


def gap_lines(gaps: Sequence[Gap], tz: str) -> list[tuple[str, str]]:
    """Return what is said of gaps, as (label, text); beyond some, how many more there are."""
    found = [
        ("Gap", f"{gap.told}, from {moment(gap.started_at, tz, '')} to {moment(gap.ended_at, tz, '')} ({tz})")
        for gap in gaps[:MOST_GAPS]
    ]
    return [*found, ("Gaps", f"and {len(gaps) - MOST_GAPS:,} more")] if len(gaps) > MOST_GAPS else found


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
    found += gap_lines(about.gaps, about.tz) or [("Gaps", "none known in this range")]
    return found + [("Note", note) for note in about.notes]


def sentence(about: About) -> str:
    """Return all of it on one line, for a file that has room for one line only."""
    return "About this file: " + "; ".join(f"{label}: {text}" for label, text in lines(about))
