"""What the dashboard shows of a stretch of time."""

import datetime as dt
from typing import NamedTuple

from django.http import HttpRequest
from django.utils.safestring import SafeString

from earwitness.deliver.reports.parts import Table
from earwitness.web.drawings import share
from earwitness.web.reports.asked import Asked, ask

TODAY = "today"
DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)


class Line(NamedTuple):
    """One of the top values: text, how often, bar, address of its rows."""

    text: str
    figure: str
    share: SafeString
    url: str


def asked_of(request: HttpRequest, zone: str) -> Asked:
    """Return what the address asks for: today where it says nothing; zone: where it names none.

    Up to a day is held against the same hours a week before: the day before may be a Sunday.
    """
    asked = ask(request, fresh=TODAY, zone=zone)
    span = asked.asking.span
    return asked._replace(asking=asked.asking._replace(back=WEEK if span.end - span.start <= DAY else None))


def lines(table: Table) -> list[Line]:
    """Return the rows of a table, each with a bar as long as its share of the heaviest."""
    most = max((row.weight for row in table.rows), default=0)
    return [Line(row.cells[0], " · ".join(row.cells[1:]), share(row.weight, most), row.href) for row in table.rows]
