"""Events about Earwitness itself: they are always taken, cut to size where they must be."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from earwitness.model.event import Change
from earwitness.record import addresses
from earwitness.record.ids import new_ids
from earwitness.record.row import MAX_JSON, MAX_TEXT, Row, json_of

SOURCE = "earwitness"
_TEXTS = frozenset(
    {
        "event_object",
        "comments",
        "request_uri",
        "user_ip",
        "outcome",
        "actor_type",
        "user_agent",
        "session_id",
        "request_id",
    }
)


def row(  # noqa: PLR0913 -- the fields of an event, each by name
    username: str,
    event: str,
    sub_event: str,
    *,
    params: Mapping[str, Any] | None,
    desks: Sequence[str],
    changes: Sequence[Change],
    **texts: str,
) -> Row:
    """Return the row of one of our own acts; raises TypeError for a text that an event does not have."""
    unknown = texts.keys() - _TEXTS
    if unknown:
        raise TypeError(f"an event of our own has no {', '.join(sorted(unknown))}")
    made = Row(id=new_ids(1)[0], source=SOURCE, username=_cut(username), event=event, sub_event=sub_event)
    for name, text in texts.items():
        setattr(made, name, _cut(text) or None)
    made.outcome = made.outcome or "success"
    made.user_ip = _address(made.user_ip)
    if params:
        made.params = _bounded(params)
    if changes:
        made.changes = _bounded(tuple(changes))
    if desks:
        made.desks = tuple(desks)
    return made


def _cut(text: str) -> str:
    """Return text that fits and can be kept: whole characters, no NUL, no lone surrogates."""
    clean = text.encode("utf-8", "replace").replace(b"\0", b"")
    return clean.decode() if len(clean) <= MAX_TEXT else clean[: MAX_TEXT - 3].decode("utf-8", "ignore") + "…"


def _address(text: str | None) -> str | None:
    try:
        return addresses.canonical(text) if text else None
    except addresses.AddressError:
        return None


def _bounded(value: Mapping[str, Any] | tuple[Any, ...]) -> msgspec.Raw:
    text = json_of(value)
    size = len(bytes(text))
    if size <= MAX_JSON:
        return text
    return json_of({"left_out": f"{size} bytes of JSON"} if isinstance(value, Mapping) else [])
