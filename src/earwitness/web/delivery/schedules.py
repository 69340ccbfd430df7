"""Scheduled reports, and what was made of them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from earwitness.accounts.recorder import actor_of
from earwitness.deliver.messages import mail
from earwitness.deliver.schedules import actions
from earwitness.web.delivery.forms import ScheduleForm
from earwitness.web.doors import access_of, page

SEEING = ("create_scheduled_report", "delete_scheduled_report")
FRESH = {"period": "yesterday", "format": "pdf", "attach": True, "every": "daily", "at": "07:00", "weekday": 0}
FRESH |= {"day": 1, "zone": "UTC", "enabled": True}


@page(*SEEING)
def show(request: HttpRequest) -> HttpResponse:
    """The schedules, and the last reports."""
    access = access_of(request)
    runs = actions.runs(access, 50) if access.has_any("export_logs", "create_scheduled_report") else []
    context = {"schedules": actions.visible(access), "runs": runs, "has_mail": mail.has_server(), "who": access.user_id}
    return render(request, "delivery/schedules.html", context)


@page("create_scheduled_report")
def new(request: HttpRequest) -> HttpResponse:
    """Set one up; a search comes along in the address."""
    given = request.GET
    asked = {"stream": given.get("stream", "activity"), "search": given.get("q", ""), "report": given.get("report", "")}
    form = ScheduleForm(request, FRESH | asked)
    if request.method == "POST":
        found = form.attempt(lambda: actions.create(actor_of(request), form.wish()))
        if found:
            messages.success(
                request, f"{found.name} is scheduled; it runs next at {found.next_run:%Y-%m-%d %H:%M} UTC."
            )
            return redirect("schedules")
    return render(request, "delivery/schedule.html", {"form": form}, status=form.status)


@page(*SEEING)
def edit(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """Change one."""
    access = access_of(request)
    found = actions.find(access, schedule_id)
    form = ScheduleForm(request, ScheduleForm.of(found))
    if request.method == "POST" and form.done(lambda: actions.change(actor_of(request), found, form.wish())):
        messages.success(request, f"{found.name} is saved.")
        return redirect("schedules")
    mine = found.owner_id == access.user_id
    return render(request, "delivery/schedule.html", {"form": form, "found": found, "mine": mine}, status=form.status)


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
