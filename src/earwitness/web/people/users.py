"""Settings > Users: the list, and somebody new."""

import zoneinfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode

from earwitness.accounts import questions, rules
from earwitness.accounts.access import Access
from earwitness.accounts.actions import passwords
from earwitness.accounts.actions import users as acts
from earwitness.accounts.models import User
from earwitness.accounts.recorder import actor_of
from earwitness.web.doors import access_of, page
from earwitness.web.people.forms import NewUserForm, UserForm

PAGE = 50
STATES = {"enabled": False, "disabled": True}


@page(*questions.MANAGE_USERS)
def show(request: HttpRequest) -> HttpResponse:
    """The list; the address holds the search."""
    who = access_of(request)
    asked = {name: request.GET.get(name, "").replace("\0", "").strip()[:150] for name in ("q", "role", "desk", "state")}
    found = questions.users(
        who,
        text=asked["q"],
        role=asked["role"],
        desk=asked["desk"],
        disabled=STATES.get(asked["state"]),
        after=request.GET.get("after", "").replace("\0", "")[:300],
        limit=PAGE,
    )
    given = {name: value for name, value in asked.items() if value}
    context = {
        "people": found.items,
        "next": urlencode({**given, "after": found.next}) if found.next else "",
        "first": urlencode(given) if "after" in request.GET else None,
        "asked": asked,
        "filtered": bool(given),
        "roles": questions.roles(who),
        "desks": questions.desks(who),
    }
    return render(request, "people/users.html", context)


@page("create_user")
def new(request: HttpRequest) -> HttpResponse:
    """Somebody new. A password that is made up is shown on the answer to this very request, and nowhere else."""
    who = access_of(request)
    form = NewUserForm(request)
    context = choices(who, form)
    if request.method == "POST":
        password = request.POST.get("password", "") or passwords.generate()
        user = form.attempt(lambda: acts.create(actor_of(request), acts.UserDraft(**form.fields_given()), password))
        if user and request.POST.get("password"):
            messages.success(request, f"The user {user.username} is made.")
            return redirect("users")
        if user:
            return shown_once(request, user, password)
    return render(request, "people/user_new.html", {"form": form, **context}, status=form.status)


def shown_once(request: HttpRequest, user: User, password: str) -> HttpResponse:
    """Show a password that was made up."""
    return render(request, "people/password_made.html", {"user_shown": user, "password": password})


def choices(who: Access, form: UserForm, had: frozenset[str] = frozenset()) -> dict[str, object]:
    """Offer roles and desks in a form; returns what the template draws them from.

    had: roles the person has already: they may stay, even where they could not be given.
    """
    roles, desks = questions.roles(who), questions.desks(who)
    form.offer(roles, desks)
    given = {role.pk for role in rules.grantable_roles(who, roles)}
    chosen_roles, chosen_desks = set(form["roles"].value() or ()), set(form["desks"].value() or ())
    return {
        "role_options": [
            {
                "name": role.name,
                "sentence": role.description,
                "on": role.name in chosen_roles,
                "off_limits": role.pk not in given and role.name not in had,
            }
            for role in roles
        ],
        "desk_options": [
            {
                "name": desk.name,
                "on": desk.name in chosen_desks,
                "off_limits": bool(rules.may_grant_desks(who, [desk])) and desk.name not in chosen_desks,
            }
            for desk in desks
        ],
        "zones": sorted(zoneinfo.available_timezones()),
    }
