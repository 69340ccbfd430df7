"""Rows of the store as events and segments: which columns are read, and what becomes of them."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from earwitness.model import times
from earwitness.model.event import Change, Event
from earwitness.model.scope import ACTIVITY
from earwitness.model.segment import Evidence, Person, Segment
from earwitness.search.columns import Columns

EVENT_COLUMNS: Final = Event.__struct_fields__
SEGMENT_COLUMNS: Final = (
    *("id", "session_id", "pbx", "action", "talks_to", "started_at", "ended_at", "tenant", "seq", "received_at"),
    *("source", "desks", "customer_number", "queue", "duration_ms", "cdr_id", "cdr_sequence", "call_uniqueid"),
    *("call_linkedid", "end_reason", "end_inferred", "outside_application", "reason", "notified"),
    *("manager_username", "manager_name", "manager_extension", "manager_channel"),
    *("agent_username", "agent_name", "agent_extension", "agent_channel"),
    *("evidence_start", "evidence_mode", "evidence_end"),
)
TIMES: Final = frozenset({"created", "received_at", "started_at", "ended_at"})
# What a column is worked out from, where that is not the column alone.
_NEEDS: Final = {
    "object_type": ("object_type", "object_id", "event_object"),
    "object_id": ("object_type", "object_id", "event_object"),
}

_changes = msgspec.json.Decoder(tuple[Change, ...])


def names(columns: Columns) -> tuple[str, ...]:
    """Return the columns of a whole row, in the order in which ``made`` takes them."""
    return EVENT_COLUMNS if columns.stream.name == ACTIVITY else SEGMENT_COLUMNS


def stored(columns: Columns) -> str:
    """SQL for the stored columns that ``shown`` needs."""
    return ", ".join(dict.fromkeys(part for name in names(columns) for part in _NEEDS.get(name, (name,))))


def shown(columns: Columns) -> str:
    """SQL for a whole row, unmasked: ``made`` masks the few rows of a page faster than the engine reads the SQL for it.

    Times are in microseconds since 1970.
    """
    plain = columns._replace(masked=False)
    return ", ".join(
        f"toUnixTimestamp64Micro({name})" if name in TIMES else plain.shown(name) for name in names(columns)
    )


def made(columns: Columns, row: tuple[Any, ...]) -> Event | Segment:
    """Return a row as the event or segment that the caller may see."""
    fields = dict(zip(names(columns), row, strict=True))
    if columns.masked:
        fields = {name: columns.mask(name, value) for name, value in fields.items()}
    for name in TIMES & fields.keys():
        fields[name] = times.from_us(fields[name])
    fields["desks"] = tuple(fields["desks"])
    return _event(fields) if columns.stream.name == ACTIVITY else _segment(fields)


def _event(fields: dict[str, Any]) -> Event:
    fields["params"] = msgspec.Raw(fields["params"].encode())
    fields["changes"] = _changes.decode(fields["changes"] or "[]")
    fields["redactions"] = tuple(fields["redactions"])
    return Event(**fields)


def _segment(fields: dict[str, Any]) -> Segment:
    def part(prefix: str, kind: Callable[..., Any]) -> Any:
        own = [name for name in fields if name.startswith(f"{prefix}_")]
        return kind(**{name.removeprefix(f"{prefix}_"): fields.pop(name) for name in own})

    people = {who: part(who, Person) for who in ("manager", "agent")}
    return Segment(**people, evidence=part("evidence", Evidence), **fields)
