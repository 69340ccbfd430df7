"""The columns of files: one table for each log, named as people know them. ``search`` turns the names into values."""

from collections.abc import Sequence
from typing import NamedTuple

from earwitness.deliver.formats.listing import Place
from earwitness.deliver.formats.xlsx import Heading
from earwitness.model.problem import Invalid
from earwitness.model.scope import ACTIVITY, SUPERVISION


class Column(NamedTuple):
    """name: as stored and asked for; label: over the column; kind: "text", "time", "number" or "seconds";
    pitch: characters on paper; grows, below: see ``Place``; default: shown where nobody chose columns."""

    name: str
    label: str
    kind: str = "text"
    pitch: int = 12
    grows: bool = False
    below: bool = False
    default: bool = False


ACTIVITY_COLUMNS = (
    Column("created", "Created", "time", 26, default=True),
    Column("username", "Username", pitch=16, default=True),
    Column("user_ip", "User Ip", pitch=15, default=True),
    Column("event", "Event", pitch=13, default=True),
    Column("sub_event", "Sub Event", pitch=13, default=True),
    Column("event_object", "Event Object", pitch=18, grows=True, default=True),
    Column("comments", "Comments", pitch=24, grows=True, default=True),
    Column("request_uri", "Request Uri", pitch=24, grows=True, default=True),
    Column("params", "Params", pitch=30, grows=True, below=True, default=True),
    Column("id", "Id", pitch=36),
    Column("seq", "Seq", "number", 10),
    Column("received_at", "Received", "time", 26),
    Column("source", "Source", pitch=15),
    Column("outcome", "Outcome", pitch=8),
    Column("error", "Error", pitch=20, grows=True),
    Column("actor_type", "Actor", pitch=8),
    Column("on_behalf_of", "On behalf of", pitch=14),
    Column("object_type", "Object Type", pitch=10),
    Column("object_id", "Object Id", pitch=14),
    Column("changes", "Changes", pitch=30, grows=True, below=True),
    Column("desks", "Desks", pitch=14),
    Column("extension", "Extension", pitch=9),
    Column("call_id", "Call", pitch=18),
    Column("reason", "Reason", pitch=16, grows=True),
    Column("user_agent", "User Agent", pitch=24, grows=True),
    Column("session_id", "Session", pitch=16),
    Column("request_id", "Request", pitch=16),
    Column("clock_skew_ms", "Clock Skew (ms)", "number", 10),
    Column("redactions", "Redactions", pitch=14),
    Column("producer", "Producer", pitch=12),
    Column("producer_seq", "Producer Seq", "number", 10),
)
SUPERVISION_COLUMNS = (
    Column("started_at", "Started", "time", 26, default=True),
    Column("manager_name", "Manager", pitch=18, grows=True, default=True),
    Column("manager_extension", "Manager Extension", pitch=9, default=True),
    Column("action", "Action", pitch=8, default=True),
    Column("agent_name", "Agent", pitch=18, grows=True, default=True),
    Column("agent_extension", "Extension", pitch=9, default=True),
    Column("duration", "Duration (s)", "seconds", 9, default=True),
    Column("cdr_id", "CDR ID", pitch=18, default=True),
    Column("customer_number", "Customer", pitch=16, default=True),
    Column("queue", "Queue", pitch=12, default=True),
    Column("end_reason", "Ended by", pitch=17, default=True),
    Column("ended_at", "Ended", "time", 26),
    Column("manager_username", "Manager Username", pitch=16),
    Column("agent_username", "Agent Username", pitch=16),
    Column("manager_channel", "Manager Channel", pitch=22),
    Column("agent_channel", "Agent Channel", pitch=22),
    Column("talks_to", "Talks to", pitch=8),
    Column("end_inferred", "End inferred", pitch=6),
    Column("outside_application", "Outside application", pitch=6),
    Column("evidence_start", "Start evidence", pitch=18),
    Column("evidence_mode", "Mode evidence", pitch=18),
    Column("evidence_end", "End evidence", pitch=18),
    Column("call_uniqueid", "Call Uniqueid", pitch=18),
    Column("call_linkedid", "Call Linkedid", pitch=18),
    Column("cdr_sequence", "CDR Sequence", "number", 8),
    Column("reason", "Reason", pitch=16, grows=True),
    Column("breaches", "Breaches", pitch=16, grows=True),
    Column("notified", "Notified", pitch=6),
    Column("desks", "Desks", pitch=14),
    Column("pbx", "PBX", pitch=10),
    Column("source", "Source", pitch=10),
    Column("session_id", "Session", pitch=36),
    Column("id", "Id", pitch=36),
    Column("seq", "Seq", "number", 10),
    Column("received_at", "Received", "time", 26),
)
OF_STREAM = {ACTIVITY: ACTIVITY_COLUMNS, SUPERVISION: SUPERVISION_COLUMNS}


def chosen(stream: str, names: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns of these names in their order; none named: the default. Raises Invalid for an unknown name."""
    known = {column.name: column for column in OF_STREAM[stream]}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Invalid(
            f"There is no column {', '.join(unknown)}.",
            fields={"columns": f"Unknown: {', '.join(unknown)}. Known: {', '.join(known)}."},
        )
    if not names:
        return tuple(column for column in OF_STREAM[stream] if column.default)
    return tuple(known[name] for name in dict.fromkeys(names))


def labels(columns: Sequence[Column], tz: str) -> list[str]:
    """Return what stands over the columns; times name their zone."""
    return [f"{column.label} ({tz})" if column.kind == "time" else column.label for column in columns]


def headings(columns: Sequence[Column], tz: str) -> tuple[Heading, ...]:
    """Return the columns of a workbook."""
    return tuple(
        Heading(label, "number" if column.kind in ("number", "seconds") else "text", min(max(column.pitch + 2, 10), 60))
        for label, column in zip(labels(columns, tz), columns, strict=True)
    )


def places(columns: Sequence[Column], tz: str) -> tuple[Place, ...]:
    """Return the columns of a listing on paper."""
    return tuple(
        Place(label, column.pitch, column.grows, column.below)
        for label, column in zip(labels(columns, tz), columns, strict=True)
    )
