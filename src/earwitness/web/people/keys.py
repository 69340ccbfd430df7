"""Settings > API keys."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from earwitness.accounts import questions
from earwitness.accounts.actions import keys as acts
from earwitness.accounts.recorder import actor_of
from earwitness.web.doors import access_of, page
from earwitness.web.people.forms import SCOPES, KeyForm, Plain


@page("access_api_key")
def show(request: HttpRequest) -> HttpResponse:
    """The keys that work; with ``?revoked=1`` also those that work no more."""
    revoked = request.GET.get("revoked") == "1"
    return render(
        request, "people/keys.html", {"keys": questions.keys(access_of(request), revoked=revoked), "revoked": revoked}
    )


@page("access_api_key")
def new(request: HttpRequest) -> HttpResponse:
    """Make a key. It is shown on the answer to this very request, and nowhere else."""
    form = KeyForm(request, {"user": access_of(request).username, "scope": "ingest"})
    if request.method == "POST":
        made = form.attempt(lambda: acts.create(actor_of(request), form.draft()))
        if made:
            key, token = made
            return render(request, "people/key_made.html", {"key": key, "token": token})
    chosen = form["scope"].value()
    scopes = [{"name": name, "sentence": sentence, "on": name == chosen} for name, sentence in SCOPES]
    return render(request, "people/key_new.html", {"form": form, "scopes": scopes}, status=form.status)


@page("access_api_key")
def revoke(request: HttpRequest, name: str) -> HttpResponse:
    """Revoke a key: asks first, but for no password, as there may be no time to lose."""
    name = questions.key(access_of(request), name).name
    form = Plain(request)
    if request.method == "POST":
        key = form.attempt(lambda: acts.revoke(actor_of(request), name))
        if key:
            messages.success(request, f"The key {key.name} is revoked.")
            return redirect("keys")
    context = {
        "form": form,
        "head": f"Revoke the key {name}?",
        "sentence": "Whatever uses it is refused from this moment on. This cannot be undone.",
        "act": "Revoke",
        "back": "keys",
        "here": "API keys",
    }
    return render(request, "people/confirm.html", context, status=form.status)
