"""``/forwards``: what is sent on to other systems as it is recorded, and how it fares."""

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from earwitness.api.deliver.moments import moment
from earwitness.api.deliver.shapes import Request, Secret, Tried, wish
from earwitness.api.doors import doors
from earwitness.api.manage.callers import changer, reader
from earwitness.deliver import means
from earwitness.deliver.forwarding import actions, trial
from earwitness.deliver.models import Forward
from earwitness.model import times
from earwitness.model.problem import Invalid

router = Router(tags=["forwards"])


class ForwardWish(Request):
    """A forward. ``kind``: syslog, cef, webhook, hec or s3; ``settings`` are those of its kind; ``words``: json, ecs,
    ocsf or cef. ``secret`` is written and never read: left out, the stored one stays."""

    name: str = Field(max_length=200)
    kind: str = Field(max_length=20)
    words: str = Field("", max_length=20)
    stream: str = "activity"
    search: str = Field("", max_length=8192)
    settings: dict[str, Any] = Field(default_factory=dict)
    secret: str | None = Field(None, max_length=2000)
    enabled: bool = True


class ForwardShown(Schema):
    """A forward and how it fares: ``lag`` is how many places of the log its receiver does not have yet, and
    ``behind_since`` when the first of them was recorded."""

    id: int
    owner: str
    name: str
    kind: str
    words: str
    stream: str
    search: str
    settings: dict[str, Any]
    enabled: bool
    cursor: int
    lag: int
    behind_since: str | None
    sent: int
    sent_at: str | None
    problem: str
    next_try: str | None
    last_error: str
    last_error_at: str | None


class ForwardList(Schema):
    """Forwards."""

    items: list[ForwardShown]


class Replay(Request):
    """From when on to send again: RFC 3339, or a date or time in UTC."""

    from_: str = Field(alias="from", max_length=64)


def _text(value: dt.datetime | None) -> str | None:
    return times.text(value) if value else None


def shown(request: HttpRequest, forward: Forward) -> ForwardShown:
    """Return a forward as answers have it; never its secret."""
    access = reader(request, "admin")
    health = actions.health(doors(request).reader, access, forward)
    same = (
        "name",
        "kind",
        "words",
        "stream",
        "search",
        "settings",
        "enabled",
        "cursor",
        "sent",
        "problem",
        "last_error",
    )
    return ForwardShown(
        **{name: getattr(forward, name) for name in same},
        id=forward.pk,
        owner=forward.owner.username,
        lag=health.lag,
        behind_since=_text(health.since),
        sent_at=_text(forward.sent_at),
        next_try=_text(forward.next_try),
        last_error_at=_text(forward.last_error_at),
    )


def _wish(body: ForwardWish) -> actions.Wish:
    found = wish(actions.Wish, body)
    return found if body.words else actions.with_own_words(found)


@router.get("", response=ForwardList, summary="List forwards")
def list_forwards(request: HttpRequest) -> ForwardList:
    """Needs `admin`."""
    return ForwardList(items=[shown(request, found) for found in actions.visible(reader(request, "admin"))])


@router.post("", response={201: ForwardShown}, summary="Set a forward up")
def create(request: HttpRequest, body: ForwardWish) -> Status[ForwardShown]:
    """Needs `admin`. It begins with what is recorded from now on, and sends what its owner sees."""
    actor = changer(request, "admin", dangerous=True)
    return Status(201, shown(request, actions.create(actor, doors(request).reader, _wish(body))))


@router.get("/{int:forward_id}", response=ForwardShown, summary="Show a forward")
def show(request: HttpRequest, forward_id: int) -> ForwardShown:
    """Needs `admin`."""
    return shown(request, actions.find(reader(request, "admin"), forward_id))


@router.put("/{int:forward_id}", response=ForwardShown, summary="Change a forward")
def change(request: HttpRequest, forward_id: int, body: ForwardWish) -> ForwardShown:
    """Needs `admin`; whoever changes it owns it from then on. `enabled` false pauses it where it stands."""
    actor = changer(request, "admin", dangerous=True)
    return shown(request, actions.change(actor, actions.find(actor.access, forward_id), _wish(body)))


@router.post("/{int:forward_id}/replay", response=ForwardShown, summary="Send again from a moment")
def replay(request: HttpRequest, forward_id: int, body: Replay) -> ForwardShown:
    """Needs `admin`. Everything since then goes out again, in the order of the log."""
    actor = changer(request, "admin")
    start = moment(body.from_, "from", "UTC")
    if start is None:
        raise Invalid("Say from which moment to send again.", fields={"from": "Write it like 2026-11-01T08:00:00Z."})
    forward = actions.find(actor.access, forward_id)
    return shown(request, actions.replay(actor, doors(request).reader, forward, start))


@router.post("/{int:forward_id}/test", response=Tried, summary="Send a test row")
def test(request: HttpRequest, forward_id: int) -> Tried:
    """Needs `admin`. A row that is no row of the log (`event` forward, `sub_event` test, `seq` 0) goes out at once."""
    actor = changer(request, "admin")
    forward = actions.find(actor.access, forward_id)
    problem = trial.attempt(actor, means.current(), forward)
    return Tried(kind=forward.kind, to=forward.name, arrived=not problem, problem=problem)


@router.post("/{int:forward_id}/secret", response=Secret, summary="Show the signing secret")
def secret(request: HttpRequest, forward_id: int) -> Secret:
    """Needs `admin`; for webhooks alone. That it was shown is recorded."""
    actor = changer(request, "admin")
    return Secret(secret=actions.signing_secret(actor, actions.find(actor.access, forward_id)))


@router.delete("/{int:forward_id}", response={204: None}, summary="Delete a forward")
def delete(request: HttpRequest, forward_id: int) -> Status[None]:
    """Needs `admin`."""
    actor = changer(request, "admin")
    actions.delete(actor, actions.find(actor.access, forward_id))
    return Status(204, None)
