"""Settings > Redaction: what is replaced as a secret before anything is written."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from earwitness.accounts import questions
from earwitness.accounts.actions import redaction as acts
from earwitness.accounts.recorder import actor_of
from earwitness.record import redactor_for
from earwitness.web.doors import access_of, page
from earwitness.web.people.forms import RedactionForm, SampleForm

ALWAYS = (
    ("Passwords and codes", "Whatever stands under a name like password, passphrase, pin, cvv, secret or credential."),
    ("Tokens and keys", "Access tokens, API keys, JWTs, private keys, bearer tokens, passwords in addresses."),
    ("Headers", "The whole value of Authorization, Proxy-Authorization, Cookie and Set-Cookie."),
    ("Card numbers", "14 to 19 digits with a known brand's prefix and length and a right check digit."),
)


@page("admin")
def show(request: HttpRequest) -> HttpResponse:
    """What is secret besides, to be changed."""
    form = RedactionForm.of(request, questions.redaction(access_of(request)))
    if request.method == "POST":
        saved = form.attempt(lambda: acts.change(actor_of(request), *form.given()))
        if saved:
            messages.success(request, "Saved. It holds for what is recorded from now on.")
            return redirect("redaction")
    return _shown(request, form, SampleForm(request, ask=False))


@page("admin")
def sample(request: HttpRequest) -> HttpResponse:
    """Show what would be kept of a text. The text is recorded nowhere."""
    additions = questions.redaction(access_of(request))
    form = SampleForm(request)
    kept = None
    if request.method == "POST" and form.is_valid():
        kept = redactor_for(additions).sample(form.cleaned_data["text"])
    return _shown(request, RedactionForm.of(request, additions, ask=False), form, kept)


def _shown(request: HttpRequest, form: RedactionForm, sample: SampleForm, kept: str | None = None) -> HttpResponse:
    context = {"form": form, "sample": sample, "kept": kept, "always": ALWAYS}
    status = max(form.status, sample.status)
    return render(request, "people/redaction.html", context, status=status)
