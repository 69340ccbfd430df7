"""The columns of both streams as SQL: as they are stored, and as a caller may see them."""

from collections.abc import Callable
from functools import cache
from typing import Final, NamedTuple

from earwitness.model.scope import ACTIVITY
from earwitness.search import masking

# Texts in which telephone numbers are masked, JSON in which they are, and columns that hold nothing but a number.
MASKED_TEXTS: Final = frozenset(
    {
        "username",
        "on_behalf_of",
        "event_object",
        "object_id",
        "comments",
        "request_uri",
        "error",
        "user_agent",
        "session_id",
        "request_id",
        "extension",
        "call_id",
        "reason",
        "manager_username",
        "manager_name",
        "manager_extension",
        "manager_channel",
        "agent_username",
        "agent_name",
        "agent_extension",
        "agent_channel",
        "queue",
        "cdr_id",
        "call_uniqueid",
        "call_linkedid",
        "evidence_start",
        "evidence_mode",
        "evidence_end",
    }
)
MASKED_JSON: Final = frozenset({"params", "changes"})
MASKED_NUMBERS: Final = frozenset({"customer_number"})
UUIDS: Final = {ACTIVITY: frozenset({"id"}), "supervision": frozenset({"id", "session_id"})}
ARRAYS: Final = frozenset({"desks", "redactions", "breaches"})

_IP_TEXT: Final = (
    "multiIf(user_ip = toIPv6('::'), '', startsWith(toString(user_ip), '::ffff:'),"
    " substring(toString(user_ip), 8), toString(user_ip))"
)
# object_type and object_id as sent; where neither was, event_object is split at its first colon.
_SPLIT: Final = "object_type = '' AND object_id = '' AND position(event_object, ':') > 0"
_OBJECT_TYPE: Final = f"if({_SPLIT}, splitByChar(':', event_object, 1)[1], toString(object_type))"
_OBJECT_ID: Final = f"if({_SPLIT}, substring(event_object, position(event_object, ':') + 1), object_id)"
_DERIVED: Final = {"user_ip": _IP_TEXT, "object_type": _OBJECT_TYPE, "object_id": _OBJECT_ID}


class Stream(NamedTuple):
    """table: where the rows are; time: the column by which they are ordered, before seq."""

    name: str
    table: str
    time: str


EVENTS: Final = Stream(ACTIVITY, "events", "created")
SEGMENTS: Final = Stream("supervision", "segments", "started_at")
BY_NAME: Final = {stream.name: stream for stream in (EVENTS, SEGMENTS)}


class Columns(NamedTuple):
    """The columns of a stream as one caller may see them."""

    stream: Stream
    masked: bool

    def shown(self, name: str) -> str:
        """Return SQL for a column as it may be shown: text, JSON text, number, moment or array."""
        expression = _DERIVED.get(name, name)
        if name in UUIDS[self.stream.name]:
            return f"toString({name})"
        if not self.masked:
            return expression
        return _masked(name, expression)

    def masks(self, name: str) -> bool:
        """Whether this caller sees a column masked."""
        return self.masked and name in MASKED_TEXTS | MASKED_JSON | MASKED_NUMBERS and not self._is_uuid(name)

    def _is_uuid(self, name: str) -> bool:
        return name in UUIDS[self.stream.name]


@cache
def _masked(name: str, expression: str) -> str:
    ways: tuple[tuple[frozenset[str], Callable[[str], str]], ...] = (
        (MASKED_TEXTS, masking.sql),
        (MASKED_JSON, masking.sql_json),
        (MASKED_NUMBERS, masking.sql_whole),
    )
    for names, way in ways:
        if name in names:
            return way(expression)
    return expression
