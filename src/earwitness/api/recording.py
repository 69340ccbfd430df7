"""The description of the write door (``api.ingest``), for the document that describes the whole API."""

from typing import Any, Final

from earwitness.model.event import ACTOR_TYPES, OUTCOMES
from earwitness.record.row import MAX_JSON, MAX_TEXT

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
_EVENTS: Final[dict[str, Any]] = {
    "operationId": "record_events",
    "summary": "Record events",
    "description": "Needs an `ingest` key. What is valid is recorded, what is not is named. An acknowledgement means:"
    " on the disk, with its place in the log (`seq`). Sending the same `id` again adds nothing.",
    "tags": ["events"],
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
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "oneOf": [
                        {"$ref": "#/components/schemas/EventToRecord"},
                        {"type": "array", "maxItems": 10_000, "items": {"$ref": "#/components/schemas/EventToRecord"}},
                    ]
                }
            },
            "application/x-ndjson": {"schema": {"type": "string", "description": "One event a line."}},
        },
    },
    "responses": {
        200: {"description": "OK", "content": {"application/json": {"schema": _ANSWER}}},
        **{
            status: {"description": text, "content": {"application/problem+json": {"schema": {"type": "object"}}}}
            for status, text in _PROBLEMS.items()
        },
    },
}


_KEY: Final = "An API key: `Authorization: Bearer KEY`. A signed-in browser needs none."


def describe(schema: dict[str, Any]) -> None:
    """Put the calls of the write door into a description of the API, and how callers prove who they are."""
    schema["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer", "description": _KEY}}
    schema["security"] = [{"key": []}]
    schema["components"]["schemas"]["EventToRecord"] = _ONE | {"title": "EventToRecord"}
    for path, calls in schema["paths"].items():
        if path.endswith("/events"):
            calls["post"] = _EVENTS
