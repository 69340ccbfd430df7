"""What Django and allauth tell of sign-outs, passwords and second factors, as events."""

from typing import Any

from django.http import HttpRequest

from earwitness.accounts import sessions, signins
from earwitness.accounts.models import User
from earwitness.accounts.recorder import actor_of, record


def connect() -> None:
    """Connect every handler below; called once, when the app is ready."""
    from allauth.account import signals as account
    from allauth.mfa import signals as mfa
    from django.contrib.auth.signals import user_logged_out

    user_logged_out.connect(_signed_out, dispatch_uid="earwitness.signed_out")
    account.password_changed.connect(_password_changed, dispatch_uid="earwitness.password_changed")
    mfa.authenticator_added.connect(_added, dispatch_uid="earwitness.factor_added")
    mfa.authenticator_removed.connect(_removed, dispatch_uid="earwitness.factor_removed")
    mfa.authenticator_reset.connect(_reset, dispatch_uid="earwitness.factor_reset")
    mfa.authentication_failed.connect(_code_failed, dispatch_uid="earwitness.code_failed")


def _signed_out(request: HttpRequest | None, user: User | None, **_: Any) -> None:
    if request is not None and user is not None:
        signins.signed_out(request, user)


def _password_changed(request: HttpRequest, user: User, **_: Any) -> None:
    """A changed password signs out every other session of that person."""
    from django.contrib.auth import update_session_auth_hash

    sessions.end_all(user, but=request.session.session_key)
    update_session_auth_hash(request, user)
    record(actor_of(request), "user", "set_password", obj=f"user:{user.username}")


def _factor(request: HttpRequest, user: User, authenticator: Any, act: str) -> None:
    record(actor_of(request), "user", act, obj=f"user:{user.username}", params={"type": str(authenticator.type)})


def _added(request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    _factor(request, user, authenticator, "second_factor_add")


def _removed(request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    _factor(request, user, authenticator, "second_factor_remove")


def _reset(request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    _factor(request, user, authenticator, "second_factor_reset")


def _code_failed(request: HttpRequest, user: User, **_: Any) -> None:
    signins.failed(request, user.username, "The code of a second factor was wrong.")
