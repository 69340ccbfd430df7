"""Which tenant an operator in a browser looks at: kept in their session, for that session alone."""

from typing import Any

from django.http import HttpRequest

from earwitness.accounts import access
from earwitness.accounts.access import Access
from earwitness.accounts.models import User

KEPT = "earwitness.tenant"


def access_of(request: HttpRequest, user: User, ip: str) -> Access:
    """Return what a signed-in person may: an operator in the tenant they chose, anybody else in their own."""
    session: Any = getattr(request, "session", None)
    chosen = session.get(KEPT, "") if session is not None and user.is_operator else ""
    return access.of_user(user, ip, str(chosen))


def remember(request: HttpRequest, tenant: str) -> None:
    """Have the rest of the session look at a tenant; empty text: at the operator's own."""
    if tenant:
        request.session[KEPT] = tenant
    else:
        request.session.pop(KEPT, None)
