"""The first administrator, on the first visit."""

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from earwitness.accounts import setup
from earwitness.accounts.actions.users import UserDraft
from earwitness.model.problem import Invalid, NotFound, Problem
from earwitness.web import errors
from earwitness.web.doors import doors
from earwitness.web.people.forms import SetupForm

GUESSES = {"setup": "10/m/ip"}


@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """Ask for the code that the server printed and for who is to rule; not there once somebody does."""
    if not setup.is_open():
        return errors.show(request, NotFound("The address may be mistyped, or you may not see what it names."))
    form = SetupForm(request.POST if request.method == "POST" else None, initial={"code": request.GET.get("code", "")})
    if request.method == "POST" and form.is_valid():
        try:
            return _complete(request, form)
        except Invalid as problem:
            for field, sentence in problem.fields.items():
                form.add_error(field if field in form.fields else None, sentence)
        except Problem as problem:
            return errors.show(request, problem)
    return render(request, "people/setup.html", {"form": form}, status=422 if form.errors else 200)


def _complete(request: HttpRequest, form: SetupForm) -> HttpResponse:
    if not ratelimit.consume(request, app="earwitness", action="setup", config=GUESSES):
        raise Invalid("Too many tries.", fields={"code": "Too many tries. Wait a minute."})
    given = form.cleaned_data
    draft = UserDraft(given["username"], roles=("Administrator",))
    agent = request.headers.get("User-Agent", "")[:500]
    user = setup.complete(given["code"], draft, given["password"], ip=doors(request).ip, user_agent=agent)
    messages.success(request, f"{user.username} is the administrator now: sign in.")
    return redirect("account_login")
