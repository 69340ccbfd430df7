"""``/calls/{id}``: everything about one call."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from earwitness.accounts.access import Access
from earwitness.api.doors import doors
from earwitness.api.manage.callers import reader as caller
from earwitness.api.read import shapes
from earwitness.api.read.asking import PERMISSIONS, answer
from earwitness.api.read.audit import Search
from earwitness.model.problem import NotFound
from earwitness.model.scope import ACTIVITY, STREAMS
from earwitness.search import Query, items
from earwitness.search.printer import to_text
from earwitness.search.tree import Match, Term, any_of

MOST = 1000
router = Router(tags=["calls"], by_alias=True)


@router.get("/{path:call_id}", response=shapes.CallShown, summary="One call")
def show(request: HttpRequest, call_id: str) -> HttpResponse:
    """Its segments and the events about it, in order of time. Shows of each log what the caller may read; needs
    `show_activity_log` or `show_whisper_log`. Up to 1,000 rows of each log."""
    access = caller(request, *PERMISSIONS.values())
    found = [
        row for stream in STREAMS if stream in access.scope.streams for row in _rows(request, access, stream, call_id)
    ]
    if not found:
        raise NotFound("There is no such call.")
    return answer({"id": call_id, "items": [row for _, row in sorted(found, key=lambda pair: pair[0])]})


def _rows(
    request: HttpRequest, access: Access, stream: str, call_id: str
) -> list[tuple[tuple[str, str, int], dict[str, Any]]]:
    """Return (place in time, item) of what one log has of a call."""
    if not call_id or len(call_id) > 200 or not call_id.isprintable():
        return []
    query = Query(stream=stream, text=_text(stream, call_id))
    with Search(request, access, query, call=True):
        page = doors(request).reader.page(access.scope, query, order="oldest", limit=MOST)
    found = []
    for row in page.items:
        shown = {"stream": stream} | items.item(row)
        found.append(((shown["created" if stream == ACTIVITY else "started_at"], stream, shown["seq"]), shown))
    return found


def _text(stream: str, call_id: str) -> str:
    terms = [Term("call", (Match((call_id,)),))]
    if stream == ACTIVITY:
        terms.append(Term("object", (Match((f"cdr:{call_id}",)), Match((f"call:{call_id}",)))))
    return to_text(any_of(terms))
