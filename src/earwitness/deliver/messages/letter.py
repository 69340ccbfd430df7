"""The form that all mails of the house have: a sentence, facts, pictures, a link, and why one gets it."""

import datetime as dt
from collections.abc import Sequence
from html import escape
from typing import NamedTuple
from zoneinfo import ZoneInfo

from earwitness.deliver.formats.png import Picture


class Letter(NamedTuple):
    """A mail: plain text, and the same in HTML."""

    subject: str
    text: str
    html: str


def moment(value: dt.datetime, zone: str) -> str:
    """Return a moment as people read it."""
    return f"{value.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"


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
