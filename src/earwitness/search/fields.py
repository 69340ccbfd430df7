"""The fields of the search language: one table, from which parser, pages and documentation are made."""

import difflib
import enum
from typing import NamedTuple

from earwitness.model.scope import ACTIVITY, SUPERVISION


class Kind(enum.Enum):
    """How the values of a field are written and compared; the text is for the reference."""

    TEXT = "whole value, case-insensitive, `*` stands for anything"
    SUBSTRING = "part of the value, case-insensitive"
    TOKEN = "one whole word of letters and digits, case-insensitive"  # noqa: S105 -- no secret
    PARAMS = "whole value, case-insensitive, `*` stands for anything; numbers as numbers, also as a range"
    ADDRESS = "an address, or a network such as `10.0.0.0/8`"
    UUID = "a UUID"
    INTEGER = "a whole number, or a range of them"
    SECONDS = "seconds, or a range of them"
    CLOCK = "a whole number, or a range of them; in the zone of the page"
    TIME = "a date or a date with a time, or a range of them"


CLOCKS = {"hour": (0, 23), "weekday": (1, 7)}  # the values that there are, for fields of the kind CLOCK
RANGES = frozenset({Kind.PARAMS, Kind.INTEGER, Kind.CLOCK, Kind.SECONDS, Kind.TIME})


class Field(NamedTuple):
    """name: as written before the colon; kind: how values compare; sentence: what it is; example: a whole term;
    columns: stream -> the columns that are looked at (any of them passes)."""

    name: str
    kind: Kind
    sentence: str
    example: str
    columns: dict[str, tuple[str, ...]]


def _activity(*columns: str) -> dict[str, tuple[str, ...]]:
    return {ACTIVITY: columns}


def _supervision(*columns: str) -> dict[str, tuple[str, ...]]:
    return {SUPERVISION: columns}


def _both(activity: str, *supervision: str) -> dict[str, tuple[str, ...]]:
    return {ACTIVITY: (activity,), SUPERVISION: supervision or (activity,)}


# The columns in which a word without a field is looked for.
WORDS = {
    ACTIVITY: ("comments", "event_object", "request_uri", "params"),
    SUPERVISION: (
        "manager_username",
        "manager_name",
        "manager_extension",
        "agent_username",
        "agent_name",
        "agent_extension",
        "customer_number",
        "queue",
        "reason",
    ),
}

FIELDS = (
    Field(
        "user",
        Kind.TEXT,
        "Who did it: the username; in the supervision log, of the manager.",
        "user:ana.pop",
        _both("username", "manager_username"),
    ),
    Field("ip", Kind.ADDRESS, "The address the user came from.", "-ip:10.0.0.0/8", _activity("user_ip")),
    Field("event", Kind.TEXT, "What was done.", "event:login", _activity("event")),
    Field("sub", Kind.TEXT, "What was done, more exactly: the sub-event.", "sub:login_failed", _activity("sub_event")),
    Field("object", Kind.TEXT, "What it was done to.", "object:queue:support-*", _activity("event_object")),
    Field("comments", Kind.SUBSTRING, "A part of the comments.", 'comments:"called back"', _activity("comments")),
    Field("uri", Kind.SUBSTRING, "A part of the request URI.", "uri:/admin/", _activity("request_uri")),
    Field(
        "params",
        Kind.PARAMS,
        "A value inside the params, by its path; any element of an array.",
        "params.after.status:busy",
        _activity("params"),
    ),
    Field(
        "has",
        Kind.TOKEN,
        "One whole word or number in comments, event object, request URI or params: fast at any size.",
        "has:442079460123",
        WORDS,
    ),
    Field("source", Kind.TEXT, "The system that told it.", "source:agent_workspace", _both("source")),
    Field("outcome", Kind.TEXT, "success, failure, denied or unknown.", "outcome:denied", _activity("outcome")),
    Field(
        "desk",
        Kind.TEXT,
        "A desk that the user (in the supervision log: the agent) belonged to at that time.",
        "desk:support",
        _both("desks"),
    ),
    Field(
        "extension", Kind.TEXT, "The extension of the agent.", "extension:1001", _both("extension", "agent_extension")
    ),
    Field(
        "call",
        Kind.TEXT,
        "The call: its uniqueid, linkedid or CDR id.",
        "call:1769277733.331",
        _both("call_id", "call_uniqueid", "call_linkedid", "cdr_id"),
    ),
    Field("reason", Kind.TEXT, "The reason that was given.", "reason:coaching", _both("reason")),
    Field("session", Kind.TEXT, "The session it belongs to.", "session:4f1c*", _both("session_id")),
    Field("id", Kind.UUID, "The id of one row.", "id:0190a3c8-5d3e-7c1a-9f00-1b2c3d4e5f60", _both("id")),
    Field("seq", Kind.INTEGER, "The place in the log.", "seq:1000..2000", _both("seq")),
    Field("created", Kind.TIME, "When it happened.", "created:>=2026-11-01", _both("created", "started_at")),
    Field("hour", Kind.CLOCK, "The hour of the day, 0 to 23.", "hour:22..23,0..5", _both("created", "started_at")),
    Field(
        "weekday",
        Kind.CLOCK,
        "The day of the week: 1 is Monday, 7 Sunday.",
        "weekday:6..7",
        _both("created", "started_at"),
    ),
    Field("action", Kind.TEXT, "listen, whisper, barge or unknown.", "action:barge,whisper", _supervision("action")),
    Field(
        "manager",
        Kind.TEXT,
        "Who supervised: username, name or extension.",
        "manager:maria*",
        _supervision("manager_username", "manager_name", "manager_extension"),
    ),
    Field(
        "agent",
        Kind.TEXT,
        "Who was supervised: username, name or extension.",
        "agent:1001",
        _supervision("agent_username", "agent_name", "agent_extension"),
    ),
    Field("customer", Kind.TEXT, "The number of the customer.", "customer:+4420*", _supervision("customer_number")),
    Field("queue", Kind.TEXT, "The queue of the call.", "queue:support", _supervision("queue")),
    Field("pbx", Kind.TEXT, "The switch.", "pbx:berlin", _supervision("pbx")),
    Field("end", Kind.TEXT, "Why it ended.", "end:agent-hung-up", _supervision("end_reason")),
    Field(
        "breach",
        Kind.TEXT,
        "A policy that was broken: no-listen, quota, no-reason or outside-hours; `breach:*` is any.",
        "breach:no-listen",
        _supervision("breaches"),
    ),
    Field("duration", Kind.SECONDS, "How long it lasted.", "duration:>30", _supervision("duration_ms")),
)

BY_NAME = {field.name: field for field in FIELDS}


def of_stream(stream: str) -> tuple[Field, ...]:
    """Return the fields that a stream (activity, supervision) has."""
    return tuple(field for field in FIELDS if stream in field.columns)


def nearest(name: str, stream: str) -> str | None:
    """Return the field of the stream whose name is most like ``name``, or None if none is."""
    found = difflib.get_close_matches(name, [field.name for field in of_stream(stream)], n=1, cutoff=0.5)
    return found[0] if found else None
