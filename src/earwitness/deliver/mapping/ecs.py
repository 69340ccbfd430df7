"""Elastic Common Schema 8.17; what it has no field for is under ``earwitness``."""

from typing import Any

from earwitness.deliver.mapping import PRODUCT, Item, reading
from earwitness.model.scope import SUPERVISION

VERSION = "8.17.0"
OUTCOMES = {"success": "success", "failure": "failure", "denied": "failure"}
TYPES = {"create": "creation", "read": "access", "update": "change", "delete": "deletion"}


def mapped(item: Item, stream: str) -> dict[str, Any]:
    """Return the item as an ECS document."""
    what = reading.essence(item, stream)
    people = [what.user]
    found: dict[str, Any] = {
        "@timestamp": item.get("created") or item.get("started_at"),
        "ecs": {"version": VERSION},
        "message": what.message,
        "event": {
            "kind": "event",
            "id": item["id"],
            "sequence": item.get("seq"),
            "ingested": item.get("received_at"),
            "action": what.name,
            "outcome": OUTCOMES.get(what.outcome, "unknown"),
            "dataset": f"earwitness.{stream}",
            "module": "earwitness",
            "provider": item.get("source"),
            "reason": item.get("reason"),
            "severity": what.severity,
        },
        "organization": {"id": item.get("tenant")},
        "observer": {"vendor": PRODUCT, "product": PRODUCT, "type": "audit"},
        "source": {"ip": what.ip, "address": what.ip},
        "user": {"name": what.user},
    }
    if stream == SUPERVISION:
        agent = reading.person(item, "agent")
        people.append(agent["username"] or agent["name"])
        found["event"] |= {
            "category": ["session"],
            "type": ["info"],
            "start": item["started_at"],
            "end": item["ended_at"],
            "duration": int(item["duration_ms"]) * 1_000_000,
        }
        found["user"]["target"] = {"name": agent["username"], "full_name": agent["name"], "id": agent["extension"]}
        found["earwitness"] = _rest(item, _SEGMENT)
    else:
        found["event"] |= _categories(item)
        found["error"] = {"message": item.get("error")}
        found["url"] = {"original": item.get("request_uri")}
        found["user_agent"] = {"original": item.get("user_agent")}
        found["earwitness"] = _rest(item, _EVENT)
    found["related"] = {"user": sorted({name for name in people if name}), "ip": [what.ip] if what.ip else []}
    cleaned: dict[str, Any] = reading.without_empty(found)
    return cleaned


def _categories(item: Item) -> dict[str, list[str]]:
    if reading.is_sign_in(item):
        return {"category": ["authentication"], "type": ["start"]}
    if reading.is_sign_out(item):
        return {"category": ["authentication"], "type": ["end"]}
    kind = reading.verb(item)
    category = "configuration" if kind in ("create", "update", "delete") else "web"
    return {"category": [category], "type": [TYPES.get(kind, "info")]}


_EVENT = (
    "event_object",
    "comments",
    "params",
    "changes",
    "on_behalf_of",
    "actor_type",
    "extension",
    "call_id",
    "desks",
    "session_id",
    "request_id",
    "redactions",
    "clock_skew_ms",
)
_SEGMENT = (
    "session_id",
    "action",
    "talks_to",
    "manager",
    "agent",
    "customer_number",
    "queue",
    "call_uniqueid",
    "call_linkedid",
    "cdr_id",
    "end_reason",
    "end_inferred",
    "pbx",
    "desks",
)


def _rest(item: Item, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: item.get(name) for name in names}
