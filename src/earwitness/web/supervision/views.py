"""The pages of the supervision log: the list, what is going on now, and one call."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from earwitness.accounts import recorder
from earwitness.accounts.recorder import actor_of
from earwitness.deliver import charts
from earwitness.deliver.charts.scale import number
from earwitness.model import times
from earwitness.model.event import Event
from earwitness.model.problem import BadCursor, BadQuery, Malformed, NotFound, Problem
from earwitness.model.scope import ACTIVITY, SUPERVISION
from earwitness.model.segment import Segment
from earwitness.search import Query, mask
from earwitness.search.live import visible
from earwitness.web.activity import ranges
from earwitness.web.activity.forms import quoted_exactly
from earwitness.web.doors import access_of, doors, page
from earwitness.web.supervision import asked as asking
from earwitness.web.supervision import sessions
from earwitness.web.supervision.asked import Asked, ask, shown_fields

LIMIT = 50
MOST_OF_SESSIONS = 1000
MOST_OF_A_CALL = 500
TICK_S = 1.0
RECHECK_EVERY = 30  # ticks after which the permission is looked at again
SUPERVISION_PERMISSION = "show_whisper_log"

supervision_page = page(SUPERVISION_PERMISSION)


@supervision_page
def show(request: HttpRequest) -> HttpResponse:
    """The list, its totals and its histogram."""
    try:
        asked = ask(request)
        if "range" in request.GET:  # the form was submitted: its address holds the whole search
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
        "total": number(reader.count(asked.scope, asked.query).count),
        "by_action": _by_action(request, asked),
        "by_manager": _by_manager(request, asked),
        "histogram": _histogram(request, asked),
        "gaps": found.gaps[:5],
        "more_gaps": max(len(found.gaps) - 5, 0),
        "now": _going_on(request),
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
    """Record a search once: coming back to it within the same session adds nothing."""
    said = repr((asked.text, asked.window.start, asked.window.end)).encode()
    key = hashlib.sha256(said).hexdigest()[:16]
    if request.session.get("supervision_search") == key:
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
    request.session["supervision_search"] = key


def _by_action(request: HttpRequest, asked: Asked) -> list[dict[str, Any]]:
    found = doors(request).reader.supervised(asked.scope, asked.query, "manager")
    total = {name: [0, 0] for name, _ in asking.ACTIONS}
    for one in found:
        total.setdefault(one.action, [0, 0])
        total[one.action][0] += one.segments
        total[one.action][1] += one.duration_ms
    return [
        {
            "action": name,
            "label": sessions.LABELS.get(name, name),
            "segments": number(count),
            "duration": sessions.duration(ms),
            "url": asked.url(action=name),
        }
        for name, (count, ms) in total.items()
        if count or name != "unknown"
    ]


def _by_manager(request: HttpRequest, asked: Asked) -> list[dict[str, Any]]:
    totals: dict[tuple[str, str], int] = {}
    for one in doors(request).reader.supervised(asked.scope, asked.query, "manager"):
        who = (one.who.name or one.who.username or one.who.extension, one.who.extension or one.who.username)
        totals[who] = totals.get(who, 0) + one.duration_ms
    ordered = sorted(totals.items(), key=lambda pair: -pair[1])[:8]
    most = ordered[0][1] if ordered else 0
    return [
        {
            "label": label or "not known",
            "extension": extension,
            "duration": sessions.duration(ms),
            "bar": mark_safe(charts.share(ms, most, height=3)),  # noqa: S308 -- it holds numbers only
            "url": asked.url(manager=extension) if extension else "",
        }
        for (label, extension), ms in ordered
    ]


def _histogram(request: HttpRequest, asked: Asked) -> str:
    found = doors(request).reader.histogram(asked.scope, asked.query, "auto", asked.zone.key)
    starts = [bucket.start.astimezone(asked.zone) for bucket in found.buckets]
    if not starts:
        return ""
    ends = [*starts[1:], starts[-1] + (starts[-1] - starts[-2] if len(starts) > 1 else starts[-1] - starts[-1])]
    bars = [
        charts.Bar(
            bucket.count,
            charts.bucket_label(start, end),
            asked.url(**{"from": times.text(start), "to": times.text(end), "range": ""}),
        )
        for bucket, start, end in zip(found.buckets, starts, ends, strict=True)
    ]
    ticks = charts.ticks(starts, ends[-1]) if len(starts) > 1 else ()
    chart = charts.bars(bars, title="Segments over time", ticks=ticks, height=82)
    return mark_safe(chart)  # noqa: S308 -- the chart escapes what it shows


def _going_on(request: HttpRequest) -> list[dict[str, Any]]:
    """Return what lasts at this moment, as this person may see it."""
    access = access_of(request)
    house = cast("Any", doors(request)).house
    return [
        {
            "manager": sessions.named(segment.manager),
            "manager_extension": segment.manager.extension,
            "agent": sessions.named(segment.agent),
            "agent_extension": segment.agent.extension,
            "action": segment.action,
            "label": sessions.LABELS.get(segment.action, segment.action),
            "since_ms": times.to_us(segment.started_at) // 1000,
            "duration": sessions.duration(segment.duration_ms),
        }
        for segment in visible(access.scope, house.switches.going_on(access.tenant))
    ]


@supervision_page
def live(request: HttpRequest) -> StreamingHttpResponse:
    """The strip "now" as server-sent events: an event whenever something begins, changes or ends."""
    response = StreamingHttpResponse(_stream(request), content_type="text/event-stream")
    response["X-Accel-Buffering"] = "no"
    return response


async def _stream(request: HttpRequest) -> AsyncIterator[bytes]:
    told, ticks = None, 0
    while True:
        strip = await sync_to_async(_strip)(request)
        if strip != told:
            told = strip
            yield b"event: now\n" + b"".join(b"data: %s\n" % line.encode() for line in strip.splitlines()) + b"\n"
        elif ticks % 15 == 14:
            yield b": still here\n\n"
        ticks += 1
        await asyncio.sleep(TICK_S)
        if ticks % RECHECK_EVERY == 0 and not await sync_to_async(_still_permitted)(request):
            return


def _strip(request: HttpRequest) -> str:
    return render_to_string("supervision/now.html", {"now": _going_on(request), "quiet": True})


def _still_permitted(request: HttpRequest) -> bool:
    """Whether the person may still see the log: their roles, their session and their account may have changed."""
    from earwitness.accounts import access
    from earwitness.accounts.models import User

    user_id = access_of(request).user_id
    user = User.objects.filter(pk=user_id, disabled=False).first() if user_id is not None else None
    if user is None or not request.session.exists(request.session.session_key or ""):
        return False
    return access.of_user(user, doors(request).ip).has(SUPERVISION_PERMISSION)


@page(SUPERVISION_PERMISSION, "show_activity_log")
def call(request: HttpRequest, call_id: str) -> HttpResponse:
    """One call: its segments and the events about it on one time line, of each log what the person may see."""
    access, reader = access_of(request), doors(request).reader
    rows: list[tuple[Any, int, dict[str, Any]]] = []
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
    recorder.record(actor_of(request), "search", "call", obj=f"call:{call_id[:200]}")
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
