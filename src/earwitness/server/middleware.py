"""Gives every Django request its doors: who asks, from where, and through which objects the log is read and written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from earwitness.accounts import access, keys, visits
from earwitness.collect.asterisk.connection import ConnectionStatus
from earwitness.model.segment import Segment
from earwitness.record import Recorder
from earwitness.search import Reader
from earwitness.server import runtime
from earwitness.server.addresses import client_address

GoingOn = Callable[[str], list[Segment]]
SwitchesOf = Callable[[str], list[ConnectionStatus]]


@dataclass(frozen=True, slots=True)
class Doors:
    """What a view may use. access: None for somebody who is not signed in and shows no valid key; going_on: of a
    tenant, what the switches say lasts at this moment; switches: of a tenant, how it stands with each of them."""

    reader: Reader
    recorder: Recorder
    access: access.Access | None
    ip: str
    going_on: GoingOn
    switches: SwitchesOf


def _bearer(request: HttpRequest) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


class DoorsMiddleware:
    """Sets ``request.earwitness``; decides nothing about permissions, which is the views' part."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        house = runtime.current()
        ip = client_address(
            request.META.get("REMOTE_ADDR", ""),
            request.META.get("HTTP_X_FORWARDED_FOR", "").split(","),
            settings.CONFIG.trusted_networks,
        )
        doors = Doors(
            reader=house.reader,
            recorder=house.recorder,
            access=self._access(request, ip),
            ip=ip,
            going_on=runtime.going_on,
            switches=runtime.switches_of,
        )
        request.earwitness = doors  # type: ignore[attr-defined]  # rooms read it through their own typed doors.py
        return self.get_response(request)

    def _access(self, request: HttpRequest, ip: str) -> access.Access | None:
        operator: str | None = (getattr(request, "scope", {}).get("state") or {}).get("earwitness_operator")
        if operator:
            return access.of_operator(operator, request.headers.get("X-Earwitness-Tenant", "default"))
        token = _bearer(request)
        if token:
            # A key acts by itself: no cookie took part, so there is nothing that another site could forge.
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # a mark of Django's own
            grant = keys.look_up(token, ip, request.path)
            return access.of_key(grant) if grant else None
        user: Any = request.user
        return visits.access_of(request, user, ip) if user.is_authenticated else None
