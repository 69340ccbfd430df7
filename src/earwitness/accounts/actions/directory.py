"""Acts on the directory: who sits at which extension. They need ``admin``."""

import csv
import datetime as dt
import io
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from earwitness.accounts.actions.change import Turn, changing, permit
from earwitness.accounts.actions.persons import EXTENSION
from earwitness.accounts.extensions import Entry, entry_of
from earwitness.accounts.faults import demand_valid
from earwitness.accounts.models import Correction, DirectoryEntry
from earwitness.accounts.recorder import Actor
from earwitness.model import times
from earwitness.model.event import Change
from earwitness.model.problem import NotFound

MOST = 10_000
LISTED = 200  # extensions that one search names
COLUMNS = ("extension", "username", "name", "pbx", "valid_from", "valid_to")


class Stretch:
    """The extensions and the range of time that some entries speak of: what a correction has to look at."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        listed = list(entries)
        self.extensions = sorted({entry.extension for entry in listed})
        starts, ends = [entry.valid_from for entry in listed], [entry.valid_to for entry in listed]
        self.start = None if None in starts else min((each for each in starts if each), default=None)
        self.end = None if None in ends else max((each for each in ends if each), default=None)

    @property
    def text(self) -> str:
        """The segments of these extensions in the search language."""
        return rows_at(self.extensions, "manager")


def rows_at(extensions: Collection[str], *others: str) -> str:
    """Return the rows at some extensions in the search language; of so many that no text holds them, everything.

    others: fields, besides that of the extension, in which one of them may stand.
    """
    if len(extensions) > LISTED:
        return ""
    listed = ",".join(f'"{extension}"' for extension in extensions)
    return f"({' OR '.join(f'{field}:{listed}' for field in (*others, 'extension'))})"


def put(actor: Actor, entries: list[Entry], last_seq: Callable[[], int]) -> int:
    """Add entries; one with the same switch, extension and beginning as another takes its place. Returns how many.

    last_seq: asked for the end of the tenant's supervision log; what is in it is corrected in the background. Raises
    Invalid.
    """
    permit(actor, "admin")
    demand_entries(entries)
    with changing(actor) as turn:
        existing = DirectoryEntry.objects.filter(tenant=turn.tenant)
        rows = {(row.pbx, row.extension, row.valid_from): row for row in existing}
        before = [entry_of(rows[key]) for entry in entries if (key := _key(entry)) in rows]
        if len({*rows, *map(_key, entries)}) > MOST:
            demand_valid({"entries": f"The directory holds at most {MOST} entries."})
        for entry in entries:
            row = rows.get(_key(entry)) or DirectoryEntry(tenant=turn.tenant)
            for name, value in entry._asdict().items():
                setattr(row, name, value)
            row.save()
            rows[_key(entry)] = row
        _correct(turn, before, entries, last_seq)
    return len(entries)


def remove(actor: Actor, number: int, last_seq: Callable[[], int]) -> Entry:
    """Take an entry out; what it said is corrected. NotFound where there is none."""
    permit(actor, "admin")
    with changing(actor) as turn:
        row = DirectoryEntry.objects.filter(tenant=turn.tenant, pk=number).first()
        if row is None:
            raise NotFound("There is no such entry.")
        entry = entry_of(row)
        row.delete()
        _correct(turn, [entry], [], last_seq)
    return entry


def _correct(turn: Turn, before: list[Entry], after: list[Entry], last_seq: Callable[[], int]) -> None:
    stretch = Stretch([*before, *after])
    Correction.objects.create(
        tenant=turn.tenant,
        username=turn.actor.access.username,
        extensions=stretch.extensions,
        start=stretch.start,
        end=stretch.end,
        up_to=last_seq(),
    )
    changes = tuple(
        Change(path=path, old=[_shown(e) for e in old] or None, new=[_shown(e) for e in new] or None)
        for path, old, new in (("entries", before[:50], after[:50]),)
    )
    turn.note("directory", "update", obj=f"tenant:{turn.tenant.name}", changes=changes, params={"entries": len(after)})


def _key(entry: Entry) -> tuple[str, str, dt.datetime | None]:
    return entry.pbx, entry.extension, entry.valid_from


def _shown(entry: Entry) -> dict[str, Any]:
    return {
        name: times.text(value) if isinstance(value, dt.datetime) else value
        for name, value in entry._asdict().items()
        if value not in ("", None)
    }


def demand_entries(entries: list[Entry]) -> None:
    """Raise Invalid, naming the line, unless these can be entries."""
    demand_valid(_wrong(entries))


def _wrong(entries: list[Entry]) -> dict[str, str]:
    if not entries:
        return {"entries": "Give at least one line."}
    if len(entries) > MOST:
        return {"entries": f"At most {MOST} lines."}
    for number, entry in enumerate(entries, 1):
        if wrong := _wrong_entry(entry):
            return {"entries": f"Line {number}: {wrong}"}
    return {}


def _wrong_entry(entry: Entry) -> str:
    if not EXTENSION.fullmatch(entry.extension):
        return f"{entry.extension[:40]!r} is no extension: it has letters, digits and * # . _ -, at most 32."
    if not (entry.username or entry.name):
        return "it names nobody: give a username or a name."
    for text, most in ((entry.username, 150), (entry.name, 150), (entry.pbx, 64)):
        if len(text) > most or not text.isprintable():
            return f"{text[:40]!r} is longer than {most} characters or holds what cannot be seen."
    if entry.valid_from and entry.valid_to and entry.valid_from >= entry.valid_to:
        return "it ends before it begins."
    return ""


def read_csv(text: str) -> list[Entry]:
    """Return the entries of CSV text: the columns of ``COLUMNS`` in this order, or those that a first line names.

    Commas, semicolons or tabs divide. Times are dates, or RFC 3339; without a zone they are UTC. Raises Invalid.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return []
    divider = max(",;\t", key=lines[0].count)
    rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=divider))
    names = [cell.strip().lower() for cell in rows[0]]
    heads: tuple[str, ...] = COLUMNS
    if "extension" in names:
        unknown = [name for name in names if name not in COLUMNS]
        demand_valid({"entries": f"There is no column {unknown[0][:40]!r}: {', '.join(COLUMNS)}."} if unknown else {})
        heads, rows = tuple(names), rows[1:]
    return [entry_from(dict(zip(heads, row, strict=False)), f"Line {n}: ") for n, row in enumerate(rows, 1)]


def entry_from(fields: Mapping[str, str | None], place: str = "") -> Entry:
    """Return an entry from texts by column; raises Invalid for a time that is none. place: begins the sentence."""
    texts = {name: (fields.get(name) or "").strip() for name in COLUMNS}
    bounds: dict[str, dt.datetime | None] = {}
    for name in ("valid_from", "valid_to"):
        try:
            moment = dt.datetime.fromisoformat(texts[name]) if texts[name] else None
            if moment is not None:
                moment = (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
        except (ValueError, OverflowError):
            demand_valid({"entries": f"{place}{texts[name][:40]!r} is no time: write 2026-11-01 or 2026-11-01T08:00Z."})
        bounds[name] = moment
    return Entry(texts["pbx"], texts["extension"], texts["username"], texts["name"], **bounds)
