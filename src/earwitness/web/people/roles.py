"""Settings > Roles."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from earwitness.accounts import questions, rules
from earwitness.accounts.access import Access
from earwitness.accounts.actions import roles as acts
from earwitness.accounts.models import Role
from earwitness.accounts.recorder import actor_of
from earwitness.model.permission import PERMISSIONS
from earwitness.web.doors import access_of, page
from earwitness.web.people.forms import Confirm, RoleForm

SHOWN = 100  # of the people who have a role


@page(*questions.MANAGE_ROLES)
def show(request: HttpRequest) -> HttpResponse:
    """All roles."""
    roles = questions.roles(access_of(request))
    return render(request, "people/roles.html", {"roles": roles, "total": len(PERMISSIONS)})


@page("create_role")
def new(request: HttpRequest) -> HttpResponse:
    """An empty Edit Role form; saved, it makes a role."""
    form = RoleForm.of(request)
    if request.method == "POST":
        role = form.attempt(lambda: acts.create(actor_of(request), acts.RoleDraft(**form.fields_given())))
        if role:
            messages.success(request, f"The role {role.name} is made.")
            return redirect("roles")
    context = {"form": form, "options": _options(access_of(request), form), "may_save": True}
    return render(request, "people/role.html", context, status=form.status)


@page(*questions.MANAGE_ROLES)
def edit(request: HttpRequest, name: str) -> HttpResponse:
    """The Edit Role form of one role; read-only for somebody who may not change it."""
    who = access_of(request)
    role = questions.role(who, name)
    why_not = _why_not(who, role)
    form = RoleForm.of(request, acts.draft_of(role))
    if request.method == "POST":
        if form.attempt(lambda: acts.update(actor_of(request), name, **form.fields_given())):
            messages.success(request, f"The role {form.cleaned_data['name']} is saved.")
            return redirect("roles")
    elif why_not:
        form.fields.pop("confirm", None)
    context = {
        "form": form,
        "role": role,
        "options": _options(who, form),
        "may_save": not why_not,
        "why_not": why_not,
        "may_delete": who.has("delete_role") and not role.built_in,
        "holders": role.users.order_by("username_key")[:SHOWN],
        "more_holders": max(role.holders - SHOWN, 0),  # type: ignore[attr-defined]  # counted by the question
    }
    return render(request, "people/role.html", context, status=form.status)


@page("delete_role")
def delete(request: HttpRequest, name: str) -> HttpResponse:
    """Delete a role: asks first."""
    role = questions.role(access_of(request), name)
    form = Confirm(request)
    if request.method == "POST" and form.done(lambda: acts.delete(actor_of(request), name)):
        messages.success(request, f"The role {role.name} is deleted.")
        return redirect("roles")
    context = {
        "form": form,
        "head": f"Delete the role {role.name}?",
        "sentence": "This cannot be undone. The log keeps what it was.",
        "act": "Delete",
        "back": "roles",
        "here": "Roles",
    }
    return render(request, "people/confirm.html", context, status=form.status)


def _why_not(who: Access, role: Role) -> str:
    if not who.has("edit_role"):
        return "You may look at this role; changing it needs the permission edit_role."
    if rules.may_grant_role(who, role.permissions, mask_phone=True):
        return "This role holds permissions that you do not hold, so you cannot change it."
    return ""


def _options(who: Access, form: RoleForm) -> list[dict[str, object]]:
    """Return every permission with its sentence, whether it is chosen and whether it may be granted."""
    chosen = set(form["permissions"].value() or ())
    grantable = rules.grantable_permissions(who)
    return [
        {"name": p.name, "sentence": p.sentence, "on": p.name in chosen, "off_limits": p.name not in grantable}
        for p in PERMISSIONS
    ]
