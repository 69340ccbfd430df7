"""Open Cybersecurity Schema Framework 1.6.0: Authentication (3002) for signing in and out, else API Activity (6003).

OCSF has no class for listening to a call: a segment is API Activity of activity 99 (Other), named by its action, with
the agent as a resource. What has no place in the class is under ``unmapped``, so that nothing is lost.
"""

from typing import Any

from earwitness.deliver.mapping import PRODUCT, Item, reading
from earwitness.model import times
from earwitness.model.scope import SUPERVISION

VERSION = "1.6.0"
AUTHENTICATION, API_ACTIVITY = 3002, 6003
CATEGORIES = {
    AUTHENTICATION: (3, "Identity & Access Management", "Authentication"),
    API_ACTIVITY: (6, "Application Activity", "API Activity"),
}
VERB_IDS = {"create": (1, "Create"), "read": (2, "Read"), "update": (3, "Update"), "delete": (4, "Delete")}
STATUS = {"success": (1, "Success"), "failure": (2, "Failure"), "denied": (2, "Failure")}


def mapped(item: Item, stream: str) -> dict[str, Any]:
    """Return the item as an OCSF event."""
    what = reading.essence(item, stream)
    class_uid, activity_id, activity = _class(item, stream)
    category_uid, category, class_name = CATEGORIES[class_uid]
    status_id, status = STATUS.get(what.outcome, (0, "Unknown"))
    severe = what.outcome in ("failure", "denied")
    found: dict[str, Any] = {
        "activity_id": activity_id,
        "activity_name": activity,
        "category_uid": category_uid,
        "category_name": category,
        "class_uid": class_uid,
        "class_name": class_name,
        "type_uid": class_uid * 100 + activity_id,
        "type_name": f"{class_name}: {activity if activity_id != 99 else 'Other'}",
        "time": times.to_us(what.when) // 1000,
        "severity_id": 2 if severe else 1,
        "severity": "Low" if severe else "Informational",
        "status_id": status_id,
        "status": status,
        "status_detail": item.get("error"),
        "message": what.message,
        "metadata": _metadata(item, stream),
        "actor": {"user": _user(what), "session": {"uid": item.get("session_id")}},
        "src_endpoint": {"ip": what.ip},
        "http_request": {"url": {"path": item.get("request_uri")}, "user_agent": item.get("user_agent")},
    }
    if class_uid == AUTHENTICATION:
        found["user"] = _user(what)
        found["service"] = {"name": item["source"]}
    else:
        found["api"] = {
            "operation": what.name,
            "service": {"name": item.get("source")},
            "request": {"uid": item.get("request_id")},
        }
    found |= _segment(item) if stream == SUPERVISION else _event(item)
    if class_uid == AUTHENTICATION:
        found.pop("resources")  # the class has none; what the event is about is unmapped.event_object
    cleaned: dict[str, Any] = reading.without_empty(found)
    cleaned.setdefault("src_endpoint", {"name": str(item.get("pbx") or "unknown")})
    return cleaned


def _user(what: reading.Essence) -> dict[str, Any]:
    """Return a user of type User, or of type Unknown where nobody is named: the schema wants a name."""
    return {"name": what.user, "type_id": 1} if what.user else {"name": "unknown", "type_id": 0}


def _class(item: Item, stream: str) -> tuple[int, int, str]:
    if stream == SUPERVISION:
        return API_ACTIVITY, 99, str(item["action"]).capitalize()
    if reading.is_sign_in(item):
        return AUTHENTICATION, 1, "Logon"
    if reading.is_sign_out(item):
        return AUTHENTICATION, 2, "Logoff"
    return API_ACTIVITY, *VERB_IDS.get(reading.verb(item), (99, "Other"))


def _metadata(item: Item, stream: str) -> dict[str, Any]:
    return {
        "version": VERSION,
        "uid": item["id"],
        "tenant_uid": item.get("tenant"),
        "sequence": item.get("seq"),
        "log_name": stream,
        "logged_time": reading.millis(item["received_at"]) if item.get("received_at") else None,
        "original_time": item.get("created") or item.get("started_at"),
        "event_code": " ".join(str(v) for v in (item.get("event"), item.get("sub_event")) if v) or item.get("action"),
        "product": {"name": PRODUCT, "vendor_name": PRODUCT},
    }


EVENT_UNMAPPED = (
    *("event_object", "comments", "params", "changes", "on_behalf_of", "extension", "call_id", "reason", "desks"),
    *("actor_type", "redactions", "clock_skew_ms", "producer", "producer_seq"),
)
SEGMENT_UNMAPPED = (
    *("call_linkedid", "call_uniqueid", "cdr_id", "cdr_sequence", "queue", "customer_number", "talks_to", "end_reason"),
    *("end_inferred", "evidence", "outside_application", "reason", "breaches", "notified", "desks", "action"),
    *("session_id", "pbx", "manager", "agent"),
)


def _event(item: Item) -> dict[str, Any]:
    kind, _, uid = str(item.get("event_object") or "").partition(":")
    return {
        "resources": [{"type": item.get("object_type") or kind, "uid": item.get("object_id") or uid}] if kind else [],
        "unmapped": {name: item.get(name) for name in EVENT_UNMAPPED},
    }


def _segment(item: Item) -> dict[str, Any]:
    agent = reading.person(item, "agent")
    return {
        "start_time": reading.millis(item["started_at"]),
        "end_time": reading.millis(item["ended_at"]),
        "duration": item["duration_ms"],
        "resources": [
            {"type": "agent", "uid": agent["extension"], "name": agent["username"] or agent["name"] or "unknown"}
        ],
        "unmapped": {name: item.get(name) for name in SEGMENT_UNMAPPED},
    }
