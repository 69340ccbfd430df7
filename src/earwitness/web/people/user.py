"""Settings > Users > one user."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from earwitness.accounts import questions, rules
from earwitness.accounts.access import Access
from earwitness.accounts.actions import passwords
from earwitness.accounts.actions import sessions as session_acts
from earwitness.accounts.actions import users as acts
from earwitness.accounts.models import User
from earwitness.accounts.recorder import Actor, actor_of
from earwitness.model.problem import Forbidden
from earwitness.web.doors import access_of, page
from earwitness.web.people.browsers import described
from earwitness.web.people.forms import Asked, Confirm, PasswordForm, Plain, UserForm, wants_disabled
from earwitness.web.people.users import choices, shown_once


@page("edit_user", "create_user", "delete_user")  # the first is the one to ask for
def edit(request: HttpRequest, username: str) -> HttpResponse:
    """The form of one user; read-only for somebody who may not change them."""
    who = access_of(request)
    user = questions.user(who, username)
    why_not = _why_not(who, user)
    form = UserForm.of(request, acts.draft_of(user))
    context = choices(who, form, frozenset(role.name for role in user.roles.all()))
    if request.method == "POST":
        saved = form.attempt(lambda: acts.update(actor_of(request), username, **form.fields_given()))
        if saved:
            messages.success(request, f"The user {saved.username} is saved.")
            return redirect("user", saved.username)
    elif why_not:
        form.fields.pop("confirm", None)
    context |= {
        "form": form,
        "one": user,
        "may_save": not why_not,
        "why_not": why_not,
        "factors": [factor.get_type_display() for factor in Authenticator.objects.filter(user=user)],
        "sessions": _sessions(request, who, user),
        "may_delete": who.has("delete_user"),
        "may_end": who.has("terminate_current_session"),
        "may_end_all": who.has("terminate_all_user_sessions"),
    }
    return render(request, "people/user.html", context, status=form.status)


def _why_not(who: Access, user: User) -> str:
    if not who.has("edit_user"):
        return "You may look at this user; changing them needs the permission edit_user."
    try:
        rules.demand_control(who, user)
    except Forbidden as problem:
        return problem.detail
    return ""


def _sessions(request: HttpRequest, who: Access, user: User) -> list[dict[str, Any]] | None:
    if user.pk != who.user_id and not who.has_any(*questions.SEE_SESSIONS):
        return None
    return described(questions.live_sessions(who, user.username, current_key=request.session.session_key))


def _asked(  # noqa: PLR0913 -- each is one part of the page
    request: HttpRequest,
    user: User,
    form: Asked,
    act: Callable[[Actor], object],
    *,
    head: str,
    sentence: str,
    button: str,
    done: str,
    after: str = "user",
) -> HttpResponse:
    """Ask before an act, do it when the form comes back, and say that it is done."""
    if request.method == "POST" and form.done(lambda: act(actor_of(request))):
        messages.success(request, done)
        return redirect(after, *([user.username] if after == "user" else []))
    context = {
        "form": form,
        "head": head,
        "sentence": sentence,
        "act": button,
        "back": "user",
        "back_to": user.username,
        "here": "Users",
    }
    return render(request, "people/confirm.html", context, status=form.status)


@page("edit_user")
def disable(request: HttpRequest, username: str) -> HttpResponse:
    """Disable somebody, or enable them again."""
    user = questions.user(access_of(request), username)
    to = wants_disabled(request, user.disabled)
    name = user.username
    return _asked(
        request,
        user,
        Plain(request),
        lambda actor: acts.set_disabled(actor, name, to),
        head=f"Disable {name}?" if to else f"Enable {name} again?",
        sentence="They are signed out at once, and their API keys stop working. It can be undone."
        if to
        else "They can sign in again with the password they had, and their API keys work again.",
        button="Disable" if to else "Enable",
        done=f"{name} is disabled." if to else f"{name} is enabled.",
    )


@page("edit_user")
def password(request: HttpRequest, username: str) -> HttpResponse:
    """Set somebody's password; one that is made up is shown on the answer to this very request."""
    user = questions.user(access_of(request), username)
    form = PasswordForm(request)
    if request.method == "POST":
        given = request.POST.get("password", "")
        chosen = given or passwords.generate()
        if form.attempt(lambda: acts.set_password(actor_of(request), user.username, chosen)):
            if not given:
                return shown_once(request, user, chosen)
            messages.success(request, f"The password of {user.username} is set.")
            return redirect("user", user.username)
    return render(request, "people/user_password.html", {"form": form, "one": user}, status=form.status)


@page("edit_user")
def second_factors(request: HttpRequest, username: str) -> HttpResponse:
    """Remove somebody's second factors."""
    user = questions.user(access_of(request), username)
    return _asked(
        request,
        user,
        Confirm(request),
        lambda actor: acts.remove_second_factors(actor, user.username),
        head=f"Remove the second factors of {user.username}?",
        sentence="Their authenticator app, passkeys and recovery codes stop working; the password alone signs them in.",
        button="Remove",
        done=f"{user.username} has no second factor any more.",
    )


@page("terminate_all_user_sessions")
def sign_out(request: HttpRequest, username: str) -> HttpResponse:
    """Sign somebody out everywhere."""
    user = questions.user(access_of(request), username)
    return _asked(
        request,
        user,
        Plain(request),
        lambda actor: session_acts.terminate_all(actor, user.username),
        head=f"Sign {user.username} out everywhere?",
        sentence="Every session of this user ends at once.",
        button="Sign out",
        done=f"{user.username} is signed out everywhere.",
    )


@page("delete_user")
def delete(request: HttpRequest, username: str) -> HttpResponse:
    """Delete somebody."""
    user = questions.user(access_of(request), username)
    return _asked(
        request,
        user,
        Confirm(request),
        lambda actor: acts.delete(actor, user.username),
        head=f"Delete {user.username}?",
        sentence="This cannot be undone; to keep somebody out for a while, disable them. Their past stays in the log.",
        button="Delete",
        done=f"{user.username} is deleted.",
        after="users",
    )
