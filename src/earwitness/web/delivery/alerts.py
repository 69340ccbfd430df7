"""Alerts, and when they fired."""

from collections.abc import Sequence

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from earwitness.accounts.access import Access
from earwitness.accounts.recorder import actor_of
from earwitness.deliver import means
from earwitness.deliver.alerts import actions, examples, letters, trial
from earwitness.deliver.alerts.trial import Tried
from earwitness.deliver.messages import mail
from earwitness.deliver.models import Alert
from earwitness.deliver.wire import http
from earwitness.web.delivery.forms import AlertForm
from earwitness.web.doors import access_of, page

SEEING = ("create_scheduled_report", "delete_scheduled_report")
FRESH = {"threshold": 1, "window": 600, "enabled": True, "absence": False}


@page(*SEEING)
def show(request: HttpRequest) -> HttpResponse:
    """The alerts and their history."""
    access = access_of(request)
    rows = [
        {"alert": alert, "condition": letters.condition(alert), "firing": alert.firings.filter(ended=None).count()}
        for alert in actions.visible(access)
    ]
    context = {"rows": rows, "history": _history(access), "who": access.user_id}
    return render(request, "delivery/alerts.html", context)


def _history(access: Access, alert: Alert | None = None) -> list[dict[str, object]]:
    """Return the last firings as the page shows them."""
    return [
        {"firing": firing, "what": letters.what(firing), "link": letters.path(firing)}
        for firing in actions.history(access, 100, alert)
    ]


@page("create_scheduled_report")
def new(request: HttpRequest) -> HttpResponse:
    """Set one up; a search, or the name of an example, comes along in the address."""
    given = request.GET
    example = examples.BY_NAME.get(given.get("example", ""))
    asked = {"stream": given.get("stream", "activity"), "search": given.get("q", "")}
    form = AlertForm(request, FRESH | (msgspec.structs.asdict(example.wish) | {"recipients": ""} if example else asked))
    if request.method == "POST":
        alert = form.attempt(lambda: actions.create(actor_of(request), form.wish()))
        if alert:
            messages.success(request, f"The alert {alert.name} is set up. Send a test to see that it arrives.")
            return redirect("alert", alert.pk)
    seen = access_of(request).scope.streams
    offered = [each for each in examples.EXAMPLES if each.wish.stream in seen] if not given.get("q") else []
    context = {"form": form, "examples": offered, "has_mail": mail.has_server()}
    return render(request, "delivery/alert.html", context, status=form.status)


@page(*SEEING)
def edit(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Change one."""
    alert = actions.find(access_of(request), alert_id)
    form = AlertForm(request, AlertForm.of(alert))
    if request.method == "POST" and form.done(lambda: actions.change(actor_of(request), alert, form.wish())):
        messages.success(request, f"The alert {alert.name} is saved.")
        return redirect("alerts")
    return _page(request, alert, form)


def _page(request: HttpRequest, alert: Alert, form: AlertForm, tried: Sequence[Tried] = ()) -> HttpResponse:
    access = access_of(request)
    context = {
        "form": form,
        "alert": alert,
        "mine": alert.owner_id == access.user_id,
        "condition": letters.condition(alert),
        "firing": alert.firings.filter(ended=None).exists(),
        "origin": http.origin(alert.webhook),
        "history": _history(access, alert),
        "has_mail": mail.has_server(),
        "tried": tried,
    }
    return render(request, "delivery/alert.html", context, status=form.status)


@require_POST
@page("create_scheduled_report")
def test(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Send a test to everybody that it tells, and show how each went."""
    actor = actor_of(request)
    alert = actions.find(actor.access, alert_id)
    tried = trial.attempt(actor, means.current(), alert)
    return _page(request, alert, AlertForm.shown(request, alert), tried)


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
