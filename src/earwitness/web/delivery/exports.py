"""Exports: asked for on the page that shows the rows, listed here until they are fetched."""

import datetime as dt
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from earwitness.accounts.recorder import actor_of
from earwitness.deliver import means
from earwitness.deliver.exports import actions, answers
from earwitness.deliver.exports.order import TITLES, Order
from earwitness.deliver.formats.about import gap_lines
from earwitness.deliver.models import Export
from earwitness.model.problem import Malformed
from earwitness.web.doors import access_of, doors, page
from earwitness.web.logs import ranges
from earwitness.web.logs.zones import zone

AWAITED = "exports-awaited"  # in the session: what the pages will tell of when it is made


def order_of(request: HttpRequest) -> Order:
    """Return what a form of a page with rows asks for: its address and a format. Raises Malformed."""
    given = request.POST
    name = given.get("tz", "") or "UTC"
    found = zone(name)
    if found is None:
        raise Malformed("There is no time zone of this name: write one such as UTC or Europe/Berlin.")
    window = ranges.window(given.get("from", ""), given.get("to", ""), found, dt.datetime.now(dt.UTC))
    names = [part for part in given.get("columns", "").replace(".", ",").split(",") if part]
    return Order(
        stream=given.get("stream", "activity"),
        format=given.get("format", ""),
        search=given.get("q", ""),
        start=window.start,
        end=window.end,
        tz=name,
        columns=tuple(names),
        order="oldest" if given.get("order") == "oldest" else "newest",
        for_people=True,
        who=access_of(request).username,
    )


@require_POST
@page("export_logs")
def ask(request: HttpRequest) -> HttpResponseBase:
    """Answer a small export at once; put a large one into the queue."""
    order, actor, reader = order_of(request), actor_of(request), doors(request).reader
    actions.permit(actor, order.stream)
    if actions.fits_at_once(reader, actor.access.scope, order):
        return answers.at_once(reader, actions.begin(actor, reader, order), means.current().folder)
    export = actions.ask(actor, reader, order)
    request.session[AWAITED] = [*request.session.get(AWAITED, [])[-19:], str(export.id)]
    messages.success(request, f"{export.total:,} rows are being written. You can leave this page; it goes on.")
    return redirect("exports")


@page("export_logs")
def news(request: HttpRequest) -> HttpResponse:
    """What has become of the exports that were asked for in this session: each is told once, on whatever page it is."""
    access, awaited = access_of(request), request.session.get(AWAITED, [])
    found = [export for export in actions.mine(access) if str(export.id) in awaited]
    request.session[AWAITED] = [str(export.id) for export in found if export.status in Export.OPEN]
    ended = [export for export in found if export.status in (Export.DONE, Export.FAILED)]
    return render(request, "delivery/export_news.html", {"ended": ended, "waiting": request.session[AWAITED]})


def _context(request: HttpRequest) -> dict[str, object]:
    found = actions.mine(access_of(request))
    return {"exports": found, "busy": any(e.status in Export.OPEN for e in found), "titles": TITLES}


@page("export_logs")
def show(request: HttpRequest) -> HttpResponse:
    """One's own exports."""
    return render(request, "delivery/exports.html", _context(request) | {"idle": not means.current().jobs})


@page("export_logs")
def rows(request: HttpRequest) -> HttpResponse:
    """The list alone, asked again while something is being made."""
    return render(request, "delivery/export_rows.html", _context(request))


@page("export_logs")
def one(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """One export or scheduled report: what it is, its file, and who signed it off."""
    export = actions.find(access_of(request), str(export_id))
    run = getattr(export, "run", None)
    zone_ = ZoneInfo(export.tz)
    span = [f"{moment.astimezone(zone_):%Y-%m-%d %H:%M:%S}" if moment else "" for moment in (export.start, export.end)]
    context = {"export": export, "run": run, "title": TITLES[export.stream], "start": span[0], "end": span[1]}
    context["gaps"] = gap_lines(export.missing, export.tz)
    return render(request, "delivery/export.html", context)


@page("export_logs")
def file(request: HttpRequest, export_id: UUID) -> HttpResponseBase:
    """The file."""
    actor = actor_of(request)
    export = actions.find(actor.access, str(export_id))
    return answers.file_of(export, actions.fetch(actor, export, means.current().folder))


@require_POST
@page("export_logs")
def cancel(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """End one that is not made yet."""
    actor = actor_of(request)
    actions.cancel(actor, actions.find(actor.access, str(export_id)))
    return redirect("exports")
