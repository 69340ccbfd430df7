"""Segments on their way into the log: from the collector as they are, from an application checked like an event."""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from earwitness.model.event import is_reserved
from earwitness.model.scope import SUPERVISION
from earwitness.model.segment import ACTIONS, END_REASONS, REPORTED, TALKS_TO, Evidence, Person, Segment
from earwitness.record import moments
from earwitness.record.ids import UUID_FORM, new_ids
from earwitness.record.intake import Intake, Sender
from earwitness.record.log import Log, Placed
from earwitness.record.naming import named_by_directory
from earwitness.record.problems import Rejected, RejectionError, explain, id_of, wrong_type
from earwitness.record.row import MAX_TEXT

_OURS = ("tenant", "seq", "received_at", "desks", "duration_ms")
_TYPES: dict[str, type] = {  # of the fields that are no text
    "manager": dict,
    "agent": dict,
    "cdr_sequence": int,
    "outside_application": bool,
    "notified": bool,
}
_REASONS = frozenset(reason.name for reason in END_REASONS)


class SegmentRow(Placed):
    """The columns of ``segments``. Times are text for the engine, in UTC."""

    id: str
    session_id: str
    source: str
    pbx: str
    action: str
    talks_to: str
    started_at: str
    ended_at: str
    duration_ms: int
    manager_username: str = ""
    manager_name: str = ""
    manager_extension: str = ""
    manager_channel: str = ""
    agent_username: str = ""
    agent_name: str = ""
    agent_extension: str = ""
    agent_channel: str = ""
    desks: tuple[str, ...] = ()
    customer_number: str = ""
    queue: str = ""
    cdr_id: str = ""
    cdr_sequence: int | None = None
    call_uniqueid: str = ""
    call_linkedid: str = ""
    end_reason: str = ""
    end_inferred: bool = False
    evidence_start: str = ""
    evidence_mode: str = ""
    evidence_end: str = ""
    outside_application: bool | None = None
    reason: str = ""
    notified: bool = False


