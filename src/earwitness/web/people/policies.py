"""Settings > Policies: the rules for listening to calls."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from earwitness.accounts import questions
from earwitness.accounts.actions import policies as acts
from earwitness.accounts.recorder import actor_of
from earwitness.model.policy import BREACHES
from earwitness.model.scope import SUPERVISION
from earwitness.web.doors import access_of, doors, page
from earwitness.web.people.policy_form import PolicyForm


@page("admin")
def show(request: HttpRequest) -> HttpResponse:
    """The rules that hold, to be changed."""
    who = access_of(request)
    form = PolicyForm.of(request, questions.policy(who))
    if request.method == "POST":
        reader = doors(request).reader
        saved = form.attempt(
            lambda: acts.change(actor_of(request), form.given(), lambda: reader.last_seq(who.scope, SUPERVISION))
        )
        if saved:
            messages.success(request, "Saved. It holds for what is recorded from now on.")
            return redirect("policies")
    desks = [desk.name for desk in questions.desks(who)]
    context = {"form": form, "breaches": BREACHES, "desks": desks, "days": form.days()}
    return render(request, "people/policies.html", context, status=form.status)
