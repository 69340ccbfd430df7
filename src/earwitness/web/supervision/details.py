"""What opens under a segment: how it is known, who and what took part, and where to look next."""

import json
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString

from earwitness.model.segment import REPORTED, Person, Segment
from earwitness.search import items
from earwitness.web.logs.addresses import Address
from earwitness.web.logs.forms import Form, with_value
from earwitness.web.logs.moments import moment
from earwitness.web.supervision import sessions
from earwitness.web.supervision.asked import PATH

Fact = tuple[str, str | SafeString]
HEARS = {
    "nobody": "Nobody: the manager only listens",
    "agent": "The agent alone",
    "customer": "The customer alone",
    "both": "Agent and customer",
    "": "Not known",
}


def context(segment: Segment, form: Form, zone: ZoneInfo) -> dict[str, Any]:
    """Return what the details of a segment show. zone: in which times are shown."""
    return {
        "segment": segment,
        "evidence": evidence(segment),
        "facts": facts(segment, zone),
        "pivots": pivots(segment, form),
        "raw": json.dumps(json.loads(items.to_json(items.item(segment))), ensure_ascii=False, indent=2),
    }


def evidence(segment: Segment) -> list[tuple[str, str, str]]:
    """Return [(what, in words, the wire event that told it)] for start, mode and end."""
    label = sessions.LABELS.get(segment.action, segment.action)
    mode = f"{label}." if segment.action != "unknown" else "Not known: nothing on the wire told it."
    end = sessions.ENDED_BY.get(segment.end_reason, segment.end_reason) or "Not known."
    inferred = " No event told it; it was inferred." if segment.end_inferred else ""
    return [
        ("Start", _told(segment.evidence.start), segment.evidence.start),
        ("Mode", mode, segment.evidence.mode),
        ("End", end + inferred, segment.evidence.end),
    ]


def _told(evidence: str) -> str:
    if evidence.startswith(REPORTED):
        return "An application told it."
    return "The switch told it." if evidence else "Not heard."


def facts(segment: Segment, zone: ZoneInfo) -> list[Fact]:
    """Return [(label, value)] of what the row has no column for; nothing that is empty."""
    begun = {True: "Dialled on a phone", False: "Started by an application", None: ""}[segment.outside_application]
    found: list[Fact] = [
        ("Who hears the manager", HEARS.get(segment.talks_to, segment.talks_to)),
        ("Begun", begun),
        ("Manager", _person(segment.manager)),
        ("Agent", _person(segment.agent)),
        ("Desks", ", ".join(segment.desks)),
        ("Ended", moment(segment.ended_at, zone)),
        ("Switch", segment.pbx),
        ("Source", segment.source),
        ("Uniqueid", segment.call_uniqueid),
        ("Linkedid", segment.call_linkedid),
        ("CDR sequence", "" if segment.cdr_sequence is None else str(segment.cdr_sequence)),
        ("Place in the log", f"{segment.seq:,}" if segment.seq is not None else ""),
        ("Recorded", moment(segment.received_at, zone) if segment.received_at else ""),
    ]
    return [(label, value) for label, value in found if value]


def main_facts(segment: Segment, zone: ZoneInfo) -> list[Fact]:
    """Return [(label, value)] of the columns of the list."""
    found: list[Fact] = [
        (f"Started ({zone.key})", moment(segment.started_at, zone)),
        ("Manager", sessions.with_extension(segment.manager)),
        ("Action", sessions.LABELS.get(segment.action, segment.action)),
        ("Agent", sessions.with_extension(segment.agent)),
        ("Duration", sessions.duration(segment.duration_ms)),
        ("CDR ID", segment.cdr_id),
        ("Customer", segment.customer_number),
        ("Queue", segment.queue),
        ("Ended by", sessions.ENDED_BY.get(segment.end_reason, segment.end_reason)),
    ]
    return [(label, value) for label, value in found if value]


def headline(segment: Segment) -> str:
    """Return a segment in a few words."""
    verb = {"listen": "listened to", "whisper": "whispered to", "barge": "barged into the call of"}
    did = verb.get(segment.action, "entered the call of")
    return f"{sessions.named(segment.manager)} {did} {sessions.named(segment.agent)}"


def pivots(segment: Segment, form: Form) -> list[tuple[str, str]]:
    """Return [(label, address)] of where to look next."""
    found = []
    call = segment.call_linkedid or segment.cdr_id
    if call:
        found.append(("This call", f"/calls/{quote(call, safe='')}"))
    wanted = [
        ("This session", "session", segment.session_id),
        ("This manager", "manager", _called(segment.manager)),
        ("This agent", "agent", _called(segment.agent)),
    ]
    found += [(label, _over_time(field, value, form)) for label, field, value in wanted if value]
    return found


def _over_time(field: str, value: str, form: Form) -> str:
    return Address(q=with_value("", field, value, form)).url(PATH)


def _called(person: Person) -> str:
    return person.username or person.extension or person.name


def _person(person: Person) -> str:
    return ", ".join(filter(None, (person.name, person.username, person.extension, person.channel)))
