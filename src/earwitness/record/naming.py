"""People of a segment named by whoever knows who sits at which extension."""

import datetime as dt
from collections.abc import Callable
from typing import Any, Final, Protocol

import msgspec

from earwitness.model.event import Event
from earwitness.model.segment import REPORTED, Person, Segment


class Known(Protocol):
    """Somebody as the directory knows them."""

    @property
    def username(self) -> str:
        """Their username; empty for somebody without an account."""

    @property
    def name(self) -> str:
        """Their full name, may be empty."""

    @property
    def desks(self) -> tuple[str, ...]:
        """Their desks at that time."""


_BY_EXTENSION: Final = "by extension"

PersonAt = Callable[[str, str, str, dt.datetime], Known | None]


def named(segment: Segment, person_at: PersonAt) -> Segment:
    """Return a segment with the people at its extensions where it names none; desks are those of its agent.

    person_at: (tenant, switch, extension, moment) -> who sat there then, None where nobody is known.
    """

    def at(person: Person) -> Known | None:
        if person.username:
            return None
        return person_at(segment.tenant, segment.pbx, person.extension, segment.started_at)

    manager, agent = at(segment.manager), at(segment.agent)
    if manager is None and agent is None:
        return segment
    return msgspec.structs.replace(
        segment,
        manager=_filled(segment.manager, manager),
        agent=_filled(segment.agent, agent),
        desks=segment.desks or (agent.desks if agent else ()),
    )


def named_by_directory(segment: Segment, person_at: PersonAt) -> Segment:
    """Return a segment that an application reported, as ``named`` does; its evidence says who came by extension."""
    found = named(segment, person_at)
    who = [name for name in ("manager", "agent") if getattr(found, name).username != getattr(segment, name).username]
    if not who:
        return found
    start = f"{REPORTED}; {' and '.join(who)} {_BY_EXTENSION}"
    return msgspec.structs.replace(found, evidence=msgspec.structs.replace(found.evidence, start=start))


def _is_named_by_application(segment: Segment, who: str, person: Person) -> bool:
    start = segment.evidence.start
    by_extension = start.endswith(_BY_EXTENSION) and who in start
    return start.startswith(REPORTED) and bool(person.username) and not by_extension


def _filled(heard: Person, known: Known | None) -> Person:
    if known is None:
        return heard
    return msgspec.structs.replace(heard, username=known.username, name=known.name or heard.name)


def corrected(segment: Segment, person_at: PersonAt, extensions: frozenset[str]) -> dict[str, Any]:
    """Return column -> value of what a change of the directory makes wrong in a segment.

    extensions: those whose people changed. Somebody who is not known any more has no name either; whom an application
    named itself stays. Where the agent was somebody else, the desks are those that this person had at that time.
    """
    found: dict[str, Any] = {}
    for who, person in (("manager", segment.manager), ("agent", segment.agent)):
        if person.extension not in extensions or _is_named_by_application(segment, who, person):
            continue
        known = person_at(segment.tenant, segment.pbx, person.extension, segment.started_at)
        same = known is not None and known.username == person.username
        username = known.username if known else ""
        name = (known.name if known else "") or (person.name if same or not person.username else "")
        if (username, name) != (person.username, person.name):
            found |= {f"{who}_username": username, f"{who}_name": name}
        desks = known.desks if known else ()
        if who == "agent" and not same and desks != segment.desks:
            found["desks"] = desks
    return found


def corrected_event(event: Event, person_at: PersonAt, extensions: frozenset[str]) -> dict[str, Any]:
    """Return column -> value of what a change of the directory makes wrong in an event that a switch told.

    Whom the switch named itself (an agent who logged in with a name) stays; somebody who is not known any more is
    called by the extension.
    """
    told = msgspec.json.decode(event.params, type=_Told)
    if event.extension not in extensions or told.agent not in ("", event.extension):
        return {}
    known = person_at(event.tenant, told.pbx, event.extension, event.created)
    username, desks = (known.username, known.desks) if known and known.username else (event.extension, ())
    if username == event.username:
        return {}
    return {"username": username} | ({"desks": desks} if desks != event.desks else {})


class _Told(msgspec.Struct):
    """What the params of an event of a switch say of who acted. agent: as an agent called themselves at log-in."""

    pbx: str = ""
    agent: str = ""
