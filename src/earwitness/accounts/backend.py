"""How a username and a password become a person."""

from allauth.account.auth_backends import AuthenticationBackend


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth is untyped
    """allauth's, but a disabled person is told what everybody with a wrong password is told."""

    @classmethod
    def _stash_user(cls, user: object) -> None:
        """Do not tell the sign-in page of somebody whose password was right and who is disabled."""
