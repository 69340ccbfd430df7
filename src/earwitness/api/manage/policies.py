"""``/policies``: the rules of a tenant for listening to calls."""

from typing import Annotated

import msgspec
from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field, StrictBool, StrictInt

from earwitness.accounts import questions
from earwitness.accounts.actions import policies as acts
from earwitness.api.doors import doors
from earwitness.api.manage.callers import changer, reader
from earwitness.api.manage.shapes import Request, Text, Texts
from earwitness.model.policy import Policy
from earwitness.model.scope import SUPERVISION

router = Router(tags=["policies"])


class PoliciesShown(Schema):
    """no_listen_extensions, no_listen_desks: agents who must not be monitored; quota: sessions an agent may be
    supervised in a calendar month, null for any; reason_required: whether the manager has to say why;
    remind_after_hours: when a reminder is mailed, 0 for none; shift_hours: `mon` to `sun` -> stretches such as
    `08:00-17:30`, `{}` where any hour will do; time_zone: for hours and months; agents_see: what agents see on `/me` of
    who listened to their calls: `nothing`, `without-manager` or `everything`; agents_see_after_days: how long after the
    call; purposes: class of events that measure single agents (`pauses`, `holds`) -> why they are recorded, absent
    while they are not."""

    no_listen_extensions: list[str]
    no_listen_desks: list[str]
    quota: int | None
    reason_required: bool
    remind_after_hours: int
    shift_hours: dict[str, list[str]]
    time_zone: str
    agents_see: str
    agents_see_after_days: int
    purposes: dict[str, str]


class PoliciesChange(Request):
    """What is absent stays."""

    no_listen_extensions: Texts | None = None
    no_listen_desks: Texts | None = None
    quota: StrictInt | None = None
    reason_required: StrictBool | None = None
    remind_after_hours: StrictInt | None = None
    shift_hours: Annotated[dict[Text, Texts], Field(max_length=7)] | None = None
    time_zone: Text | None = None
    agents_see: Text | None = None
    agents_see_after_days: StrictInt | None = None
    purposes: Annotated[dict[Text, Text], Field(max_length=10)] | None = None


def _shown(policy: Policy) -> PoliciesShown:
    return PoliciesShown(**msgspec.to_builtins(policy))


@router.get("", response=PoliciesShown, summary="Show the policies")
def show_policies(request: HttpRequest) -> PoliciesShown:
    """Needs `admin`."""
    return _shown(questions.policy(reader(request, "admin")))


@router.patch("", response=PoliciesShown, summary="Change the policies")
def change_policies(request: HttpRequest, body: PoliciesChange) -> PoliciesShown:
    """Needs `admin`. They hold for segments that are recorded from now on. Earwitness tells of a breach; it cannot
    prevent one."""
    actor = changer(request, "admin", dangerous=True)
    now = msgspec.to_builtins(questions.policy(actor.access))
    given = {
        name: value for name, value in body.dict(exclude_unset=True).items() if value is not None or name == "quota"
    }
    door = doors(request)
    wanted = msgspec.convert(now | given, Policy)
    return _shown(acts.change(actor, wanted, lambda: door.reader.last_seq(actor.access.scope, SUPERVISION)))
