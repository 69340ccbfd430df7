"""Who listened to the calls of the person who looks, as far as their administrator lets them know."""

import datetime as dt
from typing import Any, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.safestring import SafeString

from earwitness.accounts import own
from earwitness.accounts.access import Access
from earwitness.model import times
from earwitness.model.scope import SUPERVISION
from earwitness.model.segment import Segment
from earwitness.search import Query
from earwitness.web.doors import doors
from earwitness.web.logs.moments import moment

LABELS = {"listen": "Listened", "whisper": "Whispered to you", "barge": "Barged in", "unknown": "Not known"}


def newest(
    request: HttpRequest, access: Access, zone: ZoneInfo, limit: int, cursor: str | None = None
) -> dict[str, Any]:
    """Return the newest times that somebody was on the person's calls, and how often in all. Nothing but what may be
    shown leaves this function: a template cannot give the rest away."""
    found = own.listened(access, dt.datetime.now(dt.UTC))
    if found is None:
        return {"listened": None}
    until = min(_given(request) or found.until, found.until)
    query = Query(SUPERVISION, "", None, until, zone.key)
    reader = doors(request).reader
    page = reader.page(found.scope, query, limit=limit, cursor=cursor)
    shown = [_row(each, zone, names=found.names_manager) for each in cast("tuple[Segment, ...]", page.items)]
    return {
        "listened": shown,
        "times": reader.count(found.scope, query).count,
        "names_manager": found.names_manager,
        "after_days": found.after_days,
        "more": urlencode({"cursor": page.next, "until": times.text(until)}) if page.next else "",
    }


def _given(request: HttpRequest) -> dt.datetime | None:
    """Return where the list that is paged through ends: time goes on between two pages, the list does not."""
    try:
        moment = dt.datetime.fromisoformat(request.GET.get("until", ""))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _row(segment: Segment, zone: ZoneInfo, *, names: bool) -> dict[str, str | SafeString]:
    person = segment.manager
    return {
        "started": moment(segment.started_at, zone),
        "action": segment.action,
        "label": LABELS.get(segment.action, segment.action),
        "seconds": f"{segment.duration_ms / 1000:,.0f} s",
        "extension": segment.agent.extension,
        "queue": segment.queue,
        "manager": (person.name or person.username or person.extension or "not known") if names else "",
    }