class Reported(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A finished segment as an application reports it; every text may be left out but the times and the action."""

    action: str
    started_at: str
    ended_at: str
    id: str | None = None
    session_id: str | None = None
    source: str | None = None
    pbx: str = ""
    talks_to: str | None = None
    manager: Person = Person()
    agent: Person = Person()
    customer_number: str = ""
    queue: str = ""
    cdr_id: str = ""
    cdr_sequence: int | None = None
    call_uniqueid: str = ""
    call_linkedid: str = ""
    end_reason: str = ""
    outside_application: bool | None = None
    reason: str = ""
    notified: bool = False


def _same(row: Any, recorded: tuple[Any, ...], _without_created: bool) -> bool:
    action, started_at = recorded
    return bool(row.action == action and dt.datetime.fromisoformat(row.started_at) == started_at.replace(tzinfo=None))


def _same_sent(row: Any, other: Any, _without_created: bool) -> bool:
    return bool((row.action, row.started_at) == (other.action, other.started_at))


SEGMENTS = Log(
    table="segments",
    stream=SUPERVISION,
    identity=("action", "started_at"),
    same=_same,
    same_sent=_same_sent,
    encode=msgspec.json.Encoder().encode_lines,
)


def row_of(segment: Segment, sender: Sender) -> SegmentRow:
    """Return the row of a segment; desks are those of its agent at that time, where it brings none."""
    desks = segment.desks
    if not desks and sender.desks_at and segment.agent.username:
        desks = tuple(sender.desks_at(sender.tenant, segment.agent.username, segment.started_at))
    lasted = segment.ended_at - segment.started_at
    return SegmentRow(
        id=segment.id.lower(),
        session_id=_as_uuid(segment.session_id),
        source=segment.source,
        pbx=segment.pbx,
        action=segment.action,
        talks_to=segment.talks_to,
        started_at=moments.for_engine(segment.started_at),
        ended_at=moments.for_engine(segment.ended_at),
        duration_ms=max(lasted // dt.timedelta(milliseconds=1), 0),
        **{f"manager_{name}": getattr(segment.manager, name) for name in Person.__struct_fields__},
        **{f"agent_{name}": getattr(segment.agent, name) for name in Person.__struct_fields__},
        desks=desks,
        customer_number=segment.customer_number,
        queue=segment.queue,
        cdr_id=segment.cdr_id,
        cdr_sequence=segment.cdr_sequence,
        call_uniqueid=segment.call_uniqueid,
        call_linkedid=segment.call_linkedid,
        end_reason=segment.end_reason,
        end_inferred=segment.end_inferred,
        **{f"evidence_{name}": getattr(segment.evidence, name) for name in Evidence.__struct_fields__},
        outside_application=segment.outside_application,
        reason=sender.redactor.text(segment.reason),
        notified=segment.notified,
    )


def _as_uuid(text: str) -> str:
    """Return a session's id as a UUID: its own, or one made of it, always the same."""
    return text.lower() if UUID_FORM.fullmatch(text) else str(uuid.uuid5(uuid.NAMESPACE_OID, text))


def take_in(
    lines: Sequence[bytes], sender: Sender, place: Callable[[int], str] = lambda _index: "the segment"
) -> Intake:
    """Read and check segments that an application reports, one JSON text each. Never raises for anything sent."""
    taken = Intake()
    for index, line in enumerate(lines):
        given: str | None = None
        try:
            sent = _decoded(line, place(index))
            given = id_of(sent)
            segment = _checked(_read(sent), sender)
            if sender.person_at is not None:
                segment = named_by_directory(segment, sender.person_at)
            taken.rows.append(row_of(segment, sender))
            taken.places.append(index)
        except RejectionError as rejection:
            taken.rejected.append(Rejected(index, given, str(rejection)))
    return taken


def _decoded(line: bytes, place: str) -> dict[str, Any]:
    try:
        sent = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        word, _, sentence = explain(line, fault, place)[1].partition(": ")
        raise RejectionError(word, sentence) from None
    if not isinstance(sent, dict):
        raise RejectionError("malformed", f"{place} is not an object")
    return sent


def _read(sent: dict[str, Any]) -> Reported:
    """Return what was sent with its fields in place; raises RejectionError that names the first wrong one."""
    _check_names(sent)
    told = {name: value for name, value in sent.items() if value is not None}
    for name, value in told.items():
        wanted = _TYPES.get(name, str)
        if wrong := wrong_type(value, wanted):
            raise RejectionError("wrong-type", f"{name} {wrong}")
        if wanted is dict:
            told[name] = _person(name, value)
    for name, text in _texts(told):
        if "\0" in text:
            raise RejectionError("bad-text", f"{name} holds the character NUL")
        if len(text.encode()) > MAX_TEXT:
            raise RejectionError("too-long", f"{name} is longer than 8 KiB")
    try:
        return msgspec.convert(told, Reported)
    except msgspec.ValidationError as error:
        raise RejectionError("wrong-type", str(error).replace("`", "").replace("$.", "")) from None


def _check_names(sent: dict[str, Any]) -> None:
    for name in sent:
        if name in _OURS:
            raise RejectionError("unknown-field", f"{name} is set by Earwitness itself: leave it out")
        if name not in Reported.__struct_fields__:
            raise RejectionError("unknown-field", f"{name[:100]} is not a field of a segment")
    for name in ("action", "started_at", "ended_at"):
        if sent.get(name) is None:
            raise RejectionError("missing-field", f"{name} is missing")


def _person(place: str, sent: dict[str, Any]) -> dict[str, Any]:
    """Return manager or agent without what is null; raises RejectionError that names a field that is none."""
    for name, value in sent.items():
        if name not in Person.__struct_fields__:
            raise RejectionError("unknown-field", f"{place}.{name[:100]} is not a field of a segment")
        if value is not None and (wrong := wrong_type(value, str)):
            raise RejectionError("wrong-type", f"{place}.{name} {wrong}")
    return {name: value for name, value in sent.items() if value is not None}


def _texts(sent: dict[str, Any]) -> list[tuple[str, str]]:
    """Return (name of the field, text) for each text, also of manager and agent."""
    found: list[tuple[str, str]] = []
    for name, value in sent.items():
        if isinstance(value, dict):
            found += [(f"{name}.{inner}", text) for inner, text in _texts(value)]
        elif isinstance(value, str):
            found.append((name, value))
    return found


# What is kept as it was sent; the rest is checked, or made.
_AS_SENT = (
    *("pbx", "manager", "agent", "customer_number", "queue", "cdr_id", "cdr_sequence", "call_uniqueid"),
    *("call_linkedid", "end_reason", "outside_application", "reason", "notified"),
)


def _checked(reported: Reported, sender: Sender) -> Segment:
    """Return what an application reported as a segment; raises RejectionError for what cannot be."""
    started, ended = (_moment(reported, name, sender) for name in ("started_at", "ended_at"))
    if ended < started:
        raise RejectionError("bad-time", "ended_at lies before started_at")
    _demand_values(reported)
    own = reported.id or new_ids(1)[0]
    return Segment(
        id=own,
        session_id=reported.session_id or own,
        tenant=sender.tenant,
        source=_source(reported, sender),
        action=reported.action,
        talks_to=reported.talks_to or _TALKS_TO.get(reported.action, ""),
        started_at=started,
        ended_at=ended,
        evidence=Evidence(start=REPORTED, mode=REPORTED, end=REPORTED),
        **{name: getattr(reported, name) for name in _AS_SENT},
    )


_TALKS_TO = {"listen": "nobody", "whisper": "agent", "barge": "both"}  # where the application does not say


def _source(reported: Reported, sender: Sender) -> str:
    source = reported.source or sender.source
    if is_reserved(source):
        raise RejectionError("bad-source", f"source {source} is reserved")
    if sender.sources is not None and source not in sender.sources:
        raise RejectionError("bad-source", f"source {source[:100]!r} is not one that this key may write")
    return source


def _demand_values(reported: Reported) -> None:
    """Raise RejectionError for a value that none of its kind can have."""
    _one_of("action", reported.action, ACTIONS)
    if reported.talks_to:
        _one_of("talks_to", reported.talks_to, TALKS_TO)
    if reported.end_reason:
        _one_of("end_reason", reported.end_reason, sorted(_REASONS))
    if reported.cdr_sequence is not None and not -(2**63) <= reported.cdr_sequence < 2**63:
        raise RejectionError("wrong-value", "cdr_sequence must be a whole number of 64 bits")
    for name in ("id", "session_id"):
        given = getattr(reported, name)
        if given is not None and not UUID_FORM.fullmatch(given):
            raise RejectionError("bad-id", f"{name} must be a UUID")
    if not (reported.manager.username or reported.manager.extension or reported.manager.name):
        raise RejectionError("missing-field", "manager needs a username, a name or an extension")


def _moment(reported: Reported, name: str, sender: Sender) -> dt.datetime:
    try:
        return moments.parse(getattr(reported, name), sender.now)
    except moments.MomentError as bad:
        raise RejectionError("bad-time", f"{name} {bad}") from None


def _one_of(name: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise RejectionError("wrong-value", f"{name} must be one of {', '.join(allowed)}")
