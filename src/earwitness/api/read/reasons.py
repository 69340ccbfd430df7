"""``PATCH /supervision/{id}``: the manager says why."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from earwitness.accounts.actions import reasons
from earwitness.accounts.recorder import actor_of
from earwitness.api.doors import doors
from earwitness.api.read.asking import allowed, answer
from earwitness.api.read.shapes import SegmentShown
from earwitness.model.scope import SUPERVISION
from earwitness.model.segment import Segment
from earwitness.search import items


class ReasonGiven(Schema):
    """Why a call was supervised. Nothing else of a segment can be changed."""

    model_config = ConfigDict(extra="forbid", strict=True)

    reason: str = Field(..., description="Up to 500 characters.", max_length=2000, pattern=r"^[^\x00]*$")


def add_to(router: Router) -> Router:
    """Add the call to those that read the supervision log."""

    @router.patch(
        "/{id:row_id}",
        operation_id="give_reason",
        response=SegmentShown,
        summary="Say why",
        description="Needs `show_whisper_log`, and to be its manager or to hold `admin`; with an `admin` key.",
    )
    def give_reason(request: HttpRequest, row_id: UUID, body: ReasonGiven) -> HttpResponse:
        access = allowed(request, SUPERVISION)
        door = doors(request)
        segment = door.reader.get(access.scope, SUPERVISION, str(row_id))
        if isinstance(segment, Segment):
            reasons.give(actor_of(request), [segment], body.reason, door.recorder.amend_each)
        return answer(items.item(door.reader.get(access.scope, SUPERVISION, str(row_id))))

    return router
