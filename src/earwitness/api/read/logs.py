"""The calls that read a log: pages, one row, count, facets, histogram. The same for events and segments."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query as Parameters
from ninja import Router, Schema

from earwitness.accounts.recorder import actor_of, record
from earwitness.api.doors import doors
from earwitness.api.read import shapes
from earwitness.api.read.asking import PERMISSIONS, allowed, answer, query_of
from earwitness.api.read.audit import Search
from earwitness.model import times
from earwitness.model.event import Event
from earwitness.model.scope import ACTIVITY
from earwitness.search import items


def router_of(stream: str, noun: str, page: type[Schema], row: type[Schema]) -> Router:
    """Return the calls of one log. noun: what its rows are called; page, row: the shapes of their answers."""
    router = Router(tags=[noun], by_alias=True)
    needs = f"Needs `{PERMISSIONS[stream]}`."

    @router.get(
        "",
        operation_id=f"find_{noun}",
        response=page,
        summary=f"Find {noun}",
        description=f"{needs} Newest first, page by page.",
    )
    def find(request: HttpRequest, asked: Parameters[shapes.PageAsked]) -> HttpResponse:
        return _page(request, stream, asked)

    @router.get(
        "/count",
        operation_id=f"count_{noun}",
        response=shapes.CountShown,
        summary=f"Count {noun}",
        description=f"{needs} Exact.",
    )
    def count(request: HttpRequest, asked: Parameters[shapes.Asked]) -> HttpResponse:
        access = allowed(request, stream)
        query = query_of(stream, asked)
        with Search(request, access, query, figures="count") as search:
            found = doors(request).reader.count(access.scope, query)
        return search.named(answer({"count": found.count, "gaps": [items.gap(gap) for gap in found.gaps]}))

    @router.get(
        "/facets",
        operation_id=f"facets_{noun}",
        response=shapes.FacetsShown,
        summary="The most frequent values",
        description=needs,
    )
    def facets(request: HttpRequest, asked: Parameters[shapes.FacetsAsked]) -> HttpResponse:
        return _facets(request, stream, asked)

    @router.get(
        "/histogram",
        operation_id=f"histogram_{noun}",
        response=shapes.HistogramShown,
        summary="How many over time",
        description=needs,
    )
    def histogram(request: HttpRequest, asked: Parameters[shapes.HistogramAsked]) -> HttpResponse:
        return _histogram(request, stream, asked)

    @router.get(
        "/{id:row_id}",
        operation_id=f"show_{noun}",
        response=row,
        summary="Show one",
        description=f"{needs} That it was seen is recorded.",
    )
    def show(request: HttpRequest, row_id: UUID) -> HttpResponse:
        return _show(request, stream, row_id)

    return router


def _page(request: HttpRequest, stream: str, asked: shapes.PageAsked) -> HttpResponse:
    access = allowed(request, stream)
    query = query_of(stream, asked)
    cursor = asked.cursor or None
    with Search(request, access, query, continued=cursor is not None, order=asked.order) as search:
        page = doors(request).reader.page(access.scope, query, order=asked.order, limit=asked.limit, cursor=cursor)
    response = answer(
        {
            "items": [items.item(row) for row in page.items],
            "next": page.next,
            "gaps": [items.gap(gap) for gap in page.gaps],
        }
    )
    if page.next:
        following = urlencode({**request.GET.dict(), "cursor": page.next})
        response["Link"] = f'<{request.build_absolute_uri(request.path)}?{following}>; rel="next"'
    return search.named(response)


def _facets(request: HttpRequest, stream: str, asked: shapes.FacetsAsked) -> HttpResponse:
    access = allowed(request, stream)
    query = query_of(stream, asked)
    names = [name for name in asked.by.split(",") if name]
    with Search(request, access, query, figures="facets", by=names) as search:
        found = doors(request).reader.facets(access.scope, query, names, asked.top)
    document: dict[str, Any] = {"facets": found.facets, "other": found.other}
    return search.named(answer(document | {"gaps": [items.gap(gap) for gap in found.gaps]}))


def _histogram(request: HttpRequest, stream: str, asked: shapes.HistogramAsked) -> HttpResponse:
    access = allowed(request, stream)
    query = query_of(stream, asked)
    with Search(request, access, query, figures="histogram") as search:
        found = doors(request).reader.histogram(access.scope, query, asked.interval, asked.tz)
    buckets = [{"start": times.text(bucket.start), "count": bucket.count} for bucket in found.buckets]
    gaps = [items.gap(gap) for gap in found.gaps]
    return search.named(answer({"interval": found.interval, "buckets": buckets, "gaps": gaps}))


def _show(request: HttpRequest, stream: str, row_id: UUID) -> HttpResponse:
    access = allowed(request, stream)
    row = doors(request).reader.get(access.scope, stream, str(row_id))
    happened = row.created if isinstance(row, Event) else row.started_at
    opened = {"id": row.id, "seq": row.seq, "created": times.text(happened)}
    noun = "event" if stream == ACTIVITY else "segment"
    record(actor_of(request), "params_opened", stream, obj=f"{noun}:{row.id}", params=opened)
    return answer(items.item(row))
