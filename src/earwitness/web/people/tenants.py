"""Settings > Tenants: an operator's list of the customers of a hosted PBX, and the way from one to another."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode

from earwitness.accounts import questions, visits
from earwitness.accounts.actions import tenants as acts
from earwitness.accounts.models import Tenant
from earwitness.accounts.recorder import Actor, actor_of
from earwitness.model.problem import Malformed, NotFound
from earwitness.web.doors import access_of, page
from earwitness.web.people.forms import Confirm, TenantForm, wants_disabled

PAGE = 50


@page()
def show(request: HttpRequest) -> HttpResponse:
    """The list, and a form for one more; the address holds the search."""
    actor = actor_of(request)
    acts.demand_operator(actor)
    form = TenantForm(request)
    if request.method == "POST":
        made = form.attempt(lambda: acts.create(actor, form.cleaned_data["name"]))
        if made:
            messages.success(request, f"The tenant {made.name} is made.")
            return redirect(f"{request.path}?{urlencode({'q': made.name})}")
    text = request.GET.get("q", "").replace("\0", "").strip()[:64]
    after = request.GET.get("after", "").replace("\0", "")[:64]
    found = questions.tenants_named(actor.access, text, after=after, limit=PAGE)
    given = {"q": text} if text else {}
    context = {
        "tenants": found.items,
        "here": actor.access.tenant,
        "home_tenant": actor.access.home_tenant,
        "form": form,
        "q": text,
        "next": urlencode({**given, "after": found.next}) if found.next else "",
        "first": urlencode(given) if after else None,
    }
    return render(request, "people/tenants.html", context, status=form.status)


@page()
def visit(request: HttpRequest) -> HttpResponse:
    """Look at another tenant, or at one's own again: for the rest of this session."""
    if request.method != "POST":
        raise Malformed("Use the button beside the tenant.")
    tenant = acts.visit(actor_of(request), request.POST.get("tenant", ""))
    home = access_of(request).home_tenant
    visits.remember(request, "" if tenant.name == home else tenant.name)
    if tenant.name == home:
        messages.success(request, f"You are back in your own tenant, {tenant.name}.")
        return redirect("tenants")
    messages.success(request, f"You now see the tenant {tenant.name}. It is recorded in its log.")
    return redirect("dashboard")


@page()
def disable(request: HttpRequest, name: str) -> HttpResponse:
    """Disable a tenant or enable it again: asks first."""
    actor = actor_of(request)
    acts.demand_operator(actor)
    tenant = Tenant.objects.filter(name=name.replace("\0", "")).first()
    if tenant is None:
        raise NotFound("There is no such tenant.")
    form = Confirm(request)
    to = wants_disabled(request, tenant.disabled)
    if request.method == "POST" and form.done(_disabling(actor, tenant.name, to)):
        messages.success(request, f"The tenant {tenant.name} is {'disabled' if to else 'enabled'}.")
        return redirect("tenants")
    context = {
        "form": form,
        "head": f"Disable the tenant {tenant.name}?" if to else f"Enable the tenant {tenant.name} again?",
        "sentence": "Everybody in it is signed out at once, and its API keys stop working. Nothing is deleted."
        if to
        else "Its people can sign in again, and its API keys work again.",
        "act": "Disable" if to else "Enable",
        "back": "tenants",
        "here": "Tenants",
    }
    return render(request, "people/confirm.html", context, status=form.status)


def _disabling(actor: Actor, name: str, to: bool) -> Callable[[], object]:
    return lambda: acts.set_disabled(actor, name, to)
