"""An event on its way into the log: what was sent, then what Earwitness adds. One object all the way, for speed."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw, UnsetType

MAX_TEXT: Final = 8 * 1024  # bytes of UTF-8 in any text
MAX_JSON: Final = 64 * 1024  # bytes of params, and of changes, as compact JSON
MAX_DEPTH: Final = 32  # levels of objects and arrays in params, itself included


class Row(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True, gc=False):
    """The columns of ``events``. What may be sent comes first ("An event as sent" in the reference), then ours.

    A field that is left out, or sent as null, takes the column's default. Times are text for the engine, in UTC.
    The order is the one in which most senders write: the reader looks for the next field behind the last.
    """

    id: str | None = None
    created: str | None = None
    source: str | None = None
    username: str
    user_ip: str | None = None
    event: str
    sub_event: str | None = None
    event_object: str | None = None
    comments: str | None = None
    request_uri: str | None = None
    params: Raw | UnsetType = UNSET
    outcome: str | None = None
    error: str | None = None
    object_type: str | None = None
    object_id: str | None = None
    changes: Raw | UnsetType = UNSET
    user_agent: str | None = None
    session_id: str | None = None
    request_id: str | None = None
    extension: str | None = None
    call_id: str | None = None
    reason: str | None = None
    on_behalf_of: str | None = None
    actor_type: str | None = None
    producer: str | None = None
    producer_seq: int | None = None

    tenant: str | UnsetType = UNSET
    seq: int | UnsetType = UNSET
    received_at: str | UnsetType = UNSET
    retention_class: str | UnsetType = UNSET
    epoch: int | UnsetType = UNSET
    desks: tuple[str, ...] | UnsetType = UNSET
    redactions: tuple[str, ...] | UnsetType = UNSET
    clock_skew_ms: int | UnsetType = UNSET


OURS: Final = ("tenant", "seq", "received_at", "retention_class", "epoch", "desks", "redactions", "clock_skew_ms")
TEXTS: Final = tuple(
    name
    for name, kind in Row.__annotations__.items()
    if name not in OURS and kind in (str, str | None) and name not in {"id", "created"}
)
SENT: Final = tuple(name for name in Row.__struct_fields__ if name not in OURS)

decode: Final = msgspec.json.Decoder(Row).decode
encode_lines: Final = msgspec.json.Encoder().encode_lines


def json_of(value: Mapping[str, Any] | tuple[Any, ...] | list[Any]) -> Raw:
    """Return a value of our own as compact JSON."""
    return Raw(msgspec.json.encode(value))
