"""Why an event was not recorded: one sentence, with a stable word in front, that names the field."""

import json
from typing import Any

import msgspec

from earwitness.record.row import OURS, SENT

_KINDS = {
    str: "text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "an array",
    dict: "an object",
    type(None): "null",
}


class Rejected(msgspec.Struct, frozen=True):
    """index: place of the event in the request, from 0; id: the id it was sent with, if it is text; problem: why."""

    index: int
    id: str | None
    problem: str


class RejectionError(ValueError):
    """Raised for an event that may not be recorded; the message is what the sender is told."""

    def __init__(self, word: str, sentence: str) -> None:
        super().__init__(f"{word}: {sentence}")


_DEEP = "too-deep: {} nests objects and arrays too deep (at most 32 levels in params)"


def explain(line: bytes, error: Exception, place: str) -> tuple[str | None, str]:
    """Return the id, if there is one, and the problem of an event that could not be read.

    place: how the sender finds the event (``line 7``); error: what the decoder said.
    """
    if isinstance(error, RecursionError):
        return None, _DEEP.format(place)
    try:
        sent = msgspec.json.decode(line)
    except RecursionError:
        return None, _DEEP.format(place)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        return _unreadable(line, fault, place)
    if not isinstance(sent, dict):
        return None, f"malformed: {place} is {_KINDS[type(sent)]}, not an object"
    return id_of(sent), _wrong_field(sent)


def id_of(sent: dict[str, Any]) -> str | None:
    """Return the id that an event was sent with, if it is text that can be shown."""
    given = sent.get("id")
    return given[:100] if isinstance(given, str) and given.isprintable() else None


def _unreadable(line: bytes, fault: Exception, place: str) -> tuple[str | None, str]:
    if b"\x00" in line:
        return None, f"malformed: {place} holds the character NUL"
    try:
        line.decode()
    except UnicodeDecodeError as where:
        half = line[where.start : where.start + 1] == b"\xed"
        what = "half a character (a lone surrogate)" if half else "bytes that are not UTF-8"
        return None, f"malformed: {place} holds {what} at byte {where.start + 1}"
    halved = _halved(line)
    if halved:
        return halved
    reason = str(fault).removeprefix("JSON is malformed: ")
    if "truncated" in reason:
        reason = "it ends too early"
    return None, f"malformed: {place} is not JSON: {reason}"


def _halved(line: bytes) -> tuple[str | None, str] | None:
    """Return the id and the problem if a lone surrogate is the fault: the fast reader stops there without a word."""
    try:
        sent = json.loads(line)
    except (ValueError, RecursionError):
        return None
    fields = sent.items() if isinstance(sent, dict) else [("the event", sent)]
    for name, value in fields:
        text = json.dumps([name, value], ensure_ascii=False)
        if any("\ud800" <= character <= "\udfff" for character in text):
            field = name.encode("ascii", "replace").decode()[:100]
            given = id_of(sent) if isinstance(sent, dict) else None
            return given, f"bad-text: {field} holds half a character (a lone surrogate)"
    return None


def wrong_type(value: object, wanted: type) -> str:
    """Return what to say of a JSON value that should be of another type (text, int, bool, list, dict), else nothing."""
    if isinstance(value, wanted) and not (wanted is int and isinstance(value, bool)):
        return ""
    if wanted is int and isinstance(value, float):
        return "must be a whole number"
    return f"must be {_KINDS[wanted]}, not {_KINDS[type(value)]}"


def _wrong_field(sent: dict[str, object]) -> str:
    for name in sent:
        if name in OURS and name in {"tenant", "seq", "received_at", "desks", "redactions"}:
            return f"unknown-field: {name} is set by Earwitness itself: leave it out"
        if name not in SENT:
            return f"unknown-field: {name[:100]} is not a field of an event"
    for name in ("username", "event"):
        if sent.get(name) is None:
            return f"missing-field: {name} is missing"
    for name, value in sent.items():
        wanted = {"params": dict, "changes": list, "producer_seq": int}.get(name, str)
        if value is not None and (wrong := wrong_type(value, wanted)):
            return f"wrong-type: {name} {wrong}"
    return "malformed: the event cannot be read"
