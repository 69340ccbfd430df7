"""What a request to a log asks for: its address, made into a query of the read door."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from earwitness.model.problem import BadCursor, Malformed
from earwitness.model.scope import Scope
from earwitness.search import Query
from earwitness.web.doors import access_of
from earwitness.web.logs import addresses, forms, ranges, zones
from earwitness.web.logs.addresses import Address, Place
from earwitness.web.logs.forms import Form


@dataclass(frozen=True, slots=True)
class Asked:
    """address: as the browser shows it; form: of the log that is asked; scope: what may be seen; zone: in which times
    are shown; window: the range; place: where in the results this page begins, None for the first page; now: the moment
    that relative ranges mean.
    """

    address: Address
    form: Form
    scope: Scope
    zone: ZoneInfo
    window: ranges.Window
    place: Place | None
    now: dt.datetime

    @property
    def order(self) -> str:
        """``newest`` or ``oldest``: which row stands first."""
        return "oldest" if self.address.oldest_first else "newest"

    @property
    def zone_name(self) -> str:
        """What the zone is called over a column of times."""
        return self.zone.key

    @property
    def query(self) -> Query:
        """The query for the read door."""
        return Query(self.form.stream, self.address.q, self.window.start, self.window.end, self.zone.key)

    def also(self, text: str, start: dt.datetime | None = None) -> Query:
        """Return the query with one more condition, and perhaps a later start."""
        whole = f"({self.address.q}) {text}" if self.address.q.strip() else text
        return self.query._replace(text=whole, start=start or self.window.start)

    def url(self, **changes: str) -> str:
        """Return the address with some parts changed, at its first page."""
        return self.address.with_(**changes).url(self.form.path)

    def with_value(self, name: str, value: str) -> str:
        """Return the address that also demands one exact value of a field."""
        return self.url(q=forms.with_value(self.address.q, name, value, self.form))

    def page_url(self, number: int, cursor: str) -> str:
        """Return the address of a further page of the results, over the range that its first page had."""
        place = Place(number, self.window.start, self.window.end, cursor)
        return self.address._replace(cursor=place.text()).url(self.form.path)

    def shown_range(self) -> dict[str, Any]:
        """Return what the Time Range shows."""
        return {
            "window": self.window,
            "window_from": self._local(self.window.start),
            "window_to": self._local(self.window.end),
        }

    def _local(self, moment: dt.datetime | None) -> str:
        return moment.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M:%S") if moment else ""


def ask(request: HttpRequest, address: Address, form: Form, *, now: dt.datetime | None = None) -> Asked:
    """Return what an address asks for on behalf of the signed-in person. Raises Malformed or BadCursor.

    now: the moment relative ranges count from, for a part of a page that was begun earlier.
    """
    moment = now or dt.datetime.now(dt.UTC)
    zone = zones.zone(address.tz)
    if zone is None:
        raise Malformed("There is no time zone of this name: write one such as UTC or Europe/Berlin.")
    window = ranges.window(address.start, address.end, zone, moment)
    place = None
    if address.cursor:
        place = addresses.place(address.cursor)
        if place is None:
            raise BadCursor("This page of results cannot be found any more: go back to the first page.")
        window = window._replace(start=place.start, end=place.end)  # what "the last 7 days" meant on the first page
    return Asked(address, form, access_of(request).scope, zone, window, place, moment)
