"""The shapes of requests and answers. A field that nobody knows is refused by name."""

from typing import Any, TypeVar

import msgspec
from ninja import Schema
from pydantic import ConfigDict, Field

from earwitness.accounts.access import Access
from earwitness.deliver.alerts import letters as alert_letters
from earwitness.deliver.models import Alert, Firing, Message, Run, SavedSearch, Schedule
from earwitness.deliver.searches import actions as searches
from earwitness.deliver.wire import http
from earwitness.model import times

T = TypeVar("T")


class Request(Schema):
    """A body that somebody sends. A value has the type that it should: 0 is not ``false``."""

    model_config = ConfigDict(extra="forbid", strict=True)


class SearchWish(Request):
    """A search to save. ``range`` is ``from..to`` as in the address of the page; ``shared_with`` names roles."""

    name: str = Field(max_length=200)
    stream: str = "activity"
    search: str = Field("", max_length=8192)
    range: str = Field("", max_length=200)
    columns: list[str] = Field(default_factory=list, max_length=64)
    order: str = "newest"
    shared_with: list[str] = Field(default_factory=list, max_length=100)
    pinned: bool = False


class Pin(Request):
    """Whether to keep a search at the top."""

    pinned: bool = True


class SearchShown(Schema):
    """A saved search."""

    id: int
    owner: str
    name: str
    stream: str
    search: str
    range: str
    columns: list[str]
    order: str
    shared_with: list[str]
    pinned: bool


class SearchList(Schema):
    """Saved searches, pinned ones first."""

    items: list[SearchShown]


def search(saved: SavedSearch, access: Access) -> SearchShown:
    """Return a saved search as answers have it."""
    shown = searches.shown(saved)
    return SearchShown(id=saved.pk, owner=saved.owner.username, pinned=searches.is_pinned(saved, access), **shown)


class ScheduleWish(Request):
    """A report to be mailed. ``report`` names a report page; ``weekday`` 0 is Monday; ``cron`` needs ``every`` cron."""

    name: str = Field(max_length=200)
    report: str = Field("", max_length=60)
    stream: str = "activity"
    search: str = Field("", max_length=8192)
    columns: list[str] = Field(default_factory=list, max_length=64)
    period: str = "yesterday"
    format: str = "pdf"
    attach: bool = True
    recipients: list[str] = Field(default_factory=list, max_length=100)
    every: str = "daily"
    zone: str = "UTC"
    at: str = Field("07:00", max_length=10)
    weekday: int = 0
    day: int = 1
    cron: str = Field("", max_length=100)
    enabled: bool = True


class ScheduleShown(ScheduleWish):
    """A scheduled report. ``problem`` says why it stopped."""

    model_config = ConfigDict(extra="ignore")

    id: int
    owner: str
    problem: str
    next_run: str


class ScheduleList(Schema):
    """Scheduled reports."""

    items: list[ScheduleShown]


def schedule(found: Schedule) -> ScheduleShown:
    """Return a schedule as answers have it."""
    values = {name: getattr(found, name) for name in ScheduleWish.model_fields}
    return ScheduleShown(
        **values, id=found.pk, owner=found.owner.username, problem=found.problem, next_run=times.text(found.next_run)
    )


class RunShown(Schema):
    """One run of a schedule; ``made_up`` where it was made later than it was due."""

    id: int
    schedule: str
    due: str
    made_up: bool
    export: str | None
    mailed: bool
    problem: str
    signed_by: str
    signed_at: str | None
    signed_comment: str


class RunList(Schema):
    """Runs, newest first."""

    items: list[RunShown]


class SignOff(Request):
    """What the reviewer says."""

    comment: str = Field("", max_length=2000)


def run(found: Run) -> RunShown:
    """Return a run as answers have it."""
    return RunShown(
        id=found.pk,
        schedule=found.schedule.name,
        due=times.text(found.due),
        made_up=found.made_up,
        export=str(found.export.pk) if found.export else None,
        mailed=found.mailed,
        problem=found.problem,
        signed_by=found.signed_by,
        signed_at=times.text(found.signed_at) if found.signed_at else None,
        signed_comment=found.signed_comment,
    )


class AlertWish(Request):
    """An alert: ``threshold`` rows within ``window`` seconds; ``absence`` fires below it; ``per`` counts by value."""

    name: str = Field(max_length=200)
    stream: str = "activity"
    search: str = Field("", max_length=8192)
    absence: bool = False
    threshold: int = Field(1, ge=0, le=1_000_000_000)
    window: int = Field(600, ge=0, le=100_000_000)
    per: str = Field("", max_length=40)
    recipients: list[str] = Field(default_factory=list, max_length=100)
    webhook: str = Field("", max_length=500)
    enabled: bool = True


class AlertShown(AlertWish):
    """An alert. ``firing`` holds the values for which it fires at this moment (an empty text where it counts all)."""

    model_config = ConfigDict(extra="ignore")

    id: int
    owner: str
    problem: str
    checked: str | None
    firing: list[str]


class AlertList(Schema):
    """Alerts."""

    items: list[AlertShown]


def alert(found: Alert, access: Access) -> AlertShown:
    """Return an alert as answers have it; never its secret, and to others than its owner not the path it calls."""
    values = {name: getattr(found, name) for name in AlertWish.model_fields}
    if found.owner_id != access.user_id:
        values["webhook"] = http.origin(found.webhook)
    return AlertShown(
        **values,
        id=found.pk,
        owner=found.owner.username,
        problem=found.problem,
        checked=times.text(found.checked) if found.checked else None,
        firing=sorted(found.firings.filter(ended=None).values_list("value", flat=True)),
    )


class FiringShown(Schema):
    """One time an alert fired."""

    id: int
    alert: str
    value: str
    count: int
    message: str
    started: str
    ended: str | None
    delivered: list[dict[str, Any]]


def receiver(message: Message) -> str:
    """Return whom a message is for; of a webhook's address the path is left out, which may be a secret."""
    return http.origin(message.target) if message.kind == Message.WEBHOOK else message.target


class FiringList(Schema):
    """When alerts fired, newest first."""

    items: list[FiringShown]


def firing(found: Firing) -> FiringShown:
    """Return a firing as answers have it."""
    return FiringShown(
        id=found.pk,
        alert=found.alert.name,
        value=found.value,
        count=found.count,
        message=alert_letters.what(found),
        started=times.text(found.started),
        ended=times.text(found.ended) if found.ended else None,
        delivered=[
            {
                "kind": m.kind,
                "about": m.about,
                "to": receiver(m),
                "sent": m.sent is not None,
                "gave_up": m.gave_up,
                "tries": m.tries,
                "problem": m.problem,
            }
            for m in found.messages.all()
        ],
    )


class Tried(Schema):
    """How a try-out went: ``problem`` says in a sentence why it did not arrive."""

    kind: str
    to: str
    arrived: bool
    problem: str


class TriedList(Schema):
    """How each mail and call of a try-out went."""

    items: list[Tried]


class Secret(Schema):
    """The secret with which a webhook's receiver verifies."""

    secret: str


def wish(kind: type[T], body: Request) -> T:
    """Return a request as the wish that an action takes."""
    return msgspec.convert(body.model_dump(), kind)
