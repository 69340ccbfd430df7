"""How a username and a password become a person."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from earwitness.accounts.models import User


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth is untyped
    """allauth's, but a disabled person is told what everybody with a wrong password is told, and as quickly."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Return whose name (or address) and password these are, or None."""
        self._wrong: set[Any] = set()
        found: User | None = super().authenticate(request, **credentials)
        return found

    def _check_password(self, user: User | None, password: str) -> User | None:
        """Hash a password once for each person: asked by name and by address, somebody known would take longer."""
        if user is None or user.pk in self._wrong:
            return None
        found: User | None = super()._check_password(user, password)
        if found is None:
            self._wrong.add(user.pk)
        return found

    @classmethod
    def _stash_user(cls, user: object) -> None:
        """Do not tell the sign-in page of somebody whose password was right and who is disabled."""
