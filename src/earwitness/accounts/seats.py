"""Where people sat at some moment: rows keep the desks that their person had then, whenever they become known.

The first desks that somebody had count for the time before their account as well: a directory is often written after
the calls that it names. People are followed through a change of their username, and beyond the end of their account.
Stretches are written from the first move on; whoever never moved has always sat where they sit now.
"""

import datetime as dt
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.utils import timezone

from earwitness.accounts import caches
from earwitness.accounts.models import FormerName, Seat, Tenant, User, folded


class _Past(NamedTuple):
    """Everything known of a username. holders: (until when, person) of its former ones, the oldest first; current: who
    has it now; seats: person -> (desk, since, until)."""

    holders: tuple[tuple[dt.datetime, int], ...]
    current: int | None
    seats: dict[int, list[tuple[str, dt.datetime | None, dt.datetime | None]]]


_known: caches.Remembered[tuple[str, str], _Past] = caches.Remembered(time.monotonic)
caches.forgotten_with_changes(_known.forget)


def at(tenant: str, username: str, moment: dt.datetime) -> tuple[str, ...]:
    """Return the names of the desks that whoever had a username at a moment sat at then, in order.

    May be called from any thread and from an event loop. Raises Unavailable where the accounts database cannot answer.
    """
    key = folded(username)
    past = _known.of((tenant, key), lambda: _read(tenant, key))
    person = next((holder for until, holder in past.holders if moment < until), past.current)
    seats = past.seats.get(person, []) if person is not None else []
    return tuple(
        sorted(
            desk
            for desk, since, until in seats
            if (since is None or since <= moment) and (until is None or moment < until)
        )
    )


def _read(tenant: str, key: str) -> _Past:
    former = FormerName.objects.filter(tenant__name=tenant, username_key=key).order_by("until")
    holders = tuple(former.values_list("until", "person"))
    current = User.objects.filter(tenant__name=tenant, username_key=key).values_list("pk", flat=True).first()
    people = {person for _, person in holders} | ({current} if current is not None else set())
    seats: dict[int, list[tuple[str, dt.datetime | None, dt.datetime | None]]] = {}
    rows = Seat.objects.filter(tenant__name=tenant, person__in=people)
    for row in rows:
        seats.setdefault(row.person, []).append((row.desk, row.since, row.until))
    if current is not None and current not in seats:  # nothing is known of the past: what is now has always been
        desks = User.desks.through.objects.filter(user=current).values_list("desk__name", flat=True)
        seats[current] = [(desk, None, None) for desk in desks]
    return _Past(holders, current, seats)


@contextmanager
def kept(tenant: Tenant, people: Iterable[int]) -> Iterator[None]:
    """Keep in mind where these people (numbers of users) sit before what is done within, and where from then on."""
    asked = list(people)
    _note(tenant, asked, None)
    yield
    _note(tenant, asked, timezone.now())


def _note(tenant: Tenant, people: list[int], since: dt.datetime | None) -> None:
    """Bring the newest stretches in step with where people sit. since: when those began that are not known yet."""
    sitting = set(User.desks.through.objects.filter(user__in=people).values_list("user_id", "desk__name"))
    known = {(seat.person, seat.desk): seat.pk for seat in Seat.objects.filter(person__in=people, until=None)}
    gone = [pk for key, pk in known.items() if key not in sitting]
    Seat.objects.filter(pk__in=gone).update(until=since)
    Seat.objects.bulk_create(
        Seat(tenant=tenant, person=person, desk=desk, since=since) for person, desk in sorted(sitting - known.keys())
    )
