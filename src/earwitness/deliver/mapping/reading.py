"""What every mapping asks of an item: its moment, its people, what was done and how it ended."""

import datetime as dt
import ipaddress
from typing import Any, NamedTuple

from earwitness.deliver.mapping import Item
from earwitness.model import times
from earwitness.model.scope import SUPERVISION

SIGN_INS = frozenset({"login", "sign_in", "signin", "logon"})
SIGN_OUTS = frozenset({"logout", "sign_out", "signout", "logoff"})
VERBS = {
    "create": ("create", "add", "new", "import"),
    "read": ("view", "read", "search", "download", "export", "play", "open"),
    "update": ("update", "change", "edit", "set", "rename", "enable", "disable", "grant", "revoke", "reset"),
    "delete": ("delete", "remove", "erase", "clear"),
}


class Essence(NamedTuple):
    """The part of an item that mappings share. Texts that are not known are empty; ``severity`` is 1 to 10 (CEF)."""

    when: dt.datetime
    name: str
    outcome: str
    user: str
    ip: str
    message: str
    severity: int


def moment(text: str) -> dt.datetime:
    """Return RFC 3339 text as an aware moment."""
    return dt.datetime.fromisoformat(text)


def millis(text: str) -> int:
    """Return RFC 3339 text as whole milliseconds since 1970."""
    return times.to_us(moment(text)) // 1000


def address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return an address, IPv4 where it is one in the clothes of IPv6; None where there is none."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    found = mapped or found
    return None if found.is_unspecified else found


def verb(item: Item) -> str:
    """Return create, read, update, delete or the empty text: what sort of act the event's names tell of."""
    words = f"{item.get('sub_event', '')}_{item.get('event', '')}".lower().replace("-", "_").split("_")
    return next((kind for word in words for kind, known in VERBS.items() if word in known), "")


def is_sign_in(item: Item) -> bool:
    """Whether the event is somebody signing in, or trying to."""
    return any(name in SIGN_INS or name.startswith(("login_", "sign_in_")) for name in _names(item))


def is_sign_out(item: Item) -> bool:
    """Whether the event is somebody signing out."""
    return any(name in SIGN_OUTS for name in _names(item))


def _names(item: Item) -> tuple[str, str]:
    return (str(item.get("event", "")).lower(), str(item.get("sub_event", "")).lower())


def person(item: Item, who: str) -> dict[str, str]:
    """Return the manager or agent of a segment: username, name, extension, channel."""
    found = item.get(who) or {}
    return {key: str(found.get(key) or "") for key in ("username", "name", "extension", "channel")}


def essence(item: Item, stream: str) -> Essence:
    """Return what mappings share."""
    if stream == SUPERVISION:
        manager, agent = person(item, "manager"), person(item, "agent")
        seconds = int(item.get("duration_ms") or 0) / 1000
        return Essence(
            when=moment(item["started_at"]),
            name=f"supervision {item['action']}",
            outcome="success",
            user=manager["username"] or manager["name"] or manager["extension"],
            ip="",
            message=f"{called(manager)} {ACTS[item['action']]} {called(agent)} for {seconds:.1f} s",
            severity=5 if item["action"] == "barge" else 4,
        )
    outcome = str(item.get("outcome") or "unknown")
    parts = [item["event"], item.get("sub_event"), item.get("event_object"), item.get("comments")]
    return Essence(
        when=moment(item["created"]),
        name=" ".join(str(part) for part in parts[:2] if part),
        outcome=outcome,
        user=str(item.get("username") or ""),
        ip=str(address(str(item.get("user_ip") or "")) or ""),
        message=" ".join(str(part) for part in parts if part),
        severity={"denied": 6, "failure": 5}.get(outcome, 3),
    )


ACTS = {
    "listen": "listened to",
    "whisper": "whispered to",
    "barge": "barged into a call of",
    "unknown": "supervised a call of",
}


def called(somebody: dict[str, str]) -> str:
    """Return how a sentence names a manager or agent."""
    return somebody["username"] or somebody["name"] or somebody["extension"] or "somebody"


def without_empty(value: Any) -> Any:
    """Return a JSON value without members that are None, empty text, empty lists or empty objects."""
    if isinstance(value, dict):
        kept = {key: without_empty(part) for key, part in value.items()}
        return {key: part for key, part in kept.items() if part not in (None, "", [], {})}
    return value
