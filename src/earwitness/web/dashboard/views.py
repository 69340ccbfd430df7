"""The dashboard."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from earwitness.deliver.reports import catalog
from earwitness.deliver.reports.overview import overview
from earwitness.model.problem import BadQuery
from earwitness.web.dashboard.figures import asked_of, lines
from earwitness.web.doors import access_of, page
from earwitness.web.logs import zones
from earwitness.web.me.listing import latest
from earwitness.web.reports.views import PRESETS, shown

REPORT = catalog.find("overview")


@page()
def show(request: HttpRequest) -> HttpResponse:
    """What happened, of the logs that a person may see; what they did themselves for everybody else."""
    access = access_of(request)
    zone = zones.remembered(access.user_id)
    context: dict[str, object] = {"access": access}
    if not access.scope.streams:
        now = dt.datetime.now(dt.UTC).astimezone(zone)
        context |= {"now": now, "zone_name": zone.key} | latest(request, access, zone, 8)
        return render(request, "dashboard/page.html", context)
    asked = asked_of(request, zone.key)
    shown_in = ZoneInfo(asked.asking.tz)
    span = asked.asking.span
    context |= {
        "asked": asked,
        "presets": PRESETS,
        "report": REPORT if REPORT.stream in access.scope.streams else None,
        "start": span.start.astimezone(shown_in),
        "end": span.end.astimezone(shown_in),
        "now": dt.datetime.now(dt.UTC).astimezone(shown_in),
        "zone_name": shown_in.key,
    }
    try:
        made = overview(asked.asking)
    except BadQuery as problem:
        return render(request, "dashboard/page.html", context | {"mistake": problem.detail}, status=400)
    tops = [(table.caption, lines(table)) for table in made.tables]
    return render(request, "dashboard/page.html", context | shown(made, shown_in.key) | {"tops": tops})
