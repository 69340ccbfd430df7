"""One's own password, second factors and sessions."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from earwitness.accounts import questions
from earwitness.accounts.actions import sessions as acts
from earwitness.accounts.recorder import actor_of
from earwitness.model.problem import Malformed
from earwitness.web.doors import access_of, page
from earwitness.web.people.browsers import described


@page()
def show(request: HttpRequest) -> HttpResponse:
    """What protects one's own account, and where one is signed in."""
    who = access_of(request)
    user = questions.self_of(who)
    kinds = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    codes = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    context = {
        "one": user,
        "app": Authenticator.Type.TOTP in kinds,
        "passkeys": kinds.count(Authenticator.Type.WEBAUTHN),
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "sessions": described(questions.live_sessions(who, who.username, current_key=request.session.session_key)),
        "may_end": True,
    }
    return render(request, "people/security.html", context)


@page()
def end_session(request: HttpRequest, session: int) -> HttpResponse:
    """End one session, one's own or with the permission somebody else's; goes back to where the button was."""
    if request.method != "POST":
        raise Malformed("Use the button in the list of sessions.")
    acts.terminate(actor_of(request), session)
    messages.success(request, "The session is ended.")
    back = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if safe and back.startswith("/") else "security")


@page()
def sign_out_elsewhere(request: HttpRequest) -> HttpResponse:
    """End all one's own sessions but this one."""
    if request.method != "POST":
        raise Malformed("Use the button in the list of sessions.")
    who = access_of(request)
    ended = acts.terminate_all(actor_of(request), who.username, but=request.session.session_key)
    update_session_auth_hash(request, questions.self_of(who))
    messages.success(request, f"{ended} other sessions are ended." if ended != 1 else "One other session is ended.")
    return redirect("security")
