"""Settings > Desks."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from earwitness.accounts import questions
from earwitness.accounts.actions import desks as acts
from earwitness.accounts.recorder import actor_of
from earwitness.web.doors import access_of, page, permit
from earwitness.web.people.forms import DeskForm, Plain


@page("admin", *questions.MANAGE_USERS)
def show(request: HttpRequest) -> HttpResponse:
    """All desks, and a form for one more."""
    who = access_of(request)
    form = DeskForm(request)
    if request.method == "POST":
        permit(request, "admin")
        desk = form.attempt(lambda: acts.create(actor_of(request), form.cleaned_data["name"]))
        if desk:
            messages.success(request, f"The desk {desk.name} is made.")
            return redirect("desks")
    context = {"desks": questions.desks(who), "form": form, "may_change": who.has("admin")}
    return render(request, "people/desks.html", context, status=form.status)


@page("admin")
def edit(request: HttpRequest, name: str) -> HttpResponse:
    """Rename a desk."""
    desk = questions.desk(access_of(request), name)
    form = DeskForm(request, {"name": desk.name})
    if request.method == "POST":
        saved = form.attempt(lambda: acts.rename(actor_of(request), name, form.cleaned_data["name"]))
        if saved:
            messages.success(request, f"The desk is now called {saved.name}.")
            return redirect("desks")
    people = desk.users.order_by("username_key")[:200]
    return render(request, "people/desk.html", {"form": form, "desk": desk, "people": people}, status=form.status)


@page("admin")
def delete(request: HttpRequest, name: str) -> HttpResponse:
    """Delete a desk: asks first."""
    desk = questions.desk(access_of(request), name)
    form = Plain(request)
    if request.method == "POST" and form.done(lambda: acts.delete(actor_of(request), name)):
        messages.success(request, f"The desk {desk.name} is deleted.")
        return redirect("desks")
    context = {
        "form": form,
        "head": f"Delete the desk {desk.name}?",
        "sentence": "Its people keep their roles. Rows recorded there are then seen only by those who see all desks.",
        "act": "Delete",
        "back": "desks",
        "here": "Desks",
    }
    return render(request, "people/confirm.html", context, status=form.status)
