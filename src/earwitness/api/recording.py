"""The description of the write door (``api.ingest``), for the document that describes the whole API."""

from typing import Any, Final

from earwitness.model.event import ACTOR_TYPES, OUTCOMES
from earwitness.model.segment import ACTIONS, END_REASONS, TALKS_TO, Person
from earwitness.record.row import MAX_JSON, MAX_TEXT

RECORDING: Final = frozenset({"/api/v1/events", "/api/v1/supervision"})  # POST goes to the write door
_TEXT: Final = {"type": "string", "maxLength": MAX_TEXT}

EVENT: Final[dict[str, dict[str, Any]]] = {
    "id": {"type": "string", "format": "uuid", "description": "Without one, sending again is not recognised."},
    "created": {"type": "string", "format": "date-time", "description": "RFC 3339 with zone; without it, now."},
    "source": _TEXT | {"description": "If the key allows several. `earwitness` and `asterisk` are reserved."},
    "username": _TEXT,
    "user_ip": {"type": "string", "description": "IPv4 or IPv6."},
    "event": _TEXT,
    "sub_event": _TEXT,
    "event_object": _TEXT,
    "comments": _TEXT,
    "request_uri": _TEXT,
    "params": {"type": "object", "description": f"Any JSON object up to {MAX_JSON // 1024} KiB, 32 levels."},
    "outcome": {"type": "string", "enum": list(OUTCOMES)},
    "error": _TEXT,
    "object_type": _TEXT,
    "object_id": _TEXT,
    "changes": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["path"],
            "properties": {"path": {"type": "string"}, "old": {}, "new": {}},
        },
    },
    "user_agent": _TEXT,
    "session_id": _TEXT,
    "request_id": _TEXT,
    "extension": _TEXT,
    "call_id": _TEXT,
    "reason": _TEXT,
    "on_behalf_of": _TEXT,
    "actor_type": {"type": "string", "enum": list(ACTOR_TYPES)},
    "producer": _TEXT,
    "producer_seq": {"type": "integer"},
}
_PERSON: Final = {
    "type": "object",
    "additionalProperties": False,
    "properties": dict.fromkeys(Person.__struct_fields__, _TEXT),
}
_MOMENT: Final = {"type": "string", "format": "date-time", "description": "RFC 3339 with zone."}
SEGMENT: Final[dict[str, dict[str, Any]]] = {
    "id": EVENT["id"],
    "session_id": {
        "type": "string",
        "format": "uuid",
        "description": "The session it belongs to; else one of its own.",
    },
    "source": EVENT["source"],
    "pbx": _TEXT,
    "action": {"type": "string", "enum": list(ACTIONS)},
    "talks_to": {"type": "string", "enum": list(TALKS_TO), "description": "Who hears the manager; else as usual."},
    "started_at": _MOMENT,
    "ended_at": _MOMENT,
    "manager": _PERSON | {"description": "Needs a username, a name or an extension."},
    "agent": _PERSON,
    "customer_number": _TEXT,
    "queue": _TEXT,
    "cdr_id": _TEXT,
    "cdr_sequence": {"type": "integer"},
    "call_uniqueid": _TEXT,
    "call_linkedid": _TEXT,
    "end_reason": {"type": "string", "enum": [reason.name for reason in END_REASONS]},
    "outside_application": {"type": "boolean"},
    "reason": _TEXT,
    "notified": {"type": "boolean"},
}
_SEGMENT_ONE: Final = {
    "type": "object",
    "required": ["action", "started_at", "ended_at", "manager"],
    "additionalProperties": False,
    "properties": SEGMENT,
}
_ONE: Final = {
    "type": "object",
    "required": ["username", "event"],
    "additionalProperties": False,
    "properties": EVENT,
}
_PLACE: Final = {"type": "integer", "description": "Place in the request, from 0."}
_ANSWER: Final = {
    "type": "object",
    "required": ["recorded", "duplicates", "rejected"],
    "properties": {
        "recorded": {"type": "integer"},
        "duplicates": {"type": "integer"},
        "rejected": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["index", "problem"],
                "properties": {"index": _PLACE, "id": {"type": ["string", "null"]}, "problem": {"type": "string"}},
            },
        },
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "index": _PLACE,
                    "id": {"type": "string"},
                    "seq": {"type": "integer"},
                    "status": {"type": "string", "enum": ["recorded", "duplicate"]},
                },
            },
        },
    },
}
_PROBLEMS: Final = {
    400: "Malformed",
    401: "No key, or one that is unknown or revoked",
    403: "The key may not write",
    413: "Over 64 MiB or 10,000 events, unpacked",
    415: "A content type or encoding that is not spoken here",
    429: "Too many at once: see Retry-After",
    503: "The log cannot take it now: see Retry-After",
}
_PROMISE: Final = (
    "Needs an `ingest` key. What is valid is recorded, what is not is named. An acknowledgement means:"
    " on the disk, with its place in the log (`seq`). Sending the same `id` again adds nothing."
)
_CALL: Final[dict[str, Any]] = {
    "description": _PROMISE,
    "security": [{"key": []}],
    "parameters": [
        {
            "in": "query",
            "name": "results",
            "schema": {"type": "string", "enum": ["none"]},
            "description": "`none` leaves `results` out.",
        },
        {
            "in": "header",
            "name": "Content-Encoding",
            "schema": {"type": "string", "enum": ["gzip", "zstd"]},
        },
    ],
    "responses": {
        200: {"description": "OK", "content": {"application/json": {"schema": _ANSWER}}},
        **{
            status: {
                "description": text,
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }
            for status, text in _PROBLEMS.items()
        },
    },
}


def _body(shape: str, noun: str) -> dict[str, Any]:
    one = {"$ref": f"#/components/schemas/{shape}"}
    many = {"type": "array", "maxItems": 10_000, "items": one}
    return {
        "required": True,
        "content": {
            "application/json": {"schema": {"oneOf": [one, many]}},
            "application/x-ndjson": {"schema": {"type": "string", "description": f"One {noun} a line."}},
        },
    }


_KEY: Final = "An API key: `Authorization: Bearer KEY`. A signed-in browser needs none."


def describe(schema: dict[str, Any]) -> None:
    """Put the calls of the write door into a description of the API, and how callers prove who they are."""
    schema["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer", "description": _KEY}}
    schema["security"] = [{"key": []}]
    for path, noun, shape, one, summary in (
        ("/events", "event", "EventToRecord", _ONE, "Record events"),
        ("/supervision", "segment", "SegmentToRecord", _SEGMENT_ONE, "Record finished segments"),
    ):
        schema["components"]["schemas"][shape] = one | {"title": shape}
        call = _CALL | {"operationId": f"record_{noun}s", "summary": summary, "tags": [f"{noun}s"]}
        for address, calls in schema["paths"].items():
            if address.endswith(path):
                calls["post"] = call | {"requestBody": _body(shape, noun)}
