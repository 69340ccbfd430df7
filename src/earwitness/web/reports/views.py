"""The report pages."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from earwitness.accounts.recorder import actor_of, record
from earwitness.deliver import means
from earwitness.deliver.exports import answers
from earwitness.deliver.formats.rooms import room
from earwitness.deliver.reports import actions, catalog, files
from earwitness.deliver.reports.catalog import REPORTS, Report
from earwitness.deliver.reports.parts import Made, Table
from earwitness.model import times
from earwitness.model.problem import BadQuery, Invalid
from earwitness.search import mask
from earwitness.web.doors import access_of, page
from earwitness.web.drawings import drawn
from earwitness.web.logs import gaps, ranges
from earwitness.web.people.forms import Plain
from earwitness.web.reports.asked import Asked, ask

PRESETS = [preset for preset in ranges.PRESETS if preset.name != "all"]
SEEING = ("show_activity_log", "show_whisper_log")
GROUPS = (("activity", "Activity"), ("supervision", "Supervision"))


@page(*SEEING)
def index(request: HttpRequest) -> HttpResponse:
    """All reports that a person may see; for an administrator also those that are off."""
    access = access_of(request)
    on = actions.turned_on(access.tenant)
    groups = [
        (
            label,
            [
                {"report": report, "on": not report.personal or report.name in on}
                for report in REPORTS
                if report.stream == stream
                and stream in access.scope.streams
                and (not report.personal or report.name in on or access.has("admin"))
            ],
        )
        for stream, label in GROUPS
    ]
    return render(request, "reports/index.html", {"groups": [group for group in groups if group[1]]})


@page(*SEEING)
def show(request: HttpRequest, name: str) -> HttpResponse:
    """One report over a Time Range."""
    access, report = access_of(request), catalog.find(name)
    on = actions.turned_on(access.tenant).get(name)
    if report.personal and on is None and access.has("admin"):
        return render(request, "reports/off.html", {"report": report, "form": Plain(request)})
    actions.permit(access, report)
    asked = ask(request, fresh=report.fresh)
    context = _frame(report, asked) | {"switch": on if access.has("admin") else None}
    try:
        made = report.make(asked.asking)
    except BadQuery as problem:
        return render(request, "reports/page.html", context | {"mistake": problem.detail}, status=400)
    return render(request, "reports/page.html", context | shown(made, asked.asking.tz))


def shown(made: Made, tz: str) -> dict[str, object]:
    """Return what every page of a report shows of it. tz: the zone of its times."""
    return {"made": made, "charts": pictures(made), "zone_name": tz} | gaps.context(made.gaps, ZoneInfo(tz))


def pictures(made: Made) -> list[tuple[str, SafeString, Table | None]]:
    """Return the charts of a report for a page: caption, picture, and the table behind it where no other shows it."""
    return [(chart.caption, drawn(chart.svg), chart.table) for chart in made.charts]


def _frame(report: Report, asked: Asked) -> dict[str, object]:
    zone = ZoneInfo(asked.asking.tz)
    return {
        "report": report,
        "asked": asked,
        "start": asked.asking.span.start.astimezone(zone),
        "end": asked.asking.span.end.astimezone(zone),
        "presets": PRESETS,
        "log": dict(GROUPS)[report.stream],
    }


@page("export_logs")
def file(request: HttpRequest, name: str) -> HttpResponseBase:
    """A report as a file; that it was made is recorded."""
    actor, report = actor_of(request), catalog.find(name)
    actions.permit(actor.access, report)
    layout = request.GET.get("format", "")
    if layout not in files.FORMATS:
        raise Invalid("Choose csv, xlsx or pdf.", fields={"format": "Choose csv, xlsx or pdf."})
    asked = ask(request, linked=False, fresh=report.fresh)
    made = report.make(asked.asking)
    about = files.about_of(report, asked.asking, made, actor.access.username)
    search = mask(asked.asking.search) if actor.access.scope.masked else asked.asking.search
    params = {"format": layout, "search": search, "rows": made.rows}
    params |= {"from": times.text(asked.asking.span.start), "to": times.text(asked.asking.span.end)}
    record(actor, "report", "export", obj=f"report:{report.name}", params=params)
    with room(means.current().folder, "report") as folder:
        path = folder / "file"
        files.write(path, layout, about, made)
        data = path.read_bytes()
    called = f"earwitness-{report.name}-{about.when:%Y%m%d-%H%M%S}.{layout}"
    return answers.attachment(iter((data,)), layout, called, len(data))


@require_POST
@page("admin")
def turn_on(request: HttpRequest, name: str) -> HttpResponse:
    """Turn a report about single agents on, for a purpose."""
    report = catalog.find(name)
    try:
        actions.turn_on(actor_of(request), report, request.POST.get("purpose", ""))
    except Invalid as problem:
        context = {"report": report, "mistake": problem.detail, "purpose": request.POST.get("purpose", "")}
        return render(request, "reports/off.html", context, status=422)
    messages.success(request, f"{report.title} is on; its purpose is recorded.")
    return redirect("report", name)


@require_POST
@page("admin")
def turn_off(request: HttpRequest, name: str) -> HttpResponse:
    """Turn it off again."""
    report = catalog.find(name)
    actions.turn_off(actor_of(request), report)
    messages.success(request, f"{report.title} is off.")
    return redirect("reports")
