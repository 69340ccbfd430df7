"""The strip "now": who is being listened to at this moment, as the person who looks may see it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest
from django.template.loader import render_to_string

from earwitness.accounts import visits
from earwitness.accounts.models import User
from earwitness.model import times
from earwitness.model.scope import Scope
from earwitness.search.live import visible
from earwitness.web.doors import access_of, doors
from earwitness.web.supervision import sessions

PERMISSION = "show_whisper_log"
TICK_S = 1.0
RECHECK_EVERY = 30  # ticks after which it is asked anew what the person may see
ALIVE_EVERY = 15  # ticks of silence after which a word keeps proxies from closing the line


def going_on(request: HttpRequest, scope: Scope) -> list[dict[str, Any]]:
    """Return what lasts at this moment within a scope."""
    return [
        {
            "manager": sessions.named(segment.manager),
            "manager_extension": segment.manager.extension,
            "agent": sessions.named(segment.agent),
            "agent_extension": segment.agent.extension,
            "action": segment.action,
            "label": sessions.LABELS.get(segment.action, segment.action),
            "since_ms": times.to_us(segment.started_at) // 1000,
        }
        for segment in visible(scope, doors(request).going_on(scope.tenant))
    ]


def unheard(request: HttpRequest, scope: Scope) -> list[str]:
    """Return the names of the switches that are not heard at this moment: what is known of them may be over."""
    return [one.switch for one in doors(request).switches(scope.tenant) if one.state != "listening"]


async def stream(request: HttpRequest) -> AsyncIterator[bytes]:
    """Yield server-sent events: one whenever something begins, changes or ends, until the permission is gone."""
    scope: Scope | None = access_of(request).scope
    told, ticks = "", 0
    while scope is not None:
        strip = await sync_to_async(_strip)(request, scope)
        if strip != told:
            told = strip
            yield b"event: now\n" + b"".join(b"data: %s\n" % line.encode() for line in strip.splitlines()) + b"\n"
        elif ticks % ALIVE_EVERY == ALIVE_EVERY - 1:
            yield b": still here\n\n"
        ticks += 1
        await asyncio.sleep(TICK_S)
        if ticks % RECHECK_EVERY == 0:
            scope = await sync_to_async(permitted)(request)


def _strip(request: HttpRequest, scope: Scope) -> str:
    told = {"now": going_on(request, scope), "unheard": unheard(request, scope)}
    return render_to_string("supervision/now.html", told)


def permitted(request: HttpRequest) -> Scope | None:
    """Return what the person may see by now, None where they are signed out, disabled or lack the permission."""
    user_id = access_of(request).user_id
    user = User.objects.filter(pk=user_id, disabled=False).first() if user_id is not None else None
    if user is None or not request.session.exists(request.session.session_key or ""):
        return None
    found = visits.access_of(request, user, doors(request).ip)
    return found.scope if found.has(PERMISSION) else None
