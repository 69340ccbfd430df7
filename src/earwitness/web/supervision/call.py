"""One call: the legs that its records tell of, its segments and the events about it, on one time line."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from earwitness.accounts import recorder
from earwitness.accounts.recorder import actor_of
from earwitness.deliver import charts
from earwitness.deliver.charts import Tick
from earwitness.model.event import Event
from earwitness.model.problem import NotFound
from earwitness.model.scope import ACTIVITY, SUPERVISION
from earwitness.model.segment import Segment
from earwitness.search import Query, mask
from earwitness.web.doors import access_of, doors, page
from earwitness.web.drawings import drawn
from earwitness.web.logs import zones
from earwitness.web.logs.forms import quoted_exactly
from earwitness.web.logs.moments import moment
from earwitness.web.supervision import now, sessions

MOST = 500
LONGEST = 200
LEG = ("call", "cdr")  # event and sub event of a leg, as the collector records it


class Line(NamedTuple):
    """A row of the table: when, who, what (a badge of this class, or a link), and what more there is to say."""

    at: SafeString
    who: str
    badge: str
    what: str
    url: str
    more: str


class Leg(NamedTuple):
    """A leg of the call as its record tells it; answered is None where nobody answered."""

    label: str
    start: dt.datetime
    answered: dt.datetime | None
    end: dt.datetime


@page(now.PERMISSION, "show_activity_log")
def show(request: HttpRequest, call_id: str) -> HttpResponse:
    """The page of one call: of each log what the person may see. That somebody looked is recorded, found or not."""
    scope = access_of(request).scope
    asked = call_id[:LONGEST]
    shown = mask(asked) if scope.masked else asked
    recorder.record(actor_of(request), "search", "call", obj=f"call:{shown}")
    text = f"call:{quoted_exactly(asked)}"
    segments = cast("list[Segment]", _rows(request, SUPERVISION, text))
    about = f"{text} OR object:{quoted_exactly('cdr:' + asked)}"
    events = cast("list[Event]", _rows(request, ACTIVITY, about))
    if not segments and not events:
        raise NotFound("There is no such call.")
    zone = zones.asked_of(request)
    legs = {event.id: leg for event in events if (leg := _leg(event))}
    told = [event for event in events if event.id not in legs]
    context = {
        "call_id": shown,
        "zone_name": zone.key,
        "lines": _lines(segments, events, zone),
        "line": drawn(_time_line(list(legs.values()), segments, told, zone)),
        "counts": [
            (len(legs), "leg"),
            (len(segments), "segment"),
            (len(told), "event"),
        ],
    }
    return render(request, "supervision/call.html", context)


def _rows(request: HttpRequest, stream: str, text: str) -> list[Any]:
    scope = access_of(request).scope
    if stream not in scope.streams:
        return []
    return list(doors(request).reader.page(scope, Query(stream, text), order="oldest", limit=MOST).items)


def _leg(event: Event) -> Leg | None:
    """Return what an event of our collector says of a leg; None where a program recorded something else so named."""
    if (event.event, event.sub_event) != LEG:
        return None
    try:
        told = json.loads(bytes(event.params))
        start, end = (dt.datetime.fromisoformat(told[name]) for name in ("start", "end"))
        answered = dt.datetime.fromisoformat(told["answer"]) if told.get("answer") else None
        ends = [str(told.get(name) or "") for name in ("channel", "dstchannel")]
        if min(start, answered or start, end).tzinfo is None or not start <= (answered or start) <= end:
            return None
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return Leg(" to ".join(filter(None, ends)), start, answered, end)


def _time_line(legs: Sequence[Leg], segments: Sequence[Segment], events: Sequence[Event], zone: ZoneInfo) -> str:
    moments = [moment for leg in legs for moment in (leg.start, leg.end)]
    moments += [moment for segment in segments for moment in (segment.started_at, segment.ended_at)]
    moments += [event.created for event in events]
    start, end = min(moments), max(moments)
    span = max((end - start) / dt.timedelta(seconds=1), 1.0)

    def at(when: dt.datetime) -> float:
        return (when - start).total_seconds() / span

    data = [_leg_lane(leg, at) for leg in legs]
    data += [_session_lane(session, at) for session in _by_session(segments)]
    if events:
        marks = [charts.Part(at(e.created), at(e.created), "mark", f"{_what(e)}, {e.username}") for e in events]
        data.append(charts.Lane("Events", marks))
    count = 5 if span >= 5 else 2
    fractions = [number / (count - 1) for number in range(count)]
    ticks = [Tick(f, f"{(start + (end - start) * f).astimezone(zone):%H:%M:%S}") for f in fractions]
    title = f"The call from {start.astimezone(zone):%Y-%m-%d %H:%M:%S} on, {sessions.duration(int(span * 1000))} in all"
    return charts.lanes(data, title=title, ticks=ticks)


def _leg_lane(leg: Leg, at: Any) -> charts.Lane:
    talked = leg.answered or leg.end
    waited = charts.Part(at(leg.start), at(talked), "waiting", f"Ringing {_lasted(leg.start, talked)}")
    spoken = charts.Part(at(talked), at(leg.end), "leg", f"Answered, {_lasted(talked, leg.end)}")
    return charts.Lane(f"Leg {leg.label}", [waited, spoken] if leg.answered else [waited])


def _lasted(start: dt.datetime, end: dt.datetime) -> str:
    return sessions.duration((end - start) // dt.timedelta(milliseconds=1))


def _by_session(segments: Sequence[Segment]) -> list[list[Segment]]:
    found: dict[str, list[Segment]] = {}
    for segment in segments:
        found.setdefault(segment.session_id, []).append(segment)
    return list(found.values())


def _session_lane(session: Sequence[Segment], at: Any) -> charts.Lane:
    parts = [
        charts.Part(
            at(segment.started_at),
            at(segment.ended_at),
            f"mode-{segment.action}",
            f"{sessions.LABELS.get(segment.action, segment.action)}, {sessions.duration(segment.duration_ms)}",
        )
        for segment in session
    ]
    first = session[0]
    return charts.Lane(f"{sessions.with_extension(first.manager)} on {sessions.with_extension(first.agent)}", parts)


def _lines(segments: Sequence[Segment], events: Sequence[Event], zone: ZoneInfo) -> list[Line]:
    rows = [(segment.started_at, 1, _segment_line(segment, zone)) for segment in segments]
    rows += [(event.created, 0, _event_line(event, zone)) for event in events]
    return [line for _, _, line in sorted(rows, key=lambda row: row[:2])]


def _segment_line(segment: Segment, zone: ZoneInfo) -> Line:
    ended = sessions.ENDED_BY.get(segment.end_reason, segment.end_reason)
    lasted = sessions.duration(segment.duration_ms)
    return Line(
        at=moment(segment.started_at, zone),
        who=sessions.with_extension(segment.manager),
        badge=segment.action,
        what=sessions.LABELS.get(segment.action, segment.action),
        url=f"/supervision/{segment.id}",
        more=f"{sessions.with_extension(segment.agent)}, {lasted}. {ended}",
    )


def _event_line(event: Event, zone: ZoneInfo) -> Line:
    more = " ".join(filter(None, (event.event_object, event.comments)))
    return Line(moment(event.created, zone), event.username, "", _what(event), f"/activity/{event.id}", more)


def _what(event: Event) -> str:
    return f"{event.event} {event.sub_event}".strip()
