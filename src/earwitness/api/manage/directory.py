"""``/directory``: who sits at which extension, from when to when."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from earwitness.accounts import questions
from earwitness.accounts.actions import directory as acts
from earwitness.accounts.models import DirectoryEntry
from earwitness.api.doors import doors
from earwitness.api.manage.callers import changer, reader
from earwitness.api.manage.shapes import Asked, Request, Text
from earwitness.model import times
from earwitness.model.scope import SUPERVISION
from earwitness.search import Query

router = Router(tags=["directory"])


class NewEntry(Request):
    """Who sits at an extension. pbx: of that switch alone; valid_from, valid_to: RFC 3339, absent for no bound."""

    extension: Text
    username: Text = ""
    name: Text = ""
    pbx: Text = ""
    valid_from: Text | None = None
    valid_to: Text | None = None


class NewEntries(Request):
    """Entries to add; one with the pbx, extension and valid_from of another takes its place."""

    items: Annotated[list[NewEntry], Field(max_length=10_000)]


class EntryShown(Schema):
    """An entry of the directory."""

    id: int
    extension: str
    username: str
    name: str
    pbx: str
    valid_from: str | None
    valid_to: str | None


class EntryList(Schema):
    """The directory."""

    items: list[EntryShown]


class Added(Schema):
    """entries: how many were added or replaced (with `dry_run`, would be); concerned: segments of the log about their
    extensions in their time, each of which is looked at and corrected in the background."""

    entries: int
    concerned: int


def _shown(row: DirectoryEntry) -> EntryShown:
    return EntryShown(
        id=row.pk,
        extension=row.extension,
        username=row.username,
        name=row.name,
        pbx=row.pbx,
        valid_from=times.text(row.valid_from) if row.valid_from else None,
        valid_to=times.text(row.valid_to) if row.valid_to else None,
    )


@router.get("", response=EntryList, summary="Show the directory")
def list_directory(request: HttpRequest, q: Asked = "") -> EntryList:
    """Needs `admin`."""
    who = reader(request, "admin")
    return EntryList(items=[_shown(row) for row in questions.directory(who, q, limit=acts.MOST)])


@router.post("", response=Added, summary="Say who sits where")
def add_entries(request: HttpRequest, body: NewEntries, *, dry_run: bool = False) -> Added:
    """Needs `admin`. `dry_run=true` only counts. Later segments bear these people; those in the log are corrected by
    amendments."""
    actor = changer(request, "admin", dangerous=not dry_run)
    entries = [acts.entry_from(item.dict(), f"Line {n}: ") for n, item in enumerate(body.items, 1)]
    acts.demand_entries(entries)
    stretch = acts.Stretch(entries)
    door = doors(request)
    query = Query(SUPERVISION, stretch.text, stretch.start, stretch.end)
    concerned = door.reader.count(actor.access.scope, query).count
    if not dry_run:
        acts.put(actor, entries, lambda: door.reader.last_seq(actor.access.scope, SUPERVISION))
    return Added(entries=len(entries), concerned=concerned)


@router.delete("/{int:number}", response={204: None}, summary="Take an entry out")
def remove_entry(request: HttpRequest, number: int) -> Status[None]:
    """Needs `admin`. What the entry said of the log is corrected."""
    actor = changer(request, "admin", dangerous=True)
    door = doors(request)
    acts.remove(actor, number, lambda: door.reader.last_seq(actor.access.scope, SUPERVISION))
    return Status(204, None)
