"""Rows of the store as events and segments: which columns are read, and what becomes of them."""

import ipaddress
from collections.abc import Callable
from typing import Any, Final

import msgspec

from earwitness.model.event import Change, Event
from earwitness.model.scope import ACTIVITY
from earwitness.model.segment import Evidence, Person, Segment
from earwitness.search.columns import ARRAYS, UUIDS, Columns

EVENT_COLUMNS: Final = Event.__struct_fields__
SEGMENT_COLUMNS: Final = (
    *("id", "session_id", "pbx", "action", "talks_to", "started_at", "ended_at", "tenant", "seq", "received_at"),
    *("source", "desks", "customer_number", "queue", "duration_ms", "cdr_id", "cdr_sequence", "call_uniqueid"),
    *("call_linkedid", "end_reason", "end_inferred", "outside_application", "reason", "notified", "breaches"),
    *("manager_username", "manager_name", "manager_extension", "manager_channel"),
    *("agent_username", "agent_name", "agent_extension", "agent_channel"),
    *("evidence_start", "evidence_mode", "evidence_end"),
)
TIMES: Final = frozenset({"created", "received_at", "started_at", "ended_at"})
_changes = msgspec.json.Decoder(tuple[Change, ...])


def names(columns: Columns) -> tuple[str, ...]:
    """Return the columns of a whole row, in the order in which ``made`` takes them."""
    return EVENT_COLUMNS if columns.stream.name == ACTIVITY else SEGMENT_COLUMNS


def stored(columns: Columns) -> str:
    """SQL for a whole row as it is stored.

    ``made`` turns the few rows of a page into what is shown: the engine would take longer to read the SQL for it.
    """
    return ", ".join(names(columns))


def made(columns: Columns, row: tuple[Any, ...]) -> Event | Segment:
    """Return a stored row as the event or segment that the caller may see."""
    fields = dict(zip(names(columns), row, strict=True))
    for name in UUIDS[columns.stream.name]:
        fields[name] = str(fields[name])
    if "user_ip" in fields:
        fields["user_ip"] = _address(fields["user_ip"])
        _split(fields)
    if columns.masked:
        fields = {name: columns.mask(name, value) for name, value in fields.items()}
    for name in ARRAYS & fields.keys():
        fields[name] = tuple(fields[name])
    return _event(fields) if columns.stream.name == ACTIVITY else _segment(fields)


def _address(address: ipaddress.IPv6Address) -> str:
    if not int(address):
        return ""
    return str(address.ipv4_mapped or address)


def _split(fields: dict[str, Any]) -> None:
    """Where neither type nor id of the object was sent, they are the object split at its first colon."""
    kind, colon, name = fields["event_object"].partition(":")
    if colon and not fields["object_type"] and not fields["object_id"]:
        fields["object_type"], fields["object_id"] = kind, name


def _event(fields: dict[str, Any]) -> Event:
    fields["params"] = msgspec.Raw(fields["params"].encode())
    fields["changes"] = _changes.decode(fields["changes"] or "[]")
    return Event(**fields)


def _segment(fields: dict[str, Any]) -> Segment:
    def part(prefix: str, kind: Callable[..., Any]) -> Any:
        own = [name for name in fields if name.startswith(f"{prefix}_")]
        return kind(**{name.removeprefix(f"{prefix}_"): fields.pop(name) for name in own})

    people = {who: part(who, Person) for who in ("manager", "agent")}
    return Segment(**people, evidence=part("evidence", Evidence), **fields)
