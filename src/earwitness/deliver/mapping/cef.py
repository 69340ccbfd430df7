"""ArcSight Common Event Format, version 0: one line of text.

Header fields escape backslash and pipe; extension values escape backslash, equals sign and line ends (ArcSight CEF
Implementation Standard). Control characters that remain become spaces: a value cannot start a second line.
"""

import re

from earwitness import __version__
from earwitness.deliver.mapping import PRODUCT, Item, reading
from earwitness.model import times
from earwitness.model.scope import SUPERVISION

_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


def head(text: str) -> str:
    """Return text as it may stand in the header."""
    return _CONTROL.sub(" ", text).replace("\\", "\\\\").replace("|", "\\|")


def value(text: str) -> str:
    """Return text as it may stand behind an equals sign."""
    text = (
        text.replace("\\", "\\\\").replace("=", "\\=").replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\r")
    )
    return _CONTROL.sub(" ", text)


def mapped(item: Item, stream: str) -> str:
    """Return the item as one CEF line without its end."""
    what = reading.essence(item, stream)
    signature = what.name.replace(" ", ".") or stream
    fields = ("CEF:0", PRODUCT, PRODUCT, __version__, head(signature), head(what.name or stream), str(what.severity))
    pairs = _common(item, what) + (_segment(item) if stream == SUPERVISION else _event(item))
    return "|".join(fields) + "|" + " ".join(f"{key}={value(text)}" for key, text in pairs if text)


def _common(item: Item, what: reading.Essence) -> list[tuple[str, str]]:
    found = reading.address(what.ip)
    return [
        ("rt", str(times.to_us(what.when) // 1000)),
        ("externalId", str(item["id"])),
        ("suser", what.user),
        ("src" if found is None or found.version == 4 else "c6a2", what.ip),
        ("c6a2Label", "Source IPv6 Address" if found is not None and found.version == 6 else ""),
        ("outcome", what.outcome),
        ("msg", what.message),
        *_labelled("cn1", "seq", str(item.get("seq") or "")),
        *_labelled("cs1", "tenant", str(item.get("tenant") or "")),
    ]


def _event(item: Item) -> list[tuple[str, str]]:
    return [
        ("cat", "activity"),
        ("act", str(item.get("sub_event") or item["event"])),
        ("request", str(item.get("request_uri") or "")),
        ("requestClientApplication", str(item.get("user_agent") or "")),
        ("reason", str(item.get("reason") or item.get("error") or "")),
        *_labelled("cs2", "object", str(item.get("event_object") or "")),
        *_labelled("cs3", "source", str(item.get("source") or "")),
        *_labelled("cs4", "call", str(item.get("call_id") or "")),
        *_labelled("cs5", "session", str(item.get("session_id") or "")),
    ]


def _segment(item: Item) -> list[tuple[str, str]]:
    agent = reading.person(item, "agent")
    return [
        ("cat", "supervision"),
        ("act", str(item["action"])),
        ("duser", agent["username"] or agent["name"] or agent["extension"]),
        ("start", str(reading.millis(item["started_at"]))),
        ("end", str(reading.millis(item["ended_at"]))),
        ("reason", str(item.get("reason") or "")),
        *_labelled("cn2", "durationMs", str(item["duration_ms"])),
        *_labelled("cs2", "agentExtension", agent["extension"]),
        *_labelled("cs3", "pbx", str(item.get("pbx") or "")),
        *_labelled("cs4", "call", str(item.get("call_linkedid") or "")),
        *_labelled("cs5", "session", str(item["session_id"])),
        *_labelled("cs6", "queue", str(item.get("queue") or "")),
    ]


def _labelled(key: str, label: str, text: str) -> list[tuple[str, str]]:
    return [(key, text), (f"{key}Label", label)] if text else []
