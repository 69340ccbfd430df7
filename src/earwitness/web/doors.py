"""What a page may use: who asks, from where, and the doors to the log. Every view of ``web`` is made with ``page``."""

import datetime as dt
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url

from earwitness.accounts import setup
from earwitness.accounts.access import Access
from earwitness.accounts.recorder import actor_of, refused
from earwitness.model.problem import Forbidden, NotSignedIn, Problem
from earwitness.model.segment import Segment
from earwitness.record import Recorder
from earwitness.search import Reader
from earwitness.web import errors

P = ParamSpec("P")


class SwitchStatus(Protocol):
    """How it stands with a switch: ``collect.asterisk.connection.ConnectionStatus``, as far as pages show it."""

    switch: str
    state: str
    since: dt.datetime
    problem: str
    version: str
    missing: tuple[str, ...]
    unproven: tuple[str, ...]
    heard: dt.datetime | None


class Doors(Protocol):
    """What the server hands to each request as ``request.earwitness``."""

    reader: Reader
    recorder: Recorder
    access: Access | None
    ip: str
    going_on: Callable[[str], list[Segment]]
    switches: Callable[[str], Sequence[SwitchStatus]]


def doors(request: HttpRequest) -> Doors:
    """Return the doors of a request."""
    return cast("Doors", request.earwitness)  # type: ignore[attr-defined]  # set by the server's middleware


def access_of(request: HttpRequest) -> Access:
    """Return what the signed-in person may; NotSignedIn where nobody is."""
    access = doors(request).access
    if access is None:
        raise NotSignedIn("Sign in to see this page.")
    return access


def permit(request: HttpRequest, *permissions: str) -> None:
    """Raise Forbidden, and record it, where the signed-in person holds none of the permissions; the first is named."""
    access = access_of(request)
    if permissions and not access.has_any(*permissions):
        refused(actor_of(request), permissions[0])
        raise Forbidden(f"This page needs the permission {permissions[0]}.", extra={"permission": permissions[0]})


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):  # following a redirect would put the sign-in page into the middle of another
        return HttpResponse("Sign in to see this.", status=NotSignedIn.status, headers={"HX-Refresh": "true"})
    if setup.is_open():
        return redirect("setup")  # the first visit: there is nobody who could sign in
    return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))


def page(
    *permissions: str,
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], HttpResponseBase]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]
]:
    """Make a view for signed-in people who hold any of the permissions (none named: everybody signed in).

    Somebody not signed in is sent to the sign-in page and back (a part of a page sends its page); a problem becomes a
    page that says it in one sentence; nothing is kept in a cache that outlives the session.
    """

    def decorate(
        view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            try:
                permit(request, *permissions)
                response = view(request, *args, **kwargs)
            except NotSignedIn:
                response = _to_sign_in(request)
            except Problem as problem:
                response = errors.show(request, problem)
            response.setdefault("Cache-Control", "private, no-store")
            return response

        return wrapped

    return decorate
