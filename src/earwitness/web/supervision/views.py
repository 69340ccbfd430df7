"""The pages of the supervision log: the list, what is going on now, and one call."""

import hashlib
import uuid
from dataclasses import replace
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render

from earwitness.accounts import recorder
from earwitness.accounts.recorder import actor_of
from earwitness.model import times
from earwitness.model.problem import BadCursor, BadQuery, Malformed
from earwitness.model.scope import SUPERVISION
from earwitness.model.segment import Segment
from earwitness.search import Query, mask
from earwitness.web.doors import access_of, doors, page
from earwitness.web.logs import addresses, answers, frame, gaps, mistakes, zones
from earwitness.web.logs.asked import Asked
from earwitness.web.logs.forms import Wrong
from earwitness.web.supervision import details, now, sessions, totals
from earwitness.web.supervision.asked import PATH, ask, form_for

MOST_OF_SESSIONS = 1000
LAST_SEARCH = "supervision_search"  # in the session: the search that was recorded last

supervision_page = page(now.PERMISSION)


@supervision_page
def show(request: HttpRequest) -> HttpResponse:
    """The list, its totals and its histogram; a submitted form or chosen value leads on to the address that says it."""
    address = addresses.of(request.GET)
    form = form_for(access_of(request).scope)
    try:
        searched = frame.submitted(request, address, form)
        if searched is not None:
            request.session.pop(LAST_SEARCH, None)
            return HttpResponseRedirect(searched.url(PATH))
        context = _found(request, ask(request, address))
    except (BadQuery, BadCursor, Malformed, Wrong) as problem:
        context = mistakes.context(request, address, problem, form)
        return render(request, "supervision/page.html", context, status=400)
    return render(request, "supervision/page.html", context)


def _found(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    reader = doors(request).reader
    cursor = asked.place.cursor if asked.place else None
    found = reader.page(asked.scope, asked.query, order=asked.order, limit=frame.LIMIT, cursor=cursor)
    if asked.place is None:
        _record(request, asked)
    shown = cast("tuple[Segment, ...]", found.items)
    return {
        **frame.frame(request, asked.address, asked.form),
        **asked.shown_range(),
        "sessions": sessions.grouped(shown, _whole(request, asked, shown), asked.zone),
        **totals.context(reader, asked),
        **gaps.context(found.gaps, asked.zone),
        "now": now.going_on(request, asked.scope),
        "unheard": now.unheard(request, asked.scope),
        "urls": _urls(asked, found.next),
        "page_number": asked.place.page + 1 if asked.place else 1,
    }


def _urls(asked: Asked, following: str | None) -> dict[str, str]:
    found = {name: f"{PATH}/{name}" for name in ("text", "suggest")}
    found |= {
        "newest": asked.url(order=""),
        "oldest": asked.url(order="oldest"),
        "all_time": asked.url(start="", end=""),
    }
    if following:
        found["next"] = asked.page_url(asked.place.page + 1 if asked.place else 1, following)
    if asked.place:
        found["first"] = asked.url()
    return found


@supervision_page
def text(request: HttpRequest) -> HttpResponse:
    """The form's fields and text, made to say the same; nothing is searched and nothing recorded."""
    return answers.said(request, form_for(access_of(request).scope))


@supervision_page
def suggest(request: HttpRequest) -> HttpResponse:
    """What to offer while somebody types, as the options of a list box."""
    return answers.suggested(request, form_for(access_of(request).scope))


@supervision_page
def language(request: HttpRequest) -> HttpResponse:
    """What the search language knows, as a sheet or as a page of its own."""
    return answers.explained(request, form_for(access_of(request).scope))


def _opened(request: HttpRequest, segment_id: uuid.UUID) -> Segment:
    """Return a segment whose details are about to be shown; that they are is recorded first."""
    found = doors(request).reader.get(access_of(request).scope, SUPERVISION, str(segment_id))
    segment = cast("Segment", found)
    opened = {"id": segment.id, "seq": segment.seq, "created": times.text(segment.started_at)}
    actor = replace(actor_of(request), request_uri=request.path)
    recorder.record(actor, "params_opened", "supervision", obj=f"segment:{segment.id}", params=opened)
    return segment


def _details(request: HttpRequest, segment: Segment) -> dict[str, Any]:
    zone = zones.asked_of(request)
    context = details.context(segment, form_for(access_of(request).scope), zone)
    return context | {"headline": details.headline(segment), "main_facts": details.main_facts(segment, zone)}


@supervision_page
def details_row(request: HttpRequest, segment_id: uuid.UUID) -> HttpResponse:
    """The details of a segment as a row below its own."""
    return render(request, "supervision/details_row.html", _details(request, _opened(request, segment_id)))


@supervision_page
def segment(request: HttpRequest, segment_id: uuid.UUID) -> HttpResponse:
    """One segment on a page of its own."""
    context = _details(request, _opened(request, segment_id)) | {"whole_page": True}
    return render(request, "supervision/segment.html", context)


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
    said = repr((asked.address.q, asked.address.start, asked.address.end)).encode()
    key = hashlib.sha256(said).hexdigest()[:16]
    if request.session.get(LAST_SEARCH) == key:
        return
    text = mask(asked.address.q) if asked.scope.masked else asked.address.q
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
