"""The latest of what a person did, as rows."""

from typing import Any, cast
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.safestring import mark_safe

from earwitness.accounts.access import Access
from earwitness.model.event import Event
from earwitness.model.scope import ACTIVITY
from earwitness.search import Query
from earwitness.web.activity import columns, markup
from earwitness.web.doors import doors

OWN = ("created", "event", "sub_event", "event_object", "comments", "user_ip")


def latest(
    request: HttpRequest, access: Access, zone: ZoneInfo, limit: int, cursor: str | None = None
) -> dict[str, Any]:
    """Return the newest events of the person themselves, whatever roles they have."""
    scope = access.own_scope
    if ACTIVITY not in scope.streams:
        return {"rows": "", "following": None, "columns": ()}
    query = Query(stream=ACTIVITY, text="", start=None, end=None, tz=zone.key)
    found = doors(request).reader.page(scope, query, order="newest", limit=limit, cursor=cursor)
    chosen = columns.chosen(OWN)
    rows = markup.plain_body(cast("tuple[Event, ...]", found.items), chosen, zone)
    return {"rows": mark_safe(rows), "following": found.next, "columns": chosen}  # noqa: S308 -- it escapes every value
