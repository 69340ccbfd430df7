"""How sign-in behaves: allauth, with our rules on who may, from where, how often, and what is told."""

import base64
import hashlib
from typing import Any, ClassVar, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from earwitness.accounts import access, signins
from earwitness.accounts.models import User
from earwitness.model.problem import Problem

REFUSED = "The username or the password is not right, or this account cannot sign in from here."
LOCKED = "Too many failed sign-ins. Wait five minutes, then try again."


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Sign-in without sign-up: people are made by people."""

    error_messages: ClassVar = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": REFUSED,
        "email_password_mismatch": REFUSED,
        "account_inactive": REFUSED,
        "invalid_login": REFUSED,
        "too_many_login_attempts": LOCKED,
        "incorrect_password": "This is not your password.",
        "enter_current_password": "This is not your password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account for themselves."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that the server found behind its trusted proxies."""
        ip = getattr(getattr(request, "earwitness", None), "ip", "")
        if not ip:
            raise PermissionDenied("The address of the client is not known.")
        return str(ip)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Go on to the page from which passwords are changed."""
        return "/me/security"

    # Guessing. Per address and name five failures in five minutes, per name fifty in an hour from wherever (a stranger
    # should not be able to lock somebody out for long), per address sixty a minute (an office shares one address).

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return f"{signins.tried(credentials).casefold()}|{ratelimit.get_ip(request)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count an attempt; refuse and record it where there were too many."""
        name = signins.tried(credentials)
        self._anywhere = None
        try:
            super().pre_authenticate(request, **credentials)
            self._anywhere = ratelimit.consume(
                request, app="allauth.account", action="login_failed_anywhere", key=name.casefold()
            )
            if self._anywhere is None:
                raise self.validation_error("too_many_login_attempts")
        except ValidationError:
            signins.locked(request, name)
            raise

    def _rollback_login_failed_rl_usage(self) -> None:
        super()._rollback_login_failed_rl_usage()
        if self._anywhere is not None:
            self._anywhere.rollback()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record a wrong password or an unknown name."""
        signins.failed(request, signins.tried(credentials))

    # Signing in and out.

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Refuse somebody none of whose roles counts from here, before a second factor is asked for."""
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        if response is None and access.of_user(user, self.get_client_ip(request)).refused_by_ip:
            signins.refused_by_ip(request, user)
            self._turn_away(request)
        return response

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Tell a disabled person (who came with a passkey) what everybody is told."""
        signins.failed(request, user.username, "This user, or their tenant, is disabled.")
        self._turn_away(request)

    def _turn_away(self, request: HttpRequest) -> NoReturn:
        clear_login(request)
        messages.error(request, REFUSED)
        raise ImmediateHttpResponse(redirect("account_login"))

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign somebody in; a sign-in that cannot be recorded does not happen."""
        super().login(request, user)
        methods = [str(record.get("type") or record["method"]) for record in get_authentication_records(request, user)]
        try:
            signins.succeeded(request, user, methods)
        except Problem:
            request.session.flush()
            raise

    def reauthenticate(self, user: User, password: str) -> bool:
        """Check a password again before a dangerous act; the answer is recorded either way."""
        right = bool(super().reauthenticate(user, password))
        if right:
            signins.confirmed(self.request, user)
        return right


def _fernet() -> MultiFernet:
    secrets = [str(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    digests = (hashlib.sha256(f"earwitness.second-factor:{secret}".encode()).digest() for secret in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """Second factors, whose secrets are encrypted at rest with a key derived from the secret key of the house."""

    def encrypt(self, text: str) -> str:
        """Return a secret as it is stored."""
        return _fernet().encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """Return a stored secret as it was."""
        return _fernet().decrypt(encrypted_text.encode("ascii")).decode("utf-8")

    def generate_authenticator_name(self, user: User, type: Any) -> str:  # noqa: A002 -- the name is allauth's
        """Offer a name for a new key."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return "My key" if number == 1 else f"My key {number}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Name the product in the dialogue of the browser."""
        return {**super().get_public_key_credential_rp_entity(), "name": "Earwitness"}
