"""Alerts, and when they fired."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from earwitness.accounts.recorder import actor_of
from earwitness.deliver.alerts import actions, letters
from earwitness.web.delivery.forms import AlertForm
from earwitness.web.doors import access_of, page

SEEING = ("create_scheduled_report", "delete_scheduled_report")
FRESH = {"threshold": 1, "window": 600, "enabled": True, "absence": False}


@page(*SEEING)
def show(request: HttpRequest) -> HttpResponse:
    """The alerts and their history."""
    access = access_of(request)
    rows = [
        {
            "alert": alert,
            "span": letters.duration(alert.window),
            "firing": alert.firings.filter(ended=None).count(),
        }
        for alert in actions.visible(access)
    ]
    history = [{"firing": firing, "what": letters.what(firing)} for firing in actions.history(access, 100)]
    return render(request, "delivery/alerts.html", {"rows": rows, "history": history})


@page("create_scheduled_report")
def new(request: HttpRequest) -> HttpResponse:
    """Set one up; a search comes along in the address."""
    given = request.GET
    form = AlertForm(request, FRESH | {"stream": given.get("stream", "activity"), "search": given.get("q", "")})
    if request.method == "POST":
        alert = form.attempt(lambda: actions.create(actor_of(request), form.wish()))
        if alert:
            messages.success(request, f"The alert {alert.name} is set up.")
            return redirect("alert", alert.pk)
    return render(request, "delivery/alert.html", {"form": form}, status=form.status)


@page(*SEEING)
def edit(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Change one."""
    access = access_of(request)
    alert = actions.find(access, alert_id)
    form = AlertForm(request, AlertForm.of(alert))
    if request.method == "POST" and form.done(lambda: actions.change(actor_of(request), alert, form.wish())):
        messages.success(request, f"The alert {alert.name} is saved.")
        return redirect("alerts")
    context = {"form": form, "alert": alert, "mine": alert.owner_id == access.user_id}
    return render(request, "delivery/alert.html", context, status=form.status)


@require_POST
@page("create_scheduled_report")
def secret(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Show the signing secret, on the answer to this very request."""
    actor = actor_of(request)
    alert = actions.find(actor.access, alert_id)
    context = {"alert": alert, "secret": actions.signing_secret(actor, alert)}
    return render(request, "delivery/alert_secret.html", context)


@require_POST
@page(*SEEING)
def delete(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Delete one."""
    actor = actor_of(request)
    actions.delete(actor, actions.find(actor.access, alert_id))
    messages.success(request, "The alert is deleted.")
    return redirect("alerts")
