"""Dangerous acts ask for the password again, unless it was given again in the last minutes."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows import reauthentication
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from earwitness.accounts.access import Access
from earwitness.model.problem import PasswordNeeded


def is_needed(request: HttpRequest, access: Access) -> bool:
    """Say whether whoever acts has to give their password again: a person in a browser, who did not lately.

    A key or an operator on the machine has no password to give.
    """
    return access.actor_type == "user" and not reauthentication.did_recently_reauthenticate(request)


def give(request: HttpRequest, password: str) -> bool:
    """Take a password given again; says whether it is right, and remembers for some minutes that it was.

    Wrong ones count as failed sign-ins; ValidationError where there were too many.
    """
    user = request.user
    if isinstance(user, AnonymousUser) or not password:
        return False
    if not get_adapter(request).reauthenticate(user, password):
        return False
    reauthentication.reauthenticate_by_password(request)
    return True


def demand(request: HttpRequest, access: Access) -> None:
    """Raise PasswordNeeded where the password has to be given again first."""
    if is_needed(request, access):
        raise PasswordNeeded(
            "Give your password again at /accounts/reauthenticate/, then repeat this within five minutes."
        )
