"""Scheduled reports, and what was made of them."""

import datetime as dt
import zoneinfo
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from earwitness.accounts.recorder import actor_of
from earwitness.deliver import means
from earwitness.deliver.exports.order import TITLES
from earwitness.deliver.messages import mail
from earwitness.deliver.models import Run, Schedule
from earwitness.deliver.schedule import next_run, said
from earwitness.deliver.schedules import actions
from earwitness.web.delivery.forms import ScheduleForm
from earwitness.web.doors import access_of, page
from earwitness.web.logs import zones

SEEING = ("create_scheduled_report", "delete_scheduled_report")
FRESH = {"period": "yesterday", "format": "pdf", "attach": True, "every": "daily", "at": "07:00", "weekday": 0}
FRESH |= {"day": 1, "zone": "UTC", "enabled": True}


@page(*SEEING)
def show(request: HttpRequest) -> HttpResponse:
    """The schedules, and the last reports."""
    access = access_of(request)
    rows = [
        {"found": found, "when": said(found.rule), "next": _local(found.next_run, found.zone)}
        for found in actions.visible(access)
    ]
    context = {"schedules": rows, "runs": _runs(request), "has_mail": mail.has_server(), "who": access.user_id}
    return render(request, "delivery/schedules.html", context)


def _local(moment: dt.datetime, zone: str) -> str:
    return f"{moment.astimezone(zoneinfo.ZoneInfo(zone)):%a %Y-%m-%d %H:%M}"


def _runs(request: HttpRequest, found: Schedule | None = None) -> list[Run]:
    """Return the last runs."""
    access = access_of(request)
    if not access.has_any("export_logs", "create_scheduled_report"):
        return []
    return [run for run in actions.runs(access, 200) if found is None or run.schedule_id == found.pk][:50]


def _page(request: HttpRequest, form: ScheduleForm, **more: Any) -> HttpResponse:
    zones_ = sorted(zoneinfo.available_timezones())
    who = access_of(request).user_id
    context = {"form": form, "zones": zones_, "has_mail": mail.has_server(), "who": who, **more}
    return render(request, "delivery/schedule.html", context, status=form.status)


@page("create_scheduled_report")
def new(request: HttpRequest) -> HttpResponse:
    """Set one up; a search, or another schedule to be like, comes along in the address."""
    given = request.GET
    asked = {"stream": given.get("stream", "activity"), "search": given.get("q", ""), "report": given.get("report", "")}
    like = given.get("like", "")
    if like.isascii() and like.isdecimal():
        asked |= ScheduleForm.of(actions.find(access_of(request), int(like[:18]))) | {"name": ""}
    form = ScheduleForm(request, FRESH | {"zone": zones.own(request) or "UTC"} | asked)
    if request.method == "POST":
        found = form.attempt(lambda: actions.create(actor_of(request), form.wish()))
        if found:
            when = f"{_local(found.next_run, found.zone)} ({found.zone})"
            messages.success(request, f"{found.name} is scheduled; it runs next on {when}.")
            return redirect("schedules")
    return _page(request, form)


@page(*SEEING)
def edit(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """Change one."""
    access = access_of(request)
    found = actions.find(access, schedule_id)
    form = ScheduleForm(request, ScheduleForm.of(found))
    if request.method == "POST" and form.done(lambda: actions.change(actor_of(request), found, form.wish())):
        messages.success(request, f"{found.name} is saved.")
        return redirect("schedules")
    coming = [found.next_run]
    while len(coming) < 3:
        coming.append(next_run(found.rule, coming[-1]))
    return _page(
        request,
        form,
        found=found,
        mine=found.owner_id == access.user_id,
        coming=[_local(moment, found.zone) for moment in coming],
        when=f"{said(found.rule)} ({found.zone})",
        title=TITLES[found.stream],
        runs=_runs(request, found),
    )


@require_POST
@page("create_scheduled_report")
def run_now(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """Make it now, besides its timetable."""
    actor = actor_of(request)
    found = actions.find(actor.access, schedule_id)
    actions.run_now(actor, means.current(), found)
    messages.success(request, f"{found.name} is being made, and mailed as soon as it is.")
    return redirect("schedule", found.pk)


@require_POST
@page(*SEEING)
def delete(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """Delete one."""
    actor = actor_of(request)
    actions.delete(actor, actions.find(actor.access, schedule_id))
    messages.success(request, "The scheduled report is deleted.")
    return redirect("schedules")


@require_POST
@page("export_logs", "create_scheduled_report")
def sign_off(request: HttpRequest, run_id: int) -> HttpResponse:
    """Say that a report was reviewed."""
    run = actions.sign_off(actor_of(request), run_id, request.POST.get("comment", ""))
    messages.success(request, f"You signed {run.schedule.name} off; that is recorded.")
    return redirect("export", run.export_id)
