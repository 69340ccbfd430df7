"""What the address of a report page asks for."""

import datetime as dt
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest

from earwitness.deliver.reports import files
from earwitness.deliver.reports.parts import Asking
from earwitness.model.problem import Malformed
from earwitness.web.doors import access_of, doors
from earwitness.web.logs import ranges
from earwitness.web.logs.zones import zone as zone_of

FRESH = "-30d"
LONGEST = dt.timedelta(days=400)


class Asked(NamedTuple):
    """asking: for the report; label: what the range is called; given: the parameters as they stand in the address."""

    asking: Asking
    label: str
    given: dict[str, str]

    @property
    def query(self) -> str:
        """The parameters, for another address."""
        return urlencode({key: value for key, value in self.given.items() if value})


def ask(request: HttpRequest, *, linked: bool = True, fresh: str = FRESH, zone: str = "") -> Asked:
    """Return what an address asks for. Raises Malformed for a range or zone that is none.

    fresh: where the range begins if the address says nothing; zone: which one holds if it names none.
    """
    given = {name: request.GET.get(name, "").strip() for name in ("q", "from", "to", "tz")}
    if not given["from"] and not given["to"]:
        given["from"] = fresh
    given["tz"] = given["tz"] or (zone if zone != "UTC" else "")
    found = zone_of(given["tz"])
    if found is None:
        raise Malformed("There is no time zone of this name: write one such as UTC or Europe/Berlin.")
    now = dt.datetime.now(dt.UTC)
    window = ranges.window(given["from"], given["to"], found, now)
    span = files.span_of(window.start, window.end, now)
    if span.end - span.start > LONGEST:
        raise Malformed("A report covers at most 400 days: choose a shorter Time Range.", fields={"from": "Too long."})
    asking = Asking(doors(request).reader, access_of(request).scope, span, found.key, given["q"], linked)
    return Asked(asking, window.label, given)
