"""``/supervision/live``: who is listened to at this moment."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from earwitness.api.doors import doors
from earwitness.api.read import shapes
from earwitness.api.read.asking import allowed, answer
from earwitness.model.scope import SUPERVISION
from earwitness.search import items, live

router = Router(tags=["segments"], by_alias=True)


@router.get(
    "/live",
    operation_id="live_segments",
    response=shapes.LivePage,
    summary="Who is listened to at this moment",
    description="Needs `show_whisper_log`. The oldest first; what lasts has no `ended_at` and no place in the log yet."
    " `unheard` names the switches that are not heard at this moment: what is known of them may be over.",
)
def show(request: HttpRequest) -> HttpResponse:
    """Answer from what the switches say; nothing is looked up in the log."""
    access = allowed(request, SUPERVISION)
    found = live.visible(access.scope, doors(request).going_on(access.scope.tenant))
    unheard = [one.switch for one in doors(request).switches(access.scope.tenant) if one.state != "listening"]
    return answer({"items": [items.item(segment) | {"ended_at": None} for segment in found], "unheard": unheard})
