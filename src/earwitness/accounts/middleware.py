"""Runs with every request of a signed-in person: notes that they are there, and turns away who may no longer be."""

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from earwitness.accounts.recorder import actor_of, refused
from earwitness.model.problem import Forbidden, Problem

SEEN_EVERY = 60.0
KEPT_AT_MOST = 20_000
LET_PASS = ("/accounts/logout/", "/static/")
WHY = "The address is in the Accepted IPs of none of the user's roles."
SENTENCE = "None of your roles may be used from the address you come from."


class PeopleMiddleware:
    """Comes after the doors: ``request.earwitness`` says who asks and from where.

    Whoever has roles of which none counts from their address gets 403 everywhere but for signing out, by session and by
    key; it is recorded. That a session was used is written at most once a minute: a page that is read should not wait
    for a disk.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._lock = threading.Lock()
        self._seen: dict[str, float] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note and check, then go on."""
        doors: Any = getattr(request, "earwitness", None)
        access = getattr(doors, "access", None)
        if access is not None and access.refused_by_ip and not request.path.startswith(LET_PASS):
            return self._refuse(request)
        person = access is not None and access.actor_type == "user" and doors.ip
        if person and self._due(request.session.session_key or ""):
            UserSession.objects.create_from_request(request)
        return self.get_response(request)

    def _refuse(self, request: HttpRequest) -> HttpResponse:
        with contextlib.suppress(Problem):  # a log that cannot take it now is no reason to let them in
            refused(actor_of(request), why=WHY, event="access", sub_event="address_refused")
        if not request.path.startswith("/api/"):
            return render(request, "account/refused.html", {"ip": actor_of(request).ip}, status=Forbidden.status)
        problem = {"type": Forbidden.type, "title": Forbidden.title, "status": Forbidden.status, "detail": SENTENCE}
        return JsonResponse(problem, status=Forbidden.status, content_type="application/problem+json")

    def _due(self, session_key: str) -> bool:
        now = time.monotonic()
        with self._lock:
            if now - self._seen.get(session_key, -SEEN_EVERY) < SEEN_EVERY:
                return False
            if len(self._seen) > KEPT_AT_MOST:
                self._seen.clear()
            self._seen[session_key] = now
        return True
