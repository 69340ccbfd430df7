"""The columns of both streams as SQL: as they are stored, and as a caller may see them."""

from collections.abc import Callable
from functools import cache
from typing import Any, Final, NamedTuple

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
    """table: where the rows are, as they were recorded; time: the column by which they are ordered, before seq;
    derived: what ``*`` leaves out of the columns that may be asked."""

    name: str
    table: str
    time: str
    derived: str = ""


EVENTS: Final = Stream(ACTIVITY, "events", "created", ", search_text, search_words")
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
        return self.shown_as(name, expression)

    def shown_as(self, name: str, expression: str) -> str:
        """Return SQL for a value of a column, given as another expression, as it may be shown."""
        way = self._way(name)
        return way.sql(expression) if way else expression

    def mask(self, name: str, value: Any) -> Any:
        """Return a value as ``shown`` has it."""
        way = self._way(name)
        return way.python(value) if way else value

    def masks(self, name: str) -> bool:
        """Whether this caller sees a column masked."""
        return self._way(name) is not None

    def _way(self, name: str) -> "Way | None":
        if not self.masked or name in UUIDS[self.stream.name]:
            return None
        return next((way for names, way in _WAYS if name in names), None)


class Way(NamedTuple):
    """How a column is masked: SQL for an expression, and the same in Python for a value."""

    sql: Callable[[str], str]
    python: Callable[[str], str]


_WAYS: Final = (
    (MASKED_TEXTS, Way(cache(masking.sql), masking.mask)),
    (MASKED_JSON, Way(cache(masking.sql_json), masking.mask_json)),
    (MASKED_NUMBERS, Way(masking.sql_whole, masking.mask_whole)),
)
