"""One event in full: its params, what it changed, and where to look next."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.html import format_html
from django.utils.safestring import mark_safe

from earwitness.model import times
from earwitness.model.event import Event
from earwitness.web.activity import changes, hidden, jsontree
from earwitness.web.activity import params as reading
from earwitness.web.activity.columns import BY_NAME, DEFAULT
from earwitness.web.activity.form import FORM, PATH
from earwitness.web.logs.addresses import Address
from earwitness.web.logs.forms import with_value
from earwitness.web.logs.moments import text_of

AROUND = dt.timedelta(minutes=15)
SHOWN_WHOLE = 60  # characters of a value that are seen in the list on any screen
FACTS: tuple[str, ...] = (
    "source",
    "outcome",
    "error",
    "actor_type",
    "on_behalf_of",
    "desks",
    "extension",
    "call_id",
    "reason",
    "session_id",
    "request_id",
    "user_agent",
)
EVER_SAME = {"actor_type": "user", "outcome": "unknown"}

Fact = tuple[str, Any, str]


def context(event: Event, address: Address, zone: ZoneInfo) -> dict[str, Any]:
    """Return what the details of an event show; address: the search under which it was found."""
    raw = bytes(event.params)
    params = reading.read(raw) if raw else None
    diff, unchanged = changes.of(event, params)
    find = address.with_().url(PATH)
    tree = jsontree.tree(params, find + ("&" if "?" in find else "?")) if params else ""
    return {
        "event": event,
        "tree": mark_safe(tree),  # noqa: S308 -- the tree escapes what it shows
        "raw": reading.indented(raw) if params else "",
        "diff": diff,
        "unchanged": unchanged,
        "facts": facts(event, zone),
        "long_facts": long_facts(event),
        "redactions": event.redactions,
        "hidden": hidden.signs(event),
        "pivots": pivots(event, address),
    }


def facts(event: Event, zone: ZoneInfo) -> list[Fact]:
    """Return [(label, value, address)] of everything the default columns do not show."""
    rows: list[Fact] = [("Event id", event.id, ""), ("Place in the log", f"seq {event.seq}", "")]
    rows.append(("Received", _moment(event.received_at, zone), ""))
    if event.clock_skew_ms:
        rows.append(("Clock of the source", _skew(event.clock_skew_ms), ""))
    for name in FACTS:
        text = BY_NAME[name].text(event)
        if text and EVER_SAME.get(name) != text:
            field = BY_NAME[name].field
            rows.append((BY_NAME[name].label, text, only(field, text) if field and name != "desks" else ""))
    if event.producer:
        number = "" if event.producer_seq is None else f", number {event.producer_seq}"
        rows.append(("Producer", event.producer + number, ""))
    return rows


def long_facts(event: Event) -> list[Fact]:
    """Return [(label, value, address)] of what the list may have cut short."""
    texts = [(BY_NAME[name].label, BY_NAME[name].text(event), "") for name in DEFAULT[1:]]
    return [fact for fact in texts if len(fact[1]) > SHOWN_WHOLE]


def _skew(ms: int) -> str:
    length = str(dt.timedelta(seconds=abs(ms) // 1000))
    return f"{length} {'ahead of' if ms > 0 else 'behind'} ours"


def main_facts(event: Event, zone: ZoneInfo) -> list[Fact]:
    """Return [(label, value, address)] of the default columns."""
    rows: list[Fact] = []
    for name in DEFAULT:
        column = BY_NAME[name]
        text = column.text(event)
        if name == "created":
            rows.append((f"Created ({zone.key})", _moment(event.created, zone), ""))
        elif text:
            rows.append((column.label, text, only(column.field, text) if column.field else ""))
    return rows


def _moment(value: dt.datetime, zone: ZoneInfo) -> str:
    local = value.astimezone(zone)
    return format_html('<time datetime="{}">{}</time>', times.text(value), f"{local:%Y-%m-%d %H:%M:%S.%f}")


def only(field: str, text: str) -> str:
    """Return the address of everything with one value."""
    return Address().url(PATH, add=field, value=text)


def pivots(event: Event, address: Address) -> list[tuple[str, str]]:
    """Return [(label, address)] of where to look next."""
    start, end = text_of(event.created - AROUND), text_of(event.created + AROUND)
    near = Address(start=start, end=end, tz=address.tz, columns=address.columns)
    found = []
    if event.username:
        by_user = near.with_(q=with_value("", "user", event.username, FORM))
        found.append(("This user around this time", by_user.url(PATH)))
    found.append(("Everything around this time", near.url(PATH)))
    if event.event_object:
        found.append(("This object", _over_time(address, "object", event.event_object)))
    if event.session_id:
        found.append(("This session", _over_time(address, "session", event.session_id)))
    if event.call_id:
        found.append(("This call", _over_time(address, "call", event.call_id)))
    if event.user_ip:
        found.append(("This address", _over_time(address, "ip", event.user_ip)))
    return found


def _over_time(address: Address, field: str, text: str) -> str:
    return Address(q=with_value("", field, text, FORM), tz=address.tz, columns=address.columns).url(PATH)


def headline(event: Event) -> str:
    """Return an event in a few words."""
    what = f"{event.event} {event.sub_event}".strip()
    return f"{what} by {event.username}" if event.username else what
