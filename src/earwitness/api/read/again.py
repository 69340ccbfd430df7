"""Who asks, as things stand now: for answers that last longer than what was known at their beginning."""

from typing import Any

from django.db import close_old_connections
from django.http import HttpRequest

from earwitness.accounts import access as accesses
from earwitness.accounts import keys, visits
from earwitness.accounts.access import Access
from earwitness.accounts.models import User
from earwitness.api.doors import access_of, doors
from earwitness.model.problem import NotSignedIn


def access(request: HttpRequest, permission: str) -> Access:
    """Return what the caller of a request may now. NotSignedIn where the key or session ended, Forbidden where the
    permission is gone."""
    close_old_connections()
    try:
        found = _now(request, access_of(request))
    finally:
        close_old_connections()
    found.demand(permission)
    return found


def _now(request: HttpRequest, then: Access) -> Access:
    if then.actor_type == "operator":
        return then
    ended = NotSignedIn("The key or session has ended: sign in again, or send a valid key.")
    if then.key:
        token = request.headers.get("Authorization", "").partition(" ")[2].strip()
        grant = keys.look_up(token, doors(request).ip)
        if grant is None:
            raise ended
        return accesses.of_key(grant)
    session: Any = getattr(request, "session", None)
    user = User.objects.filter(pk=then.user_id or 0).first()
    if user is None or not user.is_active or session is None or not session.exists(session.session_key):
        raise ended
    return visits.access_of(request, user, doors(request).ip)
