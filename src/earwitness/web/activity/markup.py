"""The rows as HTML. They are the bulk of the page, so they are written directly; every value passes ``escape``."""

from collections.abc import Iterable, Sequence
from html import escape
from zoneinfo import ZoneInfo

from earwitness.model.event import Event
from earwitness.web.activity.columns import Column
from earwitness.web.logs.moments import moment

MARKED = frozenset({"failure", "denied"})
LONGEST = 60  # characters of a value in what a button is called


def body(events: Iterable[Event], columns: Sequence[Column], zone: ZoneInfo, query: str) -> str:
    """Return the rows of the list.

    zone: in which times are shown; query: the query string that the details of a row are asked with, without ``?``.
    """
    tail = f"?{escape(query)}" if query else ""
    return "".join(_row(event, columns, zone, tail) for event in events)


def plain_body(events: Iterable[Event], columns: Sequence[Column], zone: ZoneInfo) -> str:
    """Return rows without details to open."""
    return "".join(
        f'<tr class="event" role="row">{"".join(_cell(event, column, zone) for column in columns)}</tr>'
        for event in events
    )


def _row(event: Event, columns: Sequence[Column], zone: ZoneInfo, tail: str) -> str:
    cells = "".join(_cell(event, column, zone) for column in columns)
    marked = f' data-outcome="{escape(event.outcome)}"' if event.outcome in MARKED else ""
    told = escape(f"{event.username[:LONGEST]}, {event.event[:LONGEST]} {event.sub_event[:LONGEST]}".strip())
    local = event.created.astimezone(zone)
    return (
        f'<tr class="event" id="e{event.id}" tabindex="-1"{marked} role="row">{cells}<td class="c-show" role="cell">'
        f'<a class="show" href="/activity/{event.id}" data-show="/activity/{event.id}/params{tail}" '
        f'aria-expanded="false" aria-controls="d{event.id}" '
        f'aria-label="Show Params: {told}, {local:%Y-%m-%d %H:%M:%S}">Show Params</a></td></tr>'
    )


def _cell(event: Event, column: Column, zone: ZoneInfo) -> str:
    name = column.name
    if name in {"created", "received_at"}:
        return f'<td class="c-time" role="cell">{moment(getattr(event, name), zone)}</td>'
    text = escape(column.text(event))
    field = f' data-field="{column.field}"' if column.field and text else ""
    if name == "outcome":
        return f'<td class="c-{name}" role="cell"{field}>{outcome(event.outcome)}</td>'
    ended = f'<i class="ended"><span class="unseen">{escape(event.outcome)}</span></i>' if name == "sub_event" else ""
    ended = ended if event.outcome in MARKED else ""
    return f'<td class="c-{name}" role="cell" title="{text}"{field}>{ended}<span>{text}</span></td>'


def outcome(value: str) -> str:
    """Return how an event ended as a badge."""
    tone = {"success": "good", "failure": "bad", "denied": "warn"}.get(value, "")
    return f'<span class="badge {tone}">{escape(value)}</span>'
