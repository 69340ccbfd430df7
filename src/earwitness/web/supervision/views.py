"""The pages of the supervision log: the list, what is going on now, and one call."""

import hashlib
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render

from earwitness.accounts import recorder
from earwitness.accounts.recorder import actor_of
from earwitness.model import times
from earwitness.model.event import Event
from earwitness.model.problem import BadCursor, BadQuery, Malformed, NotFound, Problem
from earwitness.model.scope import ACTIVITY, SUPERVISION
from earwitness.model.segment import Segment
from earwitness.search import Query, mask
from earwitness.web.activity import ranges
from earwitness.web.activity.forms import quoted_exactly
from earwitness.web.doors import access_of, doors, page
from earwitness.web.supervision import now, sessions, totals
from earwitness.web.supervision.asked import Asked, ask, shown_fields

LIMIT = 50
MOST_OF_SESSIONS = 1000
MOST_OF_A_CALL = 500
LAST_SEARCH = "supervision_search"  # in the session: the search that was recorded last

supervision_page = page(now.PERMISSION)


@supervision_page
def show(request: HttpRequest) -> HttpResponse:
    """The list, its totals and its histogram."""
    try:
        asked = ask(request)
        if "range" in request.GET:  # the form was submitted: its address holds the whole search
            request.session.pop(LAST_SEARCH, None)
            return HttpResponseRedirect(asked.url())
        context = _found(request, asked)
    except (BadQuery, BadCursor, Malformed) as problem:
        return render(request, "supervision/page.html", _mistake(request, problem), status=400)
    return render(request, "supervision/page.html", context)


def _found(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    reader = doors(request).reader
    found = reader.page(asked.scope, asked.query, order=asked.order, limit=LIMIT, cursor=asked.cursor or None)
    if not asked.cursor:
        _record(request, asked)
    shown = cast("tuple[Segment, ...]", found.items)
    return {
        **_frame(asked.scope, asked.q, asked.fields),
        "asked": asked,
        "window": asked.window,
        "sessions": sessions.grouped(shown, _whole(request, asked, shown), asked.zone),
        **totals.context(reader, asked),
        "gaps": found.gaps[:5],
        "more_gaps": max(len(found.gaps) - 5, 0),
        "now": now.going_on(request, asked.scope),
        "next": asked.url(cursor=found.next) if found.next else "",
        "first": asked.url() if asked.cursor else "",
        "newest": asked.url(order=""),
        "oldest": asked.url(order="oldest"),
        "export_query": asked.text,
    }


def _frame(scope: Any, q: str, fields: dict[str, str]) -> dict[str, Any]:
    return {
        "q": q,
        "fields": [field._asdict() | {"value": fields.get(field.name, "")} for field in shown_fields(scope)],
        "presets": ranges.PRESETS,
    }


def _mistake(request: HttpRequest, problem: Problem) -> dict[str, Any]:
    given = request.GET.dict()
    scope = access_of(request).scope
    return _frame(scope, str(given.get("q", "")), {k: str(v) for k, v in given.items()}) | {"mistake": problem.detail}


def _whole(request: HttpRequest, asked: Asked, shown: tuple[Segment, ...]) -> list[Segment]:
    """Return all segments of the sessions on a page, also those that the search left out: the bar shows it whole."""
    ids = sorted({segment.session_id for segment in shown})
    if not ids:
        return []
    query = Query(SUPERVISION, "session:" + ",".join(ids))
    found = doors(request).reader.page(asked.scope, query, order="oldest", limit=MOST_OF_SESSIONS)
    return list(cast("tuple[Segment, ...]", found.items))


def _record(request: HttpRequest, asked: Asked) -> None:
    """Record a submitted search once: its pages, its other order and coming back to it add nothing."""
    said = repr((asked.text, asked.window.start, asked.window.end)).encode()
    key = hashlib.sha256(said).hexdigest()[:16]
    if request.session.get(LAST_SEARCH) == key:
        return
    text = mask(asked.text) if asked.scope.masked else asked.text
    params = {
        "stream": SUPERVISION,
        "q": text,
        "from": times.text(asked.window.start) if asked.window.start else None,
        "to": times.text(asked.window.end) if asked.window.end else None,
        "order": asked.order,
    }
    recorder.record(actor_of(request), "search", "supervision", comments=text, params=params)
    request.session[LAST_SEARCH] = key


@supervision_page
def live(request: HttpRequest) -> StreamingHttpResponse:
    """The strip "now" as server-sent events: an event whenever something begins, changes or ends."""
    response = StreamingHttpResponse(now.stream(request), content_type="text/event-stream")
    response["X-Accel-Buffering"] = "no"
    return response


@page(now.PERMISSION, "show_activity_log")
def call(request: HttpRequest, call_id: str) -> HttpResponse:
    """One call: its segments and the events about it on one time line, of each log what the person may see."""
    access, reader = access_of(request), doors(request).reader
    rows: list[tuple[Any, int, dict[str, Any]]] = []
    shown = mask(call_id[:200]) if access.scope.masked else call_id[:200]
    recorder.record(actor_of(request), "search", "call", obj=f"call:{shown}")
    text = f"call:{quoted_exactly(call_id[:200])}"
    if SUPERVISION in access.scope.streams:
        found = reader.page(access.scope, Query(SUPERVISION, text), order="oldest", limit=MOST_OF_A_CALL)
        segments_found = cast("tuple[Segment, ...]", found.items)
        rows += [(segment.started_at, 1, {"segment": segment}) for segment in segments_found]
    if ACTIVITY in access.scope.streams:
        about = f"{text} OR object:{quoted_exactly('cdr:' + call_id[:200])}"
        found = reader.page(access.scope, Query(ACTIVITY, about), order="oldest", limit=MOST_OF_A_CALL)
        rows += [(event.created, 0, {"event": event}) for event in cast("tuple[Event, ...]", found.items)]
    if not rows:
        raise NotFound("There is no such call.")
    rows.sort(key=lambda row: (row[0], row[1]))
    segments = [row["segment"] for _, _, row in rows if "segment" in row]
    lines = [_line(moment, row) for moment, _, row in rows]
    bar = sessions.bar(segments) if segments else ""
    return render(request, "supervision/call.html", {"call_id": call_id, "lines": lines, "bar": bar})


def _line(moment: Any, row: dict[str, Any]) -> dict[str, Any]:
    segment: Segment | None = row.get("segment")
    if segment is None:
        return row | {"at": moment}
    label = sessions.LABELS.get(segment.action, segment.action)
    return row | {
        "at": moment,
        "label": label,
        "duration": sessions.duration(segment.duration_ms),
        "manager": sessions.named(segment.manager),
        "agent": sessions.named(segment.agent),
        "ended_by": sessions.ENDED_BY.get(segment.end_reason, segment.end_reason),
    }
