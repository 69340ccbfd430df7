"""Who sat at an extension at some moment: the directory of Settings > Sources, then the extensions of the users.

A desk telephone serves many agents, so an entry holds for a stretch of time. Where two hold, the one for that switch
alone counts before the one for all, and then the one that began later.
"""

import datetime as dt
import time
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from earwitness.accounts import caches, directory, seats
from earwitness.accounts.directory import Person
from earwitness.accounts.models import DirectoryEntry, Tenant, User, folded

_EARLIEST = dt.datetime.min.replace(tzinfo=dt.UTC)


class Entry(NamedTuple):
    """pbx: name of a switch, empty for all; valid_from: inclusive, valid_to: exclusive, None for no bound.

    username may be of nobody who has an account here; name is theirs, where the account has none.
    """

    pbx: str
    extension: str
    username: str
    name: str = ""
    valid_from: dt.datetime | None = None
    valid_to: dt.datetime | None = None

    def holds(self, pbx: str, moment: dt.datetime) -> bool:
        """Whether it speaks of a switch at a moment."""
        begun = self.valid_from is None or self.valid_from <= moment
        ended = self.valid_to is not None and self.valid_to <= moment
        return self.pbx in ("", pbx) and begun and not ended


class _Index(NamedTuple):
    entries: Mapping[str, list[Entry]]
    people: Mapping[str, Person]


_known: caches.Remembered[str, _Index] = caches.Remembered(time.monotonic)
_built: dict[str, tuple[int, _Index]] = {}  # tenant -> its generation, and what was built then
caches.forgotten_with_changes(_known.forget)


def at(tenant: str, pbx: str, extension: str, moment: dt.datetime) -> Person | None:
    """Return who sat at an extension of a switch at a moment, with their desks of then; None where nobody is known.

    May be called from any thread and from an event loop. Raises Unavailable where the accounts database cannot answer.
    """
    if not extension:
        return None
    entry = chosen(_index(tenant).entries.get(extension, ()), pbx, moment)
    if entry is None:
        person = directory.at_extensions(tenant).get(extension)
        return person and person._replace(desks=seats.at(tenant, person.username, moment))
    if not entry.username:
        return Person("", entry.name, (extension,), ())
    desks = seats.at(tenant, entry.username, moment)
    person = _index(tenant).people.get(folded(entry.username))
    if person is None:
        return Person(entry.username, entry.name, (extension,), desks)
    return person._replace(name=person.name or entry.name, desks=desks)


def chosen(entries: Iterable[Entry], pbx: str, moment: dt.datetime) -> Entry | None:
    """Return the entry that counts for a switch at a moment."""
    holding = [entry for entry in entries if entry.holds(pbx, moment)]
    return max(holding, key=lambda entry: (entry.pbx != "", entry.valid_from or _EARLIEST), default=None)


def _index(tenant: str) -> _Index:
    return _known.of(tenant, lambda: _read(tenant))


def _read(tenant: str) -> _Index:
    """Return the directory of a tenant, built anew where anything in the tenant changed since it was."""
    generation = Tenant.objects.filter(name=tenant).values_list("generation", flat=True).first()
    built = _built.get(tenant)
    if generation is not None and built is not None and built[0] == generation:
        return built[1]
    index = _build(tenant)
    if generation is not None:
        _built[tenant] = (generation, index)
    return index


def _build(tenant: str) -> _Index:
    entries: dict[str, list[Entry]] = {}
    for row in DirectoryEntry.objects.filter(tenant__name=tenant).order_by("pk"):
        entries.setdefault(row.extension, []).append(entry_of(row))
    keys = {folded(entry.username) for listed in entries.values() for entry in listed if entry.username}
    if not keys:
        return _Index(entries, {})
    users = User.objects.filter(tenant__name=tenant).prefetch_related("desks")
    people = {user.username_key: directory.person_of(user) for user in users if user.username_key in keys}
    return _Index(entries, people)


def entry_of(row: DirectoryEntry) -> Entry:
    """Return a row of the directory as an entry."""
    return Entry(row.pbx, row.extension, row.username, row.name, row.valid_from, row.valid_to)
