"""What a call may use: who asks, from where, and the doors to the log."""

from collections.abc import Callable, Sequence
from typing import Protocol, cast

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.middleware.csrf import CsrfViewMiddleware

from earwitness.accounts.access import Access
from earwitness.model.problem import Forbidden, NotSignedIn
from earwitness.model.segment import Segment
from earwitness.record import Recorder
from earwitness.search import Reader

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class SwitchStatus(Protocol):
    """How it stands with a switch, as far as calls tell it."""

    switch: str
    state: str


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
    """Return what the caller may; NotSignedIn where nobody is."""
    access = doors(request).access
    if access is None:
        raise NotSignedIn("Send a valid key as `Authorization: Bearer KEY`.")
    return access


class _SiteCheck(CsrfViewMiddleware):
    """Django's check against forged requests, asked directly: it answers None, or with a reason."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponseForbidden:
        return HttpResponseForbidden(reason)


def _never_called(*_: object) -> HttpResponse:
    """Stands for the view, which only a passed check would reach, and ours is asked before."""
    raise AssertionError("the check answers by itself")


def authenticated(request: HttpRequest) -> Access:
    """Let in whoever has a key, a session or the control socket; a session's changes need the page's token as well.

    A key or the socket acts by itself, a cookie is sent by the browser whoever made the page: only there another site
    could forge a call (the token goes into the header ``X-CSRFToken``).
    """
    access = access_of(request)
    if access.actor_type == "user" and request.method not in SAFE:
        check = _SiteCheck(_never_called)
        check.process_request(request)
        if check.process_view(request, _never_called, (), {}):
            raise Forbidden("Send the page's token in the header X-CSRFToken, or use a key.")
    return access
