"""What a request to the list asks for: its address, made into a query of the read door."""

import datetime as dt
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from earwitness.model.problem import BadCursor, Malformed
from earwitness.model.scope import ACTIVITY, Scope
from earwitness.search import Query
from earwitness.web.activity import address as addresses
from earwitness.web.activity import ranges
from earwitness.web.activity.address import Address, Place
from earwitness.web.doors import access_of

UTC_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Asked:
    """address: as the browser shows it; scope: what may be seen; zone: in which times are shown; window: the range;
    place: where in the results this page begins, None for the first page; now: the moment that relative ranges mean.
    """

    address: Address
    scope: Scope
    zone: ZoneInfo
    window: ranges.Window
    place: Place | None
    now: dt.datetime

    @property
    def order(self) -> str:
        """``newest`` or ``oldest``: which event stands first."""
        return "oldest" if self.address.oldest_first else "newest"

    @property
    def zone_name(self) -> str:
        """What the zone is called over a column of times."""
        return self.zone.key

    @property
    def query(self) -> Query:
        """The query for the read door."""
        return Query(
            stream=ACTIVITY, text=self.address.q, start=self.window.start, end=self.window.end, tz=self.zone.key
        )

    def also(self, text: str, start: dt.datetime | None = None) -> Query:
        """Return the query with one more condition, and perhaps a later start."""
        whole = f"({self.address.q}) {text}" if self.address.q.strip() else text
        return Query(
            stream=ACTIVITY, text=whole, start=start or self.window.start, end=self.window.end, tz=self.zone.key
        )


def ask(request: HttpRequest, address: Address, *, now: dt.datetime | None = None) -> Asked:
    """Return what an address asks for on behalf of the signed-in person. Raises Malformed or BadCursor.

    now: the moment relative ranges count from, for a part of a page that was begun earlier.
    """
    moment = now or dt.datetime.now(dt.UTC)
    zone = addresses.zone(address.tz)
    if zone is None:
        raise Malformed("There is no time zone of this name: write one such as UTC or Europe/Berlin.")
    window = ranges.window(address.start, address.end, zone, moment)
    place = None
    if address.cursor:
        place = addresses.place(address.cursor)
        if place is None:
            raise BadCursor("This page of results cannot be found any more: go back to the first page.")
        window = window._replace(start=place.start, end=place.end)
    return Asked(address, access_of(request).scope, zone, window, place, moment)


def without_range(asked: Asked) -> Asked:
    """Return the same search over all time."""
    return replace(asked, window=asked.window._replace(start=None, end=None))
