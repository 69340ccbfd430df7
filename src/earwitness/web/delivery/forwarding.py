"""Settings > Forwarding: what is sent on to other systems, and how it fares."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from earwitness.accounts.recorder import actor_of
from earwitness.deliver import means
from earwitness.deliver.exports.order import TITLES
from earwitness.deliver.forwarding import actions, kinds, trial
from earwitness.model.problem import Malformed, NotFound
from earwitness.web.delivery.forms import ForwardForm
from earwitness.web.doors import access_of, doors, page
from earwitness.web.logs import ranges
from earwitness.web.logs.zones import UTC_ZONE


@page("admin")
def show(request: HttpRequest) -> HttpResponse:
    """The forwards of the tenant, and how far each is."""
    access, reader = access_of(request), doors(request).reader
    rows = [
        {
            "forward": forward,
            "kind": kinds.BY_NAME[forward.kind].label,
            "title": TITLES[forward.stream],
            "health": actions.health(reader, access, forward),
        }
        for forward in actions.visible(access)
    ]
    return render(request, "delivery/forwarding.html", {"rows": rows, "kinds": kinds.KINDS})


@page("admin")
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """Set one up."""
    found = kinds.BY_NAME.get(kind)
    if found is None:
        raise NotFound("There is no such kind of receiver.")
    fresh = {"tls": True, "enabled": True, "stream": request.GET.get("stream", "activity")}
    form = ForwardForm(request, found, fresh | {"search": request.GET.get("q", "")})
    if request.method == "POST":
        made = form.attempt(lambda: actions.create(actor_of(request), doors(request).reader, form.wish()))
        if made:
            messages.success(
                request, f"{made.name} gets what is recorded from now on: send a test row to see it arrive."
            )
            return redirect("forward", made.pk)
    return render(request, "delivery/forward.html", {"form": form, "kind": found}, status=form.status)


@page("admin")
def edit(request: HttpRequest, forward_id: int) -> HttpResponse:
    """Change one."""
    access = access_of(request)
    forward = actions.find(access, forward_id)
    kind = kinds.BY_NAME[forward.kind]
    form = ForwardForm(request, kind, ForwardForm.of(forward))
    if request.method == "POST" and form.done(lambda: actions.change(actor_of(request), forward, form.wish())):
        messages.success(request, f"{forward.name} is saved.")
        return redirect("forwarding")
    health = actions.health(doors(request).reader, access, forward)
    context = {"form": form, "kind": kind, "forward": forward, "health": health}
    return render(request, "delivery/forward.html", context, status=form.status)


@require_POST
@page("admin")
def test(request: HttpRequest, forward_id: int) -> HttpResponse:
    """Send a test row, and say how it went."""
    actor = actor_of(request)
    forward = actions.find(actor.access, forward_id)
    problem = trial.attempt(actor, means.current(), forward)
    if problem:
        messages.error(request, f"The test row did not arrive. {problem}")
    else:
        messages.success(request, f"{forward.name} took the test row.")
    return redirect("forward", forward.pk)


@require_POST
@page("admin")
def secret(request: HttpRequest, forward_id: int) -> HttpResponse:
    """Show the signing secret of a webhook, on the answer to this very request."""
    actor = actor_of(request)
    forward = actions.find(actor.access, forward_id)
    context = {"forward": forward, "secret": actions.signing_secret(actor, forward)}
    return render(request, "delivery/alert_secret.html", context)


@require_POST
@page("admin")
def switch(request: HttpRequest, forward_id: int) -> HttpResponse:
    """Pause it, or resume it from where it stands."""
    actor = actor_of(request)
    actions.switch(actor, actions.find(actor.access, forward_id), enabled=request.POST.get("enabled") == "1")
    return redirect("forwarding")


@require_POST
@page("admin")
def replay(request: HttpRequest, forward_id: int) -> HttpResponse:
    """Send everything again since a moment."""
    actor = actor_of(request)
    start = ranges.moment(request.POST.get("from", ""), "from", UTC_ZONE, dt.datetime.now(dt.UTC))
    if start is None:
        raise Malformed("Say from which moment to send again, such as 2026-11-01 08:00.")
    forward = actions.replay(actor, doors(request).reader, actions.find(actor.access, forward_id), start)
    messages.success(request, f"{forward.name} begins again after place {forward.cursor:,} of the log.")
    return redirect("forwarding")


@require_POST
@page("admin")
def delete(request: HttpRequest, forward_id: int) -> HttpResponse:
    """Delete it."""
    actor = actor_of(request)
    actions.delete(actor, actions.find(actor.access, forward_id))
    messages.success(request, "The forward is deleted.")
    return redirect("forwarding")
