"""An event: one thing that one actor did, at one moment."""

import datetime as dt
from typing import Any

import msgspec

ACTOR_TYPES = ("user", "operator", "system", "api_key")
OUTCOMES = ("success", "failure", "denied", "unknown")
RESERVED_SOURCES = frozenset({"earwitness", "asterisk"})


def is_reserved(source: str) -> bool:
    """Whether only Earwitness itself may write a source; case and spaces around make no other one, as in a search."""
    return source.strip().casefold() in RESERVED_SOURCES


class Change(msgspec.Struct, frozen=True):
    """One field that an event changed: where it stands, what it was, what it became (any JSON value)."""

    path: str
    old: Any = None
    new: Any = None


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A recorded event, as the read door gives it. Times are aware and in UTC.

    ``seq`` is its place in the log of its tenant; ``params`` is the JSON text
    as it was sent, apart from ``redactions``.
    """

    id: str
    tenant: str
    seq: int
    created: dt.datetime
    received_at: dt.datetime
    source: str
    username: str
    user_ip: str
    event: str
    sub_event: str
    event_object: str
    comments: str
    request_uri: str
    params: msgspec.Raw
    actor_type: str = "user"
    on_behalf_of: str = ""
    outcome: str = "unknown"
    error: str = ""
    object_type: str = ""
    object_id: str = ""
    changes: tuple[Change, ...] = ()
    user_agent: str = ""
    session_id: str = ""
    request_id: str = ""
    desks: tuple[str, ...] = ()
    clock_skew_ms: int | None = None
    extension: str = ""
    call_id: str = ""
    reason: str = ""
    redactions: tuple[str, ...] = ()
    producer: str = ""
    producer_seq: int | None = None
