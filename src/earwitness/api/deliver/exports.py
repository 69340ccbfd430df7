"""``/exports``: everything that a search finds, as a file made in the background."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from earwitness.accounts.recorder import Actor, actor_of
from earwitness.api.deliver.moments import moment
from earwitness.api.manage.callers import changer, reader
from earwitness.deliver import means
from earwitness.deliver.exports import actions, answers
from earwitness.deliver.exports.order import Order
from earwitness.deliver.models import Export
from earwitness.model import times

router = Router(tags=["exports"])


class Wish(Schema):
    """What to export. ``from`` is inclusive, ``to`` exclusive; ``columns`` are stored names, none means the default."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, strict=True)

    stream: str = "activity"
    q: str = Field("", max_length=8192)
    from_: str | None = Field(None, alias="from", max_length=64)
    to: str | None = Field(None, max_length=64)
    format: str = "csv"
    columns: list[str] = Field(default_factory=list, max_length=64)
    tz: str = Field("UTC", max_length=64)
    order: str = "newest"
    proof: SkipJsonSchema[bool] = False  # taken where it asks for nothing; not offered until there is a seal


class Shown(Schema):
    """An export. ``file`` is the address of the file once ``status`` is done."""

    id: str
    status: str
    done: int
    total: int | None
    file: str | None
    format: str
    stream: str
    q: str
    size: int
    problem: str
    gaps: list[dict[str, Any]]
    created: str
    expires: str


class ExportList(Schema):
    """Your exports, newest first."""

    items: list[Shown]


def shown(export: Export) -> Shown:
    """Return an export as answers have it."""
    return Shown(
        id=str(export.id),
        status=export.status,
        done=export.done,
        total=export.total,
        file=f"/api/v1/exports/{export.id}/file" if export.status == Export.DONE else None,
        format=export.format,
        stream=export.stream,
        q=export.search,
        size=export.size,
        problem=export.problem,
        gaps=export.gaps,
        created=times.text(export.created),
        expires=times.text(export.expires),
    )


def _order(actor: Actor, wish: Wish) -> Order:
    return Order(
        stream=wish.stream,
        format=wish.format,
        search=wish.q,
        start=moment(wish.from_, "from", wish.tz),
        end=moment(wish.to, "to", wish.tz),
        tz=wish.tz,
        columns=tuple(wish.columns),
        order=wish.order,
        who=actor.access.username,
    )


@router.post("", response={202: Shown}, summary="Ask for an export")
def ask(request: HttpRequest, body: Wish) -> Status[Shown]:
    """Needs `export_logs` and the permission to see that log. The file is made in the background and kept 7 days."""
    actor = changer(request, "export_logs")
    made = actions.ask(actor, means.current().reader, _order(actor, body), proof=body.proof)
    return Status(202, shown(made))


@router.get("", response=ExportList, summary="List your exports")
def list_exports(request: HttpRequest) -> ExportList:
    """Needs `export_logs`."""
    return ExportList(items=[shown(export) for export in actions.mine(reader(request, "export_logs"))])


@router.get("/{id:export_id}", response=Shown, summary="How far an export is")
def show(request: HttpRequest, export_id: UUID) -> Shown:
    """Needs `export_logs`. An export of somebody else answers as one that is not there."""
    return shown(actions.find(reader(request, "export_logs"), str(export_id)))


@router.get("/{id:export_id}/file", summary="Fetch the file of an export")
def file(request: HttpRequest, export_id: UUID) -> StreamingHttpResponse:
    """Needs `export_logs`; 409 while it is not done."""
    export = actions.find(reader(request, "export_logs"), str(export_id))
    return answers.file_of(export, actions.fetch(actor_of(request), export, means.current().folder))


@router.delete("/{id:export_id}", response=Shown, summary="Cancel an export")
def cancel(request: HttpRequest, export_id: UUID) -> Shown:
    """Needs `export_logs`. Ends one that waits or is being made."""
    actor = changer(request, "export_logs")
    return shown(actions.cancel(actor, actions.find(actor.access, str(export_id))))
